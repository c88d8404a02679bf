/* SPDX-License-Identifier: ISC
 * An SPF record as people type it, cut into words: what they put between
 * terms instead of blanks, and characters that only look right. */
#ifndef WB_SPF_WORDS_H
#define WB_SPF_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/auth/spf_parse.h"
#include "engine/base/arena.h"

struct spf_word {
	const char *text;        /* made plain: what may be a term */
	size_t offset, length;   /* the octets of the record it was made of */
	bool comma;              /* a comma stood in front of it */
};

/* Where the terms begin: behind "v=spf1", or behind what was meant for it
 * (quotes, blanks or wrong characters around it). 0: TEXT was never meant to be
 * an SPF record. */
size_t spf_words_start(const char *text, size_t len);

/* The words of TEXT from octet AT on, in ARENA; *WORDS gets them, and their
 * number comes back. What is a valid term as it stands is left as it is; what
 * was torn apart ("include: x", "- all") is put together. */
size_t spf_words_read(struct arena *arena, const char *text, size_t len,
    size_t at, struct spf_word **words);

/* Parse TEXT as the only term of a record. False when it is none. */
bool spf_word_parse(struct arena *arena, const char *text,
    struct spf_term *term);

/* Is NAME, LEN octets without regard to case, a mechanism, redirect or exp? */
bool spf_word_is_name(const char *name, size_t len);

/* Is TEXT an address, with or without a prefix length? 4, 6 or 0. */
int spf_word_address(struct arena *arena, const char *text);

/* Could TEXT be a host name: letters, digits, hyphens, a dot in it, its last
 * label not a number? */
bool spf_word_is_host(const char *text);

#endif
