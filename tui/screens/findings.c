/* SPDX-License-Identifier: ISC
 * What was found: whose address and which domain the receiver judged, then
 * the problems, the cause first. Enter leads to the step that cures one. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "tui/screen.h"

enum tag
finding_tag(const struct finding *finding)
{
	switch (finding->status) {
	case FINDING_OK:
		return TAG_OK;
	case FINDING_UNKNOWN:
		return TAG_UNKNOWN;
	case FINDING_PROBLEM:
		break;
	}
	return finding->role == ROLE_ADVICE ? TAG_WARN : TAG_FAIL;
}

static const char *
judged(struct page *page, const struct authentication *a)
{
	return arena_printf(page->arena, "SPF %s, DKIM %s, DMARC %s",
	    a->spf != NULL ? spf_result_name(a->spf->result) : _("not known"),
	    a->dkim != NULL ? dkim_result_name(a->dkim->result) :
	    _("not known"), a->dmarc != NULL ? a->dmarc : _("not known"));
}

static void
identity_rows(struct app *app, struct page *page,
    const struct findings *findings)
{
	const struct identity *identity = &findings->identity;
	bool was_judged = session_bounce(app) != NULL ||
	    session_is_received(app);

	if (identity->client_ip == NULL && identity->envelope_domain == NULL)
		return;
	page_text(page, 0, LOOK_STRONG, was_judged ?
	    _("Which address and which domain the receiver judged") :
	    _("Which address sends, and with which domain"));
	if (identity->client_ip != NULL)
		page_field(page, 2, 17, _("Address"), arena_printf(page->arena,
		    "%s: %s", text_safe(page->arena, identity->client_ip),
		    owner_words(identity->owner)));
	page_field(page, 2, 17, _("Envelope domain"),
	    text_safe(page->arena, identity->envelope_domain));
	page_field(page, 2, 17, _("From domain"),
	    text_safe(page->arena, identity->from_domain));
	if (findings->n_authentication != 0)
		page_field(page, 2, 17, _("Result"), judged(page,
		    &findings->authentication[0]));
	for (size_t i = 0; i < identity->n_evidence; i++)
		page_field(page, 2, 17, i == 0 ? _("Why so") : "",
		    identity->evidence[i]);
	page_gap(page);
}

size_t
finding_step(const struct plan *plan, const struct finding *finding)
{
	size_t number = plan != NULL ? plan_step_for(plan, finding->id) : 0;

	return number != 0 ? number - 1 : 0;
}

/* One finding that can be chosen, with its explanation below. */
static void
item(struct app *app, struct page *page, const struct finding *finding)
{
	const struct plan *plan = session_plan(app);
	size_t i = finding_step(plan, finding);
	const struct step *step = finding->status == FINDING_PROBLEM &&
	    plan != NULL && i < plan->n ? &plan->steps[i] : NULL;
	/* the title is worth more than who has to act */
	int width = (page->columns < 100 ? page->columns : 100) - 33;
	const struct page_column columns[] = {
		{ .width = width, .text = finding->title },
		{ .width = 0, .text = step != NULL ? step_place(step) : "" }
	};

	if (step != NULL && cells(finding->title) + 2 <= width)
		page_item(page, finding_tag(finding), columns, 2);
	else
		page_item_text(page, finding_tag(finding), finding->title);
	if (finding->status != FINDING_OK)
		page_item_more(page, page->columns < 60 ? 2 : 7,
		    finding->detail);
}

/* What a group is called, in the order of the list. */
static const char *
group_name(const struct app *app, const struct finding *finding)
{
	if (finding->status == FINDING_UNKNOWN)
		return _("Could not tell");
	if (finding->status == FINDING_OK)
		return _("In order");
	if (session_bounce(app) == NULL && !session_is_received(app) &&
	    finding->role != ROLE_ADVICE)
		return _("What must be fixed");
	switch (finding->role) {
	case ROLE_CAUSE:
		return session_is_received(app) ? _("What went wrong") :
		    _("The cause of this bounce");
	case ROLE_CONTRIBUTING:
		return _("What makes it worse, or will cause the next bounce");
	case ROLE_ADVICE:
		return _("Worth doing");
	}
	return "";
}

