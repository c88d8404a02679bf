/* SPDX-License-Identifier: ISC
 * What the user did about the steps. A step that was dealt with is remembered
 * when the plan no longer has it: that is how a step ends well. */
#include "config.h"

#include <string.h>
#include <time.h>

#include "engine/base/i18n.h"
#include "tui/screen.h"

static struct case_step *
find(const struct app *app, const char *id)
{
	for (size_t i = 0; i < app->saved.n_steps; i++)
		if (strcmp(app->saved.steps[i].id, id) == 0)
			return &app->saved.steps[i];
	return NULL;
}

const struct case_step *
session_remembered(const struct app *app, const char *id)
{
	return find(app, id);
}

static bool
in_plan(const struct plan *plan, const char *id)
{
	return plan != NULL && plan_step_number(plan, id) != 0;
}

/* Nothing that was looked at is unknown. */
static bool
is_certain(const struct app *app)
{
	const struct findings *findings = session_findings(app);

	return findings != NULL && findings->n_unknown == 0 && !app->stopped;
}

void
session_sync_steps(struct app *app)
{
	const struct plan *plan = session_plan(app);
	struct case_step list[CASEFILE_STEPS_MAX];

	if (plan == NULL || session_looking(app))
		return;
	app->saved.n_steps = casefile_merge(app->kept, app->saved.steps,
	    app->saved.n_steps, plan, is_certain(app), list);
	if (app->saved.steps == NULL)
		app->saved.steps = arena_array(app->kept, CASEFILE_STEPS_MAX,
		    sizeof *list);
	memcpy(app->saved.steps, list, app->saved.n_steps * sizeof *list);
}

const struct case_step *
session_steps(const struct app *app, size_t *n)
{
	*n = app->saved.n_steps;
	return app->saved.steps;
}

size_t
session_step_number(const struct app *app, const struct step *step)
{
	const struct case_step *found = find(app, step->id);

	return found != NULL ? (size_t)(found - app->saved.steps) + 1 :
	    plan_step_number(session_plan(app), step->id);
}

size_t
session_step_place(const struct app *app, const char *id)
{
	const struct case_step *found = find(app, id);

	return found != NULL ? (size_t)(found - app->saved.steps) + 1 : 0;
}

size_t
session_step_count(const struct app *app)
{
	const struct plan *plan = session_plan(app);

	return app->saved.n_steps != 0 ? app->saved.n_steps :
	    plan != NULL ? plan->n : 0;
}

enum step_state
session_step(const struct app *app, const struct step *step)
{
	const struct case_step *found = find(app, step->id);

	return found != NULL ? found->state : STEP_OPEN;
}

const char *
session_step_note(const struct app *app, const struct step *step)
{
	const struct case_step *found = find(app, step->id);

	return found != NULL ? found->note : NULL;
}

static const char *const *
kept_values(struct arena *arena, const char *const *values)
{
	const char **copy;
	size_t n = 0;

	while (values != NULL && values[n] != NULL)
		n++;
	copy = arena_array(arena, n + 1, sizeof *copy);
	for (size_t i = 0; i < n; i++)
		copy[i] = arena_strdup(arena, values[i]);
	return copy;
}

/* What is to be published, so that it can be waited for when the plan has
 * forgotten it. */
static void
keep_changes(struct arena *arena, const struct step *step,
    struct case_step *kept)
{
	struct change *changes = arena_array(arena, step->n_changes + 1,
	    sizeof *changes);

	kept->n_changes = 0;
	for (size_t i = 0; i < step->n_changes; i++) {
		const struct change *from = &step->changes[i];

		if (from->kind != CHANGE_DNS)
			continue;
		changes[kept->n_changes++] = (struct change){
			.kind = CHANGE_DNS, .type = from->type,
			.zone = arena_strdup(arena, from->zone),
			.name = arena_strdup(arena, from->name),
			.before = kept_values(arena, from->before),
			.after = kept_values(arena, from->after)
		};
	}
	kept->changes = changes;
}

static struct case_step *
find_or_add(struct app *app, const struct step *step)
{
	struct case_step *found = find(app, step->id);

	if (found != NULL || app->saved.n_steps >= CASEFILE_STEPS_MAX)
		return found;
	if (app->saved.steps == NULL)
		app->saved.steps = arena_array(app->kept, CASEFILE_STEPS_MAX,
		    sizeof *found);
	found = &app->saved.steps[app->saved.n_steps++];
	*found = (struct case_step){
		.id = arena_strdup(app->kept, step->id),
		.title = arena_strdup(app->kept, step->title),
		.needed = true
	};
	return found;
}

