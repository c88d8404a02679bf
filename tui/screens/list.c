/* SPDX-License-Identifier: ISC
 * The lists of messages, the newest first: one message a row, its last words
 * below. All of it is foreign text. */
#include "config.h"

#include "tui/screens/list.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/bounce/classes.h"

/* Below this a row has no room for everything. */
#define NARROW 60

/* While a filter is typed, each letter brings another list: no more of it is
 * shown than a slow line brings at once. */
#define FILTER_ROWS 3

/* The list that is shown, below the filter or the help perhaps. */
static const struct screen *
list_screen(const struct app *app)
{
	for (size_t i = app->depth; i-- > 0;) {
		const struct screen *screen = app->layers[i].screen;

		if (screen == &screen_log || screen == &screen_logfile ||
		    screen == &screen_queue)
			return screen;
	}
	return &screen_log;
}

static const struct list_kind *
kind_of(const struct app *app)
{
	return list_screen(app) == &screen_queue ? &list_of_queue :
	    &list_of_log;
}

struct log_model *
list_log(const struct app *app)
{
	return list_screen(app) == &screen_logfile ? &app->lists->opened :
	    &app->lists->log;
}

/* ---- rows */

const char *
list_time(struct arena *arena, const char *iso)
{
	return strlen(iso) < 16 ? "" : arena_printf(arena, "%.5s %.5s",
	    iso + 5, iso + 11);
}

const char *
list_code(const char *reply, const char *status)
{
	return status != NULL && *status != '\0' ? status :
	    reply != NULL ? reply : "";
}

const char *
list_class(const char *id)
{
	const struct refusal_class *class = class_find(id);

	return class != NULL ? _(class->meaning) : "";
}

/* The first row from *I on that is shown; *I moves behind it. */
static bool
next_row(const struct app *app, struct arena *arena, size_t *i,
    struct list_row *row)
{
	const struct list_kind *kind = kind_of(app);

	while (kind->row(app, arena, *i, row)) {
		++*i;
		if (filter_matches(row, app->lists->filter.text))
			return true;
	}
	return false;
}

/* ---- the list */

static void
draw_row(struct page *page, const struct list_row *row)
{
	int left = page->columns - 3 - 13 - 8;
	int wide = page->columns < NARROW ? 0 : left / 2 > 40 ? 40 :
	    left / 2 - 2;
	const struct page_column columns[] = {
		{ .width = 13, .text = row->time },
		{ .width = wide != 0 ? wide : left, .text = row->recipient },
		{ .width = wide != 0 ? 8 : 0, .text = row->code },
		{ .width = 0, .text = row->class }
	};

	page_item(page, TAG_NONE, columns, wide != 0 ? 4 : 3);
}

static void
draw_foot(struct page *page, const struct list_row *row)
{
	const char *words = row->words != NULL ?
	    text_safe(page->arena, row->words) : "";
	const char *what = arena_printf(page->arena, "%s  %s",
	    text_safe(page->arena, row->recipient), row->class);

	page_begin_foot(page);
	page_gap(page);
	/* below the list there is one row for each */
	if (page->split == 0) {
		what = cells_cut(page->arena, what, page->width);
		words = cells_cut(page->arena, words, page->width);
	}
	page_foot_text(page, LOOK_STRONG, what);
	/* in a low window the rows are worth more */
	if (!page->compact)
		page_foot_text(page, LOOK_PLAIN, words);
}

static void
draw_list(struct app *app, struct page *page)
{
	struct list_row row, chosen = { .time = NULL };
	const char *note = kind_of(app)->incomplete(app,
	    page->arena);
	bool filtering = app_screen(app) == &screen_filter && !page->spoken;
	size_t i = 0, more = 0;

	if (note != NULL && page->compact)
		note = cells_cut(page->arena, text_safe(page->arena, note),
		    page->width);
	page_text(page, 0, LOOK_DIM, note);
	page_gap(page);
	page_end_head(page);
	page_begin_list(page);
	while (next_row(app, page->arena, &i, &row)) {
		if (filtering && page->n_items == FILTER_ROWS) {
			more++;
			continue;
		}
		if (page->n_items == app_place(app)->selected)
			chosen = row;
		draw_row(page, &row);
	}
	if (more != 0)
		page_text(page, 0, LOOK_PLAIN, arena_printf(page->arena,
		    _("and %zu more"), more));
	if (page->n_items == 0)
		page_text(page, 0, LOOK_PLAIN,
		    _("No line has these words in it."));
	else if (chosen.time != NULL && !filtering)
		draw_foot(page, &chosen);
}

