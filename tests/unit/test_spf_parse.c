/* SPDX-License-Identifier: ISC
 * SPF records are parsed as RFC 7208 section 12 says, and the first fault is
 * found where it stands; macros expand as in section 7.4. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "engine/auth/spf_macro.h"
#include "engine/auth/spf_parse.h"
#include "engine/base/str.h"

static int
set_up(void **state)
{
	*state = arena_new();
	return 0;
}

static int
tear_down(void **state)
{
	struct arena *arena = *state;

	arena_free(&arena);
	return 0;
}

static void
test_is_record(void **state)
{
	static const struct {
		const char *text;
		bool want;
	} cases[] = {
		{ "v=spf1", true },
		{ "v=spf1 -all", true },
		{ "V=SPF1 -all", true },
		{ "v=spf1  ", true },
		{ "v=spf10 -all", false },
		{ "v=spf1;-all", false },
		{ "v=spf1\t-all", false },
		{ " v=spf1 -all", false },
		{ "\"v=spf1 -all\"", false },
		{ "v=spf", false },
		{ "spf2.0/pra ip4:192.0.2.0/24 ~all", false },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		if (spf_is_record(cases[i].text, strlen(cases[i].text)) !=
		    cases[i].want)
			fail_msg("'%s'", cases[i].text);
}

static void
test_terms(void **state)
{
	static const char text[] = "v=spf1  a -MX:mail.example.com/24//64 "
		"~ip4:192.0.2.0/25 ip6:2001:db8::/32 ?include:example.net "
		"ptr +exists:%{i}.example.org x-y.z=%{d} "
		"exp=why.example.com redirect=example.com a/0//0 all";
	static const struct spf_term want[] = {
		{ SPF_A, '+', "a", 8, 1, NULL, 32, 128 },
		{ SPF_MX, '-', "-MX:mail.example.com/24//64", 10, 27,
		    "mail.example.com", 24, 64 },
		{ SPF_IP4, '~', "~ip4:192.0.2.0/25", 38, 17, "192.0.2.0", 25,
		    128 },
		{ SPF_IP6, '+', "ip6:2001:db8::/32", 56, 17, "2001:db8::", 32,
		    32 },
		{ SPF_INCLUDE, '?', "?include:example.net", 74, 20,
		    "example.net", 32, 128 },
		{ SPF_PTR, '+', "ptr", 95, 3, NULL, 32, 128 },
		{ SPF_EXISTS, '+', "+exists:%{i}.example.org", 99, 24,
		    "%{i}.example.org", 32, 128 },
		{ SPF_UNKNOWN_MODIFIER, '+', "x-y.z=%{d}", 124, 10, "%{d}", 32,
		    128 },
		{ SPF_EXP, '+', "exp=why.example.com", 135, 19,
		    "why.example.com", 32, 128 },
		{ SPF_REDIRECT, '+', "redirect=example.com", 155, 20,
		    "example.com", 32, 128 },
		{ SPF_A, '+', "a/0//0", 176, 6, NULL, 0, 0 },
		{ SPF_ALL, '+', "all", 183, 3, NULL, 32, 128 },
	};
	struct spf_record got;

	assert_true(spf_parse(*state, text, strlen(text), &got));
	assert_null(got.error);
	assert_int_equal(got.n_terms, sizeof want / sizeof want[0]);
	for (size_t i = 0; i < got.n_terms; i++) {
		const struct spf_term *t = &got.terms[i];

		assert_string_equal(t->text, want[i].text);
		assert_int_equal(t->kind, want[i].kind);
		assert_int_equal(t->qualifier, want[i].qualifier);
		assert_int_equal(t->offset, want[i].offset);
		assert_int_equal(t->length, want[i].length);
		assert_memory_equal(text + t->offset, t->text, t->length);
		if (want[i].argument == NULL)
			assert_null(t->argument);
		else
			assert_string_equal(t->argument, want[i].argument);
		if (t->kind == SPF_IP4 || t->kind == SPF_A ||
		    t->kind == SPF_MX)
			assert_int_equal(t->prefix4, want[i].prefix4);
		if (t->kind == SPF_IP6 || t->kind == SPF_A ||
		    t->kind == SPF_MX)
			assert_int_equal(t->prefix6, want[i].prefix6);
	}
	assert_ptr_equal(got.exp, &got.terms[8]);
	assert_ptr_equal(got.redirect, &got.terms[9]);
}

static void
test_valid(void **state)
{
	static const char *const records[] = {
		"v=spf1",
		"v=spf1   ",
		"v=spf1 a:example.com.",
		"v=spf1 a:_spf.example.com",
		"v=spf1 a:example.c-d a:example.x1",
		"v=spf1 a:%{d} a:%{d2R.-+,/_=}.example.com a:%%.example.com",
		"v=spf1 a:a/b.example.com/8",
		"v=spf1 a:%{d}/24//64 mx//0",
		"v=spf1 ip6:::1 ip6:::ffff:192.0.2.1/96",
		"v=spf1 include=example.net",
		"v=spf1 x= y=%{d} x=again mx=",
		"v=spf1 exists:%{L}.%{Ir}.%{v}._spf.%{o}",
		"v=spf1 v=spf1 -ALL",
	};
	struct spf_record got;

	for (size_t i = 0; i < sizeof records / sizeof records[0]; i++)
		if (!spf_parse(*state, records[i], strlen(records[i]), &got))
			fail_msg("'%s': %s at %zu", records[i], got.error,
			    got.error_offset);
}

/* LEN 0 means strlen(). */
static const struct {
	const char *text;
	size_t offset;          /* of the first fault */
	const char *word;       /* in the message */
	size_t terms;           /* before it */
	size_t len;
} faults[] = {
	{ "v=spf1 a foo mx", 9, "no mechanism", 1, 0 },
	{ "v=spf1 -all.", 8, "no mechanism", 0, 0 },
	{ "v=spf1 -all:x", 11, "nothing may follow", 0, 0 },
	{ "v=spf1 -all;", 11, "nothing may follow", 0, 0 },
	{ "v=spf1 ipv4:192.0.2.1", 7, "ip4:", 0, 0 },
	{ "v=spf1 ip:192.0.2.1", 7, "ip4:", 0, 0 },
	{ "v=spf1 ip4:2001:db8::1", 11, "ip6:", 0, 0 },
	{ "v=spf1 ip6:192.0.2.1", 11, "ip4:", 0, 0 },
	{ "v=spf1 ip4:192.0.2.300", 11, "not an IP address", 0, 0 },
	{ "v=spf1 ip4:192.0.2.1~all", 11, "blank is missing", 0, 0 },
	{ "v=spf1 ip4:192.0.2.1-all", 11, "blank is missing", 0, 0 },
	{ "v=spf1 ip4:192.0.2.1,192.0.2.2", 11, "separated by", 0, 0 },
	{ "v=spf1 ip4: 192.0.2.1", 11, "without a blank", 0, 0 },
	{ "v=spf1 ip4", 10, "colon", 0, 0 },
	{ "v=spf1 ip4:192.0.2.0/33", 21, "from 0 to 32", 0, 0 },
	{ "v=spf1 ip4:192.0.2.0/032", 21, "from 0 to 32", 0, 0 },
	{ "v=spf1 ip4:192.0.2.0/4294967312", 21, "from 0 to 32", 0, 0 },
	{ "v=spf1 a//18446744073709551617", 10, "from 0 to 128", 0, 0 },
	{ "v=spf1 ip4:192.0.2.0/", 21, "from 0 to 32", 0, 0 },
	{ "v=spf1 ip6:2001:db8::/129", 22, "from 0 to 128", 0, 0 },
	{ "v=spf1 ip4:192.0.2", 11, "not an IP", 0, 0 },
	{ "v=spf1 ip4:1.2.3.4.5", 11, "not an IP", 0, 0 },
	{ "v=spf1 include: example.com", 15, "without a blank", 0, 0 },
	{ "v=spf1 include", 14, "colon", 0, 0 },
	{ "v=spf1 include:example.com/24", 26, "prefix length", 0, 0 },
	{ "v=spf1 exists:%{d}/24", 14, "dot is needed", 0, 0 },
	{ "v=spf1 a:example", 9, "dot is needed", 0, 0 },
	{ "v=spf1 a:192.0.2.1", 17, "must not be a number", 0, 0 },
	{ "v=spf1 a:example.-com", 17, "begin or end", 0, 0 },
	{ "v=spf1 a:example.co_m", 19, "last part", 0, 0 },
	{ "v=spf1 a:example..", 17, "two dots", 0, 0 },
	{ "v=spf1 a:", 9, "without a blank", 0, 0 },
	{ "v=spf1 a/33", 9, "from 0 to 32", 0, 0 },
	{ "v=spf1 a//129", 10, "from 0 to 128", 0, 0 },
	{ "v=spf1 mx/abc", 10, "must be a number", 0, 0 },
	{ "v=spf1 a,mx", 8, "not allowed after", 0, 0 },
	{ "v=spf1 ptr/24", 10, "colon", 0, 0 },
	{ "v=spf1 -redirect=example.com", 7, "modifier", 0, 0 },
	{ "v=spf1 redirect=", 16, "without a blank", 0, 0 },
	{ "v=spf1 exp=a.example exp=b.example", 21, "only once", 1, 0 },
	{ "v=spf1 redirect=a.example Redirect=b.example", 26, "only once", 1,
	    0 },
	{ "v=spf1 a:%{x}.example.com", 11, "letter", 0, 0 },
	{ "v=spf1 a:%{c}.example.com", 11, "letter", 0, 0 },
	{ "v=spf1 x=%{r}", 11, "letter", 0, 0 },
	{ "v=spf1 a:%{d0}.example.com", 12, "zero", 0, 0 },
	{ "v=spf1 a:%{d.example.com", 13, "missing", 0, 0 },
	{ "v=spf1 a:%(d).example.com", 9, "followed by", 0, 0 },
	{ "v=spf1 a:example.com%", 20, "followed by", 0, 0 },
	{ "v=spf1 a:%{d}com", 9, "dot is needed", 0, 0 },
	{ "v=spf1 a\tmx", 8, "tabs", 0, 0 },
	{ "v=spf1 a:caf\xc3\xa9.example", 12, "ASCII", 0, 0 },
	{ "v=spf1 a:x\0.example", 10, "control", 0, 19 },
	{ "v=spf1 \xe2\x80\x9cmx", 7, "ASCII", 0, 0 },
	{ "v=spf1 = a", 7, "name", 0, 0 },
	{ "v=spf1 - all", 8, "name", 0, 0 },
	{ "v=spf1 mx ip4:192.0.2.1 1=x", 24, "name", 2, 0 },
};

