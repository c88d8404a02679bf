/* SPDX-License-Identifier: ISC
 * The texts of steps: complete, known placeholders only. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/fill.h"
#include "engine/remedy/fix.h"

/* Those that plan.c fills in. */
static const struct placeholder known[] = {
	{ "domain", "x" }, { "ip", "x" }, { "sender", "x" },
	{ "receiver", "x" }, { "subject", "x" }, { "helo", "x" },
	{ "mail", "x" }, { NULL, NULL },
};

static void
check_text(struct arena *arena, const char *text)
{
	if (text == NULL)
		return;
	text = fill_text(arena, text, known);
	if (strchr(text, '{') != NULL)
		fail_msg("unknown placeholder in: %s", text);
}

static void
test_entries(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	assert_true(fix_count() >= 15);
	for (size_t i = 0; i < fix_count(); i++) {
		const struct fix *f = fix_at(i);

		assert_non_null(f->id);
		assert_non_null(f->title);
		assert_non_null(f->why);
		assert_non_null(f->who);
		assert_non_null(strstr("dns host app hoster recipient wait",
		    f->who));
		assert_ptr_equal(fix_find(f->id), f);
		check_text(arena, f->title);
		check_text(arena, f->why);
		check_text(arena, f->verify);
		for (size_t k = 0; f->advice[k] != NULL; k++)
			check_text(arena, f->advice[k]);
		for (size_t k = 0; f->commands[k] != NULL; k++)
			check_text(arena, f->commands[k]);
	}
	arena_free(&arena);
}

static void
test_fill(void **state)
{
	struct arena *arena = arena_new();
	const struct placeholder table[] = {
		{ "a", "1" }, { "b", NULL }, { NULL, NULL },
	};

	(void)state;
	assert_string_equal(fill_text(arena, "{a}-{b}-{c}-{", table),
	    "1-{b}-{c}-{");
	assert_null(fill_text(arena, NULL, table));
	arena_free(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_entries),
		cmocka_unit_test(test_fill),
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests_name("fix", tests, NULL, NULL);
}
