/* SPDX-License-Identifier: ISC
 * This program run again as root, by sudo(8), for a change that its user has
 * agreed to. */
#ifndef WB_TUI_ELEVATE_H
#define WB_TUI_ELEVATE_H

#include <stdbool.h>

#include "engine/remedy/apply.h"

/* Is there a sudo, and is it needed? */
bool elevate_possible(void);

/* The argument vector of "sudo PROGRAM WORDS", PROGRAM being this one. NULL: ERR
 * says why not: somebody else could have changed it. Arena-owned. */
const char *const *elevate_command(struct arena *arena,
    const char *const *words, struct str *err);

/* Hand TRANSACTION over, in the foreground of a normal screen. Waits. What came
 * of it, and sentences in SAID; its id becomes the one in root's journal. *REFUSED
 * when it was sudo that has ended it: why stands on the normal screen. */
enum apply_end elevate_apply(struct arena *arena,
    struct transaction *transaction, bool *refused, struct str *said);

/* The first word of what batch_apply() prints, the change's id behind it; then
 * sentences. */
const char *elevate_word(enum apply_end end);

#endif
