/* SPDX-License-Identifier: ISC
 * Knows what makes a bounce of an entry of a list: its line, its place in the
 * queue, and all that the logs have of it. */
#include "config.h"

#include "tui/lists.h"

#include <string.h>

#include "engine/base/clock.h"
#include "engine/base/i18n.h"
#include "tui/screen.h"

#define QUEUE_TEXT_MAX 65536

void
taking_init(struct taking *taking)
{
	*taking = (struct taking){ .search = NULL };
	str_init(&taking->queue_text, QUEUE_TEXT_MAX);
	str_init(&taking->line, LOG_LIST_LINE_MAX);
	str_init(&taking->recipient, 1024);
	str_init(&taking->queue_id, 64);
}

void
taking_clear(struct taking *taking)
{
	log_search_free(&taking->search);
	str_free(&taking->queue_text);
	str_free(&taking->line);
	str_free(&taking->recipient);
	str_free(&taking->queue_id);
}

bool
taking_goes_on(const struct lists *lists)
{
	return lists->taking.search != NULL;
}

static void
set(struct str *s, const char *text)
{
	str_clear(s);
	if (text != NULL)
		str_adds(s, text);
}

static void
gather(const struct taking *taking, struct str *text)
{
	size_t len;
	const char *found = log_search_text(taking->search, &len);
	const struct str *line = &taking->line;

	str_add(text, found, len);
	/* the log was rotated away meanwhile, or has too many of its lines */
	if (line->len != 0 && memmem(found, len, line->text,
	    line->len) == NULL)
		str_addf(text, "%s\n", line->text);
	str_add(text, taking->queue_text.text, taking->queue_text.len);
}

/* Everything that is known of the message becomes the bounce. */
static void
show(struct app *app)
{
	struct taking *taking = &app->lists->taking;
	const char *name = log_search_name(taking->search);
	bool begun = log_search_begun(taking->search);
	struct str text;

	str_init(&text, LOG_SEARCH_MAX + QUEUE_TEXT_MAX + LOG_LIST_LINE_MAX);
	gather(taking, &text);
	*app_place(app) = taking->place;
	if (session_text(app, name != NULL ? name : "-", text.text,
	    text.len)) {
		/* there may be other refusals of the same message */
		diagnosis_choose(app->diagnosis, bounces_find(
		    diagnosis_bounces(app->diagnosis), taking->recipient.text));
		app_go(app, &screen_verdict);
		if (!begun)
			app_say(app, "%s", _("Its earlier log lines were "
			    "not found."));
	}
	log_search_free(&taking->search);
	str_free(&text);
	app->dirty = true;
}

static void
search(struct app *app, uint64_t line_hash)
{
	struct taking *taking = &app->lists->taking;
	enum log_stream_end end;

	app->dirty = true;
	taking->place = *app_place(app);
	taking->began = clock_ms();
	log_search_free(&taking->search);
	taking->search = log_search_new(taking->queue_id.text, line_hash,
	    taking->log, maillog_host_files, maillog_journals, &end);
	if (end != LOG_STREAM_OPEN)
		show(app);
}

void
taking_log(struct app *app, const struct log_model *log, size_t i)
{
	struct taking *taking = &app->lists->taking;
	const struct log_entry *entry = log_list_entry(log->list, i);

	if (entry == NULL)
		return;
	taking->log = log->file;
	set(&taking->queue_text, NULL);
	set(&taking->line, entry->line);
	set(&taking->recipient, entry->recipient);
	set(&taking->queue_id, entry->queue_id);
	search(app, entry->line_hash);
}

void
taking_queue(struct app *app, size_t i)
{
	struct lists *lists = app->lists;
	struct taking *taking = &lists->taking;
	const struct queue_entry *entry = queue_list_entry(lists->queue.list,
	    i);

	if (entry == NULL)
		return;
	if (entry->recipients == 0) {
		app_say(app, _("It was not refused: it waits for its first "
		    "try."));
		return;
	}
	taking->log = lists->own_log;
	set(&taking->queue_text, NULL);
	str_add(&taking->queue_text, entry->text, entry->len);
	str_addc(&taking->queue_text, '\n');
	set(&taking->line, NULL);
	set(&taking->recipient, entry->recipient);
	set(&taking->queue_id, entry->queue_id);
	search(app, 0);
}

bool
taking_work(struct app *app)
{
	struct log_search *search = app->lists->taking.search;
	unsigned long long before = log_search_progress(search).text;

	if (log_search_step(search)) {
		show(app);
		return false;
	}
	return log_search_descriptor(search) < 0 ||
	    log_search_progress(search).text != before;
}

size_t
taking_poll(const struct taking *taking, struct pollfd *fds, int *timeout)
{
	int fd;

	if (taking->search == NULL)
		return 0;
	fd = log_search_descriptor(taking->search);
	if (fd < 0) {
		*timeout = 0;
		return 0;
	}
	fds[0] = (struct pollfd){ .fd = fd, .events = POLLIN };
	return 1;
}

void
taking_cancel(struct app *app)
{
	log_search_free(&app->lists->taking.search);
	app->dirty = true;
}

void
taking_back(struct app *app)
{
	*app_place(app) = app->lists->taking.place;
	taking_cancel(app);
}

void
taking_stop(struct app *app)
{
	struct log_search *search = app->lists->taking.search;

	if (!log_search_is_older(search)) {
		taking_back(app);
		return;
	}
	log_search_stop(search);
	show(app);
}
