/* SPDX-License-Identifier: ISC
 * Knows how much of a log is read between two keys, and what is cheap enough
 * to be read unasked. Hides which reading goes on. */
#include "config.h"

#include "tui/lists.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "tui/screen.h"

/* Work this long, then look at the keys. */
#define WORK_MS 8
/* Progress is drawn this often. */
#define SHOW_MS 250
/* A log up to this size is read for the count on the start screen: that takes
 * less time than the user needs to read it. */
#define PEEK_LOG_MAX (16ull << 20)
/* The same for what postqueue says: a long queue is not counted. */
#define PEEK_QUEUE_MAX ((size_t)1 << 20)
#define PEEK_QUEUE_MS 1000
#define QUEUE_MAX ((size_t)16 << 20)
#define QUEUE_MS 30000

struct lists *
lists_new(const struct diagnosis_options *options)
{
	struct lists *lists = mem_alloc(sizeof *lists);
	const char *own_log = getenv("WHYBOUNCE_LOG");
	struct str err;

	memset(lists, 0, sizeof *lists);
	lists->arena = arena_new();
	str_init(&err, 1024);
	/* a fault in them is said when a diagnosis is made */
	lists->rules = rules_load(lists->arena, RULES_DIRECTORY,
	    options->rules_file, &err);
	str_free(&err);
	if (own_log != NULL && *own_log != '\0')
		lists->own_log = own_log;
	/* what a recording says is not about this server */
	lists->peeked = options->replay_file != NULL;
	str_init(&lists->log_err, 1024);
	str_init(&lists->queue_err, 1024);
	str_init(&lists->queue_text, 65536);
	str_init(&lists->line, LOG_LIST_LINE_MAX);
	str_init(&lists->recipient, 1024);
	str_init(&lists->queue_id, 64);
	str_init(&lists->filter, 128);
	return lists;
}

void
lists_free(struct lists **lists)
{
	struct lists *l = *lists;

	if (l == NULL)
		return;
	log_stream_close(&l->log_reading.stream);
	log_stream_close(&l->search.stream);
	log_list_free(&l->log);
	log_lines_free(&l->lines);
	mailqueue_close(&l->queue_run);
	queue_list_free(&l->queue);
	str_free(&l->log_err);
	str_free(&l->queue_err);
	str_free(&l->queue_text);
	str_free(&l->line);
	str_free(&l->recipient);
	str_free(&l->queue_id);
	str_free(&l->filter);
	arena_free(&l->arena);
	free(l);
	*lists = NULL;
}

/* ---- the log */

static enum log_stream_end
begin_reading(struct lists *lists, struct log_reading *reading,
    const char *const *journals, struct str *err)
{
	log_stream_close(&reading->stream);
	*reading = (struct log_reading){ .began = app_now() };
	return log_stream_open(&reading->stream, lists->own_log,
	    maillog_host_files, journals, &reading->name, err);
}

static void
end_reading(struct log_reading *reading)
{
	reading->took = app_now() - reading->began;
	log_stream_close(&reading->stream);
}

/* Is the log as it was when it was read? */
static bool
unchanged(const struct lists *lists)
{
	struct stat status;

	return lists->log_state != LIST_NONE && !lists->log_stopped &&
	    lists->log_reading.name != NULL &&
	    stat(lists->log_reading.name, &status) == 0 &&
	    status.st_mtime == lists->log_time &&
	    (unsigned long long)status.st_size ==
	    lists->log_reading.progress.size;
}

static void
open_log(struct lists *lists, const char *const *journals)
{
	str_clear(&lists->log_err);
	log_list_free(&lists->log);
	lists->log_stopped = lists->log_peeking = false;
	lists->log_state = LIST_NONE;
	lists->log_end = begin_reading(lists, &lists->log_reading,
	    journals, &lists->log_err);
	if (lists->log_end != LOG_STREAM_OPEN)
		return;
	lists->log = log_list_new(lists->rules);
	lists->log_time = log_stream_time(lists->log_reading.stream);
	lists->log_state = LIST_READING;
}

