/* SPDX-License-Identifier: ISC
 * Knows the grammar of Postfix' log lines (RFC 3164 and ISO times, any tag,
 * journald's export) and Exim's main log. Hides where the fields stand. */
#include "config.h"

#include "engine/bounce/logline.h"

#include <string.h>

/* The tag stands near the start of the line. */
#define TAG_WITHIN 240

static bool
is_tag_char(char c)
{
	return is_word(c) || (c != '\0' && strchr("/-_.:+@", c) != NULL);
}

/* "tag[pid]:" in S: *TAG, and what follows; text NULL when there is none. */
static struct span
find_tag(struct span s, struct span *tag)
{
	struct span head = span_make(s.text,
	    s.len < TAG_WITHIN ? s.len : TAG_WITHIN);
	const char *open = head.text;
	size_t digits, n;

	while (head.len != 0) {
		open = memchr(head.text, '[', head.len);
		if (open == NULL)
			break;
		head = span_skip(span_from(head, open), 1);
		digits = span_length_of(head, "0123456789");
		if (digits == 0 || digits + 2 > head.len ||
		    head.text[digits] != ']' || head.text[digits + 1] != ':')
			continue;
		for (n = 0; open - n > s.text && is_tag_char(open[-1 -
		    (ptrdiff_t)n]); n++)
			;
		if (n == 0)
			continue;
		*tag = span_make(open - n, n);
		return span_trim(span_from(s, head.text + digits + 2));
	}
	return span_make(NULL, 0);
}

static struct span
service_of(struct span tag)
{
	const char *slash = memrchr(tag.text, '/', tag.len);

	return slash != NULL ? span_skip(span_from(tag, slash), 1) : tag;
}

static bool
is_mail_service(struct span tag)
{
	static const char *const services[] = {
		"smtp", "lmtp", "qmgr", "pickup", "cleanup", "bounce", "local",
		"virtual", "pipe", "error", "smtpd", "relay", "defer",
		"discard", "retry", "trivial-rewrite", "submission", "smtps",
		"postscreen", "sendmail", "sm-mta", "sm-msp-queue", "nqmgr"
	};
	struct span service = service_of(tag);

	if (span_find(tag, "postfix") != NULL)
		return true;
	for (size_t i = 0; i < sizeof services / sizeof *services; i++)
		if (span_same(service, services[i]))
			return true;
	return false;
}

/* Short (hexadecimal) and long (base 52) queue ids, NOQUEUE, sendmail's. */
static size_t
queue_id_length(struct span s)
{
	size_t n = 0;
	bool word = true;        /* a word of prose, as "address: " */

	while (n < s.len && n < 40 && (is_digit(s.text[n]) ||
	    is_letter(s.text[n]))) {
		word = word && s.text[n] >= 'a';
		n++;
	}
	if (word || n < 5 || n >= s.len || s.text[n] != ':')
		return 0;
	return n + 1 == s.len || s.text[n + 1] == ' ' ? n : 0;
}

/* The words a line goes on with behind its queue id. */
static bool
is_event(struct span rest)
{
	static const char *const events[] = {
		"to=", "from=", "uid=", "host ", "message-id=", "removed",
		"sender non-delivery", "sender delay", "client=", "reject: ",
		"milter-reject: ", "lost connection", "connect to ",
		"conversation with ", "sender delivery status", "ctladdr=",
		"enabling pix", "SASL authentication"
	};

	for (size_t i = 0; i < sizeof events / sizeof *events; i++)
		if (span_starts(rest, events[i]))
			return true;
	return false;
}

/* Exim: "2026-01-27 19:51:28 1abcde-000123-AB ** user@example.com …" */
static bool
parse_exim(struct span s, struct logline *out)
{
	size_t n = span_length_of(s, "0123456789-: .+[]");
	struct span id;
	const char *blank;

	if (n < 20)
		return false;
	s = span_skip(s, 20);
	blank = memchr(s.text, ' ', s.len < 24 ? s.len : 24);
	if (blank == NULL || blank - s.text < 16)
		return false;
	id = span_make(s.text, (size_t)(blank - s.text));
	if (id.text[6] != '-' || memchr(id.text + 7, '-', id.len - 7) == NULL)
		return false;
	*out = (struct logline){ .queue_id = id, .service = span_of("exim") };
	out->rest = span_trim(span_from(s, blank));
	return true;
}

