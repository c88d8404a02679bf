/* SPDX-License-Identifier: ISC
 * Knows the listings of Postfix' queue: mailq, postqueue -p, postqueue -j.
 * Hides their layout. */
#include "config.h"

#include "engine/bounce/draft.h"

#include <string.h>

#include "engine/base/str.h"
#include "engine/base/text.h"

/* One message of the listing. */
struct entry {
	const char *id, *sender, *reason;
	size_t start;
};

static void
add(struct drafts *drafts, const struct entry *entry, const char *recipient,
    size_t end)
{
	struct draft *draft;

	if (entry->reason == NULL)
		return;           /* waiting for its first try */
	draft = draft_add(drafts, FORM_QUEUE, entry->start, end);
	if (draft == NULL)
		return;
	draft->reason = entry->reason;
	draft->bounce.outcome = OUTCOME_DEFERRED;
	draft->bounce.queue_id = entry->id;
	draft->bounce.sender = entry->sender;
	draft->bounce.recipient = recipient;
}

/* "A1B2C3D4E5*  1234 Mon Jan  2 10:11:12  sender@example.com" */
static bool
entry_start(struct arena *arena, struct span s, struct entry *entry)
{
	static const char days[] = "MonTueWedThuFriSatSun";
	struct span id = s, rest, sender;
	size_t n = 0;
	bool day = false;

	while (n < s.len && n < 24 && (is_digit(s.text[n]) ||
	    is_letter(s.text[n])))
		n++;
	id.len = n;
	if (n < 5 || n >= s.len)
		return false;
	rest = span_trim(span_skip(s, n + (strchr("*!#", s.text[n]) != NULL)));
	n = span_length_of(rest, "0123456789");
	if (n == 0)
		return false;
	rest = span_trim(span_skip(rest, n));
	for (size_t i = 0; i < sizeof days - 1; i += 3)
		day = day || (rest.len > 20 &&
		    memcmp(rest.text, days + i, 3) == 0);
	if (!day)
		return false;
	sender = span_trim(span_skip(rest, 19));
	*entry = (struct entry){ .id = span_copy(arena, id) };
	entry->sender = span_same(sender, "MAILER-DAEMON") ? "" :
	    span_copy(arena, sender);
	return true;
}

/* "(reason)" over one or more lines; returns the line after it. */
static size_t
read_reason(struct arena *arena, struct lines *lines, size_t i,
    struct entry *entry)
{
	struct str text;
	size_t first = i;

	str_init(&text, REASON_MAX);
	for (; i < lines->n && i - first < 60; i++) {
		struct span s = span_trim(line_span(lines, i)), address;

		if (s.len == 0 || (i > first &&
		    scan_address(s, &address) == s.len))
			break;
		if (i > first)
			str_addc(&text, ' ');
		str_add(&text, s.text, s.len);
		lines->list[i].used = true;
	}
	if (text.len > 2 && text.text[text.len - 1] == ')')
		text.len--;
	entry->reason = text.len > 1 ? arena_strndup(arena, text.text + 1,
	    text.len - 1) : NULL;
	str_free(&text);
	return i;
}

static size_t
read_entry(struct drafts *drafts, struct lines *lines, size_t i,
    struct entry *entry)
{
	struct entry next;

	entry->start = lines->list[i].start;
	lines->list[i++].used = true;
	while (i < lines->n) {
		struct span s = span_trim(line_span(lines, i)), address;

		if (s.len == 0 || entry_start(drafts->arena, s, &next))
			break;
		if (s.text[0] == '(') {
			i = read_reason(drafts->arena, lines, i, entry);
			continue;
		}
		if (scan_address(s, &address) == s.len)
			add(drafts, entry, span_copy(drafts->arena, address),
			    lines->list[i].end);
		lines->list[i++].used = true;
	}
	return i;
}

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

/* The string behind "key": in S. */
static const char *
json_value(struct arena *arena, struct span s, const char *key)
{
	struct span value = span_after(s, key);

	if (value.text == NULL)
		return NULL;
	value = span_trim(value);
	if (value.len != 0 && value.text[0] == ':')
		value = span_trim(span_skip(value, 1));
	return json_string(arena, value);
}

/* One object of postqueue -j. */
static void
read_json(struct drafts *drafts, struct span s, const struct line *line)
{
	struct arena *arena = drafts->arena;
	struct entry entry = { .start = line->start };
	struct span each;

	entry.id = json_value(arena, s, "\"queue_id\"");
	entry.sender = json_value(arena, s, "\"sender\"");
	for (each = span_after(s, "\"address\""); each.text != NULL;
	    each = span_after(each, "\"address\"")) {
		struct span own = each;
		const char *next = span_find(each, "\"address\"");
		struct span to = span_trim(each);

		if (next != NULL)
			own.len = (size_t)(next - each.text);
		entry.reason = json_value(arena, own, "\"delay_reason\"");
		if (to.len != 0 && to.text[0] == ':')
			to = span_trim(span_skip(to, 1));
		add(drafts, &entry, json_string(arena, to), line->end);
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
read_notification(struct drafts *drafts, struct span s,
    const struct line *line)
{
	struct arena *arena = drafts->arena;
	struct span each;

	s = without_backslashes(arena, s);
	for (each = span_after(s, "\"emailAddress\""); each.text != NULL;
	    each = span_after(each, "\"emailAddress\"")) {
		struct span own = each;
		const char *end = memchr(each.text, '}', each.len);
		struct draft *draft;

		if (end == NULL)
			return;
		own.len = (size_t)(end - own.text);
		if (span_find(own, "diagnosticCode") == NULL)
			continue;
		draft = draft_add(drafts, FORM_PROSE, line->start, line->end);
		if (draft == NULL)
			return;
		own = span_trim(own);
		draft->bounce.recipient = json_string(arena,
		    span_trim(span_skip(own, 1)));
		draft->bounce.status = json_value(arena, own, "\"status\"");
		draft->reason = json_value(arena, own, "\"diagnosticCode\"");
		draft->bounce.outcome = OUTCOME_BOUNCED;
	}
}

void
queue_read(struct drafts *drafts, struct lines *lines)
{
	struct entry entry;
	size_t i = 0;

	while (i < lines->n) {
		struct span s = span_trim(line_span(lines, i));

		if (lines->list[i].used || s.len == 0) {
			i++;
		} else if (s.text[0] == '{' &&
		    span_find(s, "\"queue_id\"") != NULL) {
			read_json(drafts, s, &lines->list[i]);
			lines->list[i++].used = true;
		} else if (memchr(s.text, '{', s.len) != NULL &&
		    span_find(s, "bouncedRecipients") != NULL) {
			read_notification(drafts, s, &lines->list[i]);
			lines->list[i++].used = true;
		} else if (entry_start(drafts->arena, s, &entry)) {
			i = read_entry(drafts, lines, i, &entry);
		} else {
			i++;
		}
	}
}
