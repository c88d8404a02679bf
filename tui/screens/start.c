/* SPDX-License-Identifier: ISC
 * The first screen: what does the user have? And the list of saved cases. */
#include "config.h"

#include <time.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/world/state_folder.h"
#include "tui/screen.h"

enum entry {
	ENTRY_RESUME, ENTRY_PASTE, ENTRY_FILE, ENTRY_LOG, ENTRY_QUEUE, ENTRY_DOMAIN,
	ENTRY_DEMOS, ENTRY_COUNT
};

static const struct {
	const char *name, *hint;
} entries[ENTRY_COUNT] = {
	[ENTRY_RESUME] = { NULL, NULL },
	[ENTRY_PASTE] = {
		N_("Paste a bounce message"),
		N_("or paste it right now, on this screen")
	},
	[ENTRY_FILE] = {
		N_("Open a file"),
		N_(".eml, mbox, mail log, saved text")
	},
	[ENTRY_LOG] = {
		N_("This server's mail log"),
		N_("what was refused or delayed lately")
	},
	[ENTRY_QUEUE] = {
		N_("Mail queue"),
		N_("messages that wait for another try")
	},
	[ENTRY_DOMAIN] = {
		N_("Check a server"),
		N_("no bounce needed: is it ready to send?")
	},
	[ENTRY_DEMOS] = {
		N_("Demo cases"),
		N_("real-life bounces to practise with")
	}
};

#define DAY 86400

/* What the background has found out. */
static const char *
log_hint(const struct lists *lists, struct arena *arena)
{
	const struct log_model *log = &lists->log;
	size_t n;

	switch (log->end) {
	case LOG_STREAM_OPEN:
		break;
	case LOG_STREAM_DENIED:
		return _("needs root: sudo whybounce");
	case LOG_STREAM_NONE:
		return lists->peeked ? _("no mail log was found here") : NULL;
	case LOG_STREAM_UNUSABLE:
		return NULL;
	}
	if (log->list == NULL || log->state == LIST_READING || log->stopped ||
	    !log_list_is_mail(log->list))
		return NULL;
	n = log_list_since(log->list, time(NULL), DAY);
	if (n == 0)
		return _("nothing undelivered in the last 24 hours");
	if (n >= LOG_LIST_MAX)
		return arena_printf(arena, _("more than %d undelivered in the "
		    "last 24 hours"), LOG_LIST_MAX - 1);
	return arena_printf(arena, P_("%zu undelivered in the last 24 hours",
	    "%zu undelivered in the last 24 hours", n), n);
}

static const char *
queue_hint(const struct queue_model *queue, struct arena *arena)
{
	size_t n;

	if (queue->missing)
		return _("no Postfix was found here");
	if (queue->list == NULL)
		return NULL;
	n = queue_list_messages(queue->list);
	if (n == 0)
		return _("empty");
	return arena_printf(arena, P_("%zu message is waiting",
	    "%zu messages are waiting", n), n);
}

static const char *
hint(const struct app *app, struct arena *arena, enum entry entry)
{
	const char *found = entry == ENTRY_LOG ?
	    log_hint(app->lists, arena) : entry == ENTRY_QUEUE ?
	    queue_hint(&app->lists->queue, arena) : NULL;

	return found != NULL ? found : _(entries[entry].hint);
}

/* One choice: its digit, its name, and what it is where there is room. */
static void
choice(struct page *page, size_t i, const char *name, const char *what)
{
	const struct page_column columns[] = {
		{ .width = 3, .text = arena_printf(page->arena, "%zu", i + 1) },
		{ .width = page->columns < 60 ? 0 : 27, .text = name },
		{ .width = 0, .text = what }
	};

	page_item(page, TAG_NONE, columns, page->columns < 60 ? 2 : 3);
}

/* "2 of 4 steps done, saved 14:02" */
static const char *
case_state(const struct app *app, struct arena *arena,
    const struct casefile *saved)
{
	const char *when = casefile_time(arena, saved->saved, app_time(app));

	if (saved->n_steps == 0)
		return arena_printf(arena, _("saved %s"), when);
	return arena_printf(arena, P_("%zu of %zu step done, saved %s",
	    "%zu of %zu steps done, saved %s", saved->n_steps),
	    casefile_settled(saved), saved->n_steps, when);
}

static const char *
case_label(struct arena *arena, const struct casefile *saved)
{
	const char *title = saved->title != NULL ? saved->title : saved->name;

	return saved->demo == NULL ? title : arena_printf(arena,
	    _("%s, demo %s"), title, saved->demo);
}

static bool
is_unfinished(const struct casefile *saved)
{
	return saved->n_steps == 0 || casefile_settled(saved) < saved->n_steps;
}

/* The case to be offered: the newest that has something left to do. */
static const struct casefile *
offered(const struct app *app)
{
	for (size_t i = 0; i < app->n_cases; i++)
		if (is_unfinished(&app->cases[i]))
			return &app->cases[i];
	return NULL;
}

static size_t
count_unfinished(const struct app *app)
{
	size_t n = 0;

	for (size_t i = 0; i < app->n_cases; i++)
		n += is_unfinished(&app->cases[i]);
	return n;
}

