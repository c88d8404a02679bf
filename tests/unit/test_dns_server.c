/* SPDX-License-Identifier: ISC
 * Facts from one particular server: how it is written, asked, kept, asked
 * again, recorded, and what each way to give no answer is called. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/world/dns_fetch.h"
#include "engine/world/facts_server.h"
#include "engine/world/replay.h"
#include "tests/fakedns_run.h"

#define LONG_MS 20000
#define SHORT_MS 60

static const char zone[] =
	"example.net. 400 IN SOA ns1.example.net. root.example.net. 7 3600 "
		"900 604800 90\n"
	"example.net. 300 IN NS ns1.example.net.\n"
	"example.net. 300 IN NS ns2.example.net.\n"
	"example.net. 300 IN TXT \"v=spf1 -all\"\n"
	"www.example.net. 300 IN CNAME web.example.net.\n"
	"web.example.net. 100 IN TXT \"here\"\n"
	"out.example.net. 300 IN CNAME elsewhere.example.com.\n";

/* ---- how a server is written ---- */

static const struct {
	const char *text, *scope;
} scopes[] = {
	{ "192.0.2.53", "192.0.2.53" },
	{ "192.0.2.53@53", "192.0.2.53" },
	{ "192.0.2.53@0053", "192.0.2.53" },
	{ "192.0.2.53:5353", "192.0.2.53@5353" },
	{ "192.0.2.53@5353+rd", "192.0.2.53@5353+rd" },
	{ "8.8.8.8+rd", "8.8.8.8+rd" },
	{ "2001:DB8:0::53", "2001:db8::53" },
	{ "[2001:db8::53]:5353", "2001:db8::53@5353" },
	{ "::1@5353+rd", "::1@5353+rd" },
	{ "", NULL },
	{ "+rd", NULL },
	{ "ns.example.net", NULL },
	{ "192.0.2", NULL },
	{ "192.0.2.53@", NULL },
	{ "192.0.2.53@99999", NULL },
	{ "192.0.2.53 +rd", NULL },
	{ "192.0.2.53+rd+rd", NULL },
};

static void
test_scopes(void **state)
{
	char out[FACTS_SCOPE_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof scopes / sizeof scopes[0]; i++) {
		bool good = facts_scope_normal(scopes[i].text, out);

		if (good != (scopes[i].scope != NULL))
			fail_msg("'%s'", scopes[i].text);
		if (good)
			assert_string_equal(out, scopes[i].scope);
	}
}

