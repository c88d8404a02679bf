/* SPDX-License-Identifier: ISC
 * Reports from results made by hand: what stands in them, in which order, how
 * wide, and that nothing foreign gets through raw. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/world/file_write.h"
#include "engine/report/report_json.h"
#include "engine/report/report_text.h"
#include "engine/report/wrap.h"

#define OUT_MAX ((size_t)1 << 20)
#define COUNT(array) (sizeof(array) / sizeof *(array))

/* What an attacker's record, host name or reply may hold. */
#define EVIL "\033]0;owned\007\xe2\x80\xae\xff"

static const char *const txt_key[] = {
	"dns example.net TXT", "dns gone", NULL
};
static const char *const no_alternatives[] = { "spf", NULL };

static struct bounce bounce = {
	.file = "a.eml", .class_id = "unauth",
	.alternatives = no_alternatives, .rule = "google.unauthenticated",
	.provider = "google", .outcome = OUTCOME_BOUNCED, .reply = "550",
	.status = "5.7.26", .stage = STAGE_END_OF_DATA,
	.recipient = "taro@example.com", .sender = "",
	.remote_host = "mx.example.com" EVIL, .remote_ip = "192.0.2.25",
	.text = "550 5.7.26 unauthenticated " EVIL
};
static struct bounces bounces = { .list = &bounce, .n = 1 };

static const struct spf_step spf_steps[] = {
	{ 0, "example.net", "include:a.example", 7, 17, "a.example",
	    SPF_NEUTRAL, 1, 0 },
	{ 1, "a.example", "ip4:192.0.2.7", 7, 13, NULL, SPF_PASS, 1, 0 }
};
static const struct spf_judgement softfail = {
	.result = SPF_SOFTFAIL, .domain = "example.net",
	.record = "v=spf1 ~all", .reason = "No term matches 192.0.2.7.",
	.matched = "~all", .lookups = 3, .steps = spf_steps,
	.n_steps = COUNT(spf_steps)
};
static struct authentication authentication[] = {
	{ "192.0.2.7", "web@example.net", "mx.example.net", &softfail, NULL,
	    "none", NULL },
	{ "2001:db8:1111:2222:3333:4444:5555:6666", "web@example.net",
	    "mx.example.net", NULL, NULL, NULL, NULL },
	{ NULL, "other@example.net", NULL, NULL, NULL, NULL, NULL }
};
static const char *const evidence[] = { "main.cf names a relay." };
static struct finding list[] = {
	{ "spf.missing", FINDING_PROBLEM, ROLE_CAUSE,
	    "example.net does not list 192.0.2.7", "Two sentences. " EVIL,
	    "example.net", txt_key, NULL },
	{ "dmarc.missing", FINDING_PROBLEM, ROLE_ADVICE, "No DMARC", NULL,
	    NULL, NULL, NULL },
	{ "address.ptr", FINDING_UNKNOWN, ROLE_CONTRIBUTING, "No answer", NULL,
	    NULL, NULL, NULL },
	{ "mx.ok", FINDING_OK, ROLE_ADVICE, "MX is fine", NULL, NULL, NULL,
	    NULL }
};
static struct findings findings = {
	.identity = { .client_ip = "192.0.2.7", .owner = OWNER_RELAY,
	    .evidence = evidence, .n_evidence = 1,
	    .envelope_domain = "example.net" },
	.authentication = authentication,
	.n_authentication = COUNT(authentication),
	.list = list, .n = COUNT(list),
	.n_problems = 2, .n_unknown = 1, .n_ok = 1
};

