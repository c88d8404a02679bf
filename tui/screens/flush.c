/* SPDX-License-Identifier: ISC
 * Trying the waiting messages again: the command is shown first and run only
 * when the user says so. */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/world/child.h"
#include "engine/world/run.h"
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

/* It runs beside the poll loop; what comes of it is said on any screen. */
static void
run(struct app *app)
{
	struct arena *arena = arena_new();

	run_close(&app->flushing);
	app->flushing = run_start(child_find(arena, "postqueue"),
	    command(app, arena), NULL, PATIENCE_MS, WORDS_MAX);
	arena_free(&arena);
	app_back(app);
}

size_t
flush_poll(const struct app *app, struct pollfd *fds, int *timeout)
{
	return app->flushing != NULL ? run_poll(app->flushing, fds, timeout) :
	    0;
}

void
flush_io(struct app *app)
{
	if (app->flushing == NULL)
		return;
	switch (run_io(app->flushing)) {
	case RUN_GOING:
		return;
	case RUN_DONE:
	case RUN_CUT:
		app_say(app, "%s", _("Done: Postfix tries them now; the mail "
		    "log shows what comes of it."));
		break;
	case RUN_FAILED:
		app_say(app, _("postqueue failed: %s"),
		    run_errors(app->flushing)->text);
		break;
	case RUN_TIMEOUT:
		app_say(app, "%s", _("postqueue did not end and was stopped."));
		break;
	case RUN_NOT_STARTED:
		app_say(app, "%s", _("postqueue could not be started."));
		break;
	}
	run_close(&app->flushing);
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
