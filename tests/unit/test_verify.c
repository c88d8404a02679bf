/* SPDX-License-Identifier: ISC
 * The wait for a record, with a clock of its own and name servers that are
 * lines of text. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/remedy/verify.h"
#include "engine/world/facts_server.h"
#include "engine/world/replay.h"

#define SAVED 1000000            /* when the user saved the record */
#define SPF "v=spf1 ip4:203.0.113.7 -all"
#define OLD "v=spf1 mx -all"
#define SOA_LINE(serial) "ns1.example.net. root.example.net. " serial \
	" 3600 900 604800 600\n"

/* The zone as the resolver knows it; the parent's servers agree. */
#define ZONE \
	"[dns]\n" \
	"example.net. 3600 IN SOA " SOA_LINE("6") \
	"example.net. 3600 IN NS ns1.example.net.\n" \
	"example.net. 3600 IN NS ns2.example.net.\n" \
	"ns1.example.net. 3600 IN A 192.0.2.1\n" \
	"ns1.example.net AAAA nodata\n" \
	"ns2.example.net. 3600 IN A 192.0.2.2\n" \
	"ns2.example.net. 3600 IN AAAA 2001:db8::2\n" \
	"net. 3600 IN SOA a.net.example. root.net.example. 1 1 1 1 1\n" \
	"net. 3600 IN NS a.net.example.\n" \
	"a.net.example. 3600 IN A 192.0.2.100\n"
#define PARENT \
	"@192.0.2.100 example.net. 3600 IN NS ns1.example.net.\n" \
	"@192.0.2.100 example.net. 3600 IN NS ns2.example.net.\n"
#define NS(server) \
	"@" server " +aa example.net. 3600 IN NS ns1.example.net.\n" \
	"@" server " +aa example.net. 3600 IN NS ns2.example.net.\n"
#define HAS(server, text) \
	"@" server " +aa example.net. 300 IN TXT \"" text "\"\n" \
	"@" server " +aa example.net. 3600 IN SOA " SOA_LINE("7")
#define NONE(server) \
	"@" server " +aa +zone=example.net +serial=6 example.net 600 TXT " \
		"nodata\n" \
	"@" server " +aa example.net. 3600 IN SOA " SOA_LINE("6")
#define NOWHERE(server) \
	"@" server " +aa example.net.example.net 600 TXT nxdomain\n" \
	"@" server " +aa www.example.net 600 TXT nxdomain\n" \
	"@" server " +aa example.net 600 SPF nodata\n"
#define ALL_NS NS("192.0.2.1") NS("192.0.2.2") NS("2001:db8::2")
#define ALL_NOWHERE NOWHERE("192.0.2.1") NOWHERE("192.0.2.2") \
	NOWHERE("2001:db8::2")
#define BASE ZONE PARENT ALL_NS ALL_NOWHERE

struct world {
	struct arena *arena;
	struct facts *facts;         /* the program's */
	struct facts *outside;       /* what the servers would answer */
	struct watch *watch;
	const struct watch_view *view;
	size_t asked;                /* questions in the last settle() */
	size_t to_caches;
};

static void
set_outside(struct world *w, const char *text)
{
	struct recording recording;
	struct str err;

	str_init(&err, 512);
	w->outside = facts_new(w->arena);
	if (!replay_read(w->arena, "x", text, strlen(text), w->outside,
		&recording, &err))
		fail_msg("%s", err.text);
	str_free(&err);
}

/* Pass after pass at NOW, as a front end does it, until nothing is wanted. */
static void
settle(struct world *w, int64_t now)
{
	w->asked = w->to_caches = 0;
	for (int i = 0; i < 20; i++) {
		struct fact *wanted;

		w->view = watch_pass(w->watch, w->arena, now);
		if (w->view->settled)
			return;
		wanted = facts_next_wanted(w->facts);
		assert_non_null(wanted);
		for (; wanted != NULL; wanted = facts_next_wanted(w->facts)) {
			struct fact answer = wanted->scope == NULL ?
				*facts_dns(w->outside, wanted->name,
				    wanted->type) :
				*facts_dns_at(w->outside, wanted->scope,
				    wanted->name, wanted->type);

			answer.scope = wanted->scope;
			answer.when = now;
			w->asked++;
			w->to_caches += wanted->scope != NULL &&
				facts_scope_recursive(wanted->scope);
			facts_store_answer(w->facts, &answer);
		}
	}
	fail_msg("does not settle");
}

