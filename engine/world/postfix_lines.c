/* SPDX-License-Identifier: ISC
 * main.cf and master.cf text into logical lines, main.cf's into settings.
 * Knows what Postfix does with broken lines; hides how lines are joined. */
#include "config.h"

#include "engine/world/postfix_parts.h"

#include <stdlib.h>
#include <string.h>

#define SETTINGS_MAX 20000

/* One logical line under way. */
struct logical {
	struct str text;
	unsigned int line;       /* where it began; 0: none under way */
	bool ignored;
};

/* isspace(3) of the C locale, which is what Postfix goes by. */
static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static size_t
skip_space(const char *text, size_t len)
{
	size_t i = 0;

	while (i < len && is_space(text[i]))
		i++;
	return i;
}

static size_t
without_trailing_space(const char *text, size_t len)
{
	while (len > 0 && is_space(text[len - 1]))
		len--;
	return len;
}

static void
note_line(unsigned int *where, unsigned int line)
{
	if (*where == 0)
		*where = line;
}

void
postfix_rows_add(struct postfix_rows *rows, struct postfix_value row)
{
	rows->rows = arena_grow(rows->arena, rows->rows, rows->n,
	    sizeof *rows->rows);
	rows->rows[rows->n++] = row;
}

/* The setting in TEXT, if it is one. */
static bool
add_setting(struct postfix_rows *rows, const char *text, size_t len,
    const char *file, unsigned int line)
{
	size_t name = 0, at;

	while (name < len && !is_space(text[name]) && text[name] != '=')
		name++;
	at = name + skip_space(text + name, len - name);
	if (name == 0 || at == len || text[at] != '=')
		return false;
	at++;
	at += skip_space(text + at, len - at);
	postfix_rows_add(rows, (struct postfix_value){
		.name = arena_strndup(rows->arena, text, name),
		.raw = arena_strndup(rows->arena, text + at, len - at),
		.origin = POSTFIX_MAIN_CF,
		.file = file,
		.line = line,
	});
	return true;
}

static size_t
finish(struct logical *logical, const struct postfix_reading *reading,
    struct postfix_faults *faults)
{
	unsigned int line = logical->line;
	size_t len = strlen(logical->text.text);

	logical->line = 0;
	if (line == 0)
		return 0;
	if (len < logical->text.len)
		note_line(&faults->nul, line);
	if (logical->ignored) {
		note_line(&faults->leading_blank, line);
		return 0;
	}
	len = without_trailing_space(logical->text.text, len);
	if (reading->take(reading->arg, logical->text.text, len, line))
		return 1;
	note_line(&faults->refused, line);
	return 0;
}

/* Begin a logical line, or go on with the one under way. */
static void
take(struct logical *logical, const char *text, size_t len, unsigned int line)
{
	size_t blank = skip_space(text, len);

	if (logical->line == 0) {
		str_clear(&logical->text);
		logical->line = line;
		logical->ignored = blank > 0;
	} else {
		logical->text.len = without_trailing_space(logical->text.text,
		    logical->text.len);
		logical->text.text[logical->text.len] = '\0';
		str_addc(&logical->text, ' ');
	}
	str_add(&logical->text, text + blank, len - blank);
}

size_t
postfix_logical_lines(const char *text, size_t len,
    const struct postfix_reading *reading, struct postfix_faults *faults)
{
	struct logical logical = { .line = 0 };
	unsigned int line = 0;
	size_t n = 0, size;

	str_init(&logical.text, len);
	for (size_t at = 0; at < len; at += size + 1) {
		const char *start = text + at;
		const char *end = memchr(start, '\n', len - at);
		size_t blank;

		size = end != NULL ? (size_t)(end - start) : len - at;
		line++;
		/* comments and empty lines do not end a logical line */
		blank = skip_space(start, size);
		if (blank == size || start[blank] == '#')
			continue;
		if (blank == 0)
			n += finish(&logical, reading, faults);
		if (n >= reading->max) {
			faults->too_many = true;
			break;
		}
		take(&logical, start, size, line);
	}
	n += finish(&logical, reading, faults);
	str_free(&logical.text);
	return n;
}

/* What add_setting() wants to know beside the line. */
struct settings {
	struct postfix_rows *rows;
	const char *file;
};

static bool
take_setting(void *arg, const char *text, size_t len, unsigned int line)
{
	struct settings *settings = arg;

	return add_setting(settings->rows, text, len, settings->file, line);
}

size_t
postfix_lines_read(struct postfix_rows *rows, const char *text, size_t len,
    const char *file, struct postfix_faults *faults)
{
	struct settings settings = { .rows = rows, .file = file };

	return postfix_logical_lines(text, len, &(struct postfix_reading){
		.take = take_setting, .arg = &settings, .max = SETTINGS_MAX },
	    faults);
}

/* Where a row stood before sorting decides between equal names. */
static int
compare_rows(const void *a, const void *b)
{
	const struct postfix_value *const *x = a, *const *y = b;
	int order = strcmp((*x)->name, (*y)->name);

	if (order != 0)
		return order;
	return *x < *y ? -1 : *x > *y;
}

void
postfix_rows_settle(struct postfix_rows *rows)
{
	const struct postfix_value **order =
	    mem_alloc((rows->n + 1) * sizeof *order);
	struct postfix_value *sorted =
	    mem_alloc((rows->n + 1) * sizeof *sorted);
	size_t kept = 0;

	for (size_t i = 0; i < rows->n; i++)
		order[i] = &rows->rows[i];
	qsort(order, rows->n, sizeof *order, compare_rows);
	for (size_t i = 0; i < rows->n; i++)
		if (i + 1 == rows->n ||
		    strcmp(order[i]->name, order[i + 1]->name) != 0)
			sorted[kept++] = *order[i];
	if (kept != 0)
		memcpy(rows->rows, sorted, kept * sizeof *sorted);
	rows->n = kept;
	free(order);
	free(sorted);
}

struct postfix_value *
postfix_rows_find(const struct postfix_rows *rows, const char *name, size_t len)
{
	size_t low = 0, high = rows->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		struct postfix_value *row = &rows->rows[middle];
		int order = strncmp(name, row->name, len);

		if (order == 0)
			order = row->name[len] != '\0' ? -1 : 0;
		if (order == 0)
			return row;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}
