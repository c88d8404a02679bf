/* SPDX-License-Identifier: ISC
 * Asking postqueue, played by scripts: both listings, one that fails, hangs or
 * never stops talking; and the messages in the listings. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/arena.h"
#include "engine/maillog/queue_list.h"
#include "engine/world/mailqueue.h"
#include "tests/unit/fixture.h"

#define LISTED "1770026400"     /* 2026-02-02 10:00:00 UTC */
#define JSON \
	"{\"queue_name\": \"deferred\", \"queue_id\": \"A1B2C3D4E5\", " \
	"\"arrival_time\": " LISTED ", \"message_size\": 1, \"sender\": " \
	"\"info@example.net\", \"recipients\": [{\"address\": " \
	"\"a@example.com\", \"delay_reason\": \"connect to " \
	"mx1.example.com[192.0.2.25]:25: Connection timed out\"}]}\n"
#define FRESH \
	"{\"queue_name\": \"active\", \"queue_id\": \"4Zk1aBcDeFgHjK\", " \
	"\"arrival_time\": 1770026401, \"message_size\": 1, \"sender\": " \
	"\"info@example.net\", \"recipients\": [{\"address\": " \
	"\"b@example.com\"}]}\n"
#define LISTING \
	"-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------\n" \
	"A1B2C3D4E5     1234 Mon Feb  2 10:00:00  info@example.net\n" \
	"(connect to mx1.example.com[192.0.2.25]:25: Connection timed out)\n" \
	"                                         a@example.com\n" \
	"\n" \
	"4Zk1aBcDeFgHjK*    1234 Mon Feb  2 10:00:01  info@example.net\n" \
	"                                         b@example.com\n" \
	"\n" \
	"-- 2 Kbytes in 2 Requests.\n"

static struct {
	char folder[64], program[96];
} f;

static int
set_up(void **state)
{
	(void)state;
	snprintf(f.folder, sizeof f.folder, "/tmp/whybounce-queue-XXXXXX");
	if (mkdtemp(f.folder) == NULL)
		return -1;
	snprintf(f.program, sizeof f.program, "%s/postqueue", f.folder);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	unlink(f.program);
	return rmdir(f.folder);
}

static void
script(const char *text)
{
	char program[4096];

	snprintf(program, sizeof program, "#!/bin/sh\n%s\n", text);
	fixture_file(f.program, program, 0700);
}

/* Run it to its end, as the poll loop does. */
static enum mailqueue_state
run(struct mailqueue *queue)
{
	struct pollfd fds[MAILQUEUE_FDS];
	enum mailqueue_state state = mailqueue_io(queue);

	while (state == MAILQUEUE_RUNNING) {
		int timeout = -1;
		size_t n = mailqueue_poll(queue, fds, &timeout);

		assert_true(n <= MAILQUEUE_FDS && timeout >= 0);
		poll(fds, n, timeout);
		state = mailqueue_io(queue);
	}
	assert_int_equal(mailqueue_poll(queue, fds, &(int){ -1 }), 0);
	return state;
}

static const struct {
	const char *what, *script, *directory;
	enum mailqueue_state state;
	const char *text, *why;
} runs[] = {
	{ "-j", "echo \"$*\"", NULL, MAILQUEUE_DONE, "-j\n", "" },
	{ "a configuration", "echo \"$*\"", "/etc/other postfix",
	  MAILQUEUE_DONE, "-c /etc/other postfix -j\n", "" },
	{ "no -j", "test \"$1\" = -j && { echo usage >&2; exit 1; }; echo $1",
	  NULL, MAILQUEUE_DONE, "-p\n", "" },
	{ "neither", "echo \"fatal: no $1\" >&2; echo more >&2; exit 69",
	  NULL, MAILQUEUE_FAILED, "", "fatal: no -p" },
	{ "no shell", "echo \"$2\"", "$(echo x); `echo y`", MAILQUEUE_DONE,
	  "$(echo x); `echo y`\n", "" },
	{ "nothing to read", "cat", NULL, MAILQUEUE_DONE, "", "" },
	{ "too much", "while :; do echo 12345678901234567890; done", NULL,
	  MAILQUEUE_CUT, NULL, "" },
	{ "it hangs", "echo x; sleep 60", NULL, MAILQUEUE_TIMEOUT, "x\n", "" },
	{ "it hangs with closed pipes", "exec >&- 2>&-; sleep 60", NULL,
	  MAILQUEUE_TIMEOUT, "", "" }
};

static void
test_runs(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++) {
		struct mailqueue *queue;
		int patience = runs[i].state == MAILQUEUE_TIMEOUT ? 500 :
		    60000;

		script(runs[i].script);
		queue = mailqueue_start(f.program, runs[i].directory, patience,
		    65536);
		if (run(queue) != runs[i].state)
			fail_msg("%s: state %d", runs[i].what,
			    (int)mailqueue_io(queue));
		if (runs[i].text != NULL)
			assert_string_equal(mailqueue_text(queue)->text,
			    runs[i].text);
		assert_string_equal(mailqueue_why(queue), runs[i].why);
		mailqueue_close(&queue);
		mailqueue_close(&queue);
	}
}

