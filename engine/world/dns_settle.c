/* SPDX-License-Identifier: ISC
 * What a reply settles: an answer, the next server, the next name of a chain.
 * Hides which reply of which kind of server counts. */
#include "config.h"

#include "engine/world/dns_settle.h"

#include <stdio.h>
#include <time.h>

#include "engine/world/note.h"

#define MAX_ALIASES 10
#define NANOSECONDS_PER_MS 1000000

void
dns_settle(struct dns_settling *s, struct query *q,
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
	facts_store_answer(s->facts, &fact);
	q->fact = NULL;
	s->n_queries--;
	s->settled++;
}

/* The server in hand did not help: ask the next one, or say how it went. */
void
dns_settle_failed(struct dns_settling *s, struct query *q,
    enum fact_trouble trouble)
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
	dns_settle(s, q, &answer, trouble, server);
	str_free(&note);
}

static void
fail_invalid(struct dns_settling *s, struct query *q,
    const struct dns_answer *answer)
{
	enum fact_trouble trouble = TROUBLE_INVALID;

	if (answer->loop)
		trouble = TROUBLE_LOOP;
	else if (answer->referral && q->authority)
		trouble = TROUBLE_LAME;
	snprintf(q->note, sizeof q->note, "%s", answer->note);
	dns_settle_failed(s, q, trouble);
}

/* An answer that may end the query: with the CNAMEs that led to it. */
static void
take_chain(struct dns_settling *s, struct query *q,
    struct dns_answer *answer)
{
	const char *server = q->conf->servers[q->server].text;

	if (answer->ttl > q->ttl)
		answer->ttl = q->ttl;
	if (q->hops + answer->hops > MAX_ALIASES) {
		answer->status = FACT_INVALID;
		answer->n_values = 0;
		answer->loop = true;
		answer->note = NOTE_LOOP;
	}
	if (answer->status == FACT_WANTED) {
		q->hops += answer->hops;
		q->ttl = answer->ttl;
		query_follow(q, answer->alias);
		return;
	}
	if (answer->alias == NULL && q->hops > 0)
		answer->alias = q->name;
	dns_settle(s, q, answer, answer->loop ? TROUBLE_LOOP : TROUBLE_NONE,
	    server);
}

/* The reply of one server that is asked for what it has itself. */
static void
take_authority(struct dns_settling *s, struct query *q,
    struct dns_answer *answer)
{
	const char *server = q->conf->servers[q->server].text;

	if (answer->status == FACT_WANTED) {
		/* only the zone of the alias knows more */
		answer->status = FACT_INVALID;
		answer->note = NOTE_ALIAS;
		dns_settle(s, q, answer, TROUBLE_ALIAS, server);
	} else if (answer->authoritative) {
		take_chain(s, q, answer);
	} else {
		dns_settle_failed(s, q, TROUBLE_LAME);
	}
}

/* A parent zone's server: what it says of the zone's name servers is no
 * authority's answer, but it is what was asked for. */
static void
take_delegation(struct dns_settling *s, struct query *q,
    struct dns_answer *answer)
{
	answer->status = FACT_OK;
	answer->values = answer->referred;
	answer->n_values = answer->n_referred;
	answer->ttl = answer->referred_ttl;
	answer->note = NULL;
	dns_settle(s, q, answer, TROUBLE_NONE,
	    q->conf->servers[q->server].text);
}

void
dns_settle_answer(struct dns_settling *s, struct query *q,
    struct dns_answer *answer)
{
	if (answer->truncated && !q->attempt.tcp) {
		query_send(q, true);
		if (q->attempt.fd < 0)
			dns_settle_failed(s, q, TROUBLE_NO_TCP);
		return;
	}
	if (answer->formerr && q->edns) {
		/* RFC 6891 7: a server that knows no EDNS says FORMERR */
		q->edns = false;
		query_send(q, q->attempt.tcp);
		if (q->attempt.fd < 0)
			dns_settle_failed(s, q, TROUBLE_UNREACHABLE);
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
			take_authority(s, q, answer);
		else
			take_chain(s, q, answer);
		break;
	case FACT_SERVFAIL:
		dns_settle_failed(s, q, TROUBLE_SERVFAIL);
		break;
	case FACT_REFUSED:
		dns_settle_failed(s, q, TROUBLE_REFUSED);
		break;
	case FACT_TIMEOUT:
	case FACT_INVALID:
		if (q->authority && answer->n_referred != 0)
			take_delegation(s, q, answer);
		else
			fail_invalid(s, q, answer);
		break;
	}
}
