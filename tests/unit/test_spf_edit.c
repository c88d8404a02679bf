/* SPDX-License-Identifier: ISC
 * The SPF record editor: what it changes, what it leaves alone, and what it
 * does not dare to guess. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "engine/remedy/spf_edit.h"

static void
read_records(struct spf_draft *d, struct arena *arena, const char *a,
    const char *b)
{
	struct fact_value records[2] = {
		{ .text = a, .len = a != NULL ? strlen(a) : 0 },
		{ .text = b, .len = b != NULL ? strlen(b) : 0 },
	};

	spf_draft_read(d, arena, records, (size_t)(a != NULL) + (b != NULL));
}

static void
test_edit(void **state)
{
	static const struct {
		const char *a, *add, *take, *want;
	} cases[] = {
		{ NULL, NULL, NULL, "v=spf1 ~all" },
		{ NULL, "ip4:192.0.2.1", NULL, "v=spf1 ip4:192.0.2.1 ~all" },
		{ "v=spf1 mx -all", "ip4:192.0.2.1", NULL,
		    "v=spf1 ip4:192.0.2.1 mx -all" },
		{ "v=spf1 ip4:192.0.2.1 include:a.example ~all",
		    "ip6:2001:db8::1", NULL,
		    "v=spf1 ip4:192.0.2.1 ip6:2001:db8::1 include:a.example ~all" },
		{ "v=spf1 a foo=bar ?all", "include:b.example", NULL,
		    "v=spf1 a foo=bar include:b.example ?all" },
		{ "v=spf1 a redirect=c.example", "mx", NULL,
		    "v=spf1 a mx redirect=c.example" },
		{ "v=spf1 include:x.example ~all", NULL,
		    "include:X.example", "v=spf1 ~all" },
		{ "v=spf1 include:x.example. ~all", NULL,
		    "include:x.example", "v=spf1 ~all" },
		{ "v=spf1 +ip4:192.0.2.1 ~all", "ip4:192.0.2.1", NULL,
		    "v=spf1 +ip4:192.0.2.1 ~all" },
		{ "v=spf1 ip6:2001:DB8:0::1 ~all", "ip6:2001:db8::1", NULL,
		    "v=spf1 ip6:2001:DB8:0::1 ~all" },
		/* what refuses must not match first */
		{ "v=spf1 -ip4:192.0.2.0/24 a ~all", "ip4:192.0.2.1", NULL,
		    "v=spf1 ip4:192.0.2.1 -ip4:192.0.2.0/24 a ~all" },
		{ "v=spf1 a -exists:%{i}.bad.example mx ~all",
		    "include:b.example", NULL,
		    "v=spf1 a include:b.example -exists:%{i}.bad.example mx ~all" },
		{ "v=spf1 ?ip4:192.0.2.1 ~all", "ip4:192.0.2.1", NULL,
		    "v=spf1 ip4:192.0.2.1 ?ip4:192.0.2.1 ~all" },
		{ "v=spf1 a ~all exp=why.example", "mx", NULL,
		    "v=spf1 a mx ~all exp=why.example" },
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct spf_draft d;

		read_records(&d, arena, cases[i].a, NULL);
		if (cases[i].take != NULL)
			assert_true(spf_draft_remove(&d, cases[i].take, "why"));
		if (cases[i].add != NULL)
			spf_draft_add(&d, cases[i].add, "why");
		assert_string_equal(spf_draft_text(&d), cases[i].want);
	}
	arena_free(&arena);
}

/* One record in, one out; UNCLEAR is the first term that is left out for want
 * of one meaning. */
struct mended {
	const char *record, *want, *unclear;
};

