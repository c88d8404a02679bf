/* SPDX-License-Identifier: ISC
 * Notes what a screen shows, and how a page is divided. page_text.c lays text
 * out, page_items.c what can be chosen. */
#include "config.h"

#include "tui/page.h"

#include <string.h>

#include "engine/base/str.h"
#include "engine/base/text.h"
#include "tui/page_parts.h"

/* Foreign text can be long; nobody reads more of it on a screen. */
#define TEXT_MAX (64u << 10)
/* Octets of the foot of a list: a key shall bring 400 at most, and the selection
 * itself takes some. Beside a list that scrolls the foot is drawn over what was
 * scrolled, too. */
#define FOOT_OCTETS 200
#define FOOT_OCTETS_SCROLLED 80
/* Rows that are not the list's: title, keys and what stands around. */
#define FRAME_ROWS 4
/* A window so large that nothing is left out of what is read aloud. */
#define SPOKEN_COLUMNS 2000
#define SPOKEN_LINES 1000

static void
set_columns(struct page *page, int columns)
{
	page->columns = columns;
	page->width = columns - 2 * PAGE_MARGIN;
	if (page->width > PAGE_TEXT_MAX)
		page->width = PAGE_TEXT_MAX;
}

void
page_begin_spoken(struct page *page, struct arena *arena)
{
	page_begin(page, arena, SPOKEN_COLUMNS, SPOKEN_LINES);
	page->spoken = true;
}

void
page_begin(struct page *page, struct arena *arena, int columns, int lines)
{
	memset(page, 0, sizeof *page);
	page->arena = arena;
	set_columns(page, columns);
	page->lines = lines;
	page->compact = lines < 16;
	page->cursor_row = -1;
}

const char *
page_clean(struct page *page, const char *text, bool keep_lines)
{
	struct str out;
	const char *copy;

	str_init(&out, TEXT_MAX);
	text_clean(&out, text, strlen(text), keep_lines);
	copy = arena_strndup(page->arena, out.text, out.len);
	str_free(&out);
	return copy;
}

struct row *
page_add_row(struct page *page, const char *text, enum look look)
{
	static struct row spare;
	struct row *row;

	if (page->n >= PAGE_ROWS_MAX)
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

struct part *
page_add_part(struct page *page, enum part_kind kind, const char *label,
    const char *text)
{
	static struct part spare;
	struct part *part;

	if (page->n_parts >= PAGE_ROWS_MAX)
		return &spare;
	page->parts = arena_grow(page->arena, page->parts, page->n_parts,
	    sizeof *page->parts);
	part = &page->parts[page->n_parts++];
	*part = (struct part){
		.kind = kind, .label = label, .text = text, .item = -1,
		.row = page->n
	};
	return part;
}

void
page_mark(struct page *page, size_t part)
{
	if (part >= page->n_parts)
		return;
	page->parts[part].marked = true;
	for (size_t i = page->parts[part].row; i < page->n; i++) {
		struct row *row = &page->rows[i];

		/* a value at column 0 stays as it is */
		if (row->text[0] == ' ')
			row->text = arena_printf(page->arena, ">%s",
			    row->text + 1);
		row->look = LOOK_STRONG;
		row->marked = true;
	}
}

void
page_gap(struct page *page)
{
	/* what stands beside a list begins level with it */
	if (page->split != 0 && page->n == page->foot)
		return;
	if (page->compact || page->n == 0 ||
	    page->rows[page->n - 1].text[0] == '\0')
		return;
	page_add_part(page, PART_GAP, NULL, "");
	page_add_row(page, "", LOOK_PLAIN);
}

void
page_end_head(struct page *page)
{
	/* in a low window a long head would leave nothing to scroll in */
	page->head = page->compact && page->n > 2 ? 0 : page->n;
}

void
page_begin_list(struct page *page)
{
	if (page->columns < PAGE_WIDE_COLUMNS || page->spoken)
		return;
	/* a little more for the list */
	page->split = page->columns * 11 / 20;
	page->beside = page->columns - page->split;
	set_columns(page, page->split);
}

void
page_begin_foot(struct page *page)
{
	if (page->split != 0)
		set_columns(page, page->beside);
	page->foot = page->n;
	page->foot_part = page->n_parts;
	page->foot_left = page->spoken ? TEXT_MAX : page->split != 0 &&
	    page->n + FRAME_ROWS > (size_t)page->lines ?
	    FOOT_OCTETS_SCROLLED : FOOT_OCTETS;
}

/* Octets of the sentences of TEXT that end within its first ROOM ones. */
static size_t
sentences(const char *text, size_t room)
{
	static const char stop[] = "\343\200\202";	/* U+3002 */

	for (size_t i = room; i > 1; i--)
		if ((text[i] == ' ' && text[i - 1] == '.') || (i >= 3 &&
		    memcmp(text + i - 3, stop, sizeof stop - 1) == 0))
			return i;
	return 0;
}

void
page_foot_text(struct page *page, enum look look, const char *text)
{
	size_t len, whole;

	if (text == NULL)
		return;
	text = page_clean(page, text, true);
	len = strlen(text);
	if (len > page->foot_left) {
		whole = sentences(text, page->foot_left);
		len = whole != 0 ? whole : page->foot_left;
		text = whole != 0 ? arena_strndup(page->arena, text, whole) :
		    cells_cut(page->arena, text, cells_within(text, len));
	}
	page->foot_left -= len;
	if (*text != '\0')
		page_text(page, 0, look, text);
}
