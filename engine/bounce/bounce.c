/* SPDX-License-Identifier: ISC
 * Knows the order in which the readers of each form look at an input. Hides
 * drafts, parts and lines. */
#include "config.h"

#include "engine/bounce/bounce.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/text.h"
#include "engine/bounce/charset.h"
#include "engine/bounce/classes.h"
#include "engine/bounce/classify.h"
#include "engine/bounce/copied.h"
#include "engine/bounce/draft.h"
#include "engine/bounce/original.h"
#include "engine/bounce/phrases.h"
#include "engine/bounce/received.h"
#include "engine/bounce/typed.h"

struct reader {
	struct arena *arena;
	const struct rules *rules;
	struct drafts all;
	bool *repaired;
	bool complaint;          /* a feedback report was among the parts */
};

/* The forms that can be told from any other text. */
static void
read_certain(struct drafts *drafts, struct lines *lines)
{
	log_read(drafts, lines);
	queue_read(drafts, lines);
	notice_read(drafts, lines);
	status_read(drafts, lines, false);
	dsn_text_read(drafts, lines);
}

/* Take the replies apart, so that what is merged has all facts. */
static void
read_replies(struct drafts *drafts)
{
	for (size_t i = 0; i < drafts->n; i++)
		if (drafts->list[i].bounce.text == NULL)
			reply_read(drafts->arena, &drafts->list[i]);
}

static void
read_text(struct drafts *own, const struct message *message,
    struct lines *lines)
{
	struct drafts prose = { .arena = own->arena };
	size_t status_only = own->n, before;

	read_certain(own, lines);
	before = own->n;
	if (before == status_only) {
		prose_read(&prose, lines, &message->headers);
		read_replies(own);
		read_replies(&prose);
		drafts_merge_prose(own, &prose, status_only == 0);
	}
	if (!message->headers.any || own->n == 0)
		reply_lines_read(own, lines);
}

/* Has the multipart mail any part but what it returns? */
static bool
has_body(const struct message *message)
{
	for (size_t i = 0; i < message->n_parts; i++)
		if (message->parts[i].kind == PART_TEXT ||
		    message->parts[i].kind == PART_STATUS ||
		    message->parts[i].kind == PART_HTML)
			return true;
	return false;
}

/* Forms in a returned message count only where nobody can say that it is one:
 * in pasted text. */
static void
read_part(struct drafts *own, const struct message *message,
    struct part *part)
{
	switch (part->kind) {
	case PART_TEXT:
		if (!message->headers.any || message_is_report(message) ||
		    own->n == 0)
			read_text(own, message, &part->lines);
		break;
	case PART_PREAMBLE:
		if (!has_body(message))
			read_text(own, message, &part->lines);
		break;
	case PART_ORIGINAL:
		if (!message->headers.any) {
			lines_to_utf8(own->arena, NULL, &part->lines);
			read_certain(own, &part->lines);
		}
		break;
	case PART_FEEDBACK:
		own->not_bounce = true;
		break;
	case PART_STATUS:
	case PART_HTML:
	case PART_OTHER:
		break;
	}
}

static bool
is_automatic(const struct message *message)
{
	const struct headers *h = &message->headers;

	return (h->auto_submitted != NULL &&
	    !text_starts(h->auto_submitted, "no")) ||
	    text_same(h->precedence, "auto_reply") ||
	    text_same(h->precedence, "bulk") ||
	    text_same(h->precedence, "junk");
}

static bool
tells_success(const struct message *message)
{
	for (size_t i = 0; i < message->n_parts; i++) {
		const struct lines *lines = &message->parts[i].lines;

		if (message->parts[i].kind != PART_TEXT)
			continue;
		for (size_t k = 0; k < lines->n && k < 200; k++)
			if ((line_tells(lines, k) & PHRASE_SUCCESS) != 0)
				return true;
	}
	return false;
}

/* Pasted text without any header may be a page's source. */
static void
open_pages(struct reader *reader, struct message *message)
{
	struct lines lines;

	for (size_t i = 0; i < message->n_parts && !message->headers.any; i++)
		if (message->parts[i].kind == PART_TEXT &&
		    copied_is_page(&message->parts[i].lines)) {
			lines_from_html(reader->arena,
			    &message->parts[i].lines, &lines);
			message->parts[i].lines = lines;
		}
}

