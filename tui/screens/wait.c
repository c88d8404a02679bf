/* SPDX-License-Identifier: ISC
 * Waiting for DNS: which server has the new record, whether it was typed right,
 * and when it can be everywhere. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "tui/screen.h"

enum choice { CHOICE_GO_ON, CHOICE_CHECK, CHOICE_LEAVE };

/* The step waited for; NULL: it is not known any more. */
static const struct case_step *
current(const struct app *app)
{
	size_t n;
	const struct case_step *steps = session_steps(app, &n);

	for (size_t i = 0; i < n; i++)
		if (strcmp(steps[i].id, app->waiting) == 0)
			return &steps[i];
	return NULL;
}

static bool
is_live(const struct app *app)
{
	return app->diagnosis != NULL && facts_get_world(
	    diagnosis_facts(app->diagnosis)) == FACTS_LIVE;
}

void
wait_again(struct app *app, const char *id)
{
	snprintf(app->waiting, sizeof app->waiting, "%s", id);
	app_go(app, &screen_wait);
}

void
wait_for(struct app *app, const struct step *step)
{
	session_settle(app, step, STEP_WAITING, NULL);
	if (is_live(app))
		session_check(app, step);
	else
		wait_again(app, step->id);
}

/* The place in the plan of the next step that is still open; false: none. */
static bool
next_open(const struct app *app, size_t *place)
{
	const struct plan *plan = session_plan(app);

	for (size_t i = 0; plan != NULL && i < plan->n; i++)
		if (plan->steps[i].alternative_to == NULL &&
		    session_step(app, &plan->steps[i]) == STEP_OPEN) {
			*place = i;
			return true;
		}
	return false;
}

static const char *
go_on_text(const struct app *app, struct arena *arena)
{
	size_t place;

	return next_open(app, &place) ? arena_printf(arena, _("Go on with "
	    "step %zu meanwhile (recommended)"), session_step_number(app,
	    &session_plan(app)->steps[place])) :
	    _("Go to the summary of all steps");
}

static void
draw_values(struct page *page, const struct case_step *step)
{
	for (size_t i = 0; i < step->n_changes; i++) {
		const struct change *change = &step->changes[i];

		for (const char *const *value = change->after;
		    value != NULL && *value != NULL; value++)
			page_text(page, 2, LOOK_PLAIN, arena_printf(
			    page->arena, "%s %s  %s",
			    text_safe(page->arena, change->name),
			    dns_type_name(change->type),
			    text_safe(page->arena, *value)));
	}
}

static void
draw_recorded(struct page *page, const struct case_step *step)
{
	page_text(page, 0, LOOK_PLAIN, _("This case is a recording: nothing "
	    "is asked on the network, so whybounce cannot see what you "
	    "published. On your own server it would now ask every name server "
	    "of the domain, this server's resolver and the public ones, until "
	    "all of them have the record."));
	page_gap(page);
	page_text(page, 0, LOOK_PLAIN, _("You can treat this as published, "
	    "and see what comes of it:"));
	draw_values(page, step);
	page_gap(page);
}

static void
draw(struct app *app, struct page *page)
{
	const struct case_step *step = current(app);
	struct page_column column = { .width = 0 };
	size_t n, number;

	if (step == NULL) {
		page_text(page, 0, LOOK_PLAIN,
		    _("There is nothing to wait for."));
		return;
	}
	number = (size_t)(step - session_steps(app, &n)) + 1;
	page_heading(page, arena_printf(page->arena,
	    _("Step %zu of %zu   %s"), number, n, step->title),
	    arena_printf(page->arena, _("waiting since %s"),
	    casefile_time(page->arena, step->since, app_time(app))));
	page_gap(page);
	draw_recorded(page, step);
	column.text = _("Treat it as published");
	page_item(page, TAG_NONE, &column, 1);
	column.text = go_on_text(app, page->arena);
	page_item(page, TAG_NONE, &column, 1);
}

/* On with what is open; the wait goes on without being looked at. */
static void
go_on(struct app *app)
{
	size_t place;

	if (next_open(app, &place)) {
		app->step = place;
		app_go(app, &screen_step);
		*app_place(app) = (struct place){ .selected = 0 };
	} else {
		app_go(app, &screen_done);
	}
}

/* What-if: the plan is made anew as if the record were there. */
static void
assume(struct app *app)
{
	const struct case_step *step = current(app);

	if (step == NULL)
		return;
	diagnosis_assume(app->diagnosis, step->changes, step->n_changes);
	session_settle_id(app, app->waiting, STEP_DONE,
	    _("treated as published"));
	session_sync_steps(app);
	go_on(app);
}

static bool
act(struct app *app, enum action action, const struct key *key)
{
	(void)key;
	if (action == ACTION_NEXT) {
		go_on(app);
		return true;
	}
	if (action != ACTION_OPEN)
		return false;
	if (app_place(app)->selected == 0)
		assume(app);
	else
		go_on(app);
	return true;
}

const struct screen screen_wait = {
	.name = "wait",
	.title = N_("Waiting for DNS"),
	.stage = 3,
	.keys = {
		{ ACTION_OPEN, N_("Choose") },
		{ ACTION_NEXT, N_("Next step") },
		{ ACTION_BACK, N_("Back") },
		{ ACTION_DIGIT, NULL },
		{ ACTION_QUIT, N_("Quit") }
	},
	.draw = draw,
	.act = act
};
