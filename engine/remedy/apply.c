/* SPDX-License-Identifier: ISC
 * Beginning and ending a change: where it enters its way (apply_phases.c), and
 * what may interrupt it. */
#include "config.h"

#include "engine/remedy/apply.h"

#include <stdlib.h>

#include "engine/base/i18n.h"
#include "engine/base/str.h"
#include "engine/remedy/apply_parts.h"

#define SAID_MAX ((size_t)4 << 20)

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

	commands_note_tables(arena, transaction);
	if (!apply_all_are(transaction, VERSION_BEFORE, said) ||
	    !apply_nobody_edits(apply->arena, transaction, said) ||
	    !history_add(history, arena, transaction, said) ||
	    !apply_note(apply, HISTORY_APPLYING, false))
		return apply;
	apply->end = APPLY_DONE;
	apply_enter(apply, PHASE_PREPARE);
	if (!apply_make_folders(transaction, said) ||
	    !apply_put_all(apply->arena, transaction, VERSION_AFTER, said))
		apply_roll_back(apply);
	apply_go_on(apply);
	return apply;
}

bool
apply_may_undo(const struct history_entry *entry, struct str *said)
{
	struct arena *arena;
	bool may;

	if (entry->state != HISTORY_APPLIED) {
		str_addf(said, _("The change %s is not in force (%s).\n"),
		    entry->transaction.id, history_state_word(entry->state));
		return false;
	}
	arena = arena_new();
	may = apply_all_are(&entry->transaction, VERSION_AFTER, said) &&
	    apply_nobody_edits(arena, &entry->transaction, said);
	arena_free(&arena);
	return may;
}

struct apply *
apply_start_undo(struct history *history, const struct history_entry *entry)
{
	struct apply *apply = apply_new(history, &entry->transaction);

	apply->undoing = true;
	if (!apply_may_undo(entry, &apply->said) ||
	    !apply_note(apply, HISTORY_UNDOING, false))
		return apply;
	apply_put_back(apply);
	apply_go_on(apply);
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
		apply_put_back(apply);
	else if (ours && (entry->state == HISTORY_APPLYING ||
	    (entry->state == HISTORY_APPLIED && !apply_all_are(
	    &entry->transaction, VERSION_AFTER, &ignored))))
		apply_roll_back(apply);
	else if (entry->telling)
		apply_enter(apply, PHASE_TELL);
	str_free(&ignored);
	if (apply->phase == PHASE_TELL)
		apply->end = APPLY_DONE;
	apply_go_on(apply);
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
	apply_roll_back(apply);
	apply_go_on(apply);
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
