/* SPDX-License-Identifier: ISC
 * Facts from one particular server instead of "the resolver": the scope of a
 * fact. A scope is text:
 *
 *   192.0.2.53  192.0.2.53@5353  2001:db8::53  fe80::1%eth0@5353
 *         an authority: recursion is not desired, and an answer without the
 *         AA bit is no answer (TROUBLE_LAME)
 *   192.0.2.53+rd
 *         a resolver: it may answer from its cache, and the fact's TTL is what
 *         is left of the record's life there
 *
 * The fact's key is "dns @192.0.2.53 example.com TXT". */
#ifndef WB_FACTS_SERVER_H
#define WB_FACTS_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/arena.h"
#include "engine/world/facts.h"

#define FACTS_SCOPE_SIZE 96

/* Bring TEXT ("ADDR", "ADDR@PORT", "[v6]:PORT", each with "+rd" or not) into
 * the one form in which it is a scope. False: it is none. */
bool facts_scope_normal(const char *text, char out[FACTS_SCOPE_SIZE])
	__attribute__((warn_unused_result));

/* The scope for an address of facts, PORT (0: 53) and RECURSION; NULL when
 * ADDRESS is none. Arena-owned. */
const char *facts_scope(struct arena *arena, const char *address,
    uint16_t port, bool recursion);

/* Is SCOPE asked as a resolver ("+rd")? */
bool facts_scope_recursive(const char *scope);

/* As facts_dns(), of that one server. What-if overlays do not count for it. A
 * SCOPE that is none gives FACT_INVALID. In a closed world a server without
 * facts of its own answers as the world does. */
const struct fact *facts_dns_at(struct facts *facts, const char *scope,
    const char *name, enum dns_type type);

/* The same without asking: NULL when that was never asked, or is on its way.
 * SCOPE may be NULL: the resolver. */
const struct fact *facts_seen(struct facts *facts, const char *scope,
    const char *name, enum dns_type type);

/* How many seconds are left at NOW (seconds since 1970) until the servers that
 * keep FACT in their cache must have dropped it; 0 when none, or when it is
 * not known when the answer came. */
int64_t fact_remaining(const struct fact *fact, int64_t now);

/* Ask anew when the answer is AGE seconds old or older at NOW. True: it is
 * asked. Not in a closed or recorded world. */
bool facts_refresh(struct facts *facts, const struct fact *fact, int64_t now,
    int64_t age);

/* What a SOA value says (RFC 1035 3.3.13). */
struct fact_soa {
	uint32_t serial;
	uint32_t negative_ttl;   /* RFC 2308 5: min(TTL of the SOA, MINIMUM) */
};
/* False: FACT is not a SOA, or has none. */
bool fact_soa(const struct fact *fact, struct fact_soa *soa)
	__attribute__((warn_unused_result));

#endif
