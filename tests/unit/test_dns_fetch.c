/* SPDX-License-Identifier: ISC
 * The fetcher against servers that lie, stay silent, cut, loop and refuse. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/world/dns_fetch.h"
#include "tests/fakedns_run.h"

/* Long enough that no answer is missed on a busy machine, where the test does
 * not wait for it to pass. */
#define LONG_MS 20000
/* Where it does, for nothing; and where another answer must come meanwhile. */
#define SHORT_MS 60
#define MEDIUM_MS 500

static const char zone[] =
	"a.example. 300 IN A 192.0.2.1\n"
	"a.example. 200 IN A 192.0.2.2\n"
	"a.example. AAAA 2001:db8::1\n"
	"a.example. MX 10 Mail.A.Example.\n"
	"a.example. NS ns1.a.example.\n"
	"a.example. 400 IN SOA ns1.a.example. root.a.example. 7 3600 900 "
		"604800 90\n"
	"a.example. TXT \"v=spf1 \" \"-all\" ; two strings\n"
	"1.2.0.192.in-addr.arpa. PTR a.example.\n"
	"null.example. MX 0 .\n"
	"b.example. A 192.0.2.3\n"
	"www.example. 100 IN CNAME web.a.example.\n"
	"web.a.example. 50 IN A 192.0.2.9\n"
	"dangling.example. CNAME nowhere.a.example.\n"
	"nothing.example. CNAME b.example.\n"
	"brief.example. 10 IN CNAME b.example.\n"
	"circle1.example. CNAME circle2.example.\n"
	"circle2.example. CNAME circle1.example.\n"
	"n10.example. CNAME n9.example.\n"
	"n9.example. CNAME n8.example.\n"
	"n8.example. CNAME n7.example.\n"
	"n7.example. CNAME n6.example.\n"
	"n6.example. CNAME n5.example.\n"
	"n5.example. CNAME n4.example.\n"
	"n4.example. CNAME n3.example.\n"
	"n3.example. CNAME n2.example.\n"
	"n2.example. CNAME n1.example.\n"
	"n1.example. CNAME n0.example.\n"
	"n0.example. A 192.0.2.10\n"
	"n11.example. CNAME n10.example.\n";

struct world {
	struct fakedns fake;
	struct arena *arena;
	struct facts *facts;
	struct resolvconf conf;
	struct dns_fetch *fetch;
	size_t polls;            /* how often wait_all() woke up */
};

/* Servers 127.0.0.31, .32 and so on, each with the flags in its line. */
static void
open_world(struct world *w, const char *const *servers, const char *rules,
    const char *zone_text)
{
	char config[2048];
	size_t used = 0;

	memset(w, 0, sizeof *w);
	for (int i = 0; servers[i] != NULL; i++)
		used += (size_t)snprintf(config + used, sizeof config - used,
			"server 127.0.0.%d 0 %s zone=z\n", 31 + i, servers[i]);
	snprintf(config + used, sizeof config - used, "%slog=l\n", rules);
	assert_true(fakedns_start(&w->fake, TEST_BUILDDIR "/tests/fakedns",
		config, zone_text));
	w->arena = arena_new();
	w->facts = facts_new(w->arena);
	resolvconf_init(&w->conf);
	w->conf.timeout_ms = LONG_MS;
	for (int i = 0; servers[i] != NULL; i++) {
		char address[32];

		snprintf(address, sizeof address, "127.0.0.%d", 31 + i);
		fakedns_use(&w->fake, (size_t)i, address, &w->conf);
	}
}

static void
open_fetch(struct world *w, int timeout_ms)
{
	w->conf.timeout_ms = timeout_ms;
	w->fetch = dns_fetch_new(w->facts, &w->conf);
}

static void
close_world(struct world *w)
{
	dns_fetch_free(&w->fetch);
	arena_free(&w->arena);
	fakedns_stop(&w->fake);
}

