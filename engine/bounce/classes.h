/* SPDX-License-Identifier: ISC
 * The classes of refusal: data/classes.yaml as a table. */
#ifndef WB_CLASSES_H
#define WB_CLASSES_H

#include <stdbool.h>
#include <stddef.h>

/* One class. Strings are the English originals (message ids for gettext). */
struct refusal_class {
	const char *id;        /* "unauth" */
	const char *meaning;   /* half a sentence: why they refused */
	const char *plain;     /* one or two sentences in plain words */
	const char *who;       /* dns, host, app, hoster, recipient, wait, none */
	const char *first;     /* the first thing to do, one sentence */
};

/* NULL-safe look-up by id; NULL when there is no such class. */
const struct refusal_class *class_find(const char *id);

/* Number of classes, and the I-th in the file's order. */
size_t class_count(void);
const struct refusal_class *class_at(size_t i);

#endif
