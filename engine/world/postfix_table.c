/* SPDX-License-Identifier: ISC
 * Knows the lookup tables that decide over which host mail leaves: their files
 * as text, and in which order Postfix asks. Hides the reading. */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/world/file.h"
#include "engine/world/postfix_parts.h"

#define TABLE_SIZE_MAX ((size_t)1 << 20)
#define ENTRIES_MAX 4096
#define TABLES_MAX 16

struct postfix_entry {
	const char *key, *value;
};

static const char *const parameters[] = {
	"transport_maps", "sender_dependent_relayhost_maps",
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

static const char *
trimmed(struct arena *arena, const char *from, const char *end)
{
	while (from < end && strchr(" \t\r\n", *from) != NULL)
		from++;
	while (end > from && strchr(" \t\r\n", end[-1]) != NULL)
		end--;
	return arena_strndup(arena, from, (size_t)(end - from));
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

/* "key white-space value" of LEN octets. */
static void
add_line(struct arena *arena, struct postfix_table *table, const char *line,
    size_t len)
{
	const char *whole = trimmed(arena, line, line + len);
	size_t key = strcspn(whole, " \t\r\n");

	add_entry(arena, table, arena_strndup(arena, whole, key),
	    trimmed(arena, whole + key, whole + strlen(whole)));
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
		bool comment = *trimmed(arena, text, text + line) == '\0' ||
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
			add_entry(arena, table, trimmed(arena, text, equals),
			    trimmed(arena, equals + 1, text + len));
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

/* The next table of a list: a word, with braces counting as one. */
static size_t
table_length(const char *p)
{
	size_t len = 0;
	int depth = 0;

	for (; p[len] != '\0'; len++) {
		if (depth == 0 && strchr(", \t\r\n", p[len]) != NULL)
			break;
		depth += p[len] == '{' ? 1 : p[len] == '}' && depth > 0 ? -1 : 0;
	}
	return len;
}

static struct postfix_table *
find_table(const struct postfix *postfix, const char *name)
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

void
postfix_tables_read(struct postfix *postfix, bool live)
{
	for (size_t i = 0; i < sizeof parameters / sizeof parameters[0]; i++) {
		const char *p = postfix_get(postfix, parameters[i]);

		while (*p != '\0' && postfix->n_tables < TABLES_MAX) {
			const char *name;

			p += strspn(p, ", \t\r\n");
			name = arena_strndup(postfix->arena, p, table_length(p));
			p += strlen(name);
			if (*name != '\0' && find_table(postfix, name) == NULL)
				read_table(postfix->arena,
				    new_table(postfix, name), live);
		}
	}
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

		if (table->why != NULL || table->always != NULL ||
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

/* ---- asking ---- */

static const char *
look_in_table(const struct postfix_table *table, const char *key)
{
	if (table->always != NULL)
		return table->always;
	for (size_t i = 0; i < table->n; i++)
		if (text_same(table->entries[i].key, key))
			return table->entries[i].value;
	return NULL;
}

/* The value of KEY in the first table of PARAMETER that has it. A table that
 * cannot be read leaves it open. */
static const char *
look_up(const struct postfix *postfix, const char *parameter, const char *key,
    struct postfix_route *out)
{
	const char *p = postfix_get(postfix, parameter);

	while (*p != '\0') {
		const struct postfix_table *table;
		const char *name, *value;

		p += strspn(p, ", \t\r\n");
		name = arena_strndup(postfix->arena, p, table_length(p));
		p += strlen(name);
		table = *name != '\0' ? find_table(postfix, name) : NULL;
		if (table == NULL)
			continue;
		if (table->why != NULL)
			out->why_unknown = table->why;
		value = look_in_table(table, key);
		if (value == NULL)
			continue;
		out->parameter = parameter;
		out->table = name;
		out->key = arena_strdup(postfix->arena, key);
		return value;
	}
	return NULL;
}

/* transport(5): address, domain, parents with a dot in front, "*". */
static const char *
transport_of(const struct postfix *postfix, const char *recipient,
    struct postfix_route *out)
{
	const char *domain = recipient != NULL ?
	    text_address_domain(recipient) : NULL;
	const char *value = recipient != NULL ?
	    look_up(postfix, parameters[0], recipient, out) : NULL;

	if (value == NULL && domain != NULL)
		value = look_up(postfix, parameters[0], domain, out);
	for (const char *dot = domain != NULL ? strchr(domain, '.') : NULL;
	    value == NULL && dot != NULL; dot = strchr(dot + 1, '.'))
		value = look_up(postfix, parameters[0], dot, out);
	return value != NULL ? value : look_up(postfix, parameters[0], "*", out);
}

static const char *
relayhost_of(const struct postfix *postfix, const char *sender,
    struct postfix_route *out)
{
	const char *at = sender != NULL ? strrchr(sender, '@') : NULL;
	const char *value = NULL;

	if (at != NULL)
		value = look_up(postfix, parameters[1], sender, out);
	if (value == NULL && at != NULL)
		value = look_up(postfix, parameters[1], at, out);
	return value != NULL && text_same(value, "DUNNO") ? NULL : value;
}

void
postfix_find_route(const struct postfix *postfix, const char *sender,
    const char *recipient, struct postfix_route *out)
{
	struct postfix_route open = { .host = NULL };
	const char *value, *colon;
	bool mx;

	*out = open;
	value = transport_of(postfix, recipient, out);
	colon = value != NULL ? strchr(value, ':') : NULL;
	if (colon != NULL && colon[1] != '\0') {
		out->host = postfix_nexthop(postfix->arena, colon + 1, &mx);
		return;
	}
	/* transport(5): a transport without next hop goes to the recipient's
	 * domain, past the relayhost; both empty change nothing */
	if (colon != NULL && colon != value)
		return;
	open.why_unknown = out->why_unknown;
	*out = open;
	value = relayhost_of(postfix, sender, out);
	if (value == NULL) {
		open.why_unknown = out->why_unknown;
		*out = open;
		value = postfix_get(postfix, "relayhost");
	}
	out->host = postfix_nexthop(postfix->arena, value, &mx);
}
