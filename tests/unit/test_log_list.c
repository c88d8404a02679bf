/* SPDX-License-Identifier: ISC
 * The last failed deliveries of a log: what becomes an entry, what ends it,
 * how many are kept; and the lines of one message. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/maillog/log_lines.h"
#include "engine/maillog/log_list.h"

/* 2026-02-03 00:00:00 UTC */
#define MODIFIED 1770076800

#define BOUNCED(at, id, to) \
	at " mx postfix/smtp[1]: " id ": to=<" to ">, " \
	"relay=mx1.example.com[192.0.2.25]:25, delay=1, delays=0/0/0/1, " \
	"dsn=5.1.1, status=bounced (host mx1.example.com[192.0.2.25] said: " \
	"550 5.1.1 <" to ">: user unknown (in reply to RCPT TO command))\n"
#define DEFERRED(at, id, to) \
	at " mx postfix/smtp[1]: " id ": to=<" to ">, relay=none, " \
	"delay=1, delays=0/0/1/0, dsn=4.4.1, status=deferred (connect to " \
	"mx2.example.com[192.0.2.26]:25: Connection timed out)\n"
#define SENT(at, id, to) \
	at " mx postfix/smtp[1]: " id ": to=<" to ">, " \
	"relay=mx1.example.com[192.0.2.25]:25, delay=1, delays=0/0/0/1, " \
	"dsn=2.0.0, status=sent (250 ok)\n"
#define EXPIRED(at, id) \
	at " mx postfix/qmgr[1]: " id ": from=<info@example.net>, " \
	"status=expired, returned to sender\n"

static struct log_list *
read_list(const char *text)
{
	struct log_list *list = log_list_new(rules_builtin());

	log_list_add(list, MODIFIED, text, strlen(text));
	while (!log_list_settle(list))
		;
	return list;
}

/* "time id recipient outcome class reply status", a line an entry. */
static void
describe(const struct log_list *list, struct str *got)
{
	const struct log_entry *e;

	for (size_t i = 0; (e = log_list_entry(list, i)) != NULL; i++)
		str_addf(got, "%s %s %s %s %s %s %s\n", e->time.text,
		    e->queue_id, e->recipient, outcome_name(e->outcome),
		    e->class_id, e->reply, e->status);
}

struct row {
	const char *what, *log, *want;
};

static const struct row rows[] = {
	{ "nothing", "", "" },
	{ "delivered", SENT("Feb  1 10:00:00", "A1B2C3D4E5", "a@example.com"),
	  "" },
	{ "bounced", BOUNCED("Feb  1 10:00:00", "A1B2C3D4E5",
	  "a@example.com"),
	  "2026-02-01T10:00:00 A1B2C3D4E5 a@example.com bounced rcpt_unknown "
	  "550 5.1.1\n" },
	{ "the newest first", BOUNCED("Feb  1 10:00:00", "A1B2C3D4E5",
	  "a@example.com") DEFERRED("Feb  1 10:00:01", "4Zk1aBcDeFgHjK",
	  "b@example.com"),
	  "2026-02-01T10:00:01 4Zk1aBcDeFgHjK b@example.com deferred connect  "
	  "4.4.1\n"
	  "2026-02-01T10:00:00 A1B2C3D4E5 a@example.com bounced rcpt_unknown "
	  "550 5.1.1\n" },
	{ "tried again: once, at its last try", DEFERRED("Feb  1 10:00:00",
	  "A1B2C3D4E5", "a@example.com") DEFERRED("Feb  1 10:00:01",
	  "B1B2C3D4E5", "b@example.com") DEFERRED("Feb  1 11:00:00",
	  "A1B2C3D4E5", "A@example.com"),
	  "2026-02-01T11:00:00 A1B2C3D4E5 A@example.com deferred connect  "
	  "4.4.1\n"
	  "2026-02-01T10:00:01 B1B2C3D4E5 b@example.com deferred connect  "
	  "4.4.1\n" },
	{ "delivered in the end", DEFERRED("Feb  1 10:00:00", "A1B2C3D4E5",
	  "a@example.com") DEFERRED("Feb  1 10:00:00", "A1B2C3D4E5",
	  "b@example.com") SENT("Feb  1 11:00:00", "A1B2C3D4E5",
	  "a@example.com"),
	  "2026-02-01T10:00:00 A1B2C3D4E5 b@example.com deferred connect  "
	  "4.4.1\n" },
	{ "given up: the reason of the last try", DEFERRED("Feb  1 10:00:00",
	  "A1B2C3D4E5", "a@example.com") BOUNCED("Feb  1 10:00:01",
	  "A1B2C3D4E5", "b@example.com") EXPIRED("Feb  2 10:00:00",
	  "A1B2C3D4E5"),
	  "2026-02-02T10:00:00 A1B2C3D4E5 a@example.com expired connect  "
	  "4.4.1\n"
	  "2026-02-01T10:00:01 A1B2C3D4E5 b@example.com bounced rcpt_unknown "
	  "550 5.1.1\n" },
	{ "given up, and the log begins later", EXPIRED("Feb  2 10:00:00",
	  "A1B2C3D4E5"),
	  "2026-02-02T10:00:00 A1B2C3D4E5  expired expired  \n" },
	{ "ISO 8601", BOUNCED("2026-02-01T10:00:00.123456+09:00",
	  "A1B2C3D4E5", "a@example.com"),
	  "2026-02-01T10:00:00+09:00 A1B2C3D4E5 a@example.com bounced "
	  "rcpt_unknown 550 5.1.1\n" }
};

