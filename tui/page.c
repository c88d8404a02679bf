/* SPDX-License-Identifier: ISC
 * Layout: wrapping, columns, cutting by terminal cells. Hides how wide a
 * character is; never splits one. */
#include "config.h"

#include "tui/page.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "engine/base/str.h"
#include "engine/base/text.h"
#include "engine/report/wrap.h"

/* Foreign text can be long; nobody reads more of it on a screen. */
#define TEXT_MAX (64u << 10)
#define ROWS_MAX 20000
/* Longer lines are tiring to read. */
#define TEXT_WIDTH_MAX 76
#define MARGIN 2

void
page_begin(struct page *page, struct arena *arena, int columns, int lines)
{
	memset(page, 0, sizeof *page);
	page->arena = arena;
	page->columns = columns;
	page->lines = lines;
	page->width = columns - 2 * MARGIN;
	if (page->width > TEXT_WIDTH_MAX)
		page->width = TEXT_WIDTH_MAX;
	page->compact = lines < 16;
	page->cursor_row = -1;
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
	    wcwidth((wchar_t)code) >= 0;
}

int
cell_width(uint32_t code)
{
	return code < 0x80 || !cell_shown(code) ? 1 : wcwidth((wchar_t)code);
}

/* One character of clean text; never 0 octets while there are some. */
static size_t
character(const char *text, size_t n, uint32_t *code)
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
		len = character(text, n, &code);
		width += cell_width(code);
	}
	return width;
}

/* Octets of TEXT that fit into WIDTH cells; *USED gets the cells. */
static size_t
fitting(const char *text, size_t n, int width, int *used)
{
	size_t at = 0, len;
	uint32_t code;

	*used = 0;
	while (at < n) {
		len = character(text + at, n - at, &code);
		if (*used + cell_width(code) > width)
			break;
		*used += cell_width(code);
		at += len;
	}
	return at;
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
	at = fitting(text, strlen(text), width > 4 ? width - 2 : width, &used);
	return arena_printf(arena, "%.*s%s", (int)at, text,
	    width > 4 ? ".." : "");
}

static const char *
clean(struct page *page, const char *text, bool keep_lines)
{
	struct str out;
	const char *copy;

	str_init(&out, TEXT_MAX);
	text_clean(&out, text, strlen(text), keep_lines);
	copy = arena_strndup(page->arena, out.text, out.len);
	str_free(&out);
	return copy;
}

static struct row *
add_row(struct page *page, const char *text, enum look look)
{
	static struct row spare;
	struct row *row;

	if (page->n >= ROWS_MAX)
		return &spare;
	page->rows = arena_grow(page->arena, page->rows, page->n,
	    sizeof *page->rows);
	row = &page->rows[page->n++];
	memset(row, 0, sizeof *row);
	row->text = text;
	row->look = look;
	row->item = -1;
	return row;
}

/* Where to end a row of WIDTH cells: as in a report, but in the midst of a word
 * that is longer than the row. */
static size_t
row_end(const char *text, size_t n, int width, size_t *skip)
{
	size_t end = wrap_break(text, n, width, cell_width, skip);
	uint32_t code;
	int used;
	size_t fit = fitting(text, end, width, &used);

	if (fit == end)
		return end;
	*skip = 0;
	return fit != 0 ? fit : character(text, n, &code);
}

/* Wrap clean TEXT into rows of WIDTH cells, the first behind FIRST, the others
 * behind INDENT blanks. Returns the first row's index. */
static size_t
wrap(struct page *page, const char *first, int indent, int width,
    enum look look, const char *text)
{
	size_t begin = page->n;

	if (width < 8)
		width = 8;
	do {
		size_t n = strcspn(text, "\n"), len, skip;

		do {
			len = row_end(text, n, width, &skip);
			add_row(page, page->n == begin && first != NULL ?
			    arena_printf(page->arena, "%s%.*s", first, (int)len,
			    text) : arena_printf(page->arena, "%*s%.*s", indent,
			    "", (int)len, text), look);
			text += len + skip;
			n -= len + skip;
		} while (n != 0);
		if (*text == '\n')
			text++;
		else
			break;
	} while (*text != '\0');
	return begin;
}

void
page_text(struct page *page, int indent, enum look look, const char *text)
{
	if (text == NULL)
		return;
	wrap(page, NULL, MARGIN + indent, page->width - indent, look,
	    clean(page, text, true));
}

static const char *
padded(struct arena *arena, const char *text, int width)
{
	int gap = width - cells(text);

	return arena_printf(arena, "%s%*s", text, gap > 0 ? gap : 0, "");
}

void
page_field(struct page *page, int indent, int width, const char *label,
    const char *value)
{
	const char *name;

	if (value == NULL || *value == '\0')
		return;
	name = padded(page->arena, clean(page, label, false), width);
	if (page->columns < 60 && (width > 10 || cells(name) > width)) {
		/* too narrow for two columns: the value below its label */
		page_text(page, indent, LOOK_STRONG, label);
		page_text(page, indent + 2, LOOK_PLAIN, value);
		return;
	}
	/* a translated label may be wider than its column */
	if (cells(name) > width)
		name = arena_printf(page->arena, "%s  ", name);
	wrap(page, arena_printf(page->arena, "%*s%s", MARGIN + indent, "",
	    name), MARGIN + indent + width,
	    page->width - indent - cells(name), LOOK_PLAIN,
	    clean(page, value, true));
}

