/* SPDX-License-Identifier: ISC
 * A test message from its letter to the receiver's reply: sendmail played by
 * scripts, a log that grows, is rotated and cut meanwhile. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/maillog/testmail.h"

static struct {
	char folder[64], program[96], log[96], moved[96], output[96];
	struct arena *arena;
} f;

static int
set_up(void **state)
{
	(void)state;
	snprintf(f.folder, sizeof f.folder, "/tmp/whybounce-test-XXXXXX");
	if (mkdtemp(f.folder) == NULL)
		return -1;
	snprintf(f.program, sizeof f.program, "%s/sendmail", f.folder);
	snprintf(f.log, sizeof f.log, "%s/mail.log", f.folder);
	snprintf(f.moved, sizeof f.moved, "%s/mail.log.1", f.folder);
	snprintf(f.output, sizeof f.output, "%s/output", f.folder);
	f.arena = arena_new();
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	unlink(f.program);
	unlink(f.log);
	unlink(f.moved);
	unlink(f.output);
	arena_free(&f.arena);
	return rmdir(f.folder);
}

static void
put(const char *path, const char *mode, const char *text)
{
	FILE *stream = fopen(path, mode);

	assert_non_null(stream);
	assert_true(fputs(text, stream) >= 0);
	assert_int_equal(fclose(stream), 0);
}

static void
script(const char *text)
{
	put(f.program, "w", "#!/bin/sh\n");
	put(f.program, "a", text);
	assert_int_equal(chmod(f.program, 0700), 0);
}

/* ---- the letter */

static void
check_start(const char *text, const char *want)
{
	if (strncmp(text, want, strlen(want)) != 0)
		fail_msg("it begins otherwise:\n%s", text);
}

static const struct letter_options simple = {
	.sender = "info@example.net", .recipient = "taro@example.com",
	.host = "mx.example.net", .time = 1770026400, .unique = 0xabc
};

static void
test_letter(void **state)
{
	struct letter_options options = simple;
	struct letter letter;
	struct str err;

	(void)state;
	str_init(&err, 1024);
	assert_true(letter_write(f.arena, &options, &letter, &err));
	assert_string_equal(letter.command,
	    "sendmail -f info@example.net taro@example.com");
	check_start(letter.text,
	    "From: info@example.net\nTo: taro@example.com\n"
	    "Subject: Test message from mx.example.net\n"
	    "Date: Mon, 02 Feb 2026 10:00:00 +0000\n"
	    "Message-ID: <whybounce.698075a0.abc@mx.example.net>\n");
	assert_true(strlen(letter.text) < RUN_INPUT_MAX);
	options.from_domain = "example.org";
	options.directory = "/etc/post fix";
	options.recipient = "o'neill@example.com";
	assert_true(letter_write(f.arena, &options, &letter, &err));
	assert_string_equal(letter.command, "sendmail -C '/etc/post fix' -f "
	    "info@example.net 'o'\\''neill@example.com'");
	check_start(letter.text, "From: info@example.org\n");
	options.host = "a\r\nBcc: x@example.com";
	assert_true(letter_write(f.arena, &options, &letter, &err));
	assert_null(strstr(letter.text, "Bcc"));
	str_free(&err);
}

static void
test_addresses(void **state)
{
	static const char *const good[] = {
		"a@b", "o'neill@example.com", "a+b=c@xn--zckzah.example",
		"$rm|x@example.com"
	}, *const bad[] = {
		"", "a", "@", "a@", "@b", "a@b@c", "-t@example.com",
		"a b@example.com", "a@example.com\nBcc: b@example.com",
		"<a@example.com>", "a@example.com,b@example.com",
		"a@example.com\r", "\"a\"@example.com", "a@\xc3\xa4.example"
	};
	char longest[300];

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		if (!letter_address(good[i]))
			fail_msg("%s is refused", good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct letter_options options = simple;
		struct letter letter;
		struct str err;

		if (letter_address(bad[i]))
			fail_msg("'%s' is taken", bad[i]);
		str_init(&err, 1024);
		options.recipient = bad[i];
		assert_false(letter_write(f.arena, &options, &letter, &err));
		assert_true(err.len != 0);
		str_free(&err);
	}
	memset(longest, 'a', sizeof longest);
	longest[1] = '@';
	longest[254] = '\0';
	assert_true(letter_address(longest));
	longest[254] = 'a';
	longest[255] = '\0';
	assert_false(letter_address(longest));
}

/* ---- the way through the log */