/* One turn of a caller's loop; returns what dns_fetch_io() does. */
static size_t
turn(struct world *w)
{
	struct pollfd fds[DNS_FETCH_MAX_FDS];
	int timeout;
	size_t n = dns_fetch_poll(w->fetch, fds, DNS_FETCH_MAX_FDS, &timeout);

	assert_int_not_equal(timeout, -1);
	assert_true(poll(fds, n, timeout) >= 0);
	w->polls++;
	return dns_fetch_io(w->fetch, fds, n);
}

static void
wait_all(struct world *w)
{
	size_t before, settled;

	dns_fetch_start(w->fetch);
	while (dns_fetch_pending(w->fetch) != 0) {
		before = dns_fetch_pending(w->fetch);
		settled = turn(w);
		assert_int_equal(dns_fetch_pending(w->fetch),
		    before - settled);
	}
	assert_int_equal(facts_wanted(w->facts), 0);
}

static const struct fact *
look_up(struct world *w, const char *name, enum dns_type type)
{
	facts_dns(w->facts, name, type);
	wait_all(w);
	return facts_dns(w->facts, name, type);
}

static void
assert_fact(const struct fact *fact, enum fact_status status,
    const char *first)
{
	if (fact->status != status)
		print_message("%s: %s\n", fact->key,
		    fact->note != NULL ? fact->note : "no note");
	assert_string_equal(fact_status_name(fact->status),
	    fact_status_name(status));
	if (first == NULL)
		assert_int_equal(fact->n_values, 0);
	else
		assert_string_equal(fact->values[0].text, first);
}

static void
assert_note(const struct fact *fact, const char *part)
{
	assert_non_null(fact->note);
	if (strstr(fact->note, part) == NULL)
		fail_msg("note is '%s', not about '%s'", fact->note, part);
}

/* ---- what good servers say ---- */

static const struct {
	const char *name;
	enum dns_type type;
	enum fact_status status;
	const char *first;
	uint32_t ttl;
} good_answers[] = {
	{ "a.example", DNS_A, FACT_OK, "192.0.2.1", 200 },
	{ "A.EXAMPLE.", DNS_AAAA, FACT_OK, "2001:db8::1", 3600 },
	{ "a.example", DNS_MX, FACT_OK, "10 mail.a.example", 3600 },
	{ "a.example", DNS_NS, FACT_OK, "ns1.a.example", 3600 },
	{ "a.example", DNS_TXT, FACT_OK, "v=spf1 -all", 3600 },
	{ "a.example", DNS_SOA, FACT_OK,
		"ns1.a.example. root.a.example. 7 3600 900 604800 90", 400 },
	{ "1.2.0.192.in-addr.arpa", DNS_PTR, FACT_OK, "a.example", 3600 },
	{ "null.example", DNS_MX, FACT_OK, "0 .", 3600 },
	{ "www.example", DNS_CNAME, FACT_OK, "web.a.example", 100 },
	/* RFC 2308 5: the SOA's TTL is 400, its minimum 90; the root's 60 */
	{ "nope.a.example", DNS_A, FACT_NXDOMAIN, NULL, 90 },
	{ "web.a.example", DNS_TXT, FACT_NODATA, NULL, 90 },
	{ "nope.example", DNS_A, FACT_NXDOMAIN, NULL, 60 },
	{ "example", DNS_A, FACT_NODATA, NULL, 60 },
};

#define N_GOOD (sizeof good_answers / sizeof good_answers[0])

static void
check_good_answers(const char *flags, bool use_tcp)
{
	struct world w;

	open_world(&w, (const char *[]){ flags, NULL }, "", zone);
	w.conf.use_tcp = use_tcp;
	open_fetch(&w, LONG_MS);
	for (size_t i = 0; i < N_GOOD; i++)
		facts_dns(w.facts, good_answers[i].name, good_answers[i].type);
	wait_all(&w);
	for (size_t i = 0; i < N_GOOD; i++) {
		const struct fact *fact = facts_dns(w.facts,
			good_answers[i].name, good_answers[i].type);

		assert_fact(fact, good_answers[i].status,
		    good_answers[i].first);
		assert_int_equal(fact->ttl, good_answers[i].ttl);
		assert_string_equal(fact->server, w.conf.servers[0].text);
		assert_true(fact->ms >= 0);
		assert_null(fact->note);
	}
	assert_int_equal(fakedns_log(&w.fake, NULL), N_GOOD);
	close_world(&w);
}

