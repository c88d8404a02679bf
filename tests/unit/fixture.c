/* SPDX-License-Identifier: ISC
 * Set-up that unit tests share. It knows cmocka's way of failing, and nothing
 * of any one test. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "tests/unit/fixture.h"

int
fixture_set_up(void **state)
{
	static struct fixture f;

	f.arena = arena_new();
	f.facts = facts_new(f.arena);
	*state = &f;
	return 0;
}

int
fixture_tear_down(void **state)
{
	struct fixture *f = *state;

	arena_free(&f->arena);
	return 0;
}

void
fixture_octets(const char *path, const char *octets, size_t len, mode_t mode)
{
	FILE *stream = fopen(path, "we");

	assert_non_null(stream);
	assert_int_equal(fwrite(octets, 1, len, stream), len);
	assert_int_equal(fclose(stream), 0);
	assert_int_equal(chmod(path, mode), 0);
}

void
fixture_file(const char *path, const char *text, mode_t mode)
{
	fixture_octets(path, text, strlen(text), mode);
}
