/* SPDX-License-Identifier: ISC
 * The cache of everything learned from outside. Judging code reads it and
 * never waits: what is missing is noted as wanted and comes with a later pass
 * (design.md 2). An overlay lays proposed records over it. */
#ifndef WB_FACTS_H
#define WB_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/arena.h"
#include "engine/base/str.h"

/* RFC 1035 3.2.2, RFC 3596 2.1 */
enum dns_type {
	DNS_A = 1,
	DNS_NS = 2,
	DNS_CNAME = 5,
	DNS_SOA = 6,
	DNS_PTR = 12,
	DNS_MX = 15,
	DNS_TXT = 16,
	DNS_AAAA = 28,
	DNS_SPF = 99     /* RFC 7208 3.1: no receiver reads it; like TXT */
};

enum fact_status {
	FACT_WANTED,     /* not asked yet, or the answer is on its way */
	FACT_OK,
	FACT_NXDOMAIN,   /* the name does not exist */
	FACT_NODATA,     /* the name exists, without this type */
	FACT_SERVFAIL,
	FACT_TIMEOUT,    /* nobody answered in time */
	FACT_REFUSED,
	FACT_INVALID     /* answers that make no sense: CNAME loop, rubbish … */
};

/* What stood in the way of an answer, more closely than the status says. */
enum fact_trouble {
	TROUBLE_NONE,
	TROUBLE_SILENT,          /* timeout: nothing came */
	TROUBLE_UNMATCHED,       /* timeout: only what answers other questions */
	TROUBLE_UNREACHABLE,     /* timeout: no way there, or a closed port */
	TROUBLE_NO_TCP,          /* timeout: a cut reply, and none over TCP */
	TROUBLE_SERVFAIL,
	TROUBLE_REFUSED,
	TROUBLE_INVALID,
	TROUBLE_LOOP,            /* invalid: CNAMEs without an end */
	TROUBLE_LAME,            /* invalid: one server, asked as an authority,
	                          * does not answer as one (no AA bit) */
	TROUBLE_ALIAS            /* invalid: such a server's reply ends at an alias
	                          * that it knows nothing of (fact->alias) */
};

/* One record's data. A, AAAA: the address as text. NS, CNAME, PTR: the name,
 * lower case, no trailing dot. MX: "10 mail.example.com"; null MX: "0 .".
 * TXT: all character strings joined, any octets. SOA: as in a zone file. */
struct fact_value {
	const char *text;
	size_t len;
	const size_t *strings;   /* TXT: lengths of its strings, n_strings of them */
	size_t n_strings;
};

struct fact {
	const char *key;         /* "dns example.net TXT", "postfix relayhost" */
	const char *name;        /* DNS: text_domain() form */
	enum dns_type type;
	const char *scope;       /* NULL: through the resolver; else the one
	                          * server that was asked (facts_server.h) */
	enum fact_status status;
	enum fact_trouble trouble;
	const struct fact_value *values;
	size_t n_values;
	uint32_t ttl;            /* seconds; of a negative answer: RFC 2308 5 */
	const char *server;      /* "192.0.2.53@53", "replay", "overlay", or NULL */
	int ms;                  /* how long the answer took; -1: not known */
	const char *alias;       /* the last name of the CNAME chain, or NULL */
	const char *note;        /* why it is invalid or timed out, or NULL */
	bool authoritative;      /* the reply's AA bit */
	const char *zone;        /* owner of a negative answer's SOA, or NULL */
	uint32_t serial;         /* that SOA's, or the SOA fact's own */
	int64_t when;            /* seconds since 1970 of the answer; 0: unknown */
	bool asked;              /* handed to the fetcher */
	bool used;               /* read by the last pass (facts_begin_pass) */
};

struct facts;

/* An empty cache whose facts belong to ARENA. */
struct facts *facts_new(struct arena *arena);

/* The fact for NAME and TYPE: never NULL. An unasked one has status
 * FACT_WANTED. A name that cannot be asked (empty label, label over 63 or name
 * over 253 octets, RFC 1035 2.3.4) gives FACT_INVALID and is not asked. The
 * overlay is looked at first. */
const struct fact *facts_dns(struct facts *facts, const char *name,
    enum dns_type type);

/* Is the answer known to be there or not to be there? (OK, NXDOMAIN, NODATA) */
bool fact_known(const struct fact *fact);
/* Known to be empty: NXDOMAIN or NODATA. */
bool fact_empty(const struct fact *fact);

