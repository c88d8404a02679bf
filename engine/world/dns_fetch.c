/* SPDX-License-Identifier: ISC
 * The fetcher: a queue of facts, the questions in flight, and whom their
 * replies are handed on to. Hides all of it behind one set of descriptors. */
#include "config.h"

#include "engine/world/dns_fetch.h"

#include <stdlib.h>
#include <string.h>

#include "engine/world/dns_query.h"
#include "engine/world/dns_settle.h"
#include "engine/world/dns_target.h"

/* Messages read from one socket before the others get their turn. */
#define MAX_BURST 16
#define NANOSECONDS_PER_MS 1000000

struct dns_fetch {
	struct resolvconf conf;
	struct server_state servers[RESOLV_MAX_SERVERS];
	struct dns_target *targets;
	size_t turn;             /* "options rotate": who is first next time */
	struct query queries[DNS_FETCH_MAX_FDS];
	struct dns_settling settling;
	struct fact **queue;     /* to be asked when a place is free */
	size_t queue_head, queue_len, queue_size;
	uint8_t buffer[UINT16_MAX];
};

struct dns_fetch *
dns_fetch_new(struct facts *facts, const struct resolvconf *conf)
{
	struct dns_fetch *fetch = mem_alloc(sizeof *fetch);

	memset(fetch, 0, sizeof *fetch);
	fetch->settling.facts = facts;
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
			facts_unask(f->settling.facts, f->queries[i].fact);
	}
	for (size_t i = f->queue_head; i < f->queue_len; i++)
		facts_unask(f->settling.facts, f->queue[i]);
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

	fetch->settling.n_queries++;
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
	    fetch->settling.n_queries < DNS_FETCH_MAX_FDS)
		launch_one(fetch, fetch->queue[fetch->queue_head++]);
}

void
dns_fetch_start(struct dns_fetch *fetch)
{
	struct fact *fact = facts_next_wanted(fetch->settling.facts);

	for (; fact != NULL; fact = facts_next_wanted(fetch->settling.facts))
		enqueue(fetch, fact);
	launch(fetch);
}

size_t
dns_fetch_pending(const struct dns_fetch *fetch)
{
	return fetch->settling.n_queries + fetch->queue_len - fetch->queue_head;
}

/* ---- answers ---- */

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
		dns_settle_answer(&fetch->settling, q, &answer);
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
			dns_settle_failed(&fetch->settling, q, q->attempt.tcp &&
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
		dns_settle_failed(&fetch->settling, q, TROUBLE_UNREACHABLE);
	else if (q->attempt.ignored > 0)
		dns_settle_failed(&fetch->settling, q, TROUBLE_UNMATCHED);
	else if (q->attempt.tcp && !q->conf->use_tcp)
		dns_settle_failed(&fetch->settling, q, TROUBLE_NO_TCP);
	else
		dns_settle_failed(&fetch->settling, q, TROUBLE_SILENT);
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

	fetch->settling.settled = 0;
	for (size_t i = 0; i < DNS_FETCH_MAX_FDS; i++) {
		struct query *q = &fetch->queries[i];

		if (q->fact != NULL && q->attempt.fd >= 0 &&
		    has_event(q, fds, n))
			handle_event(fetch, q);
		if (q->fact != NULL && q->deadline <= now)
			handle_deadline(fetch, q);
	}
	launch(fetch);
	return fetch->settling.settled;
}

void
dns_fetch_give_up(struct dns_fetch *fetch, const char *note)
{
	struct dns_answer stopped = { .status = FACT_TIMEOUT, .note = note };

	for (size_t i = 0; i < DNS_FETCH_MAX_FDS; i++) {
		if (fetch->queries[i].fact != NULL)
			dns_settle(&fetch->settling, &fetch->queries[i],
			    &stopped, TROUBLE_SILENT, NULL);
	}
	for (; fetch->queue_head < fetch->queue_len; fetch->queue_head++) {
		struct fact fact = *fetch->queue[fetch->queue_head];

		fact.status = FACT_TIMEOUT;
		fact.trouble = TROUBLE_SILENT;
		fact.note = note;
		facts_store_answer(fetch->settling.facts, &fact);
	}
}
