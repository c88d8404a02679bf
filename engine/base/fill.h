/* SPDX-License-Identifier: ISC
 * Sentences with {placeholders}, for texts that stand in tables and data. */
#ifndef WB_FILL_H
#define WB_FILL_H

#include "engine/base/arena.h"

/* A name and the value that stands for {name}. */
struct placeholder {
	const char *name, *value;
};

/* TEMPLATE, translated, with its placeholders filled in. A placeholder whose
 * value is NULL, or that is not in the table, stays as it is (a test finds
 * those). TABLE ends with a NULL name. NULL stays NULL. */
const char *fill_text(struct arena *arena, const char *template,
    const struct placeholder *table);

/* The same with the one placeholder {subject}. */
const char *fill_subject(struct arena *arena, const char *template,
    const char *subject);

#endif
