/* SPDX-License-Identifier: ISC
 * Knows bare SMTP replies: typed, out of a dialogue, or "host … said: …"
 * without anything around it. Hides which lines belong together. */
#include "config.h"

#include "engine/bounce/draft.h"

#include <string.h>

#include "engine/base/str.h"
#include "engine/base/text.h"
#include "engine/bounce/logline.h"
#include "engine/bounce/tuple.h"

#define REPLY_LINES_MAX 100
/* A refusal in Python's writing is wrapped into no more lines. */
#define TUPLE_LINES_MAX 12

/* What a dialogue said before a reply. */
struct dialogue {
	enum stage stage;
	struct span recipient, sender;
};

/* Marks in front of a line of a dialogue or a quotation. */
static struct span
strip_prefix(struct span s)
{
	static const char *const prefixes[] = {
		"<<< ", "<** ", "<-- ", "<~* ", "<- ", "<~ ", "<= ", "S: ",
		"Out: ", "Remote host said: ", "Remote-MTA said: ",
		"SMTP error: ", "SMTP Error: ", "Error: ", "Response: ",
		"Diagnostic-Code: smtp; ", "Diagnostic-Code: ", "smtp; ",
		"smtp;", "reason: ", "(", "[", "\"", "'", "# ", "- ", "* ",
		"-- "
	};
	size_t n;

	s = span_trim(s);
	for (int round = 0; round < 2; round++)
		for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
			n = strlen(prefixes[i]);
			if (s.len > n && span_starts(s, prefixes[i])) {
				s = span_trim(span_skip(s, n));
				break;
			}
		}
	return s;
}

static bool
starts_other_script(struct span s)
{
	for (size_t i = 0; i < s.len && i < 4; i++)
		if ((unsigned char)s.text[i] >= 0x80)
			return true;
	return false;
}

/* "550 5.1.1 …", "550-…", "421 Too many …", "5.7.1 …": does S begin a
 * refusal? */
static bool
is_refusal(struct span s)
{
	size_t n = scan_reply(s);
	struct span rest;

	if (n == 0) {
		n = scan_status(s);
		/* a version number is no status */
		return n != 0 && s.text[0] != '2' && n + 4 < s.len &&
		    s.text[n] == ' ' && is_letter(s.text[n + 1]) &&
		    s.text[1] == '.';
	}
	if (s.text[0] == '2')
		return false;
	rest = span_trim(span_skip(s, 4));
	if (rest.len == 0)
		return s.len > 3 && s.text[3] == '-';
	if (scan_status(rest) != 0)
		return true;
	/* other scripts have no blanks between words; mail system replies are
	 * x5z (RFC 5321 4.2.1), other numbers may be of anything */
	if (rest.len >= 12 && s.text[1] == '5' && starts_other_script(rest) &&
	    s.text[3] == ' ')
		return true;
	/* words, and not "550 people" */
	return rest.len >= 6 && (is_letter(rest.text[0]) ||
	    strchr("<[\"#*:('.", rest.text[0]) != NULL ||
	    is_digit(rest.text[0])) &&
	    (memchr(rest.text, ' ', rest.len) != NULL || s.text[3] == '-' ||
	    memchr(rest.text, '.', rest.len) != NULL);
}

/* "host h[1.2.3.4] said: …" and its like at the start of S. */
static bool
is_told(struct span s)
{
	static const struct {
		const char *before, *after;
	} forms[] = {
		{ "host ", " said:" }, { "host ", " refused to talk to me:" },
		{ "connect to ", ": " }, { "lost connection with ", " while" },
		{ "conversation with ", " timed out" },
		{ "delivery temporarily suspended: ", "" },
		{ "SASL authentication failed; ", "" },
		{ "TLS is required, but ", "" }
	};
	struct span host, ip, rest;

	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		if (!span_starts(s, forms[i].before))
			continue;
		if (forms[i].after[0] == '\0')
			return true;
		rest = span_skip(s, strlen(forms[i].before));
		size_t n = scan_peer(rest, &host, &ip);

		if (n != 0 && (n == rest.len || span_starts(span_skip(rest, n),
		    forms[i].after)))
			return true;
	}
	return false;
}

/* What the client said, in a dialogue. */
static bool
is_command(struct span s)
{
	static const char *const prefixes[] = {
		">>> ", "-> ", "~> ", "--> ", "C: ", "In: "
	};
	static const char *const whole[] = { "QUIT", "RSET", "DATA", "." };

	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		if (span_starts(s, prefixes[i]))
			return true;
	for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
		if (span_same(s, whole[i]))
			return true;
	return span_starts(s, "RCPT TO:") || span_starts(s, "MAIL FROM:");
}

/* May line S go on with the reply in TEXT? */
static bool
goes_on(struct span s, const struct str *text)
{
	struct span first = span_make(text->text, text->len), reply;
	size_t code = scan_reply(first);

	s = span_trim(s);
	if (s.len == 0 || starts_other_script(s) || logline_starts(s))
		return false;
	if (text->len > 8 && (memcmp(text->text + text->len - 8, "command)",
	    8) == 0) && !span_starts(s, "(in reply"))
		return false;
	if (span_starts(s, "--") || is_command(s))
		return false;
	reply = strip_prefix(s);
	if (scan_reply(reply) != 0 && (is_refusal(reply) ||
	    reply.text[0] == '2')) {
		/* another line of the same reply has the same code */
		if (code == 0)
			return is_told(first);
		return memcmp(reply.text, first.text, 3) == 0 &&
		    first.len > 3 && first.text[3] == '-';
	}
	/* "…: unverified address:" and what another server said */
	return !is_told(s) || (text->len > 8 &&
	    memcmp(text->text + text->len - 8, "address:", 8) == 0);
}

