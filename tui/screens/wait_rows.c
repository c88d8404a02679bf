/* SPDX-License-Identifier: ISC
 * What the servers say of a record that is waited for: a row each, what was
 * typed wrong with a mark under the place, and how long it can take. */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "tui/screen.h"

#define NAME_MAX_WIDTH 30
#define ROLE_WIDTH 15
#define MISTAKES_MAX 3

static enum tag
state_tag(enum watch_state state)
{
	switch (state) {
	case WATCH_RIGHT:
		return TAG_OK;
	case WATCH_ASKING:
	case WATCH_HELD:
	case WATCH_NOT_YET:
		return TAG_RUNNING;
	case WATCH_DIFFERENT:
	case WATCH_TWO_RECORDS:
	case WATCH_DOUBLED:
	case WATCH_MISPLACED:
		return TAG_FAIL;
	case WATCH_UNREACHABLE:
	case WATCH_LAME:
	case WATCH_UNKNOWN:
		return TAG_UNKNOWN;
	}
	return TAG_NONE;
}

/* When more rows than these count down, those with minutes left show minutes
 * only: each second of each row is sent over the line. */
#define COUNTING_MAX 4

static bool
counts(const struct watch_row *row, int64_t passed)
{
	return row->state == WATCH_NOT_YET && row->role != WATCH_AUTHORITY &&
	    row->remaining > passed;
}

/* "2:05", "1:02:05" */
static const char *
span(struct arena *arena, int64_t seconds)
{
	if (seconds < 0)
		seconds = 0;
	if (seconds >= 3600)
		return arena_printf(arena, "%d:%02d:%02d",
		    (int)(seconds / 3600), (int)(seconds / 60 % 60),
		    (int)(seconds % 60));
	return arena_printf(arena, "%d:%02d", (int)(seconds / 60),
	    (int)(seconds % 60));
}

static const char *
not_yet(struct arena *arena, const struct watch_row *row, int64_t passed,
    bool coarse)
{
	int64_t left = row->remaining - passed;

	if (coarse && left > 60)
		left = (left + 59) / 60 * 60;
	if (row->role == WATCH_AUTHORITY)
		return row->behind ? _("still without it (older zone)") :
		    row->value != NULL ? _("still the old value") :
		    _("still without it");
	if (left <= 0)
		return _("may ask anew at any moment");
	return row->value != NULL ? arena_printf(arena, _("remembers the old "
	    "value for up to %s"), span(arena, left)) :
	    arena_printf(arena, _("remembers \"none\" for up to %s"),
	    span(arena, left));
}

static const char *
row_text(struct arena *arena, const struct watch_row *row, int64_t passed,
    bool coarse)
{
	switch (row->state) {
	case WATCH_ASKING:
		return _("asking ...");
	case WATCH_HELD:
		return _("waits for the name servers");
	case WATCH_RIGHT:
		return row->role == WATCH_AUTHORITY && row->value != NULL ?
		    row->value : _("has it");
	case WATCH_NOT_YET:
		return not_yet(arena, row, passed, coarse);
	case WATCH_DIFFERENT:
		return _("has it, but different");
	case WATCH_TWO_RECORDS:
		return _("has two of them");
	case WATCH_DOUBLED:
		return _("has it under a doubled name");
	case WATCH_MISPLACED:
		return _("has it in the wrong place");
	case WATCH_UNREACHABLE:
		return row->note != NULL ? arena_printf(arena,
		    _("no answer: %s"), row->note) : _("no answer");
	case WATCH_LAME:
		return _("does not know the zone");
	case WATCH_UNKNOWN:
		return row->note != NULL ? arena_printf(arena,
		    _("could not tell: %s"), row->note) : _("could not tell");
	}
	return "";
}

static const char *
role_text(enum watch_role role)
{
	switch (role) {
	case WATCH_AUTHORITY:
		return _("authoritative");
	case WATCH_RESOLVER:
		return _("this server's");
	case WATCH_PUBLIC:
		return _("public");
	}
	return "";
}

