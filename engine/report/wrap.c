/* SPDX-License-Identifier: ISC
 * Knows where a line may be broken, in English and in Japanese text; hides the
 * table of wide characters. */
#include "config.h"

#include "engine/report/wrap.h"

#include <stdbool.h>
#include <string.h>

#include "engine/base/text.h"

#define PARAGRAPH_MAX (1u << 20)
#define SHORT_CELLS 8

struct range {
	uint32_t first, last;
};

/* East Asian Width W and F (UAX #11), in the blocks that mail comes in. */
static const struct range wide[] = {
	{ 0x1100, 0x115F }, { 0x2E80, 0x303E }, { 0x3041, 0x33FF },
	{ 0x3400, 0x4DBF }, { 0x4E00, 0x9FFF }, { 0xA000, 0xA4CF },
	{ 0xA960, 0xA97C }, { 0xAC00, 0xD7A3 }, { 0xF900, 0xFAFF },
	{ 0xFE30, 0xFE6F }, { 0xFF01, 0xFF60 }, { 0xFFE0, 0xFFE6 },
	{ 0x1F300, 0x1F64F }, { 0x1F680, 0x1F6FF }, { 0x1F900, 0x1F9FF },
	{ 0x20000, 0x3FFFD }
};

static const struct range combining[] = {
	{ 0x0300, 0x036F }, { 0x0483, 0x0489 }, { 0x0591, 0x05BD },
	{ 0x064B, 0x065F }, { 0x0E34, 0x0E3A }, { 0x0E47, 0x0E4E },
	{ 0x1AB0, 0x1AFF }, { 0x1DC0, 0x1DFF }, { 0x20D0, 0x20FF },
	{ 0x3099, 0x309A }, { 0xFE20, 0xFE2F }
};

/* What must not begin a line (JIS X 4051, JLREQ 3.1.7): closing brackets, ends
 * of sentences and their parts, marks of repetition and length, small kana. */
static const struct range not_first[] = {
	{ '!', '!' }, { '"', '"' }, { '%', '%' }, { '\'', '\'' }, { ')', ')' },
	{ ',', ',' }, { '.', '.' }, { ':', ';' }, { '?', '?' }, { ']', ']' },
	{ '}', '}' },
	{ 0x2019, 0x2019 }, { 0x201D, 0x201D }, { 0x2025, 0x2026 },
	{ 0x3001, 0x3002 }, { 0x3005, 0x3005 }, { 0x3009, 0x3009 },
	{ 0x300B, 0x300B }, { 0x300D, 0x300D }, { 0x300F, 0x300F },
	{ 0x3011, 0x3011 }, { 0x3015, 0x3015 }, { 0x3017, 0x3017 },
	{ 0x3019, 0x3019 }, { 0x301C, 0x301C }, { 0x303B, 0x303B },
	{ 0x3041, 0x3041 }, { 0x3043, 0x3043 }, { 0x3045, 0x3045 },
	{ 0x3047, 0x3047 }, { 0x3049, 0x3049 }, { 0x3063, 0x3063 },
	{ 0x3083, 0x3083 }, { 0x3085, 0x3085 }, { 0x3087, 0x3087 },
	{ 0x308E, 0x308E }, { 0x3095, 0x3096 }, { 0x309B, 0x309E },
	{ 0x30A0, 0x30A1 }, { 0x30A3, 0x30A3 }, { 0x30A5, 0x30A5 },
	{ 0x30A7, 0x30A7 }, { 0x30A9, 0x30A9 }, { 0x30C3, 0x30C3 },
	{ 0x30E3, 0x30E3 }, { 0x30E5, 0x30E5 }, { 0x30E7, 0x30E7 },
	{ 0x30EE, 0x30EE }, { 0x30F5, 0x30F6 }, { 0x30FB, 0x30FE },
	{ 0x31F0, 0x31FF }, { 0xFF01, 0xFF01 }, { 0xFF05, 0xFF05 },
	{ 0xFF09, 0xFF09 }, { 0xFF0C, 0xFF0C }, { 0xFF0E, 0xFF0E },
	{ 0xFF1A, 0xFF1B }, { 0xFF1F, 0xFF1F }, { 0xFF3D, 0xFF3D },
	{ 0xFF5D, 0xFF5E }, { 0xFF61, 0xFF61 }, { 0xFF63, 0xFF65 },
	{ 0xFF67, 0xFF70 }, { 0xFF9E, 0xFF9F }
};

