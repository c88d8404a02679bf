/* SPDX-License-Identifier: ISC
 * The end: what was done and seen, what is open, how to make sure. */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "tui/screen.h"

enum entry {
	ENTRY_CHECK, ENTRY_TEST, ENTRY_FLUSH, ENTRY_REPORT, ENTRY_LETTER,
	ENTRY_RENEW, ENTRY_START, ENTRY_COUNT
};

static bool
is_live(const struct app *app)
{
	return app->diagnosis != NULL && facts_get_world(
	    diagnosis_facts(app->diagnosis)) == FACTS_LIVE;
}

/* Messages in this server's queue; 0: none, or not known. */
static size_t
waiting_messages(const struct app *app)
{
	return is_live(app) && app->lists->queue.list != NULL ?
	    queue_list_messages(app->lists->queue.list) : 0;
}

static bool
is_offered(struct app *app, enum entry entry)
{
	switch (entry) {
	case ENTRY_TEST:
		return is_live(app);
	case ENTRY_FLUSH:
		return waiting_messages(app) != 0;
	case ENTRY_LETTER:
		return letter_step(app) != NULL;
	case ENTRY_RENEW:
		return is_live(app) && !session_looking(app) &&
		    diagnosis_can_renew_key(app->diagnosis);
	case ENTRY_CHECK:
	case ENTRY_REPORT:
	case ENTRY_START:
	case ENTRY_COUNT:
		break;
	}
	return true;
}

static const char *
entry_text(struct app *app, struct arena *arena, enum entry entry)
{
	size_t n;

	switch (entry) {
	case ENTRY_CHECK:
		return _("Check again");
	case ENTRY_TEST:
		return _("Send a test from this server and watch the log");
	case ENTRY_FLUSH:
		n = waiting_messages(app);
		return arena_printf(arena, P_("Put the waiting message back "
		    "to work: postqueue -f (%zu message)",
		    "Put the waiting messages back to work: postqueue -f "
		    "(%zu messages)", n), n);
	case ENTRY_REPORT:
		return _("Save the report");
	case ENTRY_LETTER:
		return arena_printf(arena, _("Show the letter to the hosting "
		    "firm (step %zu)"), session_step_number(app,
		    letter_step(app)));
	case ENTRY_RENEW:
		return _("Exchange the DKIM key for a new one");
	case ENTRY_START:
		return _("Start again with another bounce");
	case ENTRY_COUNT:
		break;
	}
	return "";
}

static enum tag
state_tag(const struct case_step *step, bool optional)
{
	switch (step->state) {
	case STEP_OPEN:
		return optional ? TAG_NOT_APPLICABLE : TAG_RUNNING;
	case STEP_WAITING:
		return TAG_RUNNING;
	case STEP_DONE:
		return TAG_OK;
	case STEP_SKIPPED:
		return TAG_NOT_APPLICABLE;
	}
	return TAG_NONE;
}

static const char *
state_text(struct arena *arena, const struct case_step *step, bool other_way)
{
	switch (step->state) {
	case STEP_OPEN:
		return step->later ? _("for later") : other_way ?
		    _("another way") : _("still open");
	case STEP_WAITING:
		return step->note != NULL ? step->note : _("waiting");
	case STEP_DONE:
		return step->note != NULL ? step->note : _("done");
	case STEP_SKIPPED:
		return step->note == NULL ? _("skipped") :
		    arena_printf(arena, _("skipped: %s"), step->note);
	}
	return "";
}

/* The plan's step of that id, or NULL. */
static const struct step *
plan_step(const struct app *app, const char *id)
{
	const struct plan *plan = session_plan(app);
	size_t number = plan != NULL ? plan_step_number(plan, id) : 0;

	return number != 0 ? &plan->steps[number - 1] : NULL;
}

static void
draw_steps(struct app *app, struct page *page)
{
	size_t n;
	const struct case_step *steps = session_steps(app, &n);
	bool room = page->columns >= 60;
	int width = page->columns < 100 ? page->columns : 100;

	for (size_t i = 0; i < n; i++) {
		const struct step *now = plan_step(app, steps[i].id);
		bool other_way = now != NULL && now->alternative_to != NULL;
		const char *said = state_text(page->arena, &steps[i],
		    other_way);
		const struct page_column columns[] = {
			{ .width = 3, .text = arena_printf(page->arena, "%zu",
			    i + 1) },
			{ .width = room ? width - 33 : 0,
			    .text = steps[i].title },
			{ .width = 0, .text = said }
		};

		page_item(page, state_tag(&steps[i], other_way ||
		    steps[i].later), columns,
		    room ? 3 : 2);
	}
}

