/* SPDX-License-Identifier: ISC
 * One step of the fix: where, what exactly, why, the proof, what does not
 * help. Values stand at column 0, alone, so that they copy cleanly. */
#include "config.h"

#include "tui/screens/step.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"

#define LABEL 10

const char *
step_place(const struct step *step)
{
	static const struct {
		const char *who, *place;
	} places[] = {
		{ "dns", N_("DNS panel") },
		{ "host", N_("this server") },
		{ "app", N_("the program that sends") },
		{ "hoster", N_("hosting firm") },
		{ "recipient", N_("the recipient's side") }
	};

	for (size_t i = 0; step->who != NULL &&
	    i < sizeof places / sizeof places[0]; i++)
		if (strcmp(places[i].who, step->who) == 0)
			return _(places[i].place);
	return "";
}

static void
draw_proofs(struct page *page, const struct step *step)
{
	if (step->n_proofs == 0)
		return;
	page_text(page, 0, LOOK_STRONG, step->proven ?
	    _("Proof, before anything is published") :
	    _("Judged, before anything is published (not proven)"));
	for (size_t i = 0; i < step->n_proofs; i++) {
		const struct proof *proof = &step->proofs[i];
		struct str line;

		str_init(&line, 2048);
		str_addf(&line, "%s  %s", proof->what,
		    proof->ip != NULL ? proof->ip : "");
		if (proof->term != NULL)
			str_addf(&line, _("  for %s"), proof->term);
		else if (proof->sender != NULL && *proof->sender != '\0')
			str_addf(&line, _("  from %s"), proof->sender);
		str_addf(&line, ":  %s -> %s", proof->before != NULL ?
		    proof->before : _("not known"), proof->after != NULL ?
		    proof->after : _("not known"));
		page_text(page, 3, LOOK_PLAIN, line.text);
		str_free(&line);
	}
	if (step->blocked != NULL)
		page_text(page, 0, LOOK_STRONG, step->blocked);
	page_gap(page);
}

static size_t
number_of(const struct app *app, const struct plan *plan, const char *id)
{
	size_t i = plan_step_number(plan, id);

	return i != 0 ? session_step_number(app, &plan->steps[i - 1]) : 0;
}

static void
draw_alternatives(const struct app *app, struct page *page,
    const struct plan *plan, const struct step *step)
{
	size_t before = page->n;

	if (step->later)
		page_text(page, 0, LOOK_PLAIN, _("For later: nothing that was "
		    "found needs it now."));
	if (step->alternative_to != NULL)
		page_text(page, 0, LOOK_PLAIN, arena_printf(page->arena,
		    _("Instead of step %zu: do one of the two, not both."),
		    number_of(app, plan, step->alternative_to)));
	for (size_t i = 0; i < plan->n; i++)
		if (plan->steps[i].alternative_to != NULL &&
		    strcmp(plan->steps[i].alternative_to, step->id) == 0)
			page_text(page, 0, LOOK_PLAIN, arena_printf(
			    page->arena, _("Another way is step %zu: %s"),
			    session_step_number(app, &plan->steps[i]),
			    plan->steps[i].title));
	if (page->n != before)
		page_gap(page);
}

static const char *
state_text(enum step_state state)
{
	switch (state) {
	case STEP_OPEN:
		return NULL;
	case STEP_WAITING:
		return _("waiting");
	case STEP_DONE:
		return _("done");
	case STEP_SKIPPED:
		return _("skipped");
	}
	return NULL;
}

/* The step looked at, or NULL: there are none. */
static const struct step *
current(struct app *app, const struct plan **plan)
{
	*plan = session_plan(app);
	if (*plan == NULL || (*plan)->n == 0)
		return NULL;
	if (app->step >= (*plan)->n)
		app->step = (*plan)->n - 1;
	return &(*plan)->steps[app->step];
}

const struct step *
step_current(struct app *app)
{
	const struct plan *plan;

	return current(app, &plan);
}

static void
enter(struct app *app)
{
	app->copied = 0;
	app->steps_seen = true;
}

static void
draw(struct app *app, struct page *page)
{
	const struct plan *plan;
	const struct step *step = current(app, &plan);
	const char *state, *right;

	if (step == NULL) {
		page_text(page, 0, LOOK_PLAIN,
		    _("There is nothing to change."));
		return;
	}
	state = state_text(session_step(app, step));
	right = state != NULL ? state : step->time;
	page_heading(page, arena_printf(page->arena,
	    _("Step %zu of %zu   %s"), session_step_number(app, step),
	    session_step_count(app), step->title), right);
	page_gap(page);
	page_end_head(page);
	draw_alternatives(app, page, plan, step);
	page_field(page, 0, LABEL, _("Note"), session_step_note(app, step));
	page_field(page, 0, LABEL, _("Where"), step_place(step));
	form_draw(app, page, step);
	if (apply_possible(app, step))
		page_field(page, 0, LABEL, _("Or"), _("press A: whybounce shows "
		    "what it would change here, and makes the change when you "
		    "say so; it can be taken back."));
	page_field(page, 0, LABEL, _("Why"), step->why);
	page_gap(page);
	draw_proofs(page, step);
	wrong_fixes_rows(page, step);
	page_field(page, 0, LABEL, _("Check"), step->verify);
}

