/* SPDX-License-Identifier: ISC
 * How parts and rows come onto a page. Private to page.c, page_text.c and
 * page_items.c. */
#ifndef WB_PAGE_PARTS_H
#define WB_PAGE_PARTS_H

#include "tui/page.h"

#define PAGE_ROWS_MAX 20000
#define PAGE_MARGIN 2
/* Longer lines are tiring to read. */
#define PAGE_TEXT_MAX 76

/* TEXT made safe to show, with its line ends or on one line. */
const char *page_clean(struct page *page, const char *text, bool keep_lines);

/* Note what comes next as it is meant; its rows follow. TEXT is clean. Never
 * NULL. */
struct part *page_add_part(struct page *page, enum part_kind kind,
    const char *label, const char *text);
struct row *page_add_row(struct page *page, const char *text, enum look look);

/* Where to end a row of WIDTH cells that begins at TEXT, N octets without a line
 * end: as in a report, but in the midst of a word that is longer than the row.
 * *SKIP are the blanks that the next row leaves out. */
size_t page_row_end(const char *text, size_t n, int width, size_t *skip);

/* Wrap clean TEXT into rows of WIDTH cells, the first behind FIRST (NULL: like
 * the others), the others behind INDENT blanks. Returns the first row's
 * index. */
size_t page_wrap(struct page *page, const char *first, int indent, int width,
    enum look look, const char *text);

#endif