#define ID "<1.2@mx.example.net>"
#define HEAD "Feb  2 10:00:00 mx postfix/"
#define PICKUP(id) HEAD "pickup[1]: " id ": uid=33 from=<info@example.net>\n"
#define CLEANUP(id) HEAD "cleanup[2]: " id ": message-id=" ID "\n"
#define TO(id, relay, status) HEAD "smtp[3]: " id ": to=<taro@example.com>, " \
	"relay=" relay ", delay=1, delays=0/0/1/0, dsn=2.0.0, status=" \
	status "\n"
#define MX "mx1.example.com[192.0.2.25]:25"
#define OTHER HEAD "cleanup[9]: BBBBBBBBBB: message-id=<x@example.org>\n" \
	HEAD "smtp[9]: BBBBBBBBBB: to=<x@example.com>, relay=" MX \
	", status=bounced (no)\n"

static const struct {
	const char *what, *log, *id;
	enum outcome outcome;
	const char *relay, *words;
	bool here;
	size_t lines;
} traces[] = {
	{ "nothing", "", NULL, OUTCOME_UNKNOWN, NULL, NULL, false, 0 },
	{ "others", OTHER, NULL, OUTCOME_UNKNOWN, NULL, NULL, false, 0 },
	{ "taken in", PICKUP("AAAAAAAAAA") OTHER CLEANUP("AAAAAAAAAA"),
	  "AAAAAAAAAA", OUTCOME_UNKNOWN, NULL, NULL, false, 2 },
	{ "accepted", PICKUP("AAAAAAAAAA") CLEANUP("AAAAAAAAAA") OTHER
	  TO("AAAAAAAAAA", MX, "sent (250 2.0.0 OK (a b) gsmtp)"),
	  "AAAAAAAAAA", OUTCOME_SENT, MX, "250 2.0.0 OK (a b) gsmtp", false,
	  3 },
	{ "deferred", CLEANUP("AAAAAAAAAA") TO("AAAAAAAAAA", "none",
	  "deferred (connect to " MX ": Connection timed out)"),
	  "AAAAAAAAAA", OUTCOME_DEFERRED, "none",
	  "connect to " MX ": Connection timed out", false, 2 },
	{ "refused", CLEANUP("AAAAAAAAAA") TO("AAAAAAAAAA", MX, "bounced ("
	  "host mx1.example.com[192.0.2.25] said: 550 no)") TO("AAAAAAAAAA",
	  MX, "sent (250 another recipient)"), "AAAAAAAAAA", OUTCOME_BOUNCED,
	  MX, "host mx1.example.com[192.0.2.25] said: 550 no", false, 3 },
	{ "a filter gives it back", CLEANUP("AAAAAAAAAA")
	  CLEANUP("BBBBBBBBBBBBB") TO("AAAAAAAAAA",
	  "127.0.0.1[127.0.0.1]:10024", "sent (250 queued as BBBBBBBBBBBBB)")
	  TO("BBBBBBBBBBBBB", MX, "bounced (550 no)"), "BBBBBBBBBBBBB",
	  OUTCOME_BOUNCED, MX, "550 no", false, 2 },
	{ "a filter keeps it", CLEANUP("AAAAAAAAAA") TO("AAAAAAAAAA",
	  "127.0.0.1[127.0.0.1]:10024", "sent (250 ok)"), "AAAAAAAAAA",
	  OUTCOME_SENT, "127.0.0.1[127.0.0.1]:10024", "250 ok", true, 2 },
	{ "a mailbox", CLEANUP("AAAAAAAAAA") TO("AAAAAAAAAA", "local",
	  "sent (delivered to mailbox)"), "AAAAAAAAAA", OUTCOME_SENT, "local",
	  "delivered to mailbox", true, 2 },
	{ "a host called local", CLEANUP("AAAAAAAAAA") TO("AAAAAAAAAA",
	  "local.example.com[192.0.2.1]:25", "sent (250 ok)"), "AAAAAAAAAA",
	  OUTCOME_SENT, "local.example.com[192.0.2.1]:25", "250 ok", false, 2 },
	{ "queue ids differ in case", CLEANUP("4Zk1aBcDeFgHjK")
	  TO("4ZK1ABCDEFGHJK", MX, "bounced (550 no)"), "4Zk1aBcDeFgHjK",
	  OUTCOME_UNKNOWN, NULL, NULL, false, 1 },
	{ "the id in somebody else's reply", CLEANUP("AAAAAAAAAA")
	  HEAD "smtp[3]: CCCCCCCCCC: to=<x@example.com>, relay=" MX
	  ", status=bounced (AAAAAAAAAA: message-id=" ID ", status=sent)\n",
	  "AAAAAAAAAA", OUTCOME_UNKNOWN, NULL, NULL, false, 2 },
	{ "no delivery's line", CLEANUP("AAAAAAAAAA") HEAD "qmgr[3]: "
	  "AAAAAAAAAA: from=<x@example.com>, status=expired, returned\n",
	  "AAAAAAAAAA", OUTCOME_UNKNOWN, NULL, NULL, false, 2 },
	{ "odd octets", CLEANUP("AAAAAAAAAA") "\n\xff\xfe: status=sent\n"
	  HEAD "smtp[3]: AAAAAAAAAA:\n" HEAD "smtp[3]: AAAAAAAAAA: to=<x>, "
	  "relay=, status=\n", "AAAAAAAAAA", OUTCOME_UNKNOWN, NULL, NULL,
	  false, 3 }
};

