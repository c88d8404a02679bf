/* SPDX-License-Identifier: ISC
 * Records as zone-file lines, from and to text. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/world/dns_wire.h"

static struct arena *arena;
static struct str err, out;

static int
begin(void **state)
{
	(void)state;
	arena = arena_new();
	str_init(&err, 512);
	str_init(&out, 1 << 20);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	arena_free(&arena);
	str_free(&err);
	str_free(&out);
	return 0;
}

static const struct {
	const char *line;
	const char *name;
	enum dns_type type;
	uint32_t ttl;
	const char *text;
	size_t n_strings;
	const char *printed;     /* NULL: the line itself */
} lines[] = {
	{ "example.com. 300 IN A 192.0.2.1", "example.com", DNS_A, 300,
		"192.0.2.1", 0, NULL },
	{ "Example.COM A 192.0.2.1", "example.com", DNS_A, 3600, "192.0.2.1",
		0, "example.com. 3600 IN A 192.0.2.1" },
	{ "example.com IN 60 A 192.0.2.1", "example.com", DNS_A, 60,
		"192.0.2.1", 0, "example.com. 60 IN A 192.0.2.1" },
	{ "\texample.com.\t60 in a\t192.0.2.1\t; why\r\n", "example.com",
		DNS_A, 60, "192.0.2.1", 0, "example.com. 60 IN A 192.0.2.1" },
	{ "example.com. 0 IN A 192.0.2.1;x", "example.com", DNS_A, 0,
		"192.0.2.1", 0, "example.com. 0 IN A 192.0.2.1" },
	{ "example.com. 60 IN AAAA 2001:DB8:0:0::1", "example.com", DNS_AAAA,
		60, "2001:db8::1", 0,
		"example.com. 60 IN AAAA 2001:db8::1" },
	{ "example.com. 60 IN MX 10 Mail.Example.com.", "example.com", DNS_MX,
		60, "10 mail.example.com", 0,
		"example.com. 60 IN MX 10 mail.example.com." },
	{ "example.com. 60 IN MX 0 .", "example.com", DNS_MX, 60, "0 .", 0,
		NULL },
	{ "example.com. 60 IN NS ns.example.com.", "example.com", DNS_NS, 60,
		"ns.example.com", 0, NULL },
	{ "www.example.com. 60 IN CNAME example.com.", "www.example.com",
		DNS_CNAME, 60, "example.com", 0, NULL },
	{ "1.2.0.192.in-addr.arpa. 60 IN PTR p7.dyn.isp.example.",
		"1.2.0.192.in-addr.arpa", DNS_PTR, 60, "p7.dyn.isp.example",
		0, NULL },
	{ ". 60 IN SOA ns.test. root.test. 1 3600 900 604800 4294967295", ".",
		DNS_SOA, 60, "ns.test. root.test. 1 3600 900 604800 4294967295",
		0, NULL },
	{ "example.com. 60 IN TXT \"v=spf1 ip4:192.0.2.1 ~all\"",
		"example.com", DNS_TXT, 60, "v=spf1 ip4:192.0.2.1 ~all", 1,
		NULL },
	{ "example.com. 60 IN TXT \"a;b\" ; a comment \"with quotes\"",
		"example.com", DNS_TXT, 60, "a;b", 1,
		"example.com. 60 IN TXT \"a;b\"" },
	{ "example.com. 60 IN TXT \"a\" \"\" \"b c\"", "example.com", DNS_TXT,
		60, "ab c", 3, NULL },
	{ "example.com. 60 IN TXT \"a\"\"b\"", "example.com", DNS_TXT, 60,
		"ab", 2, "example.com. 60 IN TXT \"a\" \"b\"" },
	{ "example.com. 60 IN TXT v=spf1 -all", "example.com", DNS_TXT, 60,
		"v=spf1-all", 2,
		"example.com. 60 IN TXT \"v=spf1\" \"-all\"" },
	{ "example.com. 60 IN TXT \"\"", "example.com", DNS_TXT, 60, "", 1,
		NULL },
	{ "example.com. 60 IN TXT \"a\\\"b\\\\c\\;d\\065\\200\"", "example.com",
		DNS_TXT, 60, "a\"b\\c;dA\310", 1,
		"example.com. 60 IN TXT \"a\\\"b\\\\c;dA\\200\"" },
	{ "a\\032b.example. 60 IN A 192.0.2.1", "a\\032b.example", DNS_A, 60,
		"192.0.2.1", 0, NULL },
	{ "a\\;b.example. 60 IN A 192.0.2.1", "a\\;b.example", DNS_A, 60,
		"192.0.2.1", 0, NULL },
	{ "in. 60 IN A 192.0.2.1", "in", DNS_A, 60, "192.0.2.1", 0, NULL },
	{ "60. 60 IN A 192.0.2.1", "60", DNS_A, 60, "192.0.2.1", 0, NULL },
	{ "txt. 60 IN TXT \"txt\"", "txt", DNS_TXT, 60, "txt", 1, NULL },
};

