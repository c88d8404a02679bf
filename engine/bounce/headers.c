/* SPDX-License-Identifier: ISC
 * Knows which header fields there are and what a mail system's own mails have
 * in them. Hides folding, also where re-wrapping took its blanks away. */
#include "config.h"

#include "engine/bounce/headers.h"

#include <string.h>

#include "engine/base/str.h"
#include "engine/base/text.h"
#include "engine/bounce/charset.h"
#include "engine/bounce/needles.h"

/* A header longer than this is cut. */
#define VALUE_MAX 4096
#define BLOCK_MAX 2000
#define NAME_LOOK 65
/* How far the second field may be from the first (folded lines between). */
#define LOOK_AHEAD 12

static const char *const known[] = {
	"from", "to", "subject", "date", "received", "return-path",
	"message-id", "mime-version", "content-type", "delivered-to",
	"dkim-signature", "domainkey-signature", "authentication-results",
	"reply-to", "cc", "sender", "precedence", "auto-submitted",
	"content-transfer-encoding", "content-disposition", "references",
	"in-reply-to", "user-agent", "received-spf", "envelope-to",
	"delivery-date", "importance", "errors-to", "list-id",
	"list-unsubscribe", "arc-seal", "arc-message-signature",
	"arc-authentication-results", "delivered-by", "content-language",
	"thread-index", "thread-topic", "old-return-path",
	"feedback-id", "resent-from", "organization", "priority"
};

/* "Name:" at the start of the line: its length without the colon, or 0. */
static size_t
name_length(struct span s)
{
	size_t n = 0;

	while (n < s.len && n < NAME_LOOK && (is_letter(s.text[n]) ||
	    is_digit(s.text[n]) || s.text[n] == '-' || s.text[n] == '_'))
		n++;
	return n < s.len && n < NAME_LOOK && s.text[n] == ':' ? n : 0;
}

static bool
is_known(struct span s)
{
	size_t n = name_length(s);

	if (n == 0)
		return false;
	s.len = n;
	if (span_starts(s, "x-") && n > 4 &&
	    !span_starts(s, "x-postfix-") && !span_starts(s, "x-actual-"))
		return true;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (span_same(s, known[i]))
			return true;
	return false;
}

bool
headers_start(const struct lines *lines, size_t i)
{
	struct span s = line_span(lines, i);

	if (s.len == 0 || !is_letter(s.text[0]) || !is_known(s))
		return false;
	for (size_t k = 1; k <= LOOK_AHEAD && i + k < lines->n; k++) {
		s = line_span(lines, i + k);
		if (span_trim(s).len == 0)
			return false;
		if (is_known(s))
			return true;
		/* folded, or a field we do not know */
		if (!is_blank(s.text[0]) && name_length(s) == 0)
			return false;
	}
	return false;
}

/* Where the field NAME is kept, or NULL. */
static const char **
field_of(struct headers *out, struct span name)
{
	static const struct {
		const char *name;
		size_t member;
	} fields[] = {
		{ "from", offsetof(struct headers, from) },
		{ "to", offsetof(struct headers, to) },
		{ "subject", offsetof(struct headers, subject) },
		{ "return-path", offsetof(struct headers, return_path) },
		{ "auto-submitted", offsetof(struct headers, auto_submitted) },
		{ "content-type", offsetof(struct headers, content_type) },
		{ "content-transfer-encoding",
		  offsetof(struct headers, encoding) },
		{ "content-disposition",
		  offsetof(struct headers, disposition) },
		{ "x-failed-recipients",
		  offsetof(struct headers, failed_recipients) },
		{ "precedence", offsetof(struct headers, precedence) },
		{ "list-id", offsetof(struct headers, list_id) },
		{ "list-post", offsetof(struct headers, list_id) },
		{ "x-mailman-version", offsetof(struct headers, mailman) },
		{ "x-mlserver", offsetof(struct headers, ml_server) },
		{ "x-ml-name", offsetof(struct headers, ml_name) },
		{ "x-majordomo-version", offsetof(struct headers, majordomo) },
		{ "x-sympa-to", offsetof(struct headers, sympa) },
		{ "dkim-signature", offsetof(struct headers, dkim_signature) }
	};

	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (span_same(name, fields[i].name))
			return (const char **)(void *)((char *)out +
			    fields[i].member);
	return NULL;
}

static void
keep(struct arena *arena, const char **field, struct span value)
{
	if (field != NULL && *field == NULL)
		*field = mime_decode_words(arena,
		    charset_valid(arena, span_trim(value)));
}

size_t
headers_read(struct arena *arena, const struct lines *lines, size_t i,
    struct headers *out)
{
	const char **field = NULL;
	struct str value;
	size_t first = i;