static void
test_long_scope(void **state)
{
	char text[400], out[FACTS_SCOPE_SIZE];

	(void)state;
	memset(text, '1', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	assert_false(facts_scope_normal(text, out));
}

/* ---- the cache ---- */

static void
test_keys(void **state)
{
	struct arena *arena = arena_new();
	struct facts *facts = facts_new(arena);
	const struct fact *plain = facts_dns(facts, "example.net", DNS_TXT);
	const struct fact *one = facts_dns_at(facts, "192.0.2.53@53",
		"Example.NET.", DNS_TXT);

	(void)state;
	assert_ptr_not_equal(plain, one);
	assert_string_equal(one->key, "dns @192.0.2.53 example.net TXT");
	assert_string_equal(one->scope, "192.0.2.53");
	assert_string_equal(one->name, "example.net");
	assert_ptr_equal(facts_dns_at(facts, "192.0.2.53", "example.net",
		DNS_TXT), one);
	assert_ptr_not_equal(facts_dns_at(facts, "192.0.2.53+rd",
		"example.net", DNS_TXT), one);
	assert_int_equal(facts_wanted(facts), 3);
	assert_string_equal(facts_scope(arena, "2001:db8::1", 5353, true),
	    "2001:db8::1@5353+rd");
	assert_string_equal(facts_scope(arena, "192.0.2.1", 0, false),
	    "192.0.2.1");
	assert_null(facts_scope(arena, "ns.example", 0, false));
	assert_int_equal(facts_dns_at(facts, "nobody", "example.net",
		DNS_TXT)->status, FACT_INVALID);
	assert_int_equal(facts_dns_at(facts, "192.0.2.53", "a..b",
		DNS_TXT)->status, FACT_INVALID);
	assert_int_equal(facts_wanted(facts), 3);
	arena_free(&arena);
}

/* A proposed record is not what a server has. */
static void
test_no_overlay(void **state)
{
	struct arena *arena = arena_new();
	struct facts *facts = facts_new(arena);

	(void)state;
	facts_overlay_begin(facts);
	facts_overlay_set(facts, "example.net", DNS_TXT,
	    (const char *[]){ "v=spf1 -all" }, 1);
	assert_int_equal(facts_dns(facts, "example.net", DNS_TXT)->status,
	    FACT_OK);
	assert_int_equal(facts_dns_at(facts, "192.0.2.53", "example.net",
		DNS_TXT)->status, FACT_WANTED);
	facts_overlay_end(facts);
	arena_free(&arena);
}

static void
test_ages(void **state)
{
	struct arena *arena = arena_new();
	struct facts *facts = facts_new(arena);
	struct fact answer = {
		.name = "example.net", .type = DNS_TXT, .scope = "192.0.2.53",
		.status = FACT_NODATA, .ttl = 600, .when = 1000,
	};
	const struct fact *fact;

	(void)state;
	facts_store_answer(facts, &answer);
	fact = facts_dns_at(facts, "192.0.2.53", "example.net", DNS_TXT);
	assert_int_equal(fact_remaining(fact, 1000), 600);
	assert_int_equal(fact_remaining(fact, 1599), 1);
	assert_int_equal(fact_remaining(fact, 1600), 0);
	assert_int_equal(fact_remaining(fact, 99999), 0);
	assert_false(facts_refresh(facts, fact, 1029, 30));
	assert_int_equal(fact->status, FACT_NODATA);
	assert_true(facts_refresh(facts, fact, 1030, 30));
	assert_int_equal(fact->status, FACT_WANTED);
	assert_false(facts_refresh(facts, fact, 1030, 30));
	assert_int_equal(fact_remaining(fact, 1030), 0);
	/* the clock was set back: asked again */
	facts_store_answer(facts, &answer);
	assert_true(facts_refresh(facts, fact, 500, 30));
	facts_store_answer(facts, &answer);
	facts_set_world(facts, FACTS_RECORDED);
	assert_false(facts_refresh(facts, fact, 5000, 30));
	arena_free(&arena);
}

static void
test_soa(void **state)
{
	struct arena *arena = arena_new();
	struct facts *facts = facts_new(arena);
	struct fact_value value = { .text = "ns1.example.net. "
		"root.example.net. 4294967295 3600 900 604800 90" };
	struct fact_soa soa;

	(void)state;
	value.len = strlen(value.text);
	facts_store(facts, "example.net", DNS_SOA, FACT_OK, &value, 1, 60,
	    NULL, -1, NULL, NULL);
	assert_true(fact_soa(facts_dns(facts, "example.net", DNS_SOA), &soa));
	assert_int_equal(soa.serial, 4294967295);
	assert_int_equal(soa.negative_ttl, 60);
	facts_store(facts, "example.net", DNS_SOA, FACT_OK, &value, 1, 400,
	    NULL, -1, NULL, NULL);
	assert_true(fact_soa(facts_dns(facts, "example.net", DNS_SOA), &soa));
	assert_int_equal(soa.negative_ttl, 90);
	assert_false(fact_soa(facts_dns(facts, "example.com", DNS_SOA), &soa));
	assert_false(fact_soa(facts_dns(facts, "example.net", DNS_TXT), &soa));
	arena_free(&arena);
}

/* ---- recordings ---- */

static const char recorded[] =
	"[case]\n"
	"\n"
	"[dns]\n"
	"world = recorded\n"
	"example.net. 300 IN TXT \"old\"\n"
	"@192.0.2.53 +aa +at=1732165331 example.net. 300 IN TXT \"new\"\n"
	"@192.0.2.53 +aa +at=1732165331 example.net. 300 IN TXT \"two\"\n"
	"@2001:db8::53@5353 +aa +at=1732165332 +zone=example.net +serial=7 "
		"example.net 90 TXT nodata\n"
	"+zone=example.net +serial=8 www.example.net 90 SOA nodata\n"
	"@8.8.8.8+rd +at=1732165333 example.net. 38 IN TXT \"old\" ; alias "
		"a.example.net\n"
	"@192.0.2.54 example.net TXT lame ; answers for nobody\n"
	"@192.0.2.55 +at=5 example.net TXT unreachable ; no way there\n"
	"@192.0.2.56 example.net TXT timeout\n"
	"@192.0.2.57 example.net TXT unmatched\n"
	"@192.0.2.58 example.net TXT no-tcp\n"
	"@192.0.2.59 example.net TXT refused\n"
	"@192.0.2.60 example.net TXT servfail\n"
	"@192.0.2.61 example.net TXT loop\n"
	"@192.0.2.62 example.net TXT alias\n"
	"@192.0.2.63 example.net TXT invalid\n";

static void
test_recording(void **state)
{
	struct arena *arena = arena_new();
	struct facts *facts = facts_new(arena);
	struct recording recording;
	const struct fact *fact;
	struct str err, out;

	(void)state;
	str_init(&err, 512);
	str_init(&out, 65536);
	if (!replay_read(arena, "x", recorded, strlen(recorded), facts,
		&recording, &err))
		fail_msg("%s", err.text);
	replay_write(&recording, facts, &out);
	assert_string_equal(out.text, recorded);
	fact = facts_dns_at(facts, "192.0.2.53", "example.net", DNS_TXT);
	assert_int_equal(fact->n_values, 2);
	assert_true(fact->authoritative);
	assert_true(fact->when == 1732165331);
	fact = facts_dns_at(facts, "[2001:db8::53]:5353", "example.net",
		DNS_TXT);
	assert_int_equal(fact->status, FACT_NODATA);
	assert_int_equal(fact->ttl, 90);
	assert_int_equal(fact->serial, 7);
	assert_string_equal(fact->zone, "example.net");
	fact = facts_dns_at(facts, "192.0.2.54", "example.net", DNS_TXT);
	assert_int_equal(fact->trouble, TROUBLE_LAME);
	assert_int_equal(fact->status, FACT_INVALID);
	fact = facts_dns_at(facts, "192.0.2.99", "example.net", DNS_TXT);
	assert_int_equal(fact->status, FACT_TIMEOUT);
	fact = facts_dns(facts, "example.net", DNS_TXT);
	assert_string_equal(fact->values[0].text, "old");
	str_free(&err);
	str_free(&out);
	arena_free(&arena);
}

static const char *const faulty[] = {
	"@ example.net. 300 IN TXT \"x\"",
	"@nobody example.net. 300 IN TXT \"x\"",
	"@192.0.2.1 @192.0.2.2 example.net. 300 IN TXT \"x\"",
	"+bb example.net. 300 IN TXT \"x\"",
	"+at=-1 example.net. 300 IN TXT \"x\"",
	"+at=99999999999999999999 example.net. 300 IN TXT \"x\"",
	"+serial=4294967296 example.net. 300 IN TXT \"x\"",
	"+zone=a..b example.net. 300 IN TXT \"x\"",
	"@192.0.2.1",
	"@192.0.2.1 example.net 5x TXT nodata",
};

static void
test_faulty_recordings(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof faulty / sizeof faulty[0]; i++) {
		struct arena *arena = arena_new();
		const char *text = arena_printf(arena, "[dns]\n%s\n",
			faulty[i]);
		struct recording recording;
		struct str err;

		str_init(&err, 512);
		if (replay_read(arena, "x", text, strlen(text),
			facts_new(arena), &recording, &err))
			fail_msg("taken: %s", faulty[i]);
		assert_true(strncmp(err.text, "x:2: ", 5) == 0);
		str_free(&err);
		arena_free(&arena);
	}
}