static void
test_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		struct dns_line got;

		if (!dns_wire_parse_line(arena, lines[i].line, &got, &err))
			fail_msg("%s: %s", lines[i].line, err.text);
		assert_string_equal(got.name, lines[i].name);
		assert_int_equal(got.type, lines[i].type);
		assert_int_equal(got.ttl, lines[i].ttl);
		assert_string_equal(got.value.text, lines[i].text);
		assert_int_equal(got.value.len, strlen(lines[i].text));
		assert_int_equal(got.value.n_strings, lines[i].n_strings);
		str_clear(&out);
		dns_wire_print_line(got.name, got.type, got.ttl, &got.value,
		    &out);
		assert_string_equal(out.text, lines[i].printed != NULL ?
		    lines[i].printed : lines[i].line);
	}
}

static const struct {
	const char *line, *why;
} bad_lines[] = {
	{ "", "name" },
	{ "   ", "name" },
	{ "; a comment", "name" },
	{ "example.com.", "type" },
	{ "example.com. 60 IN", "type" },
	{ "example.com. 60 IN SRV 0 0 25 a.example.", "type" },
	{ "example.com. 60 IN IN IN A 192.0.2.1", "type" },
	{ "example.com. 60 CH TXT \"a\"", "type" },
	{ "example.com. 99999999999 IN A 192.0.2.1", "type" },
	{ "example.com. \"TXT\" \"a\"", "type" },
	{ "$ORIGIN example.com.", "type" },
	{ "\"example.com.\" A 192.0.2.1", "name" },
	{ "a..b. A 192.0.2.1", "name" },
	{ "example.com. A", "address" },
	{ "example.com. A ; 192.0.2.1", "address" },
	{ "example.com. A 192.0.2.300", "IPv4" },
	{ "example.com. A 2001:db8::1", "IPv4" },
	{ "example.com. AAAA 192.0.2.1", "IPv6" },
	{ "example.com. A 192.0.2.1 192.0.2.2", "more" },
	{ "example.com. MX mail.example.com.", "number" },
	{ "example.com. MX 10", "name" },
	{ "example.com. MX 65536 mail.example.com.", "number" },
	{ "example.com. MX -1 mail.example.com.", "number" },
	{ "example.com. MX 10 mail.example.com. 5", "more" },
	{ "example.com. CNAME", "name" },
	{ "example.com. SOA a. b. 1 2 3 4", "number" },
	{ "example.com. SOA a. b. ( 1 2 3 4 5 )", "number" },
	{ "example.com. TXT", "no text" },
	{ "example.com. TXT ; nothing", "no text" },
	{ "example.com. TXT \"a", "quotation" },
	{ "example.com. TXT \"a\" \"b", "quotation" },
	{ "example.com. TXT \"a\\", "quotation" },
	{ "example.com. TXT a\\", "escape" },
	{ "example.com. TXT \"\\25\"", "escape" },
	{ "example.com. TXT \"\\256\"", "escape" },
};

