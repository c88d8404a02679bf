/* SPDX-License-Identifier: ISC
 * One mistyped SPF term and what it must have meant, where it can have meant
 * one thing only. */
#ifndef WB_SPF_MEND_H
#define WB_SPF_MEND_H

#include "engine/auth/spf_words.h"

#define SPF_PARTS_MAX 16

struct spf_mended {
	const char *parts[SPF_PARTS_MAX];   /* terms; more than one where blanks
	                                       were missing */
	size_t n;                           /* 0: not clear what was meant */
	const char *why;                    /* one sentence, translated: what was
	                                       wrong, or what to ask; NULL: nothing
	                                       was */
};

/* Mend WORD. CARRY is the mechanism's name of the term in front of it, or
 * NULL: "ip4:192.0.2.1,192.0.2.2" means two addresses. */
void spf_mend(struct arena *arena, const struct spf_word *word,
    const char *carry, struct spf_mended *out);

#endif