void
lists_read_log(struct app *app, bool again)
{
	struct lists *lists = app->lists;

	app->dirty = true;
	lists->log_peeking = false;
	if (again || (lists->log_reading.stream == NULL && !unchanged(lists)))
		open_log(lists, maillog_journals);
}

static void
log_ended(struct lists *lists)
{
	end_reading(&lists->log_reading);
	lists->log_state = LIST_SETTLING;
}

/* Read a block of the log. False: nothing more is there just now. */
static bool
read_log(struct lists *lists)
{
	struct log_reading *reading = &lists->log_reading;
	const char *text;
	size_t len;
	enum maillog_state state = log_stream_next(reading->stream, &text,
	    &len, &lists->log_err);

	reading->progress = log_stream_progress(reading->stream);
	if (lists->log_peeking && reading->progress.text > PEEK_LOG_MAX) {
		/* it was a compressed one */
		end_reading(reading);
		log_list_free(&lists->log);
		lists->log_state = LIST_NONE;
		return false;
	}
	if (state != MAILLOG_LINES) {
		log_ended(lists);
		return true;
	}
	log_list_add(lists->log, lists->log_time, text, len);
	return len != 0 || log_stream_descriptor(reading->stream) < 0;
}

/* ---- the queue */

static void
run_queue(struct app *app, int timeout_ms, size_t max)
{
	struct lists *lists = app->lists;
	const char *program = mailqueue_find(lists->arena);

	mailqueue_close(&lists->queue_run);
	queue_list_free(&lists->queue);
	str_clear(&lists->queue_err);
	lists->queue_state = LIST_NONE;
	lists->queue_missing = program == NULL;
	if (program == NULL)
		return;
	lists->queue_run = mailqueue_start(program,
	    app->options->diagnosis->postfix_directory, timeout_ms, max);
	lists->queue_state = LIST_READING;
}

void
lists_read_queue(struct app *app)
{
	app->dirty = true;
	app->lists->queue_peeking = false;
	run_queue(app, QUEUE_MS, QUEUE_MAX);
}

static void
read_queue(struct lists *lists)
{
	const struct str *text;

	lists->queue_end = mailqueue_io(lists->queue_run);
	if (lists->queue_end == MAILQUEUE_RUNNING)
		return;
	text = mailqueue_text(lists->queue_run);
	str_adds(&lists->queue_err, mailqueue_why(lists->queue_run));
	lists->queue_state = LIST_NONE;
	if (lists->queue_end != MAILQUEUE_FAILED &&
	    (lists->queue_end == MAILQUEUE_DONE || !lists->queue_peeking)) {
		lists->queue = queue_list_new(lists->rules, text->text,
		    text->len);
		lists->queue_state = LIST_SETTLING;
	}
	mailqueue_close(&lists->queue_run);
}

/* ---- on the start screen */

static bool
has_journal(void)
{
	for (size_t i = 0; maillog_journals[i] != NULL; i++)
		if (access(maillog_journals[i], X_OK) == 0)
			return true;
	return false;
}

static void
peek_log(struct lists *lists)
{
	static const char *const no_journals[] = { NULL };

	open_log(lists, no_journals);
	lists->log_peeking = true;
	/* how long the journal takes nobody knows */
	if (lists->log_end == LOG_STREAM_NONE && lists->own_log == NULL &&
	    has_journal())
		lists->log_end = LOG_STREAM_OPEN;
	if (lists->log_state != LIST_READING ||
	    log_stream_progress(lists->log_reading.stream).size <=
	    PEEK_LOG_MAX)
		return;
	end_reading(&lists->log_reading);
	log_list_free(&lists->log);
	lists->log_state = LIST_NONE;
}