static void
test_bad_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bad_lines / sizeof bad_lines[0]; i++) {
		struct dns_line got;

		if (dns_wire_parse_line(arena, bad_lines[i].line, &got, &err))
			fail_msg("taken: %s", bad_lines[i].line);
		if (strstr(err.text, bad_lines[i].why) == NULL)
			fail_msg("%s: '%s'", bad_lines[i].line, err.text);
	}
}

static void
round_trip(const struct fact_value *value)
{
	struct dns_line got;

	str_clear(&out);
	dns_wire_print_line("a.example", DNS_TXT, 7, value, &out);
	assert_false(out.cut);
	for (size_t i = 0; i < out.len; i++)
		assert_in_range(out.text[i], ' ', '~');
	if (!dns_wire_parse_line(arena, out.text, &got, &err))
		fail_msg("%s: %s", out.text, err.text);
	assert_int_equal(got.value.len, value->len);
	assert_memory_equal(got.value.text, value->text, value->len);
	if (value->n_strings == 0) {
		assert_int_equal(got.value.n_strings,
		    value->len == 0 ? 1 : (value->len + 254) / 255);
		return;
	}
	assert_int_equal(got.value.n_strings, value->n_strings);
	assert_memory_equal(got.value.strings, value->strings,
	    value->n_strings * sizeof *value->strings);
}

static void
test_any_octet_survives(void **state)
{
	static char text[70000];
	static const size_t lengths[] = {
		0, 1, 254, 255, 256, 510, 511, 4000, 65279
	};
	size_t strings[] = { 0, 255, 1, 0, 0, 100, 255, 0 };
	struct fact_value value = { .text = text };

	(void)state;
	for (size_t i = 0; i < sizeof text; i++)
		text[i] = (char)(i ^ i >> 8);
	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		value.len = lengths[i];
		round_trip(&value);
	}
	value.strings = strings;
	value.n_strings = 8;
	value.len = 611;
	round_trip(&value);
	value.n_strings = 1;
	value.len = 0;
	round_trip(&value);
}

/* What does not fit the strings it claims to have is split anew. */
static void
test_strings_that_do_not_add_up(void **state)
{
	static const size_t too_long[] = { 256, 4 }, too_few[] = { 10 };
	static char text[300];
	struct fact_value value = {
		.text = text, .len = 260, .strings = too_long, .n_strings = 2,
	};
	struct dns_line got;

	(void)state;
	memset(text, 'x', 260);
	for (int i = 0; i < 2; i++) {
		str_clear(&out);
		dns_wire_print_line("a.example", DNS_TXT, 7, &value, &out);
		assert_true(dns_wire_parse_line(arena, out.text, &got, &err));
		assert_int_equal(got.value.n_strings, 2);
		assert_int_equal(got.value.strings[0], 255);
		assert_string_equal(got.value.text, text);
		value.strings = too_few;
		value.n_strings = 1;
	}
}

static void
test_txt_too_long(void **state)
{
	struct dns_line got;
	char *line = malloc(200000);
	size_t used = (size_t)snprintf(line, 200000, "a.example. TXT");

	(void)state;
	for (int i = 0; i < 258; i++)
		used += (size_t)snprintf(line + used, 200000 - used,
			" \"%0254d\"", 0);
	assert_false(dns_wire_parse_line(arena, line, &got, &err));
	assert_non_null(strstr(err.text, "too long"));
	snprintf(line, 200000, "a.example. TXT \"%0256d\"", 0);
	assert_false(dns_wire_parse_line(arena, line, &got, &err));
	assert_non_null(strstr(err.text, "255"));
	snprintf(line, 200000, "a.example. TXT \"%0255d\"", 0);
	assert_true(dns_wire_parse_line(arena, line, &got, &err));
	free(line);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_lines),
		TEST(test_bad_lines),
		TEST(test_any_octet_survives),
		TEST(test_strings_that_do_not_add_up),
		TEST(test_txt_too_long),
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests_name("dns_text", tests, NULL, NULL);
}