static const char *
padded(struct arena *arena, const char *text, int width)
{
	return cells_padded(arena, cells_cut(arena, text, width - 1), width);
}

static const char *
row_name(struct arena *arena, const struct watch_row *row)
{
	return row->name == NULL ? text_safe(arena, row->address) :
	    row->v6 ? arena_printf(arena, _("%s, IPv6"),
	    text_safe(arena, row->name)) : text_safe(arena, row->name);
}

static void
draw_row(struct page *page, const struct watch_row *row, int width,
    int64_t passed, bool coarse)
{
	struct arena *arena = page->arena;
	const char *text = text_safe(arena, row_text(arena, row, passed,
	    coarse));
	const char *name = padded(arena, row_name(arena, row), width);
	int left = page->columns - 11 - width;

	if (page->columns >= 60) {
		name = arena_printf(arena, "%s%s", name, padded(arena,
		    role_text(row->role), ROLE_WIDTH));
		left -= ROLE_WIDTH;
	}
	/* of a record its beginning is enough; how long it takes is not cut */
	page_tagged(page, state_tag(row->state), arena_printf(arena, "%s%s",
	    name, row->state == WATCH_RIGHT ? cells_cut(arena, text, left) :
	    text));
}

/* Cells for the names: those of the longest, within reason. */
static int
name_width(struct page *page, const struct watch_view *view)
{
	int most = page->columns >= 60 ? NAME_MAX_WIDTH : 16, width = 0;

	for (size_t i = 0; i < view->n_records; i++)
		for (size_t k = 0; k < view->records[i].n_rows; k++) {
			int cell = cells(row_name(page->arena,
			    &view->records[i].rows[k])) + 2;

			if (cell > width)
				width = cell;
		}
	return width < most ? width : most;
}

/* TEXT from the character on with which PREFIX is at most half a row long;
 * *AT gets the cell where PREFIX ends. */
static const char *
around(struct page *page, const char *text, const char *prefix, int *at)
{
	int room = page->columns - 4;
	uint32_t code;

	*at = cells(prefix);
	if (cells(text) <= page->columns || *at <= room - 10)
		return text;
	while (*at > room / 2) {
		int len = text_decode(prefix, strlen(prefix), &code);

		if (len < 1)
			len = 1;
		prefix += len;
		text += len;
		*at = cells(prefix);
	}
	*at += 2;
	return arena_printf(page->arena, "..%s", text);
}

static void
draw_mistake(struct page *page, const struct watch_row *row,
    const struct typo_mistake *mistake)
{
	struct arena *arena = page->arena;
	const char *name = row->name != NULL ? row->name : row->address;
	const char *text;
	int at;

	page_text(page, 0, LOOK_PLAIN, arena_printf(arena, "%s: %s", name,
	    mistake->sentence));
	if (mistake->published == NULL || mistake->prefix == NULL)
		return;
	text = around(page, mistake->published, mistake->prefix, &at);
	page_value(page, cells_cut(arena, text, page->columns - 1));
	page_value(page, arena_printf(arena, "%*s^", at, ""));
	if (mistake->wanted != NULL && !page->compact) {
		page_text(page, 0, LOOK_PLAIN, _("It should be:"));
		page_value(page, mistake->wanted);
	}
}

static bool
same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* Mistakes of the same kind are named once, with the first server. */
static void
draw_mistakes(struct page *page, const struct watch_record *record)
{
	const struct typo_mistake *shown[MISTAKES_MAX];
	size_t n = 0;

	for (size_t i = 0; i < record->n_rows; i++) {
		const struct watch_row *row = &record->rows[i];
		size_t k = 0;

		if (row->n_mistakes == 0 || n == MISTAKES_MAX)
			continue;
		while (k < n && (!same(shown[k]->id, row->mistakes[0].id) ||
		    !same(shown[k]->published, row->mistakes[0].published)))
			k++;
		if (k < n)
			continue;
		shown[n++] = &row->mistakes[0];
		draw_mistake(page, row, &row->mistakes[0]);
	}
	if (n != 0)
		page_gap(page);
}

