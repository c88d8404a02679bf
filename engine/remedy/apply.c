/* SPDX-License-Identifier: ISC
 * Knows the order in which a change becomes true: history, files, commands; and
 * the way back at each point. */
#include "config.h"

#include "engine/remedy/apply.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/diff.h"
#include "engine/base/digest.h"
#include "engine/base/i18n.h"
#include "engine/base/str.h"
#include "engine/base/text.h"
#include "engine/world/child.h"
#include "engine/world/file.h"
#include "engine/world/file_write.h"

#define FILE_MAX ((size_t)4 << 20)
#define WORDS_MAX ((size_t)8 << 10)
/* "postfix stop" waits for deliveries, postmap of a large table takes long */
#define COMMAND_MS 60000

/* ---------------------------------------------------------------- files */

enum version { VERSION_BEFORE, VERSION_AFTER, VERSION_OTHER };

static bool
is_version(const struct str *now, int fault, const char *text, size_t len)
{
	if (text == NULL)
		return fault == ENOENT;
	return fault == 0 && !now->cut && now->len == len &&
	    memcmp(now->text, text, len) == 0;
}

/* The same of a private key, of which only the digest is known. */
static bool
is_secret(const struct str *now, int fault, const struct file_change *file)
{
	struct arena *arena = arena_new();
	bool same = fault == 0 && !now->cut && strcmp(digest_text(arena,
	    now->text, now->len), file->digest) == 0;

	arena_free(&arena);
	return same;
}

/* Which version of the file is in place; its octets in NOW. */
static enum version
version_now(const struct file_change *file, struct str *now, int *fault)
{
	str_clear(now);
	*fault = file_read(file->path, now);
	if (file->secret ? is_secret(now, *fault, file) :
	    is_version(now, *fault, file->after, file->after_len))
		return VERSION_AFTER;
	if (is_version(now, *fault, file->before, file->before_len))
		return VERSION_BEFORE;
	return VERSION_OTHER;
}

static bool
put_version(struct arena *arena, const struct transaction *t,
    const struct file_change *file, enum version version, struct str *said)
{
	const char *text = version == VERSION_AFTER ? file->after :
	    file->before;
	size_t len = version == VERSION_AFTER ? file->after_len :
	    file->before_len;
	struct stat rights = {
		.st_mode = file->mode, .st_uid = file->owner,
		.st_gid = file->group,
	};
	bool done;

	if (text == NULL)
		done = unlink(file->path) == 0 || errno == ENOENT;
	else
		done = file_replace(file->path, history_temporary(arena, t,
		    file), text, len, &rights);
	if (!done)
		str_addf(said, _("%s cannot be written: %s.\n"), file->path,
		    strerror(errno));
	return done;
}

/* Put VERSION in place of every file that has not got it. */
static bool
put_all(struct arena *arena, const struct transaction *t,
    enum version version, struct str *said)
{
	struct str now;
	bool done = true;
	int fault;

	str_init(&now, FILE_MAX);
	for (size_t i = 0; i < t->n_files; i++)
		if (version_now(&t->files[i], &now, &fault) != version &&
		    !put_version(arena, t, &t->files[i], version, said))
			done = false;
	str_free(&now);
	return done;
}

/* Those of them that are not there. */
static bool
make_folders(const struct transaction *t, struct str *said)
{
	for (size_t i = 0; i < t->n_folders; i++) {
		const struct folder_change *f = &t->folders[i];

		if (mkdir(f->path, 0700) == 0 ?
		    chown(f->path, f->owner, f->group) == 0 &&
		    chmod(f->path, f->mode) == 0 : errno == EEXIST)
			continue;
		str_addf(said, _("%s cannot be made: %s.\n"), f->path,
		    strerror(errno));
		return false;
	}
	return true;
}

/* Those that this change has made, unless something is in them now. */
static void
remove_folders(const struct transaction *t)
{
	for (size_t i = t->n_folders; i > 0; i--)
		(void)rmdir(t->folders[i - 1].path);
}

static void
add_difference(const char *path, const char *text, size_t len,
    const struct str *now, struct str *said)
{
	struct str raw;

	str_init(&raw, FILE_MAX);
	(void)diff_unified(path, text != NULL ? text : "", len, path,
	    now->text, now->len, &raw);
	text_clean(said, raw.text, raw.len, true);
	str_free(&raw);
}

