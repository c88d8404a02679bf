/* SPDX-License-Identifier: ISC
 * Knows the order in which a change becomes true: journal, files, commands; and
 * the way back at each point. Hides which command is running. */
#include "config.h"

#include "engine/remedy/apply.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/i18n.h"
#include "engine/base/str.h"
#include "engine/base/text.h"
#include "engine/remedy/apply_parts.h"
#include "engine/world/child.h"

#define SAID_MAX ((size_t)4 << 20)
#define WORDS_MAX ((size_t)1 << 20)
/* "postfix stop" waits for deliveries, postmap of a large table takes long */
#define COMMAND_MS 60000

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
	bool undoing;
	bool rolled_back;
	bool only_start;           /* Postfix is stopped and has to start */
	bool recovering;
	bool not_told;             /* a command of PHASE_TELL has failed */
	enum apply_end end;
	struct str said;
};

/* Is ARGV a command of the phase? */
static bool
belongs(const struct apply *apply, const char *const *argv)
{
	const char *source;

	switch (apply->phase) {
	case PHASE_PREPARE:
		return !command_tells(argv);
	case PHASE_REMAKE:
		source = command_table_source(argv);
		return source != NULL && access(source, F_OK) == 0;
	case PHASE_TELL:
		return command_tells(argv) && (!apply->only_start ||
		    command_has_verb(argv, "start"));
	case PHASE_OVER:
		break;
	}
	return false;
}

/* ---------------------------------------------------------------- the way */

/* Write down how far it is. TELLING: Postfix is still to be told. */
static bool
note(struct apply *apply, enum history_state state, bool telling)
{
	if (!history_set_state(apply->history, apply->t, state, telling,
	    &apply->said))
		return false;
	apply->state = state;
	return true;
}

static void
enter(struct apply *apply, enum phase phase)
{
	apply->phase = phase;
	apply->next = 0;
}

/* The old files, then their tables. Where that fails the journal still says
 * that the change is being made, or undone. */
static void
put_back(struct apply *apply)
{
	enter(apply, PHASE_OVER);
	apply->end = APPLY_NOTHING;
	if (!apply_put_all(apply->arena, apply->t, VERSION_BEFORE,
	    &apply->said))
		return;
	apply_remove_folders(apply->t);
	commands_remove_tables(apply->arena, apply->t);
	enter(apply, PHASE_REMAKE);
}

static void
roll_back(struct apply *apply)
{
	apply->rolled_back = true;
	/* killed from here on, recovery goes on with it; without a journal it
	 * sees that by the files */
	if (apply->state == HISTORY_APPLIED)
		(void)note(apply, HISTORY_APPLYING, apply->only_start);
	put_back(apply);
}

/* What a user has to know of a Postfix that was stopped by an interruption, or
 * by a change that was then taken back. */
static void
told(struct apply *apply)
{
	enter(apply, PHASE_OVER);
	if (commands_tell(apply->t))
		(void)note(apply, apply->state, false);
	if (!commands_stop(apply->t) ||
	    (!apply->only_start && !apply->recovering))
		return;
	str_adds(&apply->said, apply->not_told ?
	    _("Postfix may be stopped now; start it with \"postfix start\".\n") :
	    _("Postfix has been started again.\n"));
}

/* All commands of the phase have run. */
static void
phase_over(struct apply *apply)
{
	bool telling = commands_tell(apply->t);

	switch (apply->phase) {
	case PHASE_PREPARE:
		if (note(apply, HISTORY_APPLIED, telling))
			enter(apply, PHASE_TELL);
		else
			roll_back(apply);
		break;
	case PHASE_REMAKE:
		if (apply->rolled_back)
			telling = apply->only_start;
		if (!note(apply, apply->rolled_back ? HISTORY_ROLLED_BACK :
		    HISTORY_UNDONE, telling)) {
			enter(apply, PHASE_OVER);
			break;
		}
		if (apply->rolled_back)
			str_adds(&apply->said, _("All files have been put back "
			    "as they were.\n"));
		else
			apply->end = APPLY_DONE;
		enter(apply, telling ? PHASE_TELL : PHASE_OVER);
		break;
	case PHASE_TELL:
		told(apply);
		break;
	case PHASE_OVER:
		break;
	}
}

/* The command that was started last, and could not do its work. */
static void
failed(struct apply *apply)
{
	const char *const *argv = apply->t->commands[apply->next - 1];

	switch (apply->phase) {
	case PHASE_PREPARE:
		roll_back(apply);
		return;
	case PHASE_TELL:
		break;
	case PHASE_REMAKE:
	case PHASE_OVER:
		return;
	}
	/* it was stopped before the interruption */
	if (apply->recovering && command_has_verb(argv, "stop"))
		return;
	if (command_has_verb(argv, "start") && apply->state == HISTORY_APPLIED) {
		/* a Postfix that was stopped for the change and does not start
		 * with it starts without it */
		apply->only_start = true;
		roll_back(apply);
		return;
	}
	apply->not_told = true;
	if (apply->end == APPLY_DONE)
		apply->end = APPLY_NOT_RELOADED;
	apply->next = apply->t->n_commands;
}

static void
say_failed(struct apply *apply, enum run_state state)
{
	const char *command = apply_command(apply, apply->arena);
	const struct str *errors = run_errors(apply->run);

	if (state == RUN_TIMEOUT)
		str_addf(&apply->said, _("\"%s\" took longer than %d seconds "
		    "and was ended.\n"), command, COMMAND_MS / 1000);
	else
		str_addf(&apply->said, _("\"%s\" failed: %s\n"), command,
		    errors->len != 0 ? text_cleaned(apply->arena, errors->text,
		    errors->len) :
		    /* where there is no terminal, Postfix only logs */
		    _("it gave no reason; the mail log may have it."));
}