static void
open_step(struct world *w, const char *text, struct change *changes, size_t n,
    const struct watch_options *options)
{
	struct step step = { .changes = changes, .n_changes = n };

	memset(w, 0, sizeof *w);
	w->arena = arena_new();
	w->facts = facts_new(w->arena);
	set_outside(w, text);
	w->watch = watch_new(w->arena, &step, w->facts, options, SAVED);
}

static const struct watch_options no_caches = { .no_public = true };

static void
open_world(struct world *w, const char *text, const char *const *before,
    const struct watch_options *options)
{
	struct change change = {
		.kind = CHANGE_DNS, .zone = "example.net",
		.name = "example.net", .type = DNS_TXT, .before = before,
		.after = (const char *[]){ SPF, NULL },
	};

	open_step(w, text, &change, 1, options);
}

static void
close_world(struct world *w)
{
	arena_free(&w->arena);
}

static const struct watch_row *
row_of(const struct world *w, const char *address)
{
	const struct watch_record *record = &w->view->records[0];

	for (size_t i = 0; i < record->n_rows; i++) {
		if (strcmp(record->rows[i].address, address) == 0)
			return &record->rows[i];
	}
	fail_msg("no row for %s", address);
	return NULL;
}

static void
assert_state(const struct world *w, const char *address,
    enum watch_state state)
{
	const struct watch_row *row = row_of(w, address);

	if (row->state != state)
		fail_msg("%s is %s, not %s", address,
		    watch_state_name(row->state), watch_state_name(state));
}

static const char *const nothing[] = { NULL };
static const char *const old[] = { OLD, NULL };

/* ---- one wait from its beginning to its end ---- */

static void
while_nobody_has_it(struct world *w)
{
	settle(w, SAVED + 5);
	assert_int_equal(w->view->verdict, WATCH_WAITING);
	assert_int_equal(w->view->records[0].n_rows, 5);
	assert_int_equal(w->view->records[0].n_authorities, 3);
	assert_string_equal(w->view->records[0].zone, "example.net");
	assert_null(w->view->records[0].delegation);
	assert_state(w, "192.0.2.1", WATCH_NOT_YET);
	assert_state(w, "2001:db8::2", WATCH_NOT_YET);
	assert_true(row_of(w, "2001:db8::2")->v6);
	assert_string_equal(row_of(w, "2001:db8::2")->name, "ns2.example.net");
	/* no cache is made to remember "none" */
	assert_state(w, "203.0.113.53", WATCH_HELD);
	assert_state(w, "127.0.0.1", WATCH_HELD);
	assert_int_equal(w->to_caches, 0);
	assert_int_equal(w->view->next, SAVED + 35);
	assert_int_equal(w->view->until, 0);
	/* not before it can matter */
	settle(w, SAVED + 34);
	assert_int_equal(w->asked, 0);
}

/* Caches may be asked, once. */
static void
when_one_server_has_it(struct world *w)
{
	set_outside(w, BASE HAS("192.0.2.1", SPF) NONE("192.0.2.2")
	    NONE("2001:db8::2")
	    "@127.0.0.1+rd example.net 90 TXT nodata\n"
	    "@203.0.113.53+rd example.net 500 TXT nodata\n");
	settle(w, SAVED + 35);
	assert_state(w, "192.0.2.1", WATCH_RIGHT);
	assert_state(w, "192.0.2.2", WATCH_NOT_YET);
	assert_false(row_of(w, "192.0.2.1")->behind);
	assert_true(row_of(w, "192.0.2.2")->behind);
	assert_int_equal(row_of(w, "192.0.2.1")->serial, 7);
	assert_int_equal(row_of(w, "192.0.2.1")->next, 0);
	assert_state(w, "203.0.113.53", WATCH_NOT_YET);
	assert_int_equal(row_of(w, "203.0.113.53")->remaining, 500);
	assert_int_equal(w->to_caches, 2);
	assert_int_equal(w->view->records[0].n_right, 1);
	assert_int_equal(w->view->hold, 600);
	assert_int_equal(w->view->next, SAVED + 95);
	/* the countdown is real */
	settle(w, SAVED + 45);
	assert_int_equal(row_of(w, "203.0.113.53")->remaining, 490);
	assert_int_equal(w->asked, 0);
}