static const char *
waiting_text(struct arena *arena, const struct watch_view *view, int64_t now)
{
	size_t servers, right = waits_right(view, &servers);

	if (!view->settled)
		return _("Asking the name servers ...");
	if (right == 0)
		return _("No name server has all of it yet. Some panels take "
		    "minutes until they publish; did you save it there?");
	if (right < servers || view->until <= now)
		return arena_printf(arena, _("What you typed is right: %zu of "
		    "%zu name servers have it, character by character the "
		    "same. The rest is waiting."), right, servers);
	return arena_printf(arena, P_("What you typed is right: its %zu "
	    "name server has it, character by character the same. The rest is "
	    "waiting: others may remember the old answer until %s at the "
	    "latest.", "What you typed is right: all %zu name servers have "
	    "it, character by character the same. The rest is waiting: others "
	    "may remember the old answer until %s at the latest.", servers),
	    servers, casefile_time(arena, (time_t)view->until, (time_t)now));
}

/* How many of the name servers have it, and what the rest means. */
static const char *
verdict_text(struct arena *arena, const struct watch_view *view, int64_t now)
{
	switch (view->verdict) {
	case WATCH_WAITING:
		return waiting_text(arena, view, now);
	case WATCH_DONE:
		return _("Everybody who was asked has it, character by "
		    "character the same.");
	case WATCH_DONE_PARTLY:
		return _("Everybody who answers has it, character by character "
		    "the same.");
	case WATCH_MISTAKE:
		return _("Waiting does not help here: correct it in the panel. "
		    "Then r checks again.");
	case WATCH_NOBODY:
		return _("No name server could be asked, so nothing is known "
		    "about the record.");
	}
	return "";
}

static void
draw_record(struct page *page, const struct watch_view *view,
    const struct watch_record *record, int width, int64_t passed)
{
	const struct change *change = record->change;
	size_t counting = 0;

	for (size_t i = 0; i < record->n_rows; i++)
		counting += counts(&record->rows[i], passed);
	if (view->n_records > 1)
		page_text(page, 0, LOOK_STRONG, arena_printf(page->arena,
		    "%s %s", change->name, dns_type_name(change->type)));
	for (size_t i = 0; i < record->n_rows; i++)
		draw_row(page, &record->rows[i], width, passed,
		    counting * view->n_records > COUNTING_MAX);
	if (record->note != NULL)
		page_text(page, 0, LOOK_PLAIN, record->note);
	page_gap(page);
	draw_mistakes(page, record);
	if (record->delegation != NULL) {
		page_text(page, 0, LOOK_PLAIN, record->delegation);
		page_gap(page);
	}
}

static void
draw_verdict(struct page *page, const struct watch_view *view, bool asking,
    time_t now)
{
	page_text(page, 0, LOOK_PLAIN, verdict_text(page->arena, view, now));
	page_gap(page);
	if (view->settled && asking)
		page_text(page, 0, LOOK_PLAIN,
		    _("Asking the name servers ..."));
	else if (view->settled && view->next > now)
		page_text(page, 0, LOOK_PLAIN, arena_printf(page->arena,
		    _("Next check in %s"), span(page->arena,
		    view->next - now)));
	page_gap(page);
}

void
wait_rows(struct page *page, const struct waiting *waiting,
    bool meaning_first, time_t now)
{
	const struct watch_view *view = waiting_view(waiting);
	int64_t passed = now - waiting_when(waiting);

	if (meaning_first)
		draw_verdict(page, view, waiting_asking(waiting), now);
	for (size_t i = 0; i < view->n_records; i++)
		draw_record(page, view, &view->records[i],
		    name_width(page, view), passed);
	if (!meaning_first)
		draw_verdict(page, view, waiting_asking(waiting), now);
}
