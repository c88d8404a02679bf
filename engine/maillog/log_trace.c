/* SPDX-License-Identifier: ISC
 * Knows that cleanup(8) logs which queue id a Message-ID has got, and what a
 * delivery's line says. Hides which lines are of the message. */
#include "config.h"

#include "engine/maillog/log_trace.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/arena.h"
#include "engine/base/str.h"
#include "engine/bounce/logline.h"
#include "engine/maillog/log_lines.h"

/* The log from the beginning is kept until the message is seen. */
#define BEFORE_MAX ((size_t)256 << 10)

struct log_trace {
	struct str needle;         /* "message-id=<…>" */
	struct str before;
	struct arena *arena;       /* of what follows; NULL: not seen yet */
	struct log_lines *lines;
	struct log_traced traced;
};

struct log_trace *
log_trace_new(const char *message_id)
{
	struct log_trace *trace = mem_alloc(sizeof *trace);

	*trace = (struct log_trace){ .arena = NULL };
	str_init(&trace->needle, 1024);
	str_addf(&trace->needle, "message-id=%s", message_id);
	str_init(&trace->before, BEFORE_MAX);
	return trace;
}

void
log_trace_free(struct log_trace **trace)
{
	struct log_trace *t = *trace;

	if (t == NULL)
		return;
	str_free(&t->needle);
	str_free(&t->before);
	log_lines_free(&t->lines);
	arena_free(&t->arena);
	free(t);
	*trace = NULL;
}

/* The line at the start of S, and S goes on behind it. */
static struct span
next_line(struct span *s)
{
	const char *end = memchr(s->text, '\n', s->len);
	struct span line = *s;

	if (end != NULL)
		line.len = (size_t)(end - s->text);
	*s = span_skip(*s, line.len + 1);
	return line;
}

/* The queue id under which LINE says that the message was taken in; text NULL:
 * it does not. */
static struct span
taken_in(const struct log_trace *trace, struct span line)
{
	struct logline parts;
	struct span rest;

	if (memmem(line.text, line.len, trace->needle.text,
	    trace->needle.len) == NULL || !logline_parse(line, &parts))
		return span_make(NULL, 0);
	rest = span_trim(parts.rest);
	return rest.len >= trace->needle.len && memcmp(rest.text,
	    trace->needle.text, trace->needle.len) == 0 ? parts.queue_id :
	    span_make(NULL, 0);
}

/* Letters of either case are different in queue ids. */
static bool
is_id(const struct log_trace *trace, struct span id)
{
	const char *now = trace->traced.queue_id;

	return now != NULL && strlen(now) == id.len &&
	    memcmp(now, id.text, id.len) == 0;
}

/* From now on it is the message QUEUE_ID. */
static void
begin(struct log_trace *trace, struct span queue_id)
{
	arena_free(&trace->arena);
	log_lines_free(&trace->lines);
	trace->arena = arena_new();
	trace->traced = (struct log_traced){
		.queue_id = span_copy(trace->arena, queue_id) };
	trace->lines = log_lines_new(trace->traced.queue_id, 0);
	/* its first line is that of who brought it */
	log_lines_add(trace->lines, trace->before.text, trace->before.len);
	str_clear(&trace->before);
}

/* A mailbox of this server, or a program on it that goes on with the mail. */
static bool
is_here(struct span relay)
{
	static const char *const names[] = { "local", "virtual" };
	/* the last: a socket, "mx.example.net[private/dovecot-lmtp]" */
	static const char *const addresses[] = {
		"[127.", "[::1]", "[private/"
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (span_same(relay, names[i]))
			return true;
	for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++)
		if (span_find(relay, addresses[i]) != NULL)
			return true;
	return false;
}

static enum outcome
outcome_of(struct span status)
{
	static const struct {
		const char *word;
		enum outcome outcome;
	} words[] = {
		{ "sent", OUTCOME_SENT },
		{ "deferred", OUTCOME_DEFERRED },
		/* soft_bounce = yes: it stays in the queue */
		{ "SOFTBOUNCE", OUTCOME_DEFERRED },
		{ "bounced", OUTCOME_BOUNCED },
		{ "expired", OUTCOME_EXPIRED }
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (span_starts(status, words[i].word))
			return words[i].outcome;
	return OUTCOME_UNKNOWN;
}

/* A delivery's line: "to=<…>, relay=…, …, status=sent (250 ok)". */
static void
read_delivery(struct log_trace *trace, struct span rest)
{
	struct log_traced *traced = &trace->traced;
	struct span relay = logline_field(rest, "relay=");
	enum outcome outcome = outcome_of(span_after(rest, ", status="));

	/* of several recipients (an alias), one that was refused counts */
	if (outcome == OUTCOME_UNKNOWN || !span_starts(rest, "to=<") ||
	    traced->outcome == OUTCOME_BOUNCED)
		return;
	traced->outcome = outcome;
	traced->relay = span_copy(trace->arena, relay);
	traced->words = span_copy(trace->arena, logline_reason(rest));
	traced->here = outcome == OUTCOME_SENT && is_here(relay);
}

/* What the lines of the message in this part of the log say of its end. */
static void
judge(struct log_trace *trace, struct span line)
{
	struct logline parts;

	if (trace->lines == NULL || !logline_parse(line, &parts) ||
	    !is_id(trace, parts.queue_id))
		return;
	read_delivery(trace, span_trim(parts.rest));
}

void
log_trace_add(struct log_trace *trace, const char *text, size_t len)
{
	struct span rest = span_make(text, len);

	while (rest.len != 0) {
		struct span from = rest, line = next_line(&rest), id;

		id = taken_in(trace, line);
		if (id.text != NULL && !is_id(trace, id))
			begin(trace, id);
		/* each line on its own: in between the id may change */
		from.len -= rest.len;
		if (trace->lines != NULL)
			log_lines_add(trace->lines, from.text, from.len);
		else if (!str_add(&trace->before, from.text, from.len))
			str_clear(&trace->before);
		judge(trace, line);
	}
}

void
log_trace_result(const struct log_trace *trace, struct log_traced *traced)
{
	*traced = trace->traced;
}

const char *
log_trace_text(const struct log_trace *trace, size_t *len)
{
	*len = 0;
	return trace->lines != NULL ? log_lines_text(trace->lines, len) : "";
}
