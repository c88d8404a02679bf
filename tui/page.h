/* SPDX-License-Identifier: ISC
 * What a screen wants to show, laid out in rows of terminal cells. Pure: the
 * drawing is draw.c's. Every text passes text_clean() here, so that no octet
 * from outside can act on the terminal. */
#ifndef WB_PAGE_H
#define WB_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/arena.h"

enum look { LOOK_PLAIN, LOOK_STRONG, LOOK_DIM };

/* Status tags are words; colour only repeats them. */
enum tag {
	TAG_NONE, TAG_OK, TAG_FAIL, TAG_WARN, TAG_RUNNING, TAG_UNKNOWN,
	TAG_NOT_APPLICABLE
};

struct row {
	const char *text;      /* clean, fits the width */
	enum look look;
	enum tag tag;          /* stands in TEXT from cell tag_at on */
	int tag_at;
	int item;              /* which thing to choose this row belongs to, or
	                          -1 */
	bool first;            /* the item's first row */
};

struct page {
	struct arena *arena;
	int columns, lines;    /* of the terminal */
	int width;             /* of running text */
	bool compact;          /* a low window: no blank rows */
	struct row *rows;
	size_t n;
	size_t head;           /* rows at the top that do not scroll */
	size_t foot;           /* the first row of those that stay at the
	                          bottom; 0: there are none */
	int n_items;
	int cursor_row, cursor_column;  /* where text is typed; row -1: nowhere */
};

/* Below this nothing useful fits. */
#define PAGE_MIN_COLUMNS 40
#define PAGE_MIN_LINES 10

void page_begin(struct page *page, struct arena *arena, int columns,
    int lines);

/* A paragraph, wrapped at blanks, INDENT cells from the left. */
void page_text(struct page *page, int indent, enum look look,
    const char *text);

/* "Label   value", the value wrapped in its own column. WIDTH: of the label's
 * column; in a narrow window the value may start on the next row. */
void page_field(struct page *page, int indent, int width, const char *label,
    const char *value);

/* A heading with something short at the right edge (may be NULL). */
void page_heading(struct page *page, const char *left, const char *right);

/* TEXT from column 0 on, cut where the window ends: nothing but the value, so
 * that selecting it with the mouse gets it whole. */
void page_value(struct page *page, const char *text);

/* The next thing that can be chosen, on one row: tag, then COLUMNS, each
 * padded to its width (0: the rest), cut when too long. NULL text is empty. */
struct page_column {
	int width;
	const char *text;
};
void page_item(struct page *page, enum tag tag,
    const struct page_column *columns, size_t n);
/* The same with a text that is wrapped, not cut. */
void page_item_text(struct page *page, enum tag tag, const char *text);
/* Further rows of the item begun last, wrapped. */
void page_item_more(struct page *page, int indent, const char *text);

/* A row with a tag that cannot be chosen. */
void page_tagged(struct page *page, enum tag tag, const char *text);

/* A blank row, unless the window is low or there is one already. */
void page_gap(struct page *page);

/* Everything so far stays at the top (unless the window is too low for that);
 * everything from now on at the foot. */
void page_end_head(struct page *page);
void page_begin_foot(struct page *page);

/* "[FAIL]"; NULL for TAG_NONE. */
const char *tag_text(enum tag tag);

/* Cells that clean text takes; of one character. A character that the
 * terminal's charset lacks is shown as one question mark. */
int cells(const char *text);
int cell_width(uint32_t code);
bool cell_shown(uint32_t code);

/* Cut clean TEXT to at most WIDTH cells, ".." marking the cut. */
const char *cells_cut(struct arena *arena, const char *text, int width);

#endif