/* What cannot be run, and what is closed while it runs. */
static void
test_ends(void **state)
{
	struct mailqueue *queue;

	(void)state;
	unlink(f.program);
	queue = mailqueue_start(f.program, NULL, 1000, 100);
	assert_int_equal(run(queue), MAILQUEUE_FAILED);
	assert_string_equal(mailqueue_why(queue), strerror(ENOENT));
	mailqueue_close(&queue);
	script("sleep 60");
	queue = mailqueue_start(f.program, NULL, 60000, 100);
	assert_int_equal(mailqueue_io(queue), MAILQUEUE_RUNNING);
	mailqueue_close(&queue);
}

static void
test_find(void **state)
{
	struct arena *arena = arena_new();
	const char *path = getenv("PATH");
	char *before = strdup(path != NULL ? path : "");

	(void)state;
	script("exit 0");
	setenv("PATH", f.folder, 1);
	assert_string_equal(mailqueue_find(arena), f.program);
	chmod(f.program, 0600);
	assert_true(mailqueue_find(arena) == NULL ||
	    strncmp(mailqueue_find(arena), "/usr/", 5) == 0);
	setenv("PATH", before, 1);
	free(before);
	arena_free(&arena);
}

/* "id time recipients recipient class status", a line a message. */
static void
describe(const char *listing, struct str *got)
{
	struct queue_list *list = queue_list_new(rules_builtin(), listing,
	    strlen(listing));
	const struct queue_entry *e;

	while (!queue_list_settle(list))
		;
	assert_int_equal(queue_list_messages(list), queue_list_count(list));
	for (size_t i = 0; (e = queue_list_entry(list, i)) != NULL; i++) {
		struct tm parts;
		char time[32] = "-";

		if (e->time != 0)
			strftime(time, sizeof time, "%m-%dT%H:%M:%S",
			    localtime_r(&e->time, &parts));
		str_addf(got, "%s %s %zu %s %s\n", e->queue_id, time,
		    e->recipients, e->recipient,
		    e->class_id != NULL ? e->class_id : "-");
	}
	queue_list_free(&list);
	queue_list_free(&list);
}

static void
test_listings(void **state)
{
	static const struct {
		const char *listing, *want;
	} listings[] = {
		{ "", "" },
		{ "Mail queue is empty\n", "" },
		{ JSON FRESH,
		  "4Zk1aBcDeFgHjK 02-02T10:00:01 0 b@example.com -\n"
		  "A1B2C3D4E5 02-02T10:00:00 1 a@example.com connect\n" },
		{ LISTING,
		  "4Zk1aBcDeFgHjK 02-02T10:00:01 0 b@example.com -\n"
		  "A1B2C3D4E5 02-02T10:00:00 1 a@example.com connect\n" },
		/* cut anywhere */
		{ "{\"queue_id\": \"A1B2", "A1B2 - 0 (null) -\n" },
		{ "{", "(null) - 0 (null) -\n" }
	};

	(void)state;
	for (size_t i = 0; i < sizeof listings / sizeof listings[0]; i++) {
		struct str got;

		str_init(&got, 65536);
		describe(listings[i].listing, &got);
		assert_string_equal(got.text, listings[i].want);
		str_free(&got);
	}
}

static void
test_many(void **state)
{
	struct queue_list *list;
	struct str text;

	(void)state;
	str_init(&text, (size_t)16 << 20);
	for (unsigned int i = 0; i < 3000; i++)
		str_addf(&text, "{\"queue_id\": \"A%06u\", \"arrival_time\": "
		    "%u, \"recipients\": [{\"address\": \"a@example.com\", "
		    "\"delay_reason\": \"421 4.7.0 try later\"}]}\n", i,
		    1770000000 + i * 7919 % 3000);
	list = queue_list_new(rules_builtin(), text.text, text.len);
	str_free(&text);
	while (!queue_list_settle(list))
		;
	assert_int_equal(queue_list_messages(list), 3000);
	assert_int_equal(queue_list_count(list), QUEUE_LIST_MAX);
	for (size_t i = 0; i < QUEUE_LIST_MAX; i++) {
		assert_int_equal(queue_list_entry(list, i)->time,
		    1770002999 - i);
		assert_string_equal(queue_list_entry(list, i)->status,
		    "4.7.0");
	}
	assert_null(queue_list_entry(list, QUEUE_LIST_MAX));
	queue_list_free(&list);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_runs),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_listings),
		cmocka_unit_test(test_many)
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests_name("mailqueue", tests, set_up,
	    tear_down);
}