static void
check_mended(const struct mended *cases, size_t n)
{
	struct arena *arena = arena_new();

	for (size_t i = 0; i < n; i++) {
		const char *unclear = NULL, *text;
		struct spf_record parsed;
		struct spf_draft d;

		read_records(&d, arena, cases[i].record, NULL);
		text = spf_draft_text(&d);
		if (strcmp(text, cases[i].want) != 0)
			print_error("from: %s\n got: %s\nwant: %s\n",
			    cases[i].record, text, cases[i].want);
		assert_string_equal(text, cases[i].want);
		assert_true(spf_parse(arena, text, strlen(text), &parsed));
		for (size_t k = d.n; k > 0; k--)
			if (d.terms[k - 1].fate == SPF_UNCLEAR)
				unclear = d.terms[k - 1].written;
		if (cases[i].unclear == NULL && unclear != NULL)
			print_error("unclear: %s\n", unclear);
		assert_true((unclear != NULL) == (cases[i].unclear != NULL));
		assert_int_equal(d.n_unclear != 0, unclear != NULL);
		if (unclear != NULL)
			assert_string_equal(unclear, cases[i].unclear);
	}
	arena_free(&arena);
}

#define CHECK_MENDED(table) \
	check_mended(table, sizeof table / sizeof table[0])

static void
test_leaves_alone(void **state)
{
	static const struct mended cases[] = {
		{ "v=spf1 -all", "v=spf1 -all", NULL },
		{ "v=spf1", "v=spf1 ~all", NULL },
		{ "V=SPF1 A MX -ALL", "v=spf1 A MX -ALL", NULL },
		{ "v=spf1   a    ~all  ", "v=spf1 a ~all", NULL },
		{ "v=spf1 +a +mx +ip4:192.0.2.7 ?all",
		    "v=spf1 +a +mx +ip4:192.0.2.7 ?all", NULL },
		{ "v=spf1 +a:sv1.example.jp +a:example.com +mx "
		    "include:spf.sender.example.jp ~all",
		    "v=spf1 +a:sv1.example.jp +a:example.com +mx "
		    "include:spf.sender.example.jp ~all", NULL },
		{ "v=spf1 mx a/24 mx:example.net//64 ptr:example.com -all",
		    "v=spf1 mx a/24 mx:example.net//64 ptr:example.com -all",
		    NULL },
		{ "v=spf1 exists:%{ir}.%{l1r+-}._spf.%{d} -all",
		    "v=spf1 exists:%{ir}.%{l1r+-}._spf.%{d} -all", NULL },
		{ "v=spf1 include:%{d1r,}.example.com ~all",
		    "v=spf1 include:%{d1r,}.example.com ~all", NULL },
		{ "v=spf1 redirect=_spf.example.com",
		    "v=spf1 redirect=_spf.example.com", NULL },
		{ "v=spf1 a ~all redirect=_spf.example.com",
		    "v=spf1 a ~all redirect=_spf.example.com", NULL },
		{ "v=spf1 a -all exp=explain.example.com x-note=a;b,c",
		    "v=spf1 a -all exp=explain.example.com x-note=a;b,c", NULL },
		{ "v=spf1 a:wall.example.com ~all",
		    "v=spf1 a:wall.example.com ~all", NULL },
		{ "v=spf1 a:x.xn--mx-all ~all", "v=spf1 a:x.xn--mx-all ~all",
		    NULL },
		{ "v=spf1 a=b ip4=x mx:e/x.example.com -all",
		    "v=spf1 a=b ip4=x mx:e/x.example.com -all", NULL },
		{ "v=spf1 +all", "v=spf1 +all", NULL },
		{ "v=spf1 -all a mx", "v=spf1 -all a mx", NULL },
		{ "v=spf1 ip4:192.0.2.0/24 -ip4:192.0.2.9 a ~all",
		    "v=spf1 ip4:192.0.2.0/24 -ip4:192.0.2.9 a ~all", NULL },
	};

	(void)state;
	CHECK_MENDED(cases);
}

