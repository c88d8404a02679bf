/* SPDX-License-Identifier: ISC
 * The bounce as it came, with the lines that decided marked. All of it is
 * foreign text. */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "tui/screen.h"

/* A huge log is shown around the place that matters, a long line cut. */
#define AROUND (64u << 10)
#define LINE_MAX_OCTETS 1000

static bool
is_letter(char c)
{
	c = text_lower(c);
	return (c >= 'a' && c <= 'z') || (c & 0x80) != 0;
}

/* Where the letters of WORDS stand in TEXT, whatever lies between them: reply
 * codes, quoting marks, line ends. False: nowhere. */
static bool
find_letters(const char *text, size_t len, const char *words, size_t n,
    size_t *begin, size_t *end)
{
	for (size_t at = 0; at < len; at++) {
		size_t i = at, k = 0, gap = 0, last = at;

		while (k < n && !is_letter(words[k]))
			k++;
		if (k == n)
			return false;
		if (!is_letter(text[at]) ||
		    text_lower(text[at]) != text_lower(words[k]))
			continue;
		while (i < len && k < n && gap < 200) {
			if (!is_letter(words[k])) {
				k++;
			} else if (!is_letter(text[i])) {
				i++;
				gap++;
			} else if (text_lower(text[i]) ==
			    text_lower(words[k])) {
				last = i++;
				k++;
				gap = 0;
			} else
				break;
		}
		while (k < n && !is_letter(words[k]))
			k++;
		if (k == n) {
			*begin = at;
			*end = last + 1;
			return true;
		}
	}
	return false;
}

/* The octets of the input that decided. */
static void
deciding(const struct bounce *bounce, const char *text, size_t len,
    size_t *begin, size_t *end)
{
	size_t from, to;

	*begin = bounce->start < len ? bounce->start : len;
	*end = bounce->end < len ? bounce->end : len;
	if (*begin > *end)
		*begin = *end;
	if (bounce->mark_len == 0 || bounce->text == NULL ||
	    bounce->mark_start + bounce->mark_len > strlen(bounce->text))
		return;
	if (!find_letters(text + *begin, *end - *begin,
	    bounce->text + bounce->mark_start, bounce->mark_len, &from, &to))
		return;
	*end = *begin + to;
	*begin += from;
}

/* The beginning of the line that AT is in, at most AROUND before it. */
static size_t
line_begin(const char *text, size_t at, size_t back)
{
	size_t begin = at > back ? at - back : 0;

	while (begin > 0 && text[begin - 1] != '\n' && begin < at)
		begin++;
	return begin;
}

/* Draw the lines, and mark those that decided. */
static void
draw_lines(struct page *page, const char *text, size_t len, size_t from,
    size_t begin, size_t end)
{
	size_t to = end + AROUND < len ? end + AROUND : len;

	for (size_t at = from; at < to;) {
		const char *nl = memchr(text + at, '\n', to - at);
		size_t stop = nl != NULL ? (size_t)(nl - text) : to;
		size_t shown = stop - at, part = page->n_parts;

		if (shown != 0 && text[at + shown - 1] == '\r')
			shown--;
		if (shown > LINE_MAX_OCTETS)
			shown = LINE_MAX_OCTETS;
		page_text(page, -1, LOOK_PLAIN,
		    text_cleaned(page->arena, text + at, shown));
		if (begin < end && at < end && stop > begin)
			page_mark(page, part);
		at = stop + 1;
	}
}

static bool
is_marked(const struct page *page, size_t row)
{
	return row < page->n && page->rows[row].marked;
}

/* Scroll to a mark that begins below (or above) the one at the top. */
static void
jump(struct app *app, const struct page *page)
{
	struct place *place = app_place(app);
	size_t here = page->head + place->top + 3, best = SIZE_MAX;

	for (size_t i = page->head; i < page->n; i++) {
		if (!is_marked(page, i) || (i > page->head &&
		    is_marked(page, i - 1)))
			continue;
		if (app->jump == JUMP_FIRST && best == SIZE_MAX)
			best = i;
		if (app->jump == JUMP_NEXT && i > here && best == SIZE_MAX)
			best = i;
		if (app->jump == JUMP_PREVIOUS && i < here)
			best = i;
	}
	app->jump = JUMP_NOWHERE;
	if (best != SIZE_MAX)
		place->top = best - page->head > 3 ? best - page->head - 3 :
		    0;
}

static void
enter(struct app *app)
{
	app->jump = JUMP_FIRST;
	search_clear(app);
}

static void
draw(struct app *app, struct page *page)
{
	const struct bounce *bounce = session_bounce(app);
	const char *text;
	size_t len, begin, end;

	if (bounce == NULL) {
		page_text(page, 0, LOOK_PLAIN, _("There is no bounce here."));
		return;
	}
	text = diagnosis_input(app->diagnosis, &len);
	deciding(bounce, text, len, &begin, &end);
	page_heading(page, session_is_received(app) ? _("The message") :
	    _("The bounce"),
	    _("> decided   ] next mark"));
	page_gap(page);
	page_end_head(page);
	/* the lines of a bounce are up to 79 long: leave them whole */
	page->width = page->columns - 2;
	draw_lines(page, text, len, line_begin(text, begin, AROUND), begin,
	    end);
	if (app->jump != JUMP_NOWHERE)
		jump(app, page);
	search_rows(app, page);
}

static bool
act(struct app *app, enum action action, const struct key *key)
{
	(void)key;
	if (search_act(app, action))
		return true;
	switch (action) {
	case ACTION_NEXT:
	case ACTION_MARK:
		app->jump = JUMP_NEXT;
		break;
	case ACTION_PREVIOUS:
	case ACTION_MARK_BACK:
		app->jump = JUMP_PREVIOUS;
		break;
	case ACTION_VIEW:
		app_back(app);
		break;
	default:
		return false;
	}
	app->dirty = true;
	return true;
}

const struct screen screen_view = {
	.name = "view",
	.title = N_("The bounce"),
	.keys = {
		{ ACTION_PAGE_DOWN, N_("Look through") },
		{ ACTION_BACK, N_("Back") },
		{ ACTION_MARK, N_("Next mark") },
		{ ACTION_SEARCH, N_("Search") },
		{ ACTION_NEXT, NULL },
		{ ACTION_PREVIOUS, NULL },
		{ ACTION_MARK_BACK, NULL },
		{ ACTION_VIEW, NULL },
		{ ACTION_QUIT, N_("Quit") }
	},
	.enter = enter,
	.draw = draw,
	.act = act
};
