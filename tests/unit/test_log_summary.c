/* SPDX-License-Identifier: ISC
 * What is counted in a log: outcomes, classes, times, hosts, keys; what is not
 * counted; and that nothing grows beyond its limit. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "engine/maillog/log_event.h"
#include "engine/maillog/log_summary.h"

#define AT "Feb  1 00:00:0"
#define TO(n) " mail postfix/smtp[7]: 4ABCDEFGHIJ0" n ": to=<x@example.com>, " \
	"relay=mx1.example.com[192.0.2.5]:25, delay=1, delays=0/0/0/1, "
#define UNKNOWN "host mx1.example.com[192.0.2.5] said: 550 5.1.1 " \
	"<x@example.com>: Recipient address rejected: User unknown " \
	"(in reply to RCPT TO command))\n"
/* 2026-02-03 00:00:00 UTC */
#define MODIFIED ((time_t)1770076800)

static struct log_result
summarise(struct log_summary **summary, enum log_by by, const char *text)
{
	struct log_result result;

	*summary = log_summary_new(rules_builtin(), by);
	log_summary_begin(*summary, MODIFIED);
	log_summary_add(*summary, text, strlen(text));
	log_summary_result(*summary, &result);
	return result;
}

static void
test_outcomes(void **state)
{
	static const struct {
		const char *line;
		unsigned long long sent, bounced, deferred, expired;
	} rows[] = {
		{ AT "1" TO("1") "dsn=2.0.0, status=sent (250 OK)", 1, 0, 0, 0 },
		{ AT "1" TO("1") "dsn=5.1.1, status=bounced (" UNKNOWN,
		    0, 1, 0, 0 },
		{ AT "1" TO("1") "dsn=5.1.1, status=bounced (" UNKNOWN "\r",
		    0, 1, 0, 0 },
		{ AT "1" TO("1") "dsn=4.1.1, status=deferred (" UNKNOWN,
		    0, 0, 1, 0 },
		{ AT "1" TO("1") "dsn=5.1.1, status=SOFTBOUNCE (" UNKNOWN,
		    0, 0, 1, 0 },
		{ AT "1 mail postfix/qmgr[1]: 3F00AA11BB2: from=<a@b.example>, "
		    "status=expired, returned to sender", 0, 0, 0, 1 },
		{ AT "1 mail postfix/qmgr[1]: 3F00AA11BB2: from=<>, "
		    "status=force-expired, returned to sender", 0, 0, 0, 1 },
		/* the words of others do not count */
		{ AT "1" TO("1") "dsn=2.0.0, status=sent (250 OK, status="
		    "bounced (no), status=deferred (no))", 1, 0, 0, 0 },
		{ AT "1 mail postfix/cleanup[1]: 3F00AA11BB2: warning: header "
		    "Subject: to=<x>, status=bounced (x)", 0, 0, 0, 0 },
		{ "GET /?to=<x>, status=bounced (x)", 0, 0, 0, 0 },
		{ AT "1" TO("1") "dsn=2.1.5, status=deliverable (250 OK)",
		    0, 0, 0, 0 },
		{ AT "1" TO("1") "dsn=5.1.1, status=", 0, 0, 0, 0 },
		/* other forms of the same line */
		{ "3F00AA11BB2: to=<x@example.com>, relay=none, delay=1, "
		    "dsn=4.4.1, status=deferred (x)", 0, 0, 1, 0 },
		{ "MESSAGE=3F00AA11BB2: to=<x@example.com>, relay=none, "
		    "delay=1, dsn=4.4.1, status=deferred (x)", 0, 0, 1, 0 },
		{ "2026-02-01T00:00:01+09:00 h postfix-out/smtp[1]: "
		    "3F00AA11BB2: to=<x@example.com>, relay=none, delay=1, "
		    "dsn=4.4.1, status=deferred (x)", 0, 0, 1, 0 }
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct log_summary *s;
		struct log_result got = summarise(&s, LOG_BY_NOTHING,
		    rows[i].line);

		if (got.sent != rows[i].sent ||
		    got.counts.bounced != rows[i].bounced ||
		    got.counts.deferred != rows[i].deferred ||
		    got.counts.expired != rows[i].expired)
			fail_msg("%s: %llu %llu %llu %llu", rows[i].line,
			    got.sent, got.counts.bounced, got.counts.deferred,
			    got.counts.expired);
		log_summary_free(&s);
	}
}

