/* SPDX-License-Identifier: ISC
 * Whose address did the receiver see? Each row is a small world. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "engine/checks/check.h"
#include "engine/world/replay.h"

#define HOST "[host]\nname = mx.example.com\naddress = 192.0.2.1 eth0\n"
#define PRIVATE "[host]\nname = mx.example.com\naddress = 192.168.1.2 eth0\n"
#define MAIN_CF "[postfix]\nmyhostname = mx.example.com\n"
#define RELAY MAIN_CF "relayhost = [smtp.isp.example]:587\n"
#define TWO "[host]\nname = mx.example.com\naddress = 192.0.2.1 eth0\n" \
	"address = 192.0.2.2 eth0\n"
#define OUT "whybounce_services = smtp/unix y smtp out/unix y smtp " \
	"{smtp_bind_address=192.0.2.2}\n"
#define DNS "[dns]\nworld = closed\n"

static const struct {
	const char *name, *facts;
	const char *client_ip, *reporting_host;
	enum bounce_form form;
	enum owner want;
	const char *want_ip;
	const char *nexthop;     /* relay= of the log */
	const char *want_relay;  /* "": none; NULL: not looked at */
} cases[] = {
	{ "an interface has it", HOST MAIN_CF DNS, "192.0.2.1", NULL, FORM_LOG,
	    OWNER_OWN, "192.0.2.1", NULL,
	    NULL },
	{ "the bounce names none: this server's", HOST MAIN_CF DNS, NULL, NULL,
	    FORM_LOG, OWNER_OWN, "192.0.2.1", NULL,
	    NULL },
	{ "the user names it", "[answers]\nown-ip = 192.0.2.9\n" HOST MAIN_CF DNS,
	    "192.0.2.9", NULL, FORM_DSN_TEXT, OWNER_OWN, "192.0.2.9", NULL,
	    NULL },
	{ "the relay's own address", HOST RELAY DNS
	    "smtp.isp.example. A 198.51.100.5\n", "198.51.100.5", NULL,
	    FORM_DSN_TEXT, OWNER_RELAY, "198.51.100.5", NULL,
	    NULL },
	{ "a confirmed name in the relay's domain", HOST RELAY DNS
	    "6.100.51.198.in-addr.arpa. PTR out6.isp.example.\n"
	    "out6.isp.example. A 198.51.100.6\n", "198.51.100.6",
	    "out6.isp.example", FORM_DSN_TEXT, OWNER_RELAY, "198.51.100.6", NULL,
	    NULL },
	{ "a name in the relay's domain that does not lead back", HOST RELAY DNS
	    "6.100.51.198.in-addr.arpa. PTR out6.isp.example.\n"
	    "out6.isp.example. A 198.51.100.7\n", "198.51.100.6", NULL,
	    FORM_DSN_TEXT, OWNER_UNKNOWN, "198.51.100.6", NULL,
	    NULL },
	{ "behind a router: the own name leads to it", PRIVATE MAIN_CF DNS
	    "mx.example.com. A 203.0.113.9\n", "203.0.113.9", NULL,
	    FORM_DSN_TEXT, OWNER_NAT, "203.0.113.9", NULL,
	    NULL },
	{ "behind a router: the own log shows it", PRIVATE MAIN_CF DNS,
	    "203.0.113.9", NULL, FORM_LOG, OWNER_NAT, "203.0.113.9", NULL,
	    NULL },
	{ "another server wrote the bounce", HOST MAIN_CF DNS, "198.51.100.8",
	    "mx.forwarder.example", FORM_DSN_TEXT, OWNER_FORWARDER,
	    "198.51.100.8", NULL,
	    NULL },
	{ "nothing tells", HOST MAIN_CF DNS, "198.51.100.8", NULL,
	    FORM_DSN_TEXT, OWNER_UNKNOWN, "198.51.100.8", NULL,
	    NULL },
	{ "rubbish for an address", HOST MAIN_CF DNS, "999.1.1.1", NULL,
	    FORM_DSN_TEXT, OWNER_OWN, "192.0.2.1", NULL,
	    NULL },
	{ "a table sends the recipient's domain to a relay", HOST MAIN_CF
	    "transport_maps = inline:{ { receiver.example = "
	    "smtp:[smtp.isp.example]:587 } }\n" DNS
	    "smtp.isp.example. A 198.51.100.5\n", "198.51.100.5", NULL,
	    FORM_DSN_TEXT, OWNER_RELAY, "198.51.100.5", NULL,
	    "smtp.isp.example" },
	{ "… and its parents and all others", HOST MAIN_CF
	    "transport_maps = inline:{ { other.example = smtp:[wrong.example] }, "
	    "{ * = :[smtp.isp.example] } }\n" DNS
	    "smtp.isp.example. A 198.51.100.5\n", "198.51.100.5", NULL,
	    FORM_DSN_TEXT, OWNER_RELAY, "198.51.100.5", NULL,
	    "smtp.isp.example" },
	{ "a transport without next hop goes past the relayhost", HOST RELAY
	    "transport_maps = inline:{ { receiver.example = smtp: } }\n" DNS,
	    "192.0.2.1", NULL, FORM_DSN_TEXT, OWNER_OWN, "192.0.2.1", NULL,
	    "" },
	{ "a table for the sender", HOST RELAY
	    "sender_dependent_relayhost_maps = inline:{ { @example.com = "
	    "[out.other.example]:587 } }\n" DNS
	    "out.other.example. A 198.51.100.9\n", "198.51.100.9", NULL,
	    FORM_DSN_TEXT, OWNER_RELAY, "198.51.100.9", NULL,
	    "out.other.example" },
	{ "recorded tables", HOST MAIN_CF
	    "transport_maps = hash:/etc/postfix/transport\nwhybounce_tables = "
	    "hash:/etc/postfix/transport {.example smtp:[smtp.isp.example]}\n"
	    DNS "smtp.isp.example. A 198.51.100.5\n", "198.51.100.5", NULL,
	    FORM_DSN_TEXT, OWNER_RELAY, "198.51.100.5", NULL,
	    "smtp.isp.example" },
	{ "the log hands it to a submission port", HOST MAIN_CF DNS
	    "smtp.isp.example. A 198.51.100.5\n", "198.51.100.5", NULL,
	    FORM_LOG, OWNER_RELAY, "198.51.100.5",
	    "smtp.isp.example[198.51.100.5]:587", "smtp.isp.example" },
	{ "the log hands it to a host that is no MX", HOST MAIN_CF DNS
	    "receiver.example. MX 10 mx.receiver.example.\n"
	    "smtp.isp.example. A 198.51.100.5\n", "198.51.100.5", NULL,
	    FORM_LOG, OWNER_RELAY, "198.51.100.5",
	    "smtp.isp.example[198.51.100.5]:25", "smtp.isp.example" },
	{ "the log hands it to the MX", HOST MAIN_CF DNS
	    "receiver.example. MX 10 mx.receiver.example.\n", "192.0.2.1", NULL,
	    FORM_LOG, OWNER_OWN, "192.0.2.1",
	    "mx.receiver.example[198.51.100.5]:25", "" },
	{ "the relay itself refused: it saw the router", PRIVATE
	    "[postfix]\nmyhostname = mx.example.com\n"
	    "relayhost = [mx.receiver.example]\n" DNS, "203.0.113.9", NULL,
	    FORM_LOG, OWNER_NAT, "203.0.113.9", NULL, "mx.receiver.example" },
	{ "main.cf names the relay's address", HOST MAIN_CF
	    "relayhost = [198.51.100.5]\n" DNS, NULL, NULL, FORM_LOG,
	    OWNER_RELAY, "198.51.100.5", NULL, "198.51.100.5" },
	{ "the relay refused and names none: it saw this server", HOST
	    "[postfix]\nmyhostname = mx.example.com\n"
	    "relayhost = [mx.receiver.example]\n" DNS
	    "mx.receiver.example. A 198.51.100.5\n", NULL, NULL, FORM_LOG,
	    OWNER_OWN, "192.0.2.1", NULL, "mx.receiver.example" },
	{ "a service with an address of its own", TWO MAIN_CF OUT
	    "transport_maps = inline:{receiver.example=out:}\n" DNS, NULL, NULL,
	    FORM_LOG, OWNER_OWN, "192.0.2.2", NULL, "" },
	{ "… for this sender", TWO MAIN_CF OUT
	    "sender_dependent_default_transport_maps = "
	    "inline:{@example.com=out:}\n" DNS, NULL, NULL, FORM_LOG, OWNER_OWN,
	    "192.0.2.2", NULL, "" },
	{ "… for all mail", TWO MAIN_CF OUT "default_transport = out\n" DNS,
	    NULL, NULL, FORM_LOG, OWNER_OWN, "192.0.2.2", NULL, "" },
	{ "… for others", TWO MAIN_CF OUT
	    "transport_maps = inline:{other.example=out:}\n" DNS, NULL, NULL,
	    FORM_LOG, OWNER_OWN, "192.0.2.1", NULL, "" },
	{ "main.cf names the address in front", PRIVATE MAIN_CF
	    "proxy_interfaces = 203.0.113.9\n" DNS, "203.0.113.9", NULL,
	    FORM_DSN_TEXT, OWNER_NAT, "203.0.113.9", NULL, NULL },
	{ "a container, its name leads to the machine", "[host]\n"
	    "name = mx.example.com\naddress = 172.17.0.2 eth0\n" MAIN_CF DNS
	    "mx.example.com. A 203.0.113.9\n", NULL, NULL, FORM_DSN_TEXT,
	    OWNER_NAT, "203.0.113.9", NULL, NULL },
	{ "not behind a router: it has a public address", HOST MAIN_CF DNS,
	    "203.0.113.9", NULL, FORM_LOG, OWNER_UNKNOWN, "203.0.113.9", NULL,
	    NULL },
	{ "the second of two names leads back", HOST RELAY DNS
	    "6.100.51.198.in-addr.arpa. PTR old.isp.example.\n"
	    "6.100.51.198.in-addr.arpa. PTR out6.isp.example.\n"
	    "out6.isp.example. A 198.51.100.6\n", "198.51.100.6", NULL,
	    FORM_DSN_TEXT, OWNER_RELAY, "198.51.100.6", NULL,
	    "smtp.isp.example" },
	{ "the address that Postfix is bound to", TWO MAIN_CF
	    "smtp_bind_address = 192.0.2.2\n" DNS, NULL, NULL, FORM_LOG,
	    OWNER_OWN, "192.0.2.2", NULL, NULL },
	{ "the one address in inet_interfaces", TWO MAIN_CF
	    "inet_interfaces = [::1], 192.0.2.2\n" DNS, NULL, NULL,
	    FORM_LOG, OWNER_OWN, "192.0.2.2", NULL, NULL },
	{ "a loopback address counts, so the system chooses", TWO MAIN_CF
	    "inet_interfaces = 127.0.0.1, 192.0.2.2\n" DNS, NULL, NULL,
	    FORM_LOG, OWNER_OWN, "192.0.2.1", NULL, NULL },
	{ "only IPv4", "[host]\nname = mx.example.com\n"
	    "address = 2001:db8::1 eth0\naddress = 192.0.2.1 eth0\n" MAIN_CF
	    "inet_protocols = ipv4\n" DNS, NULL, NULL, FORM_LOG, OWNER_OWN,
	    "192.0.2.1", NULL, NULL },
};

