/* SPDX-License-Identifier: ISC
 * The fetcher: a queue of facts, the questions in flight, and what their
 * answers settle. Hides all of it behind one set of descriptors. */
#include "config.h"

#include "engine/world/dns_fetch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/base/i18n.h"
#include "engine/world/dns_query.h"
#include "engine/world/dns_target.h"

#define MAX_ALIASES 10
/* Messages read from one socket before the others get their turn. */
#define MAX_BURST 16
#define NANOSECONDS_PER_MS 1000000

struct dns_fetch {
	struct facts *facts;
	struct resolvconf conf;
	struct server_state servers[RESOLV_MAX_SERVERS];
	struct dns_target *targets;
	size_t turn;             /* "options rotate": who is first next time */
	struct query queries[DNS_FETCH_MAX_FDS];
	size_t n_queries;        /* in flight */
	size_t settled;          /* since dns_fetch_io() was entered */
	struct fact **queue;     /* to be asked when a place is free */
	size_t queue_head, queue_len, queue_size;
	uint8_t buffer[UINT16_MAX];
};

struct dns_fetch *
dns_fetch_new(struct facts *facts, const struct resolvconf *conf)
{
	struct dns_fetch *fetch = mem_alloc(sizeof *fetch);

	memset(fetch, 0, sizeof *fetch);
	fetch->facts = facts;
	fetch->conf = *conf;
	for (size_t i = 0; i < DNS_FETCH_MAX_FDS; i++)
		dns_try_init(&fetch->queries[i].attempt);
	return fetch;
}

void
dns_fetch_free(struct dns_fetch **fetch)
{
	struct dns_fetch *f = *fetch;

	if (f == NULL)
		return;
	for (size_t i = 0; i < DNS_FETCH_MAX_FDS; i++) {
		dns_try_close(&f->queries[i].attempt);
		if (f->queries[i].fact != NULL)
			facts_unask(f->facts, f->queries[i].fact);
	}
	for (size_t i = f->queue_head; i < f->queue_len; i++)
		facts_unask(f->facts, f->queue[i]);
	dns_target_free(&f->targets);
	free(f->queue);
	free(f);
	*fetch = NULL;
}

/* ---- the queue ---- */

static void
enqueue(struct dns_fetch *fetch, struct fact *fact)
{
	if (fetch->queue_head == fetch->queue_len)
		fetch->queue_head = fetch->queue_len = 0;
	if (fetch->queue_len == fetch->queue_size) {
		fetch->queue_size = fetch->queue_size * 2 + 64;
		fetch->queue = mem_realloc(fetch->queue,
			fetch->queue_size * sizeof *fetch->queue);
	}
	fetch->queue[fetch->queue_len++] = fact;
}

static struct query *
free_place(struct dns_fetch *fetch)
{
	for (size_t i = 0; i < DNS_FETCH_MAX_FDS; i++) {
		if (fetch->queries[i].fact == NULL)
			return &fetch->queries[i];
	}
	return NULL;
}

static void
launch_one(struct dns_fetch *fetch, struct fact *fact)
{
	struct query *q = free_place(fetch);
	struct dns_target *target;

	fetch->n_queries++;
	if (fact->scope == NULL) {
		query_begin(q, fact, &fetch->conf, fetch->servers,
		    fetch->conf.rotate ? fetch->turn++ : 0);
		return;
	}
	target = dns_target_find(&fetch->targets, fact->scope, &fetch->conf);
	query_begin(q, fact, &target->conf, &target->state, 0);
}

static void
launch(struct dns_fetch *fetch)
{
	while (fetch->queue_head < fetch->queue_len &&
	    fetch->n_queries < DNS_FETCH_MAX_FDS)
		launch_one(fetch, fetch->queue[fetch->queue_head++]);
}

void
dns_fetch_start(struct dns_fetch *fetch)
{
	struct fact *fact = facts_next_wanted(fetch->facts);

	for (; fact != NULL; fact = facts_next_wanted(fetch->facts))
		enqueue(fetch, fact);
	launch(fetch);
}

size_t
dns_fetch_pending(const struct dns_fetch *fetch)
{
	return fetch->n_queries + fetch->queue_len - fetch->queue_head;
}

/* ---- settling ---- */

