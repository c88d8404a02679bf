/* SPDX-License-Identifier: ISC
 * Knows how Python writes down a refusal: the exception's name, the recipient
 * as a key, code and text as a pair. Hides its quotes and escapes. */
#include "config.h"

#include "engine/bounce/tuple.h"

#include <string.h>

#include "engine/base/text.h"

/* The stage by the exception's name (Python's Lib/smtplib.py). */
static enum stage
named_stage(struct span s)
{
	static const struct {
		const char *name;
		enum stage stage;
	} names[] = {
		{ "SMTPRecipientsRefused", STAGE_RCPT },
		{ "SMTPSenderRefused", STAGE_MAIL },
		{ "SMTPAuthenticationError", STAGE_AUTH },
		{ "SMTPConnectError", STAGE_CONNECT },
		{ "SMTPHeloError", STAGE_HELO },
		{ "SMTPDataError", STAGE_END_OF_DATA }
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (span_find(s, names[i].name) != NULL)
			return names[i].stage;
	return STAGE_UNKNOWN;
}

/* "(550, b'" at the start of S: its length, or 0. */
static size_t
opening(struct span s)
{
	size_t n = 6;

	if (s.len < 8 || s.text[0] != '(' || s.text[4] != ',' ||
	    s.text[5] != ' ' || (s.text[1] != '4' && s.text[1] != '5') ||
	    scan_reply(span_make(s.text + 1, 3)) == 0)
		return 0;
	n += s.text[n] == 'b' || s.text[n] == 'u';
	return s.text[n] == '\'' || s.text[n] == '"' ? n + 1 : 0;
}

/* Copy the string S up to the quote that ends it; returns what was read, with
 * that quote, if there is one. */
static size_t
unquote(struct span s, char quote, struct str *out)
{
	size_t i = 0;

	for (; i < s.len && s.text[i] != quote; i++) {
		char c = s.text[i];

		if (c == '\\' && i + 1 < s.len) {
			c = s.text[++i];
			if (c == 'n' || c == 'r' || c == 't')
				c = ' ';
		}
		str_addc(out, c);
	}
	return i < s.len ? i + 1 : i;
}

/* The key in front of the pair: "{'user@example.com': ". */
static struct span
key_before(struct span s)
{
	struct span key = { NULL, 0 };
	size_t end;

	s = span_trim(s);
	if (s.len < 3 || s.text[s.len - 1] != ':' ||
	    (s.text[s.len - 2] != '\'' && s.text[s.len - 2] != '"'))
		return key;
	end = s.len - 2;
	for (size_t i = end; i > 0; i--)
		if (s.text[i - 1] == s.text[end]) {
			key = span_make(s.text + i, end - i);
			break;
		}
	return scan_any_address(key);
}

bool
tuple_read(struct span s, struct tuple *tuple, struct str *reply)
{
	const char *p = s.text;
	struct span rest = s;
	size_t n = 0;
	char quote;

	while (n == 0 && rest.len != 0) {
		p = memchr(rest.text, '(', rest.len);
		if (p == NULL)
			return false;
		rest = span_from(s, p);
		n = opening(rest);
		if (n == 0)
			rest = span_skip(rest, 1);
	}
	if (n == 0)
		return false;
	*tuple = (struct tuple){ .stage = STAGE_UNKNOWN };
	tuple->stage = named_stage(span_make(s.text, (size_t)(p - s.text)));
	tuple->recipient = key_before(span_make(s.text,
	    (size_t)(p - s.text)));
	str_add(reply, p + 1, 3);
	str_addc(reply, ' ');
	quote = rest.text[n - 1];
	rest = span_skip(rest, n);
	n = unquote(rest, quote, reply);
	tuple->open = n == 0 || rest.text[n - 1] != quote;
	tuple->rest = span_skip(rest, n);
	/* only a refused sender is told behind it */
	if (span_starts(tuple->rest, ", "))
		tuple->sender = scan_any_address(tuple->rest);
	return true;
}
