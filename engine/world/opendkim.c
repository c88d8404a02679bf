/* SPDX-License-Identifier: ISC
 * Knows opendkim.conf(5) and the kinds of tables that are plain files or text.
 * Hides how they are written. */
#include "config.h"

#include "engine/world/opendkim.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/world/child.h"
#include "engine/world/file.h"

#define CONF_MAX ((size_t)1 << 20)
#define ROWS_MAX 2000
#define FILES_MAX 200

static const char blanks[] = " \t\r\n\v\f";

static const char *
words_of(int fault)
{
	return fault == EINVAL ? _("it is not a file") : strerror(fault);
}

static void
add_row(struct arena *arena, struct opendkim_row **rows, size_t *n,
    struct opendkim_row row)
{
	if (*n >= ROWS_MAX)
		return;
	*rows = arena_grow(arena, *rows, *n, sizeof **rows);
	(*rows)[(*n)++] = row;
}

/* Lines "key value"; '#' begins a comment. */
static void
parse_lines(struct arena *arena, struct opendkim_row **rows, size_t *n,
    const char *text)
{
	while (*text != '\0') {
		size_t line = strcspn(text, "\n");
		size_t len = strcspn(text, "\n#");
		size_t key = strspn(text, " \t\r\v\f");
		size_t end, value;

		if (key < len) {
			end = key + strcspn(text + key, " \t\r\n\v\f#");
			value = end + strspn(text + end, " \t\r\v\f");
			while (len > value &&
			    strchr(blanks, text[len - 1]) != NULL)
				len--;
			if (value < len)
				add_row(arena, rows, n, (struct opendkim_row){
				    arena_strndup(arena, text + key, end - key),
				    arena_strndup(arena, text + value,
					len - value) });
		}
		text += line + (text[line] == '\n');
	}
}

/* "key=value,key=value" */
static void
parse_list(struct arena *arena, struct opendkim_table *table, const char *text)
{
	while (*text != '\0') {
		size_t len, equals;

		text += strspn(text, ", \t");
		len = strcspn(text, ",");
		equals = strcspn(text, "=,");
		if (equals > 0 && equals < len)
			add_row(arena, &table->rows, &table->n,
			    (struct opendkim_row){
				arena_strndup(arena, text, equals),
				arena_strndup(arena, text + equals + 1,
				    len - equals - 1) });
		text += len;
	}
}

enum opendkim_kind
opendkim_kind(const char *value, const char **path)
{
	*path = NULL;
	if (value == NULL)
		return OPENDKIM_NOT_SET;
	if (text_starts(value, "csl:"))
		return OPENDKIM_LIST;
	if (text_starts(value, "refile:")) {
		*path = value + strlen("refile:");
		return OPENDKIM_REFILE;
	}
	if (text_starts(value, "file:"))
		value += strlen("file:");
	else if (value[0] != '/')
		return OPENDKIM_DATABASE;
	*path = value;
	return OPENDKIM_FILE;
}

static void
read_table(struct arena *arena, const char *value, struct opendkim_table *table)
{
	struct str text;
	int fault;

	table->kind = opendkim_kind(value, &table->path);
	if (table->kind == OPENDKIM_LIST)
		parse_list(arena, table, value + strlen("csl:"));
	if (table->path == NULL)
		return;
	str_init(&text, CONF_MAX);
	fault = file_read(table->path, &text);
	if (fault == 0)
		parse_lines(arena, &table->rows, &table->n, text.text);
	else
		table->fault = arena_strdup(arena, words_of(fault));
	str_free(&text);
}

const char *
opendkim_option(const struct opendkim *o, const char *name)
{
	const char *value = NULL;

	for (size_t i = 0; i < o->n_options; i++)
		if (text_same(o->options[i].key, name))
			value = o->options[i].value;
	return value;
}

const char *
opendkim_user(struct arena *arena, const struct opendkim *o)
{
	const char *user = opendkim_option(o, "UserID");

	/* "user:group"; packages make this user */
	return user == NULL ? "opendkim" :
	    arena_strndup(arena, user, strcspn(user, ":."));
}

