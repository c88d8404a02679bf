/* SPDX-License-Identifier: ISC
 * Knows which lines of a log count, and that a reply seen before needs no
 * second look at the rules. Hides both memories. */
#include "config.h"

#include "engine/maillog/log_summary.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/text.h"
#include "engine/bounce/classes.h"
#include "engine/bounce/logline.h"
#include "engine/maillog/log_counting.h"

/* Replies, deferred messages and senders that are remembered: 4 << these. */
#define REPLIES_BITS 13
#define DEFERRED_BITS 15
#define SENDERS_BITS 16

/* Lines at the start of a block in which a mail log's line is looked for. */
#define MAIL_LINES 100

struct log_summary *
log_summary_new(const struct rules *rules, enum log_by by)
{
	struct log_summary *summary = mem_alloc(sizeof *summary);

	memset(summary, 0, sizeof *summary);
	summary->rules = rules;
	summary->by = by;
	summary->arena = arena_new();
	summary->classes = arena_array(summary->arena, class_count() + 1,
	    sizeof *summary->classes);
	tally_init(&summary->hosts, LOG_HOSTS_MAX);
	tally_init(&summary->keys, LOG_KEYS_MAX);
	tally_init(&summary->key_classes, LOG_KEYS_MAX * 2);
	recent_init(&summary->replies, REPLIES_BITS);
	recent_init(&summary->deferred, DEFERRED_BITS);
	recent_init(&summary->senders, by == LOG_BY_SENDER ? SENDERS_BITS : 0);
	return summary;
}

void
log_summary_free(struct log_summary **summary)
{
	struct log_summary *s = *summary;

	if (s == NULL)
		return;
	recent_free(&s->senders);
	recent_free(&s->deferred);
	recent_free(&s->replies);
	tally_free(&s->key_classes);
	tally_free(&s->keys);
	tally_free(&s->hosts);
	for (size_t i = 0; i < class_count(); i++)
		free(s->classes[i].sample);
	arena_free(&s->arena);
	free(s);
	*summary = NULL;
}

void
log_summary_begin(struct log_summary *summary, time_t modified)
{
	summary->modified = modified;
	summary->is_mail = false;
}

bool
log_summary_is_mail(const struct log_summary *summary)
{
	return summary->is_mail;
}

static size_t
class_index(const char *id)
{
	for (size_t i = 0; i < class_count(); i++)
		if (strcmp(class_at(i)->id, id) == 0)
			return i;
	return 0;
}

/* Ask the rules. */
static size_t
classify_line(const struct log_summary *summary, struct span line)
{
	struct arena *arena = arena_new();
	struct bounces bounces;
	size_t class;

	bounce_read(arena, summary->rules, "-", line.text, line.len, &bounces);
	class = class_index(bounces.n != 0 ? bounces.list[0].class_id :
	    "unknown");
	arena_free(&arena);
	return class;
}

static size_t
classify_event(struct log_summary *summary, const struct log_event *event)
{
	uint64_t words = log_event_words(event), class;

	if (recent_get(&summary->replies, words, &class))
		return (size_t)class;
	class = classify_line(summary, event->line);
	recent_put(&summary->replies, words, class);
	return (size_t)class;
}

static uint64_t
queue_key(struct span id)
{
	return log_hash(LOG_HASH_START, id.text, id.len) | 1;
}

/* Domains in one spelling. */
static size_t
key_of(struct log_summary *summary, struct span name)
{
	char lower[TALLY_NAME_MAX];
	size_t n = name.len < sizeof lower ? name.len : sizeof lower;

	for (size_t i = 0; i < n; i++)
		lower[i] = text_lower(name.text[i]);
	return tally_at(&summary->keys, 0, lower, n);
}

static size_t
key_of_address(struct log_summary *summary, struct span sender)
{
	return key_of(summary, sender.len != 0 ? log_event_domain(sender) :
	    span_of("<>"));
}

