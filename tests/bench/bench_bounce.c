/* SPDX-License-Identifier: ISC
 * How fast bounces are read: the time until the rules are ready, replies and
 * whole mails a second over the samples of all rules, and mails a second over
 * the files that are named. Prints figures, beside each how long memchr(3)
 * takes to pass over the same text: a ratio that stays when the machine is
 * busy. Fails only far below the aims (a loaded machine is no fault of ours).
 *
 * bench_bounce [FILE… | @LIST]   LIST names one file a line */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/base/arena.h"
#include "engine/bounce/bounce.h"
#include "engine/bounce/rules.h"
#include "engine/bounce/scan.h"

/* So many reads in each run, and the best of so many runs. */
#define READS 20000
#define RUNS 5
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

/* Texts that are read again and again. */
struct texts {
	struct arena *arena;
	struct span *list;
	size_t n;
};

static void
texts_add(struct texts *texts, const char *text, size_t len)
{
	texts->list = arena_grow(texts->arena, texts->list, texts->n,
	    sizeof *texts->list);
	texts->list[texts->n++] = span_make(arena_strndup(texts->arena, text,
	    len), len);
}

/* How long it takes to find all line ends: the least that any reader does. */
static double
scan_ms(const struct texts *texts, size_t rounds)
{
	double start = now_ms();
	volatile size_t lines = 0;

	for (size_t r = 0; r < rounds; r++)
		for (size_t i = 0; i < texts->n; i++) {
			struct span s = texts->list[i];
			const char *p = s.text, *end = p + s.len;

			while (p != NULL && p < end) {
				p = memchr(p, '\n', (size_t)(end - p));
				p = p != NULL ? p + 1 : NULL;
				lines++;
			}
		}
	return now_ms() - start;
}

/* Read TEXTS in each of some runs; prints the best, and returns how many a
 * second that is. */
static double
measure(const char *name, const struct rules *rules,
    const struct texts *texts)
{
	size_t rounds = READS / texts->n + 1, found = 0, octets = 0, reads;
	double best = 0;

	for (int run = 0; run < RUNS; run++) {
		double start = now_ms(), ms;

		for (size_t r = 0; r < rounds; r++)
			for (size_t i = 0; i < texts->n; i++) {
				struct arena *arena = arena_new();
				struct bounces got;

				bounce_read(arena, rules, "-",
				    texts->list[i].text, texts->list[i].len,
				    &got);
				found += got.n != 0;
				arena_free(&arena);
			}
		ms = now_ms() - start;
		if (run == 0 || ms < best)
			best = ms;
	}
	for (size_t i = 0; i < texts->n; i++)
		octets += texts->list[i].len;
	reads = rounds * texts->n;
	printf("%s: %.0f a second, %.0f MB/s, %.0f times memchr "
	    "(%zu of %zu are bounces, %zu octets each)\n", name,
	    (double)reads / best * 1e3, (double)(octets * rounds) / best / 1e3,
	    best / scan_ms(texts, rounds), found / RUNS / rounds, texts->n,
	    octets / texts->n);
	return (double)reads / best * 1e3;
}

/* The samples of all rules, as they are or as whole mails. */
static double
measure_samples(const struct rules *rules, bool whole)
{
	static char text[32768];
	struct texts texts = { .arena = arena_new() };
	double rate;

	for (size_t i = 0; i < rules->n; i++) {
		const char *sample = rules->list[i].sample;

		snprintf(text, sizeof text, whole ? mail : "%s", sample,
		    sample);
		texts_add(&texts, text, strlen(text));
	}
	rate = measure(whole ? "mails" : "replies", rules, &texts);
	arena_free(&texts.arena);
	return rate;
}

static void
add_file(struct texts *texts, const char *name)
{
	static char text[1 << 20];
	FILE *file = fopen(name, "r");

	if (file == NULL) {
		perror(name);
		return;
	}
	texts_add(texts, text, fread(text, 1, sizeof text, file));
	fclose(file);
}

static void
add_list(struct texts *texts, const char *name)
{
	static char line[4096];
	FILE *list = fopen(name, "r");

	while (list != NULL && fgets(line, sizeof line, list) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		add_file(texts, line);
	}
	if (list != NULL)
		fclose(list);
	else
		perror(name);
}

static void
measure_files(const struct rules *rules, char **names)
{
	struct texts texts = { .arena = arena_new() };

	for (; *names != NULL; names++)
		if ((*names)[0] == '@')
			add_list(&texts, *names + 1);
		else
			add_file(&texts, *names);
	if (texts.n != 0)
		measure("files", rules, &texts);
	arena_free(&texts.arena);
}

int
main(int argc, char **argv)
{
	double start = now_ms(), setup;
	const struct rules *rules = rules_builtin();
	bool fast;

	setup = now_ms() - start;
	printf("rules ready: %.2f ms (%zu rules, %zu wordings)\n", setup,
	    rules->n, rules->n_literals);
	if (argc > 1) {
		measure_files(rules, argv + 1);
		return 0;
	}
	fast = measure_samples(rules, false) >= RATE_LIMIT;
	return measure_samples(rules, true) < RATE_LIMIT || !fast ||
	    setup > SETUP_LIMIT_MS;
}
