/* SPDX-License-Identifier: ISC
 * Macros of SPF records (RFC 7208 section 7): is a macro-string well formed,
 * and what does it expand to. Asks no questions. */
#ifndef WB_SPF_MACRO_H
#define WB_SPF_MACRO_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/base/arena.h"

enum spf_macro_use {
	SPF_MACRO_TERM,          /* no blanks, no %{c} %{r} %{t} */
	SPF_MACRO_EXPLANATION    /* the text behind "exp=" */
};

struct spf_macro_scan {
	const char *error;       /* msgid of the first fault, or NULL */
	size_t error_offset;
	size_t literal;          /* where the text after the last macro begins;
	                            the end when a macro stands last */
	bool macros;             /* has any */
};

/* Check the octets FROM to TO of TEXT. False: faulty. */
bool spf_macro_scan(const char *text, size_t from, size_t to,
    enum spf_macro_use use, struct spf_macro_scan *scan);

/* Does TEXT use the macro LETTER (lower case)? TEXT must be well formed. */
bool spf_macro_uses(const char *text, char letter);

/* What the letters stand for. No member may be NULL. */
struct spf_macro_values {
	const char *sender, *local, *sender_domain;   /* s l o */
	const char *domain;                           /* d */
	const char *ip;                               /* i c v; canonical */
	const char *client_name;                      /* p */
	const char *helo, *receiver;                  /* h r */
};

/* Expand a well-formed TEXT; at most 64 KiB come out. Owned by ARENA. */
const char *spf_macro_expand(struct arena *arena, const char *text,
    const struct spf_macro_values *values);

/* The same as a domain name: no dot at its end, labels cut off at the front
 * until 253 octets are left (RFC 7208 7.3). */
const char *spf_macro_expand_name(struct arena *arena, const char *text,
    const struct spf_macro_values *values);

#endif
