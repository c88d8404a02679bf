/* SPDX-License-Identifier: ISC
 * Knows delivery-status fields (RFC 3464), alone or in other text. Hides how
 * a block survives quoting and re-wrapping. */
#include "config.h"

#include "engine/bounce/draft.h"

#include <string.h>

#include "engine/base/str.h"
#include "engine/base/text.h"

enum field {
	FIELD_NONE,
	FIELD_REPORTING_MTA,
	FIELD_QUEUE_ID,
	FIELD_SENDER,
	FIELD_FINAL,
	FIELD_ORIGINAL,
	FIELD_ACTION,
	FIELD_STATUS,
	FIELD_REMOTE,
	FIELD_DIAGNOSTIC,
	FIELD_OTHER
};

static const struct {
	const char *name;
	enum field field;
} fields[] = {
	{ "Reporting-MTA:", FIELD_REPORTING_MTA },
	{ "X-Postfix-Queue-ID:", FIELD_QUEUE_ID },
	{ "X-Postfix-Sender:", FIELD_SENDER },
	{ "Final-Recipient:", FIELD_FINAL },
	{ "Original-Recipient:", FIELD_ORIGINAL },
	{ "Action:", FIELD_ACTION },
	{ "Status:", FIELD_STATUS },
	{ "Remote-MTA:", FIELD_REMOTE },
	{ "Diagnostic-Code:", FIELD_DIAGNOSTIC },
	{ "Arrival-Date:", FIELD_OTHER },
	{ "Last-Attempt-Date:", FIELD_OTHER },
	{ "Will-Retry-Until:", FIELD_OTHER },
	{ "Received-From-MTA:", FIELD_OTHER },
	{ "Original-Envelope-Id:", FIELD_OTHER },
	{ "Final-Log-ID:", FIELD_OTHER },
	{ "DSN-Gateway:", FIELD_OTHER },
	{ "X-Actual-Recipient:", FIELD_OTHER },
	{ "X-Supplementary-Info:", FIELD_OTHER },
	{ "X-Display-Name:", FIELD_OTHER },
	{ "X-Original-Message-ID:", FIELD_OTHER },
	{ "X-Spam-", FIELD_OTHER },
	{ "X-Mimecast-", FIELD_OTHER }
};

/* The block being read. */
struct status {
	struct drafts *drafts;
	const char *reporting_host, *queue_id, *sender;
	const char *final, *original, *remote, *diagnostic, *code, *comment;
	const char *unix_type;
	struct span action;
	size_t start, end;
	char action_text[16];
};

static bool
status_value_ok(enum field field, struct span value)
{
	value = span_trim(value);
	/* these two are words that any text may have */
	if (field == FIELD_STATUS)
		return value.len == 0 || scan_status(value) != 0;
	return field != FIELD_ACTION || value.len == 0 ||
	    span_starts(value, "fail") || span_starts(value, "dela") ||
	    span_starts(value, "deli") || span_starts(value, "rela") ||
	    span_starts(value, "expan") || span_starts(value, "expi");
}

/* The field whose name starts S; *VALUE is what follows. */
static enum field
field_at(struct span s, struct span *value)
{
	size_t n = 0;

	/* a name begins with a word that these end; none is shorter */
	while (n < s.len && is_letter(s.text[n]))
		n++;
	if (n == 0 || s.len < 7 || n == s.len ||
	    (s.text[n] != '-' && s.text[n] != ':'))
		return FIELD_NONE;
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (span_starts(s, fields[i].name)) {
			*value = span_skip(s, strlen(fields[i].name));
			if (status_value_ok(fields[i].field, *value))
				return fields[i].field;
		}
	return FIELD_NONE;
}