void
session_settle(struct app *app, const struct step *step,
    enum step_state state, const char *note)
{
	struct case_step *kept = find_or_add(app, step);

	app->dirty = true;
	if (kept == NULL)
		return;
	kept->state = state;
	kept->since = app_time(app);
	kept->note = arena_strdup(app->kept, note);
	keep_changes(app->kept, step, kept);
	session_save(app);
}

void
session_settle_id(struct app *app, const char *id, enum step_state state,
    const char *note)
{
	struct case_step *kept = find(app, id);

	app->dirty = true;
	if (kept == NULL)
		return;
	if (kept->state != state)
		kept->since = app_time(app);
	kept->state = state;
	kept->note = arena_strdup(app->kept, note);
	session_save(app);
}

bool
session_touched(const struct app *app)
{
	for (size_t i = 0; i < app->saved.n_steps; i++)
		if (app->saved.steps[i].state != STEP_OPEN)
			return true;
	return false;
}

size_t
session_next_open(const struct app *app, size_t from)
{
	const struct plan *plan = session_plan(app);

	for (size_t i = from; plan != NULL && i < plan->n; i++)
		if (!step_is_optional(&plan->steps[i]) &&
		    session_step(app, &plan->steps[i]) == STEP_OPEN)
			return i;
	return SIZE_MAX;
}

size_t
session_open_steps(const struct app *app)
{
	const struct plan *plan = session_plan(app);
	size_t open = 0;

	for (size_t i = 0; plan != NULL && i < plan->n; i++) {
		enum step_state state = session_step(app, &plan->steps[i]);

		open += !step_is_optional(&plan->steps[i]) &&
		    (state == STEP_OPEN || state == STEP_WAITING);
	}
	for (size_t i = 0; i < app->saved.n_steps; i++)
		open += app->saved.steps[i].state == STEP_WAITING &&
		    !app->saved.steps[i].later &&
		    !in_plan(plan, app->saved.steps[i].id);
	return open;
}

/* ---- x on a step of this server: look again, then say ---- */

/* What the findings say that STEP_SETTLES names. */
static const struct finding *
worst(const struct findings *findings, const char *const *settles)
{
	const struct finding *found = NULL;

	for (size_t i = 0; settles != NULL && i < findings->n; i++) {
		const struct finding *finding = &findings->list[i];

		for (size_t k = 0; settles[k] != NULL; k++)
			if (strcmp(settles[k], finding->id) == 0 &&
			    finding->status != FINDING_OK && (found == NULL ||
				finding->status == FINDING_PROBLEM))
				found = finding;
	}
	return found;
}

void
session_check(struct app *app, const struct step *step)
{
	session_settle(app, step, STEP_WAITING, NULL);
	str_clear(&app->checking);
	str_adds(&app->checking, step->id);
	session_refresh(app, step->changes, step->n_changes);
	app_say(app, "%s", _("Looking again ..."));
}

/* The step with this id in the plan of now, or NULL. */
static const struct step *
step_now(const struct app *app, const char *id)
{
	const struct plan *plan = session_plan(app);
	size_t number = plan != NULL ? plan_step_number(plan, id) : 0;

	return number != 0 ? &plan->steps[number - 1] : NULL;
}

void
session_checked(struct app *app)
{
	const struct step *step;
	const struct finding *finding;

	if (app->checking.len == 0 || session_looking(app))
		return;
	step = step_now(app, app->checking.text);
	if (step == NULL) {
		session_settle_id(app, app->checking.text, STEP_DONE,
		    _("looked at again: in order"));
		app_say(app, "%s", _("Right: this is in order now."));
	} else {
		finding = worst(session_findings(app), step->settles);
		session_settle_id(app, app->checking.text, STEP_OPEN, NULL);
		app_say(app, finding != NULL && finding->status ==
		    FINDING_UNKNOWN ? _("Could not tell: %s") :
		    _("Not yet right: %s"), finding != NULL ?
		    finding->title : step->title);
	}
	str_clear(&app->checking);
}