/* Facts that are not DNS: KEY is "postfix relayhost", "host address" … */
void facts_set(struct facts *facts, const char *key, const char *value);
/* The fact with this key, DNS facts included, without asking for it; NULL when
 * there is none. */
const struct fact *facts_named(struct facts *facts, const char *key);

/* The fetcher's side. The next DNS fact that is wanted and not yet asked
 * (it is marked as asked), or NULL. */
struct fact *facts_next_wanted(struct facts *facts);
/* How many facts are wanted, asked or not. */
size_t facts_wanted(const struct facts *facts);
/* Nobody is asking for FACT any more: it may be handed out again. */
void facts_unask(struct facts *facts, struct fact *fact);

/* Store an answer (by the fetcher and by replay); the values are copied.
 * A later answer replaces an earlier one. */
void facts_store(struct facts *facts, const char *name, enum dns_type type,
    enum fact_status status, const struct fact_value *values, size_t n_values,
    uint32_t ttl, const char *server, int ms, const char *alias,
    const char *note);
/* The same with everything that a fact holds, scope included; the key is not
 * looked at. */
void facts_store_answer(struct facts *facts, const struct fact *answer);

/* A name that does not exist (RFC 2606 3: example.com is nobody's). Once it has
 * been asked for an A record and got one, the resolver invents addresses: all
 * answers with the same addresses become FACT_INVALID. */
#define FACTS_PROBE "no-such-name.example.com"

/* A closed world (a demo's snapshot): a name or type that is not in it does
 * not exist (NXDOMAIN, or NODATA where the name or one below it is there).
 * An open recording: what it lacks is FACT_TIMEOUT with a note saying so. */
enum facts_world { FACTS_LIVE, FACTS_CLOSED, FACTS_RECORDED };
void facts_set_world(struct facts *facts, enum facts_world world);
enum facts_world facts_get_world(const struct facts *facts);

/* What-if. Between begin and end the records given hide what the cache has
 * for that name and type; n_values 0 means "no such record". Overlays nest. */
void facts_overlay_begin(struct facts *facts);
void facts_overlay_set(struct facts *facts, const char *name,
    enum dns_type type, const char *const *values, size_t n_values);
void facts_overlay_end(struct facts *facts);

/* Marks: forget which facts were used, before a pass. */
void facts_begin_pass(struct facts *facts);

/* Forget the answer for one name and type, so that it is asked anew. This and
 * the next do nothing in a closed or recorded world, which would say the same
 * again. */
void facts_forget(struct facts *facts, const char *name, enum dns_type type);
/* The same for FACT, whoever was asked. */
void facts_forget_fact(struct facts *facts, const struct fact *fact);
/* Ask again for what got no answer (timeout, SERVFAIL, refused, invalid). */
void facts_retry_failed(struct facts *facts);

/* All facts in the order in which they were first wanted or set. */
size_t facts_count(const struct facts *facts);
const struct fact *facts_at(const struct facts *facts, size_t i);

const char *fact_status_name(enum fact_status status);  /* "nxdomain" */
const char *fact_trouble_name(enum fact_trouble trouble);  /* "lame" */
const char *dns_type_name(enum dns_type type);          /* "TXT" */
bool dns_type_parse(const char *text, enum dns_type *type);

/* "7.156.7.157.in-addr.arpa" or the ip6.arpa nibbles (RFC 3596 2.5); SUFFIX
 * instead of the arpa zone for a block list (RFC 5782 2.1, 2.4). NULL when
 * IP is not an address. */
const char *dns_reverse(struct arena *arena, const char *ip,
    const char *suffix);

/* The host of an MX value ("10 mail.example.com" → "mail.example.com"); ""
 * for a null MX (RFC 7505). Arena-owned. */
const char *mx_host(struct arena *arena, const struct fact_value *value);

/* Is IP (text) one of the fact's A or AAAA values? Compared as addresses. */
bool fact_has_address(const struct fact *fact, const char *ip);

/* Canonical text of an address (RFC 5952; IPv4-mapped IPv6 becomes IPv4), or
 * NULL when TEXT is not an address. */
const char *ip_canonical(struct arena *arena, const char *text);
bool ip_is_v6(const char *ip);
/* Not a public unicast address: loopback, private, link-local, CGN (RFC 6890).
 * Documentation ranges count as public: examples and demos use them. */
bool ip_is_private(const char *ip);
/* In a range for documentation (RFC 5737, RFC 3849): nobody's on the Internet,
 * whatever an interface says. */
bool ip_is_documentation(const char *ip);

#endif
