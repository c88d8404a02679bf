/* SPDX-License-Identifier: ISC
 * One message in a log and in those before it: which files those are, which
 * lines belong to it, and which refusal is the newest. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/maillog/log_list.h"
#include "engine/maillog/log_newest.h"
#include "engine/maillog/log_search.h"
#include "engine/world/log_rotated.h"
#include "tests/unit/fixture.h"

static struct {
	char folder[64];
	struct arena *arena;
} f;

static int
set_up(void **state)
{
	(void)state;
	snprintf(f.folder, sizeof f.folder, "/tmp/whybounce-search-XXXXXX");
	f.arena = arena_new();
	return mkdtemp(f.folder) == NULL ? -1 : 0;
}

static int
tear_down(void **state)
{
	(void)state;
	arena_free(&f.arena);
	return rmdir(f.folder);
}

static const char *
path(const char *name)
{
	return arena_printf(f.arena, "%s/%s", f.folder, name);
}

static void
put(const char *name, const char *text)
{
	fixture_file(path(name), text, 0600);
}

/* ---- names */

static const struct {
	const char *files[8];        /* all that are there */
	const char *of, *want[LOG_ROTATED_MAX];
} names[] = {
	{ { "mail.log" }, "mail.log", { NULL } },
	{ { "mail.log", "mail.log.3.gz", "mail.log.1", "mail.log.10.gz",
	  "mail.log.2.gz", "mail.err.1" }, "mail.log",
	  { "mail.log.1", "mail.log.2.gz" } },
	{ { "mail.log", "mail.log.3.gz", "mail.log.1", "mail.log.10.gz",
	  "mail.log.2.gz" }, "mail.log.3.gz", { "mail.log.10.gz" } },
	{ { "mail.log.1.gz", "mail.log.1.xz", "mail.log.2" }, "mail.log",
	  { "mail.log.1", "mail.log.2" } },
	{ { "maillog", "maillog-20260125", "maillog-20260201.xz",
	  "maillog-20260118.zst", "maillog-x", "maillog-20260201.bz2",
	  "maillog.old" }, "maillog",
	  { "maillog-20260201.xz", "maillog-20260125" } },
	{ { "maillog", "maillog-20260125", "maillog-20260201.xz" },
	  "maillog-20260201.xz", { "maillog-20260125" } },
	{ { "maillog-20260201-1769904000", "maillog-20260201-1769907600" },
	  "maillog", { "maillog-20260201-1769907600",
	  "maillog-20260201-1769904000" } },
	{ { "mail.log.1", "mail.log-1", "mail.log.12345", "mail.log.1x" },
	  "mail.log.0", { "mail.log.1" } }
};

static void
test_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const char *got[LOG_ROTATED_MAX] = { NULL };
		size_t n, want = 0;

		for (size_t k = 0; k < 8 && names[i].files[k] != NULL; k++)
			put(names[i].files[k], "");
		n = log_rotated(f.arena, path(names[i].of), got);
		for (; want < LOG_ROTATED_MAX &&
		    names[i].want[want] != NULL; want++) {
			size_t len = strlen(path(names[i].want[want]));

			assert_true(want < n);
			/* packed twice: either will do */
			assert_int_equal(strncmp(got[want],
			    path(names[i].want[want]), len), 0);
		}
		assert_int_equal(n, want);
		for (size_t k = 0; k < 8 && names[i].files[k] != NULL; k++)
			unlink(path(names[i].files[k]));
	}
	assert_int_equal(log_rotated(f.arena, "/nonexistent/x",
	    (const char *[LOG_ROTATED_MAX]){ NULL }), 0);
}

/* ---- lines */

#define LINE(day, service, id, rest) \
	"2026-02-0" day "T10:00:00+00:00 mx postfix/" service "[1]: " id ": " \
	rest "\n"
#define CLIENT(day, id) LINE(day, "pickup", id, "uid=33 from=<www-data>")
#define FROM(day, id) \
	LINE(day, "qmgr", id, "from=<info@example.net>, size=1, nrcpt=1")
