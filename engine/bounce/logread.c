/* SPDX-License-Identifier: ISC
 * Knows which log lines tell of one mail: submission, queue, tries, outcome
 * and the bounce it caused. Hides the table of queue ids. */
#include "config.h"

#include "engine/bounce/draft.h"

#include <stdint.h>
#include <string.h>

#include "engine/base/str.h"
#include "engine/base/text.h"
#include "engine/bounce/logline.h"
#include "engine/bounce/table.h"

/* A wrapped log line has at most this many pieces. */
#define WRAP_MAX 80
#define NONE TABLE_NONE

/* What is known of one queue id. */
struct queued {
	const char *id;
	const char *sender, *login, *log_host, *notification;
	const char *pending;      /* refused by one host, more to be tried */
	size_t pending_start, pending_end;
	size_t first_draft;       /* chain through follow[] */
	bool local, done, expired;
};

struct log {
	struct drafts *drafts;
	struct queued *queued;
	size_t n_queued;
	struct table by_id, by_recipient;
	size_t *follow;           /* next draft of the same queue id */
	size_t n_follow;
	size_t start, end;        /* of the line in hand */
};

static struct queued *
queued_of(struct log *log, struct span id)
{
	uint64_t hash = table_hash(TABLE_HASH_START, id);
	size_t i = table_get(&log->by_id, hash);
	struct arena *arena = log->drafts->arena;

	if (i != NONE)
		return &log->queued[i];
	log->queued = arena_grow(arena, log->queued, log->n_queued,
	    sizeof *log->queued);
	i = log->n_queued++;
	log->queued[i] = (struct queued){
		.id = arena_strndup(arena, id.text, id.len),
		.first_draft = NONE };
	table_put(&log->by_id, hash, i);
	return &log->queued[i];
}

static struct draft *
add(struct log *log, struct queued *q)
{
	struct draft *draft = draft_add(log->drafts, FORM_LOG, log->start,
	    log->end);
	size_t index = log->drafts->n - 1;
	struct arena *arena = log->drafts->arena;

	if (draft == NULL)
		return NULL;
	draft->bounce.queue_id = q->id;
	while (log->n_follow <= index) {
		log->follow = arena_grow(arena, log->follow, log->n_follow,
		    sizeof *log->follow);
		log->follow[log->n_follow++] = NONE;
	}
	log->follow[index] = q->first_draft;
	q->first_draft = index;
	return draft;
}

/* The draft for this recipient of this mail. */
static struct draft *
draft_of(struct log *log, struct queued *q, struct span recipient, bool make)
{
	uint64_t hash = table_hash(table_hash(TABLE_HASH_START,
	    span_of(q->id)), recipient);
	size_t i = table_get(&log->by_recipient, hash);
	struct draft *draft;

	if (i != NONE)
		return &log->drafts->list[i];
	if (!make)
		return NULL;
	draft = add(log, q);
	if (draft == NULL)
		return NULL;
	table_put(&log->by_recipient, hash, log->drafts->n - 1);
	draft->bounce.recipient = span_copy(log->drafts->arena, recipient);
	return draft;
}

static enum outcome
outcome_of(struct span status)
{
	if (span_starts(status, "sent") || span_starts(status, "deliverable"))
		return OUTCOME_SENT;
	if (span_starts(status, "deferred"))
		return OUTCOME_DEFERRED;
	if (span_starts(status, "bounced") ||
	    span_starts(status, "undeliverable"))
		return OUTCOME_BOUNCED;
	if (span_starts(status, "expired"))
		return OUTCOME_EXPIRED;
	return OUTCOME_UNKNOWN;
}

/* The third of "delays=a/b/c/d": connecting, TLS and EHLO. Read by hand,
 * strtod(3) would want the locale's decimal point. */
static double
connect_delay(struct span rest)
{
	struct span value = logline_field(rest, "delays=");
	double number = 0, unit = 1;
	size_t n = 0;

	value = span_after(span_after(value, "/"), "/");
	if (value.len == 0 || !is_digit(value.text[0]))
		return -1;
	for (; n < value.len && n < 9 && is_digit(value.text[n]); n++)
		number = number * 10 + (value.text[n] - '0');
	if (n < value.len && value.text[n] == '.')
		for (n++; n < value.len && n < 18 && is_digit(value.text[n]);
		    n++) {
			unit /= 10;
			number += unit * (value.text[n] - '0');
		}
	return number;
}

static void
keep_peer(struct arena *arena, struct bounce *b, struct span peer)
{
	struct span host, ip;

	if (peer.len == 0 || scan_peer(peer, &host, &ip) == 0 ||
	    scan_ip(ip) != ip.len)
		return;
	b->remote_host = text_domain(arena, host.text, host.len);
	b->remote_ip = span_copy(arena, ip);
}