static void
finish(struct dns_fetch *fetch, struct query *q,
    const struct dns_answer *answer, enum fact_trouble trouble,
    const char *server)
{
	int64_t ms = (query_now() - q->started) / NANOSECONDS_PER_MS;
	struct fact fact = {
		.name = q->fact->name, .type = q->fact->type,
		.scope = q->fact->scope, .status = answer->status,
		.trouble = trouble, .values = answer->values,
		.n_values = answer->n_values, .ttl = answer->ttl,
		.server = server, .ms = (int)ms, .alias = answer->alias,
		.note = answer->note, .zone = answer->zone,
		.authoritative = answer->authoritative,
		.serial = answer->serial, .when = time(NULL),
	};

	dns_try_close(&q->attempt);
	facts_store_answer(fetch->facts, &fact);
	q->fact = NULL;
	fetch->n_queries--;
	fetch->settled++;
}

/* The server in hand did not help: ask the next one, or say how it went. */
static void
fail_try(struct dns_fetch *fetch, struct query *q, enum fact_trouble trouble)
{
	struct dns_answer answer = { .status = FACT_TIMEOUT };
	const char *server;
	struct str note;

	if (query_next(q, trouble))
		return;
	str_init(&note, 1024);
	trouble = query_failure(q, &answer.status, &server, &note);
	answer.note = note.text;
	if (q->hops > 0)
		answer.alias = q->name;
	finish(fetch, q, &answer, trouble, server);
	str_free(&note);
}

static void
fail_invalid(struct dns_fetch *fetch, struct query *q,
    const struct dns_answer *answer)
{
	enum fact_trouble trouble = TROUBLE_INVALID;

	if (answer->loop)
		trouble = TROUBLE_LOOP;
	else if (answer->referral && q->authority)
		trouble = TROUBLE_LAME;
	snprintf(q->note, sizeof q->note, "%s", answer->note);
	fail_try(fetch, q, trouble);
}

/* An answer that may end the query: with the CNAMEs that led to it. */
static void
take_chain(struct dns_fetch *fetch, struct query *q,
    struct dns_answer *answer)
{
	const char *server = q->conf->servers[q->server].text;

	if (answer->ttl > q->ttl)
		answer->ttl = q->ttl;
	if (q->hops + answer->hops > MAX_ALIASES) {
		answer->status = FACT_INVALID;
		answer->n_values = 0;
		answer->loop = true;
		answer->note = dns_wire_loop_note();
	}
	if (answer->status == FACT_WANTED) {
		q->hops += answer->hops;
		q->ttl = answer->ttl;
		query_follow(q, answer->alias);
		return;
	}
	if (answer->alias == NULL && q->hops > 0)
		answer->alias = q->name;
	finish(fetch, q, answer, answer->loop ? TROUBLE_LOOP : TROUBLE_NONE,
	    server);
}

/* The reply of one server that is asked for what it has itself. */
static void
take_authority(struct dns_fetch *fetch, struct query *q,
    struct dns_answer *answer)
{
	const char *server = q->conf->servers[q->server].text;

	if (answer->status == FACT_WANTED) {
		/* only the zone of the alias knows more */
		answer->status = FACT_INVALID;
		answer->note = _("the name is an alias (CNAME) of a name in "
			"another zone");
		finish(fetch, q, answer, TROUBLE_ALIAS, server);
	} else if (answer->authoritative) {
		take_chain(fetch, q, answer);
	} else {
		fail_try(fetch, q, TROUBLE_LAME);
	}
}

/* A parent zone's server: what it says of the zone's name servers is no
 * authority's answer, but it is what was asked for. */
static void
take_delegation(struct dns_fetch *fetch, struct query *q,
    struct dns_answer *answer)
{
	answer->status = FACT_OK;
	answer->values = answer->referred;
	answer->n_values = answer->n_referred;
	answer->ttl = answer->referred_ttl;
	answer->note = NULL;
	finish(fetch, q, answer, TROUBLE_NONE,
	    q->conf->servers[q->server].text);
}

static void
take_answer(struct dns_fetch *fetch, struct query *q,
    struct dns_answer *answer)
{
	if (answer->truncated && !q->attempt.tcp) {
		query_send(q, true);
		if (q->attempt.fd < 0)
			fail_try(fetch, q, TROUBLE_NO_TCP);
		return;
	}
	if (answer->formerr && q->edns) {
		/* RFC 6891 7: a server that knows no EDNS says FORMERR */
		q->edns = false;
		query_send(q, q->attempt.tcp);
		if (q->attempt.fd < 0)
			fail_try(fetch, q, TROUBLE_UNREACHABLE);
		return;
	}
	switch (answer->status) {
	case FACT_OK:
	case FACT_NXDOMAIN:
	case FACT_NODATA:
	case FACT_WANTED:
		q->servers[q->server].silent = false;
		if (!q->edns)
			q->servers[q->server].no_edns = true;
		if (q->authority)
			take_authority(fetch, q, answer);
		else
			take_chain(fetch, q, answer);
		break;
	case FACT_SERVFAIL:
		fail_try(fetch, q, TROUBLE_SERVFAIL);
		break;
	case FACT_REFUSED:
		fail_try(fetch, q, TROUBLE_REFUSED);
		break;
	case FACT_TIMEOUT:
	case FACT_INVALID:
		if (q->authority && answer->n_referred != 0)
			take_delegation(fetch, q, answer);
		else
			fail_invalid(fetch, q, answer);
		break;
	}
}

