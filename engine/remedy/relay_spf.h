/* SPDX-License-Identifier: ISC
 * Which include covers a relay? Walks up from the relay's names, evaluates
 * each candidate for the relay's very addresses, and keeps why the others
 * lose (knowledge.md 3.3). */
#ifndef WB_RELAY_SPF_H
#define WB_RELAY_SPF_H

#include "engine/remedy/planning.h"

#define RELAY_ADDRESSES_MAX 4

struct relay_candidate {
	const char *name;                   /* for "include:NAME" */
	const struct spf_judgement *spf;    /* NAME's record for the address */
	size_t covered;                     /* how many of the addresses pass */
	int worst_case;                     /* look-ups when nothing matches */
	bool documented;                    /* by its company (data/senders.yaml) */
	const char *part_of;                /* the candidate whose record leads
	                                       here; NULL: a name of its own */
	bool open;                          /* lets everybody pass */
	bool unsteady;                      /* by ptr or exists */
	const char *why;                    /* why it loses, one sentence,
	                                       translated; NULL: the best */
};

struct relay_search {
	const struct relay_candidate *best;       /* passes; or NULL */
	const struct relay_candidate *candidates; /* all that were evaluated */
	size_t n;
	bool incomplete;                    /* answers are missing */
	/* the address that the receiver saw; then those of the same host in the
	 * other family */
	const char *ips[RELAY_ADDRESSES_MAX];
	size_t n_ips;
};

/* Search for an include that lets IP pass. The result belongs to P's arena. */
const struct relay_search *relay_spf_search(struct planning *p,
    const char *ip);

#endif
