/* SPDX-License-Identifier: ISC
 * Facts text: reading, writing, and that both agree. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/world/replay.h"

static struct arena *arena;
static struct facts *facts;
static struct str err;

static int
setup(void **state)
{
	(void)state;
	arena = arena_new();
	facts = facts_new(arena);
	str_init(&err, 1024);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	str_free(&err);
	arena_free(&arena);
	return 0;
}

static bool
read_text(const char *text, struct recording *out)
{
	return replay_read(arena, "x", text, strlen(text), facts, out, &err);
}

static const char *
written(const struct recording *recording, const struct facts *from)
{
	struct str out;
	const char *copy;

	str_init(&out, (size_t)8 << 20);
	replay_write(recording, from, &out);
	copy = arena_strndup(arena, out.text, out.len);
	str_free(&out);
	return copy;
}

static const char whole[] =
    "# a case\n"
    "[case]\n"
    "title = A title\n"
    "note = made up = all of it\n"
    "\n"
    "[answers]\n"
    "own-ip = 192.0.2.1\n"
    "own-ip = 192.0.2.2\n"
    "tried = v=spf1 a ~all\n"
    "[host]\n"
    "name = mail.example.com\n"
    "address = 192.0.2.1 eth0\n"
    "[postfix]\n"
    "# settings\n"
    "mail_version = 3.7.11\n"
    "mydestination = a,\n"
    "   b\n"
    "\n"
    "\n"
    "[dns]\n"
    "; a comment\n"
    "# another\n"
    "world = closed\n"
    "example.com. 300 IN TXT \"v=spf1 ; a\" \" -all\" ; made up\n"
    "mail.example.com A 192.0.2.1\n"
    "Example.COM 300 IN TXT \"second\"\n"
    "mail.example.com 60 IN A 192.0.2.2\n"
    "mail.example.com 60 IN A 192.0.2.2\n"
    "gone.example.com A nxdomain\n"
    "slow.example.com MX timeout ; nobody answered\n"
    "www.example.com 60 IN A 192.0.2.3 ; alias web.example.net\n"
    "[bounce]\n"
    "|From: a\\\\b\\x1B\n"
    "|\n"
    "\n"
    "|[dns]\n"
    "|last\\\n";

static void
test_read(void **state)
{
	struct recording r;
	const struct fact *fact;

	(void)state;
	if (!read_text(whole, &r))
		fail_msg("%s", err.text);
	assert_string_equal(r.title, "A title");
	assert_string_equal(r.note, "made up = all of it");
	assert_int_equal(r.n_answers, 3);
	assert_string_equal(r.answers[1].name, "own-ip");
	assert_string_equal(r.answers[1].value, "192.0.2.2");
	assert_string_equal(r.answers[2].value, "v=spf1 a ~all");
	assert_true(r.host->known);
	assert_string_equal(r.host->name, "mail.example.com");
	assert_string_equal(r.mail_version, "3.7.11");
	assert_string_equal(r.postfix, "# settings\nmydestination = a,\n"
	    "   b\n");
	assert_int_equal(r.postfix_len, strlen(r.postfix));
	assert_int_equal(r.bounce_len, 22);
	assert_memory_equal(r.bounce, "From: a\\b\x1b\n\n[dns]\nlast", 22);
	assert_int_equal(facts_get_world(facts), FACTS_CLOSED);
	fact = facts_dns(facts, "example.com", DNS_TXT);
	assert_int_equal(fact->status, FACT_OK);
	assert_int_equal(fact->n_values, 2);
	assert_string_equal(fact->values[0].text, "v=spf1 ; a -all");
	assert_int_equal(fact->values[0].n_strings, 2);
	assert_string_equal(fact->values[1].text, "second");
	fact = facts_dns(facts, "mail.example.com", DNS_A);
	assert_int_equal(fact->n_values, 2);
	assert_string_equal(fact->server, "replay");
	assert_int_equal(fact->ms, -1);
	assert_int_equal(facts_dns(facts, "gone.example.com", DNS_A)->status,
	    FACT_NXDOMAIN);
	fact = facts_dns(facts, "slow.example.com", DNS_MX);
	assert_int_equal(fact->status, FACT_TIMEOUT);
	assert_string_equal(fact->note, "nobody answered");
	fact = facts_dns(facts, "www.example.com", DNS_A);
	assert_string_equal(fact->alias, "web.example.net");
	/* the order of the file, not of names or types */
	assert_string_equal(facts_at(facts, 0)->name, "example.com");
	assert_string_equal(facts_at(facts, 1)->name, "mail.example.com");
	assert_string_equal(facts_at(facts, 2)->name, "gone.example.com");
}