/* Now the end is known. */
static void
when_all_servers_have_it(struct world *w)
{
	set_outside(w, BASE HAS("192.0.2.1", SPF) HAS("192.0.2.2", SPF)
	    HAS("2001:db8::2", SPF)
	    "@127.0.0.1+rd example.net. 300 IN TXT \"" SPF "\"\n"
	    "@203.0.113.53+rd example.net. 300 IN TXT \"" SPF "\"\n");
	settle(w, SAVED + 95);
	assert_int_equal(w->view->records[0].n_right, 3);
	assert_int_equal(w->view->verdict, WATCH_WAITING);
	assert_int_equal(w->view->until, SAVED + 95 + 600);
	assert_state(w, "203.0.113.53", WATCH_NOT_YET);
	/* this host's resolver asked at 35 kept it for 90 s */
	assert_int_equal(w->view->next, SAVED + 125);
	assert_int_equal(w->to_caches, 0);
}

static void
when_caches_forget(struct world *w)
{
	settle(w, SAVED + 125);
	assert_state(w, "127.0.0.1", WATCH_RIGHT);
	assert_int_equal(w->to_caches, 1);
	assert_int_equal(w->view->next, SAVED + 35 + 500);
	settle(w, SAVED + 535);
	assert_state(w, "203.0.113.53", WATCH_RIGHT);
	assert_int_equal(w->view->verdict, WATCH_DONE);
	assert_int_equal(w->view->next, 0);
}

static void
test_a_wait(void **state)
{
	const struct watch_options options = {
		.resolvers = (const char *[]){ "127.0.0.1@53", NULL },
		.public_resolvers = (const char *[]){ "203.0.113.53", NULL },
	};
	struct world w;

	(void)state;
	open_world(&w, BASE NONE("192.0.2.1") NONE("192.0.2.2")
	    NONE("2001:db8::2"), nothing, &options);
	while_nobody_has_it(&w);
	when_one_server_has_it(&w);
	when_all_servers_have_it(&w);
	when_caches_forget(&w);
	close_world(&w);
}

/* Public resolvers have addresses of both families: on a host without IPv6
 * those that it has no way to are no trouble. */
static void
test_no_way_to_public(void **state)
{
	const struct watch_options options = {
		.public_resolvers = (const char *[]){ "203.0.113.53",
			"2001:db8::53", NULL },
	};
	struct fact no_way = { .name = "example.net", .type = DNS_TXT,
		.status = FACT_TIMEOUT, .trouble = TROUBLE_UNREACHABLE,
		.ms = -1 };
	char scope[FACTS_SCOPE_SIZE];
	struct world w;

	(void)state;
	open_world(&w, BASE HAS("192.0.2.1", SPF) HAS("192.0.2.2", SPF)
	    HAS("2001:db8::2", SPF)
	    "@203.0.113.53+rd example.net. 300 IN TXT \"" SPF "\"\n", nothing,
	    &options);
	assert_true(facts_scope_normal("2001:db8::53+rd", scope));
	no_way.scope = scope;
	no_way.key = facts_dns_at(w.outside, scope, "example.net",
	    DNS_TXT)->key;
	facts_store_answer(w.outside, &no_way);
	settle(&w, SAVED + 5);
	assert_int_equal(w.view->records[0].n_rows, 4);
	assert_state(&w, "203.0.113.53", WATCH_RIGHT);
	assert_int_equal(w.view->verdict, WATCH_DONE);
	close_world(&w);
}

