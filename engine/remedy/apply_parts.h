/* SPDX-License-Identifier: ISC
 * What the carrying out of a change shares among its files. For
 * engine/remedy/apply*.c only. */
#ifndef WB_APPLY_PARTS_H
#define WB_APPLY_PARTS_H

#include "engine/base/str.h"
#include "engine/remedy/apply.h"

enum version { VERSION_BEFORE, VERSION_AFTER, VERSION_OTHER };

/* Put VERSION in place of every file that has not got it. SAID: a line for each
 * that could not be written. */
bool apply_put_all(struct arena *arena, const struct transaction *t,
    enum version version, struct str *said);

/* Is every file VERSION? SAID has the differences. */
bool apply_all_are(const struct transaction *t, enum version version,
    struct str *said);

/* Is none of them open in an editor, which would write its own version over
 * ours? */
bool apply_nobody_edits(struct arena *arena, const struct transaction *t,
    struct str *said);

/* Is every file one of the two versions? Whoever has changed one since knows
 * better. */
bool apply_only_ours(const struct transaction *t, struct str *said);

/* The folders that are not there; and without those that the change has made,
 * unless something is in them now. */
bool apply_make_folders(const struct transaction *t, struct str *said);
void apply_remove_folders(const struct transaction *t);

/* The last word of ARGV: "reload". */
bool command_has_verb(const char *const *argv, const char *verb);
/* Does it tell Postfix or another server to take its new files? One that fails
 * means that it does not run; a table or a check that fails, that the change is
 * wrong. And is there one in T? */
bool command_tells(const char *const *argv);
bool commands_tell(const struct transaction *t);
/* Is Postfix stopped, and started again, for it? */
bool commands_stop(const struct transaction *t);
/* The text from which ARGV makes a table; NULL: it makes none. */
const char *command_table_source(const char *const *argv);
/* Note the texts that have no table yet. After the files were put back: does
 * the table of SOURCE follow its text? And remove those that do not. */
void commands_note_tables(struct arena *arena, struct transaction *t);
bool command_table_stays(const struct transaction *t, const char *source);
void commands_remove_tables(struct arena *arena, const struct transaction *t);

enum phase {
	PHASE_PREPARE,     /* the files are new: tables, checks */
	PHASE_REMAKE,      /* the files are old again: so are their tables */
	PHASE_TELL,        /* Postfix takes them: a reload, a stop and start */
	PHASE_OVER
};

struct apply {
	struct history *history;
	const struct transaction *t;
	struct arena *arena;
	enum phase phase;
	enum history_state state;  /* in the journal */
	size_t next;               /* command of the phase */
	struct run *run;           /* the one before; NULL: none runs */
	struct run *not_started;   /* the start that failed, while RUN looks
	                              whether Postfix runs all the same */
	bool undoing;
	bool rolled_back;
	bool only_start;           /* Postfix is stopped and has to start */
	bool recovering;
	bool not_told;             /* a command of PHASE_TELL has failed */
	enum apply_end end;
	struct str said;
};

/* Write down how far it is. TELLING: Postfix is still to be told. */
bool apply_note(struct apply *apply, enum history_state state, bool telling);
void apply_enter(struct apply *apply, enum phase phase);
/* The old files, then their tables. Where that fails the journal still says
 * that the change is being made, or undone. */
void apply_put_back(struct apply *apply);
/* The same, because the change cannot be. */
void apply_roll_back(struct apply *apply);
/* Until a command runs, or there is none any more. */
void apply_go_on(struct apply *apply);

/* A change that was interrupted, as the journal has it, on its way to an
 * end. */
struct apply *apply_start_recovery(struct history *history,
    const struct history_entry *entry);

#endif