static void
test_good_answers(void **state)
{
	(void)state;
	check_good_answers("rec", false);
	check_good_answers("rec", true);
	check_good_answers("rec drip", true);
	check_good_answers("", false);
}

static void
test_txt_strings(void **state)
{
	const struct fact *fact;
	struct world w;

	(void)state;
	open_world(&w, (const char *[]){ "rec", NULL }, "", zone);
	open_fetch(&w, LONG_MS);
	fact = look_up(&w, "a.example", DNS_TXT);
	assert_int_equal(fact->n_values, 1);
	assert_int_equal(fact->values[0].n_strings, 2);
	assert_int_equal(fact->values[0].strings[0], 7);
	assert_int_equal(fact->values[0].strings[1], 4);
	close_world(&w);
}

/* ---- one server that misbehaves; what it does is in its flags ---- */

static const struct {
	const char *flags;
	int timeout_ms;
	enum fact_status status;
	const char *first;
	const char *note;
	size_t questions;        /* sent in all */
} lonely[] = {
	/* nothing to wait for */
	{ "rec servfail", LONG_MS, FACT_SERVFAIL, NULL, "SERVFAIL", 1 },
	{ "rec refuse", LONG_MS, FACT_REFUSED, NULL, "REFUSED", 1 },
	{ "rec nxdomain", LONG_MS, FACT_NXDOMAIN, NULL, NULL, 1 },
	{ "rec formerr", LONG_MS, FACT_INVALID, NULL, "error code 1", 2 },
	{ "rec garbage", LONG_MS, FACT_INVALID, NULL, "damaged", 1 },
	{ "rec cut", LONG_MS, FACT_INVALID, NULL, "damaged", 1 },
	{ "rec loop", LONG_MS, FACT_INVALID, NULL, "circle", 1 },
	{ "rec noedns", LONG_MS, FACT_OK, "192.0.2.3", NULL, 2 },
	{ "rec tc", LONG_MS, FACT_OK, "192.0.2.3", NULL, 2 },
	{ "rec tc drip", LONG_MS, FACT_OK, "192.0.2.3", NULL, 2 },
	{ "rec tc notcp", LONG_MS, FACT_TIMEOUT, NULL, "TCP", 1 },
	{ "rec tc hangup", LONG_MS, FACT_TIMEOUT, NULL, "TCP", 2 },
	{ "rec tc noedns", LONG_MS, FACT_OK, "192.0.2.3", NULL, 3 },
	{ "rec badidfirst", LONG_MS, FACT_OK, "192.0.2.3", NULL, 1 },
	{ "rec tc badidfirst", LONG_MS, FACT_OK, "192.0.2.3", NULL, -1 },
	/* these must time out: each of two tries */
	{ "rec drop", SHORT_MS, FACT_TIMEOUT, NULL, "did not answer", 2 },
	{ "rec badsrc", SHORT_MS, FACT_TIMEOUT, NULL, "did not answer", 2 },
	{ "rec badid", SHORT_MS, FACT_TIMEOUT, NULL, "do not belong", 2 },
	{ "rec lie", SHORT_MS, FACT_TIMEOUT, NULL, "do not belong", 2 },
	{ "rec tc droptcp", SHORT_MS, FACT_TIMEOUT, NULL, "TCP", 2 },
};