/* 30 s, then 1, 2 and 5 minutes, then every 5. */
static void
test_schedule(void **state)
{
	static const int64_t times[] = { 30, 90, 210, 510, 810, 1110 };
	struct world w;

	(void)state;
	open_world(&w, BASE NONE("192.0.2.1") NONE("192.0.2.2")
	    NONE("2001:db8::2"), nothing, &no_caches);
	settle(&w, SAVED);
	for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
		assert_int_equal(w.view->next, SAVED + times[i]);
		assert_int_equal(watch_next(w.watch), w.view->next);
		settle(&w, w.view->next);
		assert_true(w.asked >= 3);
	}
	/* and when the user presses the key */
	settle(&w, w.view->next - 100);
	assert_int_equal(w.asked, 0);
	watch_again(w.watch);
	settle(&w, w.view->next - 100);
	assert_true(w.asked >= 3);
	close_world(&w);
}

/* After hours away, and with a clock that was set back. */
static void
test_other_times(void **state)
{
	struct world w;

	(void)state;
	open_world(&w, BASE NONE("192.0.2.1") NONE("192.0.2.2")
	    NONE("2001:db8::2"), nothing, &no_caches);
	settle(&w, SAVED + 10);
	settle(&w, SAVED + 90000);
	assert_true(w.asked >= 3);
	assert_int_equal(w.view->next, SAVED + 90300);
	settle(&w, SAVED + 20);
	assert_true(w.asked >= 3);
	assert_int_equal(w.view->next, SAVED + 50);
	/* a clock that is a little behind the fetcher's */
	settle(&w, SAVED + 18);
	assert_int_equal(w.asked, 0);
	/* answers of before the change say nothing of it */
	settle(&w, SAVED - 500);
	settle(&w, SAVED);
	assert_true(w.asked >= 3);
	close_world(&w);
}

/* ---- mistakes ---- */

static const struct {
	const char *label, *there;
	enum watch_state state;
	enum watch_verdict verdict;
	const char *id;
} mistakes[] = {
	{ "another value", HAS("192.0.2.1", "v=spf1 ip4:203.0.113.1 -all"),
		WATCH_DIFFERENT, WATCH_MISTAKE, "typo.different" },
	{ "quotes", HAS("192.0.2.1", "\\\"" SPF "\\\""),
		WATCH_DIFFERENT, WATCH_MISTAKE, "typo.quotes" },
	{ "two records", HAS("192.0.2.1", SPF)
		"@192.0.2.1 +aa example.net. 300 IN TXT \"" OLD "\"\n",
		WATCH_TWO_RECORDS, WATCH_MISTAKE, "typo.two-records" },
	{ "the old one", HAS("192.0.2.1", OLD) NOWHERE("192.0.2.1"),
		WATCH_NOT_YET, WATCH_WAITING, NULL },
	{ "doubled name", NONE("192.0.2.1")
		"@192.0.2.1 +aa example.net.example.net. 300 IN TXT \"" SPF
		"\"\n", WATCH_DOUBLED, WATCH_MISTAKE, "typo.name-doubled" },
	{ "at www", NONE("192.0.2.1")
		"@192.0.2.1 +aa example.net.example.net 600 TXT nxdomain\n"
		"@192.0.2.1 +aa www.example.net. 300 IN TXT \"" SPF "\"\n",
		WATCH_MISPLACED, WATCH_MISTAKE, "typo.wrong-name" },
	{ "type SPF", NONE("192.0.2.1")
		"@192.0.2.1 +aa example.net.example.net 600 TXT nxdomain\n"
		"@192.0.2.1 +aa www.example.net 600 TXT nxdomain\n"
		"@192.0.2.1 +aa example.net. 300 IN SPF \"" SPF "\"\n",
		WATCH_MISPLACED, WATCH_MISTAKE, "typo.wrong-type" },
	{ "an alias",
		"@192.0.2.1 example.net TXT alias ; an alias\n",
		WATCH_NOT_YET, WATCH_WAITING, NULL },
};

