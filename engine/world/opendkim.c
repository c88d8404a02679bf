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
#include "engine/world/run.h"

#define CONF_MAX ((size_t)1 << 20)
#define ROWS_MAX 2000
#define FILES_MAX 200
#define VERSION_MAX ((size_t)16 << 10)   /* of what -V says */
#define VERSION_MS 3000

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

/* What the lines of a file are. */
enum form {
	FORM_PAIRS,              /* "key value" */
	FORM_PATTERNS,           /* the same; blanks before a key are part of it,
	                            as opendkim 2.11 takes them */
	FORM_KEYS                /* "key" */
};

/* '#' begins a comment. */
static void
parse_lines(struct arena *arena, struct opendkim_row **rows, size_t *n,
    const char *text, enum form form)
{
	while (*text != '\0') {
		size_t line = strcspn(text, "\n");
		size_t len = strcspn(text, "\n#");
		size_t key = strspn(text, " \t\r\v\f");
		size_t end, value;

		if (key < len) {
			end = key + strcspn(text + key, " \t\r\n\v\f#");
			value = end + strspn(text + end, " \t\r\v\f");
			if (form == FORM_PATTERNS)
				key = 0;
			if (form == FORM_KEYS)
				value = key;
			while (len > value &&
			    strchr(blanks, text[len - 1]) != NULL)
				len--;
			if (value < len)
				add_row(arena, rows, n, (struct opendkim_row){
				    arena_strndup(arena, text + key,
					form == FORM_KEYS ? len - key :
					end - key),
				    form == FORM_KEYS ? "yes" :
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

enum opendkim_kind
opendkim_hosts_kind(const char *value, const char **path)
{
	enum opendkim_kind kind = opendkim_kind(value, path);

	return kind == OPENDKIM_DATABASE && (strchr(value, ':') == NULL ||
	    strcspn(value, ",") < strcspn(value, ":")) ? OPENDKIM_LIST : kind;
}

/* Words between commas. */
static void
parse_words(struct arena *arena, struct opendkim_table *table, const char *text)
{
	while (*text != '\0') {
		size_t len = strcspn(text, ",");
		const char *word = text_trimmed(arena, text, text + len);

		if (*word != '\0')
			add_row(arena, &table->rows, &table->n,
			    (struct opendkim_row){ word, "yes" });
		text += len + (text[len] == ',');
	}
}

static void
read_table(struct arena *arena, const char *value, struct opendkim_table *table,
    enum form form)
{
	struct str text;
	int fault;

	table->kind = form == FORM_KEYS ?
	    opendkim_hosts_kind(value, &table->path) :
	    opendkim_kind(value, &table->path);
	if (table->kind == OPENDKIM_LIST && form == FORM_KEYS)
		parse_words(arena, table, text_starts(value, "csl:") ?
		    value + strlen("csl:") : value);
	else if (table->kind == OPENDKIM_LIST)
		parse_list(arena, table, value + strlen("csl:"));
	if (table->path == NULL)
		return;
	str_init(&text, CONF_MAX);
	fault = file_read(table->path, &text);
	if (fault == 0)
		parse_lines(arena, &table->rows, &table->n, text.text,
		    form == FORM_PAIRS && table->kind == OPENDKIM_REFILE ?
		    FORM_PATTERNS : form);
	else
		table->fault = arena_strdup(arena, words_of(fault));
	table->missing = fault == ENOENT || fault == ENOTDIR;
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

/* Versions before 2.11 know RSA only; asked where it matters. */
struct run *
opendkim_ask(struct arena *arena, const struct opendkim *o)
{
	const char *wanted = opendkim_option(o, "SignatureAlgorithm");
	const char *program = child_find(arena, "opendkim");
	static const char *const argv[] = { "opendkim", "-V", NULL };

	if (wanted == NULL || program == NULL ||
	    text_same(wanted, "rsa-sha256") || text_same(wanted, "rsa-sha1"))
		return NULL;
	return run_start(program, argv, NULL, VERSION_MS, VERSION_MAX);
}

bool
opendkim_lacks_algorithm(const struct opendkim *o, struct run *run)
{
	return run_io(run) == RUN_DONE &&
	    strstr(run_text(run)->text, "rsa-sha256") != NULL &&
	    strstr(run_text(run)->text,
		opendkim_option(o, "SignatureAlgorithm")) == NULL;
}

static void
look_at_keys(struct arena *arena, struct opendkim *o)
{
	const char *domain, *selector, *file;

	if (o->keys.kind == OPENDKIM_NOT_SET)
		look_at(arena, o, opendkim_option(o, "KeyFile"));
	for (size_t i = 0; i < o->keys.n; i++)
		if (opendkim_key_parts(arena, o->keys.rows[i].value, &domain,
		    &selector, &file))
			look_at(arena, o, file);
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
		parse_lines(arena, &o->options, &o->n_options, text.text,
		    FORM_PAIRS);
	else if (fault != ENOENT && fault != ENOTDIR)
		o->fault = arena_strdup(arena, words_of(fault));
	str_free(&text);
	read_table(arena, opendkim_option(o, "KeyTable"), &o->keys, FORM_PAIRS);
	read_table(arena, opendkim_option(o, "SigningTable"), &o->signing,
	    FORM_PAIRS);
	read_table(arena, opendkim_option(o, "InternalHosts"), &o->internal,
	    FORM_KEYS);
	look_at_keys(arena, o);
	return o;
}
