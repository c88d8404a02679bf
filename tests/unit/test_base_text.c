/* SPDX-License-Identifier: ISC
 * UTF-8, the cleaning of foreign text, small comparisons. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/text.h"

#define COUNT(a) (sizeof (a) / sizeof (a)[0])

static int
setup(void **state)
{
	*state = arena_new();
	return 0;
}

static int
teardown(void **state)
{
	struct arena *arena = *state;

	arena_free(&arena);
	return 0;
}

static void
test_decode(void **state)
{
	static const struct {
		const char *text;
		size_t n;
		int want;
		uint32_t code;
	} rows[] = {
		{ "", 0, 0, 0 },
		{ "a", 1, 1, 'a' },
		{ "\0", 1, 1, 0 },
		{ "\xc2\x80", 2, 2, 0x80 },
		{ "\xdf\xbf", 2, 2, 0x7ff },
		{ "\xe0\xa0\x80", 3, 3, 0x800 },
		{ "\xe3\x81\x82", 3, 3, 0x3042 },
		{ "\xf0\x90\x80\x80", 4, 4, 0x10000 },
		{ "\xf4\x8f\xbf\xbf", 4, 4, 0x10ffff },
		/* overlong, surrogate, too high, cut, stray */
		{ "\xc0\x80", 2, -1, 0 },
		{ "\xc1\xbf", 2, -1, 0 },
		{ "\xe0\x9f\xbf", 3, -1, 0 },
		{ "\xf0\x8f\xbf\xbf", 4, -1, 0 },
		{ "\xed\xa0\x80", 3, -1, 0 },
		{ "\xed\xbf\xbf", 3, -1, 0 },
		{ "\xf4\x90\x80\x80", 4, -1, 0 },
		{ "\xf5\x80\x80\x80", 4, -1, 0 },
		{ "\xe3\x81", 2, -1, 0 },
		{ "\xe3\x81\x82", 2, -1, 0 },
		{ "\x82", 1, -1, 0 },
		{ "\xff", 1, -1, 0 },
		{ "\xc3(", 2, -1, 0 }
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint32_t code = 0;
		int got = text_decode(rows[i].text, rows[i].n, &code);

		assert_int_equal(got, rows[i].want);
		if (got > 0)
			assert_int_equal(code, rows[i].code);
	}
}

static void
test_encode_reads_back(void **state)
{
	char out[4];

	(void)state;
	for (uint32_t code = 0; code <= 0x10ffff; code++) {
		uint32_t back = 0;
		size_t n;

		if (code >= 0xd800 && code <= 0xdfff)
			continue;
		n = text_encode(code, out);
		if (text_decode(out, n, &back) != (int)n || back != code)
			fail_msg("U+%04X does not read back", code);
	}
	assert_int_equal(text_encode(0xd800, out), 3);
	assert_memory_equal(out, "\xef\xbf\xbd", 3);
	assert_int_equal(text_encode(0x110000, out), 3);
}

