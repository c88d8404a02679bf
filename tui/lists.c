/* SPDX-License-Identifier: ISC
 * Knows which of the lists is shown and for how long one may work between two
 * keys. Hides their turns. */
#include "config.h"

#include "tui/lists.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/clock.h"
#include "tui/screen.h"

/* Work this long, then look at the keys. */
#define WORK_MS 8
/* Progress is drawn this often. */
#define SHOW_MS 250

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
	log_model_init(&lists->log, lists->rules, lists->own_log);
	log_model_init(&lists->opened, lists->rules, NULL);
	queue_model_init(&lists->queue, lists->rules,
	    options->postfix_directory);
	taking_init(&lists->taking);
	str_init(&lists->filter, 128);
	return lists;
}

void
lists_free(struct lists **lists)
{
	struct lists *l = *lists;

	if (l == NULL)
		return;
	log_model_clear(&l->log);
	log_model_clear(&l->opened);
	queue_model_clear(&l->queue);
	taking_clear(&l->taking);
	str_free(&l->filter);
	free(l->opened_name);
	arena_free(&l->arena);
	free(l);
	*lists = NULL;
}

void
lists_peek(struct app *app)
{
	struct lists *lists = app->lists;

	if (lists->peeked)
		return;
	lists->peeked = true;
	app->dirty = true;
	log_model_peek(&lists->log);
	queue_model_peek(&lists->queue);
}

void
lists_open(struct app *app, const char *file)
{
	struct lists *lists = app->lists;
	char *name = mem_strdup(file);

	log_model_clear(&lists->opened);
	free(lists->opened_name);
	lists->opened_name = name;
	log_model_init(&lists->opened, lists->rules, name);
}

static bool
is_shown(const struct app *app)
{
	const struct screen *screen = app_screen(app);

	return screen == &screen_log || screen == &screen_logfile ||
	    screen == &screen_queue || screen == &screen_filter;
}

bool
lists_busy(const struct lists *lists)
{
	return log_model_busy(&lists->log) ||
	    log_model_busy(&lists->opened) ||
	    queue_model_busy(&lists->queue) || taking_goes_on(lists);
}

bool
lists_stop(struct app *app)
{
	struct lists *lists = app->lists;
	const struct screen *screen = app_screen(app);

	app->dirty = true;
	if (taking_goes_on(lists)) {
		taking_stop(app);
		return true;
	}
	return screen == &screen_queue ? queue_model_stop(&lists->queue) :
	    log_model_stop(screen == &screen_logfile ? &lists->opened :
	    &lists->log);
}

size_t
lists_poll(const struct lists *lists, struct pollfd *fds, int *timeout)
{
	size_t n = taking_poll(&lists->taking, fds, timeout);

	n += log_model_poll(&lists->log, fds + n, timeout);
	n += log_model_poll(&lists->opened, fds + n, timeout);
	return n + queue_model_poll(&lists->queue, fds + n, timeout);
}

/* One piece of work, what the user waits for first. */
static bool
work(struct app *app)
{
	struct lists *lists = app->lists;

	if (taking_goes_on(lists))
		return taking_work(app);
	return log_model_work(&lists->opened, &app->dirty) ||
	    log_model_work(&lists->log, &app->dirty) ||
	    queue_model_work(&lists->queue, &app->dirty);
}

void
lists_io(struct app *app)
{
	struct lists *lists = app->lists;
	int64_t now = clock_ms(), end = now + WORK_MS;

	if (!lists_busy(lists))
		return;
	/* the user has gone elsewhere, with a paste for example */
	if (taking_goes_on(lists) && !is_shown(app))
		taking_cancel(app);
	while (work(app) && now < end)
		now = clock_ms();
	if (now - lists->shown >= SHOW_MS && is_shown(app)) {
		lists->shown = now;
		app->dirty = true;
	}
}
