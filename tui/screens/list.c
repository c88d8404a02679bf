/* SPDX-License-Identifier: ISC
 * The mail log and the mail queue, one message a row, the newest first. All
 * of it is foreign text. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/bounce/classes.h"
#include "tui/screen.h"

/* A search that takes less is not worth two pages on a slow line. */
#define SHOW_AFTER_MS 200

/* One row of either list. */
struct line {
	size_t index;                /* in its list */
	const char *time, *recipient, *code, *class;
	const char *detail;          /* all of it, for "/" */
	const char *words;           /* what was said, for the foot */
	const char *queue_id;
};

static bool
is_queue(const struct app *app)
{
	for (size_t i = app->depth; i-- > 0;)
		if (app->layers[i].screen == &screen_log ||
		    app->layers[i].screen == &screen_queue)
			return app->layers[i].screen == &screen_queue;
	return false;
}

/* ---- rows */

/* "2026-02-01T10:11:12" as "02-01 10:11" */
static const char *
short_time(struct arena *arena, const char *iso)
{
	return strlen(iso) < 16 ? "" : arena_printf(arena, "%.5s %.5s",
	    iso + 5, iso + 11);
}

/* The code that tells more. */
static const char *
code_text(const char *reply, const char *status)
{
	return status != NULL && *status != '\0' ? status :
	    reply != NULL ? reply : "";
}

/* What a log line ends with: "status=bounced (host … said: …)". */
static const char *
status_text(const char *line)
{
	const char *status = strstr(line, "status=");

	return status != NULL ? status : line;
}

static const char *
class_text(const char *id)
{
	const struct refusal_class *class = class_find(id);

	return class != NULL ? _(class->meaning) : "";
}

static bool
log_line(const struct lists *lists, struct arena *arena, size_t i,
    struct line *line)
{
	const struct log_entry *entry = lists->log != NULL ?
	    log_list_entry(lists->log, i) : NULL;

	if (entry == NULL)
		return false;
	*line = (struct line){
		.index = i, .time = short_time(arena, entry->time.text),
		.recipient = entry->recipient,
		.code = code_text(entry->reply, entry->status),
		.class = entry->outcome == OUTCOME_EXPIRED ?
		    arena_printf(arena, _("given up: %s"),
		    class_text(entry->class_id)) : class_text(entry->class_id),
		.detail = entry->line, .words = status_text(entry->line),
		.queue_id = entry->queue_id
	};
	return true;
}

static bool
queue_line(const struct lists *lists, struct arena *arena, size_t i,
    struct line *line)
{
	const struct queue_entry *entry = lists->queue != NULL ?
	    queue_list_entry(lists->queue, i) : NULL;
	char iso[32] = "";
	struct tm parts;

	if (entry == NULL)
		return false;
	if (entry->time != 0 && localtime_r(&entry->time, &parts) != NULL)
		strftime(iso, sizeof iso, "%Y-%m-%dT%H:%M:%S", &parts);
	*line = (struct line){
		.index = i, .time = short_time(arena, iso),
		.recipient = entry->recipients < 2 ? entry->recipient :
		    arena_printf(arena, "%s +%zu", entry->recipient,
		    entry->recipients - 1),
		.code = code_text(entry->reply, entry->status),
		.class = !entry->settled ? "" : entry->recipients == 0 ?
		    _("waits for its first try") : class_text(entry->class_id),
		.detail = entry->reason, .words = entry->reason,
		.queue_id = entry->queue_id
	};
	return true;
}

static bool
contains(const char *text, const char *word, size_t len)
{
	for (; text != NULL && *text != '\0'; text++)
		if (text_same_n(text, word, len))
			return true;
	return false;
}

/* Does every word of the filter stand somewhere in it? */
static bool
matches(const struct line *line, const char *filter)
{
	while (*filter != '\0') {
		size_t len = strcspn(filter, " ");

		if (len != 0 && !contains(line->recipient, filter, len) &&
		    !contains(line->code, filter, len) &&
		    !contains(line->class, filter, len) &&
		    !contains(line->detail, filter, len) &&
		    !contains(line->time, filter, len) &&
		    !contains(line->queue_id, filter, len))
			return false;
		filter += len + (filter[len] == ' ');
	}
	return true;
}