static void
start_command(struct apply *apply, const char *const *argv)
{
	const char *program = child_find(apply->arena, argv[0]);

	if (program != NULL) {
		apply->run = run_start(program, argv, NULL, COMMAND_MS,
		    WORDS_MAX);
		return;
	}
	str_addf(&apply->said, _("%s is not on this machine.\n"), argv[0]);
	failed(apply);
}

/* Until a command runs, or there is none any more. */
static void
go_on(struct apply *apply)
{
	while (apply->run == NULL && apply->phase != PHASE_OVER) {
		const char *const *argv;

		if (apply->next == apply->t->n_commands) {
			phase_over(apply);
			continue;
		}
		argv = apply->t->commands[apply->next++];
		if (belongs(apply, argv))
			start_command(apply, argv);
	}
}

bool
apply_io(struct apply *apply)
{
	enum run_state state = apply->run != NULL ? run_io(apply->run) :
	    RUN_DONE;

	if (state == RUN_GOING)
		return true;
	if (state != RUN_DONE) {
		say_failed(apply, state);
		run_close(&apply->run);
		failed(apply);
	}
	run_close(&apply->run);
	go_on(apply);
	return apply->phase != PHASE_OVER;
}

/* ---------------------------------------------------------------- beginning */

static struct apply *
apply_new(struct history *history, const struct transaction *t)
{
	struct apply *apply = mem_alloc(sizeof *apply);

	*apply = (struct apply){
		.history = history, .t = t, .arena = arena_new(),
		.phase = PHASE_OVER, .end = APPLY_NOTHING,
	};
	str_init(&apply->said, SAID_MAX);
	return apply;
}

struct apply *
apply_start(struct history *history, struct arena *arena,
    struct transaction *transaction)
{
	struct apply *apply = apply_new(history, transaction);
	struct str *said = &apply->said;

	if (!apply_all_are(transaction, VERSION_BEFORE, said) ||
	    !history_add(history, arena, transaction, said) ||
	    !note(apply, HISTORY_APPLYING, false))
		return apply;
	apply->end = APPLY_DONE;
	enter(apply, PHASE_PREPARE);
	if (!apply_make_folders(transaction, said) ||
	    !apply_put_all(apply->arena, transaction, VERSION_AFTER, said))
		roll_back(apply);
	go_on(apply);
	return apply;
}

bool
apply_may_undo(const struct history_entry *entry, struct str *said)
{
	if (entry->state != HISTORY_APPLIED) {
		str_addf(said, _("The change %s is not in force (%s).\n"),
		    entry->transaction.id, history_state_word(entry->state));
		return false;
	}
	return apply_all_are(&entry->transaction, VERSION_AFTER, said);
}

struct apply *
apply_start_undo(struct history *history, const struct history_entry *entry)
{
	struct apply *apply = apply_new(history, &entry->transaction);

	apply->undoing = true;
	if (!apply_may_undo(entry, &apply->said) ||
	    !note(apply, HISTORY_UNDOING, false))
		return apply;
	put_back(apply);
	go_on(apply);
	return apply;
}

struct apply *
apply_start_recovery(struct history *history,
    const struct history_entry *entry)
{
	struct apply *apply = apply_new(history, &entry->transaction);
	bool ours = apply_only_ours(&entry->transaction, &apply->said);
	struct str ignored;

	str_init(&ignored, SAID_MAX);
	apply->recovering = true;
	apply->state = entry->state;
	apply->undoing = entry->state == HISTORY_UNDOING;
	apply->only_start = entry->telling &&
	    (entry->state == HISTORY_APPLYING ||
	    entry->state == HISTORY_ROLLED_BACK);
	if (ours && apply->undoing)
		put_back(apply);
	else if (ours && (entry->state == HISTORY_APPLYING ||
	    (entry->state == HISTORY_APPLIED && !apply_all_are(
	    &entry->transaction, VERSION_AFTER, &ignored))))
		roll_back(apply);
	else if (entry->telling)
		enter(apply, PHASE_TELL);
	str_free(&ignored);
	if (apply->phase == PHASE_TELL)
		apply->end = APPLY_DONE;
	go_on(apply);
	return apply;
}

/* ---------------------------------------------------------------- meanwhile */

size_t
apply_poll(const struct apply *apply, struct pollfd fds[APPLY_FDS],
    int *timeout)
{
	if (apply->run != NULL)
		return run_poll(apply->run, fds, timeout);
	*timeout = 0;
	return 0;
}

const char *
apply_command(const struct apply *apply, struct arena *arena)
{
	return apply->run != NULL ? transaction_command(arena,
	    apply->t->commands[apply->next - 1]) : NULL;
}

bool
apply_may_take_back(const struct apply *apply)
{
	return apply->phase == PHASE_PREPARE;
}

bool
apply_take_back(struct apply *apply)
{
	if (!apply_may_take_back(apply))
		return false;
	str_addf(&apply->said, _("Stopped while \"%s\" was running.\n"),
	    apply_command(apply, apply->arena));
	run_close(&apply->run);
	roll_back(apply);
	go_on(apply);
	return true;
}

enum apply_end
apply_finish(struct apply **apply, struct str *said)
{
	struct apply *a = *apply;
	enum apply_end end;

	do {
		if (a->run != NULL)
			(void)run_wait(a->run);
	} while (apply_io(a));
	end = a->end;
	str_add(said, a->said.text, a->said.len);
	str_free(&a->said);
	arena_free(&a->arena);
	free(a);
	*apply = NULL;
	return end;
}
