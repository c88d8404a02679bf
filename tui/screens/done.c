/* SPDX-License-Identifier: ISC
 * The end: what was done, what is open, how to make sure. */
#include "config.h"

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "tui/screen.h"

static enum tag
state_tag(enum step_state state)
{
	switch (state) {
	case STEP_OPEN:
		return TAG_RUNNING;
	case STEP_DONE:
		return TAG_OK;
	case STEP_SKIPPED:
		return TAG_NOT_APPLICABLE;
	}
	return TAG_NONE;
}

static const char *
state_word(enum step_state state)
{
	switch (state) {
	case STEP_OPEN:
		return _("still open");
	case STEP_DONE:
		return _("done, as you said");
	case STEP_SKIPPED:
		return _("skipped");
	}
	return "";
}

static void
draw_steps(struct app *app, struct page *page, const struct plan *plan)
{
	for (size_t i = 0; i < plan->n; i++) {
		const struct step *step = &plan->steps[i];
		enum step_state state = session_step(app, step);
		bool room = page->columns >= 60;
		const struct page_column columns[] = {
			{ .width = 3, .text = arena_printf(page->arena, "%zu",
			    i + 1) },
			{ .width = room ? (page->columns < 100 ? page->columns :
			    100) - 33 : 0,
			    .text = step->title },
			{ .width = 0, .text = state == STEP_OPEN &&
			    step->alternative_to != NULL ?
			    _("another way") : state_word(state) }
		};

		page_item(page, state == STEP_OPEN &&
		    step->alternative_to != NULL ? TAG_NOT_APPLICABLE :
		    state_tag(state), columns, room ? 3 : 2);
	}
}

/* How to see that a step took effect, for those that are done. */
static void
draw_verify(struct app *app, struct page *page, const struct plan *plan)
{
	bool heading = false;

	for (size_t i = 0; i < plan->n; i++) {
		const struct step *step = &plan->steps[i];

		if (session_step(app, step) != STEP_DONE ||
		    step->verify == NULL)
			continue;
		if (!heading)
			page_text(page, 0, LOOK_STRONG, _("Make sure"));
		heading = true;
		page_field(page, 0, 3, arena_printf(page->arena, "%zu",
		    i + 1), step->verify);
	}
	if (heading)
		page_gap(page);
}

static void
draw(struct app *app, struct page *page)
{
	const struct plan *plan = session_plan(app);
	struct page_column column = { .width = 0 };

	page_text(page, 0, LOOK_STRONG, session_open_steps(app) == 0 ?
	    _("Done") : _("Not yet done"));
	page_gap(page);
	if (plan == NULL || plan->n == 0)
		page_text(page, 0, LOOK_PLAIN,
		    _("There is nothing to change."));
	else
		draw_steps(app, page, plan);
	page_gap(page);
	column.text = _("Check again");
	page_item(page, TAG_NONE, &column, 1);
	column.text = _("Save the report");
	page_item(page, TAG_NONE, &column, 1);
	column.text = _("Start again with another bounce");
	page_item(page, TAG_NONE, &column, 1);
	page_gap(page);
	if (plan != NULL)
		draw_verify(app, page, plan);
	page_text(page, 0, LOOK_PLAIN, _("whybounce changed nothing itself. "
	    "Send a test message when the steps have taken effect; what comes "
	    "back can be pasted right here."));
}

static void
ask_report(struct app *app)
{
	app->asking = ASK_REPORT;
	app_go(app, &screen_ask);
}

static void
choose(struct app *app)
{
	const struct plan *plan = session_plan(app);
	size_t i = (size_t)app_place(app)->selected;
	size_t n = plan != NULL ? plan->n : 0;

	if (i < n) {
		app->step = i;
		app_go(app, &screen_step);
	} else if (i == n) {
		session_again(app, true);
		app_go(app, &screen_checks);
	} else if (i == n + 1)
		ask_report(app);
	else
		app_go(app, &screen_start);
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
	.draw = draw,
	.act = act
};