static void
read_message(struct reader *reader, struct message *message)
{
	struct drafts own = { .arena = reader->arena };
	struct drafts *all = &reader->all;
	struct lines lines;

	open_pages(reader, message);
	for (size_t i = 0; i < message->n_parts; i++)
		if (message->parts[i].kind == PART_STATUS)
			status_read(&own, &message->parts[i].lines, true);
	for (size_t i = 0; i < message->n_parts; i++)
		read_part(&own, message, &message->parts[i]);
	for (size_t i = 0; i < message->n_parts && own.n == 0; i++)
		if (message->parts[i].kind == PART_HTML) {
			part_open(reader->arena, &message->parts[i],
			    reader->repaired);
			lines_from_html(reader->arena,
			    &message->parts[i].lines, &lines);
			read_text(&own, message, &lines);
		}
	read_replies(&own);
	drafts_merge_recipients(&own);
	all->not_bounce = all->not_bounce || own.not_bounce ||
	    (own.n == 0 && is_automatic(message));
	reader->complaint = reader->complaint || own.not_bounce;
	if (own.not_bounce)
		return;
	for (size_t i = 0; i < own.n; i++) {
		struct draft *draft = &own.list[i], *copy;

		if (draft->success || (draft->bounce.form == FORM_PROSE &&
		    tells_success(message))) {
			all->not_bounce = true;
			continue;
		}
		original_read(reader->arena, message, &draft->bounce);
		copy = draft->gone ? NULL : draft_add(all, FORM_REPLY, 0, 0);
		if (copy != NULL)
			*copy = *draft;
	}
}

static enum outcome
outcome_by_reply(const struct bounce *b)
{
	const char *code = b->reply != NULL ? b->reply : b->status;
	bool passing = code != NULL && code[0] == '4';

	if (b->outcome == OUTCOME_BOUNCED && passing &&
	    b->form != FORM_LOG)
		return OUTCOME_EXPIRED;
	if (b->outcome != OUTCOME_UNKNOWN || code == NULL)
		return b->outcome;
	return passing ? OUTCOME_DEFERRED : OUTCOME_BOUNCED;
}

/* A delay notice without a reason, or prose that was none, is no refusal. */
static bool
is_nothing(const struct draft *draft)
{
	const struct bounce *b = &draft->bounce;
	bool notice = b->form == FORM_PROSE || b->form == FORM_DSN_MIME;

	if (b->rule != NULL || !notice)
		return false;
	return b->outcome == OUTCOME_DEFERRED || (b->form == FORM_PROSE &&
	    b->recipient == NULL && b->reply == NULL);
}

/* Cuts may have left half a character at an end. */
static void
make_valid(struct arena *arena, struct bounce *b)
{
	const char **const strings[] = {
		&b->recipient, &b->sender, &b->queue_id, &b->remote_host,
		&b->remote_ip, &b->client_ip, &b->domain, &b->reporting_host,
		&b->log_host, &b->header_from, &b->login, &b->nexthop,
		&b->dkim_selector, &b->dkim_domain, &b->reply, &b->status
	};

	for (size_t i = 0; i < sizeof strings / sizeof *strings; i++) {
		const char *s = *strings[i];

		if (s != NULL && !charset_is_utf8(s, strlen(s)))
			*strings[i] = text_valid(arena, s, strlen(s));
	}
}

static int
compare_places(const void *a, const void *b)
{
	const struct bounce *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return 0;
}

static void
finish(struct reader *reader, const char *file, struct bounces *out)
{
	struct drafts *all = &reader->all;

	read_replies(all);
	for (size_t i = 0; i < all->n; i++)
		evidence_read(reader->arena, &all->list[i]);
	drafts_merge_same(all);
	out->list = arena_array(reader->arena, all->n + 1, sizeof *out->list);
	for (size_t i = 0; i < all->n; i++) {
		struct draft *draft = &all->list[i];

		if (draft->gone)
			continue;
		draft->bounce.file = file;
		make_valid(reader->arena, &draft->bounce);
		classify(reader->rules, draft);
		draft->bounce.outcome = outcome_by_reply(&draft->bounce);
		if (is_nothing(draft)) {
			all->not_bounce = true;
			continue;
		}
		out->list[out->n++] = draft->bounce;
	}
	/* merge sort in glibc: recipients of one place keep their order */
	if (out->n != 0)
		qsort(out->list, out->n, sizeof *out->list, compare_places);
	out->not_bounce = out->n == 0 && all->not_bounce;
}

