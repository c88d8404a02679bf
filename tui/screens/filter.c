/* SPDX-License-Identifier: ISC
 * The filter of a list: what it leaves, its line, and typing it while the first
 * of what is left are shown at once. */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "tui/screens/list.h"

bool
filter_matches(const struct list_row *row, const char *filter)
{
	const char *const texts[] = {
		row->recipient, row->code, row->class, row->detail, row->time,
		row->queue_id
	};

	while (*filter != '\0') {
		size_t len = strcspn(filter, " ");
		bool found = len == 0;

		for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
			found = found || text_has(texts[i], filter, len);
		if (!found)
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

static bool
act_filter(struct app *app, enum action action, const struct key *key)
{
	(void)key;
	switch (action) {
	case ACTION_OPEN:
		keep_filter(app);
		return true;
	case ACTION_BACK:
		str_clear(&app->lists->filter);
		filtered(app);
		keep_filter(app);
		return true;
	default:
		return false;
	}
}

static struct str *
line(struct app *app)
{
	return &app->lists->filter;
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
	.line = line,
	.changed = filtered
};