static void
test_mends_typing(void **state)
{
	static const struct mended cases[] = {
		{ "v=spf1 ipv4:192.0.2.1 ~all", "v=spf1 ip4:192.0.2.1 ~all",
		    NULL },
		{ "v=spf1 ip:192.0.2.1 ~all", "v=spf1 ip4:192.0.2.1 ~all", NULL },
		{ "v=spf1 ip:2001:db8::1 ~all", "v=spf1 ip6:2001:db8::1 ~all",
		    NULL },
		{ "v=spf1 ip4:2001:db8::1 ~all", "v=spf1 ip6:2001:db8::1 ~all",
		    NULL },
		{ "v=spf1 ip6:192.0.2.1 ~all", "v=spf1 ip4:192.0.2.1 ~all",
		    NULL },
		{ "v=spf1 ip4=192.0.2.1 ~all", "v=spf1 ip4:192.0.2.1 ~all",
		    NULL },
		{ "v=spf1 -ipv4:192.0.2.0/28 ~all",
		    "v=spf1 -ip4:192.0.2.0/28 ~all", NULL },
		{ "v=spf1 192.0.2.1 2001:db8::/64 ~all",
		    "v=spf1 ip4:192.0.2.1 ip6:2001:db8::/64 ~all", NULL },
		{ "v=spf1 a:192.0.2.1 mx:192.0.2.0/24 -all",
		    "v=spf1 ip4:192.0.2.1 ip4:192.0.2.0/24 -all", NULL },
		{ "v=spf1 ip4192.0.2.1 ip4.192.0.2.2 -all",
		    "v=spf1 ip4:192.0.2.1 ip4:192.0.2.2 -all", NULL },
		{ "v=spf1 include=a.example.com ~all",
		    "v=spf1 include:a.example.com ~all", NULL },
		{ "v=spf1 a=mail.example.com mx=example.com ~all",
		    "v=spf1 a:mail.example.com mx:example.com ~all", NULL },
		{ "v=spf1 redirect:_spf.example.com",
		    "v=spf1 redirect=_spf.example.com", NULL },
		{ "v=spf1 +redirect=_spf.example.com",
		    "v=spf1 redirect=_spf.example.com", NULL },
		{ "v=spf1 inlcude:a.example.com includes:b.example.com ~all",
		    "v=spf1 include:a.example.com include:b.example.com ~all",
		    NULL },
		{ "v=spf1 incude=a.example.com ~all",
		    "v=spf1 include:a.example.com ~all", NULL },
		{ "v=spf1 a ~al", "v=spf1 a ~all", NULL },
		{ "v=spf1 a --all", "v=spf1 a -all", NULL },
		{ "v=spf1 include:include:a.example.com ~all",
		    "v=spf1 include:a.example.com ~all", NULL },
		{ "v=spf1 a:http://mail.example.com/ ~all",
		    "v=spf1 a:mail.example.com ~all", NULL },
		{ "v=spf1 a:http://mail.example.com ~all",
		    "v=spf1 a:mail.example.com ~all", NULL },
		{ "v=spf1 include:https://a.example.com ~all",
		    "v=spf1 include:a.example.com ~all", NULL },
		{ "v=spf1 a mx -all.", "v=spf1 a mx -all", NULL },
		{ "v=spf1 ip4:192.0.2.1/ a: mx: -all",
		    "v=spf1 ip4:192.0.2.1 a mx -all", NULL },
		{ "v=spf1 ip6:[2001:db8::1] include:<a.example.com> ~all",
		    "v=spf1 ip6:2001:db8::1 include:a.example.com ~all", NULL },
		{ "v=spf1 ip4:192.0.2.0/255.255.255.0 ~all",
		    "v=spf1 ip4:192.0.2.0/24 ~all", NULL },
		{ "v=spf1 ip4:192.0.2.* ip4:198.51.*.* ~all",
		    "v=spf1 ip4:192.0.2.0/24 ip4:198.51.0.0/16 ~all", NULL },
	};

	(void)state;
	CHECK_MENDED(cases);
}