/* What is written reads back to the same, and is written the same again. */
static void
test_round(void **state)
{
	struct recording first, second;
	const char *one, *two;
	struct facts *again = facts_new(arena);

	(void)state;
	assert_true(read_text(whole, &first));
	/* concluded, not recorded: must not be written */
	facts_dns(facts, "other.example.com", DNS_A);
	one = written(&first, facts);
	assert_null(strstr(one, "other.example.com"));
	assert_non_null(strstr(one, "slow.example.com MX timeout ; nobody"));
	if (!replay_read(arena, "one", one, strlen(one), again, &second, &err))
		fail_msg("%s in:\n%s", err.text, one);
	two = written(&second, again);
	assert_string_equal(two, one);
	assert_int_equal(second.bounce_len, first.bounce_len);
	assert_memory_equal(second.bounce, first.bounce, first.bounce_len);
	assert_string_equal(second.postfix, first.postfix);
	assert_int_equal(facts_count(again), facts_count(facts) - 1);
}

static void
test_crlf(void **state)
{
	struct str text;
	struct recording plain, crlf;
	const char *a;

	(void)state;
	str_init(&text, 1 << 16);
	str_adds(&text, "\xef\xbb\xbf");
	for (const char *c = whole; *c != '\0'; c++) {
		if (*c == '\n')
			str_addc(&text, '\r');
		str_addc(&text, *c);
	}
	assert_true(read_text(whole, &plain));
	a = written(&plain, facts);
	facts = facts_new(arena);
	if (!replay_read(arena, "crlf", text.text, text.len, facts, &crlf,
		&err))
		fail_msg("%s", err.text);
	assert_string_equal(written(&crlf, facts), a);
	str_free(&text);
}

/* Any octets of a bounce come back. */
static void
test_bounce_octets(void **state)
{
	unsigned int seed = 1;

	(void)state;
	for (int round = 0; round < 400; round++) {
		char octets[200];
		size_t len = (size_t)round % sizeof octets;
		struct recording r = { .bounce = octets, .bounce_len = len };
		struct recording back;
		struct facts *none = facts_new(arena);
		const char *text;

		for (size_t i = 0; i < len; i++) {
			static const char likely[] = "\n\r\\|\t x[]\0\xc3\xa9";

			seed = seed * 1103515245u + 12345u;
			octets[i] = seed >> 16 & 1 ? (char)(seed >> 20) :
			    likely[(seed >> 20) % (sizeof likely - 1)];
		}
		text = written(&r, none);
		for (const char *c = text; *c != '\0'; c++)
			assert_true((unsigned char)*c >= ' ' || *c == '\n' ||
			    *c == '\t');
		if (!replay_read(arena, "b", text, strlen(text), none, &back,
			&err))
			fail_msg("%s", err.text);
		assert_non_null(back.bounce);
		assert_int_equal(back.bounce_len, len);
		assert_memory_equal(back.bounce, octets, len);
	}
}

static void
test_empty(void **state)
{
	struct recording r;

	(void)state;
	assert_true(read_text("", &r));
	assert_null(r.title);
	assert_null(r.postfix);
	assert_null(r.bounce);
	assert_false(r.host->known);
	assert_int_equal(facts_get_world(facts), FACTS_RECORDED);
	assert_true(read_text("[host]\n[postfix]\n[bounce]\n", &r));
	assert_true(r.host->known);
	assert_string_equal(r.postfix, "");
	assert_int_equal(r.bounce_len, 0);
	assert_non_null(r.bounce);
}