/* How to see that a step took effect, for those that are believed only. */
static void
draw_verify(struct app *app, struct page *page)
{
	const struct plan *plan = session_plan(app);
	bool heading = false;

	for (size_t i = 0; plan != NULL && i < plan->n; i++) {
		const struct step *step = &plan->steps[i];

		if (session_step(app, step) != STEP_DONE ||
		    step->verify == NULL)
			continue;
		if (!heading)
			page_text(page, 0, LOOK_STRONG, _("Make sure"));
		heading = true;
		page_field(page, 0, 3, arena_printf(page->arena, "%zu",
		    session_step_number(app, step)), step->verify);
	}
	if (heading)
		page_gap(page);
}

static void
draw_heading(struct app *app, struct page *page)
{
	const char *right = session_looking(app) ? _("looking again ...") :
	    NULL;
	const char *left = app->saved.n_steps == 0 && session_looking(app) ?
	    _("Looking") : session_open_steps(app) == 0 &&
	    !session_looking(app) ? _("Done") : _("Not yet done");

	page_heading(page, left, right);
	page_gap(page);
}

static void
draw(struct app *app, struct page *page)
{
	size_t n;

	draw_heading(app, page);
	session_steps(app, &n);
	if (n != 0)
		draw_steps(app, page);
	else if (!session_looking(app))
		page_text(page, 0, LOOK_PLAIN,
		    _("There is nothing to change."));
	page_gap(page);
	for (int entry = 0; entry < ENTRY_COUNT; entry++) {
		struct page_column column = { .width = 0 };

		if (!is_offered(app, (enum entry)entry))
			continue;
		column.text = entry_text(app, page->arena, (enum entry)entry);
		page_item(page, TAG_NONE, &column, 1);
	}
	page_gap(page);
	draw_verify(app, page);
	page_text(page, 0, LOOK_PLAIN, _("Send a test message when the steps "
	    "have taken effect; what comes back can be pasted right here."));
}

static void
ask_report(struct app *app)
{
	app->asking = ASK_REPORT;
	app_go(app, &screen_ask);
}

/* A step: what to do for it, or how its wait goes. */
static void
open_step(struct app *app, const struct case_step *step)
{
	const struct step *now = plan_step(app, step->id);

	if (step->state == STEP_WAITING && step->n_changes != 0) {
		wait_again(app, step->id);
	} else if (now != NULL) {
		app->step = (size_t)(now - session_plan(app)->steps);
		app_go(app, &screen_step);
	} else {
		app_say(app, "%s", _("This step is done: the plan has no "
		    "need of it any more."));
	}
}

static void
choose_entry(struct app *app, enum entry entry)
{
	switch (entry) {
	case ENTRY_CHECK:
		session_again(app, true);
		app_go(app, &screen_checks);
		break;
	case ENTRY_TEST:
		ask_test(app);
		break;
	case ENTRY_FLUSH:
		app_go(app, &screen_flush);
		break;
	case ENTRY_REPORT:
		ask_report(app);
		break;
	case ENTRY_LETTER:
		app_go(app, &screen_letter);
		break;
	case ENTRY_RENEW:
		diagnosis_renew_key(app->diagnosis);
		app_go(app, &screen_findings);
		break;
	case ENTRY_START:
		app_go(app, &screen_start);
		break;
	case ENTRY_COUNT:
		break;
	}
}

static void
choose(struct app *app)
{
	size_t i = (size_t)app_place(app)->selected, n;
	const struct case_step *steps = session_steps(app, &n);

	if (i < n) {
		open_step(app, &steps[i]);
		return;
	}
	i -= n;
	for (int entry = 0; entry < ENTRY_COUNT; entry++)
		if (is_offered(app, (enum entry)entry) && i-- == 0) {
			choose_entry(app, (enum entry)entry);
			return;
		}
}

static void
enter(struct app *app)
{
	if (is_live(app))
		lists_peek(app);
}

static bool
act(struct app *app, enum action action, const struct key *key)
{
	(void)key;
	switch (action) {
	case ACTION_OPEN:
		choose(app);
		return true;
	case ACTION_AGAIN:
	case ACTION_AGAIN_ALL:
		session_again(app, action == ACTION_AGAIN_ALL);
		app_go(app, &screen_checks);
		return true;
	case ACTION_WRITE:
		ask_report(app);
		return true;
	default:
		return false;
	}
}

const struct screen screen_done = {
	.name = "done",
	.title = N_("Done"),
	.stage = 4,
	.keys = {
		{ ACTION_OPEN, N_("Choose") },
		{ ACTION_AGAIN, N_("Check again") },
		{ ACTION_WRITE, N_("Save report") },
		{ ACTION_BACK, N_("Back") },
		{ ACTION_AGAIN_ALL, NULL },
		{ ACTION_DIGIT, NULL },
		{ ACTION_QUIT, N_("Quit") }
	},
	.enter = enter,
	.draw = draw,
	.act = act
};
