/* SPDX-License-Identifier: ISC
 * The checks, live: rows fixed from the start, each changes in place. */
#include "config.h"

#include <string.h>

#include "engine/base/clock.h"
#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "tui/screen.h"

/* Of a row's text that comes in by itself: an answer shall bring 100 octets at
 * most, and its tag, the way there and back and the count of answers take some. */
#define ROW_OCTETS 44

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

/* What joins a subject to what is said of it: in Japanese particles, with a
 * comma perhaps. */
static bool
is_particle(uint32_t code)
{
	static const uint32_t particles[] = {
		0x304c, 0x3067, 0x3068, 0x306b, 0x306e, 0x306f, 0x3078, 0x3082,
		0x3092, 0x3001
	};

	for (size_t i = 0; i < sizeof particles / sizeof particles[0]; i++)
		if (particles[i] == code)
			return true;
	return false;
}

/* What TEXT says of its SUBJECT, with which it begins; or all of TEXT, when the
 * rest cannot stand alone. */
static const char *
without_subject(const char *text, const char *subject)
{
	size_t len = strlen(subject), n;
	bool joined = false;
	const char *rest = text + len + 1;
	uint32_t code;

	if (strncmp(text, subject, len) != 0 || text[len] != ' ')
		return text;
	for (;;) {
		n = cells_character(rest, strlen(rest), &code);
		if (!is_particle(code))
			break;
		joined = true;
		rest += n;
	}
	/* Unicode 15, Hiragana: the end of a word, not of a particle */
	if (*rest == '\0' || (code >= 0x3040 && code <= 0x309f) ||
	    (code >= 0x80 && !joined))
		return text;
	return rest;
}

/* TEXT for a row of ROOM cells; BRIEF: that comes in by itself, too. */
static const char *
cut(struct page *page, const char *text, int room, bool brief)
{
	int most = brief ? cells_within(text, ROW_OCTETS) : room;

	return cells_cut(page->arena, text, most < room ? most : room);
}

/* The same for a row: rather than the end, what it begins with is left out,
 * which the foot tells. */
static const char *
row_text_in(struct page *page, const struct check_row *row, int room,
    bool brief)
{
	const char *text = row_text(page, row);

	if (text == NULL || page->spoken || cut(page, text, room, brief) == text)
		return text;
	if (row->subject != NULL && row->result != NULL)
		text = text != row->result ? row->result :
		    without_subject(text, row->subject);
	return cut(page, text, room, brief);
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

/* "9 of 13, 2 s": how far it is. The last answer brings only the last number;
 * the word for that comes with the next key. */
static const char *
progress(struct app *app, struct page *page, const struct findings *findings)
{
	size_t settled = 0;

	if (session_looking(app)) {
		app->seconds = (int)((clock_ms() - app->started_at) / 1000);
		app->end_told = false;
	} else if (app->keyed || page->spoken) {
		app->end_told = true;
	}
	if (app->end_told)
		return app->stopped ? _("stopped") : _("finished");
	for (size_t i = 0; i < findings->n_rows; i++)
		settled += findings->rows[i].state != ROW_RUNNING;
	return arena_printf(page->arena, _("%zu of %zu, %d s"), settled,
	    findings->n_rows, app->seconds);
}

/* What the row selected says, when it does not all stand in it: IN_ROW does. It
 * comes with a key. What comes in by itself changes rows and nothing else. */
static void
draw_whole(struct app *app, struct page *page, const struct check_row *row,
    const char *in_row)
{
	const char *text = row_text(page, row);

	if (app->keyed || page->spoken) {
		str_clear(&app->told);
		if (text != NULL && row->state != ROW_RUNNING)
			str_adds(&app->told, text);
	}
	if (app->told.len != 0 && in_row != NULL && (page->spoken ||
	    strcmp(app->told.text, in_row) != 0))
		page_foot_text(page, LOOK_STRONG, app->told.text);
}

static void
draw_foot(struct app *app, struct page *page, const struct findings *findings,
    int room)
{
	size_t i = (size_t)app_place(app)->selected;

	page_begin_foot(page);
	page_gap(page);
	if (i >= findings->n_rows)
		return;
	draw_whole(app, page, &findings->rows[i], row_text_in(page,
	    &findings->rows[i], room, app->brief));
	/* in a low window the list is worth more */
	if (!page->compact)
		page_foot_text(page, LOOK_PLAIN, findings->rows[i].plain);
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
	/* rows that came in brief stay so until the screen is drawn anew */
	if (session_looking(app))
		app->brief = true;
	else if (app->drawn != &screen_checks)
		app->brief = false;
	width = label_width(findings);
	room = page->columns - 3 - cells(tag_text(TAG_OK)) - 1 - width;
	for (size_t i = 0; i < findings->n_rows; i++) {
		const struct check_row *row = &findings->rows[i];
		const struct page_column columns[] = {
			{ .width = width, .text = row->label },
			{ .width = 0, .text = row_text_in(page, row, room,
			    app->brief) }
		};

		page_item(page, row_tag(row->state), columns, 2);
	}
	draw_foot(app, page, findings, room);
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