static void
check_same(const char *what, const char *got, const char *want)
{
	if (got == want || (got != NULL && want != NULL &&
	    strcmp(got, want) == 0))
		return;
	fail_msg("%s: %s, not %s", what, got == NULL ? "nothing" : got,
	    want == NULL ? "nothing" : want);
}

/* In one piece, and line by line. */
static void
check_trace(size_t i, bool whole)
{
	struct log_trace *trace = log_trace_new(ID);
	struct log_traced traced;
	const char *text = traces[i].log, *lines;
	size_t len, n = 0;

	while (*text != '\0') {
		size_t part = whole ? strlen(text) :
		    (size_t)(strchr(text, '\n') + 1 - text);

		log_trace_add(trace, text, part);
		text += part;
	}
	log_trace_result(trace, &traced);
	check_same(traces[i].what, traced.queue_id, traces[i].id);
	check_same(traces[i].what, traced.relay, traces[i].relay);
	check_same(traces[i].what, traced.words, traces[i].words);
	if (traced.outcome != traces[i].outcome ||
	    traced.here != traces[i].here)
		fail_msg("%s: %s%s", traces[i].what,
		    outcome_name(traced.outcome), traced.here ? " here" : "");
	lines = log_trace_text(trace, &len);
	for (size_t k = 0; k < len; k++)
		n += lines[k] == '\n';
	if (n != traces[i].lines)
		fail_msg("%s: %zu lines", traces[i].what, n);
	log_trace_free(&trace);
}

static void
test_trace(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof traces / sizeof *traces; i++) {
		check_trace(i, true);
		check_trace(i, false);
	}
}

/* A log of strangers' mail does not grow the memory, and hides nothing. */
static void
test_trace_busy(void **state)
{
	struct log_trace *trace = log_trace_new(ID);
	struct log_traced traced;

	(void)state;
	for (size_t i = 0; i < 20000; i++)
		log_trace_add(trace, OTHER, sizeof OTHER - 1);
	log_trace_add(trace, CLEANUP("AAAAAAAAAA"),
	    sizeof CLEANUP("AAAAAAAAAA") - 1);
	log_trace_result(trace, &traced);
	check_same("busy", traced.queue_id, "AAAAAAAAAA");
	log_trace_free(&trace);
}

/* ---- a log that grows */

static void
expect(struct log_follow *follow, const char *want)
{
	struct str got;
	const char *text;
	size_t len;

	str_init(&got, 1u << 20);
	/* a rotation is seen on the next look */
	for (int i = 0; i < 4; i++) {
		log_follow_next(follow, &text, &len);
		str_add(&got, text, len);
	}
	assert_string_equal(got.text, want);
	str_free(&got);
}

static void
test_follow(void **state)
{
	struct log_follow *follow;
	struct pollfd fds[LOG_FOLLOW_FDS];
	struct str err;
	int timeout = -1;

	(void)state;
	str_init(&err, 1024);
	put(f.log, "w", "before\n");
	assert_int_equal(log_follow_open(&follow, f.log, NULL, NULL, &err),
	    LOG_STREAM_OPEN);
	assert_int_equal(log_follow_poll(follow, fds, &timeout), 0);
	assert_true(timeout > 0 && timeout <= 1000);
	expect(follow, "");
	put(f.log, "a", "one\ntw");
	expect(follow, "one\n");
	put(f.log, "a", "o\n");
	expect(follow, "two\n");
	/* moved away, and written to once more before the next one is there */
	assert_int_equal(rename(f.log, f.moved), 0);
	put(f.moved, "a", "three\n");
	expect(follow, "three\n");
	put(f.log, "w", "four\n");
	expect(follow, "four\n");
	/* copied away and cut */
	put(f.log, "w", "5\n");
	expect(follow, "5\n");
	log_follow_close(&follow);
	str_free(&err);
}