/* A demo's servers say what its world says. */
static void
test_closed_world(void **state)
{
	static const char text[] =
		"[dns]\nworld = closed\n"
		"example.net. 300 IN TXT \"world\"\n"
		"@192.0.2.53 example.net. 300 IN TXT \"own\"\n"
		"www.example.net. 300 IN CNAME web.example.net.\n"
		"web.example.net. 300 IN A 192.0.2.1\n"
		"@192.0.2.53 only.example. 300 IN A 192.0.2.1\n";
	struct arena *arena = arena_new();
	struct facts *facts = facts_new(arena);
	struct recording recording;
	const struct fact *fact;
	struct str err;

	(void)state;
	str_init(&err, 512);
	assert_true(replay_read(arena, "x", text, strlen(text), facts,
		&recording, &err));
	fact = facts_dns_at(facts, "192.0.2.53", "example.net", DNS_TXT);
	assert_string_equal(fact->values[0].text, "own");
	fact = facts_dns_at(facts, "192.0.2.54", "example.net", DNS_TXT);
	assert_string_equal(fact->values[0].text, "world");
	assert_true(fact->authoritative);
	assert_null(fact->alias);
	fact = facts_dns_at(facts, "192.0.2.54", "www.example.net", DNS_A);
	assert_string_equal(fact->values[0].text, "192.0.2.1");
	assert_string_equal(fact->alias, "web.example.net");
	fact = facts_dns_at(facts, "192.0.2.54", "no.example.net", DNS_A);
	assert_int_equal(fact->status, FACT_NXDOMAIN);
	/* what one server has is not the world */
	assert_int_equal(facts_dns(facts, "only.example", DNS_A)->status,
	    FACT_NXDOMAIN);
	str_free(&err);
	arena_free(&arena);
}

