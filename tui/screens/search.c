/* SPDX-License-Identifier: ISC
 * Searching in a screen that is text: typing what for, and going from place to
 * place. */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "tui/screen.h"

/* Rows above the place that was found, for what leads to it. */
#define ABOVE 3

static bool
is_found(const struct app *app, const struct part *part)
{
	const struct str *words = &app->search;

	return text_has(part->label, words->text, words->len) ||
	    text_has(part->text, words->text, words->len);
}

/* The part to go to from number FROM (exclusive), or n_parts. From the last
 * place on it begins anew. */
static size_t
find(const struct app *app, const struct page *page, size_t from, bool back)
{
	size_t n = page->n_parts;

	for (size_t i = 1; i <= n; i++) {
		size_t k = back ? (from + 2 * n - i) % n : (from + i) % n;

		if (page->parts[k].kind != PART_GAP &&
		    is_found(app, &page->parts[k]))
			return k;
	}
	return n;
}

/* Scroll to part number I. */
static void
go_to(struct app *app, const struct page *page, size_t i)
{
	size_t row = page->parts[i].row;

	app->found = i;
	row = row > page->head + ABOVE ? row - page->head - ABOVE : 0;
	app_place(app)->top = row;
}

static void
jump(struct app *app, const struct page *page)
{
	size_t before = app->found, i;

	if (page->n_parts == 0)
		return;
	if (app->search_jump == JUMP_FIRST)
		before = page->n_parts - 1;
	i = find(app, page, before, app->search_jump == JUMP_PREVIOUS);
	if (i == page->n_parts)
		app_say(app, _("\"%s\" was not found."), app->search.text);
	else if (app->search_jump == JUMP_NEXT && i <= before)
		app_say(app, _("From the beginning again."));
	else if (app->search_jump == JUMP_PREVIOUS && i >= before)
		app_say(app, _("From the end again."));
	if (i != page->n_parts)
		go_to(app, page, i);
}

void
search_rows(struct app *app, struct page *page)
{
	if (app->search.len == 0 || page->n_parts == 0)
		return;
	if (app->search_jump != JUMP_NOWHERE)
		jump(app, page);
	app->search_jump = JUMP_NOWHERE;
	for (size_t i = 0; i < page->n_parts; i++) {
		size_t end = i + 1 < page->n_parts ? page->parts[i + 1].row :
		    page->n;

		if (page->parts[i].kind == PART_GAP ||
		    !is_found(app, &page->parts[i]))
			continue;
		page->parts[i].marked = true;
		for (size_t row = page->parts[i].row; row < end; row++)
			page->rows[row].look = LOOK_FOUND;
		if (i == app->found)
			page->cursor_row = (int)page->parts[i].row;
	}
}

bool
search_act(struct app *app, enum action action)
{
	switch (action) {
	case ACTION_SEARCH:
		app_go(app, &screen_search);
		return true;
	case ACTION_NEXT:
	case ACTION_PREVIOUS:
		if (app->search.len == 0)
			return false;
		app->search_jump = action == ACTION_NEXT ? JUMP_NEXT :
		    JUMP_PREVIOUS;
		app->dirty = true;
		return true;
	default:
		return false;
	}
}

void
search_clear(struct app *app)
{
	str_clear(&app->search);
	app->search_jump = JUMP_NOWHERE;
	app->found = 0;
}

static void
enter(struct app *app)
{
	search_clear(app);
}

static void
draw(struct app *app, struct page *page)
{
	page_text(page, 0, LOOK_PLAIN, _("Type what to look for. Capital and "
	    "small letters are the same."));
	page_gap(page);
	page_prompt(page, _("Search"), app->search.text);
}

static bool
act(struct app *app, enum action action, const struct key *key)
{
	(void)key;
	switch (action) {
	case ACTION_OPEN:
		app_back(app);
		app->search_jump = app->search.len != 0 ? JUMP_FIRST :
		    JUMP_NOWHERE;
		return true;
	case ACTION_BACK:
		str_clear(&app->search);
		return false;
	default:
		return false;
	}
}

static struct str *
line(struct app *app)
{
	return &app->search;
}

const struct screen screen_search = {
	.name = "search",
	.title = N_("Search"),
	.text = true,
	.keys = {
		{ ACTION_OPEN, N_("Search") },
		{ ACTION_CLEAR, N_("Clear") },
		{ ACTION_BACK, N_("Back") },
		{ ACTION_QUIT, N_("Quit") }
	},
	.enter = enter,
	.draw = draw,
	.act = act,
	.line = line
};
