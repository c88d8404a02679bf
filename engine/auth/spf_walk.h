/* SPDX-License-Identifier: ISC
 * What the parts of the SPF judgement share: spf_walk.c walks, spf_term.c
 * matches one term, spf_source.c reads records, spf_count.c counts without
 * judging, spf_reason.c finds the words. Of no use to others. */
#ifndef WB_SPF_WALK_H
#define WB_SPF_WALK_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/auth/spf.h"
#include "engine/auth/spf_macro.h"
#include "engine/auth/spf_match.h"

#define SPF_MAX_LOOKUPS 10      /* RFC 7208 4.6.4 */
#define SPF_MAX_VOIDS 2         /* RFC 7208 4.6.4 */

/* The records under evaluation, the innermost first. */
struct spf_frame {
	const char *domain;             /* in the form of facts_dns() */
	const char *written;            /* as it came: what %{d} gives */
	const struct spf_frame *above;
	int depth;
	bool redirected;                /* reached by redirect= alone */
};

/* Where the result comes from: raw material for the reason. What does not
 * apply is NULL. */
struct spf_blame {
	enum spf_cause cause;
	const char *owner;              /* whose record */
	const struct spf_term *term;    /* of that record, or NULL */
	const char *target;             /* the name the term leads to */
	const struct fact *fact;        /* that failed or is wanted, or NULL */
	size_t number;                  /* of records, where it matters */
	const struct spf_record *record;   /* with the syntax fault, or NULL */
};

struct spf_walk {
	struct arena *arena;
	struct facts *facts;
	struct spf_match *match;
	struct spf_macro_values values;
	struct spf_judgement *out;
	struct spf_blame blame;
	bool over;                      /* more than 10 look-ups: unwinding */
	const struct fact *wanted;      /* the first that is missing */
	const struct fact *failed;      /* the last that did not answer */
	const struct fact *empty;       /* the last void look-up */
	struct spf_step *steps;         /* out->n_steps of them */
	const char **keys;              /* out->n_facts of them */
};

/* check_host() for the identity in W (RFC 7208 section 4); NONE too. */
enum spf_result spf_walk_run(struct spf_walk *w);

/* Remember that the result rests on FACT; ARG is the walk. */
void spf_use_fact(void *arg, const struct fact *fact);

/* Set w->blame; returns RESULT. */
enum spf_result spf_blame_on(struct spf_walk *w, enum spf_result result,
    struct spf_blame what);

/* Learn %{p} when TEXT uses it; false when an answer for it is missing. */
bool spf_learn_client_name(struct spf_walk *w, const struct spf_frame *frame,
    const char *text);

/* The name a term is about, macros expanded; NULL when an answer needed for
 * %{p} is missing. */
const char *spf_expand_target(struct spf_walk *w,
    const struct spf_frame *frame, const struct spf_term *term);

/* Does the term match: PASS, NEUTRAL (no), an error, or UNKNOWN. The first is
 * for a, mx, ptr and exists, NAME from spf_expand_target(). */
enum spf_result spf_match_name(struct spf_walk *w,
    const struct spf_frame *frame, const struct spf_term *term,
    const char *name);
enum spf_result spf_match_address(struct spf_walk *w,
    const struct spf_term *term);

/* NAME (expanded from a macro: any octets) in the form of facts_dns(); NULL
 * when DNS cannot be asked for it. */
const char *spf_target_name(struct arena *arena, const char *name);

/* The same for people: what DNS cannot be asked for is only made harmless. */
const char *spf_target_shown(struct arena *arena, const char *name);

/* What stands at DOMAIN. RECORD is filled when there is one SPF record. */
enum spf_found {
	SPF_FOUND, SPF_FOUND_NONE, SPF_FOUND_SEVERAL, SPF_FOUND_FAULTY,
	SPF_FOUND_FAILED, SPF_FOUND_WANTED
};
struct spf_source {
	enum spf_found found;
	const struct fact *fact;
	size_t count;
	struct spf_record record;
};
void spf_source_read(struct arena *arena, struct facts *facts,
    const char *domain, struct spf_source *source);

bool spf_queries_dns(enum spf_kind kind);       /* RFC 7208 4.6.4 */
const struct spf_term *spf_find_all(const struct spf_record *record);

/* A count of DNS-querying terms, nothing evaluated. */
struct spf_count {
	struct arena *arena;
	struct facts *facts;
	const struct spf_macro_values *values;  /* NULL: targets with macros
	                                           are not followed */
	int lookups;                    /* stays below some dozens */
	bool missing, faulty;
};

/* Add the terms of RECORD from index FROM on, and what they lead to. */
void spf_count_terms(struct spf_count *count,
    const struct spf_record *record, size_t from,
    const struct spf_frame *frame);

/* Add the terms of the record at DOMAIN, reached from ABOVE. */
void spf_count_domain(struct spf_count *count, const char *domain,
    const struct spf_frame *above);

/* One sentence for the judgement; RESULT is final. */
const char *spf_reason(const struct spf_walk *walk);

#endif