static const struct {
	const char *text;
	const char *line;     /* wanted as one line */
	const char *lines;    /* wanted with line ends kept; NULL: the same */
} cleanings[] = {
	{ "plain text ~", "plain text ~", NULL },
	{ "p=none\033]0;PWNED\007", "p=none^[]0;PWNED^G", NULL },
	{ "\001\177\b", "^A^?^H", NULL },
	{ "a\tb", "a b", NULL },
	{ "a\nb", "a^Jb", "a\nb" },
	{ "a\r\nb", "a^M^Jb", "a\nb" },
	{ "a\rb", "a^Mb", NULL },
	{ "\r", "^M", NULL },
	{ "\x9b" "31m", "<9B>31m", NULL },
	{ "\xc2\x9b" "31m", "<U+009B>31m", NULL },
	{ "\xe3\x81\x82\xe3\x81", "\xe3\x81\x82<E3><81>", NULL },
	/* bidi, zero width, soft hyphen, selector, BOM, tag, private use */
	{ "a\xe2\x80\xae" "b", "a<U+202E>b", NULL },
	{ "\xe2\x81\xa6", "<U+2066>", NULL },
	{ "\xd8\x9c", "<U+061C>", NULL },
	{ "\xe2\x80\x8b", "<U+200B>", NULL },
	{ "\xe2\x80\x8d", "<U+200D>", NULL },
	{ "\xe2\x80\xa8", "<U+2028>", NULL },
	{ "\xc2\xad", "<U+00AD>", NULL },
	{ "a\xef\xb8\x8f", "a<U+FE0F>", NULL },
	{ "\xef\xbb\xbfx", "<U+FEFF>x", NULL },
	{ "\xf3\xa0\x81\x81", "<U+E0041>", NULL },
	{ "\xee\x80\x80", "<U+E000>", NULL },
	{ "\xf4\x8f\xbf\xbf", "<U+10FFFF>", NULL },
	{ "\xef\xbf\xbf", "<U+FFFF>", NULL },
	{ "\xe3\x85\xa4", "<U+3164>", NULL },
	/* not assigned */
	{ "\xcd\xb8", "<U+0378>", NULL },
	/* what people write stays */
	{ "b\xc3\xbc" "cher", "b\xc3\xbc" "cher", NULL },
	{ "\xe6\x97\xa5\xe6\x9c\xac", "\xe6\x97\xa5\xe6\x9c\xac", NULL },
	{ "\xef\xbd\xb6\xef\xbe\x9e", "\xef\xbd\xb6\xef\xbe\x9e", NULL },
	{ "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80", NULL },
	/* combining marks: two may follow a character, none may lead */
	{ "e\xcc\x81", "e\xcc\x81", NULL },
	{ "e\xcc\x81\xcc\x82\xcc\x83\xcc\x84",
	    "e\xcc\x81\xcc\x82<U+0303><U+0304>", NULL },
	{ "\xcc\x81", "<U+0301>", NULL },
	{ "\n\xcc\x81", "^J<U+0301>", "\n<U+0301>" },
	{ "\xe2\x80\xae\xcc\x81", "<U+202E><U+0301>", NULL },
	{ "", "", NULL }
};

static void
test_clean(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cleanings); i++) {
		const char *text = cleanings[i].text;
		const char *lines = cleanings[i].lines;
		struct str got;

		str_init(&got, 1000);
		text_clean(&got, text, strlen(text), false);
		assert_string_equal(got.text, cleanings[i].line);
		str_clear(&got);
		text_clean(&got, text, strlen(text), true);
		assert_string_equal(got.text,
		    lines != NULL ? lines : cleanings[i].line);
		str_free(&got);
	}
}

/* Both ends of what acts without being seen. */
static void
test_acting_characters(void **state)
{
	static const uint32_t codes[] = {
		0x80, 0x9f, 0xad, 0x34f, 0x61c, 0x115f, 0x1160, 0x17b4, 0x17b5,
		0x180b, 0x180e, 0x200b, 0x200c, 0x200d, 0x200e, 0x200f, 0x2028,
		0x2029, 0x202a, 0x202e, 0x2060, 0x2064, 0x2066, 0x2069, 0x206f,
		0x3164, 0xe000, 0xf8ff, 0xfe00, 0xfe0f, 0xfeff, 0xffa0, 0xfff9,
		0xfffb, 0xfffe, 0xffff, 0x13430, 0x1bca0, 0x1d173, 0x1d17a,
		0x1fffe, 0xe0001, 0xe007f, 0xe0100, 0xe01ef, 0xf0000, 0x10ffff
	};

	(void)state;
	for (size_t i = 0; i < COUNT(codes); i++) {
		char text[5] = "a", want[20];
		size_t len = text_encode(codes[i], text + 1);
		struct str got;

		snprintf(want, sizeof want, "a<U+%04X>",
		    (unsigned int)codes[i]);
		str_init(&got, 100);
		text_clean(&got, text, len + 1, false);
		assert_string_equal(got.text, want);
		str_free(&got);
	}
}

/* The same in every locale: the user's must not decide what is safe. */
static void
test_clean_in_other_locales(void **state)
{
	static const char *const locales[] = { "C", "C.UTF-8", "POSIX" };

	for (size_t i = 0; i < COUNT(locales); i++) {
		assert_non_null(setlocale(LC_ALL, locales[i]));
		test_clean(state);
	}
	setlocale(LC_ALL, "C");
}

