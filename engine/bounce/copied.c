/* SPDX-License-Identifier: ISC
 * Knows how a refusal looks that was copied out of an address line or out of
 * the source of a web page. Hides when that is so. */
#include "config.h"

#include "engine/bounce/copied.h"

#include <string.h>

#include "engine/base/text.h"

/* Longer text is nobody's address line, and more lines are a mail. */
#define ADDRESS_MAX 16384
#define LINES_FEW 8
#define ESCAPES_MIN 3

static int
hex_value(char c)
{
	const char *digits = "0123456789abcdef";
	const char *p = c != '\0' ? strchr(digits, text_lower(c)) : NULL;

	return p != NULL ? (int)(p - digits) : -1;
}

/* "%2F" at I of S: the octet, or -1. */
static int
escape_at(struct span s, size_t i)
{
	int high, low;

	if (s.text[i] != '%' || i + 2 >= s.len)
		return -1;
	high = hex_value(s.text[i + 1]);
	low = hex_value(s.text[i + 2]);
	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

/* Escapes (RFC 3986 2.1) and no blank; *PLUS: blanks are written as "+". */
static bool
is_escaped(struct span s, bool *plus)
{
	size_t escapes = 0, blanks = 0;

	*plus = false;
	if (s.len > ADDRESS_MAX)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		int octet = escape_at(s, i);

		if (s.text[i] == ' ' || s.text[i] == '\n')
			return false;
		escapes += octet >= 0;
		blanks += octet == ' ';
		*plus = *plus || s.text[i] == '+';
	}
	*plus = *plus && blanks == 0;
	if (*plus && s.len > 3 && s.text[3] == '+' &&
	    scan_reply(span_make(s.text, 3)) != 0)
		return true;
	return blanks != 0 || (*plus && escapes >= ESCAPES_MIN);
}

struct span
copied_unescape(struct arena *arena, struct span s)
{
	struct span inner = s;
	bool plus;
	char *out;
	size_t n = 0;

	while (inner.len != 0 && strchr("\r\n ", inner.text[inner.len - 1]) !=
	    NULL)
		inner.len--;
	if (inner.len == 0 || !is_escaped(inner, &plus))
		return s;
	out = arena_alloc(arena, inner.len + 1);
	for (size_t i = 0; i < inner.len; i++) {
		int octet = escape_at(inner, i);

		if (octet >= 0) {
			out[n++] = (char)octet;
			i += 2;
		} else {
			out[n++] = plus && inner.text[i] == '+' ? ' ' :
			    inner.text[i];
		}
	}
	out[n] = '\0';
	return span_make(out, n);
}

/* Does S begin with one of the tags that a page's source begins with? */
static bool
starts_page(struct span s)
{
	static const char *const tags[] = {
		"<!doctype", "<html", "<head", "<body", "<div", "<p>", "<p ",
		"<pre", "<table", "<tr", "<td", "<span", "<br", "<code", "<li",
		"<font", "<blockquote"
	};

	for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
		if (s.len >= strlen(tags[i]) &&
		    span_same(span_make(s.text, strlen(tags[i])), tags[i]))
			return true;
	return false;
}

bool
copied_is_page(const struct lines *lines)
{
	size_t i = 0;

	while (i < lines->n && line_is_empty(lines, i))
		i++;
	if (starts_page(span_trim(line_span(lines, i))))
		return true;
	for (i = 0; i < lines->n && lines->n <= LINES_FEW; i++) {
		struct span s = line_span(lines, i);

		if (memchr(s.text, '<', s.len) != NULL &&
		    (span_find(s, "<br") != NULL ||
		    span_find(s, "</p>") != NULL))
			return true;
	}
	return false;
}
