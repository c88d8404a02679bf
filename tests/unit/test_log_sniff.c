/* SPDX-License-Identifier: ISC
 * What is a log and what is about one message, by what it begins with. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/str.h"
#include "engine/maillog/log_sniff.h"

#define MAIL \
	"Return-Path: <>\nFrom: MAILER-DAEMON@example.net\nSubject: log\n\n"
#define RECORD \
	"__CURSOR=s=1;i=##\n__REALTIME_TIMESTAMP=1769904000123456\n" \
	"SYSLOG_IDENTIFIER=postfix/smtp\nMESSAGE=3F00AA##: removed\n\n"

/* LINE, with a number for "##", so many times. */
static const struct {
	const char *what, *before, *line;
	int times;
	bool whole, want;
} rows[] = {
	{ "nothing", "", "", 0, true, false },
	{ "a log", "", "Feb  1 10:00:00 mx postfix/smtp[1]: 3F00AA##: "
	  "removed\n", 20, true, true },
	{ "a handful of one mail's lines", "", "Feb  1 10:00:## mx "
	  "postfix/smtp[1]: 3F00AA01: removed\n", 20, true, false },
	{ "a handful of mails", "", "Feb  1 10:00:00 mx postfix/smtp[1]: "
	  "3F00AA##: removed\n", LOG_SNIFF_PICKED, true, false },
	{ "one more", "", "Feb  1 10:00:00 mx postfix/smtp[1]: 3F00AA##: "
	  "removed\n", LOG_SNIFF_PICKED + 1, true, true },
	{ "one mail's lines without end", "", "Feb  1 10:00:## mx "
	  "postfix/smtp[1]: 3F00AA01: removed\n", 20, false, true },
	{ "a syslog with everything in it", "", "2026-02-01T10:00:00+00:00 "
	  "mx cron[##]: hello\n", 50, false, true },
	{ "without mail, and that is all", "", "2026-02-01T10:00:00+00:00 mx "
	  "cron[##]: hello\n", 50, true, false },
	{ "cut at its start", "to=<a@example.com>, status=sent (ok)\n",
	  "Feb  1 10:00:00 mx postfix/smtp[1]: 3F00AA##: removed\n", 20,
	  true, true },
	{ "journalctl -o cat", "", "3F00AA##: to=<a@example.com>, "
	  "relay=none, status=deferred (x)\n", 20, true, true },
	{ "journalctl", "-- Journal begins at Sun 2026-02-01 --\n", "Feb 01 "
	  "10:00:00 mx postfix/qmgr[1]: 3F00AA##: removed\n", 20, true,
	  true },
	{ "journalctl -o export", "", RECORD, 20, true, true },
	{ "a mail about a log", MAIL, "Feb  1 10:00:00 mx postfix/smtp[1]: "
	  "3F00AA##: removed\n", 99, true, false },
	{ "an mbox", "From a@example.com Sun Feb  1 10:00:00 2026\n",
	  "Feb  1 10:00:00 mx postfix/smtp[1]: 3F00AA##: removed\n", 99,
	  false, false },
	{ "prose", "My mail came back:\n", "It says: ## user unknown\n", 50,
	  false, false },
	{ "half prose", "", "Feb  1 10:00:00 mx postfix/smtp[1]: 3F00AA##: "
	  "removed\nwhat is that?\n", 50, false, false },
	{ "octets", "\377\001", "\001##\377\n\n", 50, false, false },
	{ "no line end", "Feb  1 10:00:00 mx postfix/smtp[1]: ", "##", 50,
	  false, false }
};

static void
add_line(struct str *text, const char *line, int k)
{
	for (; *line != '\0'; line++) {
		if (line[0] == '#' && line[1] == '#')
			str_addc(text, (char)('0' + k / 10 % 10));
		else
			str_addc(text, line[0] == '#' ?
			    (char)('0' + k % 10) : line[0]);
	}
}

static void
test_sniff(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct str text;

		str_init(&text, 1u << 20);
		str_adds(&text, rows[i].before);
		for (int k = 0; k < rows[i].times; k++)
			add_line(&text, rows[i].line, k);
		if (log_sniff(text.text, text.len, rows[i].whole) !=
		    rows[i].want)
			fail_msg("%s", rows[i].what);
		/* of text that is cut anywhere nothing is read behind it */
		for (size_t n = 0; n < text.len; n += 97)
			(void)log_sniff(text.text, n, false);
		str_free(&text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sniff)
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests_name("log_sniff", tests, NULL, NULL);
}
