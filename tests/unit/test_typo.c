/* SPDX-License-Identifier: ISC
 * What was typed instead of the record: each mistake by its id, and nothing
 * said of what is right. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "engine/remedy/typo.h"

#define SPF "v=spf1 ip4:203.0.113.7 -all"
#define KEY "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC7"
#define OTHER "google-site-verification=abc"

static const struct {
	const char *label;
	enum dns_type type;
	const char *name;
	const char *before[3], *after[3], *there[4];
	enum typo_state state;
	const char *ids[3];
	size_t position;         /* of the first mistake; 0: not looked at */
} cases[] = {
	{ "right", DNS_TXT, "example.net", { NULL }, { SPF }, { SPF },
		TYPO_RIGHT, { NULL }, 0 },
	{ "nothing there", DNS_TXT, "example.net", { NULL }, { SPF },
		{ NULL }, TYPO_ABSENT, { NULL }, 0 },
	{ "only the old one", DNS_TXT, "example.net",
		{ "v=spf1 mx -all" }, { SPF }, { "v=spf1 mx -all" },
		TYPO_ABSENT, { NULL }, 0 },
	{ "right beside what does not matter", DNS_TXT, "example.net",
		{ OTHER }, { OTHER, SPF }, { "a=b", SPF, OTHER },
		TYPO_RIGHT, { NULL }, 0 },
	{ "letters and blanks that SPF does not mind", DNS_TXT, "example.net",
		{ NULL }, { SPF }, { "V=SPF1  IP4:203.0.113.7   -ALL " },
		TYPO_RIGHT, { NULL }, 0 },
	{ "a macro letter", DNS_TXT, "example.net", { NULL },
		{ "v=spf1 exists:%{i}.example.net -all" },
		{ "v=spf1 exists:%{I}.example.net -all" },
		TYPO_DIFFERENT, { "typo.case" }, 0 },
	{ "blanks in a tag list", DNS_TXT, "s1._domainkey.example.net",
		{ NULL }, { "v=DKIM1; k=rsa; p=MIGfMA0G" },
		{ "v=DKIM1;k=rsa; p = MIGf MA0G ; " },
		TYPO_RIGHT, { NULL }, 0 },
	{ "other digit", DNS_TXT, "example.net", { NULL }, { SPF },
		{ "v=spf1 ip4:203.0.113.1 -all" }, TYPO_DIFFERENT,
		{ "typo.different" }, 22 },
	{ "the old one stayed", DNS_TXT, "example.net",
		{ "v=spf1 mx -all" }, { SPF }, { SPF, "v=spf1 mx -all" },
		TYPO_SEVERAL, { "typo.two-records" }, 0 },
	{ "another one beside it", DNS_TXT, "example.net", { NULL },
		{ SPF }, { SPF, "v=spf1 +all" },
		TYPO_SEVERAL, { "typo.two-records" }, 0 },
	{ "wrong, and the old one stayed", DNS_TXT, "example.net",
		{ "v=spf1 mx -all" }, { SPF },
		{ "v=spf1 mx -all", "v=spf1 ip4:203.0.113.8 -all" },
		TYPO_DIFFERENT, { "typo.different", "typo.two-records" },
		22 },
	{ "the panel replaced the whole set", DNS_TXT, "example.net",
		{ OTHER }, { OTHER, SPF }, { SPF },
		TYPO_RIGHT, { "typo.others-lost" }, 0 },
	{ "quotes", DNS_TXT, "example.net", { NULL }, { SPF },
		{ "\"" SPF "\"" }, TYPO_DIFFERENT, { "typo.quotes" }, 1 },
	{ "escaped quotes", DNS_TXT, "example.net", { NULL }, { SPF },
		{ "\\\"" SPF "\\\"" }, TYPO_DIFFERENT,
		{ "typo.quotes", "typo.backslash" }, 1 },
	{ "escaped semicolons", DNS_TXT, "_dmarc.example.net", { NULL },
		{ "v=DMARC1; p=none" }, { "v=DMARC1\\; p=none" },
		TYPO_DIFFERENT, { "typo.backslash" }, 9 },
	{ "smart quotes", DNS_TXT, "example.net", { NULL }, { SPF },
		{ "\xe2\x80\x9c" SPF "\xe2\x80\x9d" }, TYPO_DIFFERENT,
		{ "typo.smart-quotes" }, 1 },
	{ "full width", DNS_TXT, "example.net", { NULL }, { SPF },
		{ "v=spf1 ip4:\xef\xbc\x92" "03.0.113.7 -all" },
		TYPO_DIFFERENT, { "typo.full-width" }, 12 },
	{ "ideographic blank", DNS_TXT, "example.net", { NULL }, { SPF },
		{ "v=spf1\xe3\x80\x80ip4:203.0.113.7 -all" },
		TYPO_DIFFERENT, { "typo.full-width" }, 7 },
	{ "non-breaking blank", DNS_TXT, "example.net", { NULL }, { SPF },
		{ "v=spf1\xc2\xa0ip4:203.0.113.7 -all" },
		TYPO_DIFFERENT, { "typo.no-break-blank" }, 7 },
	{ "zero width", DNS_TXT, "example.net", { NULL }, { SPF },
		{ "v=spf1 ip4:203.0.113.7\xe2\x80\x8b -all" },
		TYPO_DIFFERENT, { "typo.zero-width" }, 23 },
	{ "zero width at the start, beside an old one", DNS_TXT,
		"example.net", { "v=spf1 mx -all" }, { SPF },
		{ "\xef\xbb\xbf" SPF, "v=spf1 mx -all" }, TYPO_DIFFERENT,
		{ "typo.zero-width", "typo.two-records" }, 1 },
	{ "long dash", DNS_TXT, "example.net", { NULL }, { SPF },
		{ "v=spf1 ip4:203.0.113.7 \xe2\x80\x93" "all" },
		TYPO_DIFFERENT, { "typo.dash" }, 24 },
	{ "a line break", DNS_TXT, "example.net", { NULL }, { SPF },
		{ SPF "\r\n" }, TYPO_DIFFERENT, { "typo.line-break" }, 28 },
	{ "two slips at once", DNS_TXT, "example.net", { NULL }, { SPF },
		{ "\"v=spf1\xc2\xa0ip4:203.0.113.7 -all\"" }, TYPO_DIFFERENT,
		{ "typo.quotes", "typo.no-break-blank" }, 1 },
	{ "no blank", DNS_TXT, "example.net", { NULL }, { SPF },
		{ "v=spf1 ip4:203.0.113.7-all" }, TYPO_DIFFERENT,
		{ "typo.blanks" }, 23 },
	{ "a blank before it", DNS_TXT, "example.net", { NULL }, { SPF },
		{ " " SPF }, TYPO_DIFFERENT, { "typo.blanks" }, 1 },
	{ "a blank before DMARC", DNS_TXT, "_dmarc.example.net", { NULL },
		{ "v=DMARC1; p=none" }, { " v=DMARC1; p=none" },
		TYPO_DIFFERENT, { "typo.blanks" }, 1 },
	{ "a blank before a key", DNS_TXT, "s1._domainkey.example.net",
		{ NULL }, { KEY }, { " " KEY }, TYPO_RIGHT, { NULL }, 0 },
	{ "a blank behind it", DNS_TXT, "example.net", { NULL }, { SPF },
		{ SPF " " }, TYPO_RIGHT, { NULL }, 0 },
	{ "case of a key", DNS_TXT, "s1._domainkey.example.net", { NULL },
		{ KEY }, { "v=DKIM1; k=rsa; "
		"p=migfma0gcsqgsib3dqebaquaa4gnadcbiqkbgqc7" },
		TYPO_DIFFERENT, { "typo.case" }, 19 },
	{ "no semicolon", DNS_TXT, "_dmarc.example.net", { NULL },
		{ "v=DMARC1; p=none" }, { "v=DMARC1 p=none" },
		TYPO_DIFFERENT, { "typo.semicolon" }, 9 },
	{ "cut", DNS_TXT, "s1._domainkey.example.net", { NULL }, { KEY },
		{ "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3" }, TYPO_DIFFERENT,
		{ "typo.cut" }, 35 },
	{ "pasted twice", DNS_TXT, "example.net", { NULL }, { SPF },
		{ SPF " " SPF }, TYPO_DIFFERENT, { "typo.pasted-twice" },
		28 },
	{ "whole line", DNS_TXT, "example.net", { NULL }, { SPF },
		{ "example.net. IN TXT \"" SPF "\"" }, TYPO_DIFFERENT,
		{ "typo.whole-line" }, 1 },
	{ "more behind it", DNS_TXT, "example.net", { NULL }, { SPF },
		{ SPF " mx" }, TYPO_DIFFERENT, { "typo.goes-on" }, 28 },
	{ "placeholder", DNS_TXT, "example.net", { NULL }, { SPF },
		{ "v=spf1 ip4:<your address> -all" }, TYPO_DIFFERENT,
		{ "typo.placeholder" }, 12 },
	{ "not UTF-8", DNS_TXT, "example.net", { NULL }, { SPF },
		{ "v=spf1 \xff\xfe" }, TYPO_DIFFERENT, { "typo.different" },
		8 },
	{ "address", DNS_A, "mail.example.net", { NULL }, { "203.0.113.7" },
		{ "203.0.113.1" }, TYPO_DIFFERENT, { "typo.different" },
		11 },
	{ "two addresses wanted, one typed", DNS_A, "mail.example.net",
		{ NULL }, { "203.0.113.7", "203.0.113.8" }, { "203.0.113.7" },
		TYPO_ABSENT, { NULL }, 0 },
	{ "two addresses in another order", DNS_A, "mail.example.net",
		{ NULL }, { "203.0.113.7", "203.0.113.8" },
		{ "203.0.113.8", "203.0.113.7" }, TYPO_RIGHT, { NULL }, 0 },
	{ "no final stop", DNS_PTR, "7.113.0.203.in-addr.arpa", { NULL },
		{ "mail.example.net" },
		{ "mail.example.net.113.0.203.in-addr.arpa" },
		TYPO_DIFFERENT, { "typo.value-doubled" }, 0 },
	{ "no final stop in MX", DNS_MX, "example.net", { NULL },
		{ "10 mail.example.net" },
		{ "10 mail.example.net.example.net" },
		TYPO_DIFFERENT, { "typo.value-doubled" }, 0 },
	{ "a final stop too early", DNS_CNAME, "s1._domainkey.example.net",
		{ NULL }, { "s1.example.com" }, { "s1" },
		TYPO_DIFFERENT, { "typo.value-short" }, 0 },
	{ "name in capitals", DNS_PTR, "7.113.0.203.in-addr.arpa", { NULL },
		{ "mail.example.net" }, { "MAIL.example.net" },
		TYPO_RIGHT, { NULL }, 0 },
	{ "removed", DNS_TXT, "example.net", { "v=spf1 mx -all" }, { NULL },
		{ OTHER }, TYPO_RIGHT, { NULL }, 0 },
	{ "not yet removed", DNS_TXT, "example.net", { "v=spf1 mx -all" },
		{ NULL }, { "v=spf1 mx -all" }, TYPO_ABSENT, { NULL }, 0 },
};