/* ---- asking ---- */

struct world {
	struct fakedns fake;
	struct arena *arena;
	struct facts *facts;
	struct resolvconf conf;  /* fakedns' own servers, to know their ports */
	struct dns_fetch *fetch;
};

static void
open_world(struct world *w, const char *const *addresses,
    const char *const *flags, int timeout_ms)
{
	struct resolvconf none;
	char config[2048];
	size_t used = 0;

	memset(w, 0, sizeof *w);
	for (int i = 0; addresses[i] != NULL; i++)
		used += (size_t)snprintf(config + used, sizeof config - used,
			"server %s 0 %s zone=z\n", addresses[i], flags[i]);
	snprintf(config + used, sizeof config - used, "log=l\n");
	assert_true(fakedns_start(&w->fake, TEST_BUILDDIR "/tests/fakedns",
		config, zone));
	resolvconf_init(&w->conf);
	for (int i = 0; addresses[i] != NULL; i++)
		fakedns_use(&w->fake, (size_t)i, addresses[i], &w->conf);
	w->arena = arena_new();
	w->facts = facts_new(w->arena);
	resolvconf_init(&none);
	none.timeout_ms = timeout_ms;
	w->fetch = dns_fetch_new(w->facts, &none);
}

static void
close_world(struct world *w)
{
	dns_fetch_free(&w->fetch);
	arena_free(&w->arena);
	fakedns_stop(&w->fake);
}

static void
wait_all(struct world *w)
{
	struct pollfd fds[DNS_FETCH_MAX_FDS];
	int timeout;

	dns_fetch_start(w->fetch);
	while (dns_fetch_pending(w->fetch) != 0) {
		size_t n = dns_fetch_poll(w->fetch, fds, DNS_FETCH_MAX_FDS,
			&timeout);

		assert_true(poll(fds, n, timeout) >= 0);
		dns_fetch_io(w->fetch, fds, n);
	}
}

static const struct fact *
ask(struct world *w, size_t server, const char *tail, const char *name,
    enum dns_type type)
{
	const char *scope = arena_printf(w->arena, "%s%s",
		w->conf.servers[server].text, tail);

	facts_dns_at(w->facts, scope, name, type);
	wait_all(w);
	return facts_dns_at(w->facts, scope, name, type);
}

