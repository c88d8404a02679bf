/* SPDX-License-Identifier: ISC
 * OpenDKIM's settings as lines of a recording. A key that stands in a table
 * itself is left out. */
#include "config.h"

#include "engine/world/opendkim.h"

#include <string.h>

#include "engine/base/text.h"

#define PRINTED_MAX 500

/* A text in one line, blanks joined; "-" for none. */
static void
put(const char *text, struct str *out)
{
	str_addc(out, ' ');
	if (text == NULL || *text == '\0')
		text = "-";
	for (; *text != '\0'; text++)
		str_addc(out, *text >= ' ' && *text != 0x7f ? *text : '_');
}

static void
put_rows(const char *name, const struct opendkim_row *rows, size_t n,
    struct str *out)
{
	for (size_t i = 0; i < n && i < PRINTED_MAX; i++) {
		const char *value = rows[i].value;
		const char *key = strrchr(value, ':');

		str_addf(out, "%s =", name);
		put(rows[i].key, out);
		/* "domain:selector:key": only the path of a file */
		if (key != NULL && strcmp(name, "opendkim-key") == 0 &&
		    key[1] != '/')
			str_addf(out, " %.*s:-", (int)(key - value), value);
		else
			put(value, out);
		str_addc(out, '\n');
	}
}

/* "missing" is one of the faults. */
static void
put_fault(const char *name, const struct opendkim_table *table,
    struct str *out)
{
	if (table->fault == NULL)
		return;
	str_addf(out, "opendkim-fault = %s", name);
	if (table->missing)
		str_addf(out, "-%s", "missing");
	put(table->fault, out);
	str_addc(out, '\n');
}

void
opendkim_print(const struct opendkim *o, struct str *out)
{
	str_addf(out, "opendkim = %s", o->installed ? "installed" : "missing");
	put(o->conf, out);
	put(o->key_folder, out);
	put(o->fault, out);
	str_addc(out, '\n');
	if (o->no_algorithm)
		str_adds(out, "opendkim-algorithm = unknown\n");
	put_rows("opendkim-option", o->options, o->n_options, out);
	put_rows("opendkim-key", o->keys.rows, o->keys.n, out);
	put_rows("opendkim-signing", o->signing.rows, o->signing.n, out);
	put_rows("opendkim-internal", o->internal.rows, o->internal.n, out);
	put_fault("keys", &o->keys, out);
	put_fault("signing", &o->signing, out);
	put_fault("internal", &o->internal, out);
	for (size_t i = 0; i < o->n_files; i++) {
		str_addf(out, "opendkim-file = %s",
		    opendkim_rights_name(o->files[i].rights));
		put(o->files[i].path, out);
		put(o->files[i].culprit, out);
		put(o->files[i].who, out);
		str_addc(out, '\n');
	}
}

static const char *
value_or_none(const char *word)
{
	return strcmp(word, "-") == 0 ? NULL : word;
}

static const char *
joined(struct arena *arena, const char *const *words, size_t n)
{
	const char *text = words[0];

	for (size_t i = 1; i < n; i++)
		text = arena_printf(arena, "%s %s", text, words[i]);
	return value_or_none(text);
}

static bool
take_row(struct arena *arena, struct opendkim_row **rows, size_t *n_rows,
    const char *const *words, size_t n)
{
	if (n < 2 || *n_rows >= PRINTED_MAX)
		return false;
	*rows = arena_grow(arena, *rows, *n_rows, sizeof **rows);
	(*rows)[(*n_rows)++] = (struct opendkim_row){ words[0],
		joined(arena, words + 1, n - 1) };
	return (*rows)[*n_rows - 1].value != NULL;
}

static bool
take_file(struct arena *arena, struct opendkim *o, const char *const *words,
    size_t n)
{
	struct opendkim_file file = { .path = NULL };
	int rights = OPENDKIM_RIGHTS_FINE;

	if (n != 4 || o->n_files >= PRINTED_MAX)
		return false;
	while (rights <= OPENDKIM_RIGHTS_LOOSE && strcmp(words[0],
	    opendkim_rights_name((enum opendkim_rights)rights)) != 0)
		rights++;
	if (rights > OPENDKIM_RIGHTS_LOOSE)
		return false;
	file.rights = (enum opendkim_rights)rights;
	file.path = words[1];
	file.culprit = value_or_none(words[2]);
	file.who = value_or_none(words[3]);
	o->files = arena_grow(arena, o->files, o->n_files, sizeof *o->files);
	o->files[o->n_files++] = file;
	return true;
}

static bool
take_option(struct arena *arena, struct opendkim *o, const char *const *words,
    size_t n)
{
	const char *path;

	if (!take_row(arena, &o->options, &o->n_options, words, n))
		return false;
	o->keys.kind = opendkim_kind(opendkim_option(o, "KeyTable"), &path);
	o->keys.path = path;
	o->signing.kind = opendkim_kind(opendkim_option(o, "SigningTable"),
	    &path);
	o->signing.path = path;
	o->internal.kind = opendkim_hosts_kind(opendkim_option(o,
	    "InternalHosts"), &path);
	o->internal.path = path;
	return true;
}

static bool
take_fault(struct arena *arena, struct opendkim *o, const char *const *words,
    size_t n)
{
	struct opendkim_table *table = text_starts(words[0], "keys") ?
	    &o->keys : text_starts(words[0], "signing") ? &o->signing :
	    text_starts(words[0], "internal") ? &o->internal : NULL;

	if (table == NULL)
		return false;
	table->missing = text_ends(words[0], "-missing");
	table->fault = joined(arena, words + 1, n - 1);
	return true;
}

bool
opendkim_parse(struct arena *arena, struct opendkim *o, const char *name,
    const char *const *words, size_t n)
{
	if (strcmp(name, "opendkim") == 0) {
		if (n < 4)
			return false;
		o->installed = strcmp(words[0], "installed") == 0;
		o->conf = words[1];
		o->key_folder = words[2];
		o->fault = joined(arena, words + 3, n - 3);
		return true;
	}
	if (strcmp(name, "opendkim-option") == 0)
		return take_option(arena, o, words, n);
	if (strcmp(name, "opendkim-key") == 0)
		return take_row(arena, &o->keys.rows, &o->keys.n, words, n);
	if (strcmp(name, "opendkim-signing") == 0)
		return take_row(arena, &o->signing.rows, &o->signing.n, words,
		    n);
	if (strcmp(name, "opendkim-algorithm") == 0) {
		o->no_algorithm = true;
		return true;
	}
	if (strcmp(name, "opendkim-internal") == 0)
		return take_row(arena, &o->internal.rows, &o->internal.n,
		    words, n);
	if (strcmp(name, "opendkim-file") == 0)
		return take_file(arena, o, words, n);
	return strcmp(name, "opendkim-fault") == 0 && n >= 2 &&
	    take_fault(arena, o, words, n);
}
