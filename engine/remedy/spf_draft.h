/* SPDX-License-Identifier: ISC
 * The inside of a draft: what reading and changing it share. For spf_edit.c
 * and spf_read.c. */
#ifndef WB_SPF_DRAFT_H
#define WB_SPF_DRAFT_H

#include "engine/remedy/spf_edit.h"

/* Octets of all records of a domain: far above what fits into an answer; a
 * bound for hostile ones. */
#define SPF_RECORDS_MAX 4096

void spf_draft_note(struct spf_draft *d, const char *sentence);

/* Put a copy of TERM at place AT. */
void spf_draft_insert(struct spf_draft *d, size_t at,
    const struct spf_draft_term *term);

/* Take T out, WHY being the reason. */
void spf_draft_drop(struct spf_draft_term *t, const char *why);

/* The standing term that matches the same as TERM, or the first of that kind;
 * NULL: there is none. */
struct spf_draft_term *spf_draft_find(const struct spf_draft *d,
    const struct spf_term *term);
struct spf_draft_term *spf_draft_kind(const struct spf_draft *d,
    enum spf_kind kind);

bool spf_is_mechanism(const struct spf_term *term);

#endif