static const char *const before[] = { "v=spf1 ~all", NULL };
static const char *const after[] = { "v=spf1 ip4:192.0.2.7 ~all", NULL };
static struct change changes[] = {
	{ .kind = CHANGE_DNS, .zone = "example.net", .name = "example.net",
	    .type = DNS_TXT, .before = before, .after = after },
	{ .kind = CHANGE_POSTCONF, .parameter = "myorigin",
	    .old_value = "a", .new_value = "it's",
	    .text = "postconf -e 'myorigin = it'\\''s'" },
	{ .kind = CHANGE_COMMAND, .text = "postfix reload" },
	{ .kind = CHANGE_ADVICE, .text = "Tell the others." },
	{ .kind = CHANGE_ADVICE, .text = "It is the home line.",
	    .record = "v=spf1 a:home.example.net ~all",
	    .record_result = "softfail" }
};
static struct proof proofs[] = {
	{ .what = "spf", .ip = "192.0.2.7", .sender = "web@example.net",
	    .before = "softfail", .after = "pass" }
};
static struct card cards[] = {
	{ .panel = "bind", .title = "BIND zone file", .offered = true,
	    .text = "example.net. 3600 IN TXT \"v=spf1\"\n" }
};
static struct step steps[] = {
	{ .id = "spf.publish", .title = "Publish an SPF record",
	    .why = "So that it passes.", .who = "dns", .time = "5 minutes",
	    .changes = changes, .n_changes = COUNT(changes),
	    .proofs = proofs, .n_proofs = 1, .proven = true,
	    .cards = cards, .n_cards = 1, .verify = "dig example.net TXT" },
	{ .id = "postfix.ipv4", .alternative_to = "spf.publish",
	    .title = "Send over IPv4 only", .who = "host" }
};
static struct plan plan = {
	.steps = steps, .n = COUNT(steps),
	.headline = "mx.example.com refused it.", .first = "Publish SPF."
};

struct fixture {
	struct arena *arena;
	struct facts *facts;
	struct str out;
	struct report report;
};

static int
set_up(void **state)
{
	static struct fixture f;
	static const struct fact_value value = {
		.text = "v=spf1 \033 ~all", .len = 13
	};

	f.arena = arena_new();
	f.facts = facts_new(f.arena);
	facts_store(f.facts, "example.net", DNS_TXT, FACT_OK, &value, 1, 300,
	    "192.0.2.53@53", 12, NULL, NULL);
	facts_store(f.facts, "unused.example", DNS_A, FACT_NXDOMAIN, NULL, 0,
	    300, "replay", -1, NULL, NULL);
	facts_set_world(f.facts, FACTS_CLOSED);
	str_init(&f.out, OUT_MAX);
	f.report = (struct report){
		.bounces = &bounces, .bounce = &bounce, .findings = &findings,
		.plan = &plan, .facts = f.facts, .file = "a.eml"
	};
	*state = &f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	str_free(&f->out);
	arena_free(&f->arena);
	return 0;
}

/* All of PARTS stand in TEXT, in this order. */
static void
assert_in_order(const char *text, const char *const *parts)
{
	const char *at = text;

	for (; *parts != NULL; parts++) {
		const char *found = strstr(at, *parts);

		if (found == NULL)
			fail_msg("\"%s\" is missing or too early in:\n%s",
			    *parts, text);
		at = found + strlen(*parts);
	}
}

static void
assert_harmless(const struct str *out)
{
	for (size_t i = 0; i < out->len; i++)
		assert_true(out->text[i] == '\n' ||
		    (out->text[i] >= ' ' && out->text[i] <= '~'));
}