static void
test_mends_blanks(void **state)
{
	static const struct mended cases[] = {
		{ "v=spf1 include: a.example.com ~all",
		    "v=spf1 include:a.example.com ~all", NULL },
		{ "v=spf1 ip4: 192.0.2.1 ip4 192.0.2.2 - all",
		    "v=spf1 ip4:192.0.2.1 ip4:192.0.2.2 -all", NULL },
		{ "v=spf1 ip4 : 192.0.2.1 a :mail.example.com ~ all",
		    "v=spf1 ip4:192.0.2.1 a:mail.example.com ~all", NULL },
		{ "v=spf1 redirect= _spf.example.com",
		    "v=spf1 redirect=_spf.example.com", NULL },
		{ "v=spf1 ip4:192.0.2.1~all", "v=spf1 ip4:192.0.2.1 ~all",
		    NULL },
		{ "v=spf1 include:_spf.example.com-all",
		    "v=spf1 include:_spf.example.com -all", NULL },
		{ "v=spf1 +a+mx+ip4:192.0.2.1-all",
		    "v=spf1 +a +mx +ip4:192.0.2.1 -all", NULL },
		{ "v=spf1 ip4:192.0.2.1ip4:192.0.2.2include:a.example.com ~all",
		    "v=spf1 ip4:192.0.2.1 ip4:192.0.2.2 include:a.example.com "
		    "~all", NULL },
		{ "v=spf1 ip4:192.0.2.1, ip4:192.0.2.2; a, mx -all",
		    "v=spf1 ip4:192.0.2.1 ip4:192.0.2.2 a mx -all", NULL },
		{ "v=spf1 ip4:192.0.2.1,192.0.2.2,2001:db8::1 -all",
		    "v=spf1 ip4:192.0.2.1 ip4:192.0.2.2 ip6:2001:db8::1 -all",
		    NULL },
		{ "v=spf1 include:a.example.com, b.example.com ~all",
		    "v=spf1 include:a.example.com include:b.example.com ~all",
		    NULL },
		{ "v=spf1\ta\tmx\t-all", "v=spf1 a mx -all", NULL },
		{ "v=spf1 a mx\r\n-all", "v=spf1 a mx -all", NULL },
		{ "v=spf1\302\240a\302\240-all", "v=spf1 a -all", NULL },
		{ "v=spf1 a\240-all", "v=spf1 a -all", NULL },
		{ "v=spf1 ip4:192.0.2.1\343\200\200~all",
		    "v=spf1 ip4:192.0.2.1 ~all", NULL },
		{ "\"v=spf1 a mx -all\"", "v=spf1 a mx -all", NULL },
		{ "v=spf1 \"a\" 'mx' \\\"-all\\\"", "v=spf1 a mx -all", NULL },
		{ "\342\200\234v=spf1 a \342\200\223all\342\200\235",
		    "v=spf1 a -all", NULL },
		{ "v=spf1 a \357\275\236all", "v=spf1 a ~all", NULL },
		{ "\357\275\226=spf1 \357\275\201 mx -all",
		    "v=spf1 a mx -all", NULL },
		{ "\357\273\277v=spf1 a:mail.example\342\200\213.com -all",
		    "v=spf1 a:mail.example.com -all", NULL },
		{ "v=spf1; a; mx; -all;", "v=spf1 a mx -all", NULL },
		{ "v = spf1 a -all", "v=spf1 a -all", NULL },
		{ "v=spf1a mx -all", "v=spf1 a mx -all", NULL },
		{ "v=spf1: a -all", "v=spf1 a -all", NULL },
		{ "v=spf1 v=spf1 a -all", "v=spf1 a -all", NULL },
	};

	(void)state;
	CHECK_MENDED(cases);
}

static void
test_takes_out(void **state)
{
	static const struct mended cases[] = {
		{ "v=spf1 a A +a mx -all", "v=spf1 a mx -all", NULL },
		{ "v=spf1 a ip4:192.0.2.1 ip4:192.0.2.1/32 -all",
		    "v=spf1 a ip4:192.0.2.1 -all", NULL },
		{ "v=spf1 a ~all -all", "v=spf1 a ~all", NULL },
		{ "v=spf1 a ~all is our record", "v=spf1 a ~all", NULL },
		{ "v=spf1 a -all v=spf1 mx ~all", "v=spf1 a -all mx", NULL },
		{ "v=spf1 a exp=x.example exp=y.example -all",
		    "v=spf1 a exp=x.example -all", NULL },
		{ "v=spf1 redirect=a.example redirect=b.example",
		    "v=spf1 include:a.example include:b.example ~all", NULL },
		{ "v=spf1 redirect=a.example redirect=b.example -all",
		    "v=spf1 include:a.example include:b.example -all", NULL },
	};

	(void)state;
	CHECK_MENDED(cases);
}

