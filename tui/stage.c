/* SPDX-License-Identifier: ISC
 * The stack of screens: which one is on top, drawing it with its title and
 * keys, and what keys do everywhere. Knows no file descriptors. */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "tui/language.h"
#include "tui/screen.h"
#include "tui/tty.h"
#include "tui/typing.h"

const struct screen *
app_screen(const struct app *app)
{
	return app->layers[app->depth - 1].screen;
}

struct place *
app_place(struct app *app)
{
	return &app->layers[app->depth - 1].place;
}

void
app_go(struct app *app, const struct screen *screen)
{
	app->dirty = true;
	for (size_t i = 0; i < app->depth; i++)
		if (app->layers[i].screen == screen) {
			app->depth = i + 1;
			if (screen->enter != NULL)
				screen->enter(app);
			return;
		}
	if (app->depth == APP_LAYERS)
		app->depth--;
	app->layers[app->depth].screen = screen;
	app->layers[app->depth].place = (struct place){ .selected = 0 };
	app->depth++;
	if (screen->enter != NULL)
		screen->enter(app);
}

void
app_back(struct app *app)
{
	app->dirty = true;
	if (app->depth > 1)
		app->depth--;
	else if (app_screen(app) != &screen_start)
		app->layers[0] = (struct layer){ .screen = &screen_start };
	else
		app_say(app, _("This is the first screen; q quits."));
}

void
app_say(struct app *app, const char *format, ...)
{
	char line[1024];
	va_list ap;

	va_start(ap, format);
	vsnprintf(line, sizeof line, format, ap);
	va_end(ap);
	str_clear(&app->message);
	text_clean(&app->message, line, strlen(line), false);
	app->dirty = true;
}

/* " 1/4": which step. */
static const char *
step_position(const struct app *app, struct arena *arena)
{
	const struct plan *plan = session_plan(app);
	size_t waiting = app_screen(app) == &screen_wait ?
	    session_step_place(app, app->waiting) : 0;

	if (waiting != 0)
		return arena_printf(arena, " %zu/%zu", waiting,
		    session_step_count(app));
	if (plan == NULL || plan->n == 0)
		return "";
	return arena_printf(arena, " %zu/%zu", session_step_number(app,
	    &plan->steps[app->step < plan->n ? app->step : plan->n - 1]),
	    session_step_count(app));
}

static const char *
title_text(const struct app *app, struct arena *arena, int columns)
{
	static const char *const stages[] = {
		N_("Bounce"), N_("Checks"), N_("Fix"), N_("Done")
	};
	const struct screen *screen = app_screen(app);
	struct str title;
	const char *text;
	int stage = screen->stage;

	/* help, evidence and view belong to where they were called from */
	for (size_t i = app->depth; stage == 0 && i-- > 0;)
		stage = app->layers[i].screen->stage;
	str_init(&title, 512);
	str_adds(&title, "whybounce ");
	for (int i = 1; i <= 4; i++) {
		if (i == stage)
			str_addf(&title, columns < 60 ? "%d %s%s" :
			    " [%d %s%s]", i, _(stages[i - 1]),
			    i == 3 ? step_position(app, arena) : "");
		else if (columns >= 60)
			str_addf(&title, "  %d %s ", i, _(stages[i - 1]));
	}
	text = arena_strdup(arena, title.text);
	str_free(&title);
	return text;
}

static const char *
host_text(const struct app *app, struct arena *arena)
{
	if (app->demo != NULL)
		return arena_printf(arena, _("demo %s"), app->demo);
	return app->host[0] != '\0' ? app->host : NULL;
}

void
stage_draw(struct app *app)
{
	struct arena *arena = arena_new();
	const struct screen *screen = app_screen(app);
	struct page page;
	struct frame_text frame;
	int columns, lines;

	session_sync_steps(app);
	draw_size(&columns, &lines);
	app->small = columns < PAGE_MIN_COLUMNS || lines < PAGE_MIN_LINES;
	if (app->small) {
		draw_too_small(arena);
	} else {
		do {
			page_begin(&page, arena, columns, lines);
			screen->draw(app, &page);
		} while (draw_follow(&page, app_place(app)));
		frame.title = title_text(app, arena, columns);
		frame.host = host_text(app, arena);
		frame.message = app->message.len != 0 ? cells_cut_middle(arena,
		    app->message.text, columns - 2) : NULL;
		frame.bar = keys_bar(arena, screen->keys, screen->text,
		    columns - 3);
		app->n_items = page.n_items;
		app->page_size = draw_page_size(&page);
		draw_page(&page, &frame, app_place(app));
	}
	app->dirty = app->keyed = false;
	app->drawn = screen;
	arena_free(&arena);
}