static void
read_command(struct dialogue *dialogue, struct span s)
{
	static const char *const commands[] = {
		"RCPT TO:", "MAIL FROM:", "DATA", "EHLO ", "HELO ", "AUTH ",
		"STARTTLS"
	};
	static const char *const prefixes[] = {
		">>> ", "-> ", "~> ", "C: ", "In: ", "> ", "--> "
	};
	struct span address;

	s = span_trim(s);
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		if (span_starts(s, prefixes[i]))
			s = span_trim(span_skip(s, strlen(prefixes[i])));
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
		if (!span_starts(s, commands[i]))
			continue;
		if (i > 1 && s.len > 64)
			continue;
		dialogue->stage = reply_stage(s);
		address = scan_any_address(span_make(s.text,
		    s.len < 400 ? s.len : 400));
		if (i == 0)
			dialogue->recipient = address;
		else if (i == 1)
			dialogue->sender = address;
	}
	if (span_same(s, "."))
		dialogue->stage = STAGE_END_OF_DATA;
}

/* The reply at line I; returns the line after it. */
static size_t
read_reply(struct drafts *drafts, struct lines *lines, size_t i,
    struct str *text, const struct dialogue *dialogue)
{
	struct span s = strip_prefix(line_span(lines, i)), next;
	size_t first = i;
	struct draft *draft;

	str_clear(text);
	str_add(text, s.text, s.len);
	for (i++; i < lines->n && i - first < REPLY_LINES_MAX; i++) {
		next = line_span(lines, i);
		if (lines->list[i].used || !goes_on(next, text))
			break;
		next = span_trim(next);
		if (scan_reply(strip_prefix(next)) != 0)
			next = strip_prefix(next);
		str_addc(text, ' ');
		str_add(text, next.text, next.len);
	}
	draft = draft_add(drafts, FORM_REPLY, lines->list[first].start,
	    lines->list[i - 1].end);
	if (draft == NULL)
		return i;
	draft->reason = arena_strndup(drafts->arena, text->text, text->len);
	draft->bounce.stage = dialogue->stage;
	draft->bounce.recipient = span_copy(drafts->arena,
	    dialogue->recipient);
	draft->bounce.sender = span_copy(drafts->arena, dialogue->sender);
	for (; first < i; first++)
		lines->list[first].used = true;
	return i;
}

static void
add_tuple(struct drafts *drafts, const struct lines *lines, size_t first,
    size_t end, const struct tuple *tuple, const struct str *reply)
{
	struct draft *draft = draft_add(drafts, FORM_REPLY,
	    lines->list[first].start, lines->list[end - 1].end);

	if (draft == NULL)
		return;
	draft->reason = arena_strndup(drafts->arena, reply->text, reply->len);
	draft->bounce.stage = tuple->stage;
	draft->bounce.recipient = span_copy(drafts->arena, tuple->recipient);
	draft->bounce.sender = span_copy(drafts->arena, tuple->sender);
}

/* Refusals as smtplib shows them, from line I on; returns the line after
 * them, or I when there are none. */
static size_t
read_tuples(struct drafts *drafts, struct lines *lines, size_t i,
    struct str *text)
{
	struct tuple tuple;
	struct str reply;
	struct span s = line_span(lines, i);
	size_t end = i + 1;
	enum stage stage = STAGE_UNKNOWN;

	str_init(&reply, REASON_MAX);
	if (!tuple_read(s, &tuple, &reply)) {
		str_free(&reply);
		return i;
	}
	str_clear(text);
	str_add(text, s.text, s.len);
	while (tuple.open && end < lines->n && end - i < TUPLE_LINES_MAX &&
	    !lines->list[end].used && !line_is_empty(lines, end)) {
		s = span_trim(line_span(lines, end++));
		str_addc(text, ' ');
		str_add(text, s.text, s.len);
		str_clear(&reply);
		tuple_read(span_make(text->text, text->len), &tuple, &reply);
	}
	s = span_make(text->text, text->len);
	for (str_clear(&reply); tuple_read(s, &tuple, &reply);
	    str_clear(&reply)) {
		if (tuple.stage != STAGE_UNKNOWN)
			stage = tuple.stage;
		tuple.stage = stage;
		add_tuple(drafts, lines, i, end, &tuple, &reply);
		s = tuple.rest;
	}
	str_free(&reply);
	for (; i < end; i++)
		lines->list[i].used = true;
	return end;
}

void
reply_lines_read(struct drafts *drafts, struct lines *lines)
{
	struct dialogue dialogue = { .stage = STAGE_UNKNOWN };
	struct str text;
	size_t i = 0, next;

	str_init(&text, REASON_MAX);
	while (i < lines->n) {
		struct span s = line_span(lines, i);

		if (lines->list[i].used || s.len == 0) {
			i++;
			continue;
		}
		s = strip_prefix(s);
		if (is_refusal(s) || is_told(s)) {
			i = read_reply(drafts, lines, i, &text, &dialogue);
			continue;
		}
		next = read_tuples(drafts, lines, i, &text);
		if (next != i) {
			i = next;
			continue;
		}
		read_command(&dialogue, line_span(lines, i));
		i++;
	}
	str_free(&text);
}