static void
test_text_order(void **state)
{
	static const char *const parts[] = {
		"mx.example.com refused it.\n",
		"2 problems found, 1 could not be told, 1 in order.",
		"What to do first\n", "Publish SPF.", "Their words",
		"192.0.2.7, your relay's", "main.cf names a relay.",
		"Mail from <web@example.net>, HELO mx.example.net",
		"softfail   -            none",
		"Mail from <other@example.net>",
		"No term matches 192.0.2.7.",
		"The cause of this bounce", "[FAIL] example.net does not",
		"- example.net TXT: \"v=spf1 ^[ ~all\" (192.0.2.53@53, 12 ms)",
		"Worth doing", "[WARN] No DMARC",
		"Could not tell", "[ ?? ] No answer",
		"In order", "[ OK ] MX is fine",
		"Step 1 of 2: Publish an SPF record",
		"now  v=spf1 ~all\n", "new  v=spf1 ip4:192.0.2.7 ~all\n",
		"postconf -e 'myorigin = it'\\''s'\n", "postfix reload\n",
		"- Tell the others.", "Proven before",
		"spf for mail from web@example.net\n",
		"192.0.2.7  softfail -> pass",
		"Why not", "- It is the home line.",
		"\nexample.net. 3600 IN TXT \"v=spf1\"\n",
		"dig example.net TXT", "Step 2 of 2", "Instead of step 1",
		"nothing was changed", NULL
	};
	struct fixture *f = *state;

	report_text(f->arena, &f->report, &f->out);
	assert_in_order(f->out.text, parts);
	assert_harmless(&f->out);
}

static void
test_text_width(void **state)
{
	struct fixture *f = *state;
	const char *line;

	list[0].detail = "a word and a word and a word and a word and a word "
	    "and a word and a word and a word and a word and a word\n"
	    "\xe6\x97\xa5\xe6\x9c\xac\xe6\x97\xa5\xe6\x9c\xac\xe6\x97\xa5"
	    "\xe6\x9c\xac\xe6\x97\xa5\xe6\x9c\xac\xe6\x97\xa5\xe6\x9c\xac"
	    "\xe6\x97\xa5\xe6\x9c\xac\xe6\x97\xa5\xe6\x9c\xac\xe6\x97\xa5"
	    "\xe6\x9c\xac\xe6\x97\xa5\xe6\x9c\xac\xe6\x97\xa5\xe6\x9c\xac"
	    "\xe6\x97\xa5\xe6\x9c\xac\xe6\x97\xa5\xe6\x9c\xac\xe6\x97\xa5"
	    "\xe6\x9c\xac\xe6\x97\xa5\xe6\x9c\xac\xe6\x97\xa5\xe6\x9c\xac"
	    "\xe6\x97\xa5\xe6\x9c\xac\xe6\x97\xa5\xe6\x9c\xac\xe6\x97\xa5"
	    "\xe6\x9c\xac\xe6\x97\xa5\xe6\x9c\xac\xe6\x97\xa5\xe3\x80\x82";
	report_text(f->arena, &f->report, &f->out);
	for (line = f->out.text; *line != '\0'; line = strchr(line, '\n') + 1)
		assert_true(wrap_width(line, strcspn(line, "\n")) <=
		    WRAP_COLUMNS);
	list[0].detail = "Two sentences. " EVIL;
}

/* Nothing is known at all: still a report, never a crash. */
static void
test_text_empty(void **state)
{
	static struct findings nothing;
	struct fixture *f = *state;
	const struct report empty = { .findings = &nothing };

	report_text(f->arena, &empty, &f->out);
	assert_non_null(strstr(f->out.text, "not known"));
	assert_null(strstr(f->out.text, "(null)"));
	str_clear(&f->out);
	report_json(&empty, &f->out);
	assert_non_null(strstr(f->out.text, "\"client_ip\""));
}