static void
check_case(size_t i)
{
	struct arena *arena = arena_new();
	struct facts *facts = facts_new(arena);
	struct recording recording;
	struct str err;
	struct bounce bounce = {
		.class_id = "unauth", .form = cases[i].form,
		.client_ip = cases[i].client_ip,
		.reporting_host = cases[i].reporting_host,
		.sender = "info@example.com", .domain = "example.com",
		.recipient = "someone@receiver.example",
		.nexthop = cases[i].nexthop,
		.remote_host = "mx.receiver.example",
		.remote_ip = "192.0.2.200", .connect_delay = -1,
	};
	struct bounces bounces = { .list = &bounce, .n = 1 };
	struct check_input input = {
		.arena = arena, .bounce = &bounce, .bounces = &bounces,
		.facts = facts, .recording = &recording, .finished = true,
	};
	const struct findings *found;

	str_init(&err, 256);
	if (!replay_read(arena, cases[i].name, cases[i].facts,
	    strlen(cases[i].facts), facts, &recording, &err))
		fail_msg("%s", err.text);
	input.host = recording.host;
	input.postfix = postfix_parse(arena, recording.postfix,
	    recording.postfix_len, "main.cf", recording.host->name, NULL);
	found = checks_run(&input);
	if (found->identity.owner != cases[i].want)
		fail_msg("%s: %s, not %s", cases[i].name,
		    owner_name(found->identity.owner),
		    owner_name(cases[i].want));
	if (strcmp(found->identity.client_ip, cases[i].want_ip) != 0)
		fail_msg("%s: %s", cases[i].name, found->identity.client_ip);
	if (cases[i].want_relay != NULL && strcmp(cases[i].want_relay,
	    found->identity.relayhost != NULL ? found->identity.relayhost :
	    "") != 0)
		fail_msg("%s: relay %s", cases[i].name,
		    found->identity.relayhost);
	for (size_t k = 0; k < found->identity.n_senders; k++)
		if (ip_is_v6(found->identity.senders[k]))
			fail_msg("%s: sends from %s", cases[i].name,
			    found->identity.senders[k]);
	if (cases[i].want != OWNER_UNKNOWN)
		assert_true(found->identity.n_evidence > 0);
	str_free(&err);
	arena_free(&arena);
}

