/* SPDX-License-Identifier: ISC
 * Knows which lines begin, change and end an entry, and that entries with the
 * same words have the same class. Hides the ring in which they grow old. */
#include "config.h"

#include "engine/maillog/log_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/text.h"
#include "engine/bounce/classes.h"
#include "engine/maillog/log_event.h"
#include "engine/maillog/log_tables.h"

/* Entries that changed leave a hole, and the oldest ones are cleared out many
 * at once: room for as many again. */
#define ROOM (2 * LOG_LIST_MAX)

/* Queue ids in the list, told apart by their hash: most lines of a log are of
 * messages that are not in it. */
#define SEEN_SIZE 16384

/* Rules are asked for at most so many entries at once. */
#define SETTLE_AT_ONCE 16

struct kept {
	struct log_entry entry;
	uint64_t id, words;       /* hashes: queue id, what was said */
	char *strings;            /* of the entry; NULL: a hole */
};

struct log_list {
	const struct rules *rules;
	bool is_mail;
	unsigned long long older;
	uint64_t keys[ROOM];      /* of queue id and recipient; 0: a hole */
	struct kept kept[ROOM];   /* the oldest first */
	size_t n, live;
	size_t settled;           /* from the end: these need no more looks */
	uint16_t seen[SEEN_SIZE];
};

struct log_list *
log_list_new(const struct rules *rules)
{
	struct log_list *list = mem_alloc(sizeof *list);

	memset(list, 0, sizeof *list);
	list->rules = rules;
	return list;
}

void
log_list_free(struct log_list **list)
{
	if (*list == NULL)
		return;
	for (size_t i = 0; i < (*list)->n; i++)
		free((*list)->kept[i].strings);
	free(*list);
	*list = NULL;
}

static uint64_t
id_hash(struct span id)
{
	return log_hash(LOG_HASH_START, id.text, id.len) | 1;
}

static uint64_t
key_of(uint64_t id, struct span recipient)
{
	for (size_t i = 0; i < recipient.len; i++) {
		char c = text_lower(recipient.text[i]);

		id = log_hash(id, &c, 1);
	}
	return id | 1;
}

static uint16_t *
seen(struct log_list *list, uint64_t id)
{
	return &list->seen[(id ^ id >> 32) % SEEN_SIZE];
}

static void
drop(struct log_list *list, size_t i)
{
	free(list->kept[i].strings);
	list->kept[i].strings = NULL;
	--*seen(list, list->kept[i].id);
	list->keys[i] = 0;
	list->live--;
}

/* Close the holes; the oldest ones go when there are still too many. */
static void
compact(struct log_list *list)
{
	size_t n = 0, spare = list->live > LOG_LIST_MAX ?
	    list->live - LOG_LIST_MAX : 0;

	for (size_t i = 0; i < list->n; i++) {
		if (list->keys[i] != 0 && spare != 0) {
			drop(list, i);
			list->older++;
			spare--;
		}
		if (list->keys[i] == 0)
			continue;
		list->keys[n] = list->keys[i];
		list->kept[n++] = list->kept[i];
	}
	list->n = n;
}

/* Copy S to *TO, where it becomes a string; *TO moves behind it. */
static const char *
put(char **to, struct span s)
{
	char *string = *to;

	/* a string ends at a NUL: none may hide the rest */
	for (size_t i = 0; i < s.len; i++)
		string[i] = s.text[i] != '\0' ? s.text[i] : ' ';
	string[s.len] = '\0';
	*to += s.len + 1;
	return string;
}

