/* SPDX-License-Identifier: ISC
 * Carrying out a change on this server, taking it back, and finishing what was
 * interrupted. A file is the old one or the new one, never between. */
#ifndef WB_APPLY_H
#define WB_APPLY_H

#include <stdbool.h>

#include "engine/remedy/history.h"

enum apply_end {
	APPLY_DONE,
	APPLY_NOT_RELOADED,  /* the files are changed; a command failed: SAID */
	APPLY_NOTHING        /* all is as it was before: SAID has the reason */
};

/* Replace the files, run the commands. When "postfix check" or the making of a
 * table fails, or Postfix does not start any more, the files are put back.
 * SAID: sentences for the user. */
enum apply_end apply_transaction(struct history *history, struct arena *arena,
    struct transaction *transaction, struct str *said);

/* Put the files of an applied entry back as they were. Refused (APPLY_NOTHING)
 * when one of them has changed since; SAID then holds the difference. */
enum apply_end apply_undo(struct history *history, struct arena *arena,
    const struct history_entry *entry, struct str *said);

/* Would apply_undo() be refused? SAID as there. */
bool apply_may_undo(const struct history_entry *entry, struct str *said);

/* What an earlier run left unfinished: a change that was being made is taken
 * back, one that was being undone is undone. SAID: a sentence for each. */
void apply_recover(struct history *history, struct arena *arena,
    struct str *said);

/* The same for the journal of this user, if there is one. */
void apply_recover_any(struct str *said);

#endif
