/* SPDX-License-Identifier: ISC
 * Notes what a screen shows and lays it out: wrapping, columns, cutting. */
#include "config.h"

#include "tui/page.h"

#include <string.h>

#include "engine/base/str.h"
#include "engine/base/text.h"
#include "engine/report/wrap.h"

/* Foreign text can be long; nobody reads more of it on a screen. */
#define TEXT_MAX (64u << 10)
#define ROWS_MAX 20000
/* Longer lines are tiring to read. */
#define TEXT_WIDTH_MAX 76
#define MARGIN 2
/* Cells that a value beside its label needs. */
#define VALUE_WIDTH_MIN 16
/* A window so large that nothing is left out of what is read aloud. */
#define SPOKEN_COLUMNS 2000
#define SPOKEN_LINES 1000

static void
set_columns(struct page *page, int columns)
{
	page->columns = columns;
	page->width = columns - 2 * MARGIN;
	if (page->width > TEXT_WIDTH_MAX)
		page->width = TEXT_WIDTH_MAX;
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
	size_t fit = cells_fitting(text, end, width, &used);

	if (fit == end)
		return end;
	*skip = 0;
	return fit != 0 ? fit : cells_character(text, n, &code);
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

/* Note what comes next as it is meant; its rows follow. TEXT is clean. */
static struct part *
add_part(struct page *page, enum part_kind kind, const char *label,
    const char *text)
{
	static struct part spare;
	struct part *part;

	if (page->n_parts >= ROWS_MAX)
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
page_text(struct page *page, int indent, enum look look, const char *text)
{
	if (text == NULL)
		return;
	text = clean(page, text, true);
	add_part(page, PART_TEXT, NULL, text);
	wrap(page, NULL, MARGIN + indent, page->width - indent, look, text);
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
	label = clean(page, label, false);
	value = clean(page, value, true);
	add_part(page, PART_FIELD, label, value);
	name = padded(page->arena, label, width);
	if ((page->columns < 60 && (width > 10 || cells(name) > width)) ||
	    page->width - indent - cells(name) < VALUE_WIDTH_MIN) {
		/* too narrow for two columns: the value below its label */
		wrap(page, NULL, MARGIN + indent, page->width - indent,
		    LOOK_STRONG, label);
		wrap(page, NULL, MARGIN + indent + 2, page->width - indent - 2,
		    LOOK_PLAIN, value);
		return;
	}
	/* a translated label may be wider than its column */
	if (cells(name) > width)
		name = arena_printf(page->arena, "%s  ", name);
	wrap(page, arena_printf(page->arena, "%*s%s", MARGIN + indent, "",
	    name), MARGIN + indent + width,
	    page->width - indent - cells(name), LOOK_PLAIN, value);
}

void
page_heading(struct page *page, const char *left, const char *right)
{
	const char *title = clean(page, left, false);
	const char *end = right != NULL ? clean(page, right, false) : NULL;
	int room = page->columns - 2 * MARGIN, gap;

	if (room > TEXT_WIDTH_MAX)
		room = TEXT_WIDTH_MAX;
	add_part(page, PART_HEADING, title, end);
	gap = end != NULL ? room - cells(title) - cells(end) : 0;
	if (gap >= 2) {
		add_row(page, arena_printf(page->arena, "%*s%s%*s%s", MARGIN,
		    "", title, gap, "", end), LOOK_STRONG);
		return;
	}
	wrap(page, NULL, MARGIN, page->width, LOOK_STRONG, title);
	if (end != NULL)
		wrap(page, NULL, MARGIN, page->width, LOOK_PLAIN, end);
}

void
page_value(struct page *page, const char *text)
{
	const char *rest = clean(page, text, true);

	add_part(page, PART_VALUE, NULL, rest);
	do {
		size_t n = strcspn(rest, "\n"), len;
		int used;

		do {
			len = cells_fitting(rest, n, page->columns, &used);
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

/* What is typed to choose the item begun last, and its words. */
static const char *
item_words(struct page *page, const struct page_column *columns, size_t n,
    const char **key)
{
	const char *words = "";

	*key = arena_printf(page->arena, "%d", page->n_items);
	for (size_t i = 0; i < n; i++) {
		const char *text = columns[i].text != NULL ?
		    clean(page, columns[i].text, false) : "";

		if (columns[i].key)
			*key = text;
		else if (*text != '\0' && strcmp(text, *key) != 0)
			words = arena_printf(page->arena, "%s%s%s", words,
			    *words != '\0' ? ", " : "", text);
	}
	return words;
}

static void
add_item(struct page *page, enum tag tag, const char *key, const char *words)
{
	struct part *part = add_part(page, PART_ITEM, key, words);

	part->tag = tag;
	part->item = page->n_items - 1;
}

void
page_item(struct page *page, enum tag tag, const struct page_column *columns,
    size_t n)
{
	const char *text = arena_printf(page->arena, "%*s", MARGIN, "");
	int left = page->columns - MARGIN - 1;
	const char *key, *words;
	struct row *row;

	page->n_items++;
	words = item_words(page, columns, n, &key);
	add_item(page, tag, key, words);
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
	row->item = page->n_items - 1;
	row->first = true;
}

void
page_item_more(struct page *page, int indent, const char *text)
{
	size_t begin;

	if (text == NULL || *text == '\0')
		return;
	text = clean(page, text, true);
	add_part(page, PART_TEXT, NULL, text)->item = page->n_items - 1;
	begin = wrap(page, NULL, MARGIN + indent, page->width - indent,
	    LOOK_PLAIN, text);
	for (; begin < page->n; begin++)
		page->rows[begin].item = page->n_items - 1;
}

/* Clean TEXT wrapped behind its tag. Returns the first row's index. */
static size_t
tagged_rows(struct page *page, enum tag tag, const char *text)
{
	const char *first = tag == TAG_NONE ? arena_printf(page->arena, "%*s",
	    MARGIN, "") : arena_printf(page->arena, "%*s%s ", MARGIN, "",
	    tag_text(tag));
	size_t begin = wrap(page, first, cells(first), page->width + MARGIN -
	    cells(first), LOOK_PLAIN, text);

	page->rows[begin].tag = tag;
	page->rows[begin].tag_at = MARGIN;
	return begin;
}

void
page_tagged(struct page *page, enum tag tag, const char *text)
{
	if (page->n >= ROWS_MAX)
		return;
	text = clean(page, text, true);
	add_part(page, PART_TAGGED, NULL, text)->tag = tag;
	tagged_rows(page, tag, text);
}

void
page_item_text(struct page *page, enum tag tag, const char *text)
{
	size_t begin;

	if (page->n >= ROWS_MAX)
		return;
	text = clean(page, text, true);
	page->n_items++;
	add_item(page, tag, arena_printf(page->arena, "%d", page->n_items),
	    text);
	begin = tagged_rows(page, tag, text);
	page->rows[begin].first = true;
	for (; begin < page->n; begin++)
		page->rows[begin].item = page->n_items - 1;
}

/* The end of TEXT as far as it fits: where one types is what counts. */
static const char *
end_of(const char *text, int room)
{
	uint32_t code;

	while (*text != '\0' && cells(text) > room)
		text += cells_character(text, strlen(text), &code);
	return text;
}

void
page_prompt(struct page *page, const char *label, const char *typed)
{
	const char *text;

	label = clean(page, label, false);
	typed = clean(page, typed, false);
	add_part(page, PART_PROMPT, label, typed);
	label = cells_cut(page->arena, label, page->columns / 2);
	text = end_of(typed, page->columns - cells(label) - 6);
	page->cursor_row = (int)page->n;
	page->cursor_column = MARGIN + cells(label) + 2 + cells(text);
	add_row(page, arena_printf(page->arena, "%*s%s  %s", MARGIN, "", label,
	    text), LOOK_PLAIN);
}

const struct part *
page_prompt_part(const struct page *page)
{
	for (size_t i = 0; i < page->n_parts; i++)
		if (page->parts[i].kind == PART_PROMPT)
			return &page->parts[i];
	return NULL;
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
	add_part(page, PART_GAP, NULL, "");
	add_row(page, "", LOOK_PLAIN);
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
}