static void
test_mistakes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
		const struct watch_row *row;
		struct world w;
		struct arena *arena = arena_new();

		open_world(&w, arena_printf(arena, "%s%s%s", ZONE PARENT ALL_NS
			NOWHERE("192.0.2.2") NOWHERE("2001:db8::2"),
			mistakes[i].there, NONE("192.0.2.2")
			NONE("2001:db8::2")), old, &no_caches);
		settle(&w, SAVED + 5);
		row = row_of(&w, "192.0.2.1");
		if (row->state != mistakes[i].state)
			fail_msg("%s: %s", mistakes[i].label,
			    watch_state_name(row->state));
		if (mistakes[i].id == NULL) {
			assert_int_equal(row->n_mistakes, 0);
		} else {
			assert_int_equal(row->n_mistakes, 1);
			assert_string_equal(row->mistakes[0].id,
			    mistakes[i].id);
		}
		assert_int_equal(w.view->verdict, mistakes[i].verdict);
		assert_state(&w, "192.0.2.2", WATCH_NOT_YET);
		close_world(&w);
		arena_free(&arena);
	}
}

/* What stood at the other name before is no misplaced record. */
static void
test_not_misplaced(void **state)
{
	static const char text[] = BASE NONE("192.0.2.1") NONE("192.0.2.2")
		NONE("2001:db8::2")
		"@192.0.2.1 +aa www.example.net. 300 IN TXT \"" SPF "\"\n";
	struct fact_value value = { SPF, sizeof SPF - 1, NULL, 0 };
	struct fact before = {
		.name = "www.example.net", .type = DNS_TXT, .status = FACT_OK,
		.values = &value, .n_values = 1, .when = SAVED - 60,
	};
	struct arena *arena = arena_new();
	char *clean = arena_strdup(arena, text), *line;
	struct world w;

	(void)state;
	/* the server says it is there; take out that it is not */
	line = strstr(clean, "@192.0.2.1 +aa www.example.net 600");
	*line = ';';
	open_world(&w, clean, nothing, &no_caches);
	settle(&w, SAVED + 5);
	assert_state(&w, "192.0.2.1", WATCH_MISPLACED);
	close_world(&w);
	open_world(&w, clean, nothing, &no_caches);
	facts_store_answer(w.facts, &before);
	settle(&w, SAVED + 5);
	assert_state(&w, "192.0.2.1", WATCH_NOT_YET);
	close_world(&w);
	arena_free(&arena);
}

/* ---- who gives no answer ---- */

static const struct {
	const char *word;
	enum watch_state state;
} troubles[] = {
	{ "timeout", WATCH_UNREACHABLE },
	{ "unreachable", WATCH_UNREACHABLE },
	{ "unmatched", WATCH_UNREACHABLE },
	{ "no-tcp", WATCH_UNREACHABLE },
	{ "lame", WATCH_LAME },
	{ "refused", WATCH_LAME },
	{ "servfail", WATCH_UNKNOWN },
	{ "invalid", WATCH_UNKNOWN },
	{ "loop", WATCH_UNKNOWN },
};

static void
test_troubles(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof troubles / sizeof troubles[0]; i++) {
		struct arena *arena = arena_new();
		struct world w;

		open_world(&w, arena_printf(arena, "%s@192.0.2.1 example.net "
			"TXT %s ; why\n", BASE HAS("192.0.2.2", SPF)
			HAS("2001:db8::2", SPF), troubles[i].word), nothing,
		    &no_caches);
		settle(&w, SAVED + 5);
		assert_state(&w, "192.0.2.1", troubles[i].state);
		assert_string_equal(row_of(&w, "192.0.2.1")->note, "why");
		assert_int_equal(row_of(&w, "192.0.2.1")->n_mistakes, 0);
		/* it is not called done by all, nor waited for */
		assert_int_equal(w.view->verdict, WATCH_DONE_PARTLY);
		assert_int_equal(w.view->records[0].n_right, 2);
		close_world(&w);
		arena_free(&arena);
	}
}

