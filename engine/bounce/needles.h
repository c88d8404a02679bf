/* SPDX-License-Identifier: ISC
 * Which of some fixed words a text has: found all at once, in one pass over the
 * text, however many there are. Private to engine/bounce. */
#ifndef WB_BOUNCE_NEEDLES_H
#define WB_BOUNCE_NEEDLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/bounce/scan.h"

#define NEEDLES_MAX 192
#define NEEDLE_SLOTS 2048

/* Those that were seen: a bit each. */
struct seen {
	uint64_t bits[NEEDLES_MAX / 64];
	bool any;
};

/* The first word seen from word I on; NEEDLES_MAX when there is none. */
static inline size_t
seen_next(const struct seen *seen, size_t i)
{
	for (; i < NEEDLES_MAX; i = (i / 64 + 1) * 64) {
		uint64_t bits = seen->bits[i / 64] >> (i % 64);

		if (bits != 0)
			return i + (size_t)__builtin_ctzll(bits);
	}
	return NEEDLES_MAX;
}

/* The words, and the table by which they are found. It is made when the set is
 * used first; a set is static and has only its first three members given. */
struct needles {
	const char *const *first;   /* of N pointers to words, STRIDE octets */
	size_t stride, n;           /* from one to the next */
	bool ready;
	struct seen always;         /* words that are too short for this */
	uint8_t slots[NEEDLE_SLOTS];   /* word + 1; 0: none */
	uint8_t next[NEEDLES_MAX];     /* word + 1 of the same slot */
	uint8_t offset[NEEDLES_MAX];   /* of the four octets it is found by */
};

/* The words that stand in the member NAME of the structures of ARRAY. */
#define NEEDLES_OF(array, name) { .first = &(array)[0].name, \
	.stride = sizeof *(array), .n = sizeof (array) / sizeof *(array) }

/* The words of an array of them. */
#define NEEDLES_LIST(array) { .first = (array), .stride = sizeof *(array), \
	.n = sizeof (array) / sizeof *(array) }

/* Search S for all words of SET, whatever the letters' case. Words of less than
 * four octets are not searched for: they always count as seen. */
void needles_search(struct needles *set, struct span s, struct seen *seen);

/* Word I of the set. */
const char *needle_text(const struct needles *set, size_t i);

static inline bool
seen_has(const struct seen *seen, size_t i)
{
	return seen->bits[i / 64] >> (i % 64) & 1;
}

#endif