static void
test_class(void **state)
{
	struct log_summary *s;
	struct log_result got = summarise(&s, LOG_BY_NOTHING,
	    AT "5" TO("1") "dsn=5.1.1, status=bounced (" UNKNOWN
	    AT "3" TO("2") "dsn=5.1.1, status=bounced (" UNKNOWN
	    AT "4" TO("3") "dsn=5.1.1, status=bounced (" UNKNOWN
	    AT "6 mail postfix/smtp[7]: 3F00AA11BB2: to=<y@example.net>, "
	    "relay=none, delay=1, delays=0/0/0/1, dsn=4.4.1, status=deferred "
	    "(connect to mx.example.net[192.0.2.9]:25: Connection refused)\n"
	    AT "7 mail postfix/qmgr[1]: 3F00AA11BB2: from=<a@b.example>, "
	    "status=expired, returned to sender\n"
	    AT "8 mail postfix/qmgr[1]: 3F00AA11BB3: from=<a@b.example>, "
	    "status=expired, returned to sender\n");
	const struct log_class *c = got.classes;

	(void)state;
	assert_int_equal(got.lines, 6);
	assert_int_equal(got.n_classes, 3);
	assert_string_equal(c[0].id, "rcpt_unknown");
	assert_int_equal(c[0].counts.bounced, 3);
	assert_string_equal(c[0].first.text, "2026-02-01T00:00:03");
	assert_string_equal(c[0].last.text, "2026-02-01T00:00:05");
	assert_int_equal(c[0].n_hosts, 1);
	assert_string_equal(c[0].hosts[0].name, "mx1.example.com");
	assert_int_equal(c[0].hosts[0].count, 3);
	assert_memory_equal(c[0].sample, AT "5", sizeof AT);
	/* the expired message has the class of its delay */
	assert_string_equal(c[1].id, "connect");
	assert_int_equal(c[1].counts.deferred, 1);
	assert_int_equal(c[1].counts.expired, 1);
	assert_string_equal(c[1].hosts[0].name, "mx.example.net");
	/* or, where the log does not tell it, its own */
	assert_string_equal(c[2].id, "expired");
	log_summary_free(&s);
	assert_null(s);
}

static void
test_by(void **state)
{
	static const char text[] =
	    AT "1 mail postfix/qmgr[1]: 4ABCDEFGHIJ01: from=<w@Shop.example>, "
	    "size=1, nrcpt=1 (queue active)\n"
	    AT "1" TO("1") "dsn=5.1.1, status=bounced (" UNKNOWN
	    AT "2" TO("2") "dsn=5.1.1, status=deferred (" UNKNOWN
	    "Feb  2 00:00:00 mail postfix/qmgr[1]: 4ABCDEFGHIJ02: from=<>, "
	    "status=expired, returned to sender\n";
	static const struct {
		enum log_by by;
		size_t n;
		const char *name;
		unsigned long long bounced, deferred, expired;
	} rows[] = {
		{ LOG_BY_NOTHING, 0, NULL, 0, 0, 0 },
		{ LOG_BY_SENDER, 2, "shop.example", 1, 0, 0 },
		{ LOG_BY_RECIPIENT, 1, "example.com", 1, 1, 1 },
		{ LOG_BY_HOST, 1, "mx1.example.com", 1, 1, 1 },
		{ LOG_BY_DAY, 2, "2026-02-01", 1, 1, 0 }
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct log_summary *s;
		struct log_result got = summarise(&s, rows[i].by, text);
		const struct log_key *found = NULL;
		enum log_by by;

		assert_int_equal(got.n_keys, rows[i].n);
		for (size_t k = 0; k < got.n_keys; k++)
			if (strcmp(got.keys[k].name, rows[i].name) == 0)
				found = &got.keys[k];
		if (rows[i].by != LOG_BY_NOTHING) {
			assert_non_null(found);
			assert_int_equal(found->counts.bounced,
			    rows[i].bounced);
			assert_int_equal(found->counts.deferred,
			    rows[i].deferred);
			assert_int_equal(found->counts.expired,
			    rows[i].expired);
			assert_string_equal(found->class_id, "rcpt_unknown");
			assert_true(log_by_find(log_by_name(rows[i].by), &by));
			assert_int_equal(by, rows[i].by);
		}
		log_summary_free(&s);
	}
}

