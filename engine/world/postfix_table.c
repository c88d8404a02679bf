/* SPDX-License-Identifier: ISC
 * Lookup tables whose source is text, read whole: those that decide over which
 * host mail leaves, and under which address. Hides how they are written. */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/world/file.h"
#include "engine/world/postfix_parts.h"

#define TABLE_SIZE_MAX ((size_t)1 << 20)
#define ENTRIES_MAX 4096
#define TABLES_MAX 40

#define SECRET "REMOVED"

struct postfix_entry {
	const char *key, *value;
};

static const struct {
	const char *parameter;
	enum table_kind kind;
} parameters[] = {
	{ "transport_maps", TABLE_ROUTE },
	{ "sender_dependent_relayhost_maps", TABLE_ROUTE },
	{ "sender_dependent_default_transport_maps", TABLE_ROUTE },
	{ "sender_canonical_maps", TABLE_PLAIN },
	{ "canonical_maps", TABLE_PLAIN },
	{ "smtp_generic_maps", TABLE_PLAIN },
	{ "virtual_alias_maps", TABLE_PLAIN },
	{ "virtual_alias_domains", TABLE_PLAIN },
	{ "virtual_mailbox_domains", TABLE_PLAIN },
	{ "virtual_mailbox_maps", TABLE_PLAIN },
	{ "relay_domains", TABLE_PLAIN },
	{ "alias_maps", TABLE_ALIASES },
	{ "local_recipient_maps", TABLE_PLAIN },
	{ "smtp_sasl_password_maps", TABLE_SECRET },
};

/* Types whose source is the text file of the same name (postmap(1)); the
 * program does not read the compiled form. */
static bool
is_text_type(const char *name, size_t len)
{
	static const char *const types[] = {
		"hash", "btree", "lmdb", "cdb", "dbm", "texthash",
	};

	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (strlen(types[i]) == len && strncmp(types[i], name, len) == 0)
			return true;
	return false;
}

static void
add_entry(struct arena *arena, struct postfix_table *table, const char *key,
    const char *value)
{
	if (*key == '\0' || table->n == ENTRIES_MAX)
		return;
	table->entries = arena_grow(arena, table->entries, table->n,
	    sizeof *table->entries);
	table->entries[table->n++] = (struct postfix_entry){ key, value };
}

/* "key white-space value" of LEN octets, or "key: value" (aliases(5)), where
 * the key may stand in quotes. */
static void
add_line(struct arena *arena, struct postfix_table *table, const char *line,
    size_t len)
{
	const char *whole = text_trimmed(arena, line, line + len);
	bool aliases = table->kind == TABLE_ALIASES;
	size_t key = strcspn(whole, aliases ? ":" : " \t\r\n");
	const char *value = whole + key + (aliases && whole[key] == ':');
	char *text = arena_strdup(arena, text_trimmed(arena, value, value +
	    strlen(value)));

	for (char *p = text; *p != '\0'; p++)
		if (*p == '\n' || *p == '\r')
			*p = ' ';
	if (aliases && whole[0] == '"' && key > 2) {
		whole++;
		key -= 2;
	}
	add_entry(arena, table, text_trimmed(arena, whole, whole + key),
	    table->kind == TABLE_SECRET ? SECRET : text);
}

/* postmap(1): "#" begins a comment line, a leading blank goes on with the
 * line before. */
static void
read_lines(struct arena *arena, struct postfix_table *table, const char *text)
{
	const char *start = NULL;
	size_t len = 0;

	while (*text != '\0') {
		size_t line = strcspn(text, "\n");
		bool comment = *text_trimmed(arena, text, text + line) == '\0' ||
		    text[strspn(text, " \t")] == '#';

		if (!comment && start != NULL && (*text == ' ' || *text == '\t')) {
			len = (size_t)(text + line - start);
		} else if (!comment) {
			if (start != NULL)
				add_line(arena, table, start, len);
			start = text;
			len = line;
		}
		text += line;
		text += *text == '\n';
	}
	if (start != NULL)
		add_line(arena, table, start, len);
}

/* "inline:{ key=value, { key = value } }" (DATABASE_README) */
static void
read_inline(struct arena *arena, struct postfix_table *table, const char *text)
{
	while (*text != '\0') {
		size_t len;
		const char *equals;

		text += strspn(text, "{}, \t\r\n");
		len = strcspn(text, "{},");
		equals = memchr(text, '=', len);
		if (equals != NULL)
			add_entry(arena, table, text_trimmed(arena, text, equals),
			    table->kind == TABLE_SECRET ? SECRET :
			    text_trimmed(arena, equals + 1, text + len));
		text += len;
	}
}

static void
read_file(struct arena *arena, struct postfix_table *table, const char *path)
{
	struct str text;
	int error;

	str_init(&text, TABLE_SIZE_MAX);
	error = file_read(path, &text);
	if (error != 0)
		table->why = arena_printf(arena, "%s: %s", path, strerror(error));
	else
		read_lines(arena, table, arena_strndup(arena, text.text,
		    text.len));
	str_free(&text);
}

