/* SPDX-License-Identifier: ISC
 * Drawing with curses. put() is the only way to the screen; it takes the rows
 * of a page, whose text is clean. */
#include "config.h"

#include "tui/draw.h"

#include <ncurses.h>
#include <string.h>
#include <wchar.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"

/* Of the item chosen, at least these rows are brought into view, scrolling by
 * so many rows at once, and by one when they have more octets than this: a step
 * must stay cheap on a slow line. */
#define ITEM_ROWS 3
#define STEP_ROWS 3
#define STEP_OCTETS 180
/* A jump to a row, and a blank rest of it. */
#define ROW_OCTETS 12
#define BAR_COLUMNS 80

static bool coloured;

/* The attribute is for terminals without colours: with both, each tag would
 * take fifteen octets more. */
static const struct {
	short colour;          /* also the number of its pair; 0: none */
	attr_t attribute;
} tag_looks[] = {
	[TAG_NONE] = { 0, A_NORMAL },
	[TAG_OK] = { COLOR_GREEN, A_NORMAL },
	[TAG_FAIL] = { COLOR_RED, A_BOLD },
	[TAG_WARN] = { COLOR_YELLOW, A_BOLD },
	[TAG_RUNNING] = { COLOR_CYAN, A_NORMAL },
	[TAG_UNKNOWN] = { COLOR_MAGENTA, A_NORMAL },
	[TAG_NOT_APPLICABLE] = { 0, A_NORMAL }
};

void
draw_start(bool colour)
{
	coloured = false;
	if (!colour || !has_colors())
		return;
	start_color();
	use_default_colors();
	for (size_t i = 0; i < sizeof tag_looks / sizeof tag_looks[0]; i++)
		if (tag_looks[i].colour != 0)
			init_pair(tag_looks[i].colour, tag_looks[i].colour,
			    -1);
	coloured = true;
}

void
draw_size(int *columns, int *lines)
{
	*columns = COLS;
	*lines = LINES;
}

/* Put clean TEXT at (Y, X), never further than WIDTH cells; what the
 * terminal cannot show gets a stand-in. Returns the cells used. */
static int
put(int y, int x, int width, const char *text)
{
	size_t n = strlen(text);
	int used = 0;

	move(y, x);
	while (n != 0) {
		uint32_t code;
		int len = text_decode(text, n, &code);
		wchar_t wide;

		if (len <= 0) {
			len = 1;
			code = '?';
		}
		if (code < ' ' || code == 0x7f || !cell_shown(code))
			code = (unsigned char)cell_stand_in(code);
		if (used + cell_width(code) > width)
			break;
		used += cell_width(code);
		wide = (wchar_t)code;
		addnwstr(&wide, 1);
		text += len;
		n -= (size_t)len;
	}
	return used;
}

/* A bar in reverse video, no wider than text is or than it has to be: its blanks
 * are sent one by one. The last row's last cell stays empty: writing it makes
 * some terminals scroll. */
static void
put_bar(int y, const char *left, const char *right)
{
	int width = y == LINES - 1 ? COLS - 1 : COLS, used;
	int needed = cells(left) + 2 + (right != NULL ? cells(right) + 2 : 0);

	if (needed < BAR_COLUMNS)
		needed = BAR_COLUMNS;
	if (width > needed)
		width = needed;

	attron(A_REVERSE);
	mvhline(y, 0, ' ', width);
	used = 1 + put(y, 1, width - 1, left);
	if (right != NULL && used + cells(right) + 2 <= width)
		put(y, width - cells(right) - 1, cells(right), right);
	attroff(A_REVERSE);
}

/* ROW in the WIDTH cells from X on. */
static void
put_row(int y, int x, int width, const struct row *row, bool selected)
{
	static const attr_t looks[] = {
		[LOOK_PLAIN] = A_NORMAL, [LOOK_STRONG] = A_BOLD,
		[LOOK_DIM] = A_DIM, [LOOK_FOUND] = A_REVERSE
	};
	attr_t tag;

	attron(looks[row->look]);
	put(y, x, width, row->text);
	attroff(looks[row->look]);
	if (selected && row->first) {
		put(y, x, 1, ">");
		attron(A_REVERSE);
		put(y, x + row->bar_at, width - row->bar_at, row->bar);
		attroff(A_REVERSE);
	}
	if (row->right != NULL)
		put(y, x + row->right_at, width - row->right_at, row->right);
	if (row->tag == TAG_NONE)
		return;
	tag = coloured && tag_looks[row->tag].colour != 0 ?
	    (attr_t)COLOR_PAIR(tag_looks[row->tag].colour) :
	    tag_looks[row->tag].attribute;
	attron(tag);
	put(y, x + row->tag_at, width - row->tag_at, tag_text(row->tag));
	attroff(tag);
}

