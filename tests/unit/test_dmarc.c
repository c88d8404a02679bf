/* SPDX-License-Identifier: ISC
 * DMARC as RFC 9989 has it: the tree walk, the record that applies, the
 * organisational domain, alignment, and records that receivers ignore. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "engine/auth/dmarc.h"
#include "engine/auth/dmarc_lint.h"
#include "tests/unit/auth_zone.h"
#include "tests/unit/fixture.h"

static void
compare(const char *what, const char *name, const char *got, const char *want)
{
	if (got == NULL || want == NULL ? got != want : strcmp(got, want) != 0)
		fail_msg("%s: %s is '%s', want '%s'", name, what,
		    got != NULL ? got : "(null)",
		    want != NULL ? want : "(null)");
}

static const char *const world[] = {
	"_dmarc.example.com TXT v=DMARC1; p=quarantine; sp=reject; np=none; "
	    "rua=mailto:postmaster@example.com; aspf=s; adkim=s; t=y",
	"mail.example.com A 192.0.2.1",
	"example.com MX 10 mail.example.com",
	"_dmarc.strict.example.com TXT v=DMARC1; p=none",
	/* a suffix and a domain that speak for themselves */
	"_dmarc.bank TXT v=DMARC1; p=reject; psd=y; np=reject; sp=quarantine",
	"_dmarc.own.example.net TXT v=DMARC1; p=reject; psd=n",
	"_dmarc.example.net TXT v=DMARC1; p=none",
	/* mistakes */
	"_dmarc.two.example TXT v=DMARC1; p=none",
	"_dmarc.two.example TXT v=DMARC1; p=reject",
	"_dmarc.and-other.example TXT v=DMARC1; p=none",
	"_dmarc.and-other.example TXT something else",
	"_dmarc.no-p.example TXT v=DMARC1",
	"_dmarc.no-p-rua.example TXT v=DMARC1; rua=mailto:a@b.example",
	"_dmarc.bad-p.example TXT v=DMARC1; p=rejected",
	"_dmarc.bad-sp.example TXT v=DMARC1; p=reject; sp=no",
	"_dmarc.bad-rua.example TXT v=DMARC1; p=reject; rua=a@b.example",
	"_dmarc.quoted.example TXT \"v=DMARC1; p=none\"",
	"_dmarc.lower.example TXT v=dmarc1; p=none",
	"_dmarc.next.example TXT v=DMARC10; p=none",
	"_dmarc.suffix.example TXT v=DMARC1; p=none; psd=y",
	"_dmarc.late.example TXT p=none; v=DMARC1",
	"_dmarc.no-v.example TXT p=none",
	"_dmarc.spaced.example TXT V = DMARC1 ;p = Reject ; pct=50; ri=1; "
	    "unknown=1; broken;rua= mailto:a@b.example!10m , mailto:c@d",
	"_dmarc.dead.example TXT servfail",
	"_dmarc.wild.example TXT v=spf1 -all",
	NULL
};