/* This host has no IPv6: the server itself has been asked. */
static void
test_one_family(void **state)
{
	struct world w;

	(void)state;
	open_world(&w, BASE HAS("192.0.2.1", SPF) HAS("192.0.2.2", SPF)
	    "@2001:db8::2 example.net TXT unreachable\n", nothing, &no_caches);
	settle(&w, SAVED + 5);
	assert_state(&w, "2001:db8::2", WATCH_UNREACHABLE);
	assert_int_equal(w.view->verdict, WATCH_DONE);
	close_world(&w);
	/* but the other way round a server has not been asked at all */
	open_world(&w, BASE HAS("2001:db8::2", SPF)
	    "@192.0.2.1 example.net TXT unreachable\n"
	    "@192.0.2.2 example.net TXT unreachable\n", nothing, &no_caches);
	settle(&w, SAVED + 5);
	assert_int_equal(w.view->verdict, WATCH_DONE_PARTLY);
	close_world(&w);
}

/* Nothing gets out but through the resolver. */
static void
test_blind(void **state)
{
	const struct watch_options options = {
		.resolvers = (const char *[]){ "127.0.0.1", NULL },
		.no_public = true,
	};
	struct world w;

	(void)state;
	open_world(&w, ZONE "@127.0.0.1+rd example.net 100 TXT nodata\n",
	    nothing, &options);
	settle(&w, SAVED + 5);
	assert_state(&w, "192.0.2.1", WATCH_UNREACHABLE);
	assert_state(&w, "127.0.0.1", WATCH_NOT_YET);
	assert_int_equal(row_of(&w, "127.0.0.1")->next, SAVED + 105);
	set_outside(&w, ZONE "@127.0.0.1+rd example.net. 100 IN TXT \"" SPF
	    "\"\n");
	settle(&w, SAVED + 105);
	assert_state(&w, "127.0.0.1", WATCH_RIGHT);
	assert_int_equal(w.view->verdict, WATCH_DONE_PARTLY);
	close_world(&w);
	/* and not even that */
	open_world(&w, ZONE, nothing, &options);
	settle(&w, SAVED + 5);
	assert_int_equal(w.view->verdict, WATCH_NOBODY);
	close_world(&w);
	/* the resolver is down: the zone is not known, and nothing is said of
	 * the record */
	open_world(&w, "[dns]\nexample.net SOA servfail ; broken\n", nothing,
	    &no_caches);
	settle(&w, SAVED + 5);
	assert_int_equal(w.view->verdict, WATCH_NOBODY);
	assert_string_equal(w.view->records[0].note, "broken");
	assert_null(w.view->records[0].zone);
	close_world(&w);
}

/* ---- zones ---- */

static void
test_delegation(void **state)
{
	struct world w;

	(void)state;
	open_world(&w, ZONE ALL_NS ALL_NOWHERE
	    "@192.0.2.100 example.net. 3600 IN NS ns1.example.net.\n"
	    "@192.0.2.100 example.net. 3600 IN NS ns3.example.net.\n"
	    "ns3.example.net. 3600 IN A 192.0.2.3\n"
	    "ns3.example.net AAAA nodata\n"
	    HAS("192.0.2.1", SPF) HAS("192.0.2.2", SPF)
	    HAS("2001:db8::2", SPF) NS("192.0.2.3")
	    "@192.0.2.3 example.net TXT refused\n", nothing, &no_caches);
	settle(&w, SAVED + 5);
	assert_non_null(strstr(w.view->records[0].delegation,
		"(ns1.example.net, ns3.example.net)"));
	assert_non_null(strstr(w.view->records[0].delegation,
		"(ns1.example.net, ns2.example.net)"));
	/* the world asks the third as well */
	assert_state(&w, "192.0.2.3", WATCH_LAME);
	close_world(&w);
}

