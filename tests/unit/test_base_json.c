/* SPDX-License-Identifier: ISC
 * JSON output: order, escapes, octets that are not UTF-8. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/json.h"

static void
assert_prints(struct json *value, int indent, const char *want)
{
	struct str got;

	str_init(&got, 10000);
	json_print(value, indent, &got);
	assert_string_equal(got.text, want);
	str_free(&got);
}

static void
test_values(void **state)
{
	struct json *object = json_new_object();
	struct json *list = json_new_array();
	struct json *inner = json_new_object();

	(void)state;
	json_put_string(object, "z", "text");
	json_put_string(object, "a", NULL);
	json_put_integer(object, "n", -9007199254740993LL);
	json_put_string(list, NULL, "x");
	json_put_integer(list, NULL, 7);
	json_put(list, NULL, NULL);
	json_put_string(inner, "k", "");
	json_put(list, NULL, inner);
	json_put(object, "list", list);
	json_put(object, "none", NULL);
	json_put(object, "empty", json_new_array());
	assert_prints(object, 0, "{\"z\":\"text\",\"a\":null,"
	    "\"n\":-9007199254740993,\"list\":[\"x\",7,null,{\"k\":\"\"}],"
	    "\"none\":null,\"empty\":[]}");
	json_free(&object);
	assert_null(object);
}

static void
test_indent(void **state)
{
	struct json *object = json_new_object();

	(void)state;
	json_put_integer(object, "a", 1);
	json_put_integer(object, "b", 2);
	assert_prints(object, 2, "{\n  \"a\": 1,\n  \"b\": 2\n}");
	json_free(&object);
}

static void
test_octets(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		const char *want;
	} rows[] = {
		{ "q\"b\\s/", 6, "[\"q\\\"b\\\\s/\"]" },
		{ "\033\n\t", 3, "[\"\\u001B\\n\\t\"]" },
		{ "a\177\177b", 4, "[\"a\\u007F\\u007Fb\"]" },
		{ "\xc2\x9b", 2, "[\"\\u009B\"]" },
		{ "\xe2\x80\xae", 3, "[\"\\u202E\"]" },
		{ "\xe3\x81\x82", 3, "[\"\\u3042\"]" },
		{ "\xf0\x9f\x98\x80", 4, "[\"\\uD83D\\uDE00\"]" },
		{ "a\x9b" "b", 3, "[\"a\\uFFFDb\"]" },
		{ "\xed\xa0\x80", 3, "[\"\\uFFFD\\uFFFD\\uFFFD\"]" },
		{ "a\0b", 3, "[\"a\\u0000b\"]" },
		{ "", 0, "[\"\"]" }
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct json *list = json_new_array();

		json_put_octets(list, NULL, rows[i].text, rows[i].len);
		assert_prints(list, 0, rows[i].want);
		json_free(&list);
	}
}

static void
test_output_is_ascii(void **state)
{
	struct json *list = json_new_array();
	char all[256];
	struct str got;

	(void)state;
	for (int i = 0; i < 256; i++)
		all[i] = (char)i;
	json_put_octets(list, NULL, all, sizeof all);
	str_init(&got, 10000);
	json_print(list, 0, &got);
	for (size_t i = 0; i < got.len; i++)
		assert_in_range(got.text[i], 0x20, 0x7e);
	str_free(&got);
	json_free(&list);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_indent),
		cmocka_unit_test(test_octets),
		cmocka_unit_test(test_output_is_ascii)
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests_name("base_json", tests, NULL, NULL);
}
