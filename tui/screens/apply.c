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
#include "tui/screen.h"

#define SAID_MAX ((size_t)1 << 20)

enum choice { CHOICE_NO, CHOICE_YES };

/* The transaction that is shown, and what came of it. */
struct applying {
	struct arena *arena;
	struct transaction *transaction;
	struct str said;
	char step[64];           /* its id */
	bool permitted;
	bool tried;
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

void
apply_end(struct app *app)
{
	struct applying *a = app->applying;

	if (a == NULL)
		return;
	str_free(&a->said);
	arena_free(&a->arena);
	free(a);
	app->applying = NULL;
}

void
apply_begin(struct app *app, const struct step *step)
{
	const char *reason = why_not(app, step);
	struct applying *a;

	if (reason != NULL) {
		app_say(app, "%s", reason);
		return;
	}
	apply_end(app);
	a = app->applying = mem_alloc(sizeof *a);
	*a = (struct applying){ .arena = arena_new() };
	str_init(&a->said, SAID_MAX);
	snprintf(a->step, sizeof a->step, "%s", step->id);
	a->transaction = transaction_make(a->arena, step,
	    diagnosis_postfix(app->diagnosis), &a->said);
	if (a->transaction == NULL) {
		app_say(app, "%s", a->said.text);
		apply_end(app);
		return;
	}
	/* its strings are the plan's, which the next pass replaces */
	a->transaction->title = arena_strdup(a->arena, step->title);
	a->permitted = transaction_permitted(a->transaction);
	app_go(app, &screen_apply);
}

/* Each line of TEXT, as it is. */
static void
draw_lines(struct page *page, const char *text)
{
	while (*text != '\0') {
		size_t n = strcspn(text, "\n");

		if (n == 0)
			page_gap(page);
		else
			page_value(page, arena_strndup(page->arena, text, n));
		text += n + (text[n] == '\n');
	}
}

static void
draw_changes(struct page *page, const struct transaction *t)
{
	struct str diff;

	str_init(&diff, SAID_MAX);
	transaction_diff(t, false, &diff);
	draw_lines(page, diff.text);
	str_free(&diff);
	page_gap(page);
	for (size_t i = 0; i < t->n_commands; i++)
		page_field(page, 0, 12, i == 0 ? _("Then runs") : "",
		    transaction_command(page->arena, t->commands[i]));
	page_gap(page);
}

static void
draw_choices(struct app *app, struct page *page, const struct applying *a)
{
	if (app->options->diagnosis->dry_run) {
		page_text(page, 0, LOOK_STRONG, _("This is a dry run: it is only "
		    "shown."));
	} else if (!a->permitted) {
		page_text(page, 0, LOOK_STRONG, _("These files are not yours to "
		    "change. Start whybounce with sudo, or copy the commands of "
		    "the step."));
	}
	page_item_text(page, TAG_NONE, _("Leave it as it is"));
	if (a->permitted && !app->options->diagnosis->dry_run)
		page_item_text(page, TAG_NONE, _("Make these changes now"));
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
	draw_lines(page, a->said.text);
	if (a->end != APPLY_NOTHING) {
		page_text(page, 0, LOOK_PLAIN, _("To take them back, now or "
		    "weeks later:"));
		page_value(page, arena_printf(page->arena,
		    "whybounce undo %s", a->transaction->id));
	}
	page_gap(page);
	page_item_text(page, TAG_NONE, a->end == APPLY_NOTHING ?
	    _("Back to the step") : _("Check whether it helps"));
}

static void
draw(struct app *app, struct page *page)
{
	const struct applying *a = app->applying;

	if (a == NULL)
		return;
	page_heading(page, _("Change on this server"), NULL);
	page_text(page, 0, LOOK_PLAIN, a->transaction->title);
	page_gap(page);
	page_end_head(page);
	if (a->tried) {
		draw_result(page, a);
		return;
	}
	draw_choices(app, page, a);
	draw_changes(page, a->transaction);
}

static void
make_changes(struct app *app, struct applying *a)
{
	struct history *history = history_open(NULL, &a->said);

	a->end = APPLY_NOTHING;
	if (history != NULL)
		a->end = apply_transaction(history, a->arena, a->transaction,
		    &a->said);
	history_close(&history);
	if (a->end != APPLY_NOTHING)
		str_addf(&app->made, "  %s  %s\n", a->transaction->id,
		    text_safe(a->arena, a->transaction->title));
	a->tried = true;
	*app_place(app) = (struct place){ .selected = 0 };
	app->dirty = true;
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
	.act = act
};
