/* SPDX-License-Identifier: ISC
 * A second paste before the first was used: one text in two pieces, or another
 * one. */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "tui/screen.h"

enum choice { CHOICE_ADD, CHOICE_REPLACE, CHOICE_DROP };

static void
draw(struct app *app, struct page *page)
{
	static const char *const choices[] = {
		[CHOICE_ADD] = N_("The rest of the first: put both together"),
		[CHOICE_REPLACE] = N_("Another message: forget the first"),
		[CHOICE_DROP] = N_("A mistake: forget this one")
	};

	(void)app;
	page_text(page, 0, LOOK_STRONG, _("A second paste. What is it?"));
	page_gap(page);
	for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++) {
		const struct page_column column = { .text = _(choices[i]) };

		page_item(page, TAG_NONE, &column, 1);
	}
}

static void
choose(struct app *app, enum choice choice)
{
	struct paste *paste = &app->paste;
	struct str *text = &paste->text;

	/* line ends of the first were put right before the second came, so it
	 * is as long as it was */
	if (choice == CHOICE_REPLACE && paste->first <= text->len) {
		text->len -= paste->first;
		memmove(text->text, text->text + paste->first, text->len + 1);
	} else if (choice == CHOICE_DROP && paste->first <= text->len) {
		text->len = paste->first;
		text->text[text->len] = '\0';
	}
	if (choice != CHOICE_ADD)
		paste->received = text->len;
	paste->first = 0;
	app_back(app);
	paste_read(app);
}

static bool
act(struct app *app, enum action action, const struct key *key)
{
	(void)key;
	if (action != ACTION_OPEN && action != ACTION_BACK)
		return false;
	choose(app, action == ACTION_OPEN ?
	    (enum choice)app_place(app)->selected : CHOICE_ADD);
	return true;
}

const struct screen screen_second = {
	.name = "second",
	.title = N_("Second paste"),
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
