/* SPDX-License-Identifier: ISC
 * What was typed into the DNS panel instead of the record that was asked for,
 * character by character. Pure comparison of a change and a fact. */
#ifndef WB_TYPO_H
#define WB_TYPO_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/base/arena.h"
#include "engine/remedy/plan.h"
#include "engine/world/facts.h"

struct typo_mistake {
	const char *id;              /* "typo.quotes" */
	const char *sentence;        /* translated, safe to show */
	/* Where one value differs from another: both cleaned for showing.
	 * PREFIX is PUBLISHED up to the first difference: the mark "^" stands
	 * behind as many cells as PREFIX takes. NULL: not about one value. */
	const char *wanted, *published, *prefix;
	size_t position;             /* in characters, from 1; 0: none */
};

enum typo_state {
	TYPO_UNKNOWN,               /* no answer (yet) */
	TYPO_RIGHT,
	TYPO_ABSENT,                /* what was there before, or nothing */
	TYPO_DIFFERENT,             /* neither the old nor the new value */
	TYPO_SEVERAL                /* the new one beside an old one */
};

struct typo {
	enum typo_state state;
	const struct typo_mistake *mistakes;    /* the most telling first */
	size_t n_mistakes;
};

/* Compare what FACT says with CHANGE (a CHANGE_DNS). Values that mean the same
 * although they are written differently (RFC 7208 4.6.1: letters and blanks;
 * RFC 6376 3.2: blanks in a tag list) are right. Records at the name that the
 * change does not touch do not matter, unless they are of the same kind.
 * Arena-owned; reads no other facts. */
struct typo *typo_judge(struct arena *arena, const struct change *change,
    const struct fact *fact);

/* Where else the record may have been put, when its name does not have it. */
struct typo_place {
	const char *id;              /* "typo.name-doubled" */
	const char *name;
	enum dns_type type;
};
/* The places to look at for CHANGE in ZONE, at most TYPO_MAX_PLACES. */
#define TYPO_MAX_PLACES 5
size_t typo_places(struct arena *arena, const struct change *change,
    const char *zone, struct typo_place places[TYPO_MAX_PLACES]);

/* Does FACT, asked for PLACE, have the record of CHANGE? Then the mistake, else
 * NULL. A TXT record that stands at both names was not misplaced: pass only
 * places of records that are absent where they belong. */
const struct typo_mistake *typo_found(struct arena *arena,
    const struct change *change, const struct typo_place *place,
    const struct fact *fact);

/* Every id and its sentence, for tests and documentation; NULL past the end. */
const char *typo_id(size_t i);

#endif
