/* SPDX-License-Identifier: ISC
 * Further servers: reading what they said about themselves, and which
 * addresses their mail leaves from. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "engine/world/replay.h"
#include "engine/world/server.h"

#define V4 "address = 203.0.113.21 eth0\n"
#define V4B "address = 203.0.113.22 eth1\n"
#define V6 "address = 2001:db8::21 eth0\n"
#define PRIVATE "address = 10.0.0.1 eth0\n"
#define NAME "[host]\nname = web1.example.com\n"

static const struct {
	const char *name, *facts;
	const char *ips;         /* joined by blanks */
	const char *called, *helo, *relayhost;
} cases[] = {
	{ "no Postfix: all that is public", NAME V4 V4B V6 PRIVATE,
	    "203.0.113.21 203.0.113.22 2001:db8::21", "web1.example.com",
	    "web1.example.com", NULL },
	{ "what the system chooses", NAME V4 V4B V6 "outgoing = 203.0.113.22\n",
	    "203.0.113.22 2001:db8::21", "web1.example.com",
	    "web1.example.com", NULL },
	{ "a private outgoing address: a router", NAME V4 PRIVATE
	    "outgoing = 10.0.0.1\n", "", "web1.example.com",
	    "web1.example.com", NULL },
	{ "IPv4 only", NAME V4 V6 "[postfix]\ninet_protocols = ipv4\n",
	    "203.0.113.21", "web1.example.com", "web1.example.com", NULL },
	{ "a list of protocols", NAME V4 V6
	    "[postfix]\ninet_protocols = ipv6, ipv4\n",
	    "203.0.113.21 2001:db8::21", "web1.example.com",
	    "web1.example.com", NULL },
	{ "bound", NAME V4 V4B V6 "outgoing = 203.0.113.22\n[postfix]\n"
	    "smtp_bind_address = 203.0.113.21\n"
	    "smtp_bind_address6 = [2001:db8::99]\n",
	    "203.0.113.21 2001:db8::99", "web1.example.com",
	    "web1.example.com", NULL },
	{ "bound to a wildcard", NAME V4 V4B "[postfix]\n"
	    "smtp_bind_address = 0.0.0.0\n",
	    "203.0.113.21 203.0.113.22", "web1.example.com",
	    "web1.example.com", NULL },
	{ "one interface", NAME V4 V4B "[postfix]\n"
	    "inet_interfaces = 203.0.113.22, [::1]\n", "203.0.113.22",
	    "web1.example.com", "web1.example.com", NULL },
	{ "an interface by name", NAME V4 V4B "[postfix]\n"
	    "inet_interfaces = localhost 203.0.113.22\n",
	    "203.0.113.21 203.0.113.22", "web1.example.com",
	    "web1.example.com", NULL },
	{ "two interfaces", NAME V4 V4B "[postfix]\n"
	    "inet_interfaces = 127.0.0.1 203.0.113.22\n",
	    "203.0.113.21 203.0.113.22", "web1.example.com",
	    "web1.example.com", NULL },
	{ "only the loopback interface", NAME V4 "[postfix]\n"
	    "inet_interfaces = 127.0.0.1\n", "203.0.113.21",
	    "web1.example.com", "web1.example.com", NULL },
	{ "behind a relay", NAME V4 "[postfix]\n"
	    "relayhost = [smtp.isp.example]:587\n", "", "web1.example.com",
	    "web1.example.com", "smtp.isp.example" },
	{ "greets with another name", NAME V4 "[postfix]\n"
	    "myhostname = a.example\nsmtp_helo_name = b.example\n",
	    "203.0.113.21", "web1.example.com", "b.example", NULL },
	{ "myhostname is the greeting", NAME V4 "[postfix]\n"
	    "myhostname = a.example\n", "203.0.113.21", "web1.example.com",
	    "a.example", NULL },
	{ "no name at all", "[host]\n" V4, "203.0.113.21", "203.0.113.21",
	    NULL, NULL },
	{ "nothing at all", "[host]\n", "", "a server without a name", NULL,
	    NULL },
	{ "an empty [postfix]", NAME V4 "[postfix]\n\n# nothing here\n\n",
	    "203.0.113.21", "web1.example.com", "web1.example.com", NULL },
	{ "other sections, CR LF", "[case]\r\ntitle = x\r\n[host]\r\n"
	    "name = web1.example.com\r\n[dns]\r\nrubbish ( here\r\n"
	    "[bounce]\r\n|x\r\n", "", "web1.example.com",
	    "web1.example.com", NULL },
};

static struct arena *arena;
static struct server *list;
static size_t n;
static struct str err;

static int
setup(void **state)
{
	(void)state;
	arena = arena_new();
	str_init(&err, 1024);
	list = NULL;
	n = 0;
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
read_text(const char *text)
{
	return server_read(arena, "x", text, strlen(text), &list, &n, &err);
}

static const char *
joined(const struct server *s)
{
	const char *text = "";

	for (size_t i = 0; i < s->n_ips; i++)
		text = arena_printf(arena, "%s%s%s", text, i == 0 ? "" : " ",
		    s->ips[i]);
	return text;
}

static bool
is_same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static void
test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct server *s;

		if (!read_text(cases[i].facts))
			fail_msg("%s: %s", cases[i].name, err.text);
		assert_true(n != 0);
		s = &list[n - 1];
		if (s->host->name != NULL)
			n--;     /* the next one has the same name */
		if (!is_same(joined(s), cases[i].ips) ||
		    !is_same(s->name, cases[i].called) ||
		    !is_same(s->helo, cases[i].helo) ||
		    !is_same(s->relayhost, cases[i].relayhost))
			fail_msg("%s: %s, %s, %s, %s", cases[i].name,
			    joined(s), s->name, s->helo, s->relayhost);
	}
}