/* "rfc822; user@example.com", "<user@example.com>", "dns; host". */
static struct span
typed_value(struct span s, struct span *type)
{
	const char *semicolon;
	size_t n = 0;

	s = span_trim(s);
	*type = span_make("", 0);
	while (n < s.len && n < 24 && (is_word(s.text[n]) ||
	    s.text[n] == '-'))
		n++;
	while (n < s.len && is_blank(s.text[n]))
		n++;
	semicolon = n < s.len && s.text[n] == ';' ? s.text + n : NULL;
	if (semicolon != NULL) {
		*type = span_trim(span_make(s.text, n));
		s = span_trim(span_skip(s, n + 1));
	}
	return s;
}

static const char *
address_of(struct arena *arena, struct span value)
{
	struct span type, s = typed_value(value, &type), address;

	if (s.len != 0 && s.text[0] == '<' && scan_address(s, &address) != 0)
		return span_copy(arena, address);
	if (s.len > 320)
		s.len = 320;
	address = scan_any_address(s);
	return span_copy(arena, address.len != 0 ? address : s);
}

static const char *
host_of(struct arena *arena, struct span value)
{
	struct span type, s = typed_value(value, &type);
	size_t n = 0;

	while (n < s.len && !is_blank(s.text[n]) && s.text[n] != '(' &&
	    s.text[n] != '[')
		n++;
	return n != 0 ? text_domain(arena, s.text, n) : NULL;
}

static void
keep_diagnostic(struct status *status, struct span value)
{
	struct span type, s = typed_value(value, &type);
	struct arena *arena = status->drafts->arena;

	if (span_same(type, "x-unix"))
		status->unix_type = "x-unix: delivery command failed";
	if (type.len != 0 && !span_same(type, "smtp") &&
	    !span_same(type, "x-unix") && !span_same(type, "x-postfix") &&
	    !span_starts(type, "x-") && !span_same(type, "x400"))
		s = span_trim(value);
	if (status->diagnostic == NULL)
		status->diagnostic = span_copy(arena, s);
	else if (s.len != 0)
		status->diagnostic = arena_printf(arena, "%s %.*s",
		    status->diagnostic, (int)s.len, s.text);
}

static enum outcome
outcome_of(const struct status *status)
{
	if (span_starts(status->action, "dela"))
		return OUTCOME_DEFERRED;
	if (span_starts(status->action, "expi"))
		return OUTCOME_EXPIRED;
	/* "failed" with a passing reason: the queue lifetime was over */
	if (status->code != NULL && status->code[0] == '4')
		return OUTCOME_EXPIRED;
	return OUTCOME_BOUNCED;
}

/* The recipient's fields are complete: one draft. */
static void
flush(struct status *status)
{
	struct draft *draft;
	const char *recipient = status->final != NULL ? status->final :
	    status->original;

	if (recipient == NULL && status->diagnostic == NULL)
		return;
	draft = draft_add(status->drafts, FORM_DSN_MIME, status->start,
	    status->end);
	if (draft == NULL)
		return;
	draft->bounce.recipient = recipient;
	draft->bounce.sender = status->sender;
	draft->bounce.queue_id = status->queue_id;
	draft->bounce.reporting_host = status->reporting_host;
	draft->bounce.remote_host = status->remote;
	draft->bounce.status = status->code;
	draft->bounce.outcome = outcome_of(status);
	draft->reason = status->diagnostic;
	draft->context = status->unix_type != NULL ? status->unix_type :
	    status->comment;
	draft->success = status->action.len != 0 &&
	    (span_starts(status->action, "deli") ||
	    span_starts(status->action, "rela") ||
	    span_starts(status->action, "expan"));
	status->final = status->original = status->remote = NULL;
	status->diagnostic = status->code = status->comment = NULL;
	status->unix_type = NULL;
	status->action.len = 0;
	status->start = status->end;
}

static void
keep_status(struct status *status, struct span value)
{
	size_t n = scan_status(value);

	status->code = n != 0 ? span_copy(status->drafts->arena,
	    span_make(value.text, n)) : NULL;
	if (value.len > n + 3)
		status->comment = span_copy(status->drafts->arena, value);
}

