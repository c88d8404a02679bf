/* SPDX-License-Identifier: ISC
 * Locale and language of what the program says. The language may be changed at
 * any time: nothing keeps a translated string beyond one drawing. */
#ifndef WB_LANGUAGE_H
#define WB_LANGUAGE_H

#include <stdbool.h>

#include "engine/base/arena.h"

/* Once, first of all: the locale and the language of the environment. English
 * when the terminal's character set cannot show the language. */
void language_begin(void);

/* One sentence when the environment names a locale that this host has not got,
 * or NULL. */
const char *language_complaint(struct arena *arena);

/* Is there a translation for NAME ("ja", "ja_JP", "ja_JP.UTF-8")? English
 * always. */
bool language_exists(const char *name);

/* "en, ja": for a message. */
const char *language_list(struct arena *arena);

/* Speak NAME from now on. False: there is no translation, or the terminal's
 * character set cannot show it; nothing has changed. */
bool language_set(const char *name) __attribute__((warn_unused_result));

/* The language spoken now: "en", "ja". */
const char *language_now(void);

/* The next language of the list, "en" after the last one; the same as
 * language_now() when there is no other. */
const char *language_next(void);

/* What the next language calls itself, in UTF-8, or its English name where the
 * terminal cannot show that. Valid for the program's life. */
const char *language_next_name(void);

/* The terminal's character set, as the locale calls it. */
const char *language_charset(void);

#endif
