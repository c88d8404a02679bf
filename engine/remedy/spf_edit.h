/* SPDX-License-Identifier: ISC
 * Changes an SPF record term by term; never replaces what it does not know. */
#ifndef WB_SPF_EDIT_H
#define WB_SPF_EDIT_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/base/arena.h"

struct spf_draft {
	struct arena *arena;
	const char **terms;      /* without "v=spf1"; "all" and redirect= last */
	size_t n;
	const char **notes;      /* a sentence for each change, translated */
	size_t n_notes;
};

/* A draft from the N records of a domain (0: an empty one; several: their
 * terms merged, each once). Typing errors that have one meaning only are
 * mended: "ipv4:" and "ip:" for "ip4:", a blank after "include:", a term glued
 * to "all", "+all" is left alone. */
void spf_draft_read(struct spf_draft *draft, struct arena *arena,
    const char *const *records, size_t n);

/* Take out TERM (exact text, without regard to case); WHY is the note. False
 * when it is not there. */
bool spf_draft_remove(struct spf_draft *draft, const char *term,
    const char *why);

/* Add TERM unless it is there: addresses behind the last address, the rest in
 * front of "all". */
void spf_draft_add(struct spf_draft *draft, const char *term,
    const char *why);
bool spf_draft_has(const struct spf_draft *draft, const char *term);

/* "ip4:192.0.2.1" or "ip6:2001:db8::1". */
const char *spf_address_term(struct arena *arena, const char *ip);

/* The record's text; "~all" is put at its end when it has neither "all" nor
 * redirect= (RFC 7208 5.1, 6.1). */
const char *spf_draft_text(struct spf_draft *draft);

#endif