/* What must not end one: opening brackets. */
static const struct range not_last[] = {
	{ '"', '"' }, { '\'', '\'' }, { '(', '(' }, { '[', '[' }, { '{', '{' },
	{ 0x2018, 0x2018 }, { 0x201C, 0x201C }, { 0x3008, 0x3008 },
	{ 0x300A, 0x300A }, { 0x300C, 0x300C }, { 0x300E, 0x300E },
	{ 0x3010, 0x3010 }, { 0x3014, 0x3014 }, { 0x3016, 0x3016 },
	{ 0x3018, 0x3018 }, { 0xFF08, 0xFF08 }, { 0xFF3B, 0xFF3B },
	{ 0xFF5B, 0xFF5B }, { 0xFF62, 0xFF62 }
};

static bool
in_ranges(uint32_t code, const struct range *ranges, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (code >= ranges[i].first && code <= ranges[i].last)
			return true;
	return false;
}

int
wrap_cell(uint32_t code)
{
	if (code < 0x0300)
		return 1;
	if (in_ranges(code, combining, sizeof combining / sizeof *combining))
		return 0;
	return in_ranges(code, wide, sizeof wide / sizeof *wide) ? 2 : 1;
}

/* The character at TEXT: its octets, at least 1 so that every loop ends. */
static size_t
character(const char *text, size_t len, uint32_t *code)
{
	int n = text_decode(text, len, code);

	if (n > 0)
		return (size_t)n;
	*code = 0xFFFD;
	return 1;
}

int
wrap_width(const char *text, size_t len)
{
	int width = 0;
	size_t at = 0;

	while (at < len) {
		uint32_t code;

		at += character(text + at, len - at, &code);
		width += wrap_cell(code);
	}
	return width;
}

/* Written without blanks between words? */
static bool
is_east_asian(uint32_t code)
{
	return wrap_cell(code) == 2 || (code >= 0xFF61 && code <= 0xFF9F);
}

/* May a line end between BEFORE and AFTER, neither of them a blank? Never
 * within a word or a record. */
static bool
may_break(uint32_t before, uint32_t after)
{
	if (!is_east_asian(before) && !is_east_asian(after))
		return false;
	return wrap_cell(after) != 0 &&
	    !in_ranges(after, not_first, sizeof not_first / sizeof *not_first) &&
	    !in_ranges(before, not_last, sizeof not_last / sizeof *not_last);
}

static bool
is_hiragana(uint32_t code)
{
	return code >= 0x3041 && code <= 0x309F;
}

static bool
is_katakana(uint32_t code)
{
	return (code >= 0x30A1 && code <= 0x30FF) ||
	    (code >= 0xFF66 && code <= 0xFF9F);
}

/* O and go, which belong to the word behind them. */
static bool
is_prefix(uint32_t code)
{
	return code == 0x304A || code == 0x3054;
}

/* Kana that join what stands on both sides of them rather than end a phrase:
 * the ends of verbs that are the first part of another (uke-toru,
 * kaki-kaeru). */
static bool
is_joining(uint32_t code)
{
	static const struct range joining[] = {
		{ 0x3048, 0x3048 }, { 0x304D, 0x304E },
		{ 0x3051, 0x3051 }, { 0x3057, 0x3057 },
		{ 0x305B, 0x305B }, { 0x3061, 0x3061 }, { 0x3073, 0x3073 },
		{ 0x3079, 0x3079 }, { 0x307F, 0x307F }, { 0x3081, 0x3081 },
		{ 0x308A, 0x308A }, { 0x308C, 0x308C }
	};

	return in_ranges(code, joining, sizeof joining / sizeof *joining);
}

/* How badly a line end between BEFORE and AFTER reads, in quarters: 0 between two
 * phrases, 2 between words or characters of one, 4 in the midst of a word or
 * before a particle. Japanese has no blanks between words, but a phrase mostly
 * ends in hiragana and begins with something else. */
static int
roughness(uint32_t before, uint32_t after, bool blank)
{
	if (before == 0x3001 || before == 0x3002)
		return 0;
	if (is_hiragana(before) && is_prefix(after))
		return 2;
	if (is_hiragana(after) || is_prefix(before) ||
	    (is_hiragana(before) && (after == 0x5408 || after == 0x8FBC)))
		return 4;	/* toi-awase, kaki-komu */
	if (blank)
		return 0;
	if (is_hiragana(before))
		return is_joining(before) ? 2 : 0;
	if ((is_katakana(before) && is_katakana(after)) ||
	    (before >= '0' && before <= '9') || (after >= '0' && after <= '9'))
		return 4;
	return 2;
}

