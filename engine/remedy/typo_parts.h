/* SPDX-License-Identifier: ISC
 * What typo.c, typo_value.c and typo_fold.c share. Nobody else includes
 * it. */
#ifndef WB_TYPO_PARTS_H
#define WB_TYPO_PARTS_H

#include "engine/base/fill.h"
#include "engine/base/str.h"
#include "engine/remedy/typo.h"

#define TYPO_MAX_MISTAKES 8
#define TYPO_TEXT_MAX 70000     /* a TXT record has at most 65535 octets */

/* What a value is, for what may be written differently in it. */
enum typo_kind { TYPO_SPF, TYPO_TAGS, TYPO_NAME, TYPO_OTHER };

struct octets {
	const char *text;
	size_t len;
};

/* A list of mistakes in the making. */
struct mistakes {
	struct arena *arena;
	const struct change *change;
	struct typo_mistake list[TYPO_MAX_MISTAKES];
	size_t n;
};

/* Add the mistake ID of the table with VALUES for its sentence (ended by a NULL
 * name). Returns it, to be filled further; NULL when the list is full. */
struct typo_mistake *typo_add(struct mistakes *m, const char *id,
    const struct placeholder *values);

/* ---- typo_fold.c ---- */

/* Do the two mean the same to a receiver? */
bool typo_same(enum typo_kind kind, struct octets a, struct octets b);

/* TEXT as it would be without characters that no record needs: quotes, blanks
 * and letters of other widths … Arena-owned. */
struct octets typo_plain(struct arena *arena, struct octets text);

/* The ids of what must be undone in PUBLISHED to make WANTED of it. 0: that
 * does not make it. */
#define TYPO_MAX_FOLDS 12
size_t typo_folds(struct arena *arena, enum typo_kind kind,
    struct octets wanted, struct octets published,
    const char *ids[TYPO_MAX_FOLDS]);

/* ---- typo_value.c ---- */

/* Say how PUBLISHED differs from WANTED. */
void typo_value(struct mistakes *m, enum typo_kind kind,
    struct octets wanted, struct octets published);

#endif
