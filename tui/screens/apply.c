/* SPDX-License-Identifier: ISC
 * Changing this server: what every file would become and what would be run, and
 * only then the question. Nothing is changed without a yes to what is shown. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/remedy/apply.h"
#include "tui/elevate.h"
#include "tui/screen.h"

#define SAID_MAX ((size_t)1 << 20)

enum choice { CHOICE_NO, CHOICE_YES };

/* The transaction that is shown, and what came of it. */
struct applying {
	struct arena *arena;
	struct making *making;   /* it is being worked out; or NULL */
	struct transaction *transaction;
	struct history *history;
	struct apply *apply;     /* it is being made; or NULL */
	struct str said;
	char step[64];           /* its id */
	bool permitted;
	bool sudo;               /* it is not, but root can be asked */
	bool tried;
	/* it is to be put back, which is shown before it is done */
	enum { STOP_NOT, STOP_ASKED, STOP_SHOWN } stop;
	enum apply_end end;
};

static const char *
why_not(const struct app *app, const struct step *step)
{
	if (!transaction_possible(step))
		return _("There is nothing in this step that could be done "
		    "here for you.");
	if (facts_get_world(diagnosis_facts(app->diagnosis)) != FACTS_LIVE)
		return _("These are recorded facts, not this server: nothing "
		    "can be changed.");
	return NULL;
}

bool
apply_possible(const struct app *app, const struct step *step)
{
	return why_not(app, step) == NULL;
}

bool
applying_busy(const struct app *app)
{
	const struct applying *a = app->applying;

	return a != NULL && (a->making != NULL || a->apply != NULL);
}

/* The end of the change is shown, and said again on leaving. */
static void
note_end(struct app *app, struct applying *a)
{
	if (a->end != APPLY_NOTHING)
		str_addf(&app->made, "  %s  %s\n", a->transaction->id,
		    text_safe(a->arena, a->transaction->title));
	*app_place(app) = (struct place){ .selected = 0 };
	app->dirty = true;
}

static void
take_end(struct app *app, struct applying *a)
{
	a->end = apply_finish(&a->apply, &a->said);
	history_close(&a->history);
	note_end(app, a);
}

void
apply_end(struct app *app)
{
	struct applying *a = app->applying;

	if (a == NULL)
		return;
	if (a->making != NULL)
		(void)transaction_end(&a->making);
	if (a->apply != NULL) {
		(void)apply_take_back(a->apply);
		take_end(app, a);
		str_adds(&app->made, a->said.text);
	}
	str_free(&a->said);
	arena_free(&a->arena);
	free(a);
	app->applying = NULL;
}

/* It is worked out, or cannot be. */
static bool
take_transaction(struct app *app, struct applying *a)
{
	a->transaction = transaction_end(&a->making);
	if (a->transaction == NULL) {
		app_say(app, "%s", a->said.text);
		return false;
	}
	str_clear(&a->said);
	a->permitted = transaction_permitted(a->transaction, &a->said);
	a->sudo = !a->permitted && a->said.len == 0 && elevate_possible();
	app->dirty = true;
	return true;
}

void
apply_begin(struct app *app, const struct step *step)
{
	const char *reason = why_not(app, step);
	struct applying *a;

	if (reason == NULL && app->applying != NULL &&
	    app->applying->apply != NULL)
		reason = _("A change is being made already; wait until it is "
		    "done.");
	if (reason != NULL) {
		app_say(app, "%s", reason);
		return;
	}
	apply_end(app);
	a = app->applying = mem_alloc(sizeof *a);
	*a = (struct applying){ .arena = arena_new() };
	str_init(&a->said, SAID_MAX);
	snprintf(a->step, sizeof a->step, "%s", step->id);
	a->making = transaction_begin(a->arena, step,
	    diagnosis_postfix(app->diagnosis), &a->said);
	if (!transaction_io(a->making) && !take_transaction(app, a))
		apply_end(app);
	else
		app_go(app, &screen_apply);
}

size_t
applying_poll(const struct app *app, struct pollfd *fds, int *timeout)
{
	const struct applying *a = app->applying;

	if (a != NULL && a->making != NULL)
		return transaction_poll(a->making, fds, timeout);
	if (a != NULL && a->stop != STOP_NOT)
		*timeout = 0;
	return a != NULL && a->apply != NULL ?
	    apply_poll(a->apply, fds, timeout) : 0;
}

void
applying_io(struct app *app)
{
	struct applying *a = app->applying;
	const char *before;

	if (a == NULL)
		return;
	if (a->making != NULL && !transaction_io(a->making) &&
	    !take_transaction(app, a)) {
		if (app_screen(app) == &screen_apply)
			app_back(app);
		apply_end(app);
		return;
	}
	if (a->apply == NULL)
		return;
	if (a->stop == STOP_ASKED) {
		a->stop = STOP_SHOWN;
		return;
	}
	if (a->stop == STOP_SHOWN)
		(void)apply_take_back(a->apply);
	a->stop = STOP_NOT;
	before = apply_command(a->apply, a->arena);
	if (!apply_io(a->apply))
		take_end(app, a);
	else if (strcmp(before, apply_command(a->apply, a->arena)) != 0)
		app->dirty = true;
}

bool
applying_stop(struct app *app)
{
	struct applying *a = app->applying;

	if (a == NULL || a->apply == NULL)
		return false;
	if (apply_may_take_back(a->apply))
		a->stop = STOP_ASKED;
	else
		app_say(app, "%s", _("This cannot be left half done; it ends "
		    "by itself in a minute at most."));
	app->dirty = true;
	return true;
}