static void
test_lonely_server(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof lonely / sizeof lonely[0]; i++) {
		const struct fact *fact;
		struct world w;

		print_message("one server: %s\n", lonely[i].flags);
		open_world(&w, (const char *[]){ lonely[i].flags, NULL }, "",
		    zone);
		open_fetch(&w, lonely[i].timeout_ms);
		fact = look_up(&w, "b.example", DNS_A);
		assert_fact(fact, lonely[i].status, lonely[i].first);
		if (lonely[i].note != NULL)
			assert_note(fact, lonely[i].note);
		if (lonely[i].status == FACT_TIMEOUT) {
			assert_null(fact->server);
			assert_note(fact, w.conf.servers[0].text);
		} else {
			assert_string_equal(fact->server,
			    w.conf.servers[0].text);
		}
		if (lonely[i].questions != (size_t)-1)
			assert_int_equal(fakedns_log(&w.fake, NULL),
			    lonely[i].questions);
		close_world(&w);
	}
}

/* ---- the first server misbehaves, the second is good ---- */

static const struct {
	const char *flags;
	int timeout_ms;
} first_bad[] = {
	{ "servfail", LONG_MS }, { "refuse", LONG_MS }, { "formerr", LONG_MS },
	{ "garbage", LONG_MS }, { "cut", LONG_MS }, { "loop", LONG_MS },
	{ "tc notcp", LONG_MS }, { "tc hangup", LONG_MS },
	{ "drop", MEDIUM_MS }, { "badid", MEDIUM_MS },
	{ "badsrc", MEDIUM_MS }, { "lie", MEDIUM_MS },
	{ "tc droptcp", MEDIUM_MS },
};

static void
test_second_server_helps(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof first_bad / sizeof first_bad[0]; i++) {
		const char *flags = first_bad[i].flags;
		const struct fact *fact;
		struct world w;

		print_message("first server: %s\n", flags);
		open_world(&w, (const char *[]){ flags, "rec", NULL }, "",
		    zone);
		open_fetch(&w, first_bad[i].timeout_ms);
		fact = look_up(&w, "b.example", DNS_A);
		assert_fact(fact, FACT_OK, "192.0.2.3");
		assert_string_equal(fact->server, w.conf.servers[1].text);
		close_world(&w);
	}
}

/* Nobody listens on the first server's port: the system says so at once. */
static void
test_closed_port(void **state)
{
	struct resolvconf closed;
	const struct fact *fact;
	struct fakedns gone;
	struct world w;

	(void)state;
	assert_true(fakedns_start(&gone, TEST_BUILDDIR "/tests/fakedns",
		"server 127.0.0.40 0 zone=z\n", ""));
	resolvconf_init(&closed);
	fakedns_use(&gone, 0, "127.0.0.40", &closed);
	fakedns_stop(&gone);

	open_world(&w, (const char *[]){ "rec", NULL }, "", zone);
	w.conf.servers[1] = w.conf.servers[0];
	w.conf.servers[0] = closed.servers[0];
	w.conf.n = 2;
	open_fetch(&w, LONG_MS);
	fact = look_up(&w, "b.example", DNS_A);
	assert_fact(fact, FACT_OK, "192.0.2.3");
	assert_string_equal(fact->server, w.conf.servers[1].text);
	dns_fetch_free(&w.fetch);

	w.conf.n = 1;
	open_fetch(&w, LONG_MS);
	fact = look_up(&w, "a.example", DNS_A);
	assert_fact(fact, FACT_TIMEOUT, NULL);
	assert_note(fact, "cannot be reached");
	close_world(&w);
}

static void
test_no_server(void **state)
{
	const struct fact *fact;
	struct world w;

	(void)state;
	open_world(&w, (const char *[]){ "rec", NULL }, "", zone);
	w.conf.n = 0;
	open_fetch(&w, LONG_MS);
	fact = look_up(&w, "b.example", DNS_A);
	assert_fact(fact, FACT_TIMEOUT, NULL);
	assert_note(fact, "no name server");
	close_world(&w);
}

/* A reply of one kind beside one of another: the telling one wins, and the
 * note names both servers. */