/* Is TEXT hardly more than the end of a word and its full stop, for a line of
 * WIDTH cells? */
static bool
is_short(const char *text, size_t n, int width)
{
	return width >= 3 * SHORT_CELLS && n <= 4 * SHORT_CELLS &&
	    wrap_width(text, n) <= SHORT_CELLS;
}

/* The cells that a line may do without to end better. */
static int
cells_worth(int width, int rough)
{
	int most = width / 3 < 22 ? width / 3 : 22;

	return most * rough / 4;
}

size_t
wrap_break(const char *text, size_t n, int width, int (*cell)(uint32_t),
    size_t *skip)
{
	size_t at = 0, best = 0;
	uint32_t code = ' ', before;
	int used = 0, value = 0;

	while (at < n) {
		size_t len;

		before = code;
		len = character(text + at, n - at, &code);
		if (at != 0 && before != ' ' &&
		    (code == ' ' || may_break(before, code))) {
			size_t to = at + strspn(text + at, " ");
			uint32_t after = ' ';
			int rough, now;

			if (to < n)
				character(text + to, n - to, &after);
			rough = roughness(before, after, code == ' ');
			if (rough == 4 && is_short(text + to, n - to,
			    width))
				rough = 8;
			now = used - cells_worth(width, rough);
			if (best == 0 || now > value) {
				best = at;
				value = now;
			}
		}
		used += cell(code);
		/* blanks at its end do not make a line too long */
		if (used > width && best != 0 && code != ' ')
			break;
		at += len;
	}
	if (used <= width)
		best = n;
	else if (at == n && code != ' ' && best == 0)
		best = n;
	*skip = 0;
	while (best + *skip < n && text[best + *skip] == ' ')
		++*skip;
	return best;
}

void
wrap_blanks(struct str *out, int n)
{
	for (int i = 0; i < n; i++)
		str_addc(out, ' ');
}

/* One line of clean text, broken where it must be. */
static void
wrap_line(struct str *out, int column, int indent, const char *text,
    size_t len)
{
	size_t n, skip;

	do {
		n = wrap_break(text, len, WRAP_COLUMNS - column, wrap_cell,
		    &skip);
		str_add(out, text, n);
		str_addc(out, '\n');
		text += n + skip;
		len -= n + skip;
		if (len != 0)
			wrap_blanks(out, indent);
		column = indent;
	} while (len != 0);
}

/* One blank between words, none where a line begins or ends. */
static void
squeeze(struct str *text)
{
	size_t to = 0;

	for (size_t i = 0; i < text->len; i++) {
		char c = text->text[i], next = text->text[i + 1];

		if (c == ' ' && (to == 0 || text->text[to - 1] == '\n' ||
		    next == ' ' || next == '\n' || next == '\0'))
			continue;
		text->text[to++] = c;
	}
	text->len = to;
	text->text[to] = '\0';
}

void
wrap_text(struct str *out, int column, int indent, const char *text)
{
	struct str clean;
	const char *line, *end;

	str_init(&clean, PARAGRAPH_MAX);
	text_clean(&clean, text, strlen(text), true);
	squeeze(&clean);
	while (clean.len > 0 && clean.text[clean.len - 1] == '\n')
		clean.text[--clean.len] = '\0';
	line = clean.text;
	do {
		end = strchr(line, '\n');
		wrap_line(out, column, indent, line,
		    end != NULL ? (size_t)(end - line) : strlen(line));
		if (end != NULL) {
			line = end + 1;
			if (*line != '\n')
				wrap_blanks(out, indent);
			column = indent;
		}
	} while (end != NULL);
	str_free(&clean);
}

void
wrap_paragraph(struct str *out, int indent, const char *text)
{
	wrap_blanks(out, indent);
	wrap_text(out, indent, indent, text);
}

void
wrap_padded(struct str *out, const char *text, int width)
{
	struct str clean;

	str_init(&clean, PARAGRAPH_MAX);
	text_clean(&clean, text, strlen(text), false);
	str_add(out, clean.text, clean.len);
	wrap_blanks(out, width - wrap_width(clean.text, clean.len));
	str_free(&clean);
}

void
wrap_labelled(struct str *out, int indent, const char *label,
    int value_column, const char *text)
{
	int width = wrap_width(label, strlen(label));

	wrap_blanks(out, indent);
	if (indent + width >= value_column) {
		str_addf(out, "%s\n", label);
		wrap_paragraph(out, value_column, text);
		return;
	}
	wrap_padded(out, label, value_column - indent);
	wrap_text(out, value_column, value_column, text);
}