static void
test_owner(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		check_case(i);
}

/* Problems come before unknowns before what is in order, causes first. */
static void
test_order(void **state)
{
	struct arena *arena = arena_new();
	struct facts *facts = facts_new(arena);
	struct recording recording;
	struct str err;
	struct check_input input = {
		.arena = arena, .facts = facts, .recording = &recording,
		.finished = true,
	};
	const char text[] = "[answers]\ndomain = example.com\n" HOST MAIN_CF
	    DNS "example.com. A 192.0.2.1\n";
	const struct findings *f;

	(void)state;
	str_init(&err, 256);
	assert_true(replay_read(arena, "-", text, strlen(text), facts,
	    &recording, &err));
	input.host = recording.host;
	input.postfix = postfix_parse(arena, recording.postfix,
	    recording.postfix_len, "main.cf", recording.host->name, NULL);
	f = checks_run(&input);
	assert_int_equal(f->n, f->n_problems + f->n_unknown + f->n_ok);
	assert_true(f->n_problems > 0 && f->n_ok > 0);
	for (size_t i = 0; i < f->n_problems; i++) {
		assert_int_equal(f->list[i].status, FINDING_PROBLEM);
		if (i > 0)
			assert_true(f->list[i].role >= f->list[i - 1].role);
	}
	assert_int_equal(f->list[f->n - 1].status, FINDING_OK);
	assert_int_equal(f->n_rows, checks_count());
	assert_true(finding_is_problem(f, "spf.none"));
	assert_false(finding_is_problem(f, "spf.pass"));
	str_free(&err);
	arena_free(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_owner),
		cmocka_unit_test(test_order),
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests_name("identity", tests, NULL, NULL);
}