static void
test_worst_of_two(void **state)
{
	const struct fact *fact;
	struct world w;

	(void)state;
	open_world(&w, (const char *[]){ "refuse", "servfail", NULL }, "",
	    zone);
	open_fetch(&w, LONG_MS);
	fact = look_up(&w, "b.example", DNS_A);
	assert_fact(fact, FACT_SERVFAIL, NULL);
	assert_string_equal(fact->server, w.conf.servers[1].text);
	assert_note(fact, w.conf.servers[0].text);
	assert_note(fact, w.conf.servers[1].text);
	close_world(&w);
}

/* ---- no blacklisting, but a better order ---- */

static void
test_lost_datagram(void **state)
{
	struct world w;

	(void)state;
	open_world(&w, (const char *[]){ "rec", NULL },
	    "rule b.example A dropfirst=1\n"
	    "rule a.example A dropfirst=2\n", zone);
	open_fetch(&w, MEDIUM_MS);
	assert_fact(look_up(&w, "b.example", DNS_A), FACT_OK, "192.0.2.3");
	assert_fact(look_up(&w, "a.example", DNS_A), FACT_TIMEOUT, NULL);
	/* silent twice, and asked again all the same */
	facts_retry_failed(w.facts);
	assert_int_equal(facts_wanted(w.facts), 1);
	assert_fact(look_up(&w, "a.example", DNS_A), FACT_OK, "192.0.2.1");
	assert_int_equal(fakedns_log(&w.fake, "b.example. A"), 2);
	assert_int_equal(fakedns_log(&w.fake, "a.example. A"), 3);
	close_world(&w);
}

/* A dead first server costs its timeout once, not in every wave. */
static void
test_silent_server_comes_last(void **state)
{
	struct world w;

	(void)state;
	open_world(&w, (const char *[]){ "drop", "rec", NULL }, "", zone);
	open_fetch(&w, MEDIUM_MS);
	assert_fact(look_up(&w, "b.example", DNS_A), FACT_OK, "192.0.2.3");
	assert_int_equal(fakedns_log(&w.fake, "b.example. A"), 2);
	assert_fact(look_up(&w, "a.example", DNS_A), FACT_OK, "192.0.2.1");
	assert_int_equal(fakedns_log(&w.fake, "a.example. A"), 1);
	close_world(&w);
}

static void
test_edns_is_learned(void **state)
{
	struct world w;

	(void)state;
	open_world(&w, (const char *[]){ "rec noedns", NULL }, "", zone);
	open_fetch(&w, LONG_MS);
	look_up(&w, "b.example", DNS_A);
	look_up(&w, "a.example", DNS_A);
	assert_int_equal(fakedns_log(&w.fake, "b.example. A"), 2);
	assert_int_equal(fakedns_log(&w.fake, "a.example. A"), 1);
	close_world(&w);
}

static void
test_rotate(void **state)
{
	size_t per_server[3] = { 0, 0, 0 };
	struct world w;
	char name[32];

	(void)state;
	open_world(&w, (const char *[]){ "rec", "rec", "rec", NULL }, "",
	    zone);
	w.conf.rotate = true;
	open_fetch(&w, LONG_MS);
	for (int i = 0; i < 30; i++) {
		snprintf(name, sizeof name, "r%d.example", i);
		facts_dns(w.facts, name, DNS_A);
	}
	wait_all(&w);
	for (size_t i = 0; i < facts_count(w.facts); i++) {
		for (size_t s = 0; s < 3; s++)
			per_server[s] += strcmp(facts_at(w.facts, i)->server,
				w.conf.servers[s].text) == 0;
	}
	for (size_t s = 0; s < 3; s++)
		assert_int_equal(per_server[s], 10);
	close_world(&w);
}

/* ---- aliases ---- */

