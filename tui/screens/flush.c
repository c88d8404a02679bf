/* SPDX-License-Identifier: ISC
 * Trying the waiting messages again: the command is shown first and run only
 * when the user says so. */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/world/child.h"
#include "tui/screen.h"

#define PATIENCE_MS 10000
#define WORDS_MAX 4096

enum choice { CHOICE_NO, CHOICE_YES };

/* The command with its arguments, NULL-terminated, argv[0] being its name. */
static const char *const *
command(const struct app *app, struct arena *arena)
{
	const char *directory = app->options->diagnosis->postfix_directory;
	const char **words = arena_array(arena, 5, sizeof *words);
	size_t n = 0;

	words[n++] = "postqueue";
	if (directory != NULL) {
		words[n++] = "-c";
		words[n++] = directory;
	}
	words[n] = "-f";
	return words;
}

static void
draw_choices(struct page *page)
{
	struct page_column column = { .width = 0 };

	column.text = _("Leave it: Postfix tries by itself");
	page_item(page, TAG_NONE, &column, 1);
	column.text = _("Run the command now");
	page_item(page, TAG_NONE, &column, 1);
}

static void
draw(struct app *app, struct page *page)
{
	const char *const *words = command(app, page->arena);
	const char *line = words[0];

	for (size_t i = 1; words[i] != NULL; i++)
		line = arena_printf(page->arena, "%s %s", line, words[i]);
	page_text(page, 0, LOOK_STRONG,
	    _("Put the waiting messages back to work"));
	page_gap(page);
	/* Enter must not choose what a low window does not show */
	if (page->compact)
		draw_choices(page);
	page_text(page, 0, LOOK_PLAIN, _("Postfix tries every message in its "
	    "queue again at once, instead of at its own time. Do it when the "
	    "steps have taken effect: a receiver that refuses again may "
	    "refuse for longer. This is the command:"));
	page_gap(page);
	page_value(page, line);
	page_gap(page);
	if (!page->compact)
		draw_choices(page);
}

static void
run(struct app *app)
{
	struct arena *arena = arena_new();
	const char *program = child_find(arena, "postqueue");
	enum child_end end = CHILD_NOT_RUN;
	struct str out, err;

	str_init(&out, WORDS_MAX);
	str_init(&err, WORDS_MAX);
	if (program != NULL)
		end = child_run(program, command(app, arena), PATIENCE_MS,
		    &out, &err);
	app_back(app);
	switch (end) {
	case CHILD_OK:
		app_say(app, "%s", _("Done: Postfix tries them now; the mail "
		    "log shows what comes of it."));
		break;
	case CHILD_FAILED:
		app_say(app, _("postqueue failed: %s"), err.text);
		break;
	case CHILD_TIMEOUT:
		app_say(app, "%s", _("postqueue did not end and was stopped."));
		break;
	case CHILD_NOT_RUN:
		app_say(app, "%s", _("postqueue could not be started."));
		break;
	}
	str_free(&out);
	str_free(&err);
	arena_free(&arena);
}

static bool
act(struct app *app, enum action action, const struct key *key)
{
	(void)key;
	if (action != ACTION_OPEN)
		return false;
	if (app_place(app)->selected == CHOICE_YES)
		run(app);
	else
		app_back(app);
	return true;
}

const struct screen screen_flush = {
	.name = "flush",
	.title = N_("Waiting messages"),
	.stage = 4,
	.keys = {
		{ ACTION_OPEN, N_("Choose") },
		{ ACTION_DIGIT, NULL },
		{ ACTION_BACK, N_("Back") },
		{ ACTION_QUIT, N_("Quit") }
	},
	.draw = draw,
	.act = act
};
