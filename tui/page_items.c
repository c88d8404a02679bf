/* SPDX-License-Identifier: ISC
 * Lays out what has a state or can be chosen: tags, columns, cutting. */
#include "config.h"

#include "tui/page_parts.h"

#include <string.h>

/* What is in reverse when an item is selected: moving on draws two of them, and
 * a slow line pays for it. */
#define BAR_CELLS 40
/* A column this narrow holds what is typed, not what is chosen. */
#define KEY_CELLS 4

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
		    page_clean(page, columns[i].text, false) : "";

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
	struct part *part = page_add_part(page, PART_ITEM, key, words);

	part->tag = tag;
	part->item = page->n_items - 1;
}

/* Of the item whose first row is ROW, TEXT from cell AT on says which it is. */
static void
set_bar(struct page *page, struct row *row, const char *text, int at)
{
	size_t skip;

	row->first = true;
	row->bar = arena_strndup(page->arena, text, page_row_end(text,
	    strlen(text), BAR_CELLS, &skip));
	row->bar_at = at;
}

void
page_item(struct page *page, enum tag tag, const struct page_column *columns,
    size_t n)
{
	const char *text = arena_printf(page->arena, "%*s", PAGE_MARGIN, "");
	int left = page->columns - PAGE_MARGIN - 1;
	const char *key, *words, *bar = "";
	struct row *row;
	int bar_at;

	page->n_items++;
	words = item_words(page, columns, n, &key);
	add_item(page, tag, key, words);
	if (tag != TAG_NONE) {
		text = arena_printf(page->arena, "%s%s ", text, tag_text(tag));
		left -= cells(tag_text(tag)) + 1;
	}
	bar_at = cells(text);
	for (size_t i = 0; i < n && left > 0; i++) {
		int width = columns[i].width != 0 && columns[i].width < left ?
		    columns[i].width : left;
		const char *cut = cells_cut(page->arena, page_clean(page,
		    columns[i].text != NULL ? columns[i].text : "", false),
		    i + 1 < n && width > 4 ? width - 2 : width);

		if (i == 0 || (i == 1 && columns[0].width != 0 &&
		    columns[0].width <= KEY_CELLS))
			bar = arena_printf(page->arena, "%s%s", i == 0 ? "" :
			    cells_padded(page->arena, bar, columns[0].width),
			    cut);
		text = arena_printf(page->arena, "%s%s", text,
		    i + 1 < n ? cells_padded(page->arena, cut, width) : cut);
		left -= width;
	}
	row = page_add_row(page, text, LOOK_PLAIN);
	row->tag = tag;
	row->tag_at = PAGE_MARGIN;
	row->item = page->n_items - 1;
	set_bar(page, row, bar, bar_at);
}

/* Level with the item begun last, in the column beside the list. */
static void
item_beside(struct page *page, const char *text)
{
	int width = page->beside - PAGE_MARGIN;
	size_t row = page->n - 1, len, skip;

	while (row > 0 && !page->rows[row].first)
		row--;
	for (; *text != '\0'; row++, text += len + skip) {
		if (row == page->n)
			page_add_row(page, "", LOOK_PLAIN)->item =
			    page->n_items - 1;
		if (row == page->n)	/* no more rows fit on the page */
			return;
		len = page_row_end(text, strcspn(text, "\n"), width <
		    PAGE_TEXT_MAX ? width : PAGE_TEXT_MAX, &skip);
		skip += text[len + skip] == '\n';
		page->rows[row].right = arena_strndup(page->arena, text, len);
		page->rows[row].right_at = page->split;
	}
}

void
page_item_more(struct page *page, int indent, const char *text)
{
	size_t begin;

	if (text == NULL || *text == '\0')
		return;
	text = page_clean(page, text, true);
	page_add_part(page, PART_TEXT, NULL, text)->item = page->n_items - 1;
	if (page->split != 0) {
		item_beside(page, text);
		return;
	}
	begin = page_wrap(page, NULL, PAGE_MARGIN + indent,
	    page->width - indent, LOOK_PLAIN, text);
	for (; begin < page->n; begin++)
		page->rows[begin].item = page->n_items - 1;
}

/* Clean TEXT wrapped behind its tag. Returns the first row's index. */
static size_t
tagged_rows(struct page *page, enum tag tag, const char *text)
{
	const char *first = tag == TAG_NONE ? arena_printf(page->arena, "%*s",
	    PAGE_MARGIN, "") : arena_printf(page->arena, "%*s%s ",
	    PAGE_MARGIN, "", tag_text(tag));
	size_t begin = page_wrap(page, first, cells(first), page->width +
	    PAGE_MARGIN - cells(first), LOOK_PLAIN, text);

	page->rows[begin].tag = tag;
	page->rows[begin].tag_at = PAGE_MARGIN;
	return begin;
}

void
page_tagged(struct page *page, enum tag tag, const char *text)
{
	if (page->n >= PAGE_ROWS_MAX)
		return;
	text = page_clean(page, text, true);
	page_add_part(page, PART_TAGGED, NULL, text)->tag = tag;
	tagged_rows(page, tag, text);
}

void
page_item_text(struct page *page, enum tag tag, const char *text)
{
	size_t indent = PAGE_MARGIN + (tag == TAG_NONE ? 0 :
	    strlen(tag_text(tag)) + 1);
	size_t begin;

	if (page->n >= PAGE_ROWS_MAX)
		return;
	text = page_clean(page, text, true);
	page->n_items++;
	add_item(page, tag, arena_printf(page->arena, "%d", page->n_items),
	    text);
	begin = tagged_rows(page, tag, text);
	set_bar(page, &page->rows[begin], page->rows[begin].text + indent,
	    (int)indent);
	for (; begin < page->n; begin++)
		page->rows[begin].item = page->n_items - 1;
}
