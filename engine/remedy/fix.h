/* SPDX-License-Identifier: ISC
 * The texts of steps: data/fixes/ as a table. */
#ifndef WB_FIX_H
#define WB_FIX_H

#include <stddef.h>

#include "engine/base/arena.h"

/* One entry. Strings are English originals with {placeholders}; lists end with
 * NULL. */
struct fix {
	const char *id;
	const char *title, *why, *verify, *time;   /* time and verify may be NULL */
	const char *who;
	const char *const *settles;    /* finding ids that call for this step */
	const char *const *advice;     /* sentences */
	const char *const *commands;   /* what to type */
	const char *const *postconf;   /* "parameter = value" */
};

/* By id, or NULL; and all of them. */
const struct fix *fix_find(const char *id);
size_t fix_count(void);
const struct fix *fix_at(size_t i);

#endif