static const struct {
	const char *from;
	enum dmarc_state state;
	const char *domain, *policy, *fault;
	bool reports;
} cases[] = {
	{ "example.com", DMARC_OK, "example.com", "quarantine", NULL, true },
	{ "Example.COM.", DMARC_OK, "example.com", "quarantine", NULL, true },
	{ "mail.example.com", DMARC_OK, "example.com", "reject", NULL, true },
	{ "absent.example.com", DMARC_OK, "example.com", "none", NULL, true },
	{ "strict.example.com", DMARC_OK, "strict.example.com", "none", NULL,
	    false },
	/* not the nearest record above, but the organisational domain's */
	{ "a.strict.example.com", DMARC_OK, "example.com", "none", NULL,
	    true },
	{ "a.b.own.example.net", DMARC_OK, "own.example.net", "reject", NULL,
	    false },
	{ "x.example.net", DMARC_OK, "example.net", "none", NULL, false },
	{ "rich.bank", DMARC_OK, "bank", "reject", NULL, false },
	{ "none.test", DMARC_NO_RECORD, NULL, NULL, NULL, false },
	{ "wild.example", DMARC_NO_RECORD, NULL, NULL, NULL, false },
	{ "two.example", DMARC_SEVERAL, "two.example", NULL, "more than one",
	    false },
	{ "and-other.example", DMARC_OK, "and-other.example", "none", NULL,
	    false },
	{ "no-p.example", DMARC_FAULTY, "no-p.example", NULL,
	    "has no policy (p=), so receivers ignore it", false },
	{ "no-p-rua.example", DMARC_OK, "no-p-rua.example", "none",
	    "take it as \"p=none\"", true },
	{ "bad-p.example", DMARC_FAULTY, "bad-p.example", NULL, "not none, "
	    "quarantine or reject", false },
	{ "bad-sp.example", DMARC_FAULTY, "bad-sp.example", NULL, "not none, "
	    "quarantine or reject", false },
	{ "bad-rua.example", DMARC_OK, "bad-rua.example", "reject", NULL,
	    false },
	{ "quoted.example", DMARC_FAULTY, "quoted.example", NULL,
	    "quotation mark", false },
	{ "lower.example", DMARC_FAULTY, "lower.example", NULL,
	    "\"v=DMARC1;\" exactly", false },
	{ "next.example", DMARC_FAULTY, "next.example", NULL,
	    "\"v=DMARC1;\" exactly", false },
	{ "late.example", DMARC_FAULTY, "late.example", NULL,
	    "\"v=DMARC1;\" exactly", false },
	{ "no-v.example", DMARC_FAULTY, "no-v.example", NULL, "lacks", false },
	{ "spaced.example", DMARC_OK, "spaced.example", "reject", NULL,
	    true },
	{ "dead.example", DMARC_UNKNOWN, NULL, NULL, "SERVFAIL", false },
};

static void
test_lookup(void **state)
{
	struct fixture *f = *state;

	auth_zone_load(f->arena, f->facts, world, FACTS_CLOSED);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct dmarc_record *got =
			dmarc_lookup(f->arena, f->facts, cases[i].from);

		if (got->state != cases[i].state)
			fail_msg("%s: state %d", cases[i].from,
			    (int)got->state);
		compare("domain", cases[i].from, got->domain, cases[i].domain);
		compare("policy", cases[i].from, got->policy, cases[i].policy);
		if (cases[i].fault == NULL)
			compare("fault", cases[i].from, got->fault, NULL);
		else if (got->fault == NULL ||
		    strstr(got->fault, cases[i].fault) == NULL)
			fail_msg("%s: %s", cases[i].from, got->fault);
		assert_int_equal(got->reports, cases[i].reports);
		assert_true(got->n_facts >= 1);
	}
}

static void
test_tags(void **state)
{
	struct fixture *f = *state;
	const struct dmarc_record *got;

	auth_zone_load(f->arena, f->facts, world, FACTS_CLOSED);
	got = dmarc_lookup(f->arena, f->facts, "example.com");
	assert_true(got->strict_spf && got->strict_dkim && got->test_mode);
	assert_true(strncmp(got->text, "v=DMARC1; p=quarantine", 22) == 0);
	assert_int_equal(got->n_facts, 2);
	assert_string_equal(got->facts[0], "dns _dmarc.example.com TXT");
	assert_string_equal(got->facts[1], "dns _dmarc.com TXT");
	/* the walk ends at a public suffix that says it is one */
	got = dmarc_lookup(f->arena, f->facts, "shop.suffix.example");
	assert_int_equal(got->n_facts, 2);
	got = dmarc_lookup(f->arena, f->facts, "x.example.net");
	assert_false(got->strict_spf || got->strict_dkim || got->test_mode);
}