static void
test_asks(void **state)
{
	static const struct mended cases[] = {
		{ "v=spf1 a ip4:192.0.2.300 ~all", "v=spf1 a ~all",
		    "ip4:192.0.2.300" },
		{ "v=spf1 a ip4:192.0.2.1/33 ~all", "v=spf1 a ~all",
		    "ip4:192.0.2.1/33" },
		{ "v=spf1 ip4:192.000.002.001 -all", "v=spf1 -all",
		    "ip4:192.000.002.001" },
		{ "v=spf1 ip4:192.0.2.1-192.0.2.9 ~all", "v=spf1 ~all",
		    "ip4:192.0.2.1-192.0.2.9" },
		{ "v=spf1 mail.example.com ~all", "v=spf1 ~all",
		    "mail.example.com" },
		{ "v=spf1 ip4:mail.example.com ~all", "v=spf1 ~all",
		    "ip4:mail.example.com" },
		{ "v=spf1 include: ~all", "v=spf1 ~all", "include:" },
		{ "v=spf1 include:user@example.com@ mx ~all", "v=spf1 mx ~all",
		    "include:user@example.com@" },
		{ "v=spf1 a:mail mx ~all", "v=spf1 mx ~all", "a:mail" },
		{ "v=spf1 permit:192.0.2.1 mx ~all", "v=spf1 mx ~all",
		    "permit:192.0.2.1" },
		{ "v=spf1 a:%{x}.example.com ~all", "v=spf1 ~all",
		    "a:%{x}.example.com" },
		{ "v=spf1 include:\346\227\245\346\234\254.example ~all",
		    "v=spf1 ~all", "include:\346\227\245\346\234\254.example" },
	};

	(void)state;
	CHECK_MENDED(cases);
}

static void
test_merges(void **state)
{
	static const struct {
		const char *a, *b, *want;
	} cases[] = {
		{ "v=spf1 a ~all", "v=spf1 a include:d.example -all",
		    "v=spf1 a include:d.example ~all" },
		{ "v=spf1 include:old.example -all",
		    "v=spf1 include:new.example ~all",
		    "v=spf1 include:old.example include:new.example ~all" },
		{ "v=spf1 a +all", "v=spf1 mx -all", "v=spf1 a mx -all" },
		{ "v=spf1 redirect=old.example", "v=spf1 mx -all",
		    "v=spf1 include:old.example mx -all" },
		{ "v=spf1 mx -all", "v=spf1 redirect=new.example",
		    "v=spf1 mx include:new.example -all" },
		{ "v=spf1 redirect=a.example", "v=spf1 redirect=a.example",
		    "v=spf1 redirect=a.example" },
		{ "v=spf1 redirect=a.example", "v=spf1 redirect=b.example",
		    "v=spf1 include:a.example include:b.example ~all" },
		{ "v=spf1 a", "v=spf1 mx", "v=spf1 a mx ~all" },
		{ "v=spf1 a x=1 ~all", "v=spf1 x=2 mx ~all",
		    "v=spf1 a x=1 x=2 mx ~all" },
		{ "v=spf1 a -all", "\"v=spf1 mx -all\"", "v=spf1 a mx -all" },
		{ "v=spf1 a -all", "spf2.0/pra a -all", "v=spf1 a -all" },
		{ "v=spf1 a -all", "v=spf10 mx -all", "v=spf1 a -all" },
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct spf_draft d;

		read_records(&d, arena, cases[i].a, cases[i].b);
		assert_string_equal(spf_draft_text(&d), cases[i].want);
		assert_int_equal(d.n_unclear, 0);
	}
	arena_free(&arena);
}

