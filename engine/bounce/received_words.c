/* SPDX-License-Identifier: ISC
 * Knows comments, quoted strings, domains and addresses in the fields of a
 * received message (RFC 5322 3.2). Hides the scanning. */
#include "config.h"

#include <string.h>

#include "engine/base/text.h"
#include "engine/bounce/received_parts.h"

size_t
received_length(struct span s, const char *ends)
{
	size_t depth = 0;
	bool quoted = false;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.text[i];

		if (depth == 0 && !quoted && c != '\0' && strchr(ends, c))
			return i;
		if (c == '\\' && i + 1 < s.len && (quoted || depth != 0))
			i++;
		else if (c == '"' && depth == 0)
			quoted = !quoted;
		else if (quoted)
			continue;
		else if (c == '(')
			depth++;
		else if (c == ')' && depth != 0)
			depth--;
	}
	return s.len;
}

struct span
received_word(struct span *s)
{
	struct span word;
	size_t n;

	*s = span_trim(*s);
	if (s->len == 0)
		return span_make("", 0);
	if (s->text[0] == '(') {
		size_t depth = 0;

		for (n = 0; n < s->len; n++) {
			depth += s->text[n] == '(';
			if (s->text[n] == ')' && --depth == 0)
				break;
		}
		n += n < s->len;
	} else {
		/* a comment may follow without a blank */
		n = received_length(*s, " \t(");
	}
	word = span_make(s->text, n);
	*s = span_skip(*s, n);
	return word;
}

struct span
received_unquoted(struct span s)
{
	if (s.len >= 2 && ((s.text[0] == '"' && s.text[s.len - 1] == '"') ||
	    (s.text[0] == '<' && s.text[s.len - 1] == '>')))
		return span_make(s.text + 1, s.len - 2);
	return s;
}

const char *
received_lower(struct arena *arena, struct span s)
{
	char *copy = arena_strndup(arena, s.text, s.len);

	for (char *c = copy; *c != '\0'; c++)
		*c = text_lower(*c);
	return s.len != 0 ? copy : NULL;
}

const char *
received_domain(struct arena *arena, struct span s)
{
	const char *at;

	s = received_unquoted(received_unquoted(s));
	at = s.len != 0 ? memrchr(s.text, '@', s.len) : NULL;
	if (at != NULL)
		s = span_from(s, at + 1);
	/* "header.d=none": there was no signature */
	return s.len != 0 && !span_same(s, "none") ?
	    text_domain(arena, s.text, s.len) : NULL;
}

const char *
received_ip(struct arena *arena, struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		size_t n;

		/* not in the middle of a word; "IPv6:" is RFC 5321 4.1.3's */
		if (i != 0 && (is_word(s.text[i - 1]) ||
		    s.text[i - 1] == '.' || (s.text[i - 1] == ':' &&
		    (i < 5 || !span_starts(span_skip(s, i - 5), "IPv6:")))))
			continue;
		n = scan_ip(span_skip(s, i));
		if (n > 3)
			return arena_strndup(arena, s.text + i, n);
	}
	return NULL;
}
