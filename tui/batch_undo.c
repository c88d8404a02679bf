/* SPDX-License-Identifier: ISC
 * undo: takes back a change that was made on this server, after showing it. */
#include "config.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/clock.h"
#include "engine/base/i18n.h"
#include "engine/base/json.h"
#include "engine/base/text.h"
#include "engine/remedy/apply.h"
#include "engine/remedy/undo_key.h"
#include "engine/world/child.h"
#include "tui/batch.h"
#include "tui/elevate.h"
#include "tui/output.h"
#include "tui/signals.h"

#define OUT_MAX ((size_t)16 << 20)
#define SAID_MAX ((size_t)4 << 20)
#define ANSWER_MAX 64
#define LOOK_UP_MS 5000

static void
list_entry(const struct history_entry *entry, struct str *out)
{
	const struct transaction *t = &entry->transaction;

	str_addf(out, "%s  %-11s  %s\n", t->id,
	    history_state_word(entry->state), t->title);
	for (size_t i = 0; i < t->n_files; i++)
		str_addf(out, "                 %s\n", t->files[i].path);
}

static void
list_entry_json(const struct history_entry *entry, struct str *out)
{
	const struct transaction *t = &entry->transaction;
	struct json *object = json_new_object();
	struct json *files = json_new_array();

	json_put_string(object, "id", t->id);
	json_put_string(object, "state", history_state_word(entry->state));
	json_put_string(object, "title", t->title);
	for (size_t i = 0; i < t->n_files; i++)
		json_put_string(files, NULL, t->files[i].path);
	json_put(object, "files", files);
	json_print(object, 0, out);
	str_addc(out, '\n');
	json_free(&object);
}

static int
list(const struct options *options, const struct history_entry *entries,
    size_t n)
{
	struct str out;

	str_init(&out, OUT_MAX);
	for (size_t i = 0; i < n; i++)
		if (options->json)
			list_entry_json(&entries[i], &out);
		else
			list_entry(&entries[i], &out);
	if (n == 0 && !options->json)
		str_adds(&out, _("whybounce has changed nothing on this "
		    "server.\n"));
	return batch_print(&out, EXIT_NOTHING_WRONG);
}

/* The one named, or the newest that is in force. */
static const struct history_entry *
choose(const struct options *options, const struct history_entry *entries,
    size_t n)
{
	const char *id = options->operands.n > 0 ?
	    options->operands.items[0] : NULL;

	for (size_t i = 0; i < n; i++)
		if (id != NULL ? strcmp(entries[i].transaction.id, id) == 0 :
		    entries[i].state == HISTORY_APPLIED)
			return &entries[i];
	return NULL;
}

static bool
is_yes(const char *question)
{
	char answer[ANSWER_MAX];

	fputs(question, stdout);
	fflush(stdout);
	return fgets(answer, sizeof answer, stdin) != NULL &&
	    rpmatch(answer) == 1;
}

/* Not here: root may have made it. Whatever root does then is shown and asked
 * by the same command, which takes this one's place. */
static int
ask_root(const struct options *options)
{
	struct arena *arena = arena_new();
	const char *words[4] = { "undo" };
	const char *const *argv;
	struct str err;
	size_t n = 1;

	str_init(&err, PATH_MAX);
	if (options->operands.n > 0)
		words[n++] = options->operands.items[0];
	if (options->yes)
		words[n++] = "--yes";
	else if (options->look.dry_run)
		words[n++] = "--dry-run";
	argv = elevate_command(arena, words, &err);
	if (argv == NULL) {
		output_complain_lines(err.text);
	} else {
		output_say(_("What was changed with sudo is in root's journal. "
		    "This looks there:\n%s\n"),
		    transaction_command(arena, argv));
		if (options->yes || is_yes(_("Run it? [y/N] "))) {
			const char *sudo = child_find(arena, "sudo");

			execv(sudo, (char *const *)(uintptr_t)argv);
			output_complain("%s: %s", sudo, strerror(errno));
		}
	}
	str_free(&err);
	arena_free(&arena);
	return EXIT_PROBLEM;
}