static bool
kept_local(struct span rest)
{
	struct span relay = logline_field(rest, "relay=");
	struct span reason = logline_reason(rest);

	return span_same(relay, "local") || span_same(relay, "virtual") ||
	    span_starts(reason, "delivered to mailbox") ||
	    span_starts(reason, "delivered to maildir") ||
	    span_starts(reason, "delivered to file");
}

static void
read_sent(struct log *log, struct queued *q, struct span recipient,
    struct span rest)
{
	struct draft *draft = draft_of(log, q, recipient, q->pending != NULL);

	q->done = true;
	q->local = q->local || kept_local(rest);
	if (draft == NULL)
		return;
	if (draft->reason == NULL) {
		draft->reason = q->pending;
		draft->bounce.start = q->pending_start;
	}
	draft->bounce.outcome = OUTCOME_SENT;
	draft->bounce.end = log->end;
	draft->bounce.connect_delay = connect_delay(rest);
	draft->bounce.nexthop = span_copy(log->drafts->arena,
	    logline_field(rest, "relay="));
}

/* "to=<…>, relay=…, …, status=… (reason)" */
static void
read_final(struct log *log, struct queued *q, struct span rest)
{
	struct arena *arena = log->drafts->arena;
	struct span to = logline_field(rest, "to=<"), reason;
	enum outcome outcome = outcome_of(logline_field(rest, "status="));
	struct draft *draft;

	if (outcome == OUTCOME_SENT) {
		read_sent(log, q, to, rest);
		return;
	}
	/* cut off, or sendmail's "stat=": it is a refusal all the same */
	draft = draft_of(log, q, to, true);
	q->done = true;
	if (draft == NULL)
		return;
	reason = logline_reason(rest);
	if (reason.text == NULL)
		reason = span_after(rest, "stat=");
	if (reason.len != 0)
		draft->reason = span_copy(arena, reason);
	draft->bounce.outcome = outcome != OUTCOME_UNKNOWN ? outcome :
	    span_starts(reason, "Deferred") ? OUTCOME_DEFERRED :
	    OUTCOME_BOUNCED;
	draft->bounce.end = log->end;
	draft->bounce.connect_delay = connect_delay(rest);
	draft->bounce.status = span_copy(arena, logline_field(rest, "dsn="));
	draft->bounce.list_mail = logline_field(rest, "orig_to=<").len != 0;
	reason = logline_field(rest, "relay=");
	if (!span_same(reason, "none"))
		draft->bounce.nexthop = span_copy(arena, reason);
	/* sendmail has a blank in it: "relay=mx.example.com. [192.0.2.5]" */
	keep_peer(arena, &draft->bounce, span_after(rest, "relay="));
}

/* This server refused a client: "NOQUEUE: reject: RCPT from c[ip]: 554 …". */
static void
read_reject(struct log *log, struct queued *q, struct span rest)
{
	struct arena *arena = log->drafts->arena;
	struct span s = span_after(rest, " from "), host, ip, tail;
	struct draft *draft;
	size_t n = scan_peer(s, &host, &ip);
	const char *p;

	if (n == 0)
		return;
	draft = add(log, q);
	if (draft == NULL)
		return;
	tail = span_trim(span_skip(s, n + (n < s.len && s.text[n] == ':')));
	p = span_find(tail, "; from=<");
	if (p != NULL)
		tail.len = (size_t)(p - tail.text);
	draft->reason = span_copy(arena, tail);
	draft->bounce.stage = reply_stage(span_make(rest.text,
	    (size_t)(s.text - rest.text)));
	draft->bounce.client_ip = span_copy(arena, ip);
	draft->bounce.recipient = span_copy(arena,
	    logline_field(rest, " to=<"));
	s = logline_field(rest, " from=<");
	if (s.text != NULL)
		draft->bounce.sender = arena_strndup(arena, s.text, s.len);
	draft->bounce.outcome = span_starts(tail, "4") ? OUTCOME_DEFERRED :
	    OUTCOME_BOUNCED;
	if (strcmp(q->id, "NOQUEUE") == 0)
		draft->bounce.queue_id = NULL;
}

/* Exim: "** address … : reason" and "== address …". */
static void
read_exim(struct log *log, struct queued *q, struct span rest)
{
	struct arena *arena = log->drafts->arena;
	struct span s = span_trim(span_skip(rest, 2)), address;
	struct draft *draft;
	size_t n = scan_address(s, &address);

	if (n == 0)
		return;
	draft = draft_of(log, q, address, true);
	if (draft == NULL)
		return;
	keep_peer(arena, &draft->bounce, span_after(s, " H="));
	address = reply_find(s);
	draft->reason = span_copy(arena, address.text != NULL ? address :
	    span_trim(span_skip(s, n)));
	draft->bounce.outcome = rest.text[0] == '*' ? OUTCOME_BOUNCED :
	    OUTCOME_DEFERRED;
	draft->bounce.stage = reply_stage(s);
}

