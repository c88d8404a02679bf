/* SPDX-License-Identifier: ISC
 * One question on its way: the servers tried so far, the next one, and what is
 * to be said when none of them helps. Used by dns_fetch.c alone. */
#ifndef WB_DNS_QUERY_H
#define WB_DNS_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/str.h"
#include "engine/world/dns_name.h"
#include "engine/world/dns_try.h"
#include "engine/world/dns_wire.h"
#include "engine/world/facts.h"
#include "engine/world/resolvconf.h"

/* What all queries have learned about a server. It only changes the order in
 * which servers are asked: none is ever given up for good. */
struct server_state {
	bool silent;             /* let the last question go unanswered */
	bool no_edns;
};

struct query {
	struct fact *fact;               /* NULL: a free place */
	const struct resolvconf *conf;
	struct server_state *servers;
	struct dns_try attempt;
	char name[DNS_NAME_SIZE];        /* asked now: the fact's or an alias */
	unsigned int hops;               /* CNAMEs that led to it */
	uint32_t ttl;                    /* the lowest of those */
	uint16_t id;
	bool edns;
	bool authority;                  /* one server: no recursion desired */
	size_t server;                   /* in hand */
	int tries_left[RESOLV_MAX_SERVERS];
	enum fact_trouble trouble[RESOLV_MAX_SERVERS];
	char note[256];                  /* why the last reply is no answer */
	int64_t started, deadline;       /* nanoseconds, monotonic */
};

/* Begin to ask for FACT the servers of CONF (with their STATES), FIRST server
 * first (or the next that is not known to be silent). Both are borrowed. */
void query_begin(struct query *q, struct fact *fact,
    const struct resolvconf *conf, struct server_state *states, size_t first);

/* Send to the server in hand, over TCP or not. On failure the query is left
 * without a socket, and its deadline is now. */
void query_send(struct query *q, bool tcp);

/* Note how the server in hand fared, and go on to the next one. False: nobody
 * is left to be asked. */
bool query_next(struct query *q, enum fact_trouble trouble)
	__attribute__((warn_unused_result));

/* Ask for NAME instead, where a CNAME chain goes on: from the first server. */
void query_follow(struct query *q, const char *name);

/* What came of it when nobody is left: the most telling trouble with the
 * status that it means, the server that had it (or NULL), and in NOTE who was
 * asked with which outcome. */
enum fact_trouble query_failure(const struct query *q,
    enum fact_status *status, const char **server, struct str *note);

int64_t query_now(void);

#endif