static void
keep_action(struct status *status, struct span value)
{
	size_t n = value.len < sizeof status->action_text ? value.len :
	    sizeof status->action_text;

	memcpy(status->action_text, value.text, n);
	status->action = span_make(status->action_text, n);
}

static void
keep(struct status *status, enum field field, struct span value)
{
	struct arena *arena = status->drafts->arena;
	bool has = status->action.len != 0 || status->code != NULL ||
	    status->diagnostic != NULL;

	value = span_trim(value);
	switch (field) {
	case FIELD_REPORTING_MTA:
		flush(status);
		status->reporting_host = host_of(arena, value);
		break;
	case FIELD_QUEUE_ID:
		status->queue_id = span_copy(arena, value);
		break;
	case FIELD_SENDER:
		status->sender = address_of(arena, value);
		if (status->sender == NULL)
			status->sender = "";
		break;
	case FIELD_FINAL:
		if (status->final != NULL)
			flush(status);
		status->final = address_of(arena, value);
		break;
	case FIELD_ORIGINAL:
		if (status->original != NULL || (has &&
		    status->final != NULL))
			flush(status);
		status->original = address_of(arena, value);
		break;
	case FIELD_ACTION:
		/* some put it before the recipient */
		if (status->action.len != 0 && (status->final != NULL ||
		    status->original != NULL))
			flush(status);
		keep_action(status, value);
		break;
	case FIELD_STATUS:
		keep_status(status, value);
		break;
	case FIELD_REMOTE:
		status->remote = host_of(arena, value);
		break;
	case FIELD_DIAGNOSTIC:
		keep_diagnostic(status, value);
		break;
	case FIELD_NONE:
	case FIELD_OTHER:
		break;
	}
}

/* One paragraph, joined: a field starts where its name does. */
static void
read_paragraph(struct status *status, struct span s)
{
	struct span value = { NULL, 0 }, next;
	enum field open = FIELD_NONE, found;
	bool word = true;

	for (size_t i = 0; i < s.len; i++) {
		found = word ? field_at(span_skip(s, i), &next) : FIELD_NONE;
		word = s.text[i] == ' ';
		if (found == FIELD_NONE)
			continue;
		value.len = (size_t)(s.text + i - value.text);
		if (open != FIELD_NONE)
			keep(status, open, value);
		open = found;
		value = next;
		i = (size_t)(next.text - s.text) - 1;
		word = true;
	}
	if (open != FIELD_NONE)
		keep(status, open, span_from(s, value.text));
}

static bool
starts_field(struct span s)
{
	struct span value;
	enum field field = field_at(span_trim(s), &value);

	return field != FIELD_NONE && field != FIELD_STATUS;
}

/* Read the paragraph at line I; returns the line after it. */
static size_t
take_paragraph(struct status *status, struct lines *lines, size_t i,
    struct str *text)
{
	size_t first = i;

	str_clear(text);
	for (; i < lines->n; i++) {
		struct span s = span_trim(line_span(lines, i));

		if (s.len == 0 || (i > first && s.len > 2 &&
		    s.text[0] == '-' && s.text[1] == '-'))
			break;
		str_addc(text, ' ');
		str_add(text, s.text, s.len);
		lines->list[i].used = true;
	}
	if (status->start == 0)
		status->start = lines->list[first].start;
	status->end = lines->list[i - 1].end;
	read_paragraph(status, span_trim(span_make(text->text, text->len)));
	return i;
}

void
status_read(struct drafts *drafts, struct lines *lines, bool whole)
{
	struct status status = { .drafts = drafts };
	struct str text;
	bool open = false;
	size_t i = 0;

	str_init(&text, (size_t)4 * REASON_MAX);
	while (i < lines->n) {
		struct span s = line_span(lines, i);

		if (lines->list[i].used || span_trim(s).len == 0) {
			i++;
			continue;
		}
		if (!whole && !starts_field(s)) {
			if (open)
				flush(&status);
			open = false;
			i++;
			continue;
		}
		open = true;
		i = take_paragraph(&status, lines, i, &text);
	}
	flush(&status);
	str_free(&text);
}
