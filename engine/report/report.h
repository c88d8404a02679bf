/* SPDX-License-Identifier: ISC
 * What a report is made from: the results of one diagnosis, borrowed. */
#ifndef WB_REPORT_H
#define WB_REPORT_H

#include <stdbool.h>

#include "engine/bounce/bounce.h"
#include "engine/checks/check.h"
#include "engine/remedy/plan.h"
#include "engine/report/casefile.h"
#include "engine/world/facts.h"
#include "engine/world/replay.h"

struct report {
	const struct bounces *bounces;      /* or NULL */
	const struct bounce *bounce;        /* the one it is about, or NULL */
	const struct received *received;    /* BOUNCE is a message that arrived */
	const struct findings *findings;    /* NULL: nothing was looked at */
	const struct plan *plan;            /* or NULL */
	const struct facts *facts;          /* or NULL */
	const struct recording *recording;  /* or NULL */
	const char *file;                   /* the input's name, or NULL */
	const struct case_step *steps;      /* how far each is, or NULL */
	size_t n_steps;
	const char *case_name;              /* of the saved case, or NULL */
	long long case_saved;               /* when, in seconds since 1970 */
	const char *made;                   /* changes made on this server, a line
	                                       each; NULL or empty: none */
	bool stopped;                       /* the user ended the looking */
};

/* Was it asked of DNS, or is it one of the named ones ("postfix myorigin")? */
bool report_fact_is_dns(const struct fact *fact);

/* The fact with this key, or NULL. */
const struct fact *report_fact(const struct facts *facts, const char *key);

#endif