static void
read_table(struct arena *arena, struct postfix_table *table, bool live)
{
	/* proxymap(8) opens the same file */
	const char *name = table->name + (text_starts(table->name, "proxy:") ?
	    strlen("proxy:") : 0);
	const char *colon = strchr(name, ':');
	size_t type = colon != NULL ? (size_t)(colon - name) : 0;

	if (type == strlen("inline") && strncmp(name, "inline", type) == 0)
		read_inline(arena, table, colon + 1);
	else if (type == strlen("static") && strncmp(name, "static", type) == 0)
		table->always = colon + 1;
	else if (colon != NULL && live && is_text_type(name, type))
		read_file(arena, table, colon + 1);
	else
		table->why = arena_printf(arena, _("%s cannot be read here"),
		    name);
}

struct postfix_table *
postfix_find_table(const struct postfix *postfix, const char *name)
{
	for (size_t i = 0; i < postfix->n_tables; i++)
		if (strcmp(postfix->tables[i].name, name) == 0)
			return &postfix->tables[i];
	return NULL;
}

static struct postfix_table *
new_table(struct postfix *postfix, const char *name)
{
	postfix->tables = arena_grow(postfix->arena, postfix->tables,
	    postfix->n_tables, sizeof *postfix->tables);
	postfix->tables[postfix->n_tables] =
	    (struct postfix_table){ .name = name };
	return &postfix->tables[postfix->n_tables++];
}

/* The tables of one parameter. */
static void
read_tables(struct postfix *postfix, const char *list, enum table_kind kind,
    bool live)
{
	const char *word;
	size_t len;

	while ((word = postfix_next_word(&list, &len)) != NULL &&
	    postfix->n_tables < TABLES_MAX) {
		struct postfix_table *table;
		const char *name;

		if (memchr(word, ':', len) == NULL)
			continue;
		name = arena_strndup(postfix->arena, word, len);
		if (postfix_find_table(postfix, name) != NULL)
			continue;
		table = new_table(postfix, name);
		table->kind = kind;
		read_table(postfix->arena, table, live);
	}
}

static void
read_overrides(struct postfix *postfix, const struct postfix_service *service,
    const char *name, enum table_kind kind, bool live)
{
	for (size_t i = 0; i < service->n_overrides; i++)
		if (strcmp(service->overrides[i].name, name) == 0)
			read_tables(postfix, service->overrides[i].value, kind,
			    live);
}

void
postfix_tables_read(struct postfix *postfix, bool live)
{
	for (size_t i = 0; i < sizeof parameters / sizeof parameters[0]; i++) {
		const char *name = parameters[i].parameter;

		read_tables(postfix, postfix_get(postfix, name),
		    parameters[i].kind, live);
		for (size_t k = 0; k < postfix->n_services; k++)
			read_overrides(postfix, &postfix->services[k], name,
			    parameters[i].kind, live);
	}
}

const char *
postfix_table_find(const struct postfix_table *table, const char *key)
{
	if (table->always != NULL)
		return table->kind == TABLE_SECRET ? SECRET : table->always;
	for (size_t i = 0; i < table->n; i++)
		if (text_same(table->entries[i].key, key))
			return table->entries[i].value;
	return NULL;
}

/* ---- recordings: "NAME {key value} {key value} NAME …" ---- */

void
postfix_tables_recorded(struct postfix *postfix, const char *text)
{
	struct postfix_table *table = NULL;

	while (text != NULL && *text != '\0' && postfix->n_tables < TABLES_MAX) {
		size_t len;

		text += strspn(text, " ");
		if (*text == '{' && table != NULL) {
			len = strcspn(++text, "}");
			add_line(postfix->arena, table, text, len);
			text += len;
			text += *text == '}';
			continue;
		}
		len = strcspn(text, " ");
		if (len != 0)
			table = new_table(postfix, arena_strndup(postfix->arena,
			    text, len));
		text += len;
	}
}

void
postfix_tables_print(const struct postfix *postfix, struct str *out)
{
	for (size_t i = 0; i < postfix->n_tables; i++) {
		const struct postfix_table *table = &postfix->tables[i];

		if (table->kind != TABLE_ROUTE || table->why != NULL ||
		    table->always != NULL ||
		    text_starts(table->name, "inline:"))
			continue;      /* main.cf itself says them */
		str_addf(out, "%s%s", out->len != 0 ? " " : "", table->name);
		for (size_t k = 0; k < table->n; k++)
			if (strpbrk(table->entries[k].key, "{}") == NULL &&
			    strpbrk(table->entries[k].value, "{}") == NULL)
				str_addf(out, " {%s %s}", table->entries[k].key,
				    table->entries[k].value);
	}
}