/* The first row from *I on that is shown; *I moves behind it. */
static bool
next_line(const struct app *app, struct arena *arena, size_t *i,
    struct line *line)
{
	const struct lists *lists = app->lists;

	while (is_queue(app) ? queue_line(lists, arena, *i, line) :
	    log_line(lists, arena, *i, line)) {
		++*i;
		if (matches(line, lists->filter.text))
			return true;
	}
	return false;
}

/* ---- what is shown while there is no list */

static const char *
megabytes(struct arena *arena, unsigned long long octets)
{
	return arena_printf(arena, "%llu.%llu MB", octets / 1000000,
	    octets % 1000000 / 100000);
}

static void
draw_progress(struct page *page, const struct log_reading *reading,
    const char *what)
{
	const struct maillog_progress *p = &reading->progress;
	unsigned long long ms = (unsigned long long)(app_now() -
	    reading->began) + 1;
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
	page_text(page, 0, LOOK_PLAIN, _("Esc stops."));
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

static const char *
log_name(const struct lists *lists)
{
	const char *name = lists->log_reading.name;

	if (name == NULL)
		return "";
	return strcmp(name, "journalctl") == 0 ? _("the journal") : name;
}

/* Why there is no list of the log; NULL: there is one. */
static const char *
no_log(const struct lists *lists, struct arena *arena)
{
	const char *name = log_name(lists);

	switch (lists->log_end) {
	case LOG_STREAM_OPEN:
		break;
	case LOG_STREAM_NONE:
		return lists->own_log != NULL ? arena_printf(arena,
		    _("There is no %s (from WHYBOUNCE_LOG)."), name) :
		    _("No mail log was found on this server.");
	case LOG_STREAM_DENIED:
		return arena_printf(arena,
		    _("Reading %s needs root: sudo whybounce"), name);
	case LOG_STREAM_UNUSABLE:
		return arena_printf(arena, "%s: %s", name,
		    lists->log_err.text);
	}
	if (lists->log == NULL || log_list_count(lists->log) != 0)
		return NULL;
	if (lists->log_err.len != 0)
		return arena_printf(arena, "%s: %s", name,
		    lists->log_err.text);
	if (log_list_is_mail(lists->log))
		return arena_printf(arena, _("Nothing was refused or delayed "
		    "in %s: all mail was delivered."), name);
	return geteuid() == 0 ? arena_printf(arena, _("No line about mail "
	    "stands in %s."), name) : arena_printf(arena, _("No line about "
	    "mail in %s may be read. It may need root: sudo whybounce"),
	    name);
}

/* Why there is no list of the queue; NULL: there is one. */
static const char *
no_queue(const struct lists *lists, struct arena *arena)
{
	if (lists->queue_missing)
		return _("No Postfix was found on this server: there is no "
		    "postqueue command.");
	if (lists->queue == NULL)
		return lists->queue_end == MAILQUEUE_TIMEOUT ?
		    _("The reading was ended before postqueue was done. "
		    "r tries again.") : arena_printf(arena,
		    _("postqueue could not list the queue: %s"),
		    lists->queue_err.text);
	return queue_list_messages(lists->queue) == 0 ?
	    _("The mail queue is empty: no message is waiting.") : NULL;
}

/* True: there is no list to draw, and why was said. */
static bool
draw_absent(const struct app *app, struct page *page)
{
	const struct lists *lists = app->lists;
	bool queue = is_queue(app);
	const char *why;

	if (lists_searching(lists) &&
	    app_now() - lists->search.began >= SHOW_AFTER_MS) {
		draw_progress(page, &lists->search, arena_printf(page->arena,
		    _("Looking in %s for all lines of %s ..."),
		    lists->search.name, text_safe(page->arena,
		    lists->queue_id.text)));
		return true;
	}
	if (!queue && lists->log_state == LIST_READING) {
		draw_progress(page, &lists->log_reading,
		    arena_printf(page->arena, _("Reading %s ..."),
		    log_name(lists)));
		return true;
	}
	if (queue && lists->queue_state == LIST_READING) {
		page_gap(page);
		page_text(page, 0, LOOK_STRONG, _("Asking postqueue ..."));
		page_gap(page);
		page_text(page, 0, LOOK_PLAIN, _("Esc stops."));
		return true;
	}
	why = queue ? no_queue(lists, page->arena) :
	    no_log(lists, page->arena);
	if (why != NULL)
		draw_instead(page, why);
	return why != NULL;
}

/* ---- the list */

/* What the list lacks, or NULL. */
static const char *
incomplete(const struct app *app, struct arena *arena)
{
	const struct lists *lists = app->lists;
	const struct maillog_progress *p = &lists->log_reading.progress;

	if (is_queue(app)) {
		if (lists->queue_end == MAILQUEUE_CUT)
			return _("postqueue was ended: the queue is too long "
			    "to be shown whole.");
		if (lists->queue_end == MAILQUEUE_TIMEOUT)
			return _("postqueue was ended: it took too long.");
		return queue_list_messages(lists->queue) ==
		    queue_list_count(lists->queue) ? NULL : arena_printf(arena,
		    _("The newest %d of %zu messages."), QUEUE_LIST_MAX,
		    queue_list_messages(lists->queue));
	}
	if (lists->log_stopped)
		return p->size == 0 ? _("Stopped: what was logged later is "
		    "not in the list. r reads again.") : arena_printf(arena,
		    _("Stopped after %llu %% of the log: what was logged later "
		    "is not in the list. r reads again."),
		    p->read * 100 / p->size);
	if (lists->log_err.len != 0)
		return lists->log_err.text;
	return log_list_older(lists->log) == 0 ? NULL : arena_printf(arena,
	    _("The newest %d; %llu older ones are left out."), LOG_LIST_MAX,
	    log_list_older(lists->log));
}

static void
draw_row(struct page *page, const struct line *line)
{
	int left = page->columns - 3 - 13 - 8;
	int wide = page->columns < 60 ? 0 : left / 2 > 40 ? 40 :
	    left / 2 - 2;
	const struct page_column columns[] = {
		{ .width = 13, .text = line->time },
		{ .width = wide != 0 ? wide : left, .text = line->recipient },
		{ .width = wide != 0 ? 8 : 0, .text = line->code },
		{ .width = 0, .text = line->class }
	};

	page_item(page, TAG_NONE, columns, wide != 0 ? 4 : 3);
}

static void
draw_foot(struct page *page, const struct line *line)
{
	const char *words = line->words != NULL ?
	    text_safe(page->arena, line->words) : "";
	const char *what = arena_printf(page->arena, "%s  %s",
	    text_safe(page->arena, line->recipient), line->class);

	page_begin_foot(page);
	page_gap(page);
	/* below the list there is one row for each */
	if (page->split == 0) {
		what = cells_cut(page->arena, what, page->width);
		words = cells_cut(page->arena, words, page->width);
	}
	page_text(page, 0, LOOK_STRONG, what);
	page_text(page, 0, LOOK_PLAIN, words);
}

static void
draw_list(struct app *app, struct page *page)
{
	struct line line, chosen = { .time = NULL };
	const char *note = incomplete(app, page->arena);
	size_t i = 0;

	page_text(page, 0, LOOK_DIM, note);
	page_gap(page);
	page_end_head(page);
	page_begin_list(page);
	while (next_line(app, page->arena, &i, &line)) {
		if (page->n_items == app_place(app)->selected)
			chosen = line;
		draw_row(page, &line);
	}
	if (page->n_items == 0)
		page_text(page, 0, LOOK_PLAIN,
		    _("No line has these words in it."));
	else if (chosen.time != NULL)
		draw_foot(page, &chosen);
}

static void
draw_filter(struct app *app, struct page *page)
{
	const struct str *filter = &app->lists->filter;
	const char *label = _("Filter");

	if (filter->len == 0 && app_screen(app) != &screen_filter)
		return;
	if (app_screen(app) == &screen_filter)
		page_prompt(page, label, filter->text);
	else
		page_field(page, 0, cells(label) + 2, label, filter->text);
}

void
list_draw(struct app *app, struct page *page)
{
	struct arena *arena = page->arena;

	page_heading(page, is_queue(app) ? _("Mail queue") :
	    app->lists->log_reading.name == NULL ?
	    _("This server's mail log") : arena_printf(arena,
	    _("Refused or delayed in %s"), log_name(app->lists)),
	    _("newest first"));
	draw_filter(app, page);
	if (!draw_absent(app, page))
		draw_list(app, page);
}

/* ---- keys */

static void
enter(struct app *app)
{
	str_clear(&app->lists->filter);
	if (is_queue(app))
		lists_read_queue(app);
	else
		lists_read_log(app, false);
}

/* The selected row's place in its list; SIZE_MAX: there is none. */
static size_t
selected(const struct app *app, int item)
{
	struct arena *arena = arena_new();
	struct line line;
	size_t i = 0, index = SIZE_MAX;

	while (index == SIZE_MAX && next_line(app, arena, &i, &line))
		if (item-- == 0)
			index = line.index;
	arena_free(&arena);
	return index;
}

static bool
has_list(const struct app *app)
{
	const struct lists *lists = app->lists;

	if (lists_searching(lists))
		return false;
	return is_queue(app) ? lists->queue != NULL &&
	    queue_list_count(lists->queue) != 0 : lists->log != NULL &&
	    lists->log_state != LIST_READING &&
	    log_list_count(lists->log) != 0;
}

static void
open_file(struct app *app)
{
	app->asking = ASK_FILE;
	app_go(app, &screen_ask);
}

static void
take(struct app *app)
{
	size_t i;

	if (!has_list(app)) {
		/* the only item is "Open a file instead" */
		if (app->n_items == 1)
			open_file(app);
		return;
	}
	i = selected(app, app_place(app)->selected);
	if (i == SIZE_MAX)
		return;
	if (is_queue(app))
		lists_take_queue(app, i);
	else
		lists_take_log(app, i);
}

static void
again(struct app *app)
{
	if (lists_searching(app->lists))
		return;
	if (is_queue(app))
		lists_read_queue(app);
	else
		lists_read_log(app, true);
}

/* Esc ends what goes on, then takes the filter away, then goes back. */
static bool
back(struct app *app, const struct key *key)
{
	if (key->code == KEY_ESCAPE && lists_stop(app))
		return true;
	/* what nobody looks at any more need not go on */
	if (lists_searching(app->lists))
		lists_stop(app);
	if (key->code != KEY_ESCAPE || app->lists->filter.len == 0)
		return false;
	str_clear(&app->lists->filter);
	app_place(app)->selected = 0;
	app_place(app)->follow = FOLLOW_JUMP;
	app->dirty = true;
	return true;
}

static bool
act(struct app *app, enum action action, const struct key *key)
{
	switch (action) {
	case ACTION_OPEN:
		take(app);
		return true;
	case ACTION_FILTER:
		if (has_list(app))
			app_go(app, &screen_filter);
		return true;
	case ACTION_AGAIN:
		again(app);
		return true;
	case ACTION_OPEN_FILE:
		open_file(app);
		return true;
	case ACTION_BACK:
		return back(app, key);
	default:
		return false;
	}
}

static bool
busy(const struct app *app)
{
	return lists_busy(app->lists);
}

#define LIST_KEYS { \
	{ ACTION_OPEN, N_("What it says") }, \
	{ ACTION_DOWN, N_("Select") }, \
	{ ACTION_FILTER, N_("Filter") }, \
	{ ACTION_AGAIN, N_("Read again") }, \
	{ ACTION_BACK, N_("Back") }, \
	{ ACTION_OPEN_FILE, NULL }, \
	{ ACTION_DIGIT, NULL }, \
	{ ACTION_QUIT, N_("Quit") } \
}

const struct screen screen_log = {
	.name = "log",
	.title = N_("This server's mail log"),
	.stage = 1,
	.keys = LIST_KEYS,
	.enter = enter,
	.draw = list_draw,
	.busy = busy,
	.act = act
};

const struct screen screen_queue = {
	.name = "queue",
	.title = N_("Mail queue"),
	.stage = 1,
	.keys = LIST_KEYS,
	.enter = enter,
	.draw = list_draw,
	.busy = busy,
	.act = act
};
