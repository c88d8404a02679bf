/* SPDX-License-Identifier: ISC
 * Knows the order in which a change becomes true: journal, files, commands; and
 * the way back at each point. */
#include "config.h"

#include "engine/remedy/apply_parts.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/world/child.h"

#define WORDS_MAX ((size_t)1 << 20)
/* "postfix stop" waits for deliveries, postmap of a large table takes long */
#define COMMAND_MS 60000

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
		return source != NULL && command_table_stays(apply->t, source);
	case PHASE_TELL:
		return command_tells(argv) && (!apply->only_start ||
		    command_has_verb(argv, "start"));
	case PHASE_OVER:
		break;
	}
	return false;
}

/* ---------------------------------------------------------------- the way */

bool
apply_note(struct apply *apply, enum history_state state, bool telling)
{
	if (!history_set_state(apply->history, apply->t, state, telling,
	    &apply->said))
		return false;
	apply->state = state;
	return true;
}

void
apply_enter(struct apply *apply, enum phase phase)
{
	apply->phase = phase;
	apply->next = 0;
}

void
apply_put_back(struct apply *apply)
{
	apply_enter(apply, PHASE_OVER);
	apply->end = APPLY_NOTHING;
	if (!apply_put_all(apply->arena, apply->t, VERSION_BEFORE,
	    &apply->said))
		return;
	apply_remove_folders(apply->t);
	commands_remove_tables(apply->arena, apply->t);
	apply_enter(apply, PHASE_REMAKE);
}

void
apply_roll_back(struct apply *apply)
{
	apply->rolled_back = true;
	/* killed from here on, recovery goes on with it; without a journal it
	 * sees that by the files */
	if (apply->state == HISTORY_APPLIED)
		(void)apply_note(apply, HISTORY_APPLYING, apply->only_start);
	apply_put_back(apply);
}

/* What a user has to know of a Postfix that was stopped by an interruption, or
 * by a change that was then taken back. */
static void
told(struct apply *apply)
{
	apply_enter(apply, PHASE_OVER);
	if (commands_tell(apply->t))
		(void)apply_note(apply, apply->state, false);
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
		if (apply_note(apply, HISTORY_APPLIED, telling))
			apply_enter(apply, PHASE_TELL);
		else
			apply_roll_back(apply);
		break;
	case PHASE_REMAKE:
		if (apply->rolled_back)
			telling = apply->only_start;
		if (!apply_note(apply, apply->rolled_back ? HISTORY_ROLLED_BACK :
		    HISTORY_UNDONE, telling)) {
			apply_enter(apply, PHASE_OVER);
			break;
		}
		if (apply->rolled_back)
			str_adds(&apply->said, _("All files have been put back "
			    "as they were.\n"));
		else
			apply->end = APPLY_DONE;
		apply_enter(apply, telling ? PHASE_TELL : PHASE_OVER);
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
		apply_roll_back(apply);
		return;
	case PHASE_TELL:
		break;
	case PHASE_REMAKE:
	case PHASE_OVER:
		return;
	}
	if (command_has_verb(argv, "start") && apply->state == HISTORY_APPLIED) {
		/* a Postfix that was stopped for the change and does not start
		 * with it starts without it */
		apply->only_start = true;
		apply_roll_back(apply);
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
		    errors->len != 0 ? text_safe(apply->arena, text_trimmed(
		    apply->arena, errors->text, errors->text + errors->len)) :
		    /* where there is no terminal, Postfix only logs */
		    _("it gave no reason; the mail log may have it."));
}

/* "postfix start" has failed: does Postfix run all the same? Whatever restarts
 * servers here may have been faster, or the start of a run that was killed. */
static void
ask_status(struct apply *apply, const char *const *argv)
{
	const char **status;
	size_t n = 0;

	while (argv[n] != NULL)
		n++;
	status = arena_array(apply->arena, n + 1, sizeof *status);
	for (size_t i = 0; i + 1 < n; i++)
		status[i] = argv[i];
	status[n - 1] = "status";
	apply->not_started = apply->run;
	apply->run = run_start(child_find(apply->arena, argv[0]), status, NULL,
	    COMMAND_MS, WORDS_MAX);
}

/* It has answered with STATE. */
static void
take_status(struct apply *apply, enum run_state state)
{
	run_close(&apply->run);
	apply->run = apply->not_started;
	apply->not_started = NULL;
	if (state != RUN_DONE) {
		say_failed(apply, RUN_FAILED);
		failed(apply);
	}
	run_close(&apply->run);
}

/* The command that runs has ended with STATE. */
static void
take_end(struct apply *apply, enum run_state state)
{
	const char *const *argv = apply->t->commands[apply->next - 1];
	bool telling = apply->phase == PHASE_TELL;

	if (telling && state == RUN_FAILED && command_has_verb(argv, "start")) {
		ask_status(apply, argv);
		return;
	}
	/* one that was stopped before the interruption is stopped */
	if (state != RUN_DONE && !(telling && apply->recovering &&
	    command_has_verb(argv, "stop"))) {
		say_failed(apply, state);
		failed(apply);
	}
	run_close(&apply->run);
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

void
apply_go_on(struct apply *apply)
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
	if (apply->not_started != NULL)
		take_status(apply, state);
	else if (apply->run != NULL)
		take_end(apply, state);
	apply_go_on(apply);
	return apply->phase != PHASE_OVER;
}

const char *
apply_command(const struct apply *apply, struct arena *arena)
{
	return apply->run != NULL ? transaction_command(arena,
	    apply->t->commands[apply->next - 1]) : NULL;
}

