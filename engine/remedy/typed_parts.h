/* SPDX-License-Identifier: ISC
 * What typed.c, typed_value.c and typed_fold.c share. Nobody else includes
 * it. */
#ifndef WB_TYPED_PARTS_H
#define WB_TYPED_PARTS_H

#include "engine/base/fill.h"
#include "engine/base/str.h"
#include "engine/remedy/typed.h"

#define TYPED_MAX_MISTAKES 8
#define TYPED_TEXT_MAX 70000     /* a TXT record has at most 65535 octets */

/* What a value is, for what may be written differently in it. */
enum typed_kind { TYPED_SPF, TYPED_TAGS, TYPED_NAME, TYPED_OTHER };

struct octets {
	const char *text;
	size_t len;
};

/* A list of mistakes in the making. */
struct mistakes {
	struct arena *arena;
	const struct change *change;
	struct typed_mistake list[TYPED_MAX_MISTAKES];
	size_t n;
};

/* Add the mistake ID of the table with VALUES for its sentence (ended by a NULL
 * name). Returns it, to be filled further; NULL when the list is full. */
struct typed_mistake *typed_add(struct mistakes *m, const char *id,
    const struct placeholder *values);

/* ---- typed_fold.c ---- */

/* Do the two mean the same to a receiver? */
bool typed_same(enum typed_kind kind, struct octets a, struct octets b);

/* TEXT as it would be without characters that no record needs: quotes, blanks
 * and letters of other widths … Arena-owned. */
struct octets typed_plain(struct arena *arena, struct octets text);

/* The ids of what must be undone in PUBLISHED to make WANTED of it. 0: that
 * does not make it. */
#define TYPED_MAX_FOLDS 12
size_t typed_folds(struct arena *arena, enum typed_kind kind,
    struct octets wanted, struct octets published,
    const char *ids[TYPED_MAX_FOLDS]);

/* ---- typed_value.c ---- */

/* Say how PUBLISHED differs from WANTED. */
void typed_value(struct mistakes *m, enum typed_kind kind,
    struct octets wanted, struct octets published);

#endif