static void
expect_wanted(struct facts *facts, const char *want)
{
	char got[2048] = "";
	const struct fact *fact;

	while ((fact = facts_next_wanted(facts)) != NULL) {
		size_t len = strlen(got);

		snprintf(got + len, sizeof got - len, "%s%s",
		    len != 0 ? " " : "", fact->name);
	}
	compare("wanted", "walk", got, want);
}

/* RFC 9989 4.10: at most eight questions, all asked at once. */
static void
test_long_names(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(dmarc_lookup(f->arena, f->facts,
	    "a.b.c.d.e.f.g.h.i.j.mail.example.com")->state, DMARC_UNKNOWN);
	expect_wanted(f->facts, "_dmarc.a.b.c.d.e.f.g.h.i.j.mail.example.com "
	    "_dmarc.g.h.i.j.mail.example.com _dmarc.h.i.j.mail.example.com "
	    "_dmarc.i.j.mail.example.com _dmarc.j.mail.example.com "
	    "_dmarc.mail.example.com _dmarc.example.com _dmarc.com");
	dmarc_lookup(f->arena, f->facts, "1.2.3.4.5.6.7.net");
	expect_wanted(f->facts, "_dmarc.1.2.3.4.5.6.7.net "
	    "_dmarc.2.3.4.5.6.7.net _dmarc.3.4.5.6.7.net _dmarc.4.5.6.7.net "
	    "_dmarc.5.6.7.net _dmarc.6.7.net _dmarc.7.net _dmarc.net");
}

static void
store(struct facts *facts, const char *name, const char *text)
{
	struct fact_value value = { .text = text,
		.len = text != NULL ? strlen(text) : 0 };

	facts_store(facts, name, DNS_TXT, text != NULL ? FACT_OK :
	    FACT_NXDOMAIN, &value, text != NULL, 300, "test", 1, NULL, NULL);
}

/* The author domain's own record needs nothing of what is above; otherwise
 * nothing is said before all is there. */
static void
test_missing(void **state)
{
	struct fixture *f = *state;
	bool settled = true;

	store(f->facts, "_dmarc.example.com", "v=DMARC1; p=none");
	assert_int_equal(dmarc_lookup(f->arena, f->facts,
	    "example.com")->state, DMARC_OK);
	assert_int_equal(dmarc_lookup(f->arena, f->facts,
	    "mail.example.com")->state, DMARC_UNKNOWN);
	assert_string_equal(dmarc_org_domain(f->arena, f->facts,
	    "mail.example.com", &settled), "example.com");
	assert_false(settled);
	store(f->facts, "_dmarc.mail.example.com", NULL);
	store(f->facts, "_dmarc.com", NULL);
	assert_int_equal(dmarc_lookup(f->arena, f->facts,
	    "mail.example.com")->state, DMARC_OK);
	assert_string_equal(dmarc_org_domain(f->arena, f->facts,
	    "mail.example.com", &settled), "example.com");
	assert_true(settled);
	/* np= differs: does the name exist? */
	store(f->facts, "_dmarc.example.com", "v=DMARC1; p=none; np=reject");
	assert_int_equal(dmarc_lookup(f->arena, f->facts,
	    "mail.example.com")->state, DMARC_UNKNOWN);
	expect_wanted(f->facts, "mail.example.com mail.example.com "
	    "mail.example.com");
}

static void
test_org_domain(void **state)
{
	static const struct {
		const char *name, *walk, *psl;
	} names[] = {
		{ "example.com", "example.com", "example.com" },
		{ "a.b.example.com", "example.com", "example.com" },
		{ "a.strict.example.com", "example.com", "example.com" },
		{ "a.b.own.example.net", "own.example.net", "example.net" },
		{ "x.rich.bank", "rich.bank", "rich.bank" },
		{ "bank", "bank", "bank" },
		/* no record: the list of public suffixes */
		{ "www.shop.co.jp", "shop.co.jp", "shop.co.jp" },
		{ "co.jp", "co.jp", "co.jp" },
		{ "WWW.Example.ORG.", "example.org", "example.org" },
		{ "localhost", "localhost", "localhost" },
		{ "", "", "" },
		{ "a..b", "a..b", "a..b" },
	};
	struct fixture *f = *state;

	auth_zone_load(f->arena, f->facts, world, FACTS_CLOSED);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		bool settled = false;

		compare("walk", names[i].name, dmarc_org_domain(f->arena,
		    f->facts, names[i].name, &settled), names[i].walk);
		assert_true(settled);
		if (names[i].name[0] != '\0' && names[i].name[1] != '.')
			compare("psl", names[i].name, psl_org_domain(f->arena,
			    names[i].name), names[i].psl);
	}
}