static const struct {
	const char *name;
	enum fact_status status;
	const char *first;
	const char *alias;
	uint32_t ttl;
} aliases[] = {
	{ "www.example", FACT_OK, "192.0.2.9", "web.a.example", 50 },
	{ "dangling.example", FACT_NXDOMAIN, NULL, "nowhere.a.example", 90 },
	{ "brief.example", FACT_OK, "192.0.2.3", "b.example", 10 },
	{ "n10.example", FACT_OK, "192.0.2.10", "n0.example", 3600 },
	{ "n11.example", FACT_INVALID, NULL, NULL, 0 },
	{ "circle1.example", FACT_INVALID, NULL, NULL, 0 },
};

static void
check_aliases(const char *flags)
{
	struct world w;

	open_world(&w, (const char *[]){ flags, NULL }, "", zone);
	open_fetch(&w, LONG_MS);
	for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++) {
		const struct fact *fact = look_up(&w, aliases[i].name, DNS_A);

		assert_fact(fact, aliases[i].status, aliases[i].first);
		if (aliases[i].status == FACT_INVALID) {
			assert_note(fact, "circle");
			continue;
		}
		assert_string_equal(fact->alias, aliases[i].alias);
		assert_int_equal(fact->ttl, aliases[i].ttl);
	}
	assert_fact(look_up(&w, "nothing.example", DNS_MX), FACT_NODATA, NULL);
	close_world(&w);
}

static void
test_aliases(void **state)
{
	(void)state;
	check_aliases("rec");    /* the whole chain in one reply */
	check_aliases("");       /* each step is a question of its own */
}

/* Each step of a chain has all the tries. */
static void
test_alias_tries(void **state)
{
	struct world w;

	(void)state;
	open_world(&w, (const char *[]){ "", NULL },
	    "rule www.example A dropfirst=1\n"
	    "rule web.a.example A dropfirst=1\n", zone);
	open_fetch(&w, MEDIUM_MS);
	assert_fact(look_up(&w, "www.example", DNS_A), FACT_OK, "192.0.2.9");
	assert_int_equal(fakedns_log(&w.fake, NULL), 4);
	close_world(&w);
}

/* ---- size ---- */

static void
test_long_text(void **state)
{
	static char big[8192];
	const struct fact *fact;
	size_t used, total;
	struct world w;

	(void)state;
	used = (size_t)snprintf(big, sizeof big, "big.example. TXT");
	for (int i = 0; i < 20; i++)
		used += (size_t)snprintf(big + used, sizeof big - used,
			" \"%0200d\"", i);
	snprintf(big + used, sizeof big - used, "\n");
	open_world(&w, (const char *[]){ "rec", NULL }, "", big);
	open_fetch(&w, LONG_MS);
	fact = look_up(&w, "big.example", DNS_TXT);
	assert_int_equal(fact->status, FACT_OK);
	assert_int_equal(fact->values[0].len, 4000);
	assert_int_equal(fact->values[0].n_strings, 20);
	total = strlen(fact->values[0].text);
	assert_int_equal(total, 4000);
	assert_int_equal(fakedns_log(&w.fake, NULL), 2);   /* UDP, TCP */
	close_world(&w);
}

/* ---- many at once ---- */

static void
want_many(struct world *w, int n)
{
	char name[32];

	for (int i = 0; i < n; i++) {
		snprintf(name, sizeof name, "m%d.example", i);
		facts_dns(w->facts, name, DNS_A);
	}
}

static void
test_parallel(void **state)
{
	struct pollfd fds[DNS_FETCH_MAX_FDS];
	struct world w;
	int timeout;

	(void)state;
	open_world(&w, (const char *[]){ "rec delay=50", NULL }, "", zone);
	open_fetch(&w, LONG_MS);
	want_many(&w, 40);
	assert_int_equal(facts_wanted(w.facts), 40);
	dns_fetch_start(w.fetch);
	assert_int_equal(dns_fetch_pending(w.fetch), 40);
	/* all are on their way before the first answer */
	assert_int_equal(dns_fetch_poll(w.fetch, fds, DNS_FETCH_MAX_FDS,
		&timeout), 40);
	wait_all(&w);
	assert_int_equal(fakedns_log(&w.fake, NULL), 40);
	assert_int_equal(fakedns_log(&w.fake, "m7.example. A"), 1);
	close_world(&w);
}

