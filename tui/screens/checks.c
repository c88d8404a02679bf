/* SPDX-License-Identifier: ISC
 * The checks, live: rows fixed from the start, each changes in place. */
#include "config.h"

#include <limits.h>
#include <string.h>

#include "engine/base/clock.h"
#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "tui/screen.h"

static enum tag
row_tag(enum row_state state)
{
	switch (state) {
	case ROW_RUNNING:
		return TAG_RUNNING;
	case ROW_OK:
		return TAG_OK;
	case ROW_PROBLEM:
		return TAG_FAIL;
	case ROW_WARNING:
		return TAG_WARN;
	case ROW_UNKNOWN:
		return TAG_UNKNOWN;
	case ROW_NOT_APPLICABLE:
		return TAG_NOT_APPLICABLE;
	}
	return TAG_NONE;
}

static int
label_width(const struct findings *findings)
{
	int width = 0;

	for (size_t i = 0; i < findings->n_rows; i++)
		if (cells(findings->rows[i].label) > width)
			width = cells(findings->rows[i].label);
	return width + 2;
}

/* What is known, naming what it is about. */
static const char *
row_text(struct page *page, const struct check_row *row)
{
	const char *result = row->result != NULL ? row->result :
	    row->state == ROW_RUNNING ? _("asking ...") : NULL;
	const char *subject = text_safe(page->arena, row->subject);

	if (subject == NULL || result == NULL)
		return result != NULL ? result : subject;
	return strstr(result, row->subject) != NULL ? result :
	    arena_printf(page->arena, "%s: %s", subject, result);
}

/* What TEXT says of the subject that it begins with, LEN octets: "X has no
 * name" gives "has no name". In Japanese a particle goes with the subject and
 * would not stand alone. */
static const char *
without_subject(const char *text, size_t len)
{
	static const char *const particles[] = { "は、", "は", "の", "に" };

	if (text[len] != ' ' || text[len + 1] == '\0')
		return text;
	if ((text[len + 1] & 0x80) == 0)
		return text + len + 1;
	for (size_t i = 0; i < sizeof particles / sizeof particles[0]; i++) {
		size_t n = strlen(particles[i]);

		if (strncmp(text + len + 1, particles[i], n) == 0)
			return text + len + 1 + n;
	}
	return text;
}

/* The same for ROOM cells: rather than the end, what it begins with is left
 * out, which the foot tells. */
static const char *
row_text_in(struct page *page, const struct check_row *row, int room)
{
	const char *text = row_text(page, row);
	size_t len = row->subject != NULL ? strlen(row->subject) : 0;

	if (text == NULL || len == 0 || row->result == NULL ||
	    cells(text) <= room)
		return text;
	if (text != row->result)
		return row->result;
	return strncmp(text, row->subject, len) == 0 ?
	    without_subject(text, len) : text;
}

static const char *
question(struct app *app, struct page *page, const struct findings *findings)
{
	const struct bounce *bounce = session_bounce(app);
	const char *domain = findings->identity.envelope_domain;

	if (bounce == NULL)
		return domain == NULL ? _("Is this server ready to send?") :
		    arena_printf(page->arena, _("Is this server ready to send "
		    "for %s?"), text_safe(page->arena, domain));
	if (session_is_received(app))
		return _("Is all in order by now?");
	if (bounce->remote_host == NULL || domain == NULL)
		return _("Why was the message refused?");
	return arena_printf(page->arena, _("Why did %s refuse mail from %s?"),
	    text_safe(page->arena, bounce->remote_host),
	    text_safe(page->arena, domain));
}

/* "9 of 13   2 s": how far it is. */
static const char *
progress(struct app *app, struct page *page, const struct findings *findings)
{
	size_t settled = 0;

	for (size_t i = 0; i < findings->n_rows; i++)
		settled += findings->rows[i].state != ROW_RUNNING;
	if (!session_looking(app))
		return app->stopped ? _("stopped") : _("finished");
	return arena_printf(page->arena, _("%zu of %zu, %d s"), settled,
	    findings->n_rows, (int)((clock_ms() - app->started_at) / 1000));
}

static void
draw_foot(struct app *app, struct page *page, const struct findings *findings)
{
	size_t i = (size_t)app_place(app)->selected;
	const struct finding *finding;

	page_begin_foot(page);
	page_gap(page);
	if (i >= findings->n_rows)
		return;
	/* the row itself may have been too narrow for it */
	page_text(page, 0, LOOK_STRONG, row_text(page, &findings->rows[i]));
	page_text(page, 0, LOOK_PLAIN, findings->rows[i].plain);
	finding = row_finding(findings, i);
	if (page->split == 0 || finding == NULL)
		return;
	page_gap(page);
	page_text(page, 0, LOOK_PLAIN, finding->detail);
	page_gap(page);
	evidence_beside(page, diagnosis_facts(app->diagnosis), finding,
	    findings->rows[i].plain != NULL ?
	    cells(findings->rows[i].plain) : 0);
}

static void
enter(struct app *app)
{
	session_look(app);
}

static void
draw(struct app *app, struct page *page)
{
	const struct findings *findings = session_findings(app);
	int width, room;

	if (findings == NULL) {
		page_text(page, 0, LOOK_PLAIN, _("Nothing was looked at yet."));
		return;
	}
	page_heading(page, question(app, page, findings),
	    progress(app, page, findings));
	page_gap(page);
	page_end_head(page);
	page_begin_list(page);
	width = label_width(findings);
	room = page->spoken ? INT_MAX :
	    page->columns - 3 - cells(tag_text(TAG_OK)) - 1 - width;
	for (size_t i = 0; i < findings->n_rows; i++) {
		const struct check_row *row = &findings->rows[i];
		const struct page_column columns[] = {
			{ .width = width, .text = row->label },
			{ .width = 0, .text = row_text_in(page, row, room) }
		};

		page_item(page, row_tag(row->state), columns, 2);
	}
	draw_foot(app, page, findings);
}

static bool
act(struct app *app, enum action action, const struct key *key)
{
	switch (action) {
	case ACTION_OPEN:
	case ACTION_FINDINGS:
		app_go(app, &screen_findings);
		return true;
	case ACTION_EVIDENCE:
		app->about = EVIDENCE_ROW;
		app->about_row = (size_t)app_place(app)->selected;
		app_go(app, &screen_evidence);
		return true;
	case ACTION_VIEW:
		app_go(app, &screen_view);
		return true;
	case ACTION_AGAIN:
	case ACTION_AGAIN_ALL:
		session_again(app, action == ACTION_AGAIN_ALL);
		app->dirty = true;
		return true;
	case ACTION_BACK:
		/* the first Esc stops the asking, the next one goes back */
		if (key->code != KEY_ESCAPE || !session_looking(app))
			return false;
		session_stop(app);
		app_say(app, _("Stopped. What was not answered stays unknown; "
		    "r asks again."));
		return true;
	default:
		return false;
	}
}

const struct screen screen_checks = {
	.name = "checks",
	.title = N_("Checks"),
	.stage = 2,
	.keys = {
		{ ACTION_OPEN, N_("Findings") },
		{ ACTION_DOWN, N_("Select") },
		{ ACTION_EVIDENCE, N_("Evidence") },
		{ ACTION_AGAIN, N_("Again") },
		{ ACTION_BACK, N_("Back") },
		{ ACTION_FINDINGS, NULL },
		{ ACTION_AGAIN_ALL, NULL },
		{ ACTION_VIEW, NULL },
		{ ACTION_QUIT, N_("Quit") }
	},
	.enter = enter,
	.draw = draw,
	.busy = session_looking,
	.act = act
};