static void
test_follow_none(void **state)
{
	static const char *const none[] = { NULL };
	const char *journals[] = { f.program, NULL };
	struct log_follow *follow;
	struct pollfd fds[LOG_FOLLOW_FDS];
	struct str err;
	int timeout = -1;

	(void)state;
	str_init(&err, 1024);
	assert_int_equal(log_follow_open(&follow, f.log, NULL, NULL, &err),
	    LOG_STREAM_NONE);
	assert_int_equal(log_follow_open(&follow, f.folder, NULL, NULL, &err),
	    LOG_STREAM_UNUSABLE);
	assert_true(err.len != 0);
	put(f.log, "w", "");
	assert_int_equal(chmod(f.log, 0), 0);
	if (access(f.log, R_OK) != 0)
		assert_int_equal(log_follow_open(&follow, f.log, NULL, NULL,
		    &err), LOG_STREAM_DENIED);
	assert_int_equal(log_follow_open(&follow, NULL, none, none, &err),
	    LOG_STREAM_NONE);
	/* the journal: its program prints, goes on, and is ended with us */
	script("echo \"$*\"; exec sleep 60\n");
	assert_int_equal(log_follow_open(&follow, NULL, none, journals, &err),
	    LOG_STREAM_OPEN);
	assert_int_equal(log_follow_poll(follow, fds, &timeout), 1);
	assert_int_equal(timeout, -1);
	assert_int_equal(poll(fds, 1, 10000), 1);
	expect(follow, "--output=short-iso --no-pager --quiet --follow "
	    "--lines=1000 SYSLOG_FACILITY=2\n");
	log_follow_close(&follow);
	str_free(&err);
}

/* A log that nobody writes to any more gives way to the journal; a quiet one
 * does not, nor does one that was named. */
static void
test_follow_stale(void **state)
{
	const struct timespec old[] = { { .tv_sec = 1 }, { .tv_sec = 1 } };
	const char *files[] = { f.log, NULL };
	const char *journals[] = { f.program, NULL };
	const char *none[] = { NULL };
	struct log_follow *follow;
	struct str err;

	(void)state;
	str_init(&err, 1024);
	script("exec sleep 60\n");
	put(f.log, "w", "before\n");
	for (int i = 0; i < 4; i++) {
		if (i == 1)
			assert_int_equal(utimensat(AT_FDCWD, f.log, old, 0),
			    0);
		assert_int_equal(log_follow_open(&follow,
		    i == 3 ? f.log : NULL, files, i == 2 ? none : journals,
		    &err), LOG_STREAM_OPEN);
		assert_string_equal(log_follow_name(follow), i == 1 ?
		    "journalctl" : f.log);
		log_follow_close(&follow);
	}
	str_free(&err);
}

/* ---- all of it */

static enum testmail_state
run(struct testmail *mail, enum testmail_state until)
{
	struct pollfd fds[TESTMAIL_FDS];
	enum testmail_state state = testmail_io(mail);

	while (!testmail_ended(mail) && state != until) {
		int timeout = -1;
		size_t n = testmail_poll(mail, fds, &timeout);

		assert_true(n <= TESTMAIL_FDS && timeout >= 0);
		poll(fds, n, timeout);
		state = testmail_io(mail);
	}
	return state;
}

static struct testmail *
start(const char *log)
{
	static const char *const none[] = { NULL };
	struct letter letter;
	struct str err;

	str_init(&err, 1024);
	assert_true(letter_write(f.arena, &simple, &letter, &err));
	str_free(&err);
	/* in the logs above it has another one */
	letter.message_id = ID;
	return testmail_start(&letter, f.program, log, none, none);
}

