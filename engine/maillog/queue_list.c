/* SPDX-License-Identifier: ISC
 * Knows where a message begins in both listings, and when it came. Hides what
 * engine/bounce makes of it. */
#include "config.h"

#include "engine/maillog/queue_list.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/arena.h"
#include "engine/bounce/classes.h"
#include "engine/bounce/scan.h"

/* Entries looked at at once. */
#define SETTLE_AT_ONCE 16
/* A message to thousands has a long entry: its beginning is enough. */
#define ENTRY_MAX 16384

struct queue_list {
	const struct rules *rules;
	struct arena *arena;
	struct queue_entry *entries;
	size_t n, messages, settled;
};

/* "arrival_time": 1708421400 */
static time_t
json_time(struct span s)
{
	struct span value = span_after(s, "\"arrival_time\"");
	time_t time = 0;

	value = span_trim(value);
	if (value.len != 0 && value.text[0] == ':')
		value = span_trim(span_skip(value, 1));
	for (size_t i = 0; i < value.len && i < 12 &&
	    is_digit(value.text[i]); i++)
		time = time * 10 + (value.text[i] - '0');
	return time;
}

/* "A1B2C3D4E5*  1234 Mon Jan  2 10:11:12  sender@example.com", which has no
 * year: it is the last one that lies before NOW. */
static time_t
listed_time(struct span s, time_t now)
{
	static const char days[] = "MonTueWedThuFriSatSun";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct tm parts, today;

	if (localtime_r(&now, &today) == NULL)
		return 0;
	for (size_t i = 0; i + 19 <= s.len && i < 64; i++) {
		const char *p = s.text + i;
		time_t time;

		memset(&parts, 0, sizeof parts);
		parts.tm_mon = -1;
		for (size_t k = 0; k < 7; k++)
			if (memcmp(p, days + 3 * k, 3) == 0)
				parts.tm_mday = -1;
		for (int k = 0; k < 12 && parts.tm_mday != 0; k++)
			if (memcmp(p + 4, months + (size_t)k * 3, 3) == 0)
				parts.tm_mon = k;
		if (parts.tm_mon < 0 || p[13] != ':' || p[16] != ':')
			continue;
		parts.tm_mday = (p[8] == ' ' ? 0 : p[8] - '0') * 10 +
		    (p[9] - '0');
		parts.tm_hour = (p[11] - '0') * 10 + (p[12] - '0');
		parts.tm_min = (p[14] - '0') * 10 + (p[15] - '0');
		parts.tm_sec = (p[17] - '0') * 10 + (p[18] - '0');
		parts.tm_year = today.tm_year;
		parts.tm_isdst = -1;
		time = mktime(&parts);
		/* a day more: somebody may have set the clock */
		if (time > now + 86400) {
			parts.tm_year--;
			parts.tm_isdst = -1;
			time = mktime(&parts);
		}
		return time > 0 ? time : 0;
	}
	return 0;
}

static void
add(struct queue_list *list, struct span s, time_t time)
{
	struct queue_entry *entry;

	if (s.len > ENTRY_MAX)
		s.len = ENTRY_MAX;
	list->entries = arena_grow(list->arena, list->entries, list->n,
	    sizeof *list->entries);
	entry = &list->entries[list->n++];
	*entry = (struct queue_entry){ .time = time, .text = s.text,
		.len = s.len };
	list->messages++;
}

/* The first line of an entry of postqueue -p begins with the queue id. */
static bool
begins_entry(struct span line)
{
	size_t n = 0;

	while (n < line.len && (is_digit(line.text[n]) ||
	    is_letter(line.text[n])))
		n++;
	return n >= 5 && n < line.len && strchr(" *!#", line.text[n]) != NULL;
}

/* Cut TEXT into entries: each line of JSON is one, in the other listing each
 * ends before the next one and before a blank line. */