static int
not_found(const struct options *options)
{
	const char *id = options->operands.n > 0 ?
	    options->operands.items[0] : NULL;

	output_complain("%s: %s", id != NULL ? id : "undo", id != NULL ?
	    _("there is no such change") : _("there is no change to undo"));
	if (elevate_possible() && (options->yes || isatty(STDIN_FILENO)))
		return ask_root(options);
	return EXIT_PROBLEM;
}

/* What becomes of mail that is signed with a key which goes with the change. */
static void
warn_of_keys(const struct options *options, struct arena *arena,
    const struct transaction *t, struct str *out)
{
	struct facts *facts = facts_new(arena);
	struct undo_key keys[UNDO_KEYS_MAX];
	size_t n = undo_keys(arena, t, host_read(arena, "/etc"), facts, keys);
	struct dns_fetch *fetch = NULL;
	struct resolvconf conf;

	if (n == 0)
		return;
	if (batch_find_servers(options, &conf)) {
		fetch = dns_fetch_new(facts, &conf);
		batch_fetch(fetch, clock_ms() + LOOK_UP_MS);
		dns_fetch_free(&fetch);
	}
	undo_keys_warn(arena, keys, n, facts, out);
	str_addc(out, '\n');
}

/* What undoing it would change and run. */
static int
show(const struct options *options, const struct history_entry *entry)
{
	const struct transaction *t = &entry->transaction;
	struct str out;
	struct arena *arena = arena_new();

	str_init(&out, OUT_MAX);
	str_addf(&out, _("This takes back the change %s: %s\n\n"), t->id,
	    t->title);
	warn_of_keys(options, arena, t, &out);
	transaction_diff(t, true, &out);
	for (size_t i = 0; i < t->n_commands; i++)
		str_addf(&out, _("Then runs: %s\n"),
		    transaction_command(arena, t->commands[i]));
	arena_free(&arena);
	return batch_print(&out, EXIT_NOTHING_WRONG);
}

/* Is "yes" the answer? Without a terminal nobody can give one. */
static bool
is_agreed(const struct options *options)
{
	if (options->yes)
		return true;
	if (!isatty(STDIN_FILENO)) {
		output_complain("%s", _("nothing was changed: nobody can be "
		    "asked; '--yes' agrees"));
		return false;
	}
	return is_yes(_("Undo it? [y/N] "));
}

static int
undo(const struct options *options, struct history *history,
    const struct history_entry *entry)
{
	enum apply_end end = APPLY_NOTHING;
	struct apply *apply;
	struct str said;
	int status;

	str_init(&said, SAID_MAX);
	if (!apply_may_undo(entry, &said)) {
		output_complain("%s", _("this change is not undone:"));
		(void)batch_print(&said, EXIT_PROBLEM);
		return EXIT_PROBLEM;
	}
	status = show(options, entry);
	if (status != EXIT_NOTHING_WRONG || options->look.dry_run) {
		str_free(&said);
		return status;
	}
	if (is_agreed(options)) {
		signals_ignore();
		apply = apply_start_undo(history, entry);
		end = apply_finish(&apply, &said);
		if (end == APPLY_DONE)
			str_adds(&said, _("Done: the files are as they were "
			    "before.\n"));
	}
	return batch_print(&said, end == APPLY_DONE ? EXIT_NOTHING_WRONG :
	    EXIT_PROBLEM);
}

int
batch_undo(const struct options *options)
{
	struct arena *arena = arena_new();
	struct history *history;
	struct history_entry *entries;
	const struct history_entry *chosen;
	struct str said;
	size_t n;
	int status = EXIT_PROBLEM;

	str_init(&said, SAID_MAX);
	history = history_open(NULL, &said);
	if (history != NULL) {
		apply_recover(history, arena, options->look.dry_run, &said);
		entries = history_read(history, arena, &n, &said);
		output_complain_lines(said.text);
		if (options->operands.n == 0 && (options->json ||
		    (!isatty(STDIN_FILENO) && !options->yes &&
		    !options->look.dry_run))) {
			status = list(options, entries, n);
		} else {
			chosen = choose(options, entries, n);
			status = chosen != NULL ?
			    undo(options, history, chosen) :
			    not_found(options);
		}
	} else {
		output_complain("%s", said.text);
	}
	history_close(&history);
	str_free(&said);
	arena_free(&arena);
	return status;
}
