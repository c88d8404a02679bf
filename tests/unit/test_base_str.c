/* SPDX-License-Identifier: ISC
 * Growing text: grows, stops at its cap, says so. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/str.h"

static void
test_appends(void **state)
{
	struct str s;

	(void)state;
	str_init(&s, 100000);
	assert_string_equal(s.text, "");
	assert_true(str_adds(&s, "one"));
	assert_true(str_addc(&s, ' '));
	assert_true(str_add(&s, "twothree", 3));
	assert_true(str_addf(&s, " %d%s", 3, "x"));
	assert_true(str_add(&s, NULL, 0));
	assert_string_equal(s.text, "one two 3x");
	assert_int_equal(s.len, 10);
	assert_false(s.cut);
	str_clear(&s);
	assert_string_equal(s.text, "");
	assert_int_equal(s.len, 0);
	str_free(&s);
	assert_null(s.text);
}

static void
test_grows(void **state)
{
	struct str s;

	(void)state;
	str_init(&s, 100000);
	for (int i = 0; i < 10000; i++)
		assert_true(str_addc(&s, (char)('a' + i % 26)));
	assert_int_equal(s.len, 10000);
	for (int i = 0; i < 10000; i++)
		assert_int_equal(s.text[i], 'a' + i % 26);
	assert_int_equal(s.text[10000], '\0');
	str_free(&s);
}

static void
test_cap(void **state)
{
	static const struct {
		size_t cap;
		const char *add[3];
		const char *want;
		bool cut;
	} rows[] = {
		{ 5, { "abc", "de", NULL }, "abcde", false },
		{ 5, { "abc", "def", NULL }, "abcde", true },
		{ 5, { "abcdef", "x", NULL }, "abcde", true },
		{ 0, { "a", NULL, NULL }, "", true },
		{ 0, { "", NULL, NULL }, "", false }
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct str s;
		bool fits = true;

		str_init(&s, rows[i].cap);
		for (size_t j = 0; rows[i].add[j] != NULL; j++)
			fits = str_adds(&s, rows[i].add[j]) && fits;
		assert_string_equal(s.text, rows[i].want);
		assert_int_equal(s.cut, rows[i].cut);
		assert_int_equal(fits, !rows[i].cut);
		str_clear(&s);
		assert_false(s.cut);
		str_free(&s);
	}
}

static void
test_long_format(void **state)
{
	struct str s;

	(void)state;
	str_init(&s, 1000);
	for (int width = 505; width < 520; width++) {
		str_clear(&s);
		assert_true(str_addf(&s, "%*d", width, 7));
		assert_int_equal(s.len, width);
		assert_int_equal(s.text[width - 1], '7');
	}
	str_clear(&s);
	assert_false(str_addf(&s, "%2000d", 7));
	assert_int_equal(s.len, 1000);
	assert_true(s.cut);
	str_free(&s);
}

static void
test_octets(void **state)
{
	struct str s;

	(void)state;
	str_init(&s, 10);
	str_add(&s, "a\0b", 3);
	str_addc(&s, '\0');
	assert_int_equal(s.len, 4);
	assert_memory_equal(s.text, "a\0b\0", 5);
	str_free(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_appends),
		cmocka_unit_test(test_grows),
		cmocka_unit_test(test_cap),
		cmocka_unit_test(test_long_format),
		cmocka_unit_test(test_octets)
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests_name("base_str", tests, NULL, NULL);
}
