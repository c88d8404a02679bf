/* SPDX-License-Identifier: ISC
 * Knows where a line may be broken, in English and in Japanese text; hides the
 * table of wide characters. */
#include "config.h"

#include "engine/report/wrap.h"

#include <stdbool.h>
#include <string.h>

#include "engine/base/text.h"

#define PARAGRAPH_MAX (1u << 20)

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

/* Closing marks that must not begin a line (JIS X 4051). */
static const uint32_t closing[] = {
	0x3001, 0x3002, 0x3009, 0x300B, 0x300D, 0x300F, 0x3011, 0x30FC, 0xFF01,
	0xFF09, 0xFF0C, 0xFF0E, 0xFF1A, 0xFF1B, 0xFF1F, 0xFF3D
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

static bool
is_closing(uint32_t code)
{
	for (size_t i = 0; i < sizeof closing / sizeof *closing; i++)
		if (closing[i] == code)
			return true;
	return false;
}

/* The octets at TEXT that stay together on one line: a word, or one wide
 * character with the closing marks behind it. */
static size_t
unit_length(const char *text, size_t len)
{
	size_t at = 0;
	bool ended = false;

	while (at < len && text[at] != ' ' && text[at] != '\n') {
		uint32_t code;
		size_t n = character(text + at, len - at, &code);
		int cells = wrap_cell(code);

		if (at > 0 && cells != 0 && (ended || cells == 2) &&
		    !is_closing(code))
			break;
		at += n;
		if (cells == 2)
			ended = true;
	}
	return at;
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
	int used = column;
	bool fresh = true;
	size_t at = 0;

	while (at < len) {
		int blanks = 0;
		size_t n;
		int width;

		while (at < len && text[at] == ' ') {
			at++;
			blanks = 1;
		}
		n = unit_length(text + at, len - at);
		if (n == 0)
			break;
		width = wrap_width(text + at, n);
		if (fresh)
			blanks = 0;
		else if (used + blanks + width > WRAP_COLUMNS) {
			str_addc(out, '\n');
			wrap_blanks(out, indent);
			used = indent;
			blanks = 0;
		}
		wrap_blanks(out, blanks);
		str_add(out, text + at, n);
		used += blanks + width;
		at += n;
		fresh = false;
	}
	str_addc(out, '\n');
}

void
wrap_text(struct str *out, int column, int indent, const char *text)
{
	struct str clean;
	const char *line, *end;

	str_init(&clean, PARAGRAPH_MAX);
	text_clean(&clean, text, strlen(text), true);
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