static void
draw_list(struct app *app, struct page *page, const struct findings *findings)
{
	const char *group = "";

	for (size_t i = 0; i < findings->n; i++) {
		const char *name = group_name(app, &findings->list[i]);

		if (strcmp(name, group) != 0) {
			if (i != 0)
				page_gap(page);
			page_text(page, 0, LOOK_STRONG, name);
			group = name;
		}
		item(app, page, &findings->list[i]);
	}
	if (findings->n == 0)
		page_text(page, 0, LOOK_PLAIN, session_looking(app) ?
		    _("Nothing yet: answers are still coming in.") :
		    _("Nothing was found."));
}

static void
draw(struct app *app, struct page *page)
{
	const struct findings *findings = session_findings(app);
	const struct plan *plan = session_plan(app);

	if (findings == NULL) {
		page_text(page, 0, LOOK_PLAIN, _("Nothing was looked at yet."));
		return;
	}
	page_heading(page, session_looking(app) ? _("Findings so far") :
	    _("Findings"), arena_printf(page->arena, _("%zu to fix, %zu "
	    "unknown, %zu in order"), findings->n_problems,
	    findings->n_unknown, findings->n_ok));
	page_gap(page);
	if (plan != NULL && plan->first != NULL && !session_looking(app)) {
		page_field(page, 0, 10, _("First"), plan->first);
		page_gap(page);
	}
	page_end_head(page);
	/* in a low window the finding selected must be seen, too */
	if (!page->compact)
		identity_rows(app, page, findings);
	page_begin_list(page);
	draw_list(app, page, findings);
	if (page->compact)
		identity_rows(app, page, findings);
}

static void
open_step(struct app *app, const struct findings *findings)
{
	const struct plan *plan = session_plan(app);
	size_t i = (size_t)app_place(app)->selected;

	if (plan == NULL || plan->n == 0) {
		app_say(app, session_looking(app) ?
		    _("No step yet: answers are still coming in.") :
		    _("There is nothing to change."));
		return;
	}
	app->step = i < findings->n ? finding_step(plan, &findings->list[i]) :
	    0;
	app_go(app, &screen_step);
}

static bool
act(struct app *app, enum action action, const struct key *key)
{
	const struct findings *findings = session_findings(app);
	size_t i = (size_t)app_place(app)->selected;

	(void)key;
	if (findings == NULL)
		return false;
	switch (action) {
	case ACTION_OPEN:
		open_step(app, findings);
		return true;
	case ACTION_EVIDENCE:
		app->about = EVIDENCE_ALL;
		if (i < findings->n) {
			app->about = EVIDENCE_FINDING;
			snprintf(app->about_id, sizeof app->about_id, "%s",
			    findings->list[i].id);
		}
		app_go(app, &screen_evidence);
		return true;
	case ACTION_VIEW:
		app_go(app, &screen_view);
		return true;
	case ACTION_AGAIN:
	case ACTION_AGAIN_ALL:
		session_again(app, action == ACTION_AGAIN_ALL);
		app_go(app, &screen_checks);
		return true;
	case ACTION_WRITE:
		app->asking = ASK_REPORT;
		app_go(app, &screen_ask);
		return true;
	default:
		return false;
	}
}

const struct screen screen_findings = {
	.name = "findings",
	.title = N_("Findings"),
	.stage = 2,
	.keys = {
		{ ACTION_OPEN, N_("Fix it") },
		{ ACTION_EVIDENCE, N_("Evidence") },
		{ ACTION_AGAIN, N_("Check again") },
		{ ACTION_WRITE, N_("Save report") },
		{ ACTION_BACK, N_("Back") },
		{ ACTION_AGAIN_ALL, NULL },
		{ ACTION_VIEW, NULL },
		{ ACTION_DIGIT, NULL },
		{ ACTION_QUIT, N_("Quit") }
	},
	.draw = draw,
	.act = act
};
