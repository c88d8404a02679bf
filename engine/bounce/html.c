/* SPDX-License-Identifier: ISC
 * Knows enough HTML to read the text of a bounce in it. Hides tags and
 * character references. */
#include "config.h"

#include "engine/bounce/lines.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/str.h"
#include "engine/base/text.h"

static const struct {
	const char *name;
	const char *text;
} references[] = {
	{ "&lt;", "<" }, { "&gt;", ">" }, { "&amp;", "&" }, { "&nbsp;", " " },
	{ "&quot;", "\"" }, { "&apos;", "'" }
};

/* A character reference at the start of S: appends what it stands for and
 * returns its length, or 0. */
static size_t
add_reference(struct str *out, struct span s)
{
	char number[12], code[4];
	size_t n = 2;
	unsigned long value;

	for (size_t i = 0; i < sizeof references / sizeof *references; i++)
		if (span_starts(s, references[i].name)) {
			str_adds(out, references[i].text);
			return strlen(references[i].name);
		}
	if (s.len < 4 || s.text[1] != '#')
		return 0;
	while (n < s.len && n < 10 && (is_digit(s.text[n]) ||
	    is_letter(s.text[n])))
		n++;
	if (n >= s.len || s.text[n] != ';')
		return 0;
	memcpy(number, s.text + 2, n - 2);
	number[n - 2] = '\0';
	value = text_lower(number[0]) == 'x' ? strtoul(number + 1, NULL, 16) :
	    strtoul(number, NULL, 10);
	if (value < 0x20 || value > 0x10ffff ||
	    (value >= 0xd800 && value < 0xe000))
		return 0;
	str_add(out, code, text_encode((uint32_t)value, code));
	return n + 1;
}

/* Tags that start a new line. */
static bool
breaks_line(struct span tag)
{
	static const char *const names[] = {
		"br", "p", "div", "tr", "li", "h1", "h2", "h3", "pre", "table",
		"blockquote", "ul", "hr"
	};
	size_t n = 0;

	if (tag.len != 0 && tag.text[0] == '/')
		tag = span_skip(tag, 1);
	while (n < tag.len && (is_letter(tag.text[n]) || is_digit(tag.text[n])))
		n++;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (span_same(span_make(tag.text, n), names[i]))
			return true;
	return false;
}

/* A tag or comment at the start of S, which begins with '<': its length, or 0
 * when it is text ("<user@example.com>", "a < b"). */
static size_t
tag_length(struct span s)
{
	const char *close;
	size_t limit = s.len < 1024 ? s.len : 1024;

	if (s.len < 3 || !(is_letter(s.text[1]) || s.text[1] == '/' ||
	    s.text[1] == '!'))
		return 0;
	close = memchr(s.text, '>', limit);
	if (close == NULL)
		return 0;
	limit = (size_t)(close - s.text) + 1;
	if (memchr(s.text, '@', limit) != NULL &&
	    memchr(s.text, ' ', limit) == NULL)
		return 0;
	return limit;
}

/* The content of <style> and <script> is no text: skip to its end tag. One
 * that never ends is searched for only once (*ENDLESS). */
static size_t
skip_content(struct span s, bool *endless)
{
	static const char *const names[] = { "style", "script", "head" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct span rest = span_skip(s, 1), after;

		if (!span_starts(rest, names[i]))
			continue;
		rest = span_skip(rest, strlen(names[i]));
		if (rest.len == 0 || (rest.text[0] != '>' &&
		    rest.text[0] != ' '))
			continue;
		if (rest.len > 65536)
			rest.len = 65536;
		after = span_after(rest, "</");
		while (after.text != NULL && !span_starts(after, names[i]))
			after = span_after(after, "</");
		if (after.text != NULL)
			return (size_t)(after.text - s.text) +
			    strlen(names[i]);
		*endless = true;
	}
	return 0;
}

static void
strip(struct str *out, struct span s)
{
	bool endless = false;

	while (s.len != 0) {
		size_t n = 0;

		if (s.text[0] == '<') {
			n = endless ? 0 : skip_content(s, &endless);
			if (n == 0)
				n = tag_length(s);
			if (n != 0 && breaks_line(span_make(s.text + 1, n - 1)))
				str_addc(out, '\n');
		} else if (s.text[0] == '&') {
			n = add_reference(out, s);
		}
		if (n == 0) {
			str_addc(out, s.text[0] == '\n' ? ' ' : s.text[0]);
			n = 1;
		}
		s = span_skip(s, n);
	}
}

void
lines_from_html(struct arena *arena, const struct lines *html,
    struct lines *out)
{
	struct str joined, text;
	bool repaired = false;
	size_t start, end;

	*out = (struct lines){ NULL, 0, 0 };
	if (html->n == 0)
		return;
	start = html->list[0].start;
	end = html->list[html->n - 1].end;
	str_init(&joined, (size_t)1 << 22);
	str_init(&text, (size_t)1 << 22);
	for (size_t i = 0; i < html->n && !joined.cut; i++) {
		str_add(&joined, html->list[i].text, html->list[i].len);
		str_addc(&joined, '\n');
	}
	strip(&text, span_make(joined.text, joined.len));
	lines_split_decoded(arena,
	    span_make(arena_strndup(arena, text.text, text.len), text.len),
	    start, end, out, &repaired);
	lines_to_utf8(arena, NULL, out);
	str_free(&joined);
	str_free(&text);
}