static void
test_faults(void **state)
{
	for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
		size_t len = faults[i].len != 0 ? faults[i].len :
			strlen(faults[i].text);
		struct spf_record got;
		bool ok = spf_parse(*state, faults[i].text, len, &got);

		if (ok || got.error_offset != faults[i].offset ||
		    strstr(got.error, faults[i].word) == NULL ||
		    got.n_terms != faults[i].terms)
			fail_msg("'%s': got '%s' at %zu after %zu terms",
			    faults[i].text, ok ? "valid" : got.error,
			    got.error_offset, got.n_terms);
	}
}

/* Every beginning and every single changed octet of a record: never a crash,
 * and a fault inside the text. */
static void
test_any_octets(void **state)
{
	static const char text[] = "v=spf1 a:%{d2r-}.example.com/24//64 mx "
		"ip4:192.0.2.0/25 ip6:2001:db8::/32 exp=%{o}.example -all";
	char changed[sizeof text];
	struct spf_record got;

	for (size_t len = 6; len < sizeof text; len++)
		if (spf_is_record(text, len) &&
		    !spf_parse(*state, text, len, &got))
			assert_true(got.error_offset <= len);
	for (size_t i = 7; i < sizeof text - 1; i++) {
		for (int c = 0; c < 256; c++) {
			struct arena *arena = arena_new();

			memcpy(changed, text, sizeof text);
			changed[i] = (char)c;
			if (!spf_parse(arena, changed, sizeof text - 1, &got))
				assert_true(got.error_offset < sizeof text);
			arena_free(&arena);
		}
	}
}

