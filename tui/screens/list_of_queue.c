/* SPDX-License-Identifier: ISC
 * The mail queue as a list: what its rows say, and what is said when there are
 * none. */
#include "config.h"

#include <time.h>

#include "engine/base/i18n.h"
#include "tui/screens/list.h"

static bool
queue_row(const struct app *app, struct arena *arena, size_t i,
    struct list_row *row)
{
	const struct queue_model *queue = &app->lists->queue;
	const struct queue_entry *entry = queue->list != NULL ?
	    queue_list_entry(queue->list, i) : NULL;
	char iso[32] = "";
	struct tm parts;

	if (entry == NULL)
		return false;
	if (entry->time != 0 && localtime_r(&entry->time, &parts) != NULL)
		strftime(iso, sizeof iso, "%Y-%m-%dT%H:%M:%S", &parts);
	*row = (struct list_row){
		.time = list_time(arena, iso),
		.recipient = entry->recipients < 2 ? entry->recipient :
		    arena_printf(arena, "%s +%zu", entry->recipient,
		    entry->recipients - 1),
		.code = list_code(entry->reply, entry->status),
		.class = !entry->settled ? "" : entry->recipients == 0 ?
		    _("waits for its first try") : list_class(entry->class_id),
		.detail = entry->reason, .words = entry->reason,
		.queue_id = entry->queue_id
	};
	return true;
}

static const char *
heading(const struct app *app, struct arena *arena, bool narrow)
{
	(void)app;
	(void)arena;
	(void)narrow;
	return _("Mail queue");
}

static bool
draw_reading(const struct app *app, struct page *page)
{
	if (app->lists->queue.state != LIST_READING)
		return false;
	page_gap(page);
	page_text(page, 0, LOOK_STRONG, _("Asking postqueue ..."));
	page_gap(page);
	page_text(page, 0, LOOK_PLAIN, _("Esc stops."));
	return true;
}

static const char *
absent(const struct app *app, struct arena *arena)
{
	const struct queue_model *queue = &app->lists->queue;

	if (queue->missing)
		return _("No Postfix was found on this server: there is no "
		    "postqueue command.");
	if (queue->list == NULL)
		return queue->end == MAILQUEUE_TIMEOUT ?
		    _("The reading was ended before postqueue was done. "
		    "r tries again.") : arena_printf(arena,
		    _("postqueue could not list the queue: %s"),
		    queue->err.text);
	return queue_list_messages(queue->list) == 0 ?
	    _("The mail queue is empty: no message is waiting.") : NULL;
}

static const char *
incomplete(const struct app *app, struct arena *arena)
{
	const struct queue_model *queue = &app->lists->queue;
	size_t n = queue_list_messages(queue->list);

	if (queue->end == MAILQUEUE_CUT)
		return _("postqueue was ended: the queue is too long to be "
		    "shown whole.");
	if (queue->end == MAILQUEUE_TIMEOUT)
		return _("postqueue was ended: it took too long.");
	return n == queue_list_count(queue->list) ? NULL : arena_printf(arena,
	    _("The newest %d of %zu messages."), QUEUE_LIST_MAX, n);
}

static void
read_queue(struct app *app, bool again)
{
	(void)again;    /* it changes all the time */
	queue_model_read(&app->lists->queue);
}

const struct list_kind list_of_queue = {
	.heading = heading,
	.row = queue_row,
	.draw_reading = draw_reading,
	.absent = absent,
	.incomplete = incomplete,
	.read = read_queue,
	.take = taking_queue
};
