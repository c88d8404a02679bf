/* SPDX-License-Identifier: ISC
 * Knows what pasting, quoting and mail programs do to line ends and margins.
 * Hides how a line finds its place in the input. */
#include "config.h"

#include "engine/bounce/lines.h"

#include <string.h>

#include "engine/base/str.h"
#include "engine/base/text.h"
#include "engine/bounce/charset.h"

bool
line_is_empty(const struct lines *lines, size_t i)
{
	struct span s = line_span(lines, i);

	/* most lines begin with a letter */
	return s.len == 0 || (is_blank(s.text[0]) && span_trim(s).len == 0);
}

/* sendmail's and others' "what I said" mark, not a quotation. */
static bool
is_dialogue(struct span s)
{
	return span_starts(s, ">>> ") && s.len > 5 &&
	    s.text[4] >= 'A' && s.text[4] <= 'Z' &&
	    is_letter(s.text[5]);
}

static struct span
unquote(struct span s)
{
	for (int level = 0; level < 16; level++) {
		struct span rest = span_trim(s);

		if (rest.len == 0 || (rest.text[0] != '>' &&
		    !(rest.text[0] == '|' &&
		    (rest.len == 1 || rest.text[1] == ' '))))
			break;
		if (is_dialogue(rest))
			break;
		s = span_skip(rest, 1);
		if (s.len != 0 && s.text[0] == ' ')
			s = span_skip(s, 1);
	}
	return s;
}

/* From which octets of the input a line came. */
struct place {
	size_t start, end;
};

static void
make_room(struct arena *arena, struct lines *lines)
{
	struct line *more = arena_array(arena, lines->room * 2,
	    sizeof *more);

	memcpy(more, lines->list, lines->n * sizeof *more);
	lines->list = more;
	lines->room *= 2;
}

/* Most lines begin with a letter: no quotation, not empty. */
static bool
may_be_margin(struct span s)
{
	size_t n = 0;

	while (n < s.len && (is_blank(s.text[n]) || s.text[n] == '\r'))
		n++;
	return n == s.len || s.text[n] == '>' || s.text[n] == '|';
}

/* REPAIRED is NULL where no ISO-2022-JP can be. */
static void
add_line(struct arena *arena, struct lines *out, struct span s,
    struct place place, bool *repaired)
{
	size_t len;
	struct line *line;

	if (may_be_margin(s)) {
		s = unquote(s);
		if (span_trim(s).len == 0)
			s.len = 0;
	}
	if (s.len == 0 && out->n != 0 && out->list[out->n - 1].len == 0)
		return;
	len = s.len;
	if (repaired != NULL)
		s.text = charset_jis(arena, s.text, &len, repaired);
	if (out->n == out->room)
		make_room(arena, out);
	line = &out->list[out->n++];
	*line = (struct line){ .text = s.text, .len = (uint32_t)len,
		.start = (uint32_t)place.start, .end = (uint32_t)place.end };
}

/* Does every run of CR have an even length, with no LF at all? Then each line
 * end of the clipboard came twice (a CRLF clipboard through xterm or tmux). */
static bool
is_doubled(const char *text, size_t len)
{
	const char *end = text + len, *p = text;
	size_t runs = 0;

	if (memchr(text, '\n', len) != NULL)
		return false;
	for (p = memchr(p, '\r', len); p != NULL;
	    p = memchr(p, '\r', (size_t)(end - p))) {
		const char *q = p;

		while (q < end && *q == '\r')
			q++;
		if ((q - p) % 2 != 0)
			return false;
		runs++;
		p = q;
		if (p == end)
			break;
	}
	return runs > 1;
}

/* The length of the line end at P: CRLF, LF, CR, or CR CR when DOUBLED. */
static size_t
end_of_line(const char *p, const char *end, bool doubled)
{
	if (*p == '\n')
		return 1;
	if (p + 1 < end && (p[1] == '\n' || (doubled && p[1] == '\r')))
		return 2;
	return 1;
}

/* Where the line at P ends. *CR is the next CR, or NULL: most texts have none,
 * and those that have are searched for each only once. */
static const char *
line_stop(const char *p, const char *end, const char **cr)
{
	const char *lf = memchr(p, '\n', (size_t)(end - p));

	if (*cr != NULL && *cr < p)
		*cr = memchr(p, '\r', (size_t)(end - p));
	if (*cr != NULL && (lf == NULL || *cr < lf))
		return *cr;
	return lf != NULL ? lf : end;
}