static size_t
key_of_sender(struct log_summary *summary, const struct log_event *event)
{
	uint64_t key;

	if (event->outcome == OUTCOME_EXPIRED)
		return key_of_address(summary, event->address);
	if (recent_get(&summary->senders, queue_key(event->queue_id), &key))
		return (size_t)key - 1;
	return key_of(summary, span_make(NULL, 0));
}

/* The key that an event is counted under; EARLIER is that of the message's
 * last delay. */
static size_t
key_of_event(struct log_summary *summary, const struct log_event *event,
    const struct log_time *time, size_t earlier)
{
	bool expired = event->outcome == OUTCOME_EXPIRED;

	switch (summary->by) {
	case LOG_BY_NOTHING:
		break;
	case LOG_BY_SENDER:
		return key_of_sender(summary, event);
	case LOG_BY_RECIPIENT:
		return expired ? earlier : key_of(summary,
		    log_event_domain(event->address));
	case LOG_BY_HOST:
		return expired ? earlier : key_of(summary, event->host);
	case LOG_BY_DAY:
		return key_of(summary, span_make(time->text,
		    time->text[0] != '\0' ? strlen("2026-02-01") : 0));
	}
	return TALLY_NONE;
}

static void
count(struct log_counts *counts, enum outcome outcome)
{
	counts->bounced += outcome == OUTCOME_BOUNCED;
	counts->deferred += outcome == OUTCOME_DEFERRED;
	counts->expired += outcome == OUTCOME_EXPIRED;
}

static void
count_key(struct log_summary *summary, size_t key, size_t class,
    enum outcome outcome)
{
	const char *id = class_at(class)->id;
	size_t of_class;

	if (summary->by == LOG_BY_NOTHING)
		return;
	if (key == TALLY_NONE) {
		count(&summary->other_keys, outcome);
		return;
	}
	count(&summary->keys.entries[key].counts, outcome);
	of_class = tally_at(&summary->key_classes, (uint32_t)key, id,
	    strlen(id));
	if (of_class != TALLY_NONE)
		count(&summary->key_classes.entries[of_class].counts, outcome);
}

static void
count_host(struct log_summary *summary, size_t class,
    const struct log_event *event)
{
	size_t host;

	if (event->host.len == 0)
		return;
	host = tally_at(&summary->hosts, (uint32_t)class, event->host.text,
	    event->host.len);
	if (host == TALLY_NONE)
		summary->classes[class].other_hosts++;
	else
		count(&summary->hosts.entries[host].counts, event->outcome);
}

/* The first line of its class, but rather one of a bounce. */
static void
keep_sample(struct class_counting *counting, const struct log_event *event)
{
	bool bounced = event->outcome == OUTCOME_BOUNCED;
	size_t len = event->line.len;

	if (counting->sample != NULL && (counting->bounce_sampled || !bounced))
		return;
	if (len > LOG_SAMPLE_MAX)
		len = LOG_SAMPLE_MAX;
	counting->bounce_sampled = bounced;
	counting->sample = mem_realloc(counting->sample, len + 1);
	memcpy(counting->sample, event->line.text, len);
	counting->sample[len] = '\0';
	/* text ends at a NUL: none may hide the rest */
	for (size_t i = 0; i < len; i++)
		if (counting->sample[i] == '\0')
			counting->sample[i] = ' ';
}

static void
keep_time(struct class_counting *counting, const struct log_time *time)
{
	if (time->text[0] == '\0')
		return;
	if (counting->first.text[0] == '\0' ||
	    time->seconds < counting->first.seconds)
		counting->first = *time;
	if (counting->last.text[0] == '\0' ||
	    time->seconds >= counting->last.seconds)
		counting->last = *time;
}

/* What was last said about a message that is still in the queue. */
#define CLASS_BITS 8