static void
test_at_most_64(void **state)
{
	struct pollfd fds[200];
	size_t most = 0, n;
	struct world w;
	int timeout;

	(void)state;
	open_world(&w, (const char *[]){ "rec delay=5", NULL }, "", zone);
	open_fetch(&w, LONG_MS);
	want_many(&w, 200);
	dns_fetch_start(w.fetch);
	assert_int_equal(dns_fetch_pending(w.fetch), 200);
	while (dns_fetch_pending(w.fetch) != 0) {
		n = dns_fetch_poll(w.fetch, fds, 200, &timeout);
		most = n > most ? n : most;
		turn(&w);
	}
	assert_int_equal(most, 64);
	assert_int_equal(fakedns_log(&w.fake, NULL), 200);
	close_world(&w);
}

/* Asking again for what is on its way sends nothing. */
static void
test_asked_once(void **state)
{
	struct world w;

	(void)state;
	open_world(&w, (const char *[]){ "rec delay=20", NULL }, "", zone);
	open_fetch(&w, LONG_MS);
	facts_dns(w.facts, "b.example", DNS_A);
	dns_fetch_start(w.fetch);
	facts_dns(w.facts, "B.example.", DNS_A);
	facts_forget(w.facts, "b.example", DNS_A);
	dns_fetch_start(w.fetch);
	assert_int_equal(dns_fetch_pending(w.fetch), 1);
	wait_all(&w);
	facts_dns(w.facts, "b.example", DNS_A);
	wait_all(&w);
	assert_int_equal(fakedns_log(&w.fake, NULL), 1);
	facts_forget(w.facts, "b.example", DNS_A);
	assert_fact(look_up(&w, "b.example", DNS_A), FACT_OK, "192.0.2.3");
	assert_int_equal(fakedns_log(&w.fake, NULL), 2);
	close_world(&w);
}

/* ---- waiting and stopping ---- */

static void
test_idle_costs_nothing(void **state)
{
	struct pollfd fds[DNS_FETCH_MAX_FDS];
	struct world w;
	int timeout = 0;

	(void)state;
	open_world(&w, (const char *[]){ "rec drop", NULL }, "", zone);
	open_fetch(&w, SHORT_MS);
	dns_fetch_start(w.fetch);
	assert_int_equal(dns_fetch_poll(w.fetch, fds, 64, &timeout), 0);
	assert_int_equal(timeout, -1);
	facts_dns(w.facts, "b.example", DNS_A);
	dns_fetch_start(w.fetch);
	assert_int_equal(dns_fetch_poll(w.fetch, fds, 64, &timeout), 1);
	assert_in_range(timeout, 0, SHORT_MS);
	/* two tries, two deadlines, two times awake */
	wait_all(&w);
	assert_int_equal(w.polls, 2);
	assert_int_equal(dns_fetch_poll(w.fetch, fds, 64, &timeout), 0);
	assert_int_equal(timeout, -1);
	assert_int_equal(dns_fetch_io(w.fetch, fds, 0), 0);
	close_world(&w);
}

static void
test_give_up(void **state)
{
	struct pollfd fds[DNS_FETCH_MAX_FDS];
	struct world w;
	int timeout = 0;

	(void)state;
	open_world(&w, (const char *[]){ "drop", NULL }, "", zone);
	open_fetch(&w, LONG_MS);
	want_many(&w, 100);
	dns_fetch_start(w.fetch);
	dns_fetch_give_up(w.fetch, "stopped");
	assert_int_equal(dns_fetch_pending(w.fetch), 0);
	assert_int_equal(facts_wanted(w.facts), 0);
	assert_int_equal(dns_fetch_poll(w.fetch, fds, 64, &timeout), 0);
	assert_int_equal(timeout, -1);
	for (size_t i = 0; i < facts_count(w.facts); i++) {
		assert_fact(facts_at(w.facts, i), FACT_TIMEOUT, NULL);
		assert_string_equal(facts_at(w.facts, i)->note, "stopped");
	}
	close_world(&w);
}