static void
keep(struct log_list *list, uint64_t id, uint64_t key,
    const struct log_event *event, const struct log_time *time)
{
	struct span line = event->line, recipient = event->address;
	struct kept *k;
	char *to;

	if (list->n == ROOM)
		compact(list);
	if (event->outcome == OUTCOME_EXPIRED)
		recipient.len = 0;      /* it is the sender's address */
	k = &list->kept[list->n];
	*k = (struct kept){ .id = id, .words = log_event_words(event) };
	k->entry = (struct log_entry){ .time = *time,
		.outcome = event->outcome,
		.line_hash = log_hash(LOG_HASH_START, line.text, line.len) };
	if (line.len > LOG_LIST_LINE_MAX)
		line.len = LOG_LIST_LINE_MAX;
	to = k->strings = mem_alloc(line.len + event->queue_id.len +
	    recipient.len + 3);
	k->entry.line = put(&to, line);
	k->entry.queue_id = put(&to, event->queue_id);
	k->entry.recipient = put(&to, recipient);
	list->keys[list->n++] = key;
	list->live++;
	++*seen(list, id);
}

/* The newest entry of this key; ROOM: there is none. */
static size_t
find(struct log_list *list, uint64_t id, uint64_t key)
{
	if (*seen(list, id) == 0)
		return ROOM;
	for (size_t i = list->n; i-- > 0;)
		if (list->keys[i] == key)
			return i;
	return ROOM;
}

/* qmgr gives up: that is the end of all that was delayed. False: nothing
 * was. */
static bool
expire(struct log_list *list, uint64_t id, const struct log_time *time)
{
	bool any = false;
	size_t n;

	if (*seen(list, id) == 0)
		return false;
	if (list->n + list->live > ROOM)
		compact(list);
	n = list->n;
	for (size_t i = 0; i < n && list->n < ROOM; i++) {
		struct kept *k = &list->kept[i];

		if (list->keys[i] == 0 || k->id != id ||
		    k->entry.outcome == OUTCOME_BOUNCED)
			continue;
		any = true;
		k->entry.outcome = OUTCOME_EXPIRED;
		k->entry.time = *time;
		/* it is the newest now */
		list->kept[list->n] = *k;
		list->keys[list->n++] = list->keys[i];
		list->keys[i] = 0;
		k->strings = NULL;
	}
	return any;
}

static void
add_event(struct log_list *list, const struct log_event *event,
    const struct log_time *time)
{
	uint64_t id = id_hash(event->queue_id), key;
	struct span to = event->address;
	size_t i;

	if (event->outcome == OUTCOME_EXPIRED) {
		if (expire(list, id, time))
			return;
		to.len = 0;     /* that is its sender */
	}
	key = key_of(id, to);
	i = find(list, id, key);
	if (i != ROOM)
		drop(list, i);
	keep(list, id, key, event, time);
}

/* A delivery: what was delayed has arrived in the end. */
static void
add_sent(struct log_list *list, struct span line, const char *status)
{
	static const char mark[] = ": to=<";
	struct span to = span_make(line.text, (size_t)(status - line.text));
	struct span id;
	const char *p = memmem(to.text, to.len, mark, sizeof mark - 1);
	const char *end;
	uint64_t hash;
	size_t i;

	if (p == NULL)
		return;
	list->is_mail = true;
	id = span_make(p, 0);
	while (id.text > line.text && (is_letter(id.text[-1]) ||
	    is_digit(id.text[-1]))) {
		id.text--;
		id.len++;
	}
	hash = id_hash(id);
	if (*seen(list, hash) == 0)
		return;
	to = span_skip(span_from(to, p), sizeof mark - 1);
	end = memchr(to.text, '>', to.len);
	if (end != NULL)
		to.len = (size_t)(end - to.text);
	i = find(list, hash, key_of(hash, to));
	if (i != ROOM)
		drop(list, i);
}

static void
add_line(struct log_list *list, time_t modified, const char *text,
    struct span line, const char *status)
{
	struct log_event event;
	struct log_time time;

	if (span_starts(span_from(line, status), ", status=sent ")) {
		add_sent(list, line, status);
		return;
	}
	if (!log_event_read(line, status, &event))
		return;
	list->is_mail = true;
	log_time_find(text, line.text, line.len, modified, &time);
	add_event(list, &event, &time);
}