void
page_heading(struct page *page, const char *left, const char *right)
{
	const char *title = clean(page, left, false);
	int room = page->columns - 2 * MARGIN;

	if (room > TEXT_WIDTH_MAX)
		room = TEXT_WIDTH_MAX;
	if (right != NULL) {
		const char *end = clean(page, right, false);
		int gap = room - cells(title) - cells(end);

		if (gap >= 2) {
			add_row(page, arena_printf(page->arena, "%*s%s%*s%s",
			    MARGIN, "", title, gap, "", end), LOOK_STRONG);
			return;
		}
		page_text(page, 0, LOOK_STRONG, left);
		page_text(page, 0, LOOK_PLAIN, right);
		return;
	}
	page_text(page, 0, LOOK_STRONG, left);
}

void
page_value(struct page *page, const char *text)
{
	const char *rest = clean(page, text, true);

	do {
		size_t n = strcspn(rest, "\n"), len;
		int used;

		do {
			len = fitting(rest, n, page->columns, &used);
			if (len == 0 && n != 0)
				len = n;	/* narrower than a character */
			add_row(page, arena_strndup(page->arena, rest, len),
			    LOOK_STRONG);
			rest += len;
			n -= len;
		} while (n != 0);
		if (*rest == '\n')
			rest++;
	} while (*rest != '\0');
}

const char *
tag_text(enum tag tag)
{
	static const char *const texts[] = {
		[TAG_OK] = "[ OK ]", [TAG_FAIL] = "[FAIL]",
		[TAG_WARN] = "[WARN]", [TAG_RUNNING] = "[ .. ]",
		[TAG_UNKNOWN] = "[ ?? ]", [TAG_NOT_APPLICABLE] = "[ -- ]"
	};

	return texts[tag];
}

void
page_item(struct page *page, enum tag tag, const struct page_column *columns,
    size_t n)
{
	const char *text = arena_printf(page->arena, "%*s", MARGIN, "");
	int left = page->columns - MARGIN - 1;
	struct row *row;

	if (tag != TAG_NONE) {
		text = arena_printf(page->arena, "%s%s ", text, tag_text(tag));
		left -= cells(tag_text(tag)) + 1;
	}
	for (size_t i = 0; i < n && left > 0; i++) {
		int width = columns[i].width != 0 && columns[i].width < left ?
		    columns[i].width : left;
		const char *cut = cells_cut(page->arena, clean(page,
		    columns[i].text != NULL ? columns[i].text : "", false),
		    i + 1 < n && width > 4 ? width - 2 : width);

		text = arena_printf(page->arena, "%s%s", text,
		    i + 1 < n ? padded(page->arena, cut, width) : cut);
		left -= width;
	}
	row = add_row(page, text, LOOK_PLAIN);
	row->tag = tag;
	row->tag_at = MARGIN;
	row->item = page->n_items++;
	row->first = true;
}

void
page_item_more(struct page *page, int indent, const char *text)
{
	size_t begin;

	if (text == NULL || *text == '\0')
		return;
	begin = wrap(page, NULL, MARGIN + indent, page->width - indent,
	    LOOK_PLAIN, clean(page, text, true));
	for (; begin < page->n; begin++)
		page->rows[begin].item = page->n_items - 1;
}

/* TEXT wrapped behind its tag. Returns the first row's index. */
static size_t
tagged_rows(struct page *page, enum tag tag, const char *text)
{
	const char *first = arena_printf(page->arena, "%*s%s ", MARGIN, "",
	    tag_text(tag));
	size_t begin = wrap(page, first, cells(first), page->width + MARGIN -
	    cells(first), LOOK_PLAIN, clean(page, text, true));

	page->rows[begin].tag = tag;
	page->rows[begin].tag_at = MARGIN;
	return begin;
}

void
page_tagged(struct page *page, enum tag tag, const char *text)
{
	if (page->n < ROWS_MAX)
		tagged_rows(page, tag, text);
}

void
page_item_text(struct page *page, enum tag tag, const char *text)
{
	size_t begin;

	if (page->n >= ROWS_MAX)
		return;
	begin = tagged_rows(page, tag, text);
	page->rows[begin].first = true;
	for (; begin < page->n; begin++)
		page->rows[begin].item = page->n_items;
	page->n_items++;
}

void
page_gap(struct page *page)
{
	if (page->compact || page->n == 0 ||
	    page->rows[page->n - 1].text[0] == '\0')
		return;
	add_row(page, "", LOOK_PLAIN);
}

void
page_end_head(struct page *page)
{
	/* in a low window a long head would leave nothing to scroll in */
	page->head = page->compact && page->n > 2 ? 0 : page->n;
}

void
page_begin_foot(struct page *page)
{
	page->foot = page->n;
}