/* Is it the answer? Then the attempt is over, and true comes back. */
static bool
take_message(struct dns_fetch *fetch, struct query *q, const uint8_t *message,
    size_t len)
{
	struct arena *arena = arena_new();
	struct dns_answer answer;
	bool ours = dns_wire_answer(arena, q->id, q->name, q->fact->type,
		message, len, &answer);

	if (ours)
		take_answer(fetch, q, &answer);
	else
		q->attempt.ignored++;
	arena_free(&arena);
	return ours;
}

static void
handle_event(struct dns_fetch *fetch, struct query *q)
{
	const uint8_t *message;
	size_t len;

	for (int i = 0; i < MAX_BURST; i++) {
		switch (dns_try_go(&q->attempt, fetch->buffer,
			sizeof fetch->buffer, &message, &len)) {
		case DNS_TRY_WAIT:
			return;
		case DNS_TRY_FAILED:
			fail_try(fetch, q, q->attempt.tcp &&
			    !q->conf->use_tcp ? TROUBLE_NO_TCP :
			    TROUBLE_UNREACHABLE);
			return;
		case DNS_TRY_MESSAGE:
			if (take_message(fetch, q, message, len))
				return;
			break;
		}
	}
}

static void
handle_deadline(struct dns_fetch *fetch, struct query *q)
{
	if (q->attempt.fd < 0)
		fail_try(fetch, q, TROUBLE_UNREACHABLE);
	else if (q->attempt.ignored > 0)
		fail_try(fetch, q, TROUBLE_UNMATCHED);
	else if (q->attempt.tcp && !q->conf->use_tcp)
		fail_try(fetch, q, TROUBLE_NO_TCP);
	else
		fail_try(fetch, q, TROUBLE_SILENT);
}

/* ---- the caller's poll set ---- */

size_t
dns_fetch_poll(struct dns_fetch *fetch, struct pollfd *fds, size_t max,
    int *timeout)
{
	int64_t next = INT64_MAX, now = query_now();
	size_t n = 0;

	for (size_t i = 0; i < DNS_FETCH_MAX_FDS; i++) {
		const struct query *q = &fetch->queries[i];

		if (q->fact == NULL)
			continue;
		if (q->deadline < next)
			next = q->deadline;
		if (q->attempt.fd >= 0 && n < max)
			fds[n++] = (struct pollfd){
				.fd = q->attempt.fd,
				.events = q->attempt.events,
			};
	}
	*timeout = -1;
	/* rounded up: woken too early, one would only wait again */
	if (next != INT64_MAX)
		*timeout = next <= now ? 0 : (int)((next - now +
			NANOSECONDS_PER_MS - 1) / NANOSECONDS_PER_MS);
	return n;
}

static bool
has_event(const struct query *q, const struct pollfd *fds, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (fds[i].fd == q->attempt.fd)
			return fds[i].revents != 0;
	}
	return false;
}

size_t
dns_fetch_io(struct dns_fetch *fetch, const struct pollfd *fds, size_t n)
{
	int64_t now = query_now();

	fetch->settled = 0;
	for (size_t i = 0; i < DNS_FETCH_MAX_FDS; i++) {
		struct query *q = &fetch->queries[i];

		if (q->fact != NULL && q->attempt.fd >= 0 &&
		    has_event(q, fds, n))
			handle_event(fetch, q);
		if (q->fact != NULL && q->deadline <= now)
			handle_deadline(fetch, q);
	}
	launch(fetch);
	return fetch->settled;
}

void
dns_fetch_give_up(struct dns_fetch *fetch, const char *note)
{
	struct dns_answer stopped = { .status = FACT_TIMEOUT, .note = note };

	for (size_t i = 0; i < DNS_FETCH_MAX_FDS; i++) {
		if (fetch->queries[i].fact != NULL)
			finish(fetch, &fetch->queries[i], &stopped,
			    TROUBLE_SILENT, NULL);
	}
	for (; fetch->queue_head < fetch->queue_len; fetch->queue_head++) {
		struct fact fact = *fetch->queue[fetch->queue_head];

		fact.status = FACT_TIMEOUT;
		fact.trouble = TROUBLE_SILENT;
		fact.note = note;
		facts_store_answer(fetch->facts, &fact);
	}
}