#define DEFERRED(day, id) \
	LINE(day, "smtp", id, "to=<a@example.com>, relay=none, delay=1, " \
	"dsn=4.4.1, status=deferred (connect to x[192.0.2.1]:25: timed out)")
#define BOUNCED(day, id) \
	LINE(day, "smtp", id, "to=<a@example.com>, relay=none, delay=1, " \
	"dsn=5.4.1, status=bounced (connect to x[192.0.2.1]:25: refused)")
#define REMOVED(day, id) LINE(day, "qmgr", id, "removed")
#define ID "A1B2C3D4E5"
#define OTHER "B1B2C3D4E5"

static const struct {
	const char *what;
	const char *logs[4];         /* mail.log, mail.log.1, … */
	const char *want;
	bool begun;
} rows[] = {
	{ "all in one", { CLIENT("3", ID) BOUNCED("3", ID) REMOVED("3", ID),
	  CLIENT("2", ID) BOUNCED("2", ID) },
	  CLIENT("3", ID) BOUNCED("3", ID) REMOVED("3", ID), true },
	{ "in two", { BOUNCED("3", ID) REMOVED("3", ID),
	  CLIENT("2", ID) DEFERRED("2", ID) CLIENT("2", OTHER) },
	  CLIENT("2", ID) DEFERRED("2", ID) BOUNCED("3", ID)
	  REMOVED("3", ID), true },
	{ "in three", { BOUNCED("3", ID), FROM("2", ID) DEFERRED("2", ID),
	  CLIENT("1", ID) }, CLIENT("1", ID) FROM("2", ID) DEFERRED("2", ID)
	  BOUNCED("3", ID), true },
	{ "nothing in the middle", { BOUNCED("3", ID), FROM("2", OTHER),
	  CLIENT("1", ID) }, CLIENT("1", ID) BOUNCED("3", ID), true },
	{ "no more than two are read", { BOUNCED("4", ID), "", "",
	  CLIENT("1", ID) }, BOUNCED("4", ID), false },
	{ "not there", { FROM("3", ID) BOUNCED("3", ID), CLIENT("2", OTHER) },
	  FROM("3", ID) BOUNCED("3", ID), false },
	{ "another message that was done", { BOUNCED("3", ID),
	  CLIENT("2", ID) REMOVED("2", ID), CLIENT("1", ID) },
	  BOUNCED("3", ID), false },
	{ "two messages, the second goes on", { BOUNCED("3", ID),
	  CLIENT("2", ID) REMOVED("2", ID) CLIENT("2", ID) FROM("2", ID) },
	  CLIENT("2", ID) FROM("2", ID) BOUNCED("3", ID), true },
	{ "no removed between them", { BOUNCED("3", ID),
	  CLIENT("1", ID) FROM("1", ID) CLIENT("2", ID) },
	  CLIENT("2", ID) BOUNCED("3", ID), true },
	{ "later than what is known", { BOUNCED("3", ID), CLIENT("4", ID) },
	  BOUNCED("3", ID), false },
	{ "another one first in the same log", { REMOVED("3", ID)
	  CLIENT("3", ID) BOUNCED("3", ID), CLIENT("2", ID) },
	  CLIENT("3", ID) BOUNCED("3", ID), true },
	{ "rotated meanwhile", { CLIENT("4", ID) DEFERRED("4", ID),
	  CLIENT("3", ID) BOUNCED("3", ID) }, CLIENT("3", ID)
	  BOUNCED("3", ID), true }
};

static void
write_logs(const char *const logs[4])
{
	static const char *const log_names[] = {
		"mail.log", "mail.log.1", "mail.log.2", "mail.log.3"
	};

	for (size_t i = 0; i < 4; i++) {
		unlink(path(log_names[i]));
		if (logs != NULL && logs[i] != NULL)
			put(log_names[i], logs[i]);
	}
}

/* The hash of the line of the bounce, wherever it is. */
static uint64_t
wanted(const char *const logs[4])
{
	struct log_list *list = log_list_new(rules_builtin());
	const struct log_entry *entry;
	uint64_t hash = 0;

	for (size_t i = 4; i-- > 0;)
		if (logs[i] != NULL)
			log_list_add(list, 0, logs[i], strlen(logs[i]));
	for (size_t i = 0; (entry = log_list_entry(list, i)) != NULL; i++)
		if (entry->outcome == OUTCOME_BOUNCED)
			hash = entry->line_hash;
	log_list_free(&list);
	return hash;
}

