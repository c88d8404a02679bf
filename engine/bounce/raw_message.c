/* SPDX-License-Identifier: ISC
 * Knows where the fields of a message end and how lines end on the wire. */
#include "config.h"

#include "engine/bounce/raw_message.h"

#include <string.h>

#include "engine/base/str.h"
#include "engine/bounce/bounce.h"

#define FIELDS_MAX 2000

struct line {
	const char *text;
	size_t len;              /* without its end */
};

/* The next line of what is left; false at the end. */
static bool
next_line(const char **text, size_t *left, struct line *line)
{
	const char *end;
	size_t whole;

	if (*left == 0)
		return false;
	end = memchr(*text, '\n', *left);
	whole = end != NULL ? (size_t)(end - *text) + 1 : *left;
	line->text = *text;
	line->len = whole - (end != NULL);
	if (line->len > 0 && line->text[line->len - 1] == '\r')
		line->len--;
	*text += whole;
	*left -= whole;
	return true;
}

static bool
is_folded(const struct line *line)
{
	return line->len > 0 &&
	    (line->text[0] == ' ' || line->text[0] == '\t');
}

/* RFC 5322 2.2: printable characters and a colon. */
static bool
is_field(const struct line *line)
{
	size_t n = 0;

	while (n < line->len && line->text[n] > ' ' && line->text[n] < 0x7f &&
	    line->text[n] != ':')
		n++;
	return n > 0 && n < line->len && line->text[n] == ':';
}

static void
add_field(struct arena *arena, struct raw_message *out, const char ***fields,
    const struct str *field)
{
	if (field->len == 0 || out->n_fields >= FIELDS_MAX)
		return;
	*fields = arena_grow(arena, *fields, out->n_fields, sizeof **fields);
	(*fields)[out->n_fields++] = arena_strndup(arena, field->text,
	    field->len);
	out->fields = *fields;
}

/* All fields up to the empty line; FIELD is room to work in. False: the text
 * ends before, or begins with something else. */
static bool
split_fields(struct arena *arena, const char **text, size_t *left,
    struct raw_message *out, struct str *field)
{
	const char **fields = NULL;
	struct line line;

	while (next_line(text, left, &line)) {
		if (out->n_fields == 0 && field->len == 0 && (line.len == 0 ||
		    (line.len > 5 && memcmp(line.text, "From ", 5) == 0)))
			continue;
		if (!is_folded(&line)) {
			add_field(arena, out, &fields, field);
			str_clear(field);
		}
		if (line.len == 0)
			return out->n_fields != 0;
		/* what goes on without a beginning is no field either */
		if (is_folded(&line) ? field->len == 0 : !is_field(&line))
			return false;
		if (field->len != 0)
			str_adds(field, "\r\n");
		str_add(field, line.text, line.len);
	}
	return false;
}

bool
raw_message_split(struct arena *arena, const char *text, size_t len,
    struct raw_message *out)
{
	struct str work;
	struct line line;
	bool done;

	*out = (struct raw_message){ .body = "" };
	/* each LF may become two octets */
	str_init(&work, 2 * (size_t)BOUNCE_INPUT_MAX);
	done = split_fields(arena, &text, &len, out, &work);
	str_clear(&work);
	while (done && next_line(&text, &len, &line)) {
		str_add(&work, line.text, line.len);
		str_adds(&work, "\r\n");
	}
	out->body = arena_strndup(arena, work.text, work.len);
	out->body_len = work.len;
	done = done && !work.cut && work.len != 0;
	str_free(&work);
	return done;
}
