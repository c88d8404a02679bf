/* SPDX-License-Identifier: ISC
 * Work on the SPF record of the domain that mail shall come from. For
 * engine/remedy/ only. */
#ifndef WB_SPF_WORK_H
#define WB_SPF_WORK_H

#include "engine/remedy/planning.h"
#include "engine/remedy/relay_spf.h"
#include "engine/remedy/spf_edit.h"
#include "engine/remedy/spf_fit.h"
#include "engine/remedy/spf_sample.h"

/* A TXT string holds 255 octets; a longer record is cut by some DNS panels. */
#define STRING_MAX 255

/* A record in work. */
struct spf_work {
	struct spf_draft draft;
	struct spf_samples samples;   /* whom the old record means */
	struct spf_fit fit;
	size_t n_records;
	bool closed;                  /* what let anybody pass is out */
	const struct relay_search *relay;
};

/* Today's SPF records of DOMAIN, and what was meant for one. */
size_t spf_work_records(struct planning *p, const char *domain,
    struct fact_value **records);

/* The old record of the target, read into W, its faults taken out; false: it
 * cannot be worked on, and the step says why. */
bool spf_work_begin(struct planning *p, struct spf_work *w);

/* The draft as the step's change, with the reason for each term. */
void spf_work_change(struct planning *p, struct spf_work *w);

/* The draft is complete: make it fit, make it the step's change, prove it. */
void spf_work_end(struct planning *p, struct spf_work *w);

#endif
