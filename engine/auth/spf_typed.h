/* SPDX-License-Identifier: ISC
 * An SPF term as people type it, and the errors they make. For spf_mend.c. */
#ifndef WB_SPF_TYPED_H
#define WB_SPF_TYPED_H

#include <stdbool.h>

#include "engine/base/arena.h"

/* A term as people type it: qualifier, name, ":" or "=", and the rest. */
struct spf_typed {
	struct arena *arena;
	const char *text;
	const char *qualifier;    /* "" or one character */
	const char *name;
	char sign;                /* ':', '=' or '\0' */
	const char *rest;         /* behind the sign, "" without one */
};

/* Take TEXT apart; the parts belong to ARENA. */
void spf_typed_read(struct arena *arena, const char *text,
    struct spf_typed *out);

/* The text with the first error put right that is found, or NULL: none is
 * known. *WHY gets the sentence about it, a msgid with the placeholders
 * {written} and {right}. */
const char *spf_typed_mend(const struct spf_typed *t, const char **why);

/* Is its name "ip4" or "ip6", or meant for one of them? */
bool spf_typed_is_address(const struct spf_typed *t);

/* Is it a mechanism in the guise of a modifier: "include=x"? */
bool spf_typed_is_disguised(const struct spf_typed *t);

#endif
