/* SPDX-License-Identifier: ISC
 * Waiting for DNS: which server has the new record, whether it was typed right,
 * and when it can be everywhere. What the servers say is wait_rows.c's. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "tui/front.h"
#include "tui/screen.h"

enum choice { CHOICE_GO_ON, CHOICE_CHECK, CHOICE_LEAVE };

/* The step waited for; NULL: it is not known any more. */
static const struct case_step *
current(const struct app *app)
{
	return session_remembered(app, app->waiting);
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
	if (is_live(app) && waits_begin(app, id) == NULL)
		return;
	app_go(app, &screen_wait);
	*app_place(app) = (struct place){ .selected = 0 };
}

void
wait_for(struct app *app, const struct step *step)
{
	struct waiting *waiting = waits_find(app, step->id);

	if (waiting != NULL && session_step(app, step) == STEP_WAITING) {
		waiting_again(waiting, app_time(app));
	} else {
		/* what is to be published may be another by now */
		waits_drop(app, step->id);
		session_settle(app, step, STEP_WAITING, NULL);
	}
	wait_again(app, step->id);
}

bool
wait_counts(const struct app *app)
{
	const struct waiting *waiting = waits_find(app, app->waiting);

	return app_screen(app) == &screen_wait && waiting != NULL &&
	    app->front != &front_plain && !app->small &&
	    waiting_view(waiting)->next != 0;
}

static const char *
go_on_text(const struct app *app, struct arena *arena, bool meanwhile)
{
	size_t place = session_next_open(app, 0), number;

	if (place == SIZE_MAX)
		return _("Go to the summary of all steps");
	number = session_step_number(app, &session_plan(app)->steps[place]);
	return meanwhile ? arena_printf(arena, _("Go on with step %zu "
	    "meanwhile (recommended)"), number) :
	    arena_printf(arena, _("Go on with step %zu"), number);
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
	for (size_t i = 0; i < step->n_changes; i++) {
		const struct change *change = &step->changes[i];

		for (const char *const *value = change->after;
		    value != NULL && *value != NULL; value++)
			page_text(page, 2, LOOK_PLAIN, arena_printf(
			    page->arena, "%s %s  %s", change->name,
			    dns_type_name(change->type), *value));
	}
	page_gap(page);
}

static void
draw_choices(struct app *app, struct page *page,
    const struct case_step *step)
{
	struct page_column column = { .width = 0 };
	bool live = is_live(app) && waits_find(app, step->id) != NULL;

	if (live) {
		column.text = go_on_text(app, page->arena,
		    step->state == STEP_WAITING && waiting_view(waits_find(app,
		    step->id))->verdict != WATCH_MISTAKE);
		page_item(page, TAG_NONE, &column, 1);
		column.text = _("Check now");
		page_item(page, TAG_NONE, &column, 1);
		column.text = _("Leave; run \"whybounce resume\" later");
		page_item(page, TAG_NONE, &column, 1);
	} else {
		column.text = _("Treat it as published");
		page_item(page, TAG_NONE, &column, 1);
		column.text = go_on_text(app, page->arena, true);
		page_item(page, TAG_NONE, &column, 1);
	}
}

/* Lines of servers below which the choices still stand on 24 lines. */
#define ROWS_MAX 10

/* Where not everything fits, what can be done comes before what is explained:
 * Enter must not choose what cannot be seen. */
static bool
choices_first(const struct page *page, const struct waiting *waiting)
{
	const struct watch_view *view;
	size_t rows = 0;

	if (page->compact || waiting == NULL)
		return page->compact;
	view = waiting_view(waiting);
	for (size_t i = 0; i < view->n_records; i++)
		rows += view->records[i].n_rows + 2;
	return rows > ROWS_MAX || view->verdict == WATCH_MISTAKE;
}

static void
draw(struct app *app, struct page *page)
{
	const struct case_step *step = current(app);
	const struct waiting *waiting = waits_find(app, app->waiting);
	bool first = choices_first(page, waiting);
	size_t n, number;

	if (step == NULL) {
		page_text(page, 0, LOOK_PLAIN,
		    _("There is nothing to wait for."));
		return;
	}
	app->ticked = app_time(app);
	number = (size_t)(step - session_steps(app, &n)) + 1;
	page_heading(page, arena_printf(page->arena,
	    _("Step %zu of %zu   %s"), number, n, step->title),
	    step->state == STEP_DONE ? _("done") : arena_printf(page->arena,
	    _("waiting since %s"), casefile_time(page->arena, step->since,
	    app_time(app))));
	page_gap(page);
	if (first) {
		draw_choices(app, page, step);
		page_gap(page);
	}
	if (waiting != NULL)
		wait_rows(page, waiting, first, app_time(app));
	else if (!is_live(app))
		draw_recorded(page, step);
	if (!first)
		draw_choices(app, page, step);
}

/* On with what is open; the wait goes on without being looked at. */
static void
go_on(struct app *app)
{
	size_t place = session_next_open(app, 0);

	if (place != SIZE_MAX) {
		app->step = place;
		app_go(app, &screen_step);
	} else {
		app_go(app, &screen_done);
	}
	*app_place(app) = (struct place){ .selected = 0 };
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

static void
check_now(struct app *app)
{
	struct waiting *waiting = waits_find(app, app->waiting);

	if (waiting != NULL)
		waiting_again(waiting, app_time(app));
	app->dirty = true;
}

static void
copy(struct app *app)
{
	const struct case_step *step = current(app);
	const struct step values = {
		.changes = (struct change *)(uintptr_t)step->changes,
		.n_changes = step->n_changes
	};
	struct arena *arena = arena_new();

	app_copy(app, step_value(arena, &values, 0));
	arena_free(&arena);
}

static void
choose(struct app *app)
{
	switch ((enum choice)app_place(app)->selected) {
	case CHOICE_GO_ON:
		if (is_live(app))
			go_on(app);
		else
			assume(app);
		break;
	case CHOICE_CHECK:
		if (is_live(app))
			check_now(app);
		else
			go_on(app);
		break;
	case CHOICE_LEAVE:
		app->leaving = LEAVE_QUIT;
		break;
	}
}

static bool
act(struct app *app, enum action action, const struct key *key)
{
	(void)key;
	switch (action) {
	case ACTION_OPEN:
		choose(app);
		return true;
	case ACTION_NEXT:
		go_on(app);
		return true;
	case ACTION_AGAIN:
	case ACTION_DONE:
		check_now(app);
		return true;
	case ACTION_COPY:
		if (current(app) != NULL)
			copy(app);
		return true;
	default:
		return false;
	}
}

/* Are answers still to come? */
static bool
busy(const struct app *app)
{
	const struct waiting *waiting = waits_find(app, app->waiting);

	return waiting != NULL && waiting_asking(waiting);
}

const struct screen screen_wait = {
	.name = "wait",
	.title = N_("Waiting for DNS"),
	.stage = 3,
	.keys = {
		{ ACTION_OPEN, N_("Choose") },
		{ ACTION_AGAIN, N_("Check now") },
		{ ACTION_NEXT, N_("Next step") },
		{ ACTION_COPY, N_("Copy again") },
		{ ACTION_BACK, N_("Back") },
		{ ACTION_DONE, NULL },
		{ ACTION_DIGIT, NULL },
		{ ACTION_QUIT, N_("Quit") }
	},
	.busy = busy,
	.draw = draw,
	.act = act
};
