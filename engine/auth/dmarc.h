/* SPDX-License-Identifier: ISC
 * DMARC (RFC 9989): the record, the organisational domain by the DNS tree
 * walk, alignment. The public suffix list (libpsl) is the second opinion. */
#ifndef WB_DMARC_H
#define WB_DMARC_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/base/arena.h"
#include "engine/world/facts.h"

enum dmarc_state {
	DMARC_UNKNOWN,          /* wanted, or DNS did not answer */
	DMARC_NO_RECORD,
	DMARC_OK,
	DMARC_FAULTY,           /* a record that receivers ignore */
	DMARC_SEVERAL           /* more than one: counts as none (RFC 9989 4.7) */
};

struct dmarc_record {
	enum dmarc_state state;
	const char *domain;      /* where it was found: the From domain or above */
	const char *text;        /* the record; of several one; also one that is
	                            meant as a record; or NULL */
	const char *policy;      /* that applies to the From domain: p, sp or np */
	bool strict_spf, strict_dkim;   /* aspf=s, adkim=s */
	bool test_mode;          /* t=y */
	bool reports;            /* has rua= */
	const char *fault;       /* one sentence, translated; NULL when fine */
	const char *const *facts;
	size_t n_facts;
};

/* The record that applies to FROM_DOMAIN, by the tree walk (RFC 9989 4.10). */
const struct dmarc_record *dmarc_lookup(struct arena *arena,
    struct facts *facts, const char *from_domain);

/* Is a record that was meant for _dmarc.DOMAIN at a name where nobody looks:
 * at the domain itself, without the underscore, or with the domain's name
 * twice, as panels do that add it? Its text and *FACT, or NULL. */
const char *dmarc_misplaced(struct arena *arena, struct facts *facts,
    const char *domain, const struct fact **fact);

/* The organisational domain of NAME: by the tree walk when a record with
 * psd= or any record decides it, else by the public suffix list. Asks for the
 * _dmarc names of the walk. *SETTLED (may be NULL) is false while answers of
 * the walk are missing; the public suffix answer stands meanwhile. Never NULL;
 * NAME itself when it is a public suffix or a single label. */
const char *dmarc_org_domain(struct arena *arena, struct facts *facts,
    const char *name, bool *settled);

/* The same from the public suffix list alone: no questions asked. */
const char *psl_org_domain(struct arena *arena, const char *name);

/* Are FROM and OTHER aligned (RFC 9989 4.4)? */
bool dmarc_aligned(struct arena *arena, struct facts *facts,
    const char *from, const char *other, bool strict);

#endif