static void
test_clean_nul_and_cap(void **state)
{
	struct str got;

	(void)state;
	str_init(&got, 8);
	text_clean(&got, "a\0b", 3, false);
	assert_string_equal(got.text, "a^@b");
	str_clear(&got);
	/* a character is never cut in half */
	text_clean(&got, "aaaaaa\xe3\x81\x82z", 10, false);
	assert_string_equal(got.text, "aaaaaa");
	assert_true(got.cut);
	str_free(&got);
}

/* No single octet or pair of octets comes out as something that acts. */
static void
test_clean_leaves_nothing(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 65536; i++) {
		char pair[2] = { (char)(i >> 8), (char)i };
		struct str got;

		str_init(&got, 100);
		text_clean(&got, pair, 2, true);
		for (size_t j = 0; j < got.len; j++) {
			unsigned char c = (unsigned char)got.text[j];

			if ((c < 0x20 && c != '\n') || c == 0x7f)
				fail_msg("%04x lets %02x through", i, c);
		}
		str_free(&got);
	}
}

static void
test_arena_copies(void **state)
{
	struct arena *arena = *state;

	assert_null(text_safe(arena, NULL));
	assert_null(text_cleaned(arena, NULL, 0));
	assert_string_equal(text_safe(arena, "a\033b"), "a^[b");
	assert_string_equal(text_cleaned(arena, "a\nbcd", 3), "a^Jb");
	assert_null(text_valid(arena, NULL, 0));
	assert_string_equal(text_valid(arena, "a\x9b\xc3\xbc", 4),
	    "a\xef\xbf\xbd\xc3\xbc");
	assert_string_equal(text_valid(arena, "\xff\xff\xff\xff\xff", 5),
	    "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
}

static void
test_comparisons(void **state)
{
	(void)state;
	assert_true(text_same("Received", "rECEIVED"));
	assert_false(text_same("a", "ab"));
	assert_false(text_same("ab", "a"));
	assert_false(text_same(NULL, "a"));
	assert_false(text_same("a", NULL));
	assert_true(text_same(NULL, NULL));
	/* ASCII only: no folding of other letters, none of [ and { */
	assert_false(text_same("\xc3\x84", "\xc3\xa4"));
	assert_false(text_same("[", "{"));
	assert_true(text_same_n("abX", "ABy", 2));
	assert_true(text_same_n("ab", "ab", 10));
	assert_false(text_same_n("ab", "abc", 3));
	assert_true(text_starts("V=SPF1 x", "v=spf1"));
	assert_false(text_starts("v=sp", "v=spf1"));
	assert_true(text_starts("x", ""));
	assert_true(text_ends("host.Example.COM", ".example.com"));
	assert_false(text_ends("om", ".com"));
	assert_true(text_ends("x", ""));
}

static void
test_domains(void **state)
{
	struct arena *arena = *state;

	assert_string_equal(text_domain(arena, "Example.NET.", 12),
	    "example.net");
	assert_string_equal(text_domain(arena, "a..", 3), "a.");
	assert_string_equal(text_domain(arena, ".", 1), "");
	assert_string_equal(text_domain(arena, "", 0), "");
	assert_true(text_domain_below("example.net", "example.net"));
	assert_true(text_domain_below("a.example.net", "example.net"));
	assert_false(text_domain_below("badexample.net", "example.net"));
	assert_false(text_domain_below("net", "example.net"));
	assert_true(text_domain_below("anything.example", ""));
	assert_string_equal(text_address_domain("a@b@example.com"),
	    "example.com");
	assert_string_equal(text_address_domain("a@"), "");
	assert_null(text_address_domain("postmaster"));
	assert_null(text_address_domain(NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decode),
		cmocka_unit_test(test_encode_reads_back),
		cmocka_unit_test(test_clean),
		cmocka_unit_test(test_acting_characters),
		cmocka_unit_test(test_clean_in_other_locales),
		cmocka_unit_test(test_clean_nul_and_cap),
		cmocka_unit_test(test_clean_leaves_nothing),
		cmocka_unit_test_setup_teardown(test_arena_copies, setup,
		    teardown),
		cmocka_unit_test(test_comparisons),
		cmocka_unit_test_setup_teardown(test_domains, setup, teardown)
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests_name("base_text", tests, NULL, NULL);
}