static void
read_pending(struct log *log, struct queued *q, struct span rest)
{
	q->pending = span_copy(log->drafts->arena, rest);
	q->pending_start = log->start;
	q->pending_end = log->end;
}

static void
read_event(struct log *log, struct queued *q, struct span rest)
{
	struct arena *arena = log->drafts->arena;
	struct span from;

	if (span_starts(rest, "to=") || span_starts(rest, "ctladdr=")) {
		read_final(log, q, rest);
	} else if (span_starts(rest, "uid=")) {
		q->login = span_copy(arena, logline_field(rest, "from=<"));
	} else if (span_starts(rest, "from=")) {
		from = logline_field(rest, "from=<");
		if (from.text != NULL)
			q->sender = arena_strndup(arena, from.text, from.len);
		q->expired = q->expired ||
		    span_find(rest, "status=expired") != NULL ||
		    span_find(rest, "status=force-expired") != NULL;
	} else if (span_starts(rest, "sender ")) {
		q->notification = span_copy(arena,
		    logline_field(rest, "notification: "));
	} else if (span_starts(rest, "reject:") ||
	    span_starts(rest, "milter-reject:")) {
		read_reject(log, q, rest);
	} else if (span_starts(rest, "host ") ||
	    span_starts(rest, "lost connection with ") ||
	    span_starts(rest, "conversation with ") ||
	    span_starts(rest, "connect to ")) {
		read_pending(log, q, rest);
	} else if (span_starts(rest, "** ") || span_starts(rest, "== ")) {
		read_exim(log, q, rest);
	}
}

static void
read_record(struct log *log, struct span text)
{
	struct logline line;
	struct queued *q;

	if (!logline_parse(text, &line))
		return;
	q = queued_of(log, line.queue_id);
	if (q->log_host == NULL)
		q->log_host = span_copy(log->drafts->arena, line.host);
	read_event(log, q, line.rest);
}

/* Give every draft what other lines told of its mail. */
static void
finish(struct log *log)
{
	for (size_t i = 0; i < log->n_queued; i++) {
		struct queued *q = &log->queued[i];
		struct draft *draft;
		size_t n = NONE;

		if (q->pending != NULL && q->first_draft == NONE && !q->done) {
			log->start = q->pending_start;
			log->end = q->pending_end;
			draft = add(log, q);
			if (draft != NULL) {
				draft->reason = q->pending;
				draft->bounce.outcome = OUTCOME_DEFERRED;
			}
		}
		if (q->notification != NULL)
			n = table_get(&log->by_id, table_hash(
			    TABLE_HASH_START, span_of(q->notification)));
		for (size_t k = q->first_draft; k != NONE;
		    k = log->follow[k]) {
			struct bounce *b = &log->drafts->list[k].bounce;

			if (b->sender == NULL)
				b->sender = q->sender;
			b->login = q->login;
			b->log_host = q->log_host;
			b->bounce_kept_local = n != NONE &&
			    log->queued[n].local;
			if (q->expired && b->outcome == OUTCOME_DEFERRED)
				b->outcome = OUTCOME_EXPIRED;
		}
	}
}

/* Does line I start with a letter of another script: prose, no log? */
static bool
is_prose(struct span s)
{
	s = span_trim(s);
	return s.len != 0 && (unsigned char)s.text[0] >= 0x80;
}

/* Line I and its wrapped continuation, joined; returns the line after it. */
static size_t
join(struct lines *lines, size_t i, struct str *text)
{
	size_t first = i;
	struct span s = span_trim(line_span(lines, i));

	str_clear(text);
	str_add(text, s.text, s.len);
	lines->list[i++].used = true;
	while (i < lines->n && i - first < WRAP_MAX && !text->cut &&
	    !logline_complete(span_make(text->text, text->len))) {
		s = span_trim(line_span(lines, i));
		if (s.len == 0 || is_prose(s) || logline_starts(s))
			break;
		str_addc(text, ' ');
		str_add(text, s.text, s.len);
		lines->list[i++].used = true;
	}
	return i;
}

void
log_read(struct drafts *drafts, struct lines *lines)
{
	struct log log = { .drafts = drafts };
	struct str text;
	bool any = false;
	size_t i = 0, next;

	str_init(&text, REASON_MAX);
	while (i < lines->n) {
		if (lines->list[i].used ||
		    !logline_starts(line_span(lines, i))) {
			i++;
			continue;
		}
		if (!any) {
			table_init(&log.by_id);
			table_init(&log.by_recipient);
			any = true;
		}
		next = join(lines, i, &text);
		log.start = lines->list[i].start;
		log.end = lines->list[next - 1].end;
		read_record(&log, span_make(text.text, text.len));
		i = next;
	}
	if (any) {
		finish(&log);
		table_free(&log.by_id);
		table_free(&log.by_recipient);
	}
	str_free(&text);
}