static const struct spf_macro_values values = {
	.sender = "strong-bad@email.example.com", .local = "strong-bad",
	.sender_domain = "email.example.com", .domain = "email.example.com",
	.ip = "192.0.2.3", .client_name = "mx.example.org",
	.helo = "mx.example.org", .receiver = "receiver.example",
};

/* RFC 7208 7.4, and what it leaves out. */
static void
test_expand(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "%{s}", "strong-bad@email.example.com" },
		{ "%{o}", "email.example.com" },
		{ "%{d}", "email.example.com" },
		{ "%{d4}", "email.example.com" },
		{ "%{d3}", "email.example.com" },
		{ "%{d2}", "example.com" },
		{ "%{d1}", "com" },
		{ "%{dr}", "com.example.email" },
		{ "%{d2r}", "example.email" },
		{ "%{l}", "strong-bad" },
		{ "%{l-}", "strong.bad" },
		{ "%{lr}", "strong-bad" },
		{ "%{lr-}", "bad.strong" },
		{ "%{l1r-}", "strong" },
		{ "%{ir}.%{v}._spf.%{d2}",
		    "3.2.0.192.in-addr._spf.example.com" },
		{ "%{lr-}.lp.%{ir}.%{v}._spf.%{d2}",
		    "bad.strong.lp.3.2.0.192.in-addr._spf.example.com" },
		{ "%{d2}.trusted-domains.example.net",
		    "example.com.trusted-domains.example.net" },
		{ "%{S}", "strong-bad%40email.example.com" },
		{ "%{s-+@}", NULL },
		{ "%%%_%-", "% %20" },
		{ "%{p}|%{h}|%{r}|%{c}", "mx.example.org|mx.example.org|"
		    "receiver.example|192.0.2.3" },
		{ "%{d999999999999999999999}", "email.example.com" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct spf_macro_scan scan;
		const char *got, *text = cases[i].text;
		bool ok = spf_macro_scan(text, 0, strlen(text),
		    SPF_MACRO_EXPLANATION, &scan);

		assert_int_equal(ok, cases[i].want != NULL);
		if (!ok)
			continue;
		got = spf_macro_expand(*state, text, &values);
		assert_string_equal(got, cases[i].want);
	}
}

