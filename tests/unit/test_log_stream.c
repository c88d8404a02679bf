/* SPDX-License-Identifier: ISC
 * Logs in slices: which one is taken, which is refused and why, and a journal
 * that is slow, long-winded or broken. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/world/log_stream.h"
#include "tests/unit/fixture.h"

#define NAME_SIZE 96

static struct {
	char folder[64];
	char log[NAME_SIZE], other[NAME_SIZE], pipe[NAME_SIZE];
	char program[NAME_SIZE];
} f;

static int
set_up(void **state)
{
	(void)state;
	snprintf(f.folder, sizeof f.folder, "/tmp/whybounce-stream-XXXXXX");
	if (mkdtemp(f.folder) == NULL || chmod(f.folder, 0755) != 0)
		return -1;
	snprintf(f.log, sizeof f.log, "%s/mail.log", f.folder);
	snprintf(f.other, sizeof f.other, "%s/maillog", f.folder);
	snprintf(f.pipe, sizeof f.pipe, "%s/pipe", f.folder);
	snprintf(f.program, sizeof f.program, "%s/journalctl", f.folder);
	return mkfifo(f.pipe, 0600);
}

static int
tear_down(void **state)
{
	(void)state;
	unlink(f.log);
	unlink(f.other);
	unlink(f.pipe);
	unlink(f.program);
	return rmdir(f.folder);
}

static enum log_stream_end
open_any(struct log_stream **stream, const char *file, const char **name,
    struct str *err)
{
	const char *const files[] = { f.log, f.other, NULL };
	const char *const journals[] = { "/nonexistent/journalctl",
		f.program, NULL };

	return log_stream_open(stream, file, files, journals, name, err);
}

/* All of it, never waiting but in poll(2). */
static enum maillog_state
read_all(struct log_stream *stream, struct str *got, struct str *err)
{
	enum maillog_state state;
	const char *text;
	size_t len;

	do {
		struct pollfd fd = { .fd = log_stream_descriptor(stream),
			.events = POLLIN };

		if (fd.fd >= 0)
			poll(&fd, 1, -1);
		state = log_stream_next(stream, &text, &len, err);
		str_add(got, text, len);
	} while (state == MAILLOG_LINES);
	return state;
}

static void
check(const char *file, const char *want_name, enum log_stream_end want_end,
    enum maillog_state want_state, const char *want)
{
	struct log_stream *stream;
	struct str got, err;
	const char *name;

	str_init(&got, 1u << 20);
	str_init(&err, 1024);
	assert_int_equal(open_any(&stream, file, &name, &err), want_end);
	if (want_name == NULL)
		assert_null(name);
	else
		assert_string_equal(name, want_name);
	if (want_end == LOG_STREAM_OPEN) {
		assert_int_equal(read_all(stream, &got, &err), want_state);
		assert_string_equal(got.text, want);
		assert_true(log_stream_time(stream) > 0);
		assert_int_equal(log_stream_progress(stream).text, got.len);
		assert_true((err.len != 0) == (want_state != MAILLOG_END));
	} else {
		assert_null(stream);
		assert_true((err.len != 0) == (want_end ==
		    LOG_STREAM_UNUSABLE));
	}
	log_stream_close(&stream);
	str_free(&got);
	str_free(&err);
}

static void
test_files(void **state)
{
	(void)state;
	check(NULL, NULL, LOG_STREAM_NONE, MAILLOG_END, "");
	fixture_file(f.other, "a\nb\n", 0644);
	check(NULL, f.other, LOG_STREAM_OPEN, MAILLOG_END, "a\nb\n");
	fixture_file(f.log, "c\nd", 0644);
	check(NULL, f.log, LOG_STREAM_OPEN, MAILLOG_END, "c\nd");
	check(f.other, f.other, LOG_STREAM_OPEN, MAILLOG_END, "a\nb\n");
	check("/nonexistent/x", "/nonexistent/x", LOG_STREAM_NONE,
	    MAILLOG_END, "");
	check(f.folder, f.folder, LOG_STREAM_UNUSABLE, MAILLOG_END, "");
	check(f.pipe, f.pipe, LOG_STREAM_UNUSABLE, MAILLOG_END, "");
}

/* A log that may not be read is not passed over. Root may read everything, so
 * this is done by somebody else. */
static void
test_denied(void **state)
{
	struct log_stream *stream;
	const char *name;
	struct str err;
	int status = -1;
	pid_t pid;

	(void)state;
	fixture_file(f.log, "c\nd\n", 0000);
	fixture_file(f.other, "a\nb\n", 0644);
	pid = fork();
	if (pid == 0) {
		if (geteuid() == 0 && setuid(65534) != 0)
			_exit(99);
		str_init(&err, 1024);
		_exit(open_any(&stream, NULL, &name, &err) ==
		    LOG_STREAM_DENIED && strcmp(name, f.log) == 0 ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	unlink(f.log);
	unlink(f.other);
}

static void
test_journal(void **state)
{
	static const struct {
		const char *script;
		enum maillog_state state;
		const char *want;
	} scripts[] = {
		{ "echo a; sleep 0.1; printf b; sleep 0.1; echo c", MAILLOG_END,
		  "a\nbc\n" },
		{ "printf 'a\\nb'", MAILLOG_END, "a\nb" },
		{ "exit 0", MAILLOG_END, "" },
		/* no lines at all */
		{ "exit 1", MAILLOG_END, "" },
		{ "echo a; echo broken >&2; exit 2", MAILLOG_FAULT, "a\n" }
	};

	(void)state;
	unlink(f.log);
	unlink(f.other);
	for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
		char text[256];

		snprintf(text, sizeof text, "#!/bin/sh\n%s\n",
		    scripts[i].script);
		fixture_file(f.program, text, 0700);
		check(NULL, "journalctl", LOG_STREAM_OPEN, scripts[i].state,
		    scripts[i].want);
	}
}

/* A line that is longer than the block: its rest is left out. */
static void
test_long_line(void **state)
{
	struct log_stream *stream;
	struct str got, err;
	const char *name, *text;
	size_t len;

	(void)state;
	fixture_file(f.program, "#!/bin/sh\necho a\n"
	    "head -c 600000 /dev/zero | tr '\\0' x\necho\necho b\n", 0700);
	str_init(&got, 1u << 20);
	str_init(&err, 1024);
	assert_int_equal(open_any(&stream, NULL, &name, &err),
	    LOG_STREAM_OPEN);
	assert_true(log_stream_is_journal(stream));
	/* nothing is there yet: that is said, not waited for */
	assert_int_equal(log_stream_next(stream, &text, &len, &err),
	    MAILLOG_LINES);
	str_add(&got, text, len);
	assert_int_equal(read_all(stream, &got, &err), MAILLOG_END);
	assert_true(got.len < 300000);
	assert_memory_equal(got.text, "a\nxxx", 5);
	assert_memory_equal(got.text + got.len - 3, "xb\n", 3);
	log_stream_close(&stream);
	str_free(&got);
	str_free(&err);
}

/* Closed while its program still talks. */
static void
test_close(void **state)
{
	struct log_stream *stream;
	const char *name;
	struct str err;

	(void)state;
	fixture_file(f.program, "#!/bin/sh\nwhile :; do echo a; done\n", 0700);
	str_init(&err, 1024);
	assert_int_equal(open_any(&stream, NULL, &name, &err),
	    LOG_STREAM_OPEN);
	log_stream_close(&stream);
	log_stream_close(&stream);
	str_free(&err);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_denied),
		cmocka_unit_test(test_journal),
		cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_close)
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests_name("log_stream", tests, set_up,
	    tear_down);
}