/* Is every file still what it was when the change was worked out? */
static bool
all_are(const struct transaction *t, enum version version, struct str *said)
{
	struct str now;
	bool same = true;

	str_init(&now, FILE_MAX);
	for (size_t i = 0; i < t->n_files; i++) {
		const struct file_change *file = &t->files[i];
		const char *text = version == VERSION_AFTER ? file->after :
		    file->before;
		size_t len = version == VERSION_AFTER ? file->after_len :
		    file->before_len;
		int fault;

		if (version_now(file, &now, &fault) == version)
			continue;
		same = false;
		if (fault != 0 && fault != ENOENT) {
			str_addf(said, _("%s cannot be read: %s.\n"),
			    file->path, strerror(fault));
			continue;
		}
		str_addf(said, _("%s has been changed meanwhile; nothing was "
		    "done. The difference:\n"), file->path);
		if (!file->secret)
			add_difference(file->path, text, len, &now, said);
	}
	str_free(&now);
	return same;
}

/* ---------------------------------------------------------------- commands */

static bool
has_verb(const char *const *argv, const char *verb)
{
	while (argv[1] != NULL)
		argv++;
	return strcmp(*argv, verb) == 0;
}

/* A table or a check that fails means that the change is wrong; a reload that
 * fails, that Postfix does not run. */
static bool
is_reload(const char *const *argv)
{
	return has_verb(argv, "reload") || has_verb(argv, "stop") ||
	    has_verb(argv, "start") || (argv[1] != NULL &&
	    strcmp(argv[1], "restart") == 0);
}

static bool
run(struct arena *arena, const char *const *argv, struct str *said)
{
	const char *program = child_find(arena, argv[0]);
	struct str out, err;
	enum child_end end = CHILD_NOT_RUN;

	str_init(&out, WORDS_MAX);
	str_init(&err, WORDS_MAX);
	if (program != NULL)
		end = child_run(program, argv, COMMAND_MS, &out, &err);
	if (program == NULL)
		str_addf(said, _("%s is not on this machine.\n"), argv[0]);
	else if (end == CHILD_TIMEOUT)
		str_addf(said, _("\"%s\" took longer than %d seconds and was "
		    "ended.\n"), transaction_command(arena, argv),
		    COMMAND_MS / 1000);
	else if (end != CHILD_OK)
		str_addf(said, _("\"%s\" failed: %s\n"),
		    transaction_command(arena, argv), err.len != 0 ?
		    text_cleaned(arena, err.text, err.len) :
		    /* where there is no terminal, Postfix only logs */
		    _("it gave no reason; the mail log may have it."));
	str_free(&out);
	str_free(&err);
	return end == CHILD_OK;
}

static bool
run_commands(struct arena *arena, const struct transaction *t, bool reloads,
    struct str *said)
{
	for (size_t i = 0; i < t->n_commands; i++)
		if (is_reload(t->commands[i]) == reloads &&
		    !run(arena, t->commands[i], said))
			return false;
	return true;
}

/* The table files that postmap(1) makes beside its source, by type. */
static const char *const table_suffixes[] = { ".db", ".lmdb", ".cdb" };

static void
remove_tables(struct arena *arena, const char *source)
{
	for (size_t i = 0; i < sizeof table_suffixes /
	    sizeof table_suffixes[0]; i++)
		unlink(arena_printf(arena, "%s%s", source, table_suffixes[i]));
}

/* After files were put back: the tables follow their sources. One whose source
 * the change had brought here goes with it. */
static void
remake_tables(struct arena *arena, const struct transaction *t,
    struct str *said)
{
	for (size_t i = 0; i < t->n_commands; i++)
		if (strncmp(t->commands[i][0], "post", 4) == 0 &&
		    strcmp(t->commands[i][0], "postfix") != 0) {
			const char *const *word = t->commands[i];
			const char *source;

			while (word[1] != NULL)
				word++;
			source = strchr(*word, ':');
			source = source != NULL ? source + 1 : *word;
			if (access(source, F_OK) == 0)
				(void)run(arena, t->commands[i], said);
			else
				remove_tables(arena, source);
		}
}

/* ---------------------------------------------------------------- doing */

static enum apply_end
roll_back(struct history *history, struct arena *arena,
    const struct transaction *t, struct str *said)
{
	if (!put_all(arena, t, VERSION_BEFORE, said))
		return APPLY_NOTHING;     /* the journal still says applying */
	remove_folders(t);
	/* tables are made from files: again from the old ones */
	remake_tables(arena, t, said);
	if (history_set_state(history, t, HISTORY_ROLLED_BACK, said))
		str_adds(said, _("All files have been put back as they "
		    "were.\n"));
	return APPLY_NOTHING;
}

/* The reload, or the stop and start. A Postfix that was stopped for the change
 * and does not start with it starts again without. */
