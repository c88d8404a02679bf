/* SPDX-License-Identifier: ISC
 * From the reply to one question in flight to a fact. Used by dns_fetch.c
 * alone. */
#ifndef WB_DNS_SETTLE_H
#define WB_DNS_SETTLE_H

#include "engine/world/dns_query.h"
#include "engine/world/dns_wire.h"
#include "engine/world/facts.h"

struct dns_settling {
	struct facts *facts;
	size_t n_queries;        /* in flight */
	size_t settled;          /* facts, since dns_fetch_io() was entered */
};

/* Store ANSWER as the fact of Q, which becomes a free place. */
void dns_settle(struct dns_settling *s, struct query *q,
    const struct dns_answer *answer, enum fact_trouble trouble,
    const char *server);

/* The server in hand did not help: ask the next one, or store how it went. */
void dns_settle_failed(struct dns_settling *s, struct query *q,
    enum fact_trouble trouble);

/* The server in hand has replied: store the answer, or go on asking. */
void dns_settle_answer(struct dns_settling *s, struct query *q,
    struct dns_answer *answer);

#endif