static void
draw_choices(struct app *app, struct page *page, const struct applying *a)
{
	if (app->options->diagnosis->dry_run) {
		page_text(page, 0, LOOK_STRONG, _("This is a dry run: it is only "
		    "shown."));
	} else if (a->sudo) {
		page_text(page, 0, LOOK_STRONG, _("These files are not yours to "
		    "change. sudo can make exactly this change: it asks for "
		    "your password on the normal screen, then you are back "
		    "here."));
	} else if (a->said.len != 0) {
		page_tagged(page, TAG_FAIL, text_safe(page->arena,
		    a->said.text));
	} else if (!a->permitted) {
		page_text(page, 0, LOOK_STRONG, _("These files are not yours to "
		    "change. Start whybounce with sudo, or copy the commands of "
		    "the step."));
	}
	page_item_text(page, TAG_NONE, _("Leave it as it is"));
	if (!app->options->diagnosis->dry_run && (a->permitted || a->sudo))
		page_item_text(page, TAG_NONE, a->sudo ?
		    _("Make these changes now, with sudo") :
		    _("Make these changes now"));
	page_gap(page);
}

static void
draw_result(struct page *page, const struct applying *a)
{
	switch (a->end) {
	case APPLY_DONE:
		page_tagged(page, TAG_OK, _("The changes are made."));
		break;
	case APPLY_NOT_RELOADED:
		page_tagged(page, TAG_WARN, _("The files are changed, but a "
		    "command failed."));
		break;
	case APPLY_NOTHING:
		page_tagged(page, TAG_FAIL, _("Nothing was changed."));
		break;
	}
	page_gap(page);
	line_rows(page, a->said.text);
	if (a->end != APPLY_NOTHING) {
		page_text(page, 0, LOOK_PLAIN, _("To take them back, now or "
		    "weeks later:"));
		page_value(page, arena_printf(page->arena, a->sudo ?
		    "sudo whybounce undo %s" : "whybounce undo %s",
		    a->transaction->id));
	}
	page_gap(page);
	page_item_text(page, TAG_NONE, a->end == APPLY_NOTHING ?
	    _("Back to the step") : _("Check whether it helps"));
}

static void
draw_progress(struct page *page, const struct applying *a)
{
	const char *command;

	if (a->making != NULL) {
		page_tagged(page, TAG_RUNNING, _("It is being worked out what "
		    "would change. Nothing is changed yet."));
		return;
	}
	page_tagged(page, TAG_RUNNING, a->stop != STOP_NOT ?
	    _("It is being stopped; every file is put back.") :
	    _("The change is being made."));
	page_gap(page);
	command = apply_command(a->apply, page->arena);
	if (command != NULL)
		page_field(page, 0, 12, _("Now runs"), command);
	page_gap(page);
	page_text(page, 0, LOOK_PLAIN, apply_may_take_back(a->apply) ?
	    _("Esc or Ctrl-C stops it and puts every file back as it was.") :
	    _("This is not left half done: it ends by itself, in a minute at "
	    "most. Esc and Ctrl-C wait for that."));
}

static void
draw(struct app *app, struct page *page)
{
	const struct applying *a = app->applying;

	if (a == NULL)
		return;
	page_heading(page, _("Change on this server"), NULL);
	if (a->transaction != NULL)
		page_text(page, 0, LOOK_PLAIN, a->transaction->title);
	page_gap(page);
	page_end_head(page);
	if (applying_busy(app)) {
		draw_progress(page, a);
		return;
	}
	if (a->tried) {
		draw_result(page, a);
		return;
	}
	draw_choices(app, page, a);
	transaction_rows(page, a->transaction);
}

/* sudo needs the terminal: the screen is left meanwhile. */
static void
let_root_make(struct app *app, struct applying *a)
{
	bool refused;

	app_lend_screen();
	a->end = elevate_apply(a->arena, a->transaction, &refused, &a->said);
	app_take_screen(app, refused);
	note_end(app, a);
}

static void
make_changes(struct app *app, struct applying *a)
{
	if (a->sudo) {
		a->tried = true;
		let_root_make(app, a);
		return;
	}
	a->history = history_open(NULL, &a->said);
	a->end = APPLY_NOTHING;
	a->tried = true;
	*app_place(app) = (struct place){ .selected = 0 };
	app->dirty = true;
	if (a->history == NULL)
		return;
	a->apply = apply_start(a->history, a->arena, a->transaction);
	if (!apply_io(a->apply))
		take_end(app, a);
}

/* After a change the step is looked at again by itself. */
static void
leave(struct app *app, const struct applying *a)
{
	const struct plan *plan = session_plan(app);
	size_t number = plan_step_number(plan, a->step);
	bool changed = a->tried && a->end != APPLY_NOTHING;

	app_back(app);
	if (changed && number != 0)
		session_check(app, &plan->steps[number - 1]);
	apply_end(app);
}

static bool
act(struct app *app, enum action action, const struct key *key)
{
	struct applying *a = app->applying;

	(void)key;
	if (a == NULL || (action != ACTION_OPEN && action != ACTION_BACK))
		return false;
	if (a->apply != NULL)
		return action == ACTION_OPEN || applying_stop(app);
	if (a->making != NULL && action == ACTION_OPEN)
		return true;
	if (action == ACTION_OPEN && !a->tried &&
	    app_place(app)->selected == CHOICE_YES)
		make_changes(app, a);
	else
		leave(app, a);
	return true;
}

const struct screen screen_apply = {
	.name = "apply",
	.title = N_("Change on this server"),
	.stage = 3,
	.keys = {
		{ ACTION_OPEN, N_("Choose") },
		{ ACTION_DIGIT, NULL },
		{ ACTION_BACK, N_("Back") },
		{ ACTION_QUIT, N_("Quit") }
	},
	.draw = draw,
	.busy = applying_busy,
	.act = act
};