void
log_list_add(struct log_list *list, time_t modified, const char *text,
    size_t len)
{
	const char *end = text + len, *from = text, *status;
	struct span line;

	list->settled = 0;
	while (log_event_next(&from, end, &line, &status))
		add_line(list, modified, text, line, status);
}

/* ---- classes */

/* One with the same words, if one is settled. */
static bool
settle_as(struct log_list *list, size_t i)
{
	struct kept *k = &list->kept[i];

	for (size_t j = i + 1; j < list->n; j++) {
		const struct kept *other = &list->kept[j];

		if (list->keys[j] == 0 || other->words != k->words ||
		    other->entry.class_id == NULL)
			continue;
		k->entry.class_id = other->entry.class_id;
		memcpy(k->entry.reply, other->entry.reply,
		    sizeof k->entry.reply);
		memcpy(k->entry.status, other->entry.status,
		    sizeof k->entry.status);
		return true;
	}
	return false;
}

/* Ask the rules. A line that only tells of giving up has no reason in it. */
static void
settle_entry(const struct rules *rules, struct kept *k)
{
	struct arena *arena = arena_new();
	struct bounces bounces;
	const struct bounce *b = NULL;

	bounce_read(arena, rules, "-", k->entry.line, strlen(k->entry.line),
	    &bounces);
	if (bounces.n != 0)
		b = &bounces.list[0];
	/* the table's string: the arena goes */
	k->entry.class_id = class_find(b != NULL ? b->class_id :
	    k->entry.outcome == OUTCOME_EXPIRED ? "expired" : "unknown")->id;
	if (b != NULL && b->reply != NULL)
		snprintf(k->entry.reply, sizeof k->entry.reply, "%s",
		    b->reply);
	if (b != NULL && b->status != NULL)
		snprintf(k->entry.status, sizeof k->entry.status, "%s",
		    b->status);
	arena_free(&arena);
}

bool
log_list_settle(struct log_list *list)
{
	int asked = 0;

	while (list->settled < list->n) {
		size_t i = list->n - 1 - list->settled;
		struct kept *k = &list->kept[i];

		if (list->keys[i] != 0 && k->entry.class_id == NULL &&
		    !settle_as(list, i)) {
			if (asked++ == SETTLE_AT_ONCE)
				return false;
			settle_entry(list->rules, k);
		}
		list->settled++;
	}
	return true;
}

/* ---- what is in it */

size_t
log_list_count(const struct log_list *list)
{
	return list->live < LOG_LIST_MAX ? list->live : LOG_LIST_MAX;
}

const struct log_entry *
log_list_entry(const struct log_list *list, size_t i)
{
	for (size_t k = i < LOG_LIST_MAX ? list->n : 0; k-- > 0;)
		if (list->keys[k] != 0 && i-- == 0)
			return &list->kept[k].entry;
	return NULL;
}

size_t
log_list_newest(const struct log_list *list)
{
	size_t n = log_list_count(list);

	for (size_t i = 0; i < n; i++)
		if (log_list_entry(list, i)->outcome != OUTCOME_DEFERRED)
			return i;
	return 0;
}

unsigned long long
log_list_older(const struct log_list *list)
{
	return list->older + (list->live - log_list_count(list));
}

bool
log_list_is_mail(const struct log_list *list)
{
	return list->is_mail;
}

size_t
log_list_since(const struct log_list *list, time_t now, long seconds)
{
	struct tm parts;
	time_t local = now;
	size_t count = 0;

	/* a time without zone is this host's */
	if (localtime_r(&now, &parts) != NULL)
		local = timegm(&parts);
	for (size_t i = 0; i < list->n; i++) {
		const struct log_time *time = &list->kept[i].entry.time;
		bool zone = strlen(time->text) > strlen("2026-02-01T00:00:03");

		count += list->keys[i] != 0 && time->text[0] != '\0' &&
		    time->seconds >= (long long)(zone ? now : local) - seconds;
	}
	return count;
}
