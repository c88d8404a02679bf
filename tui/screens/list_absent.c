/* SPDX-License-Identifier: ISC
 * What is shown in the place of a list: that it is being read, or why there is
 * none. */
#include "config.h"

#include "tui/screens/list.h"

#include "engine/base/clock.h"
#include "engine/base/i18n.h"
#include "engine/base/text.h"

/* A search that takes less is not worth two pages on a slow line. */
#define SHOW_AFTER_MS 200

static const char *
megabytes(struct arena *arena, unsigned long long octets)
{
	return arena_printf(arena, "%llu.%llu MB", octets / 1000000,
	    octets % 1000000 / 100000);
}

void
list_draw_progress(struct page *page, const struct list_progress *progress,
    const char *what, const char *esc)
{
	const struct maillog_progress *p = &progress->octets;
	unsigned long long ms = (unsigned long long)(clock_ms() -
	    progress->began) + 1;
	struct arena *arena = page->arena;

	page_gap(page);
	page_text(page, 0, LOOK_STRONG, what);
	page_gap(page);
	page_text(page, 0, LOOK_PLAIN, p->size != 0 ? arena_printf(arena,
	    _("%s of %s   %llu %%   %s/s"), megabytes(arena, p->read),
	    megabytes(arena, p->size), p->read * 100 / p->size,
	    megabytes(arena, p->text / ms * 1000)) : arena_printf(arena,
	    _("%s   %s/s"), megabytes(arena, p->read),
	    megabytes(arena, p->text / ms * 1000)));
	page_gap(page);
	page_text(page, 0, LOOK_PLAIN, esc);
}

/* The lines of the chosen message are looked for. */
static bool
draw_taking(const struct app *app, struct page *page)
{
	const struct taking *taking = &app->lists->taking;
	const char *id = text_safe(page->arena, taking->queue_id.text);
	struct list_progress progress = { .began = taking->began };
	bool older;

	if (!taking_goes_on(app->lists) ||
	    clock_ms() - taking->began < SHOW_AFTER_MS)
		return false;
	progress.name = log_search_name(taking->search);
	progress.octets = log_search_progress(taking->search);
	older = log_search_is_older(taking->search);
	list_draw_progress(page, &progress, arena_printf(page->arena, older ?
	    _("Looking in the older %s for the first lines of %s ...") :
	    _("Looking in %s for all lines of %s ..."), progress.name, id),
	    older ? _("Esc does without them.") : _("Esc stops."));
	return true;
}

/* An unusual end, and the way on that is always open. */
static void
draw_instead(struct page *page, const char *what)
{
	const struct page_column column = { .text = _("Open a file instead") };

	page_gap(page);
	page_tagged(page, TAG_UNKNOWN, what);
	page_gap(page);
	page_item(page, TAG_NONE, &column, 1);
}

bool
list_draw_absent(const struct app *app, struct page *page,
    const struct list_kind *kind)
{
	const char *why;

	if (draw_taking(app, page) || kind->draw_reading(app, page))
		return true;
	why = kind->absent(app, page->arena);
	if (why != NULL)
		draw_instead(page, why);
	return why != NULL;
}
