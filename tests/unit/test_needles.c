/* SPDX-License-Identifier: ISC
 * Knows what the search for many words at once has to find: the same as a
 * search for each of them. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "engine/bounce/lines.h"
#include "engine/bounce/needles.h"
#include "engine/bounce/phrases.h"

static const struct {
	int number;
	const char *text;
} words[] = {
	{ 1, "deliver" }, { 2, "delivery" }, { 3, "not delivered" },
	{ 4, "host" }, { 5, "a=" }, { 6, "HOST [" }, { 7, "\xe9\x85\x8d\xe4" },
	{ 8, "livery fail" }
};

static struct needles needles = NEEDLES_OF(words, text);

#define N (sizeof words / sizeof *words)

/* Every word alone, in capitals, at both ends and in the middle. */
static void
test_same_as_one_by_one(void **state)
{
	static const char *const texts[] = {
		"", "del", "deliver", "DELIVERY FAILED", "xxdeliver",
		"not deliverex", "not delivered", "Not Delivered by host",
		"host", "hos", "xhost [", "Host [192.0.2.1]", "`host {",
		"\xe9\x85\x8d\xe4\xbf\xa1", "deliverdeliverydelivery fail",
		"hhhost", "hosthost ["
	};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct span s = span_of(texts[i]);
		struct seen seen;

		needles_search(&needles, s, &seen);
		for (size_t k = 0; k < N; k++) {
			bool want = strlen(words[k].text) < 4 ||
			    span_find(s, words[k].text) != NULL;

			if (seen_has(&seen, k) != want)
				fail_msg("'%s' in '%s': %d", words[k].text,
				    texts[i], !want);
		}
	}
}

static void
test_next(void **state)
{
	struct seen seen;
	size_t n = 0;

	(void)state;
	needles_search(&needles, span_of("not delivered"), &seen);
	for (size_t i = seen_next(&seen, 0); i < NEEDLES_MAX;
	    i = seen_next(&seen, i + 1)) {
		assert_true(seen_has(&seen, i));
		n++;
	}
	/* "deliver", "not delivered", and what is too short to tell */
	assert_int_equal(n, 3);
	assert_true(seen.any);
}

/* Nothing is read behind the end of a text. */
static void
test_end(void **state)
{
	struct seen seen;

	(void)state;
	for (size_t len = 0; len <= strlen("not delivered"); len++) {
		needles_search(&needles, span_make("not delivered", len),
		    &seen);
		assert_int_equal(seen_has(&seen, 0), len >= 11);
		assert_int_equal(seen_has(&seen, 2), len == 13);
	}
}

static void
test_line_tells(void **state)
{
	static const char text[] =
		"This is the mail system at host mail.example.com.\n"
		"It could not be delivered to <user@example.net>.\n"
		"hello\n";
	struct arena *arena = arena_new();
	struct lines lines;
	bool repaired = false;

	(void)state;
	lines_split(arena, text, sizeof text - 1, &lines, &repaired);
	for (int round = 0; round < 2; round++) {
		assert_int_equal(line_tells(&lines, 0), PHRASE_POSTFIX |
		    PHRASE_REPORTER | PHRASE_PEER);
		assert_int_equal(line_tells(&lines, 1), PHRASE_INTRO |
		    PHRASE_RECIPIENT);
		assert_int_equal(line_tells(&lines, 2), 0);
		assert_int_equal(line_tells(&lines, 3), 0);
	}
	assert_string_equal(phrase_reporter(arena, &lines, 0),
	    "mail.example.com");
	assert_null(phrase_reporter(arena, &lines, 1));
	assert_int_equal(phrase_recipient(&lines, 1).len,
	    strlen("user@example.net"));
	arena_free(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_as_one_by_one),
		cmocka_unit_test(test_next),
		cmocka_unit_test(test_end),
		cmocka_unit_test(test_line_tells),
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
