/* SPDX-License-Identifier: ISC
 * Pages become cells on the terminal. Together with tty.c the only file that
 * knows curses. */
#ifndef WB_DRAW_H
#define WB_DRAW_H

#include <stdbool.h>
#include <stddef.h>

#include "tui/page.h"

/* Where the user is on a page. draw_page() keeps it in range. */
enum follow {
	FOLLOW_NOT,
	FOLLOW_STEP,         /* to the next item: scroll a few rows at most, and
	                        stay on the present one until the next is seen */
	FOLLOW_JUMP          /* scroll until the selected item is seen */
};
struct place {
	int selected;        /* item */
	int shown;           /* item that was selected when last drawn */
	size_t top;          /* first scrolling row shown */
	enum follow follow;
	bool seen;           /* was it in sight when last drawn? */
};

/* What stands around the page. All clean or our own text. */
struct frame_text {
	const char *title;   /* first row, left */
	const char *host;    /* first row, right; may be NULL */
	const char *message; /* the row above the keys; may be NULL */
	const char *bar;     /* keys, last row */
};

/* After tty_start(). COLOUR: the user did not ask for none. */
void draw_start(bool colour);

void draw_size(int *columns, int *lines);

/* Scroll to what is selected. True: that is too far for one step, and so another
 * item is selected than the one that the page was made for. */
bool draw_follow(const struct page *page, struct place *place);

/* Draw everything and send what changed. The cursor stands on the selected
 * row, which is where screen readers look. Returns how many rows are left to
 * scroll down to. */
size_t draw_page(const struct page *page, const struct frame_text *frame,
    struct place *place);

/* Rows that scroll at once. */
size_t draw_page_size(const struct page *page);

/* The window is smaller than PAGE_MIN_COLUMNS x PAGE_MIN_LINES. */
void draw_too_small(struct arena *arena);

#endif