static void
test_times(void **state)
{
	static const struct {
		const char *line, *text;
		long long seconds;
	} rows[] = {
		{ "Feb  1 00:00:03 h", "2026-02-01T00:00:03", 1769904003 },
		/* later than the file: it was last year */
		{ "Dec 31 23:59:59 h", "2025-12-31T23:59:59", 1767225599 },
		{ "<22>Feb  1 00:00:03 h", "2026-02-01T00:00:03", 1769904003 },
		{ "2026-02-01T00:00:03 h", "2026-02-01T00:00:03", 1769904003 },
		{ "2026-02-01T00:00:03.123456+09:00 h",
		    "2026-02-01T00:00:03+09:00", 1769871603 },
		{ "2026-02-01T00:00:03-0530 h", "2026-02-01T00:00:03-05:30",
		    1769923803 },
		{ "2024-02-29 12:00:00Z", "2024-02-29T12:00:00Z", 1709208000 },
		{ "__REALTIME_TIMESTAMP=1769904003123456",
		    "2026-02-01T00:00:03Z", 1769904003 },
		{ "", NULL, 0 }, { "Feb  1 00:00", NULL, 0 },
		{ "Foo  1 00:00:03 h", NULL, 0 },
		{ "Feb 41 00:00:03 h", NULL, 0 },
		{ "Feb  1 25:00:03 h", NULL, 0 },
		{ "2026-13-01T00:00:03", NULL, 0 },
		{ "2026-02-0xT00:00:03", NULL, 0 }, { "<22", NULL, 0 }
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct log_time got;
		bool known = log_time_read(rows[i].line,
		    strlen(rows[i].line), MODIFIED, &got);

		assert_int_equal(known, rows[i].text != NULL);
		if (rows[i].text == NULL)
			continue;
		assert_string_equal(got.text, rows[i].text);
		assert_int_equal(got.seconds, rows[i].seconds);
	}
}

static uint64_t
words_of(const char *reason)
{
	char line[1024];
	struct log_event event;

	snprintf(line, sizeof line, "Feb  1 00:00:00 h postfix/smtp[1]: "
	    "3F00AA11BB2: to=<x@example.com>, relay=a[192.0.2.1]:25, "
	    "dsn=5.0.0, status=bounced (%s)", reason);
	assert_true(log_event_read(span_of(line), strstr(line, ", status="),
	    &event));
	return log_event_words(&event);
}