void
lists_peek(struct app *app)
{
	struct lists *lists = app->lists;

	if (lists->peeked)
		return;
	lists->peeked = true;
	app->dirty = true;
	peek_log(lists);
	lists->queue_peeking = true;
	run_queue(app, PEEK_QUEUE_MS, PEEK_QUEUE_MAX);
}

/* ---- one message */

static void
set(struct str *s, const char *text)
{
	str_clear(s);
	if (text != NULL)
		str_adds(s, text);
}

/* Look at the one that was chosen among all refusals of its message. */
static void
choose(struct app *app)
{
	const struct bounces *bounces = diagnosis_bounces(app->diagnosis);
	const struct lists *lists = app->lists;

	for (size_t i = bounces->n; i-- > 0;)
		if (bounces->list[i].recipient != NULL &&
		    text_same(bounces->list[i].recipient,
		    lists->recipient.text)) {
			diagnosis_choose(app->diagnosis, i);
			return;
		}
}

/* Everything that is known of the message becomes the bounce. */
static void
show_message(struct app *app)
{
	struct lists *lists = app->lists;
	struct str text;
	const char *name = lists->search.name;
	size_t len = 0;

	str_init(&text, LOG_LINES_MAX + 65536 + LOG_LIST_LINE_MAX);
	if (lists->lines != NULL)
		str_adds(&text, log_lines_text(lists->lines, &len));
	/* the log was rotated meanwhile */
	if (len == 0 && lists->line.len != 0)
		str_addf(&text, "%s\n", lists->line.text);
	str_add(&text, lists->queue_text.text, lists->queue_text.len);
	log_lines_free(&lists->lines);
	*app_place(app) = lists->place;
	if (session_text(app, name != NULL ? name : "-", text.text,
	    text.len)) {
		choose(app);
		app_go(app, &screen_verdict);
	}
	str_free(&text);
	app->dirty = true;
}

static void
search(struct app *app, uint64_t line_hash)
{
	struct lists *lists = app->lists;
	struct str err;

	app->dirty = true;
	lists->place = *app_place(app);
	log_lines_free(&lists->lines);
	str_init(&err, 1024);
	if (begin_reading(lists, &lists->search, maillog_journals, &err) ==
	    LOG_STREAM_OPEN)
		lists->lines = log_lines_new(lists->queue_id.text, line_hash);
	else
		show_message(app);
	str_free(&err);
}

void
lists_take_log(struct app *app, size_t i)
{
	struct lists *lists = app->lists;
	const struct log_entry *entry = log_list_entry(lists->log, i);

	if (entry == NULL)
		return;
	set(&lists->queue_text, NULL);
	set(&lists->line, entry->line);
	set(&lists->recipient, entry->recipient);
	set(&lists->queue_id, entry->queue_id);
	search(app, entry->line_hash);
}

void
lists_take_queue(struct app *app, size_t i)
{
	struct lists *lists = app->lists;
	const struct queue_entry *entry = queue_list_entry(lists->queue, i);

	if (entry == NULL)
		return;
	if (entry->recipients == 0) {
		app_say(app, _("It was not refused: it waits for its first "
		    "try."));
		return;
	}
	set(&lists->queue_text, NULL);
	str_add(&lists->queue_text, entry->text, entry->len);
	str_addc(&lists->queue_text, '\n');
	set(&lists->line, NULL);
	set(&lists->recipient, entry->recipient);
	set(&lists->queue_id, entry->queue_id);
	search(app, 0);
}

/* False: nothing more is there just now. */
static bool
read_search(struct app *app)
{
	struct lists *lists = app->lists;
	struct log_reading *reading = &lists->search;
	enum maillog_state state;
	const char *text;
	struct str err;
	size_t len;
	bool more, done;

	str_init(&err, 1024);
	state = log_stream_next(reading->stream, &text, &len, &err);
	str_free(&err);
	reading->progress = log_stream_progress(reading->stream);
	done = log_lines_add(lists->lines, text, len) ||
	    state != MAILLOG_LINES;
	more = len != 0 || log_stream_descriptor(reading->stream) < 0;
	if (done) {
		end_reading(reading);
		show_message(app);
	}
	return more && !done;
}

