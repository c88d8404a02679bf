/* SPDX-License-Identifier: ISC
 * Knows the listing of Postfix' queue: mailq, postqueue -p. Hides its layout. */
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

void
queue_read(struct drafts *drafts, struct lines *lines)
{
	struct entry entry;
	size_t i = 0;

	while (i < lines->n) {
		struct span s = span_trim(line_span(lines, i));

		if (!lines->list[i].used && s.len != 0 &&
		    entry_start(drafts->arena, s, &entry))
			i = read_entry(drafts, lines, i, &entry);
		else
			i++;
	}
}