static enum apply_end
tell_postfix(struct history *history, struct arena *arena,
    const struct transaction *t, struct str *said)
{
	size_t i = 0;

	while (i < t->n_commands && (!is_reload(t->commands[i]) ||
	    run(arena, t->commands[i], said)))
		i++;
	if (i == t->n_commands)
		return APPLY_DONE;
	if (!has_verb(t->commands[i], "start"))
		return APPLY_NOT_RELOADED;
	(void)roll_back(history, arena, t, said);
	(void)run(arena, t->commands[i], said);
	return APPLY_NOTHING;
}

enum apply_end
apply_transaction(struct history *history, struct arena *arena,
    struct transaction *transaction, struct str *said)
{
	struct transaction *t = transaction;

	if (!all_are(t, VERSION_BEFORE, said) ||
	    !history_add(history, arena, t, said) ||
	    !history_set_state(history, t, HISTORY_APPLYING, said))
		return APPLY_NOTHING;
	if (!make_folders(t, said) || !put_all(arena, t, VERSION_AFTER, said) ||
	    !run_commands(arena, t, false, said))
		return roll_back(history, arena, t, said);
	if (!history_set_state(history, t, HISTORY_APPLIED, said))
		return roll_back(history, arena, t, said);
	return tell_postfix(history, arena, t, said);
}

bool
apply_may_undo(const struct history_entry *entry, struct str *said)
{
	if (entry->state != HISTORY_APPLIED) {
		str_addf(said, _("The change %s is not in force (%s).\n"),
		    entry->transaction.id, history_state_word(entry->state));
		return false;
	}
	return all_are(&entry->transaction, VERSION_AFTER, said);
}

static enum apply_end
undo(struct history *history, struct arena *arena, const struct transaction *t,
    struct str *said)
{
	if (!put_all(arena, t, VERSION_BEFORE, said))
		return APPLY_NOTHING;
	remove_folders(t);
	remake_tables(arena, t, said);
	if (!history_set_state(history, t, HISTORY_UNDONE, said))
		return APPLY_NOTHING;
	return run_commands(arena, t, true, said) ? APPLY_DONE :
	    APPLY_NOT_RELOADED;
}

enum apply_end
apply_undo(struct history *history, struct arena *arena,
    const struct history_entry *entry, struct str *said)
{
	const struct transaction *t = &entry->transaction;

	if (!apply_may_undo(entry, said) ||
	    !history_set_state(history, t, HISTORY_UNDOING, said))
		return APPLY_NOTHING;
	return undo(history, arena, t, said);
}

/* ---------------------------------------------------------------- recovery */

/* Whoever has changed a file since knows better: leave it. */
static bool
only_ours(const struct transaction *t, struct str *said)
{
	struct str now;
	bool ours = true;
	int fault;

	str_init(&now, FILE_MAX);
	for (size_t i = 0; i < t->n_files; i++)
		if (version_now(&t->files[i], &now, &fault) ==
		    VERSION_OTHER) {
			str_addf(said, _("The change %s was interrupted, and "
			    "%s has been changed since. The old version is in "
			    "the journal.\n"), t->id, t->files[i].path);
			ours = false;
		}
	str_free(&now);
	return ours;
}

static void
recover(struct history *history, struct arena *arena,
    const struct history_entry *entry, struct str *said)
{
	const struct transaction *t = &entry->transaction;

	for (size_t i = 0; i < t->n_files; i++)
		unlink(history_temporary(arena, t, &t->files[i]));
	if (!only_ours(t, said))
		return;
	if (entry->state == HISTORY_UNDOING) {
		if (undo(history, arena, t, said) != APPLY_NOTHING)
			str_addf(said, _("The undoing of change %s was "
			    "interrupted; it has been finished.\n"), t->id);
	} else {
		str_addf(said, _("The change %s was interrupted.\n"), t->id);
		(void)roll_back(history, arena, t, said);
	}
}

void
apply_recover(struct history *history, struct arena *arena, struct str *said)
{
	struct history_entry *entries;
	size_t n;

	entries = history_read(history, arena, &n, said);
	for (size_t i = 0; i < n; i++)
		if (entries[i].state == HISTORY_APPLYING ||
		    entries[i].state == HISTORY_UNDOING)
			recover(history, arena, &entries[i], said);
}

void
apply_recover_any(struct str *said)
{
	struct history *history;
	struct arena *arena;

	if (!history_exists())
		return;
	arena = arena_new();
	history = history_open(NULL, said);
	if (history != NULL)
		apply_recover(history, arena, said);
	history_close(&history);
	arena_free(&arena);
}
