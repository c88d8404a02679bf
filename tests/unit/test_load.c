/* SPDX-License-Identifier: ISC
 * Reading inputs: where mbox messages end, what a Maildir holds, what is
 * refused. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tui/load.h"
#include "tests/unit/fixture.h"

struct folder_fixture {
	char folder[64];
	struct arena *arena;
	struct str text, err;
};

static int
set_up(void **state)
{
	static struct folder_fixture f;

	snprintf(f.folder, sizeof f.folder, "/tmp/whybounce-load-XXXXXX");
	if (mkdtemp(f.folder) == NULL)
		return -1;
	f.arena = arena_new();
	str_init(&f.text, 10);
	str_init(&f.err, 1024);
	*state = &f;
	return 0;
}

static int
tear_down(void **state)
{
	struct folder_fixture *f = *state;

	str_free(&f->text);
	str_free(&f->err);
	arena_free(&f->arena);
	return rmdir(f->folder);
}

static const char *
path(struct folder_fixture *f, const char *name)
{
	return arena_printf(f->arena, "%s/%s", f->folder, name);
}

static void
test_message_end(void **state)
{
	static const struct {
		const char *text;
		size_t start, want;
	} rows[] = {
		{ "", 0, 0 },
		{ "no mbox\n\nFrom here on\n", 0, 22 },
		{ "From a\n\nx\n\nFrom b\n", 0, 11 },
		{ "From a\r\n\r\nx\r\n\r\nFrom b\r\n", 0, 15 },
		{ "From a\n\nx\nFrom b\n", 0, 17 },      /* no empty line */
		{ "From a\n\nx\n\n>From b\n", 0, 19 },   /* quoted */
		{ "From a\n\nx\n\nFrom b\n", 11, 18 },
		{ "From a\n\nx\n\nFro", 0, 14 },
		{ "From a", 0, 6 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_int_equal(load_message_end(rows[i].text,
		    strlen(rows[i].text), rows[i].start), rows[i].want);
}

/* All of FILE; false: there is a reason in ERR. */
static bool
read_whole(struct folder_fixture *f, const char *file, bool *is_log)
{
	struct maillog *input = load_open(file, is_log, &f->err);
	enum maillog_state state;

	if (input == NULL)
		return false;
	state = maillog_rest(input, &f->text, &f->err);
	maillog_close(&input);
	return state == MAILLOG_END;
}

static void
test_file(void **state)
{
	struct folder_fixture *f = *state;
	const char *file = path(f, "file");
	bool is_log = true;

	fixture_file(file, "12345678", 0600);
	assert_true(read_whole(f, file, &is_log));
	assert_string_equal(f->text.text, "12345678");
	assert_false(f->text.cut);
	assert_false(is_log);
	/* the cap of the text ends the reading, not the program */
	assert_true(read_whole(f, file, &is_log));
	assert_string_equal(f->text.text, "1234567812");
	assert_true(f->text.cut);
	unlink(file);
	assert_false(read_whole(f, file, &is_log));
	assert_string_equal(f->err.text, "No such file or directory");
}

static void
test_refused(void **state)
{
	struct folder_fixture *f = *state;
	const char *pipe_name = path(f, "pipe");
	bool is_log;

	assert_int_equal(mkfifo(pipe_name, 0600), 0);
	assert_false(read_whole(f, pipe_name, &is_log));
	assert_string_equal(f->err.text, "is a pipe that nobody writes to");
	unlink(pipe_name);
	str_clear(&f->err);
	assert_false(read_whole(f, f->folder, &is_log));
	assert_string_equal(f->err.text, "is a directory");
	assert_true(load_is_directory(f->folder));
	str_clear(&f->err);
	assert_null(load_maildir(f->arena, f->folder, &f->err));
	assert_string_equal(f->err.text,
	    "is a directory, but not a Maildir");
}

static void
test_maildir(void **state)
{
	static const char *const made[] = {
		"cur/1700000001.a:2,S", "new/1700000002.b", "cur/1700000003.c"
	};
	struct folder_fixture *f = *state;
	const char *const *files;

	mkdir(path(f, "new"), 0700);
	files = load_maildir(f->arena, f->folder, &f->err);
	assert_non_null(files);        /* empty, and without cur/: still one */
	assert_null(files[0]);
	mkdir(path(f, "cur"), 0700);
	fixture_file(path(f, "cur/.hidden"), "", 0600);
	for (size_t i = 0; i < 3; i++)
		fixture_file(path(f, made[i]), "", 0600);
	files = load_maildir(f->arena, f->folder, &f->err);
	assert_non_null(files);
	for (size_t i = 0; i < 3; i++) {
		assert_string_equal(files[i], path(f, made[i]));
		unlink(files[i]);
	}
	assert_null(files[3]);
	unlink(path(f, "cur/.hidden"));
	rmdir(path(f, "cur"));
	rmdir(path(f, "new"));
}

#define TEST(function) \
	cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_message_end), TEST(test_file), TEST(test_refused),
		TEST(test_maildir),
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests_name("load", tests, NULL, NULL);
}