static void
test_aligned(void **state)
{
	static const struct {
		const char *from, *other;
		bool strict, want;
	} pairs[] = {
		{ "example.com", "EXAMPLE.com.", true, true },
		{ "example.com", "mail.example.com", true, false },
		{ "example.com", "mail.example.com", false, true },
		{ "mail.example.com", "a.b.example.com", false, true },
		{ "example.com", "example.net", false, false },
		{ "a.co.jp", "b.co.jp", false, false },
		{ "own.example.net", "example.net", false, false },
		{ "a.own.example.net", "b.own.example.net", false, true },
		{ "a.bank", "b.bank", false, false },
		{ "x.a.bank", "a.bank", false, true },
	};
	struct fixture *f = *state;

	auth_zone_load(f->arena, f->facts, world, FACTS_CLOSED);
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
		if (dmarc_aligned(f->arena, f->facts, pairs[i].from,
		    pairs[i].other, pairs[i].strict) != pairs[i].want)
			fail_msg("%s, %s", pairs[i].from, pairs[i].other);
}

#define TEST(f) \
	cmocka_unit_test_setup_teardown(f, fixture_set_up, fixture_tear_down)

/* What has no effect is said, and the mended record means the same. */
static void
test_lint(void **state)
{
	static const struct {
		const char *text, *note, *address, *mended;
	} rows[] = {
		{ "v=DMARC1; p=none; rua=mailto:a@b.example", NULL, NULL,
		    "v=DMARC1; p=none; rua=mailto:a@b.example" },
		{ "v=DMARC1;p=reject;pct=50;", "t=y", NULL,
		    "v=DMARC1; p=reject; t=y" },
		{ "v=DMARC1; p=reject; pct=0; t=n", "t=y", NULL,
		    "v=DMARC1; p=reject; t=n" },
		{ "v=DMARC1; p=none; pct=20", NULL, NULL, "v=DMARC1; p=none" },
		{ "v=DMARC1; p=quarantine rua=mailto:a@b.example  fo = 1",
		    "no semicolon in front of \"rua", NULL,
		    "v=DMARC1; p=quarantine; fo=1; rua=mailto:a@b.example" },
		{ "v=DMARC1 p=none rua=mailto:a@b.example",
		    "no semicolon in front of \"p=none", NULL,
		    "v=DMARC1; p=none; rua=mailto:a@b.example" },
		{ "v=DMARC1; p=none; rua=mailto:a@b.example; mailto:c@d.example",
		    NULL, "behind a semicolon", "v=DMARC1; p=none; "
		    "rua=mailto:a@b.example,mailto:c@d.example" },
		{ "v=DMARC1; p=none; mailto:c@d.example", "no tag", NULL,
		    "v=DMARC1; p=none" },
		{ "v=DMARC1; p=none; rua=mailto: a@b.example", NULL,
		    "more in it", "v=DMARC1; p=none; rua=mailto:a@b.example" },
		{ "v=DMARC1; p=none; rua=mailto:Me <a@b.example>", NULL,
		    "more in it", "v=DMARC1; p=none; rua=mailto:a@b.example" },
		{ "v=DMARC1; p=none; ri=3600; pct=100", NULL, NULL,
		    "v=DMARC1; p=none" },
		{ "v=DMARC1; p=none; polcy=reject", "no tag \"polcy\"", NULL,
		    "v=DMARC1; p=none" },
		{ "v=DMARC1; p=none; p=reject", "twice", NULL,
		    "v=DMARC1; p=none" },
		{ "v=DMARC1; p=none; aspf=strict", "\"strict\"", NULL,
		    "v=DMARC1; p=none; aspf=s" },
		{ "v=DMARC1; p=none; aspf=x; word", "\"x\"", NULL,
		    "v=DMARC1; p=none" },
		{ "v=DMARC1; sp=none; p=reject", "directly behind", NULL,
		    "v=DMARC1; p=reject; sp=none" },
		{ "v=DMARC1; p=none; rua=a@b.example", NULL, "lacks \"mailto:\"",
		    "v=DMARC1; p=none; rua=mailto:a@b.example" },
		{ "v=DMARC1; p=none; ruf=https://b.example/x", NULL,
		    "no mail address", "v=DMARC1; p=none" },
		{ "v=DMARC1; p=none; rua=mailto:a@b.example!10m, mailto:c@d.example",
		    NULL, NULL, "v=DMARC1; p=none; "
		    "rua=mailto:a@b.example!10m,mailto:c@d.example" },
		{ "\"v=DMARC1; p=reject\"", "quotation marks", NULL,
		    "v=DMARC1; p=reject" },
		{ "v=DMARC1, p=quarantine, sp=none", "commas", NULL,
		    "v=DMARC1; p=quarantine; sp=none" },
		{ "p=quarantine; v=DMARC1", NULL, NULL, "v=DMARC1; p=quarantine" },
		{ "", NULL, NULL, "v=DMARC1; p=none" },
		{ ";;=;\x01\xff=", "other characters", NULL, "v=DMARC1; p=none" },
	};
	static const char two[] = "v=DMARC1; p=none; "
	    "rua=mailto:a@b.example!10m, mailto:c@d.example";
	struct fixture *f = *state;
	struct dmarc_lint lint;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		dmarc_lint(f->arena, rows[i].text, strlen(rows[i].text), &lint);
		compare("mended", rows[i].text, lint.mended, rows[i].mended);
		if (rows[i].note == NULL ? lint.n_notes != 0 :
		    lint.n_notes == 0 ||
		    strstr(lint.notes[0], rows[i].note) == NULL)
			fail_msg("%s: %s", rows[i].text, lint.n_notes != 0 ?
			    lint.notes[0] : "no note");
		if (rows[i].address == NULL ? lint.n_address_notes != 0 :
		    lint.n_address_notes == 0 || strstr(lint.address_notes[0],
		    rows[i].address) == NULL)
			fail_msg("%s: addresses", rows[i].text);
	}
	dmarc_lint(f->arena, two, strlen(two), &lint);
	assert_int_equal(lint.n_reports, 2);
	assert_string_equal(lint.reports[0], "b.example");
}

/* Other values for some tags; the rest means the same. */
static void
test_rewrite(void **state)
{
	static const struct dmarc_tag_value raised[] = {
		{ "p", "quarantine" }, { "sp", NULL }, { "t", "y" },
		{ "pct", "10" }, { "x", "y" }, { NULL, NULL },
	};
	static const char text[] = "v=DMARC1;p=none;sp=reject;adkim=s;ri=1;"
	    "rua=mailto:a@b.example";
	struct fixture *f = *state;

	compare("rewritten", text, dmarc_rewrite(f->arena, text, strlen(text),
	    raised), "v=DMARC1; p=quarantine; adkim=s; t=y; "
	    "rua=mailto:a@b.example");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_lookup),
		TEST(test_tags),
		TEST(test_long_names),
		TEST(test_missing),
		TEST(test_org_domain),
		TEST(test_aligned),
		TEST(test_lint),
		TEST(test_rewrite),
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests_name("dmarc", tests, NULL, NULL);
}
