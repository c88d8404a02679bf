/* SPDX-License-Identifier: ISC
 * The wait for the DNS records of a step: who has them, who has something
 * else, who cannot be asked, and when asking again can matter. A pure function
 * of facts and of the clock that is passed in: it never waits.
 *
 * The front end's loop: watch_pass(); fetch what facts are wanted, and again
 * watch_pass() until its "settled"; then sleep until "next". */
#ifndef WB_VERIFY_H
#define WB_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/arena.h"
#include "engine/remedy/plan.h"
#include "engine/remedy/typo.h"
#include "engine/world/dns_zone.h"
#include "engine/world/facts.h"

enum watch_role {
	WATCH_AUTHORITY,         /* a name server of the zone */
	WATCH_RESOLVER,          /* this host's own resolver */
	WATCH_PUBLIC             /* one of data/resolvers.yaml */
};

enum watch_state {
	WATCH_ASKING,            /* the answer is on its way */
	WATCH_HELD,              /* a cache, not asked before a name server has
	                          * the record: it would only keep the old one */
	WATCH_RIGHT,
	WATCH_NOT_YET,           /* what was there before, or nothing */
	WATCH_DIFFERENT,         /* neither old nor new: see mistakes */
	WATCH_TWO_RECORDS,       /* the new one beside an old one */
	WATCH_DOUBLED,           /* it stands at NAME.ZONE */
	WATCH_MISPLACED,         /* it stands at another name, or as another
	                          * type */
	WATCH_UNREACHABLE,       /* silent, no way there, replies of others */
	WATCH_LAME,              /* a name server that is none for the zone */
	WATCH_UNKNOWN            /* SERVFAIL, rubbish, loops */
};

struct watch_row {
	enum watch_role role;
	const char *name;        /* "ns1.dns.example", "Google"; NULL: resolver */
	const char *address;     /* "192.0.2.53", without a port */
	bool v6;
	enum watch_state state;
	const struct typo_mistake *mistakes;   /* the most telling first */
	size_t n_mistakes;
	const char *value;       /* what it has of this kind, cleaned; or NULL:
	                          * nothing, or not known */
	const char *note;        /* why there is no answer, or NULL; cleaned */
	bool has_serial, behind; /* behind: an older zone than others have */
	uint32_t serial;
	int64_t answered;        /* seconds since 1970; 0: never */
	int64_t remaining;       /* seconds that a cache keeps what it has */
	int64_t next;            /* when asking again can matter; 0: never */
	const char *key;         /* of the fact that it rests on, or NULL */
};

/* One record of the step. */
struct watch_record {
	const struct change *change;
	const char *zone;        /* NULL: not known (yet), see NOTE */
	const char *note;        /* why the zone or its servers are not known */
	const char *delegation;  /* parent and zone name different servers: a
	                          * sentence, translated; else NULL */
	struct watch_row *rows;
	size_t n_rows;
	size_t n_authorities, n_right;   /* name servers; those that have it */
};

enum watch_verdict {
	WATCH_WAITING,
	WATCH_MISTAKE,           /* waiting does not help: see mistakes */
	WATCH_DONE,              /* everybody has it */
	WATCH_DONE_PARTLY,       /* everybody who answers has it */
	WATCH_NOBODY             /* nobody can be asked */
};

struct watch_view {
	enum watch_verdict verdict;
	bool settled;            /* no fact is wanted */
	struct watch_record *records;
	size_t n_records;
	/* Others may keep the old answer for so many seconds after all name
	 * servers have the new one, and so until then (seconds since 1970; 0:
	 * not all have it). */
	int64_t hold, until;
	int64_t next;            /* when to call watch_pass() again; 0: never */
};

struct watch_options {
	/* This host's resolvers, "ADDR[@PORT]", NULL-terminated; or NULL. */
	const char *const *resolvers;
	bool no_public;          /* ask no public resolver */
	const char *const *public_resolvers;   /* NULL: data/resolvers.yaml */
	uint16_t port;           /* of name servers; 0: 53 */
};

struct watch;

/* Watch the DNS changes of STEP (copied into ARENA; none is fine: done at
 * once), which the user made at SINCE (seconds since 1970). FACTS and OPTIONS
 * are borrowed for the watch's life. */
struct watch *watch_new(struct arena *arena, const struct step *step,
    struct facts *facts, const struct watch_options *options, int64_t since);

/* How things stand at NOW; notes as wanted what is worth asking now. The view
 * belongs to ARENA (of this pass). */
const struct watch_view *watch_pass(struct watch *watch, struct arena *arena,
    int64_t now);

/* When the last pass said to look again; 0: never. */
int64_t watch_next(const struct watch *watch);

/* Ask all name servers again in the next pass, whatever their time is (not
 * the caches, which would say the same). */
void watch_again(struct watch *watch);

/* "not-yet", for output that programs read. */
const char *watch_state_name(enum watch_state state);
const char *watch_role_name(enum watch_role role);
const char *watch_verdict_name(enum watch_verdict verdict);

#endif