static struct arena *arena;

static int
setup(void **state)
{
	(void)state;
	arena = arena_new();
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

/* A fact with these values, NULL-terminated. */
static struct fact *
fact_of(const char *name, enum dns_type type, const char *const *texts)
{
	struct fact *fact = arena_alloc(arena, sizeof *fact);
	struct fact_value *values;
	size_t n = 0;

	while (texts[n] != NULL)
		n++;
	values = arena_array(arena, n, sizeof *values);
	for (size_t i = 0; i < n; i++) {
		values[i].text = texts[i];
		values[i].len = strlen(texts[i]);
	}
	fact->name = name;
	fact->type = type;
	fact->status = n != 0 ? FACT_OK : FACT_NODATA;
	fact->values = values;
	fact->n_values = n;
	return fact;
}

static void
test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct change change = {
			.kind = CHANGE_DNS, .zone = "example.net",
			.name = cases[i].name, .type = cases[i].type,
			.before = cases[i].before, .after = cases[i].after,
		};
		const struct typo *typo = typo_judge(arena, &change,
			fact_of(cases[i].name, cases[i].type,
			    cases[i].there));
		size_t n = 0;

		if (typo->state != cases[i].state)
			fail_msg("%s: state %d, not %d", cases[i].label,
			    typo->state, cases[i].state);
		for (; n < 3 && cases[i].ids[n] != NULL; n++) {
			if (n >= typo->n_mistakes ||
			    strcmp(typo->mistakes[n].id, cases[i].ids[n]) != 0)
				fail_msg("%s: %s, not %s", cases[i].label,
				    n < typo->n_mistakes ?
				    typo->mistakes[n].id : "nothing",
				    cases[i].ids[n]);
			assert_non_null(typo->mistakes[n].sentence);
			assert_null(strchr(typo->mistakes[n].sentence, '{'));
		}
		if (typo->n_mistakes != n)
			fail_msg("%s: also %s", cases[i].label,
			    typo->mistakes[n].id);
		if (cases[i].position != 0 &&
		    typo->mistakes[0].position != cases[i].position)
			fail_msg("%s: at %zu", cases[i].label,
			    typo->mistakes[0].position);
	}
}