void
list_draw(struct app *app, struct page *page)
{
	bool narrow = page->columns < NARROW;

	page_heading(page, kind_of(app)->heading(app, page->arena, narrow),
	    _("newest first"));
	filter_draw(app, page);
	if (!list_draw_absent(app, page, kind_of(app)))
		draw_list(app, page);
}

/* ---- keys */

static void
enter(struct app *app)
{
	str_clear(&app->lists->filter);
	kind_of(app)->read(app, false);
}

/* The place in its list of row ITEM on the screen; SIZE_MAX: there is none. */
static size_t
selected(const struct app *app, int item)
{
	struct arena *arena = arena_new();
	struct list_row row;
	size_t i = 0, found = SIZE_MAX;

	while (found == SIZE_MAX && next_row(app, arena, &i, &row))
		if (item-- == 0)
			found = i - 1;
	arena_free(&arena);
	return found;
}

static bool
has_list(const struct app *app)
{
	struct arena *arena = arena_new();
	struct list_row row;
	bool has = !taking_goes_on(app->lists) &&
	    kind_of(app)->row(app, arena, 0, &row);

	arena_free(&arena);
	return has;
}

static void
open_file(struct app *app)
{
	app->asking = ASK_FILE;
	app_go(app, &screen_ask);
}

static void
take(struct app *app)
{
	size_t i;

	if (!has_list(app)) {
		/* the only item is "Open a file instead" */
		if (app->n_items == 1 && !taking_goes_on(app->lists))
			open_file(app);
		return;
	}
	i = selected(app, app_place(app)->selected);
	if (i != SIZE_MAX)
		kind_of(app)->take(app, i);
}

/* Esc ends what goes on, then takes the filter away, then goes back. */
static bool
back(struct app *app, const struct key *key)
{
	if (key->code == KEY_ESCAPE && lists_stop(app))
		return true;
	if (taking_goes_on(app->lists)) {
		taking_back(app);
		return true;
	}
	if (key->code != KEY_ESCAPE || app->lists->filter.len == 0)
		return false;
	str_clear(&app->lists->filter);
	app_place(app)->selected = 0;
	app_place(app)->follow = FOLLOW_JUMP;
	app->dirty = true;
	return true;
}

static bool
act(struct app *app, enum action action, const struct key *key)
{
	switch (action) {
	case ACTION_OPEN:
		take(app);
		return true;
	case ACTION_FILTER:
		if (has_list(app))
			app_go(app, &screen_filter);
		return true;
	case ACTION_AGAIN:
		if (!taking_goes_on(app->lists))
			kind_of(app)->read(app, true);
		app->dirty = true;
		return true;
	case ACTION_OPEN_FILE:
		open_file(app);
		return true;
	case ACTION_BACK:
		return back(app, key);
	default:
		return false;
	}
}

static bool
busy(const struct app *app)
{
	return lists_busy(app->lists);
}

#define LIST_KEYS { \
	{ ACTION_OPEN, N_("What it says") }, \
	{ ACTION_DOWN, N_("Select") }, \
	{ ACTION_FILTER, N_("Filter") }, \
	{ ACTION_AGAIN, N_("Read again") }, \
	{ ACTION_BACK, N_("Back") }, \
	{ ACTION_OPEN_FILE, NULL }, \
	{ ACTION_DIGIT, NULL }, \
	{ ACTION_QUIT, N_("Quit") } \
}

const struct screen screen_log = {
	.name = "log",
	.title = N_("This server's mail log"),
	.stage = 1,
	.keys = LIST_KEYS,
	.enter = enter,
	.draw = list_draw,
	.busy = busy,
	.act = act
};

const struct screen screen_logfile = {
	.name = "logfile",
	.title = N_("A mail log"),
	.stage = 1,
	.keys = LIST_KEYS,
	.enter = enter,
	.draw = list_draw,
	.busy = busy,
	.act = act
};

const struct screen screen_queue = {
	.name = "queue",
	.title = N_("Mail queue"),
	.stage = 1,
	.keys = LIST_KEYS,
	.enter = enter,
	.draw = list_draw,
	.busy = busy,
	.act = act
};
