/* SPDX-License-Identifier: ISC
 * DNS messages and zone-file lines. Together with dns_fetch.c's use of it the
 * only place that knows ldns (its resolver is not used: libraries.md 2.2). */
#ifndef WB_DNS_WIRE_H
#define WB_DNS_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/arena.h"
#include "engine/base/str.h"
#include "engine/world/facts.h"

/* A question for NAME and TYPE: recursion desired, EDNS 1232 octets unless
 * EDNS is false. Returns its length in OUT (at most 512), 0 when NAME cannot
 * be asked. The id is random and stands in the first two octets. */
size_t dns_wire_question(const char *name, enum dns_type type, bool edns,
    bool recursion, uint8_t out[512]);

/* What came back. A CNAME chain that leaves the reply has status FACT_WANTED:
 * ALIAS is to be asked next. */
struct dns_answer {
	enum fact_status status;
	struct fact_value *values;
	size_t n_values;
	uint32_t ttl;
	const char *alias;       /* where the CNAME chain ended, or NULL */
	const char *note;
	unsigned int hops;       /* CNAMEs followed */
	bool damaged;            /* the reply could not be read to its end */
	bool truncated, formerr, authoritative;   /* formerr: or NOTIMP */
	bool loop;               /* invalid because of the aliases */
	bool referral;           /* invalid: it only names other servers */
	/* What a referral says of the name that was asked, when the question
	 * was for NS: its name servers as the parent zone has them. */
	struct fact_value *referred;
	size_t n_referred;
	uint32_t referred_ttl;
	const char *zone;        /* the SOA of a negative answer */
	uint32_t serial;
};

/* Read the LEN octets of a reply to the question (ID, NAME, TYPE), following
 * CNAMEs inside it. False: not a reply to that question (ignore it).
 * Takes any bytes. Values belong to ARENA. */
bool dns_wire_answer(struct arena *arena, uint16_t id, const char *name,
    enum dns_type type, const uint8_t *wire, size_t len,
    struct dns_answer *answer) __attribute__((warn_unused_result));


/* A complete reply message for FACT, as a library expects it from a resolver
 * (libopendkim's query callbacks). Returns its length, at most SIZE; 0 when it
 * does not fit or the fact is not known. */
size_t dns_wire_reply(const struct fact *fact, uint8_t *out, size_t size);

/* One zone-file line ("NAME [TTL] [IN] TYPE RDATA"), comments allowed, names
 * taken as absolute with or without the last dot. False: ERR says why.
 * Arena-owned. */
struct dns_line {
	const char *name;
	enum dns_type type;
	uint32_t ttl;
	struct fact_value value;
};
bool dns_wire_parse_line(struct arena *arena, const char *line,
    struct dns_line *out, struct str *err)
	__attribute__((warn_unused_result));

/* The same line back: "NAME TTL IN TYPE RDATA", TXT quoted and split at 255
 * octets (or as its strings say), octets outside printable ASCII as \DDD. */
void dns_wire_print_line(const char *name, enum dns_type type, uint32_t ttl,
    const struct fact_value *value, struct str *out);

#endif