/* The mark stands below the first character that differs. */
static void
test_mark(void **state)
{
	static const char *const none[] = { NULL };
	struct change change = {
		.kind = CHANGE_DNS, .zone = "example.net",
		.name = "example.net", .type = DNS_TXT, .before = none,
		.after = (const char *[]){ SPF, NULL },
	};
	const struct typo *typo = typo_judge(arena, &change,
		fact_of("example.net", DNS_TXT, (const char *[]){
		    "v=spf1 ip4:203.0.113.1 -all", NULL }));
	const struct typo_mistake *mistake = &typo->mistakes[0];

	(void)state;
	assert_string_equal(mistake->prefix, "v=spf1 ip4:203.0.113.");
	assert_string_equal(mistake->wanted, SPF);
	assert_string_equal(mistake->published,
	    "v=spf1 ip4:203.0.113.1 -all");
	assert_string_equal(mistake->sentence, "The value is another one: "
	    "character 22 is 1, and should be 7.");
	/* what is shown is harmless, whatever is published */
	typo = typo_judge(arena, &change, fact_of("example.net", DNS_TXT,
		(const char *[]){ "v=spf1 \033[2J\xe2\x80\xae", NULL }));
	assert_null(strchr(typo->mistakes[0].published, '\033'));
	assert_null(strchr(typo->mistakes[0].sentence, '\033'));
}

