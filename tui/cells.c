/* SPDX-License-Identifier: ISC
 * Widths as this terminal sees them: by the locale's character set. Never
 * splits a character. */
#include "config.h"

#include "tui/cells.h"

#include <limits.h>
#include <string.h>
#include <wchar.h>

#include "engine/base/text.h"

bool
cell_shown(uint32_t code)
{
	char octets[MB_LEN_MAX];
	mbstate_t state;

	if (code < 0x80)
		return true;
	memset(&state, 0, sizeof state);
	return wcrtomb(octets, (wchar_t)code, &state) != (size_t)-1 &&
	    wcwidth((wchar_t)code) >= 0;
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
