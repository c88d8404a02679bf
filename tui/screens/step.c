/* SPDX-License-Identifier: ISC
 * One step of the fix: where, what exactly, why, the proof, what does not
 * help. Values stand at column 0, alone, so that they copy cleanly. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "tui/clip.h"
#include "tui/screen.h"
#include "tui/tty.h"

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
		{ "recipient", N_("the recipient's side") },
		{ "wait", N_("only waiting helps") }
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

static void
draw_alternatives(struct page *page, const struct plan *plan,
    const struct step *step)
{
	size_t before = page->n;

	if (step->alternative_to != NULL)
		page_text(page, 0, LOOK_PLAIN, arena_printf(page->arena,
		    _("Instead of step %zu: do one of the two, not both."),
		    plan_step_number(plan, step->alternative_to)));
	for (size_t i = 0; i < plan->n; i++)
		if (plan->steps[i].alternative_to != NULL &&
		    strcmp(plan->steps[i].alternative_to, step->id) == 0)
			page_text(page, 0, LOOK_PLAIN, arena_printf(
			    page->arena, _("Another way is step %zu: %s"),
			    i + 1, plan->steps[i].title));
	if (page->n != before)
		page_gap(page);
}

static const char *
state_text(enum step_state state)
{
	switch (state) {
	case STEP_OPEN:
		return NULL;
	case STEP_DONE:
		return _("done");
	case STEP_SKIPPED:
		return _("skipped");
	}
	return NULL;
}

static void
draw_form(struct app *app, struct page *page, const struct step *step)
{
	const struct card *card;

	if (app->form == 0 || app->form > step->n_cards) {
		changes_rows(page, step);
		return;
	}
	card = &step->cards[app->form - 1];
	page_text(page, 0, LOOK_STRONG, card->title != NULL ? card->title :
	    card->panel);
	page_gap(page);
	page_value(page, card->text);
	page_gap(page);
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

static void
enter(struct app *app)
{
	app->form = app->copied = 0;
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
	    _("Step %zu of %zu   %s"), app->step + 1, plan->n, step->title),
	    right);
	page_gap(page);
	page_end_head(page);
	draw_alternatives(page, plan, step);
	page_field(page, 0, LABEL, _("Where"), step_place(step));
	draw_form(app, page, step);
	page_field(page, 0, LABEL, _("Why"), step->why);
	page_gap(page);
	draw_proofs(page, step);
	wrong_fixes_rows(page, step);
	page_field(page, 0, LABEL, _("Check"), step->verify);
}

/* What c and p take: the fields' values, or the card. */
static const char *
form_value(const struct app *app, struct arena *arena,
    const struct step *step, size_t i)
{
	struct str text;
	const char *card;

	if (app->form == 0 || app->form > step->n_cards)
		return step_value(arena, step, i);
	if (i != 0)
		return NULL;
	card = step->cards[app->form - 1].text;
	str_init(&text, 64u << 10);
	text_clean(&text, card, strlen(card), true);
	while (text.len != 0 && text.text[text.len - 1] == '\n')
		text.text[--text.len] = '\0';
	card = arena_strndup(arena, text.text, text.len);
	str_free(&text);
	return card;
}

static void
copy(struct app *app, const struct step *step)
{
	struct arena *arena = arena_new();
	const char *value = form_value(app, arena, step, app->copied);

	if (value == NULL && app->copied != 0) {
		app->copied = 0;
		value = form_value(app, arena, step, 0);
	}
	if (value == NULL)
		app_say(app, _("There is nothing to copy in this step."));
	else if (clip_send(value, strlen(value)) == CLIP_NOT)
		app_say(app, _("This terminal takes no copies: press p and "
		    "select with the mouse."));
	else
		app_say(app, P_("Sent %zu character to your clipboard. Paste "
		    "to test it; if nothing comes: p", "Sent %zu characters "
		    "to your clipboard. Paste to test it; if nothing comes: "
		    "p", strlen(value)), strlen(value));
	if (value != NULL)
		app->copied++;
	arena_free(&arena);
}

static void
print(struct app *app, const struct step *step)
{
	struct arena *arena = arena_new();
	const char *value;

	tty_leave();
	printf("\n%s\n", _("--- copy the next lines ---"));
	for (size_t i = 0;
	    (value = form_value(app, arena, step, i)) != NULL; i++)
		printf("%s\n", value);
	printf("%s\n", _("--- Enter: back ---"));
	fflush(stdout);
	if (!tty_wait_enter())
		app->leaving = LEAVE_GONE;
	tty_back();
	app->dirty = true;
	arena_free(&arena);
}

static void
go_to(struct app *app, size_t step)
{
	app->step = step;
	app->form = app->copied = 0;
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

/* x and s: remember, and show the next open step that is not an alternative
 * of one that is done. */
static void
settle(struct app *app, const struct plan *plan, const struct step *step,
    enum step_state state)
{
	session_set_step(app, step, session_step(app, step) == state ?
	    STEP_OPEN : state);
	if (session_step(app, step) == STEP_OPEN) {
		app->dirty = true;
		return;
	}
	for (size_t i = app->step + 1; i < plan->n; i++)
		if (plan->steps[i].alternative_to == NULL &&
		    session_step(app, &plan->steps[i]) == STEP_OPEN) {
			go_to(app, i);
			return;
		}
	app_go(app, &screen_done);
}

static bool
act_form(struct app *app, enum action action, const struct step *step)
{
	switch (action) {
	case ACTION_COPY:
		copy(app, step);
		return true;
	case ACTION_PRINT:
		print(app, step);
		return true;
	case ACTION_FORMATS:
		if (step->n_cards == 0)
			app_say(app, _("This step has only this form."));
		app->form = (app->form + 1) % (step->n_cards + 1);
		app->copied = 0;
		app_place(app)->top = 0;
		app->dirty = true;
		return true;
	default:
		return false;
	}
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
			settle(app, plan, step, STEP_DONE);
		return true;
	case ACTION_SKIP:
		settle(app, plan, step, STEP_SKIPPED);
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
		app->about = EVIDENCE_ALL;
		app_go(app, &screen_evidence);
		return true;
	case ACTION_VIEW:
		app_go(app, &screen_view);
		return true;
	default:
		return act_form(app, action, step);
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
		{ ACTION_OPEN, NULL },
		{ ACTION_PREVIOUS, NULL },
		{ ACTION_EVIDENCE, NULL },
		{ ACTION_VIEW, NULL },
		{ ACTION_QUIT, N_("Quit") }
	},
	.enter = enter,
	.draw = draw,
	.act = act
};