/* How a page is divided: fixed rows, scrolling rows, fixed rows. */
struct division {
	int first;             /* terminal row where the page begins */
	size_t head, body, foot;       /* rows of the terminal */
	size_t body_rows, foot_rows;   /* rows of the page */
};

static struct division
divide(const struct page *page)
{
	struct division d = { .first = page->compact ? 1 : 2 };
	size_t room = (size_t)(page->lines - 2 - d.first);

	d.foot_rows = page->foot != 0 ? page->n - page->foot : 0;
	d.body_rows = page->n - d.foot_rows - page->head;
	d.head = page->head;
	d.foot = page->split != 0 ? 0 : d.foot_rows;
	/* what must be seen is the list: give up the foot, then the head; in a
	 * low window a long heading scrolls with the list and takes rows of it */
	if (d.head + d.foot + (page->compact ? 6 : 4) > room)
		d.foot = 0;
	if (d.head + 4 > room)
		d.head = room > 4 ? room - 4 : 0;
	d.body = room - d.head - d.foot;
	return d;
}

size_t
draw_page_size(const struct page *page)
{
	struct division d = divide(page);

	return d.body;
}

/* The first scrolling row of the selected item, and the last one of it that
 * must be seen. */
static void
item_rows(const struct page *page, const struct division *d, int item,
    size_t *begin, size_t *end)
{
	*begin = *end = 0;
	for (size_t i = 0; i < d->body_rows; i++) {
		const struct row *row = &page->rows[page->head + i];

		if (row->item != item)
			continue;
		if (row->first)
			*begin = *end = i;
		if (i < *begin + ITEM_ROWS)
			*end = i;
	}
}

/* After a page was turned, a step goes to the first item in view: the one that
 * was selected has gone out of it. */
static bool
select_in_view(const struct page *page, const struct division *d,
    struct place *place)
{
	size_t begin, end;

	item_rows(page, d, place->shown, &begin, &end);
	if (begin >= place->top && begin < place->top + d->body)
		return false;
	for (size_t i = place->top; i < d->body_rows &&
	    i < place->top + d->body; i++) {
		const struct row *row = &page->rows[page->head + i];

		if (row->item >= 0 && row->first) {
			place->selected = row->item;
			return true;
		}
	}
	return false;
}

/* How many scrolling rows from ROW on, going BY, a step may bring into view. */
static size_t
step_rows(const struct page *page, const struct division *d, size_t row,
    int by)
{
	size_t octets = 0, n;

	for (n = 0; n < STEP_ROWS && row < d->body_rows; n++) {
		const struct row *shown = &page->rows[page->head + row];

		octets += ROW_OCTETS + strlen(shown->text) +
		    (shown->right != NULL ? strlen(shown->right) : 0);
		if (n != 0 && octets > STEP_OCTETS)
			break;
		row += (size_t)by;	/* before the first: it wraps */
	}
	return n;
}

/* Scroll until the selected item is seen, or a step towards it. */
static void
follow(const struct page *page, const struct division *d, struct place *place)
{
	size_t begin, end, top = place->top;

	if (place->follow == FOLLOW_STEP && select_in_view(page, d, place))
		return;
	item_rows(page, d, place->selected, &begin, &end);
	if (end >= top + d->body)
		top = end - d->body + 1;
	if (begin < top)
		top = begin;
	/* the first one: show what stands above it, too */
	if (place->selected == 0 && begin < d->body)
		top = 0;
	if (place->follow == FOLLOW_STEP) {
		size_t down = step_rows(page, d, place->top + d->body, 1);
		size_t up = step_rows(page, d, place->top - 1, -1);

		if (top > place->top + down)
			top = place->top + down;
		if (top + up < place->top)
			top = place->top - up;
	}
	place->top = top;
	if (begin < top || begin >= top + d->body)
		place->selected = place->shown;
}

