/* SPDX-License-Identifier: ISC
 * Takes the words of the command line apart, by the tables of
 * options_table.c. */
#include "config.h"

#include "tui/options.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/i18n.h"
#include "tui/options_parts.h"

static void
list_add(struct words *w, struct option_list *list, const char *item)
{
	if (list->items == NULL)
		list->items = arena_array(w->arena, (size_t)w->argc + 1,
		    sizeof *list->items);
	list->items[list->n++] = item;
}

static const struct option_row *
find_option(const char *name, size_t len)
{
	for (size_t i = 0; i < option_n_rows; i++)
		if (strlen(option_rows[i].name) == len &&
		    strncmp(option_rows[i].name, name, len) == 0)
			return &option_rows[i];
	return NULL;
}

static bool
read_seconds(const char *text, int *seconds)
{
	char *end;
	long number = strtol(text, &end, 10);

	if (*text < '0' || *text > '9' || *end != '\0')
		return false;
	if (number < 1 || number > OPTION_TIMEOUT_MAX)
		return false;
	*seconds = (int)number;
	return true;
}

static bool
store(struct words *w, const struct option_row *row, const char *value)
{
	void *member = (char *)w->options + row->offset;

	if (row->spf_only)
		w->spf_name = row->name;
	switch (row->kind) {
	case OPTION_FLAG:
		*(bool *)member = true;
		return true;
	case OPTION_TEXT:
		*(const char **)member = value;
		return true;
	case OPTION_LIST:
		list_add(w, member, value);
		return true;
	case OPTION_SECONDS:
		if (read_seconds(value, member))
			return true;
		str_addf(w->err,
		    _("option '--%s' needs a number from 1 to %d, not '%s'"),
		    row->name, OPTION_TIMEOUT_MAX, value);
		return false;
	}
	return false;
}

/* "--name", "--name=value" or "--name value". */
static bool
take_long(struct words *w, const char *word)
{
	const char *name = word + 2;
	size_t len = strcspn(name, "=");
	const struct option_row *row = find_option(name, len);
	const char *value = name[len] == '=' ? name + len + 1 : NULL;

	if (row == NULL) {
		str_addf(w->err, _("unknown option '--%.*s' "
		    "('whybounce --help' lists them)"), (int)len, name);
		return false;
	}
	if (row->kind == OPTION_FLAG && value != NULL) {
		str_addf(w->err, _("option '--%s' takes no value"), row->name);
		return false;
	}
	if (row->kind != OPTION_FLAG && value == NULL) {
		if (w->at >= w->argc) {
			str_addf(w->err, _("option '--%s' needs a value: %s"),
			    row->name, row->argument);
			return false;
		}
		value = w->argv[w->at++];
	}
	return store(w, row, value);
}

/* "-h": only flags have a letter. */
static bool
take_short(struct words *w, const char *word)
{
	for (size_t i = 0; i < option_n_rows; i++)
		if (option_rows[i].letter != 0 && word[2] == '\0' &&
		    option_rows[i].letter == word[1])
			return store(w, &option_rows[i], NULL);
	str_addf(w->err, _("unknown option '%s' "
	    "('whybounce --help' lists them)"), word);
	return false;
}

static bool
take_words(struct words *w)
{
	bool only_operands = false;

	while (w->at < w->argc) {
		const char *word = w->argv[w->at++];
		bool ok = true;

		if (only_operands || word[0] != '-' || word[1] == '\0')
			list_add(w, &w->options->operands, word);
		else if (strcmp(word, "--") == 0)
			only_operands = true;
		else if (word[1] == '-')
			ok = take_long(w, word);
		else
			ok = take_short(w, word);
		if (!ok)
			return false;
	}
	return true;
}

/* The first operand names the command, unless it is a file. A word that looks
 * like neither is a mistyped command; with a dot or a slash it is a file that
 * the reader will complain about. */
static bool
take_command(struct words *w)
{
	struct option_list *operands = &w->options->operands;
	const char *first = operands->n > 0 ? operands->items[0] : NULL;

	if (first == NULL || strcmp(first, "-") == 0)
		return true;
	for (size_t i = 1; i < option_n_commands; i++) {
		if (strcmp(first, option_commands[i].name) != 0)
			continue;
		w->options->command = (enum command)i;
		operands->items++;
		operands->n--;
		return true;
	}
	if (strpbrk(first, "./") != NULL || access(first, F_OK) == 0)
		return true;
	str_addf(w->err, _("'%s' is neither a command nor a file "
	    "('whybounce --help' lists the commands)"), first);
	return false;
}

bool
options_parse(struct arena *arena, int argc, char *const argv[],
    struct options *options, struct str *err)
{
	struct words w = {
		.arena = arena, .argc = argc, .at = 1, .argv = argv,
		.options = options, .err = err
	};

	memset(options, 0, sizeof *options);
	if (!take_words(&w))
		return false;
	if (options->help || options->version)
		return true;
	if (!take_command(&w) || !options_check(&w))
		return false;
	options->look.resolvers = options->resolvers.items;
	options->look.own_ips = options->own_ips.items;
	options->look.own_facts = options->own_facts.items;
	options->look.includes = options->includes.items;
	options->look.panels = options->panels.items;
	if (options->command == COMMAND_CHECK) {
		options->look.check_only = true;
		if (options->operands.n > 0)
			options->look.domain = options->operands.items[0];
	}
	if (options->command == COMMAND_DEMO && options->operands.n > 0)
		options->look.demo = options->operands.items[0];
	return true;
}