static const struct {
	const char *flags, *tail, *name;
	enum dns_type type;
	enum fact_status status;
	enum fact_trouble trouble;
	const char *first;
	int timeout_ms;          /* 0: LONG_MS */
} answers[] = {
	{ "", "", "example.net", DNS_TXT, FACT_OK, TROUBLE_NONE,
		"v=spf1 -all", 0 },
	{ "", "", "none.example.net", DNS_TXT, FACT_NXDOMAIN, TROUBLE_NONE,
		NULL, 0 },
	{ "", "", "www.example.net", DNS_TXT, FACT_INVALID, TROUBLE_ALIAS,
		NULL, 0 },
	{ "", "", "out.example.net", DNS_TXT, FACT_INVALID, TROUBLE_ALIAS,
		NULL, 0 },
	{ "", "", "out.example.net", DNS_CNAME, FACT_OK, TROUBLE_NONE,
		"elsewhere.example.com", 0 },
	{ "tc", "", "example.net", DNS_TXT, FACT_OK, TROUBLE_NONE,
		"v=spf1 -all", 0 },
	{ "noedns", "", "example.net", DNS_TXT, FACT_OK, TROUBLE_NONE,
		"v=spf1 -all", 0 },
	{ "badidfirst", "", "example.net", DNS_TXT, FACT_OK, TROUBLE_NONE,
		"v=spf1 -all", 0 },
	{ "lame", "", "example.net", DNS_TXT, FACT_INVALID, TROUBLE_LAME,
		NULL, 0 },
	{ "lame", "", "none.example.net", DNS_TXT, FACT_INVALID, TROUBLE_LAME,
		NULL, 0 },
	{ "refer", "", "example.net", DNS_TXT, FACT_INVALID, TROUBLE_LAME,
		NULL, 0 },
	{ "refer", "", "example.net", DNS_NS, FACT_OK, TROUBLE_NONE,
		"ns1.example.net", 0 },
	/* a resolver's cache is not lame */
	{ "rec", "", "example.net", DNS_TXT, FACT_INVALID, TROUBLE_LAME,
		NULL, 0 },
	{ "rec", "+rd", "example.net", DNS_TXT, FACT_OK, TROUBLE_NONE,
		"v=spf1 -all", 0 },
	{ "rec", "+rd", "www.example.net", DNS_TXT, FACT_OK, TROUBLE_NONE,
		"here", 0 },
	{ "refuse", "", "example.net", DNS_TXT, FACT_REFUSED, TROUBLE_REFUSED,
		NULL, 0 },
	{ "servfail", "", "example.net", DNS_TXT, FACT_SERVFAIL,
		TROUBLE_SERVFAIL, NULL, 0 },
	{ "loop", "", "example.net", DNS_TXT, FACT_INVALID, TROUBLE_LOOP,
		NULL, 0 },
	{ "garbage", "", "example.net", DNS_TXT, FACT_INVALID,
		TROUBLE_INVALID, NULL, 0 },
	{ "tc hangup", "", "example.net", DNS_TXT, FACT_TIMEOUT,
		TROUBLE_NO_TCP, NULL, 0 },
	{ "drop", "", "example.net", DNS_TXT, FACT_TIMEOUT, TROUBLE_SILENT,
		NULL, SHORT_MS },
	{ "badid", "", "example.net", DNS_TXT, FACT_TIMEOUT,
		TROUBLE_UNMATCHED, NULL, SHORT_MS },
	/* the sockets are connected: what others send is dropped */
	{ "badsrc", "", "example.net", DNS_TXT, FACT_TIMEOUT, TROUBLE_SILENT,
		NULL, SHORT_MS },
};