static void
cut(struct queue_list *list, struct span text, time_t now)
{
	struct span entry = span_make(NULL, 0);
	time_t time = 0;

	while (text.len != 0) {
		const char *nl = memchr(text.text, '\n', text.len);
		size_t n = nl != NULL ? (size_t)(nl - text.text) : text.len;
		struct span line = span_make(text.text, n);
		bool begins = begins_entry(line);

		if (entry.len != 0 && (begins || n == 0)) {
			add(list, entry, time);
			entry.len = 0;
		}
		if (n != 0 && line.text[0] == '{')
			add(list, line, json_time(line));
		else if (begins && listed_time(line, now) != 0) {
			entry = line;
			time = listed_time(line, now);
		} else if (entry.len != 0)
			entry.len = (size_t)(text.text + n - entry.text);
		text = span_skip(text, n + 1);
	}
	if (entry.len != 0)
		add(list, entry, time);
}

/* The newest first; what came at once stays in order. */
static int
compare(const void *a, const void *b)
{
	const struct queue_entry *x = a, *y = b;

	if (x->time != y->time)
		return x->time > y->time ? -1 : 1;
	return x->text < y->text ? -1 : x->text > y->text;
}

struct queue_list *
queue_list_new(const struct rules *rules, const char *text, size_t len)
{
	struct queue_list *list = mem_alloc(sizeof *list);

	memset(list, 0, sizeof *list);
	list->rules = rules;
	list->arena = arena_new();
	cut(list, span_make(arena_strndup(list->arena, text, len), len),
	    time(NULL));
	if (list->n != 0)
		qsort(list->entries, list->n, sizeof *list->entries, compare);
	if (list->n > QUEUE_LIST_MAX)
		list->n = QUEUE_LIST_MAX;
	return list;
}

void
queue_list_free(struct queue_list **list)
{
	if (*list == NULL)
		return;
	arena_free(&(*list)->arena);
	free(*list);
	*list = NULL;
}

/* The queue id where nothing was refused yet. */
static const char *
listed_id(struct arena *arena, struct span s)
{
	struct span id = span_after(s, "\"queue_id\"");

	if (id.text == NULL)
		id = s;
	while (id.len != 0 && !is_digit(id.text[0]) && !is_letter(id.text[0]))
		id = span_skip(id, 1);
	for (size_t n = 0; n < id.len; n++)
		if (!is_digit(id.text[n]) && !is_letter(id.text[n]))
			id.len = n;
	return span_copy(arena, id);
}

static void
settle_entry(struct queue_list *list, struct queue_entry *entry)
{
	struct span text = span_make(entry->text, entry->len), address;
	struct arena *scratch = arena_new(), *arena = list->arena;
	struct bounces bounces;
	const struct bounce *b;

	bounce_read(scratch, list->rules, "-", text.text, text.len, &bounces);
	entry->settled = true;
	entry->recipients = bounces.n;
	entry->queue_id = listed_id(arena, text);
	if (bounces.n != 0) {
		b = &bounces.list[0];
		entry->recipient = arena_strdup(arena, b->recipient);
		entry->class_id = class_find(b->class_id)->id;
		entry->reply = arena_strdup(arena, b->reply);
		entry->status = arena_strdup(arena, b->status);
		entry->reason = arena_strdup(arena, b->text);
	} else {
		address = span_after(text, "\"address\"");
		if (address.text == NULL)
			address = span_after(text, "\n");
		while (address.len != 0 && strchr("\": \n\t", address.text[0])
		    != NULL)
			address = span_skip(address, 1);
		if (scan_address(address, &address) != 0)
			entry->recipient = span_copy(arena, address);
	}
	arena_free(&scratch);
}

bool
queue_list_settle(struct queue_list *list)
{
	for (int i = 0; i < SETTLE_AT_ONCE && list->settled < list->n; i++)
		settle_entry(list, &list->entries[list->settled++]);
	return list->settled == list->n;
}

size_t
queue_list_count(const struct queue_list *list)
{
	return list->n;
}

const struct queue_entry *
queue_list_entry(const struct queue_list *list, size_t i)
{
	return i < list->n ? &list->entries[i] : NULL;
}

size_t
queue_list_messages(const struct queue_list *list)
{
	return list->messages;
}