static void
test_words(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} rows[] = {
		{ "550 <a@example.com> no", "550 <bc@example.net> no", true },
		{ "from 192.0.2.1 no", "from 198.51.100.20 no", true },
		{ "d9443c01a7336-23e3b5f7a1bsi12 - gsmtp",
		    "a1443c01b7336-44e3b5f7a1csi12 - gsmtp", true },
		{ "id 1769904000", "id 1769904001", true },
		{ "550 5.7.1 no", "550 5.7.26 no", false },
		{ "550 no", "450 no", false },
		{ "S3140", "S3150", false },
		{ "IPBL100001", "IPBL100002", false },
		{ "AS(201806281)", "AS(201806282)", false },
		{ "127.0.0.2 listed", "127.255.255.254 listed", false },
		{ "p=x@example.com", "q=x@example.com", false }
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if ((words_of(rows[i].a) == words_of(rows[i].b)) !=
		    rows[i].same)
			fail_msg("'%s' and '%s'", rows[i].a, rows[i].b);
}

/* More hosts than are kept: all lines still count. */
static void
test_limits(void **state)
{
	const size_t n = LOG_HOSTS_MAX + 100;
	struct log_summary *s = log_summary_new(rules_builtin(), LOG_BY_HOST);
	struct log_result got;
	char line[512];
	size_t hosts = 0;

	(void)state;
	log_summary_begin(s, MODIFIED);
	for (size_t i = 0; i < n; i++) {
		snprintf(line, sizeof line, "Feb  1 00:00:00 h postfix/smtp[1]"
		    ": 3F00AA11BB2: to=<x@example.com>, relay=h%012zu.example"
		    "[192.0.2.1]:25, dsn=5.1.1, status=bounced (550 5.1.1 "
		    "user unknown)\n", i);
		log_summary_add(s, line, strlen(line));
	}
	log_summary_result(s, &got);
	assert_int_equal(got.counts.bounced, n);
	for (size_t i = 0; i < got.n_classes; i++)
		hosts += got.classes[i].n_hosts +
		    got.classes[i].other_hosts;
	assert_int_equal(hosts, n);
	assert_int_equal(got.n_keys, LOG_KEYS_MAX);
	assert_int_equal(got.n_keys + got.other_keys.bounced, n);
	log_summary_free(&s);
}

static void
test_tables(void **state)
{
	struct recent recent;
	struct tally tally;
	uint64_t value;

	(void)state;
	tally_init(&tally, 2);
	assert_int_equal(tally_at(&tally, 1, "a", 1), 0);
	assert_int_equal(tally_at(&tally, 2, "a", 1), 1);
	assert_int_equal(tally_at(&tally, 1, "b", 1), TALLY_NONE);
	assert_int_equal(tally_at(&tally, 1, "a\0x", 3), 0);
	tally_free(&tally);
	/* one set: the fifth key takes the place of the oldest */
	recent_init(&recent, 0);
	for (uint64_t key = 1; key <= 4; key++)
		recent_put(&recent, key, key * 10);
	recent_put(&recent, 1, 11);
	recent_put(&recent, 5, 50);
	assert_true(recent_get(&recent, 1, &value));
	assert_int_equal(value, 11);
	assert_false(recent_get(&recent, 2, &value));
	assert_true(recent_get(&recent, 3, &value));
	assert_false(recent_get(&recent, 0, &value));
	recent_free(&recent);
}

static void
test_is_mail(void **state)
{
	static const struct {
		const char *text;
		bool want;
	} rows[] = {
		{ "", false }, { "hello\n", false },
		{ "Feb  1 00:00:00 h sshd[1]: Accepted\n", false },
		{ "x\nFeb  1 00:00:00 h postfix/qmgr[1]: 3F00AA11BB2: "
		    "removed\n", true },
		{ AT "1" TO("1") "dsn=2.0.0, status=sent (250 OK)\n", true }
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct log_summary *s;

		summarise(&s, LOG_BY_NOTHING, rows[i].text);
		assert_int_equal(log_summary_is_mail(s), rows[i].want);
		log_summary_begin(s, MODIFIED);
		assert_false(log_summary_is_mail(s));
		log_summary_free(&s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_outcomes),
		cmocka_unit_test(test_class),
		cmocka_unit_test(test_by),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_is_mail)
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests_name("log_summary", tests, NULL, NULL);
}