static void
test_search(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		enum log_stream_end end;
		struct log_search *search;
		const char *got;
		uint64_t hash = wanted(rows[i].logs);
		size_t len;

		/* the list forgets a message that was tried anew */
		if (hash == 0)
			hash = wanted((const char *[4]){ rows[i].logs[1] });
		write_logs(rows[i].logs);
		search = log_search_new(ID, hash, path("mail.log"), NULL,
		    NULL, &end);
		assert_int_equal(end, LOG_STREAM_OPEN);
		while (!log_search_step(search))
			assert_non_null(log_search_name(search));
		assert_true(log_search_step(search));
		got = log_search_text(search, &len);
		if (strcmp(got, rows[i].want) != 0)
			fail_msg("%s:\ngot  %s\nwant %s", rows[i].what, got,
			    rows[i].want);
		assert_true(log_search_begun(search) == rows[i].begun);
		assert_true(log_search_found(search));
		log_search_free(&search);
		log_search_free(&search);
	}
	write_logs(NULL);
}

static void
test_search_stopped(void **state)
{
	static const char *const logs[4] = { BOUNCED("3", ID),
		CLIENT("2", ID) };
	enum log_stream_end end;
	struct log_search *search;
	size_t len;

	(void)state;
	write_logs(logs);
	search = log_search_new(ID, 0, path("mail.log"), NULL, NULL, &end);
	while (!log_search_is_older(search))
		assert_false(log_search_step(search));
	assert_string_equal(log_search_name(search), path("mail.log.1"));
	log_search_stop(search);
	assert_true(log_search_step(search));
	assert_string_equal(log_search_text(search, &len), logs[0]);
	assert_false(log_search_begun(search));
	log_search_free(&search);
	write_logs(NULL);
	search = log_search_new(ID, 0, path("mail.log"), NULL, NULL, &end);
	assert_int_equal(end, LOG_STREAM_NONE);
	assert_true(log_search_step(search));
	assert_false(log_search_found(search));
	log_search_free(&search);
}

/* ---- the newest */

static const struct {
	const char *log, *id, *want;
} newest[] = {
	{ CLIENT("3", ID), NULL, NULL },
	{ CLIENT("3", ID) BOUNCED("3", ID) DEFERRED("4", OTHER), ID,
	  CLIENT("3", ID) BOUNCED("3", ID) },
	{ DEFERRED("3", ID) CLIENT("4", ID) DEFERRED("4", OTHER), OTHER,
	  DEFERRED("4", OTHER) },
	{ BOUNCED("3", OTHER) CLIENT("3", ID) BOUNCED("4", ID), ID,
	  CLIENT("3", ID) BOUNCED("4", ID) }
};

static void
test_newest(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * sizeof newest / sizeof newest[0]; i++) {
		const char *log = newest[i / 2].log;
		const char *want = newest[i / 2].want;
		struct log_newest *n = log_newest_new();
		struct str text, id, to;

		str_init(&text, LOG_SEARCH_MAX);
		str_init(&id, 64);
		str_init(&to, 1024);
		put("mail.log", log);
		log_newest_add(n, 0, log, strlen(log));
		assert_true(log_newest_message(n, i % 2 == 0 ? NULL :
		    path("mail.log"), &text, &id, &to) == (want != NULL));
		assert_string_equal(text.text, want != NULL ? want : "");
		if (want != NULL) {
			assert_string_equal(id.text, newest[i / 2].id);
			assert_string_equal(to.text, "a@example.com");
		}
		str_free(&text);
		str_free(&id);
		str_free(&to);
		log_newest_free(&n);
	}
	unlink(path("mail.log"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_search),
		cmocka_unit_test(test_search_stopped),
		cmocka_unit_test(test_newest)
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests_name("log_search", tests, set_up,
	    tear_down);
}
