/* SPDX-License-Identifier: ISC
 * One question on its way from server to server. Hides the order of tries. */
#include "config.h"

#include "engine/world/dns_query.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "engine/world/facts_server.h"
#include "engine/world/note.h"

int64_t
query_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void
allow_tries(struct query *q)
{
	for (size_t i = 0; i < q->conf->n; i++)
		q->tries_left[i] = q->conf->attempts;
}

/* The first of those from START on that answered when last asked; START when
 * none did. */
static size_t
pick_first(const struct query *q, size_t start)
{
	for (size_t i = 0; i < q->conf->n; i++) {
		size_t s = (start + i) % q->conf->n;

		if (!q->servers[s].silent)
			return s;
	}
	return start;
}

void
query_begin(struct query *q, struct fact *fact,
    const struct resolvconf *conf, struct server_state *states, size_t first)
{
	*q = (struct query){
		.fact = fact, .conf = conf, .servers = states,
		.authority = fact->scope != NULL &&
			!facts_scope_recursive(fact->scope),
		.ttl = INT32_MAX, .started = query_now(),
	};
	dns_try_init(&q->attempt);
	snprintf(q->name, sizeof q->name, "%s", fact->name);
	allow_tries(q);
	q->deadline = q->started;
	if (conf->n == 0)
		return;
	q->server = pick_first(q, first % conf->n);
	q->edns = !q->servers[q->server].no_edns;
	query_send(q, conf->use_tcp);
}

void
query_send(struct query *q, bool tcp)
{
	uint8_t question[512];
	int64_t patience = (int64_t)q->conf->timeout_ms * 1000000;
	size_t len = dns_wire_question(q->name, q->fact->type, q->edns,
		!q->authority, question);

	q->deadline = query_now();
	if (len != 0)
		q->id = (uint16_t)(question[0] << 8 | question[1]);
	/* a connection takes a round trip more before the question is out */
	if (dns_try_open(&q->attempt, &q->conf->servers[q->server], question,
		len, tcp))
		q->deadline += tcp ? 2 * patience : patience;
}

/* Will this server say the same when it is asked again at once? */
static bool
is_final(enum fact_trouble trouble)
{
	return trouble != TROUBLE_SILENT && trouble != TROUBLE_UNMATCHED;
}

bool
query_next(struct query *q, enum fact_trouble trouble)
{
	size_t n = q->conf->n;

	dns_try_close(&q->attempt);
	if (n == 0)
		return false;
	q->trouble[q->server] = trouble;
	q->servers[q->server].silent = trouble == TROUBLE_SILENT ||
		trouble == TROUBLE_UNREACHABLE;
	q->tries_left[q->server]--;
	if (is_final(trouble))
		q->tries_left[q->server] = 0;
	for (size_t i = 1; i <= n; i++) {
		size_t s = (q->server + i) % n;

		if (q->tries_left[s] > 0) {
			q->server = s;
			q->edns = !q->servers[s].no_edns;
			query_send(q, q->conf->use_tcp);
			return true;
		}
	}
	return false;
}

void
query_follow(struct query *q, const char *name)
{
	snprintf(q->name, sizeof q->name, "%s", name);
	allow_tries(q);
	query_send(q, q->conf->use_tcp);
}

/* ---- what to say ---- */

static void
describe(const struct query *q, size_t i, struct str *note)
{
	const char *server = q->conf->servers[i].text;
	int tenths = (q->conf->timeout_ms + 50) / 100;

	if (q->trouble[i] == TROUBLE_NONE)
		return;
	if (note->len != 0)
		str_adds(note, "; ");
	switch (q->trouble[i]) {
	case TROUBLE_NONE:
		break;
	case TROUBLE_SILENT:
		str_addf(note, NOTE_SILENT, server,
		    tenths / 10, tenths % 10);
		break;
	case TROUBLE_UNMATCHED:
		str_addf(note, NOTE_UNMATCHED, server);
		break;
	case TROUBLE_UNREACHABLE:
		str_addf(note, NOTE_UNREACHABLE, server);
		break;
	case TROUBLE_NO_TCP:
		str_addf(note, NOTE_NO_TCP, server);
		break;
	case TROUBLE_SERVFAIL:
		str_addf(note, NOTE_SERVFAIL, server);
		break;
	case TROUBLE_REFUSED:
		str_addf(note, NOTE_REFUSED, server);
		break;
	case TROUBLE_LAME:
		str_addf(note, NOTE_LAME, server);
		break;
	case TROUBLE_INVALID:
	case TROUBLE_LOOP:
	case TROUBLE_ALIAS:
		str_addf(note, "%s: %s", server, q->note);
		break;
	}
}

static const struct {
	enum fact_trouble trouble;
	enum fact_status status;
} failures[] = {
	/* the most telling one first */
	{ TROUBLE_SERVFAIL, FACT_SERVFAIL },
	{ TROUBLE_ALIAS, FACT_INVALID },
	{ TROUBLE_LAME, FACT_INVALID },
	{ TROUBLE_LOOP, FACT_INVALID },
	{ TROUBLE_INVALID, FACT_INVALID },
	{ TROUBLE_REFUSED, FACT_REFUSED },
	{ TROUBLE_NO_TCP, FACT_TIMEOUT },
	{ TROUBLE_UNMATCHED, FACT_TIMEOUT },
	{ TROUBLE_SILENT, FACT_TIMEOUT },
	{ TROUBLE_UNREACHABLE, FACT_TIMEOUT },
};

enum fact_trouble
query_failure(const struct query *q, enum fact_status *status,
    const char **server, struct str *note)
{
	*server = NULL;
	*status = FACT_TIMEOUT;
	for (size_t i = 0; i < q->conf->n; i++)
		describe(q, i, note);
	if (q->conf->n == 0)
		str_adds(note, NOTE_NO_SERVER);
	for (size_t f = 0; f < sizeof failures / sizeof failures[0]; f++) {
		for (size_t i = 0; i < q->conf->n; i++) {
			if (q->trouble[i] != failures[f].trouble)
				continue;
			*status = failures[f].status;
			if (*status != FACT_TIMEOUT)
				*server = q->conf->servers[i].text;
			return failures[f].trouble;
		}
	}
	return TROUBLE_UNREACHABLE;
}