static void
go_to(struct app *app, size_t step)
{
	app->step = step;
	app->copied = 0;
	*app_place(app) = (struct place){ .selected = 0 };
	app->dirty = true;
}

/* The next step, after the last one the summary. */
static void
next(struct app *app, const struct plan *plan)
{
	if (app->step + 1 < plan->n)
		go_to(app, app->step + 1);
	else
		app_go(app, &screen_done);
}

/* The next open step; after the last one the summary. */
static void
next_open(struct app *app)
{
	size_t i = session_next_open(app, app->step + 1);

	if (i != SIZE_MAX)
		go_to(app, i);
	else
		app_go(app, &screen_done);
}

static bool
has_change(const struct step *step, enum change_kind kind)
{
	for (size_t i = 0; i < step->n_changes; i++)
		if (step->changes[i].kind == kind)
			return true;
	return false;
}

/* Can it be seen on this server whether STEP was done? */
static bool
can_look(const struct app *app, const struct step *step)
{
	return step->settles != NULL && step->settles[0] != NULL &&
	    has_change(step, CHANGE_POSTCONF) && facts_get_world(
	    diagnosis_facts(app->diagnosis)) == FACTS_LIVE;
}

/* x: "I have done it". Looked at where that is possible; what cannot be seen
 * is believed, and the summary says so. */
static void
done(struct app *app, const struct step *step)
{
	if (session_step(app, step) == STEP_DONE) {
		session_settle(app, step, STEP_OPEN, NULL);
	} else if (has_change(step, CHANGE_DNS)) {
		wait_for(app, step);
	} else if (can_look(app, step)) {
		session_check(app, step);
	} else {
		session_settle(app, step, STEP_DONE, _("done, as you said"));
		next_open(app);
	}
}

static void
skip(struct app *app, const struct step *step)
{
	if (session_step(app, step) == STEP_SKIPPED) {
		session_settle(app, step, STEP_OPEN, NULL);
		return;
	}
	app->asking = ASK_REASON;
	app_go(app, &screen_ask);
}

void
step_skip(struct app *app, const char *reason)
{
	const struct step *step = step_current(app);

	if (step == NULL)
		return;
	session_settle(app, step, STEP_SKIPPED, reason);
	next_open(app);
}

/* The evidence for what this step settles. */
static void
show_evidence(struct app *app, const struct step *step)
{
	const struct findings *findings = session_findings(app);

	app->about = EVIDENCE_ALL;
	for (size_t i = 0; step->settles != NULL && i < findings->n; i++)
		for (size_t k = 0; step->settles[k] != NULL; k++)
			if (findings->list[i].status == FINDING_PROBLEM &&
			    app->about == EVIDENCE_ALL && strcmp(
				findings->list[i].id, step->settles[k]) == 0) {
				app->about = EVIDENCE_FINDING;
				snprintf(app->about_id, sizeof app->about_id,
				    "%s", step->settles[k]);
			}
	app_go(app, &screen_evidence);
}

static bool
act(struct app *app, enum action action, const struct key *key)
{
	const struct plan *plan;
	const struct step *step = current(app, &plan);

	(void)key;
	if (step == NULL)
		return false;
	switch (action) {
	case ACTION_DONE:
		if (step->blocked != NULL &&
		    session_step(app, step) != STEP_DONE)
			app_say(app, "%s", step->blocked);
		else
			done(app, step);
		return true;
	case ACTION_APPLY:
		apply_begin(app, step);
		return true;
	case ACTION_SHELL:
		app_shell(app);
		/* whatever was done there */
		if (app->leaving == LEAVE_NOT && can_look(app, step))
			session_check(app, step);
		return true;
	case ACTION_INPUT:
		app->asking = ASK_INPUT;
		app_go(app, &screen_ask);
		return true;
	case ACTION_SKIP:
		skip(app, step);
		return true;
	case ACTION_WRITE:
		app->asking = ASK_VALUE;
		app_go(app, &screen_ask);
		return true;
	case ACTION_OPEN:
	case ACTION_NEXT:
		next(app, plan);
		return true;
	case ACTION_PREVIOUS:
		if (app->step != 0)
			go_to(app, app->step - 1);
		return true;
	case ACTION_EVIDENCE:
		show_evidence(app, step);
		return true;
	case ACTION_VIEW:
		app_go(app, &screen_view);
		return true;
	default:
		return form_act(app, action, step);
	}
}

const struct screen screen_step = {
	.name = "step",
	.title = N_("Fix"),
	.stage = 3,
	.keys = {
		{ ACTION_COPY, N_("Copy") },
		{ ACTION_DONE, N_("Done") },
		{ ACTION_NEXT, N_("Next") },
		{ ACTION_BACK, N_("Back") },
		{ ACTION_PRINT, N_("Print") },
		{ ACTION_FORMATS, N_("Formats") },
		{ ACTION_SKIP, N_("Skip") },
		{ ACTION_APPLY, NULL },
		{ ACTION_SHELL, NULL },
		{ ACTION_INPUT, NULL },
		{ ACTION_OPEN, NULL },
		{ ACTION_PREVIOUS, NULL },
		{ ACTION_EVIDENCE, NULL },
		{ ACTION_WRITE, NULL },
		{ ACTION_VIEW, NULL },
		{ ACTION_QUIT, N_("Quit") }
	},
	.enter = enter,
	.draw = draw,
	.act = act
};