static void
test_entries(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct log_list *list = read_list(rows[i].log);
		struct str got;

		str_init(&got, 65536);
		describe(list, &got);
		if (strcmp(got.text, rows[i].want) != 0)
			fail_msg("%s:\ngot  %s\nwant %s", rows[i].what,
			    got.text, rows[i].want);
		assert_true(log_list_is_mail(list) == (i != 0));
		str_free(&got);
		log_list_free(&list);
	}
}

/* More messages than are kept, in three times as many lines, in pieces. */
static void
test_many(void **state)
{
	struct log_list *list = log_list_new(rules_builtin());
	const struct log_entry *e;
	char id[16];

	(void)state;
	for (unsigned int i = 0; i < 5000; i++) {
		struct str line;

		str_init(&line, 65536);
		for (unsigned int k = 0; k < 3; k++)
			str_addf(&line, DEFERRED("Feb  1 10:00:00", "A%08u",
			    "a@example.com"), i >= k ? i - k : i);
		log_list_add(list, MODIFIED, line.text, line.len);
		str_free(&line);
	}
	while (!log_list_settle(list))
		;
	assert_int_equal(log_list_count(list), LOG_LIST_MAX);
	assert_int_equal(log_list_older(list), 5000 - LOG_LIST_MAX);
	assert_null(log_list_entry(list, LOG_LIST_MAX));
	for (unsigned int i = 3; i < LOG_LIST_MAX; i++) {
		e = log_list_entry(list, i);
		snprintf(id, sizeof id, "A%08u", 4999 - i);
		assert_string_equal(e->queue_id, id);
		assert_string_equal(e->class_id, "connect");
	}
	log_list_free(&list);
	log_list_free(&list);
}

static void
test_since(void **state)
{
	struct log_list *list = read_list(
	    BOUNCED("2026-02-01T10:00:00Z", "A1B2C3D4E5", "a@example.com")
	    BOUNCED("2026-02-02T09:00:00+09:00", "A1B2C3D4E6",
	    "a@example.com")
	    BOUNCED("Feb  2 12:00:00", "A1B2C3D4E7", "a@example.com"));

	(void)state;
	/* noon of 2026-02-02 in UTC */
	assert_int_equal(log_list_since(list, 1770033600, 86400), 2);
	assert_int_equal(log_list_since(list, 1770033600, 86400 + 7200), 3);
	assert_int_equal(log_list_since(list, 1770033600, 3600), 1);
	log_list_free(&list);
}