static void
split(struct arena *arena, struct span text, const struct place *fixed,
    struct lines *out, bool *repaired)
{
	const char *p = text.text, *end = p + text.len, *stop;
	const char *cr = memchr(p, '\r', text.len);
	bool doubled = cr != NULL && is_doubled(text.text, text.len);

	/* lines of mails are that long and longer */
	*out = (struct lines){ .room = text.len / 32 + 8 };
	out->list = arena_array(arena, out->room, sizeof *out->list);
	if (!charset_may_be_jis(text.text, text.len))
		repaired = NULL;
	for (; p < end && out->n < LINES_MAX; p = stop) {
		struct place place;

		stop = line_stop(p, end, &cr);
		place.start = (size_t)(p - text.text);
		place.end = (size_t)(stop - text.text);
		if (fixed != NULL)
			place = *fixed;
		add_line(arena, out, span_make(p, (size_t)(stop - p)), place,
		    repaired);
		if (stop < end)
			stop += end_of_line(stop, end, doubled);
	}
}

void
lines_split(struct arena *arena, const char *text, size_t len,
    struct lines *out, bool *repaired)
{
	char *clean;

	if (memchr(text, '\0', len) != NULL) {
		clean = arena_strndup(arena, text, len);
		for (size_t i = 0; i < len; i++)
			if (clean[i] == '\0')
				clean[i] = ' ';
		text = clean;
	}
	split(arena, span_make(text, len), NULL, out, repaired);
}

void
lines_split_decoded(struct arena *arena, struct span text,
    size_t start, size_t end, struct lines *out, bool *repaired)
{
	struct place fixed = { start, end };

	split(arena, text, &fixed, out, repaired);
}

/* NBSP (U+00A0), U+3000, zero-width space and the byte order mark. */
static size_t
odd_blank(const char *p, size_t left)
{
	if (left >= 2 && memcmp(p, "\xc2\xa0", 2) == 0)
		return 2;
	if (left >= 3 && (memcmp(p, "\xe3\x80\x80", 3) == 0 ||
	    memcmp(p, "\xe2\x80\x8b", 3) == 0 ||
	    memcmp(p, "\xef\xbb\xbf", 3) == 0))
		return 3;
	return 0;
}

static void
plain_blanks(struct arena *arena, struct line *line)
{
	char *copy;
	size_t n = 0;

	for (n = 0; n < line->len; n++)
		if (odd_blank(line->text + n, line->len - n) != 0)
			break;
	if (n == line->len)
		return;
	n = 0;
	copy = arena_strndup(arena, line->text, line->len);
	for (size_t i = 0; i < line->len;) {
		size_t odd = odd_blank(line->text + i, line->len - i);

		copy[n++] = odd != 0 ? ' ' : line->text[i];
		i += odd != 0 ? odd : 1;
	}
	line->text = copy;
	line->len = (uint32_t)n;
}

/* Only lines with octets above ASCII need any of this. */
static bool
has_high(const struct line *line)
{
	return text_ascii(line->text, line->len) != line->len;
}

static enum charset
guess_lines(const struct lines *lines)
{
	struct str sample;
	enum charset set;

	str_init(&sample, 65536);
	for (size_t i = 0; i < lines->n && !sample.cut; i++) {
		const struct line *line = &lines->list[i];

		if (has_high(line) && !charset_is_utf8(line->text, line->len))
			str_add(&sample, line->text, line->len);
	}
	set = charset_guess(sample.text, sample.len);
	str_free(&sample);
	return set;
}

void
lines_to_utf8(struct arena *arena, const char *name, struct lines *lines)
{
	struct charset_reader *reader = NULL;

	for (size_t i = 0; i < lines->n; i++) {
		struct line *line = &lines->list[i];
		size_t len = line->len;

		if (!has_high(line))
			continue;
		if (!charset_is_utf8(line->text, len)) {
			if (reader == NULL)
				reader = charset_open(name, name == NULL ?
				    guess_lines(lines) : CHARSET_NONE);
			line->text = charset_line(arena, reader, line->text,
			    &len);
			line->len = (uint32_t)len;
		}
		plain_blanks(arena, line);
		line->tells = 0;
	}
	charset_close(&reader);
}
