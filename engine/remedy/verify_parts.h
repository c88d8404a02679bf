/* SPDX-License-Identifier: ISC
 * What verify.c and verify_rows.c share. Nobody else includes it. */
#ifndef WB_VERIFY_PARTS_H
#define WB_VERIFY_PARTS_H

#include "engine/remedy/verify.h"

/* What outlives a pass, of one record. */
struct watched {
	struct change change;
	int64_t hold;            /* the longest life of an old answer seen */
};

struct watch {
	struct arena *arena;
	struct facts *facts;
	struct watch_options options;
	int64_t since, next;
	bool again;
	struct watched *watched;
	size_t n;
};

/* One record in one pass. */
struct watch_turn {
	struct watch *watch;
	struct watched *watched;
	struct arena *arena;
	struct watch_view *view;
	struct watch_record *record;
	struct dns_zone *zone;
	struct change change;    /* at the name where it is really kept */
	int64_t now;
	bool again;
	size_t n_reachable;      /* name servers that gave an answer */
	int64_t right_at;        /* when the last name server had it */
};

/* Add the rows of the zone's name servers, then those of the caches. */
void watch_add_authorities(struct watch_turn *t);
void watch_add_caches(struct watch_turn *t);

#endif