/* What was said may hold anything; no string of it ends early. */
static void
test_foreign(void **state)
{
	static const char text[] =
	    "Feb  1 10:00:00 mx postfix/smtp[1]: A1B2C3D4E5: "
	    "to=<a\0b@example.com>, relay=none, dsn=5.0.0, status=bounced "
	    "(\0no \033[2J\377)";
	struct log_list *list = log_list_new(rules_builtin());
	char *line = malloc(100000);

	(void)state;
	log_list_add(list, MODIFIED, text, sizeof text - 1);
	assert_non_null(line);
	memset(line, 'x', 100000);
	memcpy(line, text, sizeof text - 1);
	line[sizeof "Feb  1 10:00:00 mx postfix/smtp[1]: "] = '9';
	log_list_add(list, MODIFIED, line, 100000);
	free(line);
	assert_int_equal(log_list_count(list), 2);
	assert_int_equal(strlen(log_list_entry(list, 0)->line),
	    LOG_LIST_LINE_MAX);
	assert_string_equal(log_list_entry(list, 1)->recipient,
	    "a b@example.com");
	while (!log_list_settle(list))
		;
	log_list_free(&list);
}

/* ---- lines of one message */

#define FROM(id) \
	"Feb  1 09:59:59 mx postfix/qmgr[1]: " id \
	": from=<info@example.net>, size=1, nrcpt=1 (queue active)\n"
#define REMOVED(id) "Feb  1 10:00:02 mx postfix/qmgr[1]: " id ": removed\n"
#define NOTIFIED(id, other) \
	"Feb  1 10:00:01 mx postfix/bounce[1]: " id \
	": sender non-delivery notification: " other "\n"
#define BODY(id) FROM(id) BOUNCED("Feb  1 10:00:00", id, "a@example.com")
#define ID "4Zk1aBcDeFgHjK"
#define OTHER "4Zk1aBcDeFgHjL"

static const struct {
	const char *what, *log, *want;
	bool done;
} messages[] = {
	{ "all lines, and the bounce's",
	  FROM(OTHER) BODY(ID) REMOVED(OTHER) NOTIFIED(ID, "B" ID) FROM("B" ID)
	  REMOVED(ID) FROM(OTHER) REMOVED("B" ID) FROM(ID),
	  BODY(ID) NOTIFIED(ID, "B" ID) FROM("B" ID) REMOVED(ID)
	  REMOVED("B" ID), true },
	{ "an id used again before", FROM(ID) REMOVED(ID) BODY(ID) REMOVED(ID),
	  BODY(ID) REMOVED(ID), true },
	{ "and behind", BODY(ID) NOTIFIED(ID, OTHER) REMOVED(ID) FROM(ID)
	  FROM(OTHER) REMOVED(OTHER), BODY(ID) NOTIFIED(ID, OTHER) REMOVED(ID)
	  FROM(OTHER) REMOVED(OTHER), true },
	{ "still in the queue", BODY(ID), BODY(ID), false },
	{ "part of other words", BODY("X" ID) BODY(ID "X"), "", false }
};

static void
test_lines(void **state)
{
	const struct log_entry *entry;

	(void)state;
	for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++) {
		struct log_list *list = read_list(BODY(ID));
		struct log_lines *lines;
		const char *text = messages[i].log;
		bool done = false;
		size_t len;

		entry = log_list_entry(list, 0);
		lines = log_lines_new(entry->queue_id, entry->line_hash);
		/* line by line, as small blocks would come */
		while (*text != '\0' && !done) {
			len = strcspn(text, "\n") + 1;
			done = log_lines_add(lines, text, len);
			text += len;
		}
		text = log_lines_text(lines, &len);
		if (strcmp(text, messages[i].want) != 0)
			fail_msg("%s:\ngot  %s\nwant %s", messages[i].what,
			    text, messages[i].want);
		assert_int_equal(len, strlen(text));
		assert_true(done == messages[i].done);
		log_lines_free(&lines);
		/* and at once */
		lines = log_lines_new(entry->queue_id, entry->line_hash);
		assert_true(log_lines_add(lines, messages[i].log,
		    strlen(messages[i].log)) == messages[i].done);
		assert_string_equal(log_lines_text(lines, &len),
		    messages[i].want);
		log_lines_free(&lines);
		log_list_free(&list);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_entries),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_since),
		cmocka_unit_test(test_foreign),
		cmocka_unit_test(test_lines)
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests_name("log_list", tests, NULL, NULL);
}
