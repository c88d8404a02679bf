/* SPDX-License-Identifier: ISC
 * Why a look-up gave no answer, told in the language that is spoken now. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "engine/world/note.h"
#include "tui/language.h"

static const struct {
	const char *note, *japanese;   /* NULL: as it is */
} cases[] = {
	{ "192.0.2.53@53 did not answer within 2.5 s",
	  "192.0.2.53@53 は2.5秒以内に応答しませんでした" },
	{ "no name server is known", "" },
	{ "192.0.2.53@53 cannot be reached; 2001:db8::53@53 answered SERVFAIL",
	  "" },
	{ "192.0.2.53@53: the name server answered with error code 4", "" },
	{ "192.0.2.53@53: the reply is damaged and cannot be read", "" },
	{ "this answer is not in the recording", "" },
	{ "of an older version", NULL },
	{ "192.0.2.53@53: of an older version", NULL },
	{ " cannot be reached", NULL },
	{ "a b cannot be reached", NULL },
	{ "192.0.2.53@53 did not answer within 2. s", NULL },
	{ "", NULL },
	{ "; ", NULL },
	{ ": ", NULL },
	{ "%s cannot be reached; %n%9$s", "" }
};

static void
speak(const char *language)
{
	if (!language_exists(language) || !language_set(language))
		skip();
}

static void
test_english(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	speak("en");
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_string_equal(note_say(arena, cases[i].note),
		    cases[i].note);
	assert_null(note_say(arena, NULL));
	assert_string_equal(note_say(arena, "\033[2J"), "^[[2J");
	arena_free(&arena);
}

static void
test_japanese(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	speak("ja");
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const char *got = note_say(arena, cases[i].note);
		const char *want = cases[i].japanese;

		if (want == NULL)
			assert_string_equal(got, cases[i].note);
		else if (*want != '\0')
			assert_string_equal(got, want);
		else if (strcmp(got, cases[i].note) == 0)
			fail_msg("still English: %s", got);
	}
	arena_free(&arena);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_english),
		cmocka_unit_test(test_japanese)
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	setlocale(LC_ALL, "C.UTF-8");
	language_begin();
	return cmocka_run_group_tests_name("note", tests, NULL, NULL);
}
