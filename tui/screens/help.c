/* SPDX-License-Identifier: ISC
 * Help, made from the table of keys for the screen it was called from. */
#include "config.h"

#include "engine/base/i18n.h"
#include "tui/screen.h"

static const struct screen *
below(const struct app *app)
{
	return app->depth > 1 ? app->layers[app->depth - 2].screen :
	    &screen_start;
}

static void
draw_key(struct page *page, const struct screen *screen, enum action action)
{
	const char *help = key_help(action);
	const char *names = key_names(action);

	if (help == NULL)
		return;
	if (page->spoken)
		names = key_typed(page->arena, action);
	if (names == NULL)
		return;
	if (!page->spoken && screen->text && !key_everywhere(action))
		names = key_shown(action, true);
	if (page->columns < 60)
		page_text(page, 0, LOOK_PLAIN, arena_printf(page->arena,
		    "%s: %s", names, help));
	else
		page_field(page, 0, 18, names, help);
}

static void
draw_signs(struct page *page)
{
	static const struct {
		enum tag tag;
		const char *meaning;
	} signs[] = {
		{ TAG_OK, N_("in order") },
		{ TAG_FAIL, N_("must be fixed") },
		{ TAG_WARN, N_("better fixed") },
		{ TAG_RUNNING, N_("being asked, or still open") },
		{ TAG_UNKNOWN, N_("could not tell: no answer") },
		{ TAG_NOT_APPLICABLE, N_("does not apply") }
	};

	page_text(page, 0, LOOK_STRONG, _("Signs"));
	for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
		page_tagged(page, signs[i].tag, _(signs[i].meaning));
	page_text(page, 0, LOOK_PLAIN,
	    _("Colours only repeat what the signs say."));
}

static void
draw(struct app *app, struct page *page)
{
	const struct screen *screen = below(app);

	page_heading(page, _("Keys"), arena_printf(page->arena,
	    _("this screen: %s"), _(screen->title)));
	page_gap(page);
	for (int i = ACTION_NONE + 1; i < ACTION_COUNT; i++)
		if (keys_have(screen->keys, (enum action)i) &&
		    !key_everywhere((enum action)i))
			draw_key(page, screen, (enum action)i);
	page_gap(page);
	for (int i = ACTION_NONE + 1; i < ACTION_COUNT; i++)
		if (key_everywhere((enum action)i))
			draw_key(page, screen, (enum action)i);
	page_gap(page);
	if (page->spoken)
		page_text(page, 0, LOOK_PLAIN, _("A number chooses; Enter alone "
		    "takes what stands in brackets; a letter and a number, as "
		    "in \"e 2\", are about that line."));
	else
		draw_signs(page);
	page_gap(page);
	page_text(page, 0, LOOK_PLAIN, _("Pasting works on every screen: the "
	    "text is received, never taken for keys. Only the key A changes "
	    "this server, and only after you have said yes."));
}

static bool
act(struct app *app, enum action action, const struct key *key)
{
	(void)key;
	switch (action) {
	case ACTION_HELP:
	case ACTION_OPEN:
		app_back(app);
		return true;
	default:
		return false;
	}
}

const struct screen screen_help = {
	.name = "help",
	.title = N_("Help"),
	.keys = {
		{ ACTION_BACK, N_("Back") },
		{ ACTION_PAGE_DOWN, N_("Look through") },
		{ ACTION_OPEN, NULL },
		{ ACTION_QUIT, N_("Quit") }
	},
	.draw = draw,
	.act = act
};
