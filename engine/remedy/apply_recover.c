/* SPDX-License-Identifier: ISC
 * Finishing what an earlier run left in the middle. */
#include "config.h"

#include "engine/remedy/apply.h"

#include <unistd.h>

#include "engine/base/i18n.h"
#include "engine/base/str.h"
#include "engine/remedy/apply_parts.h"

static bool
is_unfinished(const struct history_entry *entry)
{
	return entry->state == HISTORY_APPLYING ||
	    entry->state == HISTORY_UNDOING || entry->telling;
}

static void
say_found(const struct history_entry *entry, struct str *said)
{
	const char *id = entry->transaction.id;

	if (!entry->telling)
		str_addf(said, entry->state == HISTORY_UNDOING ?
		    _("The undoing of change %s was interrupted.\n") :
		    _("The change %s was interrupted.\n"), id);
	else if (commands_stop(&entry->transaction))
		str_addf(said, _("The change %s was interrupted after Postfix "
		    "had been stopped for it.\n"), id);
	else
		str_addf(said, _("The change %s was interrupted before all of "
		    "its commands had run.\n"), id);
}

static void
recover(struct history *history, struct arena *arena,
    const struct history_entry *entry, struct str *said)
{
	const struct transaction *t = &entry->transaction;
	struct apply *apply;

	for (size_t i = 0; i < t->n_files; i++)
		unlink(history_temporary(arena, t, &t->files[i]));
	say_found(entry, said);
	apply = apply_start_recovery(history, entry);
	if (apply_finish(&apply, said) != APPLY_NOTHING &&
	    entry->state == HISTORY_UNDOING)
		str_adds(said, _("It has been finished.\n"));
}

void
apply_recover(struct history *history, struct arena *arena, bool only_look,
    struct str *said)
{
	struct history_entry *entries;
	size_t n;

	entries = history_read(history, arena, &n, said);
	for (size_t i = 0; i < n; i++) {
		if (!is_unfinished(&entries[i]))
			continue;
		if (only_look)
			say_found(&entries[i], said);
		else
			recover(history, arena, &entries[i], said);
	}
}

void
apply_recover_any(bool only_look, struct str *said)
{
	struct history *history;
	struct arena *arena;

	if (!history_exists())
		return;
	arena = arena_new();
	history = history_open(NULL, said);
	if (history != NULL)
		apply_recover(history, arena, only_look, said);
	history_close(&history);
	arena_free(&arena);
}
