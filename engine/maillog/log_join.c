/* SPDX-License-Identifier: ISC
 * Knows which lines settle a message. Hides the messages that are on their
 * way. */
#include "config.h"

#include "engine/maillog/log_join.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/arena.h"
#include "engine/base/str.h"
#include "engine/bounce/logline.h"
#include "engine/maillog/log_event.h"
#include "engine/maillog/log_tables.h"

/* Lists of messages with the same hash. */
#define BUCKETS 4096

/* Beyond LOG_JOIN_TEXT only the end of a delivery counts. */
#define END_ROOM ((size_t)64 << 10)

struct message {
	uint64_t id;                     /* hash of the queue id */
	struct message *next;            /* in its bucket */
	struct message *older, *younger;
	bool refused;
	struct str text;
};

struct log_join {
	void (*take)(void *arg, const char *text, size_t len);
	void *arg;
	struct message *buckets[BUCKETS];
	struct message *oldest, *youngest;
	size_t n, octets;
};

struct log_join *
log_join_new(void (*take)(void *arg, const char *text, size_t len), void *arg)
{
	struct log_join *join = mem_alloc(sizeof *join);

	memset(join, 0, sizeof *join);
	join->take = take;
	join->arg = arg;
	return join;
}

static struct message **
bucket(struct log_join *join, uint64_t id)
{
	return &join->buckets[(id ^ id >> 32) % BUCKETS];
}

static void
forget(struct log_join *join, struct message *m)
{
	struct message **at = bucket(join, m->id);

	while (*at != m)
		at = &(*at)->next;
	*at = m->next;
	*(m->older != NULL ? &m->older->younger : &join->oldest) = m->younger;
	*(m->younger != NULL ? &m->younger->older : &join->youngest) =
	    m->older;
	join->n--;
	join->octets -= m->text.len;
	str_free(&m->text);
	free(m);
}

static void
hand_out(struct log_join *join, struct message *m)
{
	if (m->refused)
		join->take(join->arg, m->text.text, m->text.len);
	forget(join, m);
}

void
log_join_free(struct log_join **join)
{
	struct log_join *j = *join;

	if (j == NULL)
		return;
	while (j->oldest != NULL)
		forget(j, j->oldest);
	free(j);
	*join = NULL;
}

void
log_join_end(struct log_join *join)
{
	while (join->oldest != NULL)
		hand_out(join, join->oldest);
}

static struct message *
find(struct log_join *join, uint64_t id)
{
	struct message *m = *bucket(join, id);

	while (m != NULL && m->id != id)
		m = m->next;
	return m;
}

static struct message *
begin(struct log_join *join, uint64_t id)
{
	struct message *m = mem_alloc(sizeof *m), **at = bucket(join, id);

	*m = (struct message){ .id = id, .next = *at,
		.older = join->youngest };
	*at = m;
	*(m->older != NULL ? &m->older->younger : &join->oldest) = m;
	join->youngest = m;
	join->n++;
	str_init(&m->text, LOG_JOIN_TEXT + END_ROOM);
	return m;
}

/* "to=<…>, …, status=bounced (…" */
static struct span
status_of(struct span rest)
{
	return span_starts(rest, "to=") || span_starts(rest, "from=") ?
	    span_after(rest, ", status=") : span_make(NULL, 0);
}

/* Does it tell of a refusal, for now or for ever? */
static bool
is_refusal(struct span rest, struct span status)
{
	static const char *const words[] = {
		/* said by one host; others were tried */
		"host ", "lost connection with ", "conversation with ",
		"connect to ",
		/* by this server; Exim */
		"reject:", "milter-reject:", "** ", "== "
	};

	if (status.text != NULL)
		return !span_starts(status, "sent") &&
		    !span_starts(status, "deliverable");
	/* sendmail */
	if (span_starts(rest, "to=") || span_starts(rest, "ctladdr="))
		return span_after(rest, "stat=").text != NULL &&
		    span_after(rest, "stat=Sent").text == NULL;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (span_starts(rest, words[i]))
			return true;
	return false;
}

static void
keep(struct log_join *join, struct message *m, struct span line,
    bool important)
{
	size_t before = m->text.len;

	if (before + line.len + 1 > LOG_JOIN_TEXT && !important)
		return;
	if (before + line.len + 1 > LOG_JOIN_TEXT + END_ROOM)
		return;
	str_add(&m->text, line.text, line.len);
	str_addc(&m->text, '\n');
	join->octets += m->text.len - before;
}

static void
add_line(struct log_join *join, struct span line)
{
	struct logline parts;
	struct span rest, status;
	struct message *m;
	uint64_t id;

	line = log_event_line(line);
	if (line.len == 0 || !logline_parse(line, &parts))
		return;
	rest = parts.rest;
	status = status_of(rest);
	if (span_same(parts.queue_id, "NOQUEUE")) {
		if (is_refusal(rest, status))
			join->take(join->arg, line.text, line.len);
		return;
	}
	id = log_hash(LOG_HASH_START, parts.queue_id.text,
	    parts.queue_id.len);
	m = find(join, id);
	/* an id that is used again, where "removed" was not logged */
	if (m != NULL && (span_starts(rest, "client=") ||
	    span_starts(rest, "uid="))) {
		hand_out(join, m);
		m = NULL;
	}
	if (m == NULL)
		m = begin(join, id);
	m->refused = m->refused || is_refusal(rest, status);
	keep(join, m, line, status.text != NULL &&
	    !span_starts(status, "deferred"));
	if (span_same(span_trim(rest), "removed") ||
	    span_same(span_trim(rest), "Completed"))
		hand_out(join, m);
	while (join->n > LOG_JOIN_MESSAGES || join->octets > LOG_JOIN_OCTETS)
		hand_out(join, join->oldest);
}

void
log_join_add(struct log_join *join, const char *text, size_t len)
{
	struct span left = span_make(text, len);

	while (left.len != 0) {
		const char *end = memchr(left.text, '\n', left.len);
		size_t n = end != NULL ? (size_t)(end - left.text) : left.len;

		add_line(join, span_make(left.text, n));
		left = span_skip(left, n + (end != NULL));
	}
}