static void
look_at(struct arena *arena, struct opendkim *o, const char *path)
{
	if (path == NULL || path[0] != '/' || strchr(path, '%') != NULL ||
	    o->n_files >= FILES_MAX)
		return;
	for (size_t i = 0; i < o->n_files; i++)
		if (strcmp(o->files[i].path, path) == 0)
			return;
	o->files = arena_grow(arena, o->files, o->n_files, sizeof *o->files);
	opendkim_look(arena, path, opendkim_user(arena, o), NULL,
	    &o->files[o->n_files++]);
}

/* "domain:selector:file" */
static const char *
file_of(const char *value)
{
	const char *colon = strchr(value, ':');

	colon = colon != NULL ? strchr(colon + 1, ':') : NULL;
	return colon != NULL ? colon + 1 : NULL;
}

/* Debian makes /etc/dkimkeys, EL /etc/opendkim/keys. */
static const char *
key_folder(struct arena *arena, const char *conf)
{
	const char *slash = strrchr(conf, '/');
	int len = slash != NULL ? (int)(slash - conf) : 0;
	const char *debian = arena_printf(arena, "%.*s/dkimkeys", len, conf);

	return access(debian, F_OK) == 0 ? debian :
	    arena_printf(arena, "%.*s/opendkim/keys", len, conf);
}

struct opendkim *
opendkim_read(struct arena *arena, const char *path)
{
	struct opendkim *o = arena_alloc(arena, sizeof *o);
	struct str text;
	int fault;

	o->installed = child_find(arena, "opendkim") != NULL;
	o->conf = arena_strdup(arena, path);
	o->key_folder = key_folder(arena, path);
	str_init(&text, CONF_MAX);
	fault = file_read(path, &text);
	if (fault == 0)
		parse_lines(arena, &o->options, &o->n_options, text.text);
	else if (fault != ENOENT && fault != ENOTDIR)
		o->fault = arena_strdup(arena, words_of(fault));
	str_free(&text);
	read_table(arena, opendkim_option(o, "KeyTable"), &o->keys);
	read_table(arena, opendkim_option(o, "SigningTable"), &o->signing);
	if (o->keys.kind == OPENDKIM_NOT_SET)
		look_at(arena, o, opendkim_option(o, "KeyFile"));
	for (size_t i = 0; i < o->keys.n; i++)
		look_at(arena, o, file_of(o->keys.rows[i].value));
	return o;
}

/* ---- who is signed for ---- */

/* '*' stands for anything; both fold case. Linear in time but for one star
 * behind another: then PATTERN times TEXT. */
static bool
matches_pattern(const char *pattern, const char *text)
{
	const char *star = NULL, *again = NULL;

	while (*text != '\0') {
		if (*pattern == '*') {
			star = ++pattern;
			again = text;
		} else if (text_lower(*pattern) == text_lower(*text)) {
			pattern++;
			text++;
		} else if (star != NULL) {
			pattern = star;
			text = ++again;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}

bool
opendkim_matches(const char *pattern, const char *address, bool patterns)
{
	const char *at = strrchr(address, '@');
	const char *domain = at != NULL ? at + 1 : address;

	if (patterns)
		return matches_pattern(pattern, address);
	if (text_same(pattern, address) || text_same(pattern, domain) ||
	    strcmp(pattern, "*") == 0)
		return true;
	for (const char *dot = strchr(domain, '.'); dot != NULL;
	    dot = strchr(dot + 1, '.'))
		if (text_same(pattern, dot))
			return true;
	return false;
}

const struct opendkim_row *
opendkim_signs(const struct opendkim *o, const char *address)
{
	for (size_t i = 0; i < o->signing.n; i++)
		if (opendkim_matches(o->signing.rows[i].key, address,
		    o->signing.kind == OPENDKIM_REFILE))
			return &o->signing.rows[i];
	return NULL;
}
