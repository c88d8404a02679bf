/* SPDX-License-Identifier: ISC
 * Which include covers a relay? Walks up from the relay's names, evaluates
 * each candidate for that very address, and keeps why the others fail
 * (knowledge.md 3.3). */
#ifndef WB_RELAY_SPF_H
#define WB_RELAY_SPF_H

#include "engine/remedy/planning.h"

struct relay_candidate {
	const char *name;                   /* for "include:NAME" */
	const struct spf_judgement *spf;    /* NAME's record for the address */
	int worst_case;                     /* look-ups when nothing matches */
};

struct relay_search {
	const struct relay_candidate *best;       /* passes; or NULL */
	const struct relay_candidate *candidates; /* all that were evaluated */
	size_t n;
	bool incomplete;                    /* answers are missing */
};

/* Search for an include that lets IP pass. The result belongs to P's arena. */
const struct relay_search *relay_spf_search(struct planning *p,
    const char *ip);

#endif