static const struct {
	const char *what, *script, *log;
	enum testmail_state state;
	const char *why;
} mails[] = {
	{ "accepted", "exit 0\n", CLEANUP("AAAAAAAAAA") TO("AAAAAAAAAA", MX,
	  "sent (250 ok)"), TESTMAIL_ACCEPTED, "" },
	{ "refused", "exit 0\n", CLEANUP("AAAAAAAAAA") TO("AAAAAAAAAA", MX,
	  "bounced (550 no)"), TESTMAIL_REFUSED, "" },
	{ "deferred", "exit 0\n", CLEANUP("AAAAAAAAAA") TO("AAAAAAAAAA", MX,
	  "deferred (450 no)"), TESTMAIL_DEFERRED, "" },
	{ "here", "exit 0\n", CLEANUP("AAAAAAAAAA") TO("AAAAAAAAAA", "local",
	  "sent (delivered)"), TESTMAIL_HERE, "" },
	{ "not sent", "echo 'fatal: no queue' >&2; echo more >&2; exit 75\n",
	  "", TESTMAIL_NOT_SENT, "fatal: no queue" }
};

static void
test_mails(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof mails / sizeof *mails; i++) {
		struct testmail *mail;

		put(f.log, "w", "old: message-id=" ID "\n");
		script(mails[i].script);
		mail = start(f.log);
		put(f.log, "a", mails[i].log);
		if (run(mail, TESTMAIL_LATE) != mails[i].state)
			fail_msg("%s: %d", mails[i].what,
			    (int)testmail_io(mail));
		check_same(mails[i].what, testmail_why(mail), mails[i].why);
		testmail_free(&mail);
	}
}

/* What sendmail gets: the arguments as they are, the letter, no shell. */
static void
test_command(void **state)
{
	struct testmail *mail;
	char got[4096];
	FILE *stream;
	size_t len;

	(void)state;
	script("cd \"${0%/*}\" && { echo \"$#: $*\"; cat; } >output\n");
	mail = start(f.log);
	assert_int_equal(run(mail, TESTMAIL_LATE), TESTMAIL_UNSEEN);
	testmail_free(&mail);
	stream = fopen(f.output, "r");
	assert_non_null(stream);
	len = fread(got, 1, sizeof got - 1, stream);
	got[len] = '\0';
	fclose(stream);
	check_start(got, "3: -f info@example.net taro@example.com\n"
	    "From: info@example.net\n");
	assert_non_null(strstr(got, "\nNothing needs to be done with it.\n"));
}

/* The log is written while it is being watched, by a filter's detour too. */
static void
test_growing(void **state)
{
	struct testmail *mail;
	struct log_traced traced;
	const char *name;

	(void)state;
	put(f.log, "w", "");
	script("exec cat >/dev/null\n");
	mail = start(f.log);
	assert_int_equal(run(mail, TESTMAIL_LOOKING), TESTMAIL_LOOKING);
	put(f.log, "a", PICKUP("AAAAAAAAAA") CLEANUP("AAAAAAAAAA"));
	assert_int_equal(run(mail, TESTMAIL_UNDER_WAY), TESTMAIL_UNDER_WAY);
	put(f.log, "a", TO("AAAAAAAAAA", "127.0.0.1[127.0.0.1]:10024",
	    "sent (250 ok)"));
	assert_int_equal(testmail_io(mail), TESTMAIL_UNDER_WAY);
	put(f.log, "a", CLEANUP("BBBBBBBBBB") TO("BBBBBBBBBB", MX,
	    "sent (250 2.0.0 taken)"));
	assert_int_equal(run(mail, TESTMAIL_LATE), TESTMAIL_ACCEPTED);
	testmail_result(mail, &traced);
	check_same("relay", traced.relay, MX);
	check_same("words", traced.words, "250 2.0.0 taken");
	assert_int_equal(testmail_log(mail, &name), LOG_STREAM_OPEN);
	check_same("log", name, f.log);
	testmail_free(&mail);
}

/* Nobody waits for what hangs: it is ended with us. */
static void
test_left(void **state)
{
	struct testmail *mail;

	(void)state;
	put(f.log, "w", "");
	script("exec sleep 60\n");
	mail = start(f.log);
	assert_int_equal(testmail_io(mail), TESTMAIL_SENDING);
	testmail_free(&mail);
	assert_null(mail);
	unlink(f.program);
	mail = start(f.log);
	assert_int_equal(run(mail, TESTMAIL_LATE), TESTMAIL_NOT_SENT);
	check_same("no program", testmail_why(mail), strerror(ENOENT));
	testmail_free(&mail);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_letter, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_addresses, set_up,
		    tear_down),
		cmocka_unit_test(test_trace),
		cmocka_unit_test(test_trace_busy),
		cmocka_unit_test_setup_teardown(test_follow, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_follow_stale, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_follow_none, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_mails, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_command, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_growing, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_left, set_up, tear_down)
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests_name("testmail", tests, NULL, NULL);
}
