/* SPDX-License-Identifier: ISC
 * The lines of a log by message: what is handed out, when, and how much is
 * kept. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/str.h"
#include "engine/maillog/log_join.h"

#define AT "Feb  1 10:00:00 mx postfix/"
#define CLIENT(id) AT "smtpd[1]: " id ": client=a.example.net[192.0.2.1]\n"
#define FROM(id) \
	AT "qmgr[1]: " id ": from=<info@example.net>, size=1, nrcpt=1\n"
#define TO(id, to, how) \
	AT "smtp[1]: " id ": to=<" to "@example.com>, relay=none, delay=1, " \
	"dsn=4.0.0, status=" how " (host mx.example.com said: x)\n"
#define REMOVED(id) AT "qmgr[1]: " id ": removed\n"
#define EXPIRED(id) AT "qmgr[1]: " id ": from=<info@example.net>, " \
	"status=expired, returned to sender\n"
#define REJECT AT "smtpd[1]: NOQUEUE: reject: RCPT from a.example.net" \
	"[192.0.2.1]: 554 5.7.1 no; from=<a@example.net> to=<b@example.com>\n"
#define TRIED(id) AT "smtp[1]: " id ": host mx.example.com[192.0.2.2] said: " \
	"421 no\n"
#define A "A1B2C3D4E5"
#define B "4Zk1aBcDeFgHjK"

static const struct {
	const char *what, *log, *want;      /* "|" behind each message */
} rows[] = {
	{ "nothing", "", "" },
	{ "delivered", CLIENT(A) FROM(A) TO(A, "a", "sent") REMOVED(A), "" },
	{ "two at once", CLIENT(A) CLIENT(B) FROM(B) TO(B, "b", "bounced")
	  FROM(A) REMOVED(B) TO(A, "a", "bounced") REMOVED(A),
	  CLIENT(B) FROM(B) TO(B, "b", "bounced") REMOVED(B) "|"
	  CLIENT(A) FROM(A) TO(A, "a", "bounced") REMOVED(A) "|" },
	{ "deferred, then delivered", FROM(A) TO(A, "a", "deferred")
	  TO(A, "a", "sent") REMOVED(A), FROM(A) TO(A, "a", "deferred")
	  TO(A, "a", "sent") REMOVED(A) "|" },
	{ "still waiting", FROM(A) TO(A, "a", "deferred"),
	  FROM(A) TO(A, "a", "deferred") "|" },
	{ "expired", FROM(A) TO(A, "a", "deferred") EXPIRED(A) REMOVED(A),
	  FROM(A) TO(A, "a", "deferred") EXPIRED(A) REMOVED(A) "|" },
	{ "an id twice", FROM(A) TO(A, "a", "bounced") REMOVED(A)
	  TO(A, "b", "bounced") REMOVED(A), FROM(A) TO(A, "a", "bounced")
	  REMOVED(A) "|" TO(A, "b", "bounced") REMOVED(A) "|" },
	{ "without the end of the first", TO(A, "a", "bounced") CLIENT(A)
	  TO(A, "b", "bounced"), TO(A, "a", "bounced") "|" CLIENT(A)
	  TO(A, "b", "bounced") "|" },
	{ "refused here", REJECT REJECT "x\n", REJECT "|" REJECT "|" },
	{ "by one of two hosts", TRIED(A) TO(A, "a", "sent") REMOVED(A),
	  TRIED(A) TO(A, "a", "sent") REMOVED(A) "|" },
	{ "other lines", "Feb  1 10:00:00 mx cron[1]: hello\n\n\377\n", "" }
};

static void
take(void *arg, const char *text, size_t len)
{
	str_add(arg, text, len);
	if (len == 0 || text[len - 1] != '\n')
		str_addc(arg, '\n');
	str_addc(arg, '|');
}

static void
test_messages(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct str got;
		struct log_join *join;

		str_init(&got, 1u << 20);
		join = log_join_new(take, &got);
		log_join_add(join, rows[i].log, strlen(rows[i].log));
		log_join_end(join);
		log_join_free(&join);
		log_join_free(&join);
		if (strcmp(got.text, rows[i].want) != 0)
			fail_msg("%s:\ngot  %s\nwant %s", rows[i].what,
			    got.text, rows[i].want);
		str_free(&got);
	}
}

static void
count(void *arg, const char *text, size_t len)
{
	size_t *counts = arg;

	(void)text;
	counts[0]++;
	if (len > counts[1])
		counts[1] = len;
}

/* More messages than are kept, and none of them ends. */
static void
test_limits(void **state)
{
	size_t counts[2] = { 0, 0 };
	struct log_join *join = log_join_new(count, counts);
	struct str line;

	(void)state;
	str_init(&line, 65536);
	for (int i = 0; i < LOG_JOIN_MESSAGES + 100; i++) {
		str_clear(&line);
		str_addf(&line, TO("A%08X", "a", "deferred"), (unsigned int)i);
		log_join_add(join, line.text, line.len);
	}
	assert_int_equal(counts[0], 100);
	log_join_end(join);
	assert_int_equal(counts[0], LOG_JOIN_MESSAGES + 100);
	/* one that is tried for ever: its end is still there */
	for (int i = 0; i < 10000; i++)
		log_join_add(join, TO(A, "a", "deferred"),
		    strlen(TO(A, "a", "deferred")));
	counts[1] = 0;
	log_join_add(join, EXPIRED(A) REMOVED(A),
	    strlen(EXPIRED(A) REMOVED(A)));
	assert_true(counts[1] > LOG_JOIN_TEXT - 1000);
	assert_true(counts[1] < LOG_JOIN_TEXT + 1000);
	log_join_free(&join);
	str_free(&line);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_limits)
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests_name("log_join", tests, NULL, NULL);
}