/* Nothing but prose about nobody: the report that is attached says more. */
static bool
is_weak(const struct drafts *all)
{
	for (size_t i = 0; i < all->n; i++)
		if (all->list[i].bounce.form != FORM_PROSE ||
		    all->list[i].bounce.recipient != NULL)
			return false;
	return true;
}

/* Nothing in it that a server says when it refuses. PROSE: sentences about
 * nobody count for nothing, too. */
static bool
is_vague(const struct bounces *bounces, bool prose)
{
	for (size_t i = 0; i < bounces->n; i++) {
		const struct bounce *b = &bounces->list[i];

		if (b->reply != NULL || b->status != NULL ||
		    (b->outcome != OUTCOME_UNKNOWN && !(prose &&
		    b->form == FORM_PROSE && b->recipient == NULL)))
			return false;
	}
	return true;
}

/* "dmarc=fail" in the headers of a message that arrived is no refusal, and what
 * somebody writes in one is none, either: notices have no sender. */
static bool
is_received(const struct bounces *bounces, const char *text, size_t len)
{
	struct arena *arena = arena_new();
	struct received received;
	bool is = received_read(arena, text, len, &received);

	is = is && is_vague(bounces, received.return_path != NULL &&
	    *received.return_path != '\0');
	arena_free(&arena);
	return is;
}

void
bounce_read(struct arena *arena, const struct rules *rules, const char *file,
    const char *text, size_t len, struct bounces *out)
{
	struct reader reader = { .arena = arena, .rules = rules,
		.all = { .arena = arena }, .repaired = &out->repaired };
	struct messages messages;
	struct lines lines;
	struct span source;

	*out = (struct bounces){ NULL, 0, false, false };
	if (len == 0)
		return;
	if (len > BOUNCE_INPUT_MAX)
		len = BOUNCE_INPUT_MAX;
	source = copied_unescape(arena, span_make(text, len));
	lines_split(arena, source.text, source.len, &lines, &out->repaired);
	mime_read(arena, &lines, &messages, &out->repaired);
	for (size_t i = 0; i < messages.n; i++) {
		if (messages.list[i].nested && !is_weak(&reader.all))
			continue;
		if (messages.list[i].nested)
			reader.all.n = 0;
		read_message(&reader, &messages.list[i]);
	}
	/* an automatic mail's words are not taken for a refusal's, but those
	 * above it in a paste may be */
	for (size_t i = 0; reader.all.n == 0 && i < messages.n; i++)
		if (!reader.all.not_bounce || (!reader.complaint &&
		    !messages.list[i].headers.any))
			typed_read(&reader.all, rules, &messages.list[i]);
	finish(&reader, file, out);
	if (out->n != 0 && is_vague(out, true) &&
	    is_received(out, text, len)) {
		out->n = 0;
		out->not_bounce = true;
	}
}

size_t
bounces_find(const struct bounces *bounces, const char *recipient)
{
	for (size_t i = bounces->n; i-- > 0 && *recipient != '\0';) {
		const char *to = bounces->list[i].recipient;

		if (to != NULL && text_same(to, recipient))
			return i;
	}
	return bounces->n;
}

const struct bounce *
bounces_main(const struct bounces *bounces)
{
	const struct bounce *found = NULL;

	for (size_t i = 0; i < bounces->n; i++) {
		const struct bounce *b = &bounces->list[i];
		const struct refusal_class *class = class_find(b->class_id);

		if (class != NULL && (text_same(class->who, "dns") ||
		    text_same(class->who, "host") ||
		    text_same(class->who, "app") ||
		    text_same(class->who, "hoster")))
			found = b;
	}
	if (found == NULL && bounces->n != 0)
		found = &bounces->list[bounces->n - 1];
	return found;
}