/* The first choice, when there is a saved case. */
static void
resume_choice(struct app *app, struct page *page)
{
	struct arena *arena = page->arena;
	const struct casefile *saved = offered(app);
	size_t n = count_unfinished(app);
	struct page_column columns[] = {
		{ .width = 3, .text = "1" }, { .width = 0 }
	};

	if (saved == NULL)
		return;
	if (n == 1)
		columns[1].text = arena_printf(arena, _("Go on with %s (%s)"),
		    case_label(arena, saved), case_state(app, arena, saved));
	else
		columns[1].text = arena_printf(arena, P_("Go on with one of "
		    "%zu saved case", "Go on with one of %zu saved cases",
		    n), n);
	page_item(page, TAG_NONE, columns, 2);
}

bool
start_resume(struct app *app, const char *name)
{
	if (!session_resume(app, name))
		return false;
	waits_resume(app);
	app_go(app, session_bounce(app) != NULL ? &screen_verdict :
	    &screen_checks);
	session_look(app);
	app_go(app, &screen_done);
	return true;
}

/* Saved cases, each time the screen is shown: another window may have saved
 * one. */
static void
enter(struct app *app)
{
	arena_free(&app->cases_arena);
	app->cases_arena = arena_new();
	app->n_cases = casefile_list(app->cases_arena, &app->cases,
	    &app->cases_left_out, &app->cases_fault);
}

static void
draw(struct app *app, struct page *page)
{
	page_text(page, 0, LOOK_STRONG, _("Mail came back, or never arrived? "
	    "Let's find out why, and fix it."));
	page_gap(page);
	resume_choice(app, page);
	for (size_t i = ENTRY_PASTE; i < ENTRY_COUNT; i++)
		choice(page, (size_t)page->n_items, _(entries[i].name),
		    hint(app, page->arena, (enum entry)i));
	page_gap(page);
	if (app->cases_fault != NULL)
		page_tagged(page, TAG_UNKNOWN, arena_printf(page->arena,
		    _("A saved case cannot be gone on with: %s"),
		    text_safe(page->arena, app->cases_fault)));
	page_gap(page);
	page_text(page, 0, LOOK_PLAIN, _("whybounce changes nothing on "
	    "this server before you have seen it and said yes, and uploads "
	    "nothing; it asks DNS about the names in the bounce."));
}

static bool
act(struct app *app, enum action action, const struct key *key)
{
	size_t chosen = (size_t)app_place(app)->selected;

	(void)key;
	if (action == ACTION_ASKED)
		app_go(app, &screen_asked);
	if (action != ACTION_OPEN)
		return action == ACTION_ASKED;
	if (offered(app) == NULL)
		chosen += ENTRY_PASTE;
	switch ((enum entry)chosen) {
	case ENTRY_RESUME:
		if (count_unfinished(app) == 1)
			start_resume(app, offered(app)->name);
		else
			app_go(app, &screen_cases);
		break;
	case ENTRY_PASTE:
		app_go(app, &screen_paste);
		break;
	case ENTRY_FILE:
		app->asking = ASK_FILE;
		app_go(app, &screen_ask);
		break;
	case ENTRY_LOG:
		app_go(app, &screen_log);
		break;
	case ENTRY_QUEUE:
		app_go(app, &screen_queue);
		break;
	case ENTRY_DOMAIN:
		app->asking = ASK_DOMAIN;
		app_go(app, &screen_ask);
		break;
	case ENTRY_DEMOS:
		app_go(app, &screen_demos);
		break;
	case ENTRY_COUNT:
		break;
	}
	return true;
}

const struct screen screen_start = {
	.name = "start",
	.title = N_("Start"),
	.keys = {
		{ ACTION_OPEN, N_("Choose") },
		{ ACTION_DIGIT, N_("Jump") },
		{ ACTION_LANGUAGE, N_("Language") },
		{ ACTION_ASKED, N_("What is asked") },
		{ ACTION_QUIT, N_("Quit") }
	},
	.enter = enter,
	.draw = draw,
	.act = act
};

static void
draw_cases(struct app *app, struct page *page)
{
	page_text(page, 0, LOOK_STRONG, _("Saved cases"));
	page_gap(page);
	for (size_t i = 0; i < app->n_cases; i++) {
		const struct casefile *saved = &app->cases[i];
		const struct page_column columns[] = {
			{ .width = page->columns < 60 ? 20 : 34,
			    .text = case_label(page->arena, saved) },
			{ .width = 0, .text = case_state(app, page->arena, saved) }
		};

		page_item(page, is_unfinished(saved) ? TAG_RUNNING : TAG_OK,
		    columns, 2);
	}
	page_gap(page);
	page_text(page, 0, LOOK_PLAIN, arena_printf(page->arena, _("They lie "
	    "in %s, one file each; none is ever removed by whybounce."),
	    state_folder(page->arena)));
	if (app->cases_left_out != 0)
		page_text(page, 0, LOOK_PLAIN, arena_printf(page->arena,
		    P_("%zu more could not be read: whybounce resume NAME "
		    "says why.", "%zu more could not be read: whybounce "
		    "resume NAME says why.", app->cases_left_out),
		    app->cases_left_out));
}

static bool
act_cases(struct app *app, enum action action, const struct key *key)
{
	size_t i = (size_t)app_place(app)->selected;

	(void)key;
	if (action != ACTION_OPEN)
		return false;
	if (i < app->n_cases)
		start_resume(app, app->cases[i].name);
	return true;
}

const struct screen screen_cases = {
	.name = "cases",
	.title = N_("Saved cases"),
	.stage = 1,
	.keys = {
		{ ACTION_OPEN, N_("Go on") },
		{ ACTION_DIGIT, NULL },
		{ ACTION_BACK, N_("Back") },
		{ ACTION_QUIT, N_("Quit") }
	},
	.draw = draw_cases,
	.act = act_cases
};
