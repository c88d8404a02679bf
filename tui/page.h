/* SPDX-License-Identifier: ISC
 * What a screen shows: its parts as they are meant, which plain.c reads out, and
 * the rows of terminal cells that they make, which draw.c draws. Every text
 * passes text_clean() here, so that no octet from outside can act on the
 * terminal. */
#ifndef WB_PAGE_H
#define WB_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/arena.h"
#include "tui/cells.h"

enum look { LOOK_PLAIN, LOOK_STRONG, LOOK_DIM, LOOK_FOUND };

/* Status tags are words; colour only repeats them. */
enum tag {
	TAG_NONE, TAG_OK, TAG_FAIL, TAG_WARN, TAG_RUNNING, TAG_UNKNOWN,
	TAG_NOT_APPLICABLE
};

struct row {
	const char *text;      /* clean, fits the width */
	enum look look;
	const char *right;     /* plain, from cell right_at on; or NULL */
	int right_at;
	enum tag tag;          /* stands in TEXT from cell tag_at on */
	int tag_at;
	int item;              /* which thing to choose this row belongs to, or
	                          -1 */
	bool first;            /* the item's first row */
	const char *bar;       /* of that: what is in reverse when the item is
	                          selected, from cell bar_at on */
	int bar_at;
	bool marked;           /* page_mark() */
};

enum part_kind {
	PART_TEXT,             /* a paragraph */
	PART_FIELD,            /* label and value */
	PART_HEADING,          /* label, and something short (may be NULL) */
	PART_VALUE,            /* to be copied: a record, a command */
	PART_ITEM,             /* to be chosen; its label is what is typed */
	PART_TAGGED,           /* a state that cannot be chosen */
	PART_PROMPT,           /* label, and what was typed so far */
	PART_GAP
};

/* One call of a function below, as it was meant. Clean text, never cut. */
struct part {
	enum part_kind kind;
	enum tag tag;
	const char *label, *text;
	int item;              /* which it belongs to, or -1 */
	size_t row;            /* its first one */
	bool marked;
};

struct page {
	struct arena *arena;
	int columns, lines;    /* of the terminal */
	int width;             /* of running text */
	bool compact;          /* a low window: no blank rows */
	bool spoken;           /* read out, not drawn */
	struct row *rows;
	size_t n;
	size_t head;           /* rows at the top that do not scroll */
	size_t foot;           /* the first row of those that stay at the
	                          bottom; 0: there are none */
	int beside;            /* columns of what stands there */
	int split;             /* where the foot or the items' texts stand beside
	                          the list: its first column; 0: below it */
	size_t foot_left;      /* octets that may still be said there */
	int n_items;
	struct part *parts;
	size_t n_parts;
	size_t foot_part;      /* the first part of the foot, or 0 */
	int cursor_row, cursor_column;  /* where text is typed; row -1: nowhere */
};

/* Below this nothing useful fits. */
#define PAGE_MIN_COLUMNS 40
#define PAGE_MIN_LINES 10
/* From this width on a list and what it is about stand side by side. */
#define PAGE_WIDE_COLUMNS 100

void page_begin(struct page *page, struct arena *arena, int columns,
    int lines);

/* The same to be read out. */
void page_begin_spoken(struct page *page, struct arena *arena);

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
	bool key;              /* what is typed to choose the item in line
	                          mode, instead of its number */
};
void page_item(struct page *page, enum tag tag,
    const struct page_column *columns, size_t n);
/* The same with a text that is wrapped, not cut. */
void page_item_text(struct page *page, enum tag tag, const char *text);
/* What else is to be said of the item begun last, wrapped, below it; beside it
 * where a list without a foot has room for that (page_begin_list()). */
void page_item_more(struct page *page, int indent, const char *text);

/* A row with a tag that cannot be chosen. */
void page_tagged(struct page *page, enum tag tag, const char *text);

/* The row where text is typed: LABEL, and as much of TYPED as fits. */
void page_prompt(struct page *page, const char *label, const char *typed);

/* That row's part, or NULL when nothing is typed on the page. */
const struct part *page_prompt_part(const struct page *page);

/* Mark what was put on the page from that part on ('>'). */
void page_mark(struct page *page, size_t part);

/* A blank row, unless the window is low or there is one already. */
void page_gap(struct page *page);

/* Everything so far stays at the top (unless the window is too low for that);
 * everything from now on at the foot. */
void page_end_head(struct page *page);
void page_begin_foot(struct page *page);

/* Between them: what follows is a list, and the foot tells about the item
 * selected. In a wide window they stand side by side (page->split). */
void page_begin_list(struct page *page);

/* A paragraph of that foot. It is another with each key, so it is cut to what a
 * slow line brings at once: behind a sentence, if need be within one. */
void page_foot_text(struct page *page, enum look look, const char *text);

/* "[FAIL]"; NULL for TAG_NONE. */
const char *tag_text(enum tag tag);

#endif