static void
count_event(struct log_summary *summary, const struct log_event *event,
    const struct log_time *time)
{
	uint64_t id = queue_key(event->queue_id), last;
	size_t class, key = TALLY_NONE;

	if (event->outcome != OUTCOME_EXPIRED) {
		class = classify_event(summary, event);
	} else if (recent_get(&summary->deferred, id, &last)) {
		class = last & ((1u << CLASS_BITS) - 1);
		key = (size_t)(last >> CLASS_BITS) - 1;
	} else {
		class = class_index("expired");
	}
	key = key_of_event(summary, event, time, key);
	if (event->outcome == OUTCOME_DEFERRED)
		recent_put(&summary->deferred, id,
		    (uint64_t)(key + 1) << CLASS_BITS | class);
	count(&summary->counts, event->outcome);
	count(&summary->classes[class].counts, event->outcome);
	count_host(summary, class, event);
	count_key(summary, key, class, event->outcome);
	keep_time(&summary->classes[class], time);
	keep_sample(&summary->classes[class], event);
}

/* A line that has ", status=" at STATUS. */
static void
read_line(struct log_summary *summary, const char *text, struct span line,
    const char *status)
{
	static const char recipient[] = ": to=<";
	struct log_event event;
	struct log_time time;

	/* most lines tell of success: no more is read of them */
	if (span_starts(span_from(line, status), ", status=sent ")) {
		if (memmem(line.text, (size_t)(status - line.text), recipient,
		    sizeof recipient - 1) != NULL) {
			summary->sent++;
			summary->is_mail = true;
		}
		return;
	}
	if (!log_event_read(line, status, &event))
		return;
	summary->is_mail = true;
	log_time_find(text, line.text, line.len, summary->modified, &time);
	count_event(summary, &event, &time);
}

static void
read_statuses(struct log_summary *summary, const char *text, size_t len)
{
	const char *end = text + len, *from = text, *status;
	struct span line;

	while (log_event_next(&from, end, &line, &status))
		read_line(summary, text, line, status);
}

/* qmgr tells the sender when it takes a message up: "ID: from=<…>, size=…".
 * That is before its deliveries, so a block's senders can be read first. */
static void
read_senders(struct log_summary *summary, const char *text, size_t len)
{
	static const char mark[] = ": from=<";
	const char *end = text + len, *p = text, *id;

	for (;;) {
		struct span sender;
		size_t key;

		p = p < end ? memmem(p, (size_t)(end - p), mark,
		    sizeof mark - 1) : NULL;
		if (p == NULL)
			return;
		for (id = p; id > text && (is_letter(id[-1]) ||
		    is_digit(id[-1]));)
			id--;
		sender = span_make(p + sizeof mark - 1,
		    (size_t)(end - p) - (sizeof mark - 1));
		if (sender.len > 512)
			sender.len = 512;
		sender.len = logline_field(span_make(p, sender.len +
		    sizeof mark - 1), "from=<").len;
		key = key_of_address(summary, sender);
		recent_put(&summary->senders, queue_key(span_make(id,
		    (size_t)(p - id))), (uint64_t)key + 1);
		p += sizeof mark - 1;
	}
}

static unsigned long long
count_lines(const char *text, size_t len)
{
	const char *p = text, *end = text + len;
	unsigned long long n = 0;

	while (p < end) {
		p = memchr(p, '\n', (size_t)(end - p));
		p = p != NULL ? p + 1 : end;
		n++;
	}
	return n;
}

/* A log of mail in which no delivery was made? */
static bool
has_mail_line(const char *text, size_t len)
{
	struct span rest = span_make(text, len);

	for (int i = 0; i < MAIL_LINES && rest.len != 0; i++) {
		const char *end = memchr(rest.text, '\n', rest.len);
		size_t n = end != NULL ? (size_t)(end - rest.text) : rest.len;

		if (logline_starts(span_make(rest.text, n)))
			return true;
		rest = span_skip(rest, n + (end != NULL));
	}
	return false;
}

void
log_summary_add(struct log_summary *summary, const char *text, size_t len)
{
	summary->lines += count_lines(text, len);
	if (summary->by == LOG_BY_SENDER)
		read_senders(summary, text, len);
	read_statuses(summary, text, len);
	if (!summary->is_mail)
		summary->is_mail = has_mail_line(text, len);
}