/* Evidence lines, one for each kind of fact. */
static void
test_fact(void **state)
{
	static const struct fact_value values[] = {
		{ .text = "mx.example.com", .len = 14 },
		{ .text = "", .len = 0 },
		{ .text = "\033]0;x\007", .len = 6 }
	};
	static const struct {
		struct fact fact;
		const char *want;
	} rows[] = {
		{ { .key = "dns x A", .name = "x.example", .type = DNS_A,
		    .status = FACT_NXDOMAIN, .server = "192.0.2.53@53",
		    .ms = 3 },
		    "x.example A: no such name (192.0.2.53@53, 3 ms)" },
		{ { .key = "dns x TXT", .name = "x.example", .type = DNS_TXT,
		    .status = FACT_OK, .values = values + 1, .n_values = 1 },
		    "x.example TXT: \"\"" },
		{ { .key = "dns x TXT", .name = "x.example", .type = DNS_TXT,
		    .status = FACT_OK, .values = values + 2, .n_values = 1 },
		    "x.example TXT: \"^[]0;x^G\"" },
		{ { .key = "dns p PTR", .name = "7.2.0.192.in-addr.arpa",
		    .type = DNS_PTR, .status = FACT_OK, .values = values,
		    .n_values = 1 }, "PTR of 192.0.2.7: mx.example.com" },
		{ { .key = "dns p PTR", .name = "f.0.0.0.0.0.0.0.0.0.0.0.0.0."
		    "0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
		    .type = DNS_PTR, .status = FACT_NODATA },
		    "PTR of 2001:db8::f: no record of this type" },
		{ { .key = "dns p PTR", .name = "1.2.in-addr.arpa",
		    .type = DNS_PTR, .status = FACT_NODATA },
		    "1.2.in-addr.arpa PTR: no record of this type" },
		{ { .key = "dns p PTR", .name = "f.0.ip6.arpa",
		    .type = DNS_PTR, .status = FACT_SERVFAIL, .note = "\033" },
		    "f.0.ip6.arpa PTR: the name server could not answer "
		    "(SERVFAIL); ^[" },
		{ { .key = "postfix relayhost", .name = "postfix relayhost",
		    .status = FACT_OK, .values = values + 1, .n_values = 1 },
		    "postfix relayhost = (empty)" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		str_clear(&f->out);
		report_text_fact(&rows[i].fact, &f->out);
		assert_string_equal(f->out.text, rows[i].want);
	}
}

static void
test_explain(void **state)
{
	static const char *const parts[] = {
		"a.eml: mx.example.com^[", "taro@example.com",
		"[192.0.2.25]", "end of DATA", "unauthenticated ^[]0;owned^G",
		"<U+202E><FF>", "unauth, or perhaps spf",
		"google.unauthenticated", "null sender", NULL
	};
	struct fixture *f = *state;

	report_text_bounce(&bounce, true, &f->out);
	assert_in_order(f->out.text, parts);
	assert_harmless(&f->out);
}

static void
test_spf(void **state)
{
	static const char *const parts[] = {
		"SPF result: softfail, for mail from <a@example.net>",
		"example.net:", "include:a.example: no match; look-ups 1",
		"a.example:", "ip4:192.0.2.7: match", NULL
	};
	static const char *const json[] = {
		"\"result\"", "softfail", "\"trace\"", "\"depth\"",
		"\"outcome\"", "no match", "\"error\"", "null", NULL
	};
	const struct spf_request request = {
		.ip = "192.0.2.7", .sender = "a@example.net"
	};
	struct fixture *f = *state;

	report_text_spf(&softfail, &request, &f->out);
	assert_in_order(f->out.text, parts);
	str_clear(&f->out);
	report_json_spf(&softfail, &f->out);
	assert_in_order(f->out.text, json);
}

/* One line, ASCII, the contract's names; the rest of its shape is tested on
 * the real program with a real JSON reader. */
static void
test_json(void **state)
{
	static const char *const parts[] = {
		"\"version\"", "\"bounces\"", "\"class\"", "unauth",
		"\"provider\"", "\"sender\"", "\"queue_id\"", "null",
		"\\u001B]0;owned\\u0007\\u202E\\uFFFD",
		"\"identity\"", "\"owner\"", "relay", "\"relayhost\"", "null",
		"\"authentication\"", "softfail", "\"spf_reason\"",
		"\"findings\"", "spf.missing", "dns example.net TXT",
		"\"plan\"", "spf.publish", "\"old\"", "v=spf1 ~all",
		"postconf", "\"command\"", "postfix reload", "\"record\"",
		"\"result\"", "\"proof\"", "\"before\"", "\"cards\"", "bind",
		"\"alternative_to\"", "\"facts\"", "192.0.2.53@53", NULL
	};
	struct fixture *f = *state;

	report_json(&f->report, &f->out);
	assert_in_order(f->out.text, parts);
	assert_harmless(&f->out);
	assert_ptr_equal(strchr(f->out.text, '\n'),
	    f->out.text + f->out.len - 1);
	/* in the cache, but nobody looked at it */
	assert_null(strstr(f->out.text, "unused.example"));
}

static void
test_wrap(void **state)
{
	static const struct {
		int column, indent;
		const char *text, *want;
	} rows[] = {
		{ 0, 0, "", "\n" },
		{ 0, 2, "a b", "a b\n" },
		{ 0, 2, "a\nb\n", "a\n  b\n" },
		{ 0, 2, "a\n\nb", "a\n\n  b\n" },
		{ 74, 2, "abcd efgh", "abcd\n  efgh\n" },
		{ 77, 2, "abcd", "abcd\n" },      /* longer than what is left */
		{ 76, 1, "\xe6\x97\xa5\xe6\x9c\xac",
		    "\xe6\x97\xa5\n \xe6\x9c\xac\n" },
		/* a full stop never begins a line */
		{ 75, 1, "\xe6\x97\xa5\xe3\x80\x82",
		    "\xe6\x97\xa5\xe3\x80\x82\n" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		str_clear(&f->out);
		wrap_text(&f->out, rows[i].column, rows[i].indent,
		    rows[i].text);
		assert_string_equal(f->out.text, rows[i].want);
	}
	str_clear(&f->out);
	wrap_padded(&f->out, "\xe6\x97\xa5", 4);
	assert_string_equal(f->out.text, "\xe6\x97\xa5  ");
}

static void
read_back(const char *path, char *text, size_t size)
{
	FILE *file = fopen(path, "r");
	size_t n;

	assert_non_null(file);
	n = fread(text, 1, size - 1, file);
	text[n] = '\0';
	fclose(file);
}

static void
test_file_write(void **state)
{
	char folder[] = "/tmp/whybounce-test-XXXXXX";
	char path[64], link[64], text[16];
	struct stat status;
	struct fixture *f = *state;

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/facts", folder);
	snprintf(link, sizeof link, "%s/link", folder);
	assert_true(file_write(path, "one", 3, &f->out));
	assert_int_equal(symlink(path, link), 0);
	assert_true(file_write(link, "second", 6, &f->out));
	read_back(path, text, sizeof text);
	assert_string_equal(text, "second");
	assert_int_equal(lstat(link, &status), 0);
	assert_true(S_ISLNK(status.st_mode));
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
	unlink(link);
	unlink(path);
	/* nothing is left behind, or the folder could not be removed */
	assert_false(file_write(folder, "x", 1, &f->out));
	assert_true(f->out.len > 0);
	assert_int_equal(rmdir(folder), 0);
}

/* What is no regular file is written to, never replaced: a pipe of our own
 * stands for the devices, which a faulty version would destroy. */
static void
test_file_write_pipe(void **state)
{
	char folder[] = "/tmp/whybounce-test-XXXXXX";
	char path[64], text[4] = "";
	struct stat status;
	struct fixture *f = *state;
	int reader;

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/pipe", folder);
	assert_int_equal(mkfifo(path, 0600), 0);
	reader = open(path, O_RDONLY | O_NONBLOCK);
	assert_true(reader >= 0);
	assert_true(file_write(path, "x", 1, &f->out));
	assert_int_equal(stat(path, &status), 0);
	assert_true(S_ISFIFO(status.st_mode));
	assert_int_equal(read(reader, text, sizeof text - 1), 1);
	assert_string_equal(text, "x");
	close(reader);
	unlink(path);
	rmdir(folder);
}

#define TEST(function) \
	cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_text_order), TEST(test_text_width),
		TEST(test_text_empty), TEST(test_fact), TEST(test_explain),
		TEST(test_spf), TEST(test_json), TEST(test_wrap),
		TEST(test_file_write), TEST(test_file_write_pipe),
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
