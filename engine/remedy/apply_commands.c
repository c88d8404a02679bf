/* SPDX-License-Identifier: ISC
 * Knows what the commands of a change are good for. Hides what postmap(1) calls
 * its files. */
#include "config.h"

#include "engine/remedy/apply_parts.h"

#include <string.h>
#include <unistd.h>

static const char *
last_word(const char *const *argv)
{
	while (argv[1] != NULL)
		argv++;
	return *argv;
}

bool
command_has_verb(const char *const *argv, const char *verb)
{
	return strcmp(last_word(argv), verb) == 0;
}

bool
command_tells(const char *const *argv)
{
	return command_has_verb(argv, "reload") ||
	    command_has_verb(argv, "stop") ||
	    command_has_verb(argv, "start") ||
	    (argv[1] != NULL && (strcmp(argv[1], "restart") == 0 ||
	    strcmp(argv[1], "reload") == 0));
}

bool
commands_tell(const struct transaction *t)
{
	for (size_t i = 0; i < t->n_commands; i++)
		if (command_tells(t->commands[i]))
			return true;
	return false;
}

bool
commands_stop(const struct transaction *t)
{
	for (size_t i = 0; i < t->n_commands; i++)
		if (command_has_verb(t->commands[i], "stop"))
			return true;
	return false;
}

const char *
command_table_source(const char *const *argv)
{
	const char *word = last_word(argv), *colon = strchr(word, ':');

	if (strncmp(argv[0], "post", 4) != 0 || strcmp(argv[0], "postfix") == 0)
		return NULL;
	return colon != NULL ? colon + 1 : word;
}

static const char *const suffixes[] = { ".db", ".lmdb", ".cdb" };
#define N_SUFFIXES (sizeof suffixes / sizeof suffixes[0])

static bool
has_table(struct arena *arena, const char *source)
{
	for (size_t i = 0; i < N_SUFFIXES; i++)
		if (access(arena_printf(arena, "%s%s", source, suffixes[i]),
		    F_OK) == 0)
			return true;
	return false;
}

void
commands_note_tables(struct arena *arena, struct transaction *t)
{
	for (size_t i = 0; i < t->n_commands; i++) {
		const char *source = command_table_source(t->commands[i]);

		if (source == NULL || *source != '/' ||
		    has_table(arena, source))
			continue;
		t->tables = arena_grow(arena, t->tables, t->n_tables,
		    sizeof *t->tables);
		t->tables[t->n_tables++] = source;
	}
}

bool
command_table_stays(const struct transaction *t, const char *source)
{
	for (size_t i = 0; i < t->n_tables; i++)
		if (strcmp(t->tables[i], source) == 0)
			return false;
	return access(source, F_OK) == 0;
}

void
commands_remove_tables(struct arena *arena, const struct transaction *t)
{
	for (size_t i = 0; i < t->n_commands; i++) {
		const char *source = command_table_source(t->commands[i]);

		if (source == NULL || command_table_stays(t, source))
			continue;
		for (size_t k = 0; k < N_SUFFIXES; k++)
			unlink(arena_printf(arena, "%s%s", source,
			    suffixes[k]));
	}
}