/* The name does not exist: its negative answer says which zone it is in. */
static void
test_zone_of_a_new_name(void **state)
{
	struct change change = {
		.kind = CHANGE_DNS, .zone = "example.net",
		.name = "s1._domainkey.example.net", .type = DNS_TXT,
		.before = nothing,
		.after = (const char *[]){ "v=DKIM1; p=AAAA", NULL },
	};
	struct world w;

	(void)state;
	open_step(&w, BASE "+zone=example.net +serial=6 "
	    "s1._domainkey.example.net 600 SOA nxdomain\n"
	    "@192.0.2.1 +aa s1._domainkey.example.net. 300 IN TXT "
	    "\"v=DKIM1;\" \"p=AAAA\"\n", &change, 1, &no_caches);
	settle(&w, SAVED + 5);
	assert_string_equal(w.view->records[0].zone, "example.net");
	assert_state(&w, "192.0.2.1", WATCH_RIGHT);
	close_world(&w);
	/* without a SOA in the answer: walked up */
	open_step(&w, BASE "s1._domainkey.example.net 600 SOA nxdomain\n"
	    "_domainkey.example.net 600 SOA nxdomain\n", &change, 1,
	    &no_caches);
	settle(&w, SAVED + 5);
	assert_string_equal(w.view->records[0].zone, "example.net");
	close_world(&w);
}

/* RFC 2317: the reverse name is an alias into the user's zone. */
static void
test_reverse_alias(void **state)
{
	struct change change = {
		.kind = CHANGE_DNS, .name = "7.113.0.203.in-addr.arpa",
		.type = DNS_PTR, .before = nothing,
		.after = (const char *[]){ "mail.example.net", NULL },
	};
	struct world w;

	(void)state;
	open_step(&w, BASE
	    "7.113.0.203.in-addr.arpa 60 PTR nodata ; alias "
	    "7.rev.example.net\n"
	    "+zone=example.net +serial=6 7.rev.example.net 60 SOA nodata\n"
	    "@192.0.2.1 +aa 7.rev.example.net. 300 IN PTR mail.example.net.\n"
	    "@192.0.2.2 +aa 7.rev.example.net. 300 IN PTR mail.example.net.\n"
	    "@2001:db8::2 +aa 7.rev.example.net. 300 IN PTR "
	    "mail.example.net.\n", &change, 1, &no_caches);
	settle(&w, SAVED + 5);
	assert_string_equal(w.view->records[0].zone, "example.net");
	assert_int_equal(w.view->verdict, WATCH_DONE);
	close_world(&w);
}

/* A zone with more name servers than anybody has: bounded, and it ends. */
static void
test_many_servers(void **state)
{
	static const char head[] = "[dns]\n"
		"example.net. 3600 IN SOA " SOA_LINE("6");
	struct str text;
	struct world w;

	(void)state;
	str_init(&text, 1 << 20);
	str_adds(&text, head);
	for (int i = 0; i < 500; i++) {
		str_addf(&text, "example.net. 60 IN NS n%d.example.com.\n", i);
		for (int k = 0; k < 10; k++)
			str_addf(&text, "n%d.example.com. 60 IN A "
			    "10.%d.%d.%d\n", i, i / 256, i % 256, k);
	}
	open_world(&w, text.text, nothing, &no_caches);
	settle(&w, SAVED + 5);
	assert_int_equal(w.view->records[0].n_rows, 64);
	assert_int_equal(w.view->verdict, WATCH_NOBODY);
	/* the next look asks for one record and one serial of each */
	settle(&w, w.view->next);
	assert_in_range(w.asked, 1, 2 * 64);
	str_free(&text);
	close_world(&w);
}

/* A server that has it and then has it not: seen when it is asked again. */
static void
test_two_minds(void **state)
{
	struct world w;

	(void)state;
	open_world(&w, BASE HAS("192.0.2.1", SPF) HAS("192.0.2.2", SPF)
	    HAS("2001:db8::2", SPF), nothing, &no_caches);
	settle(&w, SAVED + 5);
	assert_int_equal(w.view->verdict, WATCH_DONE);
	set_outside(&w, BASE HAS("192.0.2.1", SPF) NONE("192.0.2.2")
	    HAS("2001:db8::2", SPF));
	watch_again(w.watch);
	settle(&w, SAVED + 60);
	assert_state(&w, "192.0.2.2", WATCH_NOT_YET);
	assert_int_equal(w.view->verdict, WATCH_WAITING);
	assert_int_equal(w.view->next, SAVED + 120);
	close_world(&w);
}

