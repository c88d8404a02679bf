/* SPDX-License-Identifier: ISC
 * Lays out running text: wrapping, labels and values, headings, the row where
 * one types. */
#include "config.h"

#include "tui/page_parts.h"

#include <string.h>

#include "engine/report/wrap.h"

/* Cells that a value beside its label needs. */
#define VALUE_WIDTH_MIN 16

size_t
page_row_end(const char *text, size_t n, int width, size_t *skip)
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

size_t
page_wrap(struct page *page, const char *first, int indent, int width,
    enum look look, const char *text)
{
	size_t begin = page->n;

	if (width < 8)
		width = 8;
	do {
		size_t n = strcspn(text, "\n"), len, skip;

		do {
			len = page_row_end(text, n, width, &skip);
			page_add_row(page, page->n == begin && first != NULL ?
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
	text = page_clean(page, text, true);
	page_add_part(page, PART_TEXT, NULL, text);
	page_wrap(page, NULL, PAGE_MARGIN + indent, page->width - indent, look,
	    text);
}

void
page_field(struct page *page, int indent, int width, const char *label,
    const char *value)
{
	const char *name;

	if (value == NULL || *value == '\0')
		return;
	label = page_clean(page, label, false);
	value = page_clean(page, value, true);
	page_add_part(page, PART_FIELD, label, value);
	name = cells_padded(page->arena, label, width);
	if ((page->columns < 60 && (width > 10 || cells(name) > width)) ||
	    page->width - indent - cells(name) < VALUE_WIDTH_MIN) {
		/* too narrow for two columns: the value below its label */
		page_wrap(page, NULL, PAGE_MARGIN + indent, page->width - indent,
		    LOOK_STRONG, label);
		page_wrap(page, NULL, PAGE_MARGIN + indent + 2,
		    page->width - indent - 2, LOOK_PLAIN, value);
		return;
	}
	/* a translated label may be wider than its column */
	if (cells(name) > width)
		name = arena_printf(page->arena, "%s  ", name);
	page_wrap(page, arena_printf(page->arena, "%*s%s",
	    PAGE_MARGIN + indent, "", name), PAGE_MARGIN + indent + width,
	    page->width - indent - cells(name), LOOK_PLAIN, value);
}

void
page_heading(struct page *page, const char *left, const char *right)
{
	const char *title = page_clean(page, left, false);
	const char *end = right != NULL ? page_clean(page, right, false) : NULL;
	int room = page->columns - 2 * PAGE_MARGIN, gap;
	struct row *row;

	if (room > PAGE_TEXT_MAX)
		room = PAGE_TEXT_MAX;
	page_add_part(page, PART_HEADING, title, end);
	gap = end != NULL ? room - cells(title) - cells(end) : 0;
	if (gap >= 2) {
		row = page_add_row(page, arena_printf(page->arena, "%*s%s",
		    PAGE_MARGIN, "", title), LOOK_STRONG);
		row->right = end;
		row->right_at = PAGE_MARGIN + room - cells(end);
		return;
	}
	page_wrap(page, NULL, PAGE_MARGIN, page->width, LOOK_STRONG, title);
	if (end != NULL)
		page_wrap(page, NULL, PAGE_MARGIN, page->width, LOOK_PLAIN, end);
}

void
page_value(struct page *page, const char *text)
{
	const char *rest = page_clean(page, text, true);

	page_add_part(page, PART_VALUE, NULL, rest);
	do {
		size_t n = strcspn(rest, "\n"), len;
		int used;

		do {
			len = cells_fitting(rest, n, page->columns, &used);
			if (len == 0 && n != 0)
				len = n;	/* narrower than a character */
			page_add_row(page, arena_strndup(page->arena, rest, len),
			    LOOK_STRONG);
			rest += len;
			n -= len;
		} while (n != 0);
		if (*rest == '\n')
			rest++;
	} while (*rest != '\0');
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

	label = page_clean(page, label, false);
	typed = page_clean(page, typed, false);
	page_add_part(page, PART_PROMPT, label, typed);
	label = cells_cut(page->arena, label, page->columns / 2);
	text = end_of(typed, page->columns - cells(label) - 6);
	page->cursor_row = (int)page->n;
	page->cursor_column = PAGE_MARGIN + cells(label) + 2 + cells(text);
	page_add_row(page, arena_printf(page->arena, "%*s%s  %s", PAGE_MARGIN,
	    "", label, text), LOOK_PLAIN);
}

const struct part *
page_prompt_part(const struct page *page)
{
	for (size_t i = 0; i < page->n_parts; i++)
		if (page->parts[i].kind == PART_PROMPT)
			return &page->parts[i];
	return NULL;
}