	*out = (struct headers){ .any = true };
	str_init(&value, VALUE_MAX);
	for (; i < lines->n && i - first < BLOCK_MAX; i++) {
		struct span s = line_span(lines, i);
		size_t n;

		if (line_is_empty(lines, i))
			break;
		n = is_blank(s.text[0]) ? 0 : name_length(s);
		if (n == 0 && field == NULL)
			continue;
		if (n == 0) {
			s = span_trim(s);
		} else {
			keep(arena, field, span_make(value.text, value.len));
			str_clear(&value);
			field = field_of(out, span_make(s.text, n));
			s = span_skip(s, n + 1);
		}
		/* most fields are nobody's business */
		if (field != NULL) {
			str_addc(&value, ' ');
			str_add(&value, s.text, s.len);
		}
	}
	keep(arena, field, span_make(value.text, value.len));
	str_free(&value);
	return i < lines->n && line_is_empty(lines, i) ? i + 1 : i;
}

/* The value of NAME ("content-type:") in joined header lines. */
static const char *
field_in(struct arena *arena, struct span joined, const char *name)
{
	struct span value = span_after(joined, name);
	const char *next;

	if (value.text == NULL)
		return NULL;
	next = span_find(value, " content-");
	if (next != NULL)
		value.len = (size_t)(next - value.text);
	value = span_trim(value);
	return charset_valid(arena, value);
}

size_t
headers_read_part(struct arena *arena, const struct lines *lines, size_t i,
    struct headers *out)
{
	struct str joined;
	struct span all = line_span(lines, i);
	size_t first = i;

	if (memchr(all.text, ' ', all.len) == NULL)
		return headers_read(arena, lines, i + 1, out);
	*out = (struct headers){ 0 };
	str_init(&joined, VALUE_MAX);
	for (; i < lines->n && i - first < 64; i++) {
		struct span s = span_trim(line_span(lines, i));

		if (s.len == 0)
			break;
		str_addc(&joined, ' ');
		str_add(&joined, s.text, s.len);
	}
	all = span_make(joined.text, joined.len);
	out->content_type = field_in(arena, all, " content-type:");
	out->encoding = field_in(arena, all, " content-transfer-encoding:");
	out->disposition = field_in(arena, all, " content-disposition:");
	str_free(&joined);
	return i < lines->n && line_is_empty(lines, i) ? i + 1 : i;
}

bool
headers_travelled(const struct lines *lines, size_t i, size_t end)
{
	static const char *const names[] = {
		"received:", "return-path:", "message-id:", "dkim-signature:",
		"mime-version:", "x-received:", "date:"
	};

	for (; i < end; i++)
		for (size_t k = 0; k < sizeof names / sizeof *names; k++)
			if (span_starts(line_span(lines, i), names[k]))
				return true;
	return false;
}

const char *
mime_parameter(struct arena *arena, const char *value, const char *name)
{
	struct span s = span_of(value);
	const char *end;

	for (s = span_after(s, name); s.text != NULL; s = span_after(s, name)) {
		struct span rest = span_trim(s);
		char before = s.text[-(ptrdiff_t)strlen(name) - 1];

		if (rest.len < 2 || rest.text[0] != '=' || is_word(before))
			continue;
		rest = span_trim(span_skip(rest, 1));
		if (rest.len != 0 && rest.text[0] == '"') {
			rest = span_skip(rest, 1);
			end = memchr(rest.text, '"', rest.len);
		} else {
			end = memchr(rest.text, ';', rest.len);
			if (end == NULL)
				end = memchr(rest.text, ' ', rest.len);
		}
		if (end != NULL)
			rest.len = (size_t)(end - rest.text);
		return span_copy(arena, rest);
	}
	return NULL;
}

/* Who writes reports, and under what subjects. */
static const char *const writers[] = {
	"mailer-daemon", "mailer_daemon", "mail delivery", "postmaster",
	"mail system", "mail administrator", "delivery subsystem",
	"maildelivery", "system administrator", "microsoft exchange",
	"mail daemon", "mailerdaemon"
};

static const char *const subjects[] = {
	"undeliver", "undelivered", "returned mail", "delivery failure",
	"delivery status", "delivery problem", "failure notice",
	"delivery fail", "nondeliver", "non-deliver", "returned to",
	"could not be delivered", "mail error", "delayed", "warning:",
	"delivery notification", "returning message", "mail failure",
	"unzustellbar", "delivery report", "user unknown",
	"message not delivered", "fail", "bounce",
	"\xe9\x85\x8d\xe4\xbf\xa1",
	"\xe3\x82\xa8\xe3\x83\xa9\xe3\x83\xbc"
};
static struct needles writer_needles = NEEDLES_LIST(writers);
static struct needles subject_needles = NEEDLES_LIST(subjects);

static bool
has_any(struct needles *words, const char *text)
{
	struct seen seen;

	needles_search(words, span_of(text), &seen);
	return seen.any;
}

bool
message_is_report(const struct message *message)
{
	const struct headers *h = &message->headers;

	if (!h->any)
		return false;
	if (h->failed_recipients != NULL || (h->content_type != NULL &&
	    text_starts(h->content_type, "multipart/report")))
		return true;
	if (text_same(h->return_path, "<>"))
		return true;
	return has_any(&writer_needles, h->from) &&
	    has_any(&subject_needles, h->subject);
}
