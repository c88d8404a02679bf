/* SPDX-License-Identifier: ISC
 * Changes an SPF record term by term; never replaces what it does not know.
 * Each term of the old record is accounted for: kept, mended, moved, removed
 * or left out as unclear, with the reason. */
#ifndef WB_SPF_EDIT_H
#define WB_SPF_EDIT_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/auth/spf_parse.h"
#include "engine/base/arena.h"
#include "engine/world/facts.h"

enum spf_fate {
	SPF_KEPT,
	SPF_MENDED,      /* a typing error with one meaning */
	SPF_MOVED,
	SPF_ADDED,
	SPF_REMOVED,
	SPF_UNCLEAR      /* no term, and more than one meaning: left out */
};

struct spf_draft_term {
	enum spf_fate fate;
	struct spf_term term;    /* .text: as it stands in the draft */
	const char *written;     /* as it stood, safe to show; NULL: added */
	const char *why;         /* a sentence, translated; NULL: kept, or for a
	                            reason that needs no words */
	size_t record;           /* in which of the records it stood, */
	size_t offset, length;   /* and where; length 0: added */
};

struct spf_draft {
	struct arena *arena;
	struct spf_draft_term *terms;   /* in the draft's order */
	size_t n;
	const char **notes;      /* sentences about the whole, translated */
	size_t n_notes;
	const char *refused;     /* why nothing was read, translated, or NULL */
	size_t n_unclear;
};

/* A draft from the N records of a domain (0: an empty one; several: their
 * terms merged, each once). Values for which spf_words_start() is 0 are passed
 * over. Typing errors that have one meaning only are mended; other faults are
 * left out as unclear. A draft that is refused (too long to be a record) has
 * no terms. */
void spf_draft_read(struct spf_draft *draft, struct arena *arena,
    const struct fact_value *records, size_t n);

/* A draft of its own with the same terms, for a trial. */
struct spf_draft spf_draft_copy(const struct spf_draft *draft);

/* Take out what is the same mechanism as TERM, whatever its qualifier; WHY is
 * the reason. False when it is not there. */
bool spf_draft_remove(struct spf_draft *draft, const char *term,
    const char *why);

/* Add TERM (a valid one) unless it is there: addresses behind the last
 * address, the rest in front of "all"; always in front of the first term that
 * does not say pass, which might match before it. */
void spf_draft_add(struct spf_draft *draft, const char *term,
    const char *why);
bool spf_draft_has(const struct spf_draft *draft, const char *term);

/* Terms behind "all" never count (RFC 7208 5.1): put it behind them. False
 * when it stands there already. To be proven: what counts now may be an
 * error. */
bool spf_draft_all_last(struct spf_draft *draft);

/* Move ip4 and ip6 terms that let pass before the other mechanisms, as far as
 * none of these can end the evaluation otherwise. False: nothing to move. */
bool spf_draft_addresses_first(struct spf_draft *draft);

/* "ip4:192.0.2.1" or "ip6:2001:db8::1". */
const char *spf_address_term(struct arena *arena, const char *ip);

/* Does the term stand in the draft? */
bool spf_draft_stands(const struct spf_draft_term *term);

/* The record's text. "~all" is put at its end when it has neither "all" nor
 * redirect= (RFC 7208 5.1, 6.1). */
const char *spf_draft_text(struct spf_draft *draft);

/* Do the terms A and B match the same addresses, whatever their qualifiers? */
bool spf_term_same(struct arena *arena, const struct spf_term *a,
    const struct spf_term *b);

#endif