static void
test_errors(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "hello\n", "x:1: text before" },
		{ "\n\n[nothing]\n", "x:3: unknown section [nothing]" },
		{ "[case]\nname = x\n", "x:2: unknown name 'name'" },
		{ "[case]\ntitle\n", "x:2: not a \"name = value\"" },
		{ "[answers]\n= x\n", "x:2: not a" },
		{ "[host]\naddress = x\n", "x:2: 'x' is not an address" },
		{ "[dns]\nworld = open\n", "x:2: 'world' is" },
		{ "[dns]\nexample.com TXT\n", "x:2: " },
		{ "[dns]\nexample.com 300 IN A rubbish\n", "x:2: " },
		{ "[dns]\na..b A nxdomain\n", "x:2: 'a..b' is not" },
		{ "[dns]\na.example A 192.0.2.1\n\na.example A nodata\n",
		  "x:4: a.example A is said to be ok and nodata" },
		{ "[bounce]\n|a\nb\n", "x:3: a line of the bounce" },
		{ "[bounce]\n|a\\y\n", "x:2: a backslash" },
		{ "[bounce]\n|\\x1\n", "x:2: a backslash" },
		{ "[case]\ntitle = \x1b[2J\n\x1b[2J = x\n",
		  "x:3: unknown name '^[[2J'" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct recording r;

		facts = facts_new(arena);
		str_clear(&err);
		if (read_text(cases[i].text, &r) ||
		    strncmp(err.text, cases[i].want, strlen(cases[i].want)))
			fail_msg("case %zu: got '%s'", i, err.text);
	}
}

static void
test_too_long(void **state)
{
	size_t len = ((size_t)4 << 20) + 1;
	char *text = arena_alloc(arena, len);
	struct recording r;

	(void)state;
	memset(text, '\n', len);
	assert_false(replay_read(arena, "x", text, len, facts, &r, &err));
	assert_string_equal(err.text, "x:1: more than 4 MiB");
	assert_true(replay_read(arena, "x", text, len - 1, facts, &r, &err));
}

/* What a main.cf and the user say cannot end a line or begin a section. */
static void
test_hostile(void **state)
{
	const struct answer answers[] = { { "domain", " a\n[bounce]\n|x " } };
	struct recording back, r = {
		.title = "a\n[dns]\nworld = closed",
		.answers = answers, .n_answers = 1,
		.postfix = "[bounce]\n|x\na = b", .postfix_len = 17,
		.mail_version = "3.7\n[dns]",
	};
	const char *text = written(&r, facts);

	(void)state;
	if (!read_text(text, &back))
		fail_msg("%s in:\n%s", err.text, text);
	assert_null(back.bounce);
	assert_string_equal(back.title, "a [dns] world = closed");
	assert_string_equal(back.answers[0].value, "a [bounce] |x");
	assert_string_equal(back.mail_version, "3.7 [dns]");
	assert_string_equal(back.postfix, "#[bounce]\n|x\na = b\n");
	assert_int_equal(facts_get_world(facts), FACTS_RECORDED);
}

/* A record and a failure of each kind, stored as the fetcher stores them. */
static void
test_write_statuses(void **state)
{
	static const enum fact_status statuses[] = {
		FACT_NXDOMAIN, FACT_NODATA, FACT_SERVFAIL, FACT_TIMEOUT,
		FACT_REFUSED, FACT_INVALID
	};
	struct recording r = { .title = NULL }, back;
	struct facts *again = facts_new(arena);
	const char *text;

	(void)state;
	for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++)
		facts_store(facts, arena_printf(arena, "n%zu.example", i),
		    DNS_TXT, statuses[i], NULL, 0, 60, "192.0.2.53@53", 12,
		    "alias.example", "why\nnot");
	facts_dns(facts, "wanted.example", DNS_A);
	facts_set(facts, "postfix relayhost", "x");
	text = written(&r, facts);
	assert_null(strstr(text, "wanted"));
	assert_null(strstr(text, "relayhost"));
	assert_non_null(strstr(text, "world = recorded"));
	if (!replay_read(arena, "x", text, strlen(text), again, &back, &err))
		fail_msg("%s in:\n%s", err.text, text);
	for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
		const struct fact *fact = facts_dns(again,
		    arena_printf(arena, "n%zu.example", i), DNS_TXT);

		assert_int_equal(fact->status, statuses[i]);
		if (i < 2)
			assert_string_equal(fact->alias, "alias.example");
		else
			assert_string_equal(fact->note, "why not");
	}
	assert_int_equal(facts_dns(again, "wanted.example", DNS_A)->status,
	    FACT_TIMEOUT);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_read),
		T(test_round),
		T(test_crlf),
		T(test_bounce_octets),
		T(test_empty),
		T(test_errors),
		T(test_too_long),
		T(test_hostile),
		T(test_write_statuses),
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests_name("replay", tests, NULL, NULL);
}