static const char *
long_text(char c, size_t n, const char *head)
{
	char *text = arena_alloc(arena, n + 1);

	memset(text, c, n);
	memcpy(text, head, strlen(head));
	return text;
}

/* A panel that keeps only the first string, and one that joins badly. */
static void
test_255(void **state)
{
	static const char *const none[] = { NULL };
	const char *key = long_text('A', 400, "v=DKIM1; k=rsa; p=");
	const char *spf = long_text('1', 300, "v=spf1 ip6:2001:db8::");
	struct change change = {
		.kind = CHANGE_DNS, .zone = "example.net",
		.name = "s1._domainkey.example.net", .type = DNS_TXT,
		.before = none, .after = (const char *[]){ key, NULL },
	};
	const struct typo *typo;

	(void)state;
	typo = typo_judge(arena, &change, fact_of(change.name, DNS_TXT,
		(const char *[]){ arena_strndup(arena, key, 255), NULL }));
	assert_int_equal(typo->n_mistakes, 1);
	assert_string_equal(typo->mistakes[0].id, "typo.cut-at-255");
	/* base64 may have blanks in it (RFC 6376 3.2), SPF may not */
	typo = typo_judge(arena, &change, fact_of(change.name, DNS_TXT,
		(const char *[]){ arena_printf(arena, "%.255s %s", key,
		    key + 255), NULL }));
	assert_int_equal(typo->state, TYPO_RIGHT);
	change.name = "example.net";
	change.after = (const char *[]){ spf, NULL };
	typo = typo_judge(arena, &change, fact_of(change.name, DNS_TXT,
		(const char *[]){ arena_printf(arena, "%.255s %s", spf,
		    spf + 255), NULL }));
	assert_int_equal(typo->n_mistakes, 1);
	assert_string_equal(typo->mistakes[0].id, "typo.blank-at-255");
	assert_int_equal(typo->mistakes[0].position, 256);
}