/* The newest facts of a host take the place of older ones. */
static void
test_twice(void **state)
{
	(void)state;
	if (!read_text(NAME V4 "[host]\nname = web2.example.com\n" NAME V6) ||
	    !read_text("[host]\nname = web2.example.com\n" V4B))
		fail_msg("%s", err.text);
	assert_int_equal(n, 2);
	assert_string_equal(joined(&list[0]), "2001:db8::21");
	assert_string_equal(joined(&list[1]), "203.0.113.22");
}

/* As "ansible all -m command -a 'whybounce facts'" prints it. */
static void
test_several(void **state)
{
	(void)state;
	if (!read_text("web1 | CHANGED | rc=0 >>\n" NAME V4
	    "[postfix]\nmyhostname = one.example\n"
	    "web2 | CHANGED | rc=0 >>\n[host]\nname = web2.example.com\n" V6
	    "web3 | FAILED | rc=2 >>\nno such command: non-zero return code\n"))
		fail_msg("%s", err.text);
	assert_int_equal(n, 2);
	assert_string_equal(list[0].helo, "one.example");
	assert_string_equal(joined(&list[0]), "203.0.113.21");
	assert_string_equal(list[1].name, "web2.example.com");
	assert_string_equal(joined(&list[1]), "2001:db8::21");
	assert_ptr_equal(server_find(list, n, "2001:DB8:0::21"), &list[1]);
	assert_ptr_equal(server_find(list, n, "203.0.113.21"), &list[0]);
	assert_null(server_find(list, n, "203.0.113.99"));
	assert_null(server_find(list, n, NULL));
}

static void
test_faults(void **state)
{
	static const struct {
		const char *facts, *want;
	} faults[] = {
		{ "", "x: there is no [host] section" },
		{ "[postfix]\nmyhostname = a\n", "x: there is no [host]" },
		{ "[host]\naddress = 300.1.1.1\n", "x:2: '300.1.1.1' is not" },
		{ "[host]\n\nsize = 5\n", "x:3: unknown name 'size'" },
		{ "[host]\noutgoing = a b\n", "x:2: 'outgoing' is one" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
		n = 0;
		str_clear(&err);
		assert_false(read_text(faults[i].facts));
		if (strncmp(err.text, faults[i].want,
		    strlen(faults[i].want)) != 0)
			fail_msg("%s", err.text);
	}
}

static void
test_too_many(void **state)
{
	struct str text;

	(void)state;
	str_init(&text, 65536);
	for (int i = 0; i <= SERVERS_MAX; i++)
		str_addf(&text, "[host]\nname = a%d.example\n", i);
	assert_false(read_text(text.text));
	assert_string_equal(err.text, "x:129: more than 64 servers");
	assert_int_equal(n, SERVERS_MAX);
	str_free(&text);
}

/* A recording keeps the further servers. */
static void
test_recorded(void **state)
{
	struct facts *facts = facts_new(arena);
	struct recording before, after;
	struct str out;
	const char text[] = NAME "[server]\nname = web2.example.com\n" V4 V4B
	    "outgoing = 203.0.113.22\n[server-postfix]\n"
	    "relayhost = [smtp.isp.example]\nsmtp_sasl_password_maps = "
	    "static:me:secret\n[server]\nname = web3.example.com\n" V6;

	(void)state;
	if (!replay_read(arena, "x", text, strlen(text), facts, &before, &err))
		fail_msg("%s", err.text);
	assert_int_equal(before.n_servers, 2);
	str_init(&out, 65536);
	replay_write(&before, facts, &out);
	assert_null(strstr(out.text, "secret"));
	if (!replay_read(arena, "x", out.text, out.len, facts, &after, &err))
		fail_msg("%s", err.text);
	assert_int_equal(after.n_servers, 2);
	assert_string_equal(after.host->name, "web1.example.com");
	assert_string_equal(after.servers[0].relayhost, "smtp.isp.example");
	assert_string_equal(after.servers[0].host->outgoing4, "203.0.113.22");
	assert_string_equal(after.servers[1].name, "web3.example.com");
	assert_string_equal(joined(&after.servers[1]), "2001:db8::21");
	str_free(&out);
	assert_false(replay_read(arena, "x", "[server-postfix]\n", 17, facts,
	    &after, &err));
	assert_string_equal(err.text,
	    "x:1: [server-postfix] without its [server]");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_cases, setup, teardown),
		cmocka_unit_test_setup_teardown(test_twice, setup, teardown),
		cmocka_unit_test_setup_teardown(test_several, setup, teardown),
		cmocka_unit_test_setup_teardown(test_faults, setup, teardown),
		cmocka_unit_test_setup_teardown(test_too_many, setup, teardown),
		cmocka_unit_test_setup_teardown(test_recorded, setup, teardown),
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests_name("server", tests, NULL, NULL);
}