static void
check_answer(size_t i, const char *address)
{
	struct world w;
	const struct fact *fact;

	open_world(&w, (const char *[]){ address, NULL },
	    (const char *[]){ answers[i].flags },
	    answers[i].timeout_ms != 0 ? answers[i].timeout_ms : LONG_MS);
	fact = ask(&w, 0, answers[i].tail, answers[i].name, answers[i].type);
	if (fact->status != answers[i].status ||
	    fact->trouble != answers[i].trouble)
		fail_msg("%zu '%s': %s %s (%s)", i, answers[i].flags,
		    fact_status_name(fact->status),
		    fact_trouble_name(fact->trouble),
		    fact->note != NULL ? fact->note : "no note");
	if (answers[i].first != NULL)
		assert_string_equal(fact->values[0].text, answers[i].first);
	else
		assert_int_equal(fact->n_values, 0);
	assert_true(fact->when > 0);
	assert_true((fact->note == NULL) == fact_known(fact));
	close_world(&w);
}

static void
test_answers(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++)
		check_answer(i, "127.0.0.41");
}

static void
test_answers_ipv6(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3; i++)
		check_answer(i, "::1");
}

/* Nobody listens there. */
static void
test_unreachable(void **state)
{
	const struct fact *fact;
	struct world w;

	(void)state;
	open_world(&w, (const char *[]){ "127.0.0.41", NULL },
	    (const char *[]){ "" }, LONG_MS);
	facts_dns_at(w.facts, "127.0.0.42@9", "example.net", DNS_TXT);
	wait_all(&w);
	fact = facts_dns_at(w.facts, "127.0.0.42@9", "example.net", DNS_TXT);
	assert_int_equal(fact->status, FACT_TIMEOUT);
	assert_int_equal(fact->trouble, TROUBLE_UNREACHABLE);
	close_world(&w);
}

/* What a negative answer says of the zone. */
static void
test_negative(void **state)
{
	const struct fact *fact;
	struct world w;

	(void)state;
	open_world(&w, (const char *[]){ "127.0.0.41", NULL },
	    (const char *[]){ "" }, LONG_MS);
	fact = ask(&w, 0, "", "a.b.example.net", DNS_SOA);
	assert_int_equal(fact->status, FACT_NXDOMAIN);
	assert_string_equal(fact->zone, "example.net");
	assert_int_equal(fact->serial, 7);
	assert_int_equal(fact->ttl, 90);
	assert_true(fact->authoritative);
	close_world(&w);
}

/* Each server's answer is its own, and all are asked at once. */
static void
test_in_parallel(void **state)
{
	struct world w;
	char *scopes_of[3];

	(void)state;
	open_world(&w, (const char *[]){ "127.0.0.41", "127.0.0.42", "::1",
		NULL }, (const char *[]){ "", "servfail", "nxdomain" },
	    LONG_MS);
	for (size_t i = 0; i < 3; i++) {
		scopes_of[i] = w.conf.servers[i].text;
		facts_dns_at(w.facts, scopes_of[i], "example.net", DNS_TXT);
	}
	dns_fetch_start(w.fetch);
	assert_int_equal(dns_fetch_pending(w.fetch), 3);
	wait_all(&w);
	assert_int_equal(facts_dns_at(w.facts, scopes_of[0], "example.net",
		DNS_TXT)->status, FACT_OK);
	assert_int_equal(facts_dns_at(w.facts, scopes_of[1], "example.net",
		DNS_TXT)->status, FACT_SERVFAIL);
	assert_int_equal(facts_dns_at(w.facts, scopes_of[2], "example.net",
		DNS_TXT)->status, FACT_NXDOMAIN);
	assert_int_equal(fakedns_log(&w.fake, NULL), 3);
	/* and one of them again */
	facts_refresh(w.facts, facts_dns_at(w.facts, scopes_of[0],
		"example.net", DNS_TXT), INT64_MAX, 0);
	wait_all(&w);
	assert_int_equal(fakedns_log(&w.fake, NULL), 4);
	close_world(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scopes),
		cmocka_unit_test(test_long_scope),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_no_overlay),
		cmocka_unit_test(test_ages),
		cmocka_unit_test(test_soa),
		cmocka_unit_test(test_recording),
		cmocka_unit_test(test_faulty_recordings),
		cmocka_unit_test(test_closed_world),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_answers_ipv6),
		cmocka_unit_test(test_unreachable),
		cmocka_unit_test(test_negative),
		cmocka_unit_test(test_in_parallel),
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