/* No answer is neither right nor wrong. */
static void
test_unknown(void **state)
{
	static const enum fact_status statuses[] = {
		FACT_WANTED, FACT_SERVFAIL, FACT_TIMEOUT, FACT_REFUSED,
		FACT_INVALID
	};
	static const char *const none[] = { NULL };
	struct change change = {
		.kind = CHANGE_DNS, .zone = "example.net",
		.name = "example.net", .type = DNS_TXT, .before = none,
		.after = (const char *[]){ SPF, NULL },
	};
	struct fact *fact = fact_of("example.net", DNS_TXT, none);
	const struct typo *typo;

	(void)state;
	for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
		fact->status = statuses[i];
		typo = typo_judge(arena, &change, fact);
		assert_int_equal(typo->state, TYPO_UNKNOWN);
		assert_int_equal(typo->n_mistakes, 0);
	}
	fact->trouble = TROUBLE_ALIAS;
	fact->alias = "elsewhere.example.com";
	typo = typo_judge(arena, &change, fact);
	assert_int_equal(typo->state, TYPO_ABSENT);
	assert_string_equal(typo->mistakes[0].id, "typo.alias");
	change.type = DNS_PTR;
	assert_int_equal(typo_judge(arena, &change, fact)->state,
	    TYPO_UNKNOWN);
}

static const struct {
	const char *name, *id, *place;
	enum dns_type type;
} places[] = {
	{ "example.net", "typo.name-doubled", "example.net.example.net",
		DNS_TXT },
	{ "example.net", "typo.wrong-name", "www.example.net", DNS_TXT },
	{ "example.net", "typo.wrong-type", "example.net", DNS_SPF },
	{ "_dmarc.example.net", "typo.name-doubled",
		"_dmarc.example.net.example.net", DNS_TXT },
	{ "_dmarc.example.net", "typo.wrong-name", "example.net", DNS_TXT },
	{ "_dmarc.example.net", "typo.wrong-name", "dmarc.example.net",
		DNS_TXT },
};

static void
test_places(void **state)
{
	static const char *const none[] = { NULL };

	(void)state;
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		struct change change = {
			.kind = CHANGE_DNS, .zone = "example.net",
			.name = places[i].name, .type = DNS_TXT,
			.before = none, .after = (const char *[]){ SPF, NULL },
		};
		struct typo_place found[TYPO_MAX_PLACES];
		size_t n = typo_places(arena, &change, "example.net", found);
		size_t k = 0;

		while (k < n && (strcmp(found[k].name, places[i].place) != 0 ||
		    found[k].type != places[i].type))
			k++;
		assert_true(k < n);
		assert_string_equal(found[k].id, places[i].id);
		assert_null(typo_found(arena, &change, &found[k],
			fact_of(found[k].name, found[k].type, none)));
		assert_null(typo_found(arena, &change, &found[k],
			fact_of(found[k].name, found[k].type,
			    (const char *[]){ OTHER, NULL })));
		assert_string_equal(typo_found(arena, &change, &found[k],
			fact_of(found[k].name, found[k].type,
			    (const char *[]){ OTHER, "\"" SPF "\"", NULL }))->
		    id, places[i].id);
	}
}

/* Every id has one sentence, and no other id is used. */
static void
test_ids(void **state)
{
	size_t n = 0;

	(void)state;
	for (; typo_id(n) != NULL; n++) {
		assert_true(strncmp(typo_id(n), "typo.", 5) == 0);
		for (size_t k = 0; k < n; k++)
			assert_string_not_equal(typo_id(k), typo_id(n));
	}
	assert_true(n >= 20);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_cases, setup, teardown),
		cmocka_unit_test_setup_teardown(test_mark, setup, teardown),
		cmocka_unit_test_setup_teardown(test_255, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unknown, setup, teardown),
		cmocka_unit_test_setup_teardown(test_places, setup, teardown),
		cmocka_unit_test_setup_teardown(test_ids, setup, teardown),
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