bool
logline_starts(struct span s)
{
	struct logline line;
	struct span tag, rest;
	size_t n;

	s = span_trim(s);
	rest = find_tag(s, &tag);
	if (rest.text != NULL && is_mail_service(tag))
		return true;
	n = queue_id_length(s);
	if (n != 0 && is_event(span_trim(span_skip(s, n + 1))))
		return true;
	if (parse_exim(s, &line))
		return true;
	return rest.text != NULL && (n = queue_id_length(rest)) != 0 &&
	    is_event(span_trim(span_skip(rest, n + 1)));
}

static struct span
host_before(struct span s, struct span tag)
{
	struct span head = span_trim(span_make(s.text,
	    (size_t)(tag.text - s.text)));
	const char *blank = memrchr(head.text, ' ', head.len);

	if (blank != NULL)
		head = span_skip(span_from(head, blank), 1);
	if (head.len > 2 && head.text[0] == '[')
		head = span_make(head.text + 1, head.len - 2);
	/* anonymised: "xxxxxxxx" */
	if (head.len == 0 || span_length_of(head, "xX*.-") == head.len ||
	    span_length_of(head, "0123456789:-TZ.+") == head.len)
		return span_make(NULL, 0);
	return head;
}

bool
logline_parse(struct span s, struct logline *out)
{
	struct span tag = { NULL, 0 }, rest;
	size_t n;

	s = span_trim(s);
	*out = (struct logline){ .rest = { NULL, 0 } };
	if (parse_exim(s, out))
		return true;
	rest = find_tag(s, &tag);
	if (rest.text == NULL) {
		rest = s;
	} else {
		out->host = host_before(s, tag);
		out->service = service_of(tag);
	}
	n = queue_id_length(rest);
	if (n == 0)
		return false;
	out->queue_id = span_make(rest.text, n);
	out->rest = span_trim(span_skip(rest, n + 1));
	return is_event(out->rest);
}

static bool
ends_with(struct span s, const char *end)
{
	size_t len = strlen(end);

	return s.len >= len && memcmp(s.text + s.len - len, end, len) == 0;
}

bool
logline_complete(struct span s)
{
	struct logline line;
	struct span tag, rest;
	size_t n;

	s = span_trim(s);
	if (!logline_parse(s, &line)) {
		rest = find_tag(s, &tag);
		/* only the tag, a queue id, a first word: more must come */
		if (rest.text == NULL)
			rest = s;
		n = queue_id_length(rest);
		rest = span_trim(span_skip(rest, n != 0 ? n + 1 : 0));
		return rest.len != 0 &&
		    memchr(rest.text, ' ', rest.len) != NULL;
	}
	rest = line.rest;
	if (span_starts(rest, "uid=") || span_starts(rest, "message-id=") ||
	    span_starts(rest, "reject:") || span_starts(rest, "milter-reject"))
		return ends_with(rest, ">");
	if (span_starts(rest, "from="))
		return ends_with(rest, ")") || ends_with(rest, "sender");
	if (span_starts(rest, "sender "))
		return span_length_of(logline_field(rest, ": "), " ") == 0 &&
		    !ends_with(rest, ":");
	if (span_starts(rest, "to=") || span_starts(rest, "host "))
		return ends_with(rest, ")");
	if (span_starts(rest, "connect to") || span_starts(rest, "lost conn") ||
	    span_starts(rest, "conversation") || span_starts(rest, "** ") ||
	    span_starts(rest, "== "))
		return false;
	return true;
}

struct span
logline_field(struct span rest, const char *name)
{
	struct span value = span_after(rest, name);
	size_t len = strlen(name), n = 0;
	char close = name[len - 1] == '<' ? '>' : ',';

	if (value.text == NULL)
		return value;
	while (n < value.len && value.text[n] != close &&
	    (close == '>' || value.text[n] != ' '))
		n++;
	value.len = n;
	return value;
}

struct span
logline_reason(struct span rest)
{
	struct span s = span_after(rest, "status=");
	const char *open;

	if (s.text == NULL)
		return s;
	open = memchr(s.text, '(', s.len);
	if (open == NULL)
		return span_make(NULL, 0);
	s = span_trim(span_skip(span_from(s, open), 1));
	if (ends_with(s, ")"))
		s.len--;
	return s;
}
