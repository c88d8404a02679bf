/* SPDX-License-Identifier: ISC
 * The arena: what it hands out is zeroed, aligned, apart from each other and
 * lasts until it is freed. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/arena.h"

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
	assert_null(arena);
	arena_free(&arena);
	return 0;
}

static void
test_zeroed_and_aligned(void **state)
{
	static const size_t sizes[] = { 0, 1, 7, 16, 31, 8191, 8192, 8193,
		32767, 32768, 32769, 200000 };
	struct arena *arena = *state;

	for (size_t round = 0; round < 20; round++) {
		for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
			unsigned char *p = arena_alloc(arena, sizes[i]);

			assert_int_equal((uintptr_t)p % _Alignof(max_align_t),
			    0);
			for (size_t j = 0; j < sizes[i]; j++)
				assert_int_equal(p[j], 0);
			/* a neighbour that overlaps would see this */
			if (sizes[i] != 0)
				memset(p, 0xa5, sizes[i]);
		}
	}
}

static void
test_neighbours_stay_apart(void **state)
{
	struct arena *arena = *state;
	unsigned int *p[2000];

	for (unsigned int i = 0; i < 2000; i++) {
		/* every 50th one is too large for the block in hand */
		p[i] = arena_alloc(arena, i % 50 == 0 ? 20000 : 24);
		*p[i] = i;
	}
	for (unsigned int i = 0; i < 2000; i++)
		assert_int_equal(*p[i], i);
}

static void
test_copies(void **state)
{
	struct arena *arena = *state;
	char longer[1000];

	memset(longer, 'x', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	assert_string_equal(arena_strndup(arena, "abcdef", 3), "abc");
	assert_string_equal(arena_strndup(arena, NULL, 0), "");
	assert_memory_equal(arena_strndup(arena, "a\0b", 3), "a\0b", 4);
	assert_string_equal(arena_strdup(arena, "abc"), "abc");
	assert_null(arena_strdup(arena, NULL));
	assert_string_equal(arena_printf(arena, "%s-%d", "a", 12), "a-12");
	assert_string_equal(arena_printf(arena, "%s", ""), "");
	/* the border between the small buffer and the second pass */
	for (int len = 250; len < 260; len++)
		assert_int_equal(strlen(arena_printf(arena, "%.*s", len,
		    longer)), len);
	assert_string_equal(arena_printf(arena, "%s", longer), longer);
}

static void
test_growing_array(void **state)
{
	struct arena *arena = *state;
	size_t *array = NULL;

	for (size_t n = 0; n < 5000; n++) {
		array = arena_grow(arena, array, n, sizeof *array);
		array[n] = n * 3;
	}
	for (size_t n = 0; n < 5000; n++)
		assert_int_equal(array[n], n * 3);
}

/* What the program does when memory ends, seen from outside: a sentence on
 * standard error, the hook called, exit status 71. */
static void
hook(void)
{
	fputs("hook\n", stderr);
}

static void
test_out_of_memory(void **state)
{
	char said[200] = "";
	size_t len = 0;
	int fds[2], status;
	ssize_t n;
	pid_t child;

	assert_int_equal(pipe(fds), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		dup2(fds[1], STDERR_FILENO);
		close(fds[0]);
		mem_on_fail(hook);
		arena_array(*state, SIZE_MAX / 4, 8);
		_exit(0);
	}
	close(fds[1]);
	while (len < sizeof said - 1) {
		n = read(fds[0], said + len, sizeof said - 1 - len);
		if (n <= 0)
			break;
		len += (size_t)n;
	}
	close(fds[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 71);
	assert_string_equal(said, "hook\nwhybounce: out of memory\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_zeroed_and_aligned,
		    setup, teardown),
		cmocka_unit_test_setup_teardown(test_neighbours_stay_apart,
		    setup, teardown),
		cmocka_unit_test_setup_teardown(test_copies, setup, teardown),
		cmocka_unit_test_setup_teardown(test_growing_array, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_out_of_memory, setup,
		    teardown)
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests_name("base_arena", tests, NULL, NULL);
}
