/* SPDX-License-Identifier: ISC
 * The waits for DNS that go on beside everything else: begun by a step, ended
 * by the last server that has the record. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/i18n.h"
#include "tui/front.h"
#include "tui/screen.h"

struct waiting *
waits_find(const struct app *app, const char *id)
{
	for (size_t i = 0; i < app->n_waits; i++)
		if (strcmp(app->waits[i].id, id) == 0)
			return app->waits[i].waiting;
	return NULL;
}

static void
drop(struct app *app, size_t i)
{
	waiting_free(&app->waits[i].waiting);
	app->n_waits--;
	memmove(&app->waits[i], &app->waits[i + 1],
	    (app->n_waits - i) * sizeof app->waits[0]);
}

void
waits_drop(struct app *app, const char *id)
{
	for (size_t i = app->n_waits; i-- > 0;)
		if (strcmp(app->waits[i].id, id) == 0)
			drop(app, i);
}

void
waits_end(struct app *app)
{
	while (app->n_waits != 0)
		drop(app, app->n_waits - 1);
}

struct waiting *
waits_begin(struct app *app, const char *id)
{
	const struct case_step *step = session_remembered(app, id);
	struct waiting *waiting = waits_find(app, id);
	struct str err;

	if (waiting != NULL || step == NULL || app->diagnosis == NULL ||
	    facts_get_world(diagnosis_facts(app->diagnosis)) != FACTS_LIVE)
		return waiting;
	str_init(&err, 1024);
	waiting = waiting_new(session_options(app), step->changes,
	    step->n_changes, step->since, &err);
	if (waiting == NULL)
		app_say(app, "%s", err.text);
	str_free(&err);
	if (waiting == NULL)
		return NULL;
	if (app->n_waits == WAITS_MAX)
		drop(app, 0);
	snprintf(app->waits[app->n_waits].id, sizeof app->waits[0].id, "%s",
	    id);
	app->waits[app->n_waits++].waiting = waiting;
	return waiting;
}

void
waits_resume(struct app *app)
{
	size_t n;
	const struct case_step *steps = session_steps(app, &n);

	for (size_t i = 0; i < n; i++)
		if (steps[i].state == STEP_WAITING && steps[i].n_changes != 0)
			waits_begin(app, steps[i].id);
}

size_t
waits_poll(struct app *app, struct pollfd *fds, int *timeout)
{
	size_t n = 0;

	for (size_t i = 0; i < app->n_waits; i++) {
		int mine;

		n += waiting_poll(app->waits[i].waiting, fds + n,
		    WAITING_MAX_FDS, app_time(app), &mine);
		if (mine >= 0 && (*timeout < 0 || mine < *timeout))
			*timeout = mine;
	}
	return n;
}

bool
waits_asking(const struct app *app)
{
	for (size_t i = 0; i < app->n_waits; i++)
		if (waiting_asking(app->waits[i].waiting))
			return true;
	return false;
}

/* "seen by all 2 name servers and 3 resolvers" */
static const char *
seen_by(struct arena *arena, const struct watch_view *view)
{
	size_t servers = 0, caches = 0;

	for (size_t i = 0; i < view->n_records; i++)
		for (size_t k = 0; k < view->records[i].n_rows; k++) {
			const struct watch_row *row = &view->records[i].rows[k];

			if (row->state != WATCH_RIGHT)
				continue;
			if (row->role == WATCH_AUTHORITY)
				servers++;
			else
				caches++;
		}
	if (view->verdict == WATCH_DONE)
		return arena_printf(arena, _("seen by all: name servers %zu, "
		    "resolvers %zu"), servers, caches);
	return arena_printf(arena, _("seen by all that answer: name servers "
	    "%zu, resolvers %zu"), servers, caches);
}

/* Of several records the one that fewest have counts. */
size_t
waits_right(const struct watch_view *view, size_t *servers)
{
	size_t right = SIZE_MAX;

	*servers = 0;
	for (size_t i = 0; i < view->n_records; i++) {
		if (view->records[i].n_authorities > *servers)
			*servers = view->records[i].n_authorities;
		if (view->records[i].n_right < right)
			right = view->records[i].n_right;
	}
	return right != SIZE_MAX ? right : 0;
}

/* What the summary says while it lasts. */
static const char *
progress(struct arena *arena, const struct watch_view *view)
{
	size_t servers, right = waits_right(view, &servers);

	switch (view->verdict) {
	case WATCH_MISTAKE:
		return _("published, but not as it should be");
	case WATCH_NOBODY:
		return _("no name server could be asked");
	case WATCH_WAITING:
	case WATCH_DONE:
	case WATCH_DONE_PARTLY:
		break;
	}
	return servers == 0 ? NULL : arena_printf(arena, _("%zu of %zu name "
	    "servers have it"), right, servers);
}

/* Does the user see it without being told? What line mode has read out once
 * does not change any more. */
static bool
is_seen(const struct app *app, const char *id)
{
	return app->front != &front_plain &&
	    app_screen(app) == &screen_wait && strcmp(app->waiting, id) == 0;
}

static bool
is_over(const struct watch_view *view)
{
	return view->verdict == WATCH_DONE ||
	    view->verdict == WATCH_DONE_PARTLY;
}

static const char *
how_far(struct arena *arena, const struct watch_view *view)
{
	return is_over(view) ? seen_by(arena, view) : progress(arena, view);
}

/* The view of a wait is another: remember how far it is. True: it has come to
 * its end now. */
static bool
note(struct app *app, const struct wait *wait)
{
	const struct watch_view *view = waiting_view(wait->waiting);
	const struct case_step *step = session_remembered(app, wait->id);
	bool over = is_over(view);
	struct arena *arena;
	const char *text;

	if (step == NULL || step->state != STEP_WAITING || !view->settled)
		return false;
	arena = arena_new();
	text = how_far(arena, view);
	if (over)
		session_settle_id(app, wait->id, STEP_DONE, text);
	else if (text != NULL && (step->note == NULL ||
	    strcmp(step->note, text) != 0)) {
		if (step->note != NULL && !is_seen(app, wait->id))
			app_say(app, "%s: %s", step->title, text);
		session_settle_id(app, wait->id, STEP_WAITING, text);
	}
	arena_free(&arena);
	return over;
}

/* It is everywhere: the plan is made anew without it. */
static void
finish(struct app *app, const char *id)
{
	const struct case_step *step = session_remembered(app, id);

	if (step == NULL)
		return;
	if (!is_seen(app, id))
		app_say(app, _("Published everywhere: %s"), step->title);
	if (!session_looking(app))
		session_refresh(app, step->changes, step->n_changes);
}

void
waits_reword(struct app *app)
{
	for (size_t i = 0; i < app->n_waits; i++) {
		const struct wait *wait = &app->waits[i];
		const struct case_step *step = session_remembered(app, wait->id);
		struct arena *arena = arena_new();

		waiting_reword(wait->waiting);
		if (step != NULL && step->note != NULL)
			session_settle_id(app, wait->id, step->state,
			    how_far(arena, waiting_view(wait->waiting)));
		arena_free(&arena);
	}
}

void
waits_io(struct app *app, const struct pollfd *fds, size_t n)
{
	time_t now = app_time(app);

	if (wait_counts(app) && now != app->ticked)
		app->dirty = true;
	for (size_t i = 0; i < app->n_waits; i++) {
		struct wait *wait = &app->waits[i];

		if (!waiting_io(wait->waiting, fds, n, now))
			continue;
		app->dirty = true;
		if (note(app, wait))
			finish(app, wait->id);
	}
}
