/* SPDX-License-Identifier: ISC
 * The filter of a list: what it leaves, its line, and typing it while the first
 * of what is left are shown at once. */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "tui/screens/list.h"

static bool
contains(const char *text, const char *word, size_t len)
{
	for (; text != NULL && *text != '\0'; text++)
		if (text_same_n(text, word, len))
			return true;
	return false;
}

bool
filter_matches(const struct list_row *row, const char *filter)
{
	while (*filter != '\0') {
		size_t len = strcspn(filter, " ");

		if (len != 0 && !contains(row->recipient, filter, len) &&
		    !contains(row->code, filter, len) &&
		    !contains(row->class, filter, len) &&
		    !contains(row->detail, filter, len) &&
		    !contains(row->time, filter, len) &&
		    !contains(row->queue_id, filter, len))
			return false;
		filter += len + (filter[len] == ' ');
	}
	return true;
}

void
filter_draw(struct app *app, struct page *page)
{
	const struct str *filter = &app->lists->filter;
	const char *label = _("Filter");

	if (filter->len == 0 && app_screen(app) != &screen_filter)
		return;
	if (app_screen(app) == &screen_filter)
		page_prompt(page, label, filter->text);
	else
		page_field(page, 0, cells(label) + 2, label, filter->text);
}

/* The filter is other than it was: back to the top. */
static void
filtered(struct app *app)
{
	app_place(app)->selected = 0;
	app_place(app)->top = 0;
	app->dirty = true;
}

/* Back to the list, which shows what this screen showed. */
static void
keep_filter(struct app *app)
{
	struct place place = *app_place(app);

	app_back(app);
	*app_place(app) = place;
	app_place(app)->follow = FOLLOW_JUMP;
}

static void
rub_out(struct app *app)
{
	struct str *filter = &app->lists->filter;

	while (filter->len != 0 &&
	    ((unsigned char)filter->text[--filter->len] & 0xc0) == 0x80)
		;
	filter->text[filter->len] = '\0';
	filtered(app);
}

static bool
act_filter(struct app *app, enum action action, const struct key *key)
{
	switch (action) {
	case ACTION_OPEN:
		if (key->code != KEY_CURSOR_RIGHT)
			keep_filter(app);
		return true;
	case ACTION_CLEAR:
		str_clear(&app->lists->filter);
		filtered(app);
		return true;
	case ACTION_BACK:
		if (key->code == KEY_ESCAPE) {
			str_clear(&app->lists->filter);
			filtered(app);
			keep_filter(app);
		} else if (key->code != KEY_CURSOR_LEFT) {
			rub_out(app);
		}
		return true;
	default:
		return false;
	}
}

static void
type_filter(struct app *app, const struct key *key)
{
	if (key->n_bytes == 0 || key->bytes[0] < ' ' || key->code == 0x7f)
		return;
	str_add(&app->lists->filter, (const char *)key->bytes, key->n_bytes);
	filtered(app);
}

const struct screen screen_filter = {
	.name = "filter",
	.title = N_("Filter"),
	.stage = 0,
	.text = true,
	.keys = {
		{ ACTION_OPEN, N_("Keep it") },
		{ ACTION_CLEAR, N_("Clear") },
		{ ACTION_BACK, N_("Show all") },
		{ ACTION_DOWN, N_("Select") },
		{ ACTION_QUIT, N_("Quit") }
	},
	.draw = list_draw,
	.act = act_filter,
	.type = type_filter
};
