/* SPDX-License-Identifier: ISC
 * Whom a record lets pass: a few addresses for each of its terms, so that a
 * changed record can be tried on them. For engine/remedy/ only. */
#ifndef WB_SPF_SAMPLE_H
#define WB_SPF_SAMPLE_H

#include "engine/remedy/planning.h"
#include "engine/remedy/spf_edit.h"

struct spf_sample {
	const char *ip;
	const char *term;        /* of the domain's own record, as text */
};

struct spf_samples {
	struct arena *arena;
	struct facts *facts;
	struct spf_sample *list;
	size_t n;
	size_t term_max;         /* of one term; 0: a few */
	size_t n_records;        /* that were read */
	bool missing;            /* answers are wanted or failed */
	/* since they were last set to false by the caller: */
	bool partial;            /* a list was cut, or holds what cannot be
	                            sampled (exists, ptr, macros) */
};

/* Samples for the standing terms of DRAFT, the record of DOMAIN, that say
 * pass. Their names are looked up in the cache. */
void spf_samples_take(struct planning *p, const char *domain,
    const struct spf_draft *draft, struct spf_samples *out);

/* Add those of one term. */
void spf_sample_term(struct spf_samples *s, const char *domain,
    const struct spf_term *term);

#endif
