/* SPDX-License-Identifier: ISC
 * How fast bounces are read: the time until the rules are ready, and replies
 * and whole mails a second over the samples of all rules. Prints figures; fails
 * far below them only (a loaded machine is no fault of ours). */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/bounce/bounce.h"
#include "engine/bounce/rules.h"

/* At least this many in the measured time. */
#define TEXTS 60000
/* The aims are 0.5 ms and 20,000; the limits leave room for others' load. */
#define SETUP_LIMIT_MS 5.0
#define RATE_LIMIT 4000.0

/* What stands around a reply in a mail of Postfix. */
static const char mail[] =
	"Return-Path: <>\n"
	"Received: by mail.example.com (Postfix) id 4XYZ1234;\n"
	"\tTue, 27 Jan 2026 19:51:30 +0900 (JST)\n"
	"Date: Tue, 27 Jan 2026 19:51:30 +0900 (JST)\n"
	"From: MAILER-DAEMON@mail.example.com (Mail Delivery System)\n"
	"Subject: Undelivered Mail Returned to Sender\n"
	"To: info@example.com\n"
	"Auto-Submitted: auto-replied\n"
	"MIME-Version: 1.0\n"
	"Content-Type: multipart/report; report-type=delivery-status;\n"
	"\tboundary=\"4ABC5678/mail.example.com\"\n"
	"Message-Id: <20260127105130.4XYZ1234@mail.example.com>\n\n"
	"This is a MIME-encapsulated message.\n\n"
	"--4ABC5678/mail.example.com\n"
	"Content-Description: Notification\n"
	"Content-Type: text/plain; charset=us-ascii\n\n"
	"This is the mail system at host mail.example.com.\n\n"
	"I'm sorry to have to inform you that your message could not\n"
	"be delivered to one or more recipients. It's attached below.\n\n"
	"For further assistance, please send mail to postmaster.\n\n"
	"If you do so, please include this problem report. You can\n"
	"delete your own text from the attached returned message.\n\n"
	"                   The mail system\n\n"
	"<user@example.net>: host mx.example.net[203.0.113.5] said: %s\n\n"
	"--4ABC5678/mail.example.com\n"
	"Content-Description: Delivery report\n"
	"Content-Type: message/delivery-status\n\n"
	"Reporting-MTA: dns; mail.example.com\n"
	"X-Postfix-Queue-ID: 4ABC5678\n"
	"X-Postfix-Sender: rfc822; info@example.com\n"
	"Arrival-Date: Tue, 27 Jan 2026 19:51:28 +0900 (JST)\n\n"
	"Final-Recipient: rfc822; user@example.net\n"
	"Action: failed\n"
	"Status: 5.0.0\n"
	"Remote-MTA: dns; mx.example.net\n"
	"Diagnostic-Code: smtp; %s\n\n"
	"--4ABC5678/mail.example.com\n"
	"Content-Description: Undelivered Message\n"
	"Content-Type: message/rfc822\n\n"
	"Return-Path: <info@example.com>\n"
	"Received: from localhost (localhost [127.0.0.1])\n"
	"\tby mail.example.com (Postfix) with ESMTP id 4ABC5678\n"
	"\tfor <user@example.net>; Tue, 27 Jan 2026 19:51:28 +0900\n"
	"From: info@example.com\n"
	"To: user@example.net\n"
	"Subject: Order 17\n"
	"Message-Id: <17@example.com>\n\n"
	"Thank you for your order. It leaves our house tomorrow.\n\n"
	"--4ABC5678/mail.example.com--\n";

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Read TEXTS times the rules' samples, as they are or as whole mails; prints
 * and returns how many a second. */
static double
measure(const struct rules *rules, bool whole)
{
	static char text[32768];
	double ms = 0, start, rate;
	size_t done = 0, found = 0;

	while (done < TEXTS)
		for (size_t i = 0; i < rules->n; i++, done++) {
			const char *sample = rules->list[i].sample;
			struct arena *arena = arena_new();
			struct bounces got;

			if (whole)
				snprintf(text, sizeof text, mail, sample,
				    sample);
			else
				snprintf(text, sizeof text, "%s", sample);
			start = now_ms();
			bounce_read(arena, rules, "-", text, strlen(text),
			    &got);
			found += got.n;
			arena_free(&arena);
			ms += now_ms() - start;
		}
	rate = (double)done / ms * 1e3;
	printf("%s read: %.0f a second (%zu of %zu are bounces)\n",
	    whole ? "mails" : "replies", rate, found, done);
	return rate;
}

int
main(void)
{
	double start = now_ms(), setup;
	const struct rules *rules = rules_builtin();
	bool fast;

	setup = now_ms() - start;
	printf("rules ready: %.2f ms (%zu rules, %zu wordings)\n", setup,
	    rules->n, rules->n_literals);
	fast = measure(rules, false) >= RATE_LIMIT;
	return measure(rules, true) < RATE_LIMIT || !fast ||
	    setup > SETUP_LIMIT_MS;
}
