/* SPDX-License-Identifier: ISC
 * The list of demo cases. */
#include "config.h"

#include "engine/base/i18n.h"
#include "tui/screen.h"

static void
draw(struct app *app, struct page *page)
{
	const char *id;

	(void)app;
	page_text(page, 0, LOOK_STRONG, _("Demo cases"));
	page_text(page, 0, LOOK_PLAIN, _("Bounces that really happened, with "
	    "the DNS of their day. Nothing is asked on the network."));
	page_gap(page);
	for (size_t i = 0; (id = demo_id(i)) != NULL; i++) {
		const struct page_column columns[] = {
			{ .width = 4, .text = id, .key = true },
			{ .width = 0, .text = demo_title(page->arena, i) }
		};

		page_item(page, TAG_NONE, columns, 2);
	}
}

static void
open_demo(struct app *app, size_t i)
{
	if (session_demo(app, i))
		app_go(app, &screen_verdict);
}

/* A digit means the case of that name, not the place in the list. */
static void
choose_demo(struct app *app, uint32_t digit)
{
	const char *id;

	for (size_t i = 0; (id = demo_id(i)) != NULL; i++)
		if ((unsigned char)id[0] == digit && id[1] == '\0') {
			app_place(app)->selected = (int)i;
			open_demo(app, i);
			return;
		}
}

static bool
act(struct app *app, enum action action, const struct key *key)
{
	switch (action) {
	case ACTION_OPEN:
		open_demo(app, (size_t)app_place(app)->selected);
		return true;
	case ACTION_DIGIT:
		choose_demo(app, key->code);
		return true;
	default:
		return false;
	}
}

const struct screen screen_demos = {
	.name = "demos",
	.title = N_("Demo cases"),
	.stage = 1,
	.keys = {
		{ ACTION_OPEN, N_("Choose") },
		{ ACTION_DIGIT, NULL },
		{ ACTION_BACK, N_("Back") },
		{ ACTION_QUIT, N_("Quit") }
	},
	.draw = draw,
	.act = act
};
