/* SPDX-License-Identifier: ISC
 * Carrying out a change on this server, taking it back, and finishing what was
 * interrupted. A file is the old one or the new one, never between. */
#ifndef WB_APPLY_H
#define WB_APPLY_H

#include <poll.h>
#include <stdbool.h>

#include "engine/remedy/history.h"
#include "engine/world/run.h"

enum apply_end {
	APPLY_DONE,
	APPLY_NOT_RELOADED,  /* the files are changed; a command failed: SAID */
	APPLY_NOTHING        /* all is as it was before: SAID has the reason */
};

/* A change on its way. Its files are replaced at once; its commands run beside
 * a poll loop. */
struct apply;

/* Replace the files, run the commands. When "postfix check" or the making of a
 * table fails, or Postfix does not start any more, the files are put back.
 * HISTORY and TRANSACTION are borrowed until apply_finish(); its id is made in
 * ARENA. */
struct apply *apply_start(struct history *history, struct arena *arena,
    struct transaction *transaction);

/* Put the files of an applied entry back as they were. Refused (APPLY_NOTHING)
 * when one of them has changed since; what is said then holds the difference. */
struct apply *apply_start_undo(struct history *history,
    const struct history_entry *entry);

/* What to poll: fills FDS, returns their number, and lowers *TIMEOUT (ms, -1
 * is none) if need be. */
#define APPLY_FDS RUN_FDS
size_t apply_poll(const struct apply *apply, struct pollfd fds[APPLY_FDS],
    int *timeout);

/* Go on; never waits for a command. False: it has come to its end. */
bool apply_io(struct apply *apply);

/* The command that runs now, for reading; NULL: none. Arena-owned. */
const char *apply_command(const struct apply *apply, struct arena *arena);

/* End the command that runs and put the files back. False: they are in force
 * already, and Postfix is being told, or they are being put back; that is not
 * left half done. */
bool apply_take_back(struct apply *apply);
bool apply_may_take_back(const struct apply *apply);

/* Wait for its end; what came of it, and in SAID sentences for the user. */
enum apply_end apply_finish(struct apply **apply, struct str *said);

/* Would apply_start_undo() be refused? SAID as there. */
bool apply_may_undo(const struct history_entry *entry, struct str *said);

/* What an earlier run left unfinished: a change that was being made is taken
 * back, one that was being undone is undone, and a Postfix that was stopped for
 * one is started. SAID: a sentence for each. ONLY_LOOK: change nothing, say what
 * was found. */
void apply_recover(struct history *history, struct arena *arena,
    bool only_look, struct str *said);

/* The same for the journal of this user, if there is one. */
void apply_recover_any(bool only_look, struct str *said);

#endif
