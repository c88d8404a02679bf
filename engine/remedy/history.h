/* SPDX-License-Identifier: ISC
 * The journal of changes made on this server: one folder for each, with the
 * files as they were and as they became, readable without the program. */
#ifndef WB_HISTORY_H
#define WB_HISTORY_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/remedy/transaction.h"

enum history_state {
	HISTORY_PREPARED,        /* written down, nothing changed yet */
	HISTORY_APPLYING,
	HISTORY_APPLIED,
	HISTORY_ROLLED_BACK,     /* a check failed: all is as before */
	HISTORY_UNDOING,
	HISTORY_UNDONE
};

struct history_entry {
	struct transaction transaction;
	enum history_state state;
	bool telling;            /* its last commands may not have run: Postfix
	                            may be stopped */
	const char *folder;      /* where its copies lie */
};

struct history;

/* Open (and make) the journal in DIRECTORY; NULL: whybounce/changes in
 * $XDG_STATE_HOME; where that is not set, root's is in LOCALSTATEDIR/lib and
 * everybody else's in ~/.local/state. One program at a time: NULL and a sentence
 * in ERR when another one has it or it cannot be had. Closing gives it back. */
bool history_exists(void);         /* the one that is opened for NULL */
struct history *history_open(const char *directory, struct str *err);
void history_close(struct history **history);

/* Write TRANSACTION down as prepared and give it an id. False: ERR. */
bool history_add(struct history *history, struct arena *arena,
    struct transaction *transaction, struct str *err)
	__attribute__((warn_unused_result));

/* False: ERR; the state is then the old one. TELLING: written down before the
 * commands run that Postfix takes the files by, and taken back after them. */
bool history_set_state(struct history *history,
    const struct transaction *transaction, enum history_state state,
    bool telling, struct str *err) __attribute__((warn_unused_result));

/* The name that the new version of a file bears until it takes the file's
 * place, so that what is left of an interrupted change can be found. */
const char *history_temporary(struct arena *arena,
    const struct transaction *transaction, const struct file_change *file);

/* All entries, the newest first. One that cannot be read is left out and named
 * in ERR, a line each. */
struct history_entry *history_read(struct history *history,
    struct arena *arena, size_t *n, struct str *err);

/* "applied": the word in the file. */
const char *history_state_word(enum history_state state);

#endif
