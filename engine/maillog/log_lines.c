/* SPDX-License-Identifier: ISC
 * Knows that a bounce is a message of its own, named in a line of the one that
 * it is about, and that queue ids are used again. Hides the search. */
#include "config.h"

#include "engine/maillog/log_lines.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/arena.h"
#include "engine/bounce/scan.h"
#include "engine/maillog/log_event.h"
#include "engine/maillog/log_tables.h"

/* The message itself, and the bounces and delay notices sent for it. */
#define IDS_MAX 4
#define ID_MAX 31

struct id {
	char name[ID_MAX + 1];
	size_t len;
	bool removed;             /* it has left the queue */
};

struct log_lines {
	struct id ids[IDS_MAX];
	size_t n;
	uint64_t wanted;
	bool found;               /* the line that is wanted */
	bool begun;               /* with the first line of the message */
	struct str text;
};

static void
add_id(struct log_lines *lines, struct span name)
{
	struct id *id = &lines->ids[lines->n];

	if (lines->n == IDS_MAX || name.len == 0 || name.len > ID_MAX)
		return;
	for (size_t i = 0; i < lines->n; i++)
		if (lines->ids[i].len == name.len && memcmp(lines->ids[i].name,
		    name.text, name.len) == 0)
			return;
	*id = (struct id){ .len = name.len };
	memcpy(id->name, name.text, name.len);
	lines->n++;
}

struct log_lines *
log_lines_new(const char *queue_id, uint64_t line_hash)
{
	struct log_lines *lines = mem_alloc(sizeof *lines);

	memset(lines, 0, sizeof *lines);
	lines->wanted = line_hash;
	str_init(&lines->text, LOG_LINES_MAX);
	add_id(lines, span_of(queue_id));
	return lines;
}

void
log_lines_free(struct log_lines **lines)
{
	if (*lines == NULL)
		return;
	str_free(&(*lines)->text);
	free(*lines);
	*lines = NULL;
}

static bool
is_id_char(char c)
{
	return is_letter(c) || is_digit(c);
}

/* The next "ID: " between FROM and END that is not part of a longer word. */
static const char *
find_id(const struct id *id, const char *start, const char *from,
    const char *end)
{
	const char *p = from;

	while (p < end) {
		p = memmem(p, (size_t)(end - p), id->name, id->len);
		if (p == NULL)
			break;
		if (p + id->len < end && p[id->len] == ':' &&
		    (p == start || !is_id_char(p[-1])))
			return p;
		p++;
	}
	return NULL;
}

/* "sender non-delivery notification: 4F2A81234" */
static struct span
notification(struct span rest)
{
	struct span id = span_after(rest, " notification: ");

	if (!span_starts(rest, "sender ") || id.text == NULL)
		return span_make(NULL, 0);
	for (size_t n = 0; n < id.len; n++)
		if (!is_id_char(id.text[n]))
			id.len = n;
	return id;
}

/* smtpd and pickup speak first and only once. */
static bool
comes_in(struct span rest)
{
	return span_starts(rest, "client=") || span_starts(rest, "uid=");
}

/* A line of the message itself. False: it is of another one, behind it. */
static bool
follow(struct log_lines *lines, struct span rest)
{
	struct id *id = &lines->ids[0];

	/* the id was used again: for another message */
	if (id->removed || (lines->text.len != 0 && comes_in(rest))) {
		id->removed = true;
		if (lines->found)
			return false;
		str_clear(&lines->text);
		lines->n = 1;
	}
	/* cleanup begins a message that no client brought, a bounce */
	if (lines->text.len == 0)
		lines->begun = comes_in(rest) ||
		    span_starts(rest, "message-id=");
	return true;
}

/* A line of the message with index I; what it says begins at REST. */
static void
take(struct log_lines *lines, size_t i, struct span line, struct span rest)
{
	struct id *id = &lines->ids[i];

	line = log_event_line(line);
	if (i == 0 && !follow(lines, rest))
		return;
	id->removed = span_same(span_trim(rest), "removed");
	str_add(&lines->text, line.text, line.len);
	str_addc(&lines->text, '\n');
	if (lines->wanted != 0 && log_hash(LOG_HASH_START, line.text,
	    line.len) == lines->wanted)
		lines->found = true;
	if (i == 0)
		add_id(lines, notification(rest));
}

static bool
complete(const struct log_lines *lines)
{
	if (lines->text.cut)
		return true;
	for (size_t i = 0; i < lines->n; i++)
		if (!lines->ids[i].removed)
			return false;
	return lines->found;
}

/* The first place of any id; *I gets which. NULL: there is none. */
static const char *
find_any(const struct log_lines *lines, const char *start, const char *from,
    const char *end, size_t *i)
{
	const char *first = NULL;

	for (size_t k = 0; k < lines->n; k++) {
		const char *p = find_id(&lines->ids[k], start, from,
		    first != NULL ? first : end);

		if (p != NULL) {
			first = p;
			*i = k;
		}
	}
	return first;
}

bool
log_lines_add(struct log_lines *lines, const char *text, size_t len)
{
	const char *end = text + len, *from = text;

	while (from < end && !complete(lines)) {
		size_t i = 0, skip;
		const char *p = find_any(lines, text, from, end, &i);
		const char *start, *stop;
		struct span line;

		if (p == NULL)
			break;
		start = memrchr(from, '\n', (size_t)(p - from));
		start = start != NULL ? start + 1 : from;
		stop = memchr(p, '\n', (size_t)(end - p));
		if (stop == NULL)
			stop = end;
		line = span_make(start, (size_t)(stop - start));
		skip = (size_t)(p - start) + lines->ids[i].len + 1;
		take(lines, i, line, span_trim(span_skip(line, skip)));
		from = stop;
	}
	return complete(lines);
}

bool
log_lines_found(const struct log_lines *lines)
{
	/* of what was cut off nobody knows */
	return lines->wanted != 0 && !lines->text.cut ? lines->found :
	    lines->text.len != 0;
}

bool
log_lines_begun(const struct log_lines *lines)
{
	return lines->begun;
}

bool
log_lines_removed(const struct log_lines *lines)
{
	return lines->ids[0].removed;
}

const char *
log_lines_text(const struct log_lines *lines, size_t *len)
{
	*len = lines->text.len;
	return lines->text.text;
}