/* ---- the loop */

static bool
is_shown(const struct app *app)
{
	const struct screen *screen = app_screen(app);

	return screen == &screen_log || screen == &screen_queue ||
	    screen == &screen_filter;
}

bool
lists_searching(const struct lists *lists)
{
	return lists->search.stream != NULL;
}

bool
lists_busy(const struct lists *lists)
{
	return lists->log_state == LIST_READING ||
	    lists->log_state == LIST_SETTLING ||
	    lists->queue_state == LIST_READING ||
	    lists->queue_state == LIST_SETTLING || lists_searching(lists);
}

bool
lists_stop(struct app *app)
{
	struct lists *lists = app->lists;

	app->dirty = true;
	if (lists_searching(lists)) {
		end_reading(&lists->search);
		log_lines_free(&lists->lines);
		if (is_shown(app))
			*app_place(app) = lists->place;
		return true;
	}
	if (app_screen(app) == &screen_queue && lists->queue_run != NULL) {
		mailqueue_close(&lists->queue_run);
		lists->queue_state = LIST_NONE;
		lists->queue_end = MAILQUEUE_TIMEOUT;
		return true;
	}
	if (app_screen(app) == &screen_queue ||
	    lists->log_state != LIST_READING)
		return false;
	lists->log_stopped = true;
	log_ended(lists);
	return true;
}

static size_t
poll_reading(const struct log_reading *reading, struct pollfd *fds,
    int *timeout)
{
	int fd;

	if (reading->stream == NULL)
		return 0;
	fd = log_stream_descriptor(reading->stream);
	if (fd < 0) {
		*timeout = 0;
		return 0;
	}
	fds[0] = (struct pollfd){ .fd = fd, .events = POLLIN };
	return 1;
}

size_t
lists_poll(const struct lists *lists, struct pollfd *fds, int *timeout)
{
	size_t n = poll_reading(&lists->log_reading, fds, timeout);

	n += poll_reading(&lists->search, fds + n, timeout);
	if (lists->queue_run != NULL)
		n += mailqueue_poll(lists->queue_run, fds + n, timeout);
	if (lists->log_state == LIST_SETTLING ||
	    lists->queue_state == LIST_SETTLING)
		*timeout = 0;
	return n;
}

/* One piece of work. False: there is none, or it must be waited for. */
static bool
work(struct app *app)
{
	struct lists *lists = app->lists;

	if (lists_searching(lists))
		return read_search(app);
	if (lists->log_state == LIST_READING)
		return read_log(lists);
	if (lists->log_state == LIST_SETTLING) {
		if (log_list_settle(lists->log)) {
			lists->log_state = LIST_READY;
			app->dirty = true;
		}
		return true;
	}
	if (lists->queue_state == LIST_SETTLING) {
		if (queue_list_settle(lists->queue)) {
			lists->queue_state = LIST_READY;
			app->dirty = true;
		}
		return true;
	}
	return false;
}

void
lists_io(struct app *app)
{
	struct lists *lists = app->lists;
	int64_t now = app_now(), end = now + WORK_MS;

	if (!lists_busy(lists))
		return;
	/* the user has gone elsewhere, with a paste for example */
	if (lists_searching(lists) && !is_shown(app))
		lists_stop(app);
	if (lists->queue_state == LIST_READING) {
		read_queue(lists);
		if (lists->queue_state != LIST_READING)
			app->dirty = true;
	}
	while (work(app) && now < end)
		now = app_now();
	if (now - lists->shown >= SHOW_MS && is_shown(app)) {
		lists->shown = now;
		app->dirty = true;
	}
}
