/* SPDX-License-Identifier: ISC
 * A log as a list: what its rows say, and what is said when there are none. */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "engine/base/i18n.h"
#include "tui/screens/list.h"

/* What a log line ends with: "status=bounced (host … said: …)". */
static const char *
status_text(const char *line)
{
	const char *status = strstr(line, "status=");

	return status != NULL ? status : line;
}

static bool
log_row(const struct app *app, struct arena *arena, size_t i,
    struct list_row *row)
{
	const struct log_model *log = list_log(app);
	const struct log_entry *entry = log->list != NULL &&
	    log->state != LIST_READING ? log_list_entry(log->list, i) : NULL;
	const char *class;

	if (entry == NULL)
		return false;
	class = list_class(entry->class_id);
	*row = (struct list_row){
		.time = list_time(arena, entry->time.text),
		.recipient = entry->recipient,
		.code = list_code(entry->reply, entry->status),
		.class = entry->outcome == OUTCOME_EXPIRED ?
		    arena_printf(arena, _("given up: %s"), class) : class,
		.detail = entry->line, .words = status_text(entry->line),
		.queue_id = entry->queue_id
	};
	return true;
}

static const char *
log_name(const struct log_model *log)
{
	const char *name = log->progress.name;

	if (name == NULL)
		return "";
	return strcmp(name, "journalctl") == 0 ? _("the journal") : name;
}

static const char *
heading(const struct app *app, struct arena *arena, bool narrow)
{
	const struct log_model *log = list_log(app);
	const char *name = log_name(log), *slash = strrchr(name, '/');

	if (log->progress.name == NULL)
		return _("This server's mail log");
	if (narrow)
		return slash != NULL ? slash + 1 : name;
	return arena_printf(arena, _("Refused or delayed in %s"), name);
}

static bool
draw_reading(const struct app *app, struct page *page)
{
	const struct log_model *log = list_log(app);

	if (log->state != LIST_READING)
		return false;
	list_draw_progress(page, &log->progress, arena_printf(page->arena,
	    _("Reading %s ..."), log_name(log)), _("Esc stops."));
	return true;
}

/* Why it could not be opened. */
static const char *
not_opened(const struct app *app, struct arena *arena)
{
	const struct log_model *log = list_log(app);
	const char *name = log_name(log);

	switch (log->end) {
	case LOG_STREAM_OPEN:
		break;
	case LOG_STREAM_NONE:
		return log->file == NULL ?
		    _("No mail log was found on this server.") :
		    log != &app->lists->log ? arena_printf(arena,
		    _("There is no %s."), name) : arena_printf(arena,
		    _("There is no %s (from WHYBOUNCE_LOG)."), name);
	case LOG_STREAM_DENIED:
		return arena_printf(arena,
		    _("Reading %s needs root: sudo whybounce"), name);
	case LOG_STREAM_UNUSABLE:
		return arena_printf(arena, "%s: %s", name, log->err.text);
	}
	return NULL;
}

static const char *
absent(const struct app *app, struct arena *arena)
{
	const struct log_model *log = list_log(app);
	const char *name = log_name(log), *why = not_opened(app, arena);

	if (why != NULL || log->list == NULL ||
	    log_list_count(log->list) != 0)
		return why;
	if (log->err.len != 0)
		return arena_printf(arena, "%s: %s", name, log->err.text);
	if (log_list_is_mail(log->list))
		return arena_printf(arena, _("Nothing was refused or delayed "
		    "in %s: all mail was delivered."), name);
	return geteuid() == 0 || log != &app->lists->log ?
	    arena_printf(arena, _("No line about mail stands in %s."), name) :
	    arena_printf(arena, _("No line about mail in %s may be read. It "
	    "may need root: sudo whybounce"), name);
}

static const char *
incomplete(const struct app *app, struct arena *arena)
{
	const struct log_model *log = list_log(app);
	const struct maillog_progress *p = &log->progress.octets;

	if (log->stopped)
		return p->size == 0 ? _("Stopped: what was logged later is "
		    "not in the list. r reads again.") : arena_printf(arena,
		    _("Stopped after %llu %% of the log: what was logged later "
		    "is not in the list. r reads again."),
		    p->read * 100 / p->size);
	if (log->err.len != 0)
		return arena_printf(arena, "%s: %s", log_name(log),
		    log->err.text);
	return log_list_older(log->list) == 0 ? NULL : arena_printf(arena,
	    _("The newest %d; %llu older ones are left out."), LOG_LIST_MAX,
	    log_list_older(log->list));
}

static void
read_log(struct app *app, bool again)
{
	log_model_read(list_log(app), again);
}

static void
take(struct app *app, size_t i)
{
	taking_log(app, list_log(app), i);
}

const struct list_kind list_of_log = {
	.heading = heading,
	.row = log_row,
	.draw_reading = draw_reading,
	.absent = absent,
	.incomplete = incomplete,
	.read = read_log,
	.take = take
};