static void
test_expand_ip6(void **state)
{
	struct spf_macro_values v6 = values;

	v6.ip = "2001:db8::cb01";
	assert_string_equal(spf_macro_expand(*state, "%{ir}.%{v}._spf.%{d2}",
	    &v6), "1.0.B.C.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0."
	    "8.B.D.0.1.0.0.2.ip6._spf.example.com");
	assert_string_equal(spf_macro_expand(*state, "%{c}", &v6),
	    "2001:db8::cb01");
}

/* RFC 7208 7.3: labels are cut off at the front until the name fits. */
static void
test_long_names(void **state)
{
	struct str text;
	const char *got;

	str_init(&text, 600);
	for (int i = 0; i < 50; i++)
		str_adds(&text, "label00.");
	str_adds(&text, "example.com.");
	got = spf_macro_expand_name(*state, text.text, &values);
	str_free(&text);
	/* 11 octets of example.com, and as many times 8 as fit into 253 */
	assert_int_equal(strlen(got), 11 + 30 * 8);
	assert_true(strncmp(got, "label00.", 8) == 0);
	assert_string_equal(got + strlen(got) - 12, ".example.com");
}

static void
test_explanation(void **state)
{
	(void)state;
	assert_true(spf_explanation_valid("%{i} is not %{c} at %{t}", 24));
	assert_false(spf_explanation_valid("100% sure", 9));
	assert_false(spf_explanation_valid("caf\xc3\xa9", 5));
	assert_false(spf_explanation_valid("a\0b", 3));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_is_record),
		cmocka_unit_test_setup_teardown(test_terms, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_valid, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_faults, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_any_octets, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_expand, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_expand_ip6, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_long_names, set_up,
		    tear_down),
		cmocka_unit_test(test_explanation),
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests_name("spf_parse", tests, NULL, NULL);
}
