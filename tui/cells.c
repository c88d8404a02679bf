/* SPDX-License-Identifier: ISC
 * Widths as this terminal sees them: by the locale's character set. Never
 * splits a character. */
#include "config.h"

#include "tui/cells.h"

#include <limits.h>
#include <string.h>
#include <wchar.h>

#include "engine/base/text.h"

static bool ambiguous_are_wide;

void
cells_ambiguous_are_wide(bool wide)
{
	ambiguous_are_wide = wide;
}

/* UAX #11 class A, and what stands between: whole blocks, of which a few
 * characters more lose their looks. */
static bool
is_ambiguous(uint32_t code)
{
	static const struct {
		uint32_t first, last;
	} blocks[] = {
		{ 0xa1, 0x1dc }, { 0x251, 0x2df }, { 0x391, 0x451 },
		{ 0x2010, 0x203e }, { 0x2074, 0x2084 }, { 0x20ac, 0x20ac },
		{ 0x2100, 0x27bf }, { 0x2b56, 0x2b59 }, { 0x3248, 0x324f },
		{ 0xfffd, 0xfffd }, { 0x1f100, 0x1f1ac }
	};

	for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++)
		if (code >= blocks[i].first && code <= blocks[i].last)
			return true;
	return false;
}

bool
cell_shown(uint32_t code)
{
	char octets[MB_LEN_MAX];
	mbstate_t state;

	if (code < 0x80)
		return true;
	memset(&state, 0, sizeof state);
	return wcrtomb(octets, (wchar_t)code, &state) != (size_t)-1 &&
	    wcwidth((wchar_t)code) >= 0 && !(ambiguous_are_wide &&
	    wcwidth((wchar_t)code) == 1 && is_ambiguous(code));
}

char
cell_stand_in(uint32_t code)
{
	static const struct {
		uint32_t first, last;
		char shown;
	} table[] = {
		{ 0xb0, 0xb0, 'o' }, { 0xb7, 0xb7, '*' }, { 0xd7, 0xd7, 'x' },
		{ 0x2010, 0x2015, '-' }, { 0x2016, 0x2016, '|' },
		{ 0x2018, 0x201b, '\'' }, { 0x201c, 0x201f, '"' },
		{ 0x2020, 0x2022, '*' }, { 0x2024, 0x2027, '.' },
		{ 0x2032, 0x2032, '\'' }, { 0x2033, 0x2033, '"' },
		{ 0x203b, 0x203b, '*' }, { 0x2190, 0x2190, '<' },
		{ 0x2191, 0x2191, '^' }, { 0x2192, 0x2192, '>' },
		{ 0x2193, 0x2193, 'v' }, { 0x21d2, 0x21d2, '>' },
		{ 0x2500, 0x2501, '-' }, { 0x2502, 0x2503, '|' },
		{ 0x2504, 0x254f, '+' }, { 0x2550, 0x2550, '=' },
		{ 0x2551, 0x2551, '|' }, { 0x2552, 0x257f, '+' },
		{ 0x2580, 0x259f, '#' }, { 0x25a0, 0x25ff, '*' },
		{ 0x2605, 0x2606, '*' }
	};

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		if (code >= table[i].first && code <= table[i].last)
			return table[i].shown;
	return '?';
}

int
cell_width(uint32_t code)
{
	return code < 0x80 || !cell_shown(code) ? 1 : wcwidth((wchar_t)code);
}

size_t
cells_character(const char *text, size_t n, uint32_t *code)
{
	int len = text_decode(text, n, code);

	if (len > 0)
		return (size_t)len;
	*code = '?';
	return n != 0;
}

int
cells(const char *text)
{
	size_t n = strlen(text), len;
	uint32_t code;
	int width = 0;

	for (; n != 0; text += len, n -= len) {
		len = cells_character(text, n, &code);
		width += cell_width(code);
	}
	return width;
}

size_t
cells_fitting(const char *text, size_t n, int width, int *used)
{
	size_t at = 0, len;
	uint32_t code;

	*used = 0;
	while (at < n) {
		len = cells_character(text + at, n - at, &code);
		if (*used + cell_width(code) > width)
			break;
		*used += cell_width(code);
		at += len;
	}
	return at;
}

int
cells_within(const char *text, size_t octets)
{
	size_t n = strlen(text), len;
	uint32_t code;
	int width = 0;

	for (; n != 0; text += len, n -= len, octets -= len) {
		len = cells_character(text, n, &code);
		if (len > octets)
			break;
		width += cell_width(code);
	}
	return width;
}

const char *
cells_padded(struct arena *arena, const char *text, int width)
{
	int gap = width - cells(text);

	return arena_printf(arena, "%s%*s", text, gap > 0 ? gap : 0, "");
}

const char *
cells_cut(struct arena *arena, const char *text, int width)
{
	int used;
	size_t at;

	if (width <= 0)
		return "";
	if (cells(text) <= width)
		return text;
	at = cells_fitting(text, strlen(text), width > 4 ? width - 2 : width, &used);
	return arena_printf(arena, "%.*s%s", (int)at, text,
	    width > 4 ? ".." : "");
}

const char *
cells_cut_middle(struct arena *arena, const char *text, int width)
{
	const char *end = text;
	uint32_t code;
	int used;
	size_t at;

	if (cells(text) <= width || width < 8)
		return cells_cut(arena, text, width);
	at = cells_fitting(text, strlen(text), width / 2, &used);
	while (cells(end) > width - used - 2)
		end += cells_character(end, strlen(end), &code);
	return arena_printf(arena, "%.*s..%s", (int)at, text, end);
}