static void
test_all_last(void **state)
{
	static const struct {
		const char *record, *want;
		bool moved;
	} cases[] = {
		{ "v=spf1 -all a mx", "v=spf1 a mx -all", true },
		{ "v=spf1 a -all exp=x.example", "v=spf1 a -all exp=x.example",
		    false },
		{ "v=spf1 a", "v=spf1 a ~all", false },
		{ "v=spf1 a ~all include:b.example x=y",
		    "v=spf1 a include:b.example ~all x=y", true },
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct spf_draft d;

		read_records(&d, arena, cases[i].record, NULL);
		assert_int_equal(spf_draft_all_last(&d), cases[i].moved);
		assert_string_equal(spf_draft_text(&d), cases[i].want);
	}
	arena_free(&arena);
}

/* Each change has its reason, and says what stood there. */
/* Addresses that let pass go before what costs look-ups, never over a term
 * that may end the evaluation otherwise. */
static void
test_addresses_first(void **state)
{
	static const struct {
		const char *record, *want;      /* NULL: nothing moves */
	} rows[] = {
		{ "v=spf1 include:a.example ip4:192.0.2.1 -all",
		    "v=spf1 ip4:192.0.2.1 include:a.example -all" },
		{ "v=spf1 ip4:192.0.2.1 mx ip6:2001:db8::1 a ip4:192.0.2.2 "
		    "~all", "v=spf1 ip4:192.0.2.1 ip6:2001:db8::1 "
		    "ip4:192.0.2.2 mx a ~all" },
		{ "v=spf1 mx -a ip4:192.0.2.1 -all", NULL },
		{ "v=spf1 mx -ip4:192.0.2.1 -all", NULL },
		{ "v=spf1 ip4:192.0.2.1 mx -all", NULL },
		{ "v=spf1 exp=e.example ip4:192.0.2.1 -all", NULL },
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct spf_draft d;

		read_records(&d, arena, rows[i].record, NULL);
		assert_int_equal(spf_draft_addresses_first(&d),
		    rows[i].want != NULL);
		if (rows[i].want != NULL)
			assert_string_equal(spf_draft_text(&d), rows[i].want);
	}
	arena_free(&arena);
}

static void
test_reasons(void **state)
{
	struct arena *arena = arena_new();
	struct spf_draft d;
	size_t given = 0;

	(void)state;
	read_records(&d, arena, "v=spf1 ipv4:192.0.2.1 a a http://x ~all",
	    NULL);
	for (size_t i = 0; i < d.n; i++) {
		if (d.terms[i].fate == SPF_KEPT)
			assert_null(d.terms[i].why);
		else
			assert_non_null(strstr(d.terms[i].why,
			    d.terms[i].written));
		given += d.terms[i].why != NULL;
	}
	assert_int_equal(given, 3);
	read_records(&d, arena, "v=spf1 ptr -all", NULL);
	assert_int_equal(d.n_notes, 1);
	assert_non_null(strstr(d.notes[0], "slow and unreliable"));
	arena_free(&arena);
}

static void
test_too_long(void **state)
{
	struct arena *arena = arena_new();
	char *record = arena_alloc(arena, 5001);
	struct spf_draft d;

	(void)state;
	memset(record, 'a', 5000);
	memcpy(record, "v=spf1 ", 7);
	read_records(&d, arena, record, NULL);
	assert_non_null(d.refused);
	assert_int_equal(d.n, 0);
	arena_free(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_edit),
		cmocka_unit_test(test_leaves_alone),
		cmocka_unit_test(test_mends_typing),
		cmocka_unit_test(test_mends_blanks),
		cmocka_unit_test(test_takes_out),
		cmocka_unit_test(test_asks),
		cmocka_unit_test(test_merges),
		cmocka_unit_test(test_all_last),
		cmocka_unit_test(test_addresses_first),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_too_long),
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests_name("spf_edit", tests, NULL, NULL);
}