static bool
in_sight(const struct page *page, const struct division *d,
    const struct place *place)
{
	size_t begin, end;

	if (page->n_items == 0)
		return false;
	item_rows(page, d, place->selected, &begin, &end);
	return begin >= place->top && begin < place->top + d->body;
}

static void
keep_in_range(const struct page *page, const struct division *d,
    struct place *place)
{
	size_t most = d->body_rows > d->body ? d->body_rows - d->body : 0;

	if (place->selected >= page->n_items)
		place->selected = page->n_items - 1;
	if (place->selected < 0)
		place->selected = 0;
	/* the window, the language or what is known is another now */
	if (place->follow == FOLLOW_NOT && place->seen &&
	    !in_sight(page, d, place))
		place->follow = FOLLOW_JUMP;
	if (place->follow != FOLLOW_NOT && page->n_items != 0)
		follow(page, d, place);
	place->follow = FOLLOW_NOT;
	place->shown = place->selected;
	if (place->top > most)
		place->top = most;
	place->seen = in_sight(page, d, place);
}

bool
draw_follow(const struct page *page, struct place *place)
{
	struct division d = divide(page);
	int selected = place->selected;

	keep_in_range(page, &d, place);
	return place->selected != selected;
}

static void
put_body(const struct page *page, const struct division *d,
    const struct place *place, int *cursor_y, int *cursor_x)
{
	int y = d->first + (int)d->head;

	for (size_t i = place->top; i < d->body_rows &&
	    i < place->top + d->body; i++, y++) {
		const struct row *row = &page->rows[page->head + i];
		bool selected = page->n_items != 0 &&
		    row->item == place->selected;

		put_row(y, 0, COLS, row, selected);
		if (selected && row->first) {
			*cursor_y = y;
			*cursor_x = 0;
		}
		if (page->cursor_row == (int)(page->head + i)) {
			*cursor_y = y;
			*cursor_x = page->cursor_column < COLS ?
			    page->cursor_column : COLS - 1;
		}
	}
}

/* In a wide window: what the list's selected item is about, beside it. */
static void
put_beside(const struct page *page, const struct division *d, int y)
{
	for (size_t i = 0; page->split != 0 && i < d->foot_rows &&
	    i < d->body; i++, y++)
		put_row(y, page->split, COLS - page->split,
		    &page->rows[page->foot + i], false);
}

size_t
draw_page(const struct page *page, const struct frame_text *frame,
    struct place *place)
{
	struct division d = divide(page);
	int y = d.first, cursor_y, cursor_x = 0;
	size_t below;

	keep_in_range(page, &d, place);
	erase();
	put_bar(0, frame->title, frame->host);
	for (size_t i = 0; i < d.head; i++)
		put_row(y++, 0, COLS, &page->rows[i], false);
	cursor_y = y;
	put_body(page, &d, place, &cursor_y, &cursor_x);
	put_beside(page, &d, y);
	y += (int)d.body;
	for (size_t i = 0; i < d.foot; i++)
		put_row(y + (int)i, 0, COLS, &page->rows[page->foot + i],
		    false);
	below = d.body_rows > place->top + d.body ?
	    d.body_rows - place->top - d.body : 0;
	if (frame->message != NULL)
		put(LINES - 2, 1, COLS - 2, frame->message);
	else if (below != 0) {
		const char *more = _("(more: PgDn)");

		put(LINES - 2, COLS - 1 - cells(more), cells(more), more);
	}
	put_bar(LINES - 1, frame->bar, NULL);
	move(cursor_y, cursor_x);
	refresh();
	return below;
}

void
draw_too_small(struct arena *arena)
{
	const char *text[5];

	text[0] = arena_printf(arena, _("whybounce needs %dx%d;"),
	    PAGE_MIN_COLUMNS, PAGE_MIN_LINES);
	text[1] = arena_printf(arena, _("this window is %dx%d."), COLS, LINES);
	text[2] = _("Make it larger, or press q");
	text[3] = _("and run: whybounce --plain");
	text[4] = _("q Quit");
	erase();
	for (int i = 0; i < 5 && i < LINES; i++)
		put(i, 0, i == LINES - 1 ? COLS - 1 : COLS, text[i]);
	move(0, 0);
	refresh();
}