static void
test_free_in_flight(void **state)
{
	struct world w;

	(void)state;
	open_world(&w, (const char *[]){ "rec", NULL },
	    "rule * A dropfirst=100\n", zone);
	open_fetch(&w, LONG_MS);
	want_many(&w, 100);
	dns_fetch_start(w.fetch);
	dns_fetch_free(&w.fetch);
	assert_null(w.fetch);
	assert_int_equal(facts_wanted(w.facts), 100);
	/* a new fetcher begins anew; the first 64 questions were lost */
	open_fetch(&w, 3 * MEDIUM_MS);
	dns_fetch_start(w.fetch);
	assert_int_equal(dns_fetch_pending(w.fetch), 100);
	wait_all(&w);
	for (size_t i = 0; i < facts_count(w.facts); i++)
		assert_fact(facts_at(w.facts, i), FACT_NXDOMAIN, NULL);
	close_world(&w);
}

static void
test_replay_asks_nothing(void **state)
{
	struct world w;

	(void)state;
	open_world(&w, (const char *[]){ "rec", NULL }, "", zone);
	facts_set_world(w.facts, FACTS_CLOSED);
	open_fetch(&w, LONG_MS);
	assert_fact(look_up(&w, "b.example", DNS_A), FACT_NXDOMAIN, NULL);
	assert_int_equal(fakedns_log(&w.fake, NULL), 0);
	close_world(&w);
}

/* ---- IPv6 ---- */

static bool
have_ipv6(void)
{
	struct sockaddr_in6 loopback = {
		.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT,
	};
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);
	bool good;

	if (fd < 0)
		return false;
	good = bind(fd, (struct sockaddr *)&loopback, sizeof loopback) == 0;
	close(fd);
	return good;
}

static void
test_ipv6_server(void **state)
{
	struct world w;

	(void)state;
	memset(&w, 0, sizeof w);
	if (!have_ipv6()) {
		print_message("this host has no IPv6 loopback\n");
		return;
	}
	assert_true(fakedns_start(&w.fake, TEST_BUILDDIR "/tests/fakedns",
		"server ::1 0 rec tc zone=z\nlog=l\n", zone));
	w.arena = arena_new();
	w.facts = facts_new(w.arena);
	resolvconf_init(&w.conf);
	fakedns_use(&w.fake, 0, "::1", &w.conf);
	open_fetch(&w, LONG_MS);
	assert_fact(look_up(&w, "b.example", DNS_A), FACT_OK, "192.0.2.3");
	close_world(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_answers),
		cmocka_unit_test(test_txt_strings),
		cmocka_unit_test(test_lonely_server),
		cmocka_unit_test(test_second_server_helps),
		cmocka_unit_test(test_closed_port),
		cmocka_unit_test(test_no_server),
		cmocka_unit_test(test_worst_of_two),
		cmocka_unit_test(test_lost_datagram),
		cmocka_unit_test(test_silent_server_comes_last),
		cmocka_unit_test(test_edns_is_learned),
		cmocka_unit_test(test_rotate),
		cmocka_unit_test(test_aliases),
		cmocka_unit_test(test_alias_tries),
		cmocka_unit_test(test_long_text),
		cmocka_unit_test(test_parallel),
		cmocka_unit_test(test_at_most_64),
		cmocka_unit_test(test_asked_once),
		cmocka_unit_test(test_idle_costs_nothing),
		cmocka_unit_test(test_give_up),
		cmocka_unit_test(test_free_in_flight),
		cmocka_unit_test(test_replay_asks_nothing),
		cmocka_unit_test(test_ipv6_server),
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests_name("dns_fetch", tests, NULL, NULL);
}
