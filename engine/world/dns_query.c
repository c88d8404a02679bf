/* SPDX-License-Identifier: ISC
 * One question on its way from server to server. Hides the order of tries. */
#include "config.h"

#include "engine/world/dns_query.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "engine/base/i18n.h"

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
query_begin(struct query *q, struct fact *fact, size_t first)
{
	const struct resolvconf *conf = q->conf;
	struct server_state *servers = q->servers;

	*q = (struct query){
		.fact = fact, .conf = conf, .servers = servers,
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
	size_t len = dns_wire_question(q->name, q->fact->type, q->edns, true,
		question);

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
is_final(enum outcome outcome)
{
	return outcome != OUTCOME_SILENT && outcome != OUTCOME_UNMATCHED;
}

bool
query_next(struct query *q, enum outcome outcome)
{
	size_t n = q->conf->n;

	dns_try_close(&q->attempt);
	if (n == 0)
		return false;
	q->outcome[q->server] = outcome;
	q->servers[q->server].silent = outcome == OUTCOME_SILENT ||
		outcome == OUTCOME_UNREACHABLE;
	q->tries_left[q->server]--;
	if (is_final(outcome))
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

	if (q->outcome[i] == OUTCOME_NONE)
		return;
	if (note->len != 0)
		str_adds(note, "; ");
	switch (q->outcome[i]) {
	case OUTCOME_NONE:
		break;
	case OUTCOME_SILENT:
		str_addf(note, _("%s did not answer within %d.%d s"), server,
		    tenths / 10, tenths % 10);
		break;
	case OUTCOME_UNMATCHED:
		str_addf(note, _("%s sent only replies that do not belong to "
			"the question"), server);
		break;
	case OUTCOME_UNREACHABLE:
		str_addf(note, _("%s cannot be reached"), server);
		break;
	case OUTCOME_NO_TCP:
		str_addf(note, _("%s cut its reply off and gave no other over "
			"TCP"), server);
		break;
	case OUTCOME_SERVFAIL:
		str_addf(note, _("%s answered SERVFAIL"), server);
		break;
	case OUTCOME_REFUSED:
		str_addf(note, _("%s answered REFUSED"), server);
		break;
	case OUTCOME_INVALID:
		str_addf(note, "%s: %s", server, q->note);
		break;
	}
}

static const struct {
	enum outcome outcome;
	enum fact_status status;
} failures[] = {
	/* the most telling one first */
	{ OUTCOME_SERVFAIL, FACT_SERVFAIL },
	{ OUTCOME_INVALID, FACT_INVALID },
	{ OUTCOME_REFUSED, FACT_REFUSED },
	{ OUTCOME_NO_TCP, FACT_TIMEOUT },
	{ OUTCOME_UNMATCHED, FACT_TIMEOUT },
	{ OUTCOME_SILENT, FACT_TIMEOUT },
	{ OUTCOME_UNREACHABLE, FACT_TIMEOUT },
};

enum fact_status
query_failure(const struct query *q, const char **server, struct str *note)
{
	*server = NULL;
	for (size_t i = 0; i < q->conf->n; i++)
		describe(q, i, note);
	if (q->conf->n == 0)
		str_adds(note, _("no name server is known"));
	for (size_t f = 0; f < sizeof failures / sizeof failures[0]; f++) {
		for (size_t i = 0; i < q->conf->n; i++) {
			if (q->outcome[i] != failures[f].outcome)
				continue;
			if (failures[f].status != FACT_TIMEOUT)
				*server = q->conf->servers[i].text;
			return failures[f].status;
		}
	}
	return FACT_TIMEOUT;
}