static void
scroll(struct app *app, enum action action)
{
	struct place *place = app_place(app);
	size_t page = app->page_size > 1 ? app->page_size - 1 : 1;

	place->seen = false;
	switch (action) {
	case ACTION_UP:
		if (place->selected > 0) {
			place->selected--;
			place->follow = FOLLOW_STEP;
		} else if (place->top > 0)
			place->top--;
		break;
	case ACTION_DOWN:
		if (place->selected + 1 < app->n_items) {
			place->selected++;
			place->follow = FOLLOW_STEP;
		} else
			place->top++;	/* draw_page() keeps it in range */
		break;
	case ACTION_PAGE_UP:
		place->top -= place->top < page ? place->top : page;
		break;
	case ACTION_PAGE_DOWN:
		place->top += page;
		break;
	case ACTION_FIRST:
		place->selected = 0;
		place->top = 0;
		break;
	default:
		place->selected = app->n_items;
		place->top = SIZE_MAX / 2;
		break;
	}
	app->dirty = true;
}

static void
quit(struct app *app)
{
	size_t open = app->demo == NULL && app->steps_seen ?
	    session_open_steps(app) : 0;

	if (applying_stop(app))
		return;
	if (open != 0 && !app->quit_asked) {
		app->quit_asked = true;
		app_say(app, app->save_fault.len != 0 ? P_("%zu step is open; "
		    "it is printed, not saved. q once more: leave.", "%zu "
		    "steps are open; they are printed, not saved. q once "
		    "more: leave.", open) :
		    P_("%zu step is open; it is saved and printed. q "
		    "once more: leave.", "%zu steps are open; they are saved "
		    "and printed. q once more: leave.", open), open);
		return;
	}
	app->leaving = LEAVE_QUIT;
}

/* All words are made anew; nothing is asked again. */
static void
change_language(struct app *app)
{
	const char *next = language_next(), *name = language_next_name();

	if (strcmp(next, language_now()) == 0) {
		app_say(app, _("There is no translation but this one."));
		return;
	}
	if (!language_set(next)) {
		app_say(app, _("The character set of this terminal, %s, cannot "
		    "show the language '%s'."), language_charset(), name);
		return;
	}
	if (app->diagnosis != NULL && app->started)
		diagnosis_reword(app->diagnosis);
	waits_reword(app);
	app->dirty = true;
}

/* What an action does on every screen. */
static void
act_everywhere(struct app *app, enum action action)
{
	switch (action) {
	case ACTION_UP: case ACTION_DOWN: case ACTION_PAGE_UP:
	case ACTION_PAGE_DOWN: case ACTION_FIRST: case ACTION_LAST:
		scroll(app, action);
		break;
	case ACTION_BACK:
		app_back(app);
		break;
	case ACTION_HELP:
		app_go(app, &screen_help);
		break;
	case ACTION_LANGUAGE:
		change_language(app);
		break;
	case ACTION_REDRAW:
		tty_repaint();
		app->dirty = true;
		break;
	case ACTION_SUSPEND:
		tty_suspend();
		app->dirty = true;
		break;
	case ACTION_QUIT:
		quit(app);
		break;
	default:
		break;
	}
}

/* 1 to 9: choose that item and open it. */
static void
act_digit(struct app *app, const struct screen *screen, const struct key *key)
{
	int item = (int)key->code - '1';

	/* typed ahead: what it chooses from was not drawn yet */
	if (app->dirty)
		stage_draw(app);
	if (item < 0 || item >= app->n_items || screen->act == NULL)
		return;
	app_place(app)->selected = item;
	app_place(app)->follow = FOLLOW_JUMP;
	app->dirty = true;
	screen->act(app, ACTION_OPEN, key);
}

void
stage_key(struct app *app, const struct key *key)
{
	const struct screen *screen = app_screen(app);
	enum action action = key_action(key, screen->text && !app->small,
	    screen->keys);

	app->keyed = true;
	if (app->message.len != 0) {
		str_clear(&app->message);
		app->dirty = true;
	}
	if (action != ACTION_QUIT)
		app->quit_asked = false;
	if (app->small && action != ACTION_QUIT && action != ACTION_SUSPEND &&
	    action != ACTION_REDRAW)
		return;
	if (action == ACTION_NONE) {
		if (screen->type != NULL)
			screen->type(app, key);
		else if (screen->line != NULL)
			typing_key(app, key);
		return;
	}
	if (screen->line != NULL && typing_act(app, action, key))
		return;
	if (screen->act != NULL && screen->act(app, action, key))
		return;
	if (action == ACTION_DIGIT)
		act_digit(app, screen, key);
	else
		act_everywhere(app, action);
}