/* ---- several records, none, and worlds that do not change ---- */

static void
test_several_records(void **state)
{
	struct change changes[] = {
		{ .kind = CHANGE_DNS, .zone = "example.net",
		  .name = "mail.example.net", .type = DNS_A,
		  .before = nothing,
		  .after = (const char *[]){ "203.0.113.7", NULL } },
		{ .kind = CHANGE_ADVICE, .text = "words" },
		{ .kind = CHANGE_DNS, .zone = "example.net",
		  .name = "mail.example.net", .type = DNS_AAAA,
		  .before = nothing,
		  .after = (const char *[]){ "2001:db8::7", NULL } },
	};
	struct world w;

	(void)state;
	open_step(&w, BASE
	    "mail.example.net SOA servfail\n", changes, 3, &no_caches);
	settle(&w, SAVED + 5);
	assert_int_equal(w.view->n_records, 2);
	assert_int_equal(w.view->records[1].change->type, DNS_AAAA);
	close_world(&w);
	open_step(&w, BASE, changes + 1, 1, &no_caches);
	settle(&w, SAVED + 5);
	assert_int_equal(w.view->n_records, 0);
	assert_int_equal(w.view->verdict, WATCH_DONE);
	assert_int_equal(w.asked, 0);
	close_world(&w);
}

static void
test_recorded_world(void **state)
{
	static const char text[] = BASE HAS("192.0.2.1", SPF)
		NONE("192.0.2.2") NONE("2001:db8::2");
	struct recording recording;
	struct world w;
	struct str err;

	(void)state;
	str_init(&err, 512);
	open_world(&w, text, nothing, &no_caches);
	assert_true(replay_read(w.arena, "x", text, strlen(text), w.facts,
		&recording, &err));
	settle(&w, SAVED + 5);
	assert_int_equal(w.asked, 0);
	assert_state(&w, "192.0.2.1", WATCH_RIGHT);
	assert_state(&w, "192.0.2.2", WATCH_NOT_YET);
	assert_int_equal(w.view->next, 0);
	str_free(&err);
	close_world(&w);
}

/* What this host's resolver said in the diagnosis is not asked again. */
static void
test_resolver_remembers(void **state)
{
	const struct watch_options options = {
		.resolvers = (const char *[]){ "127.0.0.1", NULL },
		.no_public = true,
	};
	struct fact before = {
		.name = "example.net", .type = DNS_TXT,
		.status = FACT_NODATA, .ttl = 600, .when = SAVED - 100,
		.zone = "example.net",
	};
	struct world w;

	(void)state;
	open_world(&w, BASE NONE("192.0.2.1") NONE("192.0.2.2")
	    NONE("2001:db8::2"), nothing, &options);
	facts_store_answer(w.facts, &before);
	settle(&w, SAVED);
	assert_state(&w, "127.0.0.1", WATCH_NOT_YET);
	assert_int_equal(row_of(&w, "127.0.0.1")->remaining, 500);
	assert_int_equal(w.to_caches, 0);
	/* and it named the zone */
	assert_null(facts_seen(w.facts, NULL, "example.net", DNS_SOA));
	assert_string_equal(w.view->records[0].zone, "example.net");
	close_world(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_wait),
		cmocka_unit_test(test_no_way_to_public),
		cmocka_unit_test(test_schedule),
		cmocka_unit_test(test_other_times),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_not_misplaced),
		cmocka_unit_test(test_troubles),
		cmocka_unit_test(test_one_family),
		cmocka_unit_test(test_blind),
		cmocka_unit_test(test_delegation),
		cmocka_unit_test(test_zone_of_a_new_name),
		cmocka_unit_test(test_reverse_alias),
		cmocka_unit_test(test_many_servers),
		cmocka_unit_test(test_two_minds),
		cmocka_unit_test(test_several_records),
		cmocka_unit_test(test_recorded_world),
		cmocka_unit_test(test_resolver_remembers),
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
