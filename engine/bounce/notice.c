/* SPDX-License-Identifier: ISC
 * Knows refusals that are written as JSON: postqueue -j, and the notifications
 * of Amazon SES, alone or inside SNS' envelope, on one line or laid out. */
#include "config.h"

#include "engine/bounce/draft.h"

#include <string.h>

#include "engine/base/str.h"

/* An object that is laid out over more lines or octets is not read. */
#define OBJECT_LINES 500
#define OBJECT_MAX ((size_t)1 << 20)

/* The JSON string at the start of S, its escapes undone. */
static const char *
json_string(struct arena *arena, struct span s)
{
	char *out;
	size_t n = 0;

	if (s.len == 0 || s.text[0] != '"')
		return NULL;
	if (s.len > REASON_MAX)
		s.len = REASON_MAX;
	out = arena_alloc(arena, s.len + 1);
	for (size_t i = 1; i < s.len && s.text[i] != '"'; i++) {
		if (s.text[i] != '\\' || i + 1 >= s.len) {
			out[n++] = s.text[i];
			continue;
		}
		i++;
		if (s.text[i] == 'u' && i + 4 < s.len) {
			out[n++] = '?';
			i += 4;
		} else {
			out[n++] = s.text[i] == 'n' || s.text[i] == 't' ||
			    s.text[i] == 'r' ? ' ' : s.text[i];
		}
	}
	return out;
}

/* The string that is the value of the key before S. */
static const char *
json_after(struct arena *arena, struct span s)
{
	s = span_trim(s);
	if (s.len != 0 && s.text[0] == ':')
		s = span_trim(span_skip(s, 1));
	return json_string(arena, s);
}

/* The string behind "key": in S. */
static const char *
json_value(struct arena *arena, struct span s, const char *key)
{
	s = span_after(s, key);
	return s.text != NULL ? json_after(arena, s) : NULL;
}

/* One object of postqueue -j. */
static void
read_queue(struct drafts *drafts, struct span s, size_t start, size_t end)
{
	struct arena *arena = drafts->arena;
	const char *id = json_value(arena, s, "\"queue_id\"");
	const char *sender = json_value(arena, s, "\"sender\"");
	struct span each;

	for (each = span_after(s, "\"address\""); each.text != NULL;
	    each = span_after(each, "\"address\"")) {
		struct span own = each;
		const char *next = span_find(each, "\"address\"");
		const char *reason;
		struct draft *draft;

		if (next != NULL)
			own.len = (size_t)(next - each.text);
		reason = json_value(arena, own, "\"delay_reason\"");
		if (reason == NULL)
			continue;       /* waiting for its first try */
		draft = draft_add(drafts, FORM_QUEUE, start, end);
		if (draft == NULL)
			return;
		draft->reason = reason;
		draft->bounce.outcome = OUTCOME_DEFERRED;
		draft->bounce.queue_id = id;
		draft->bounce.sender = sender;
		draft->bounce.recipient = json_after(arena, each);
	}
}

/* TEXT without its backslashes: JSON inside a JSON string. */
static struct span
without_backslashes(struct arena *arena, struct span s)
{
	char *copy = arena_alloc(arena, s.len + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		if (s.text[i] != '\\')
			copy[n++] = s.text[i];
	return span_make(copy, n);
}

/* A notification of Amazon SES: "bouncedRecipients":[{"emailAddress":…}]. */
static void
read_notification(struct drafts *drafts, struct span s, size_t start,
    size_t end)
{
	struct arena *arena = drafts->arena;
	struct span each;

	s = without_backslashes(arena, s);
	for (each = span_after(s, "\"emailAddress\""); each.text != NULL;
	    each = span_after(each, "\"emailAddress\"")) {
		struct span own = each;
		const char *close = memchr(each.text, '}', each.len);
		struct draft *draft;

		if (close == NULL)
			return;
		own.len = (size_t)(close - own.text);
		if (span_find(own, "diagnosticCode") == NULL)
			continue;
		draft = draft_add(drafts, FORM_PROSE, start, end);
		if (draft == NULL)
			return;
		draft->bounce.recipient = json_after(arena, own);
		draft->bounce.status = json_value(arena, own, "\"status\"");
		draft->reason = json_value(arena, own, "\"diagnosticCode\"");
		draft->bounce.outcome = OUTCOME_BOUNCED;
	}
}

/* Does the list that begins in line I end in the line S, line K? Laid out, its
 * end stands alone. */
static bool
ends_list(struct span s, size_t i, size_t k)
{
	s = span_trim(s);
	return k == i ? memchr(s.text, ']', s.len) != NULL :
	    s.len != 0 && s.text[0] == ']';
}

/* Lines I … *END - 1 as one text: the list "bouncedRecipients" named in line
 * I. False: it has no end. */
static bool
read_list(struct arena *arena, struct lines *lines, size_t i, size_t *end,
    struct span *out)
{
	struct str text;
	bool whole = false;

	str_init(&text, OBJECT_MAX);
	for (*end = i; !whole && *end < lines->n && *end - i < OBJECT_LINES;
	    (*end)++) {
		struct span s = line_span(lines, *end);

		str_add(&text, s.text, s.len);
		str_addc(&text, ' ');
		whole = ends_list(s, i, *end);
	}
	*out = span_make(arena_strndup(arena, text.text, text.len), text.len);
	str_free(&text);
	for (size_t k = i; whole && k < *end; k++)
		lines->list[k].used = true;
	return whole;
}

void
notice_read(struct drafts *drafts, struct lines *lines)
{
	size_t i = 0, end;

	while (i < lines->n) {
		struct span s = span_trim(line_span(lines, i));
		struct line *line = &lines->list[i++];

		if (line->used || memchr(s.text, '"', s.len) == NULL)
			continue;
		if (s.len != 0 && s.text[0] == '{' &&
		    span_find(s, "\"queue_id\"") != NULL) {
			read_queue(drafts, s, line->start, line->end);
			line->used = true;
		} else if (span_find(s, "bouncedRecipients") != NULL &&
		    read_list(drafts->arena, lines, i - 1, &end, &s)) {
			read_notification(drafts, s, line->start,
			    lines->list[end - 1].end);
			i = end;
		}
	}
}
