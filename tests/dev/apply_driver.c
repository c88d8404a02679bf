/* SPDX-License-Identifier: ISC
 * Carries out, lists and undoes changes in a folder, for tests/postfix: a step
 * is given as "NAME=VALUE", "FILE:LINE", "FILE+LINE", "FOLDER/", "FILE*" (a
 * private key), "!command" and "@USER:GROUP" words (the owner of what follows;
 * "@": who runs this). */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/arena.h"
#include "engine/base/str.h"
#include "engine/remedy/apply.h"

#define SAID_MAX ((size_t)1 << 20)

static struct step *
step_of(struct arena *arena, char **words)
{
	struct step *step = arena_alloc(arena, sizeof *step);
	const char *owner = NULL;

	step->id = "test.step";
	step->title = "A step of the test";
	for (; *words != NULL; words++) {
		char *word = arena_strdup(arena, *words);
		char *equals = strchr(word, '='), *colon = strchr(word, ':');
		struct change change = { .kind = CHANGE_COMMAND };

		size_t len = strlen(word);
		char *plus = strchr(word, '+');

		if (*word == '@') {
			owner = word[1] != '\0' ? word + 1 : NULL;
			continue;
		}
		change.owner = owner;
		if (*word == '!') {
			change.text = word + 1;
		} else if (*word == '/' && word[len - 1] == '/') {
			word[len - 1] = '\0';
			change.kind = CHANGE_FOLDER;
			change.path = word;
			change.mode = 0700;
		} else if (*word == '/' && word[len - 1] == '*') {
			word[len - 1] = '\0';
			change.kind = CHANGE_KEY;
			change.path = word;
			change.key = DKIM_PAIR_RSA1024;
			change.mode = 0600;
		} else if (*word == '/' && plus != NULL) {
			*plus = '\0';
			change.kind = CHANGE_FILE;
			change.path = word;
			change.text = plus + 1;
			change.anew = true;
		} else if (*word == '/' && colon != NULL) {
			*colon = '\0';
			change.kind = CHANGE_FILE;
			change.path = word;
			change.text = colon + 1;
		} else if (equals != NULL) {
			*equals = '\0';
			change.kind = CHANGE_POSTCONF;
			change.parameter = word;
			change.new_value = equals + 1;
		}
		step->changes = arena_grow(arena, step->changes,
		    step->n_changes, sizeof change);
		step->changes[step->n_changes++] = change;
	}
	return step;
}

static int
apply(struct arena *arena, struct history *history, const char *directory,
    char **words, struct str *said)
{
	struct postfix_options options = { .directory = directory };
	struct transaction *t = transaction_make(arena,
	    step_of(arena, words), postfix_read(arena, &options), said);

	struct apply *going;

	if (t == NULL)
		return 1;
	going = apply_start(history, arena, t);
	return apply_finish(&going, said) == APPLY_NOTHING;
}

static int
undo(struct arena *arena, struct history *history, struct str *said)
{
	size_t n;
	struct history_entry *entries = history_read(history, arena, &n, said);

	for (size_t i = 0; i < n; i++)
		if (entries[i].state == HISTORY_APPLIED) {
			struct apply *going = apply_start_undo(history,
			    &entries[i]);

			return apply_finish(&going, said) == APPLY_NOTHING;
		}
	str_adds(said, "nothing to undo\n");
	return 1;
}

int
main(int argc, char **argv)
{
	struct arena *arena = arena_new();
	struct history *history;
	struct str said;
	int status = 64;

	str_init(&said, SAID_MAX);
	if (argc < 4) {
		fputs("usage: apply_driver apply|undo|recover HISTORY "
		    "POSTFIX [CHANGE...]\n", stderr);
		return 64;
	}
	history = history_open(argv[2], &said);
	if (history == NULL)
		status = 1;
	else if (strcmp(argv[1], "recover") == 0) {
		apply_recover(history, arena, false, &said);
		status = 0;
	} else if (strcmp(argv[1], "undo") == 0)
		status = undo(arena, history, &said);
	else
		status = apply(arena, history, argv[3], argv + 4, &said);
	fwrite(said.text, 1, said.len, stdout);
	history_close(&history);
	str_free(&said);
	arena_free(&arena);
	return status;
}
