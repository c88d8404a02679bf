/* SPDX-License-Identifier: ISC
 * The event loop: one thread, one poll set of keyboard, signals and DNS
 * sockets. Knows which screen is on top, not what is on it. */
#include "config.h"

#include "tui/app.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "tui/front.h"
#include "tui/output.h"
#include "tui/screen.h"
#include "tui/signals.h"

time_t
app_time(const struct app *app)
{
	return app->fixed_time != 0 ? app->fixed_time : time(NULL);
}

static void
handle_signals(struct app *app)
{
	int signo;

	while (app->leaving == LEAVE_NOT) {
		signo = signals_take();
		if (signo == 0)
			break;
		switch (signo) {
		case SIGWINCH:
		case SIGCONT:
			app->sizes++;
			/* fall through */
		case SIGTSTP:
			app->front->signal(app, signo);
			break;
		case SIGHUP:
			app->leaving = LEAVE_GONE;
			break;
		default:
			app->leaving = LEAVE_SIGNAL;
			app->signo = signo;
			break;
		}
	}
}

/* For tests: one line each time there is nothing left to do but wait; with how
 * often keys were read and the size of the window was asked for, so that a mark
 * can be told from one that was made before. */
static void
mark_idle(struct app *app)
{
	if (app->sync_fd < 0 || app->dirty || !app->front->idle(app) ||
	    lists_busy(app->lists) || applying_busy(app) ||
	    app->flushing != NULL || (app->marked && trying_goes_on(app)))
		return;
	app->marked = true;
	dprintf(app->sync_fd, "idle %lu screen=%s pending=%zu reads=%lu "
	    "sizes=%lu\n",
	    ++app->syncs, app->small ? "small" : app_screen(app)->name,
	    session_pending(app) + waits_asking(app) +
	    trying_goes_on(app), app->reads, app->sizes);
}

int
app_sooner(int a, int b)
{
	return a < 0 ? b : b < 0 || a < b ? a : b;
}

static void
look(struct app *app, const struct pollfd *fds, size_t n)
{
	bool looking = session_looking(app);

	/* this system may be read before anything is looked at */
	if (app->diagnosis == NULL)
		return;
	if (diagnosis_io(app->diagnosis, fds, n) || (looking &&
	    (!session_looking(app) || app_screen(app) == &screen_checks)))
		app->dirty = true;
	if (looking)
		session_checked(app);
}

static void
loop(struct app *app)
{
	const struct front *front = app->front;
	struct pollfd fds[2 + DIAGNOSIS_MAX_FDS + WAITS_MAX_FDS +
	    LISTS_MAX_FDS + TESTMAIL_FDS + APPLYING_FDS + FLUSH_FDS];

	while (app->leaving == LEAVE_NOT) {
		size_t waits, n = 0, all;
		int timeout = -1;

		session_sync_steps(app);
		if (app->dirty) {
			front->show(app);
			app->marked = false;
		}
		if (!app->dirty && app_screen(app) == &screen_start)
			lists_peek(app);
		fds[0] = (struct pollfd){ .fd = front->fd(app),
		    .events = POLLIN };
		fds[1] = (struct pollfd){ .fd = signals_fd(),
		    .events = POLLIN };
		if (app->diagnosis != NULL)
			n = diagnosis_poll(app->diagnosis, fds + 2,
			    DIAGNOSIS_MAX_FDS, &timeout);
		waits = waits_poll(app, fds + 2 + n, &timeout);
		all = 2 + n + waits;
		all += lists_poll(app->lists, fds + all, &timeout);
		all += trying_poll(app, fds + all, &timeout);
		all += applying_poll(app, fds + all, &timeout);
		all += flush_poll(app, fds + all, &timeout);
		if (app->sync_fd >= 0 && poll(fds, 2, 0) == 0)
			mark_idle(app);
		if (poll(fds, (nfds_t)all,
		    app_sooner(timeout, front->wait(app))) < 0) {
			if (errno != EINTR)
				break;
			continue;
		}
		if (fds[1].revents != 0)
			handle_signals(app);
		look(app, fds + 2, n);
		waits_io(app, fds + 2 + n, waits);
		app->reads += fds[0].revents != 0;
		if (fds[0].revents != 0 && !front->read(app))
			app->leaving = LEAVE_GONE;
		if (app->leaving == LEAVE_NOT)
			front->take(app);
		if (app->leaving == LEAVE_NOT) {
			lists_io(app);
			trying_io(app);
			applying_io(app);
			flush_io(app);
		}
	}
}

/* One step that is still to be done, with what to copy. */
static void
print_open_step(const struct app *app, struct arena *arena,
    const struct step *step)
{
	output_say("  %zu  %s\n", session_step_number(app, step),
	    text_safe(arena, step->title));
	for (size_t i = 0; i < step->n_changes; i++) {
		struct change *change = &step->changes[i];
		const struct step one = { .changes = change, .n_changes = 1 };
		const char *value = step_value(arena, &one, 0);

		if (value != NULL && change->kind == CHANGE_DNS)
			output_say("     %s %s\n", text_safe(arena,
			    change->name), dns_type_name(change->type));
		for (size_t k = 1; value != NULL; k++) {
			output_say("     %s\n", value);
			value = step_value(arena, &one, k);
		}
	}
}

static bool
is_open(const struct app *app, const struct step *step)
{
	enum step_state state = session_step(app, step);

	return !step_is_optional(step) &&
	    (state == STEP_OPEN || state == STEP_WAITING);
}

/* What is still to be done, where the user finds it after leaving, and how to
 * go on with it. */
static void
farewell(const struct app *app)
{
	struct arena *arena = arena_new();
	const struct plan *plan = session_plan(app);
	bool heading = false;

	if (app->made.len == 0)
		output_say("%s\n", _("whybounce: nothing was changed on this "
		    "server."));
	else
		output_say("%s\n%s", _("whybounce: these changes were made on "
		    "this server; \"whybounce undo ID\" takes one back."),
		    app->made.text);
	for (size_t i = 0; plan != NULL && app->steps_seen && i < plan->n;
	    i++) {
		if (!is_open(app, &plan->steps[i]))
			continue;
		if (!heading)
			output_say("%s\n", _("Open steps:"));
		heading = true;
		print_open_step(app, arena, &plan->steps[i]);
	}
	if (app->is_saved && session_open_steps(app) != 0)
		output_say("%s\n", _("Go on with:  whybounce resume"));
	if (app->save_fault.len != 0)
		output_say(_("Not saved: %s\n"), text_safe(arena,
		    app->save_fault.text));
	arena_free(&arena);
}

void
app_init(struct app *app, struct diagnosis *diagnosis,
    const struct app_options *options)
{
	static const struct screen *const firsts[] = {
		[APP_START] = &screen_start, [APP_VERDICT] = &screen_verdict,
		[APP_LOG] = &screen_logfile, [APP_CHECKS] = &screen_checks
	};
	const char *sync = getenv("WHYBOUNCE_SYNC");
	char host[sizeof app->host];
	struct str clean;

	memset(app, 0, sizeof *app);
	app->options = options;
	app->keyed = true;
	app->diagnosis = diagnosis;
	app->demo = options->diagnosis->demo;
	str_init(&app->message, 4096);
	str_init(&app->told, 4096);
	str_init(&app->paste.text, PASTE_MAX);
	str_init(&app->typed, 4096);
	str_init(&app->save_fault, 4096);
	str_init(&app->checking, 256);
	str_init(&app->made, 64u << 10);
	app->kept = arena_new();
	str_init(&app->search, 512);
	app->lists = lists_new(options->diagnosis);
	trying_init(&app->trying);
	input_init(&app->input);
	str_init(&clean, sizeof app->host - 1);
	if (gethostname(host, sizeof host) == 0) {
		host[sizeof host - 1] = '\0';
		text_clean(&clean, host, strlen(host), false);
	}
	memcpy(app->host, clean.text, clean.len + 1);
	str_free(&clean);
	app->sync_fd = sync == NULL ? -1 : open(sync, O_WRONLY | O_CREAT |
	    O_APPEND | O_CLOEXEC, 0600);
	if (options->first == APP_LOG)
		lists_open(app, options->log_file);
	app_go(app, firsts[options->first]);
	if (options->resume != NULL)
		start_resume(app, options->resume);
}

void
app_clear(struct app *app)
{
	session_close(app);
	apply_end(app);
	run_close(&app->flushing);
	str_free(&app->made);
	arena_free(&app->kept);
	arena_free(&app->cases_arena);
	str_free(&app->save_fault);
	str_free(&app->checking);
	lists_free(&app->lists);
	trying_clear(&app->trying);
	str_free(&app->message);
	str_free(&app->told);
	str_free(&app->paste.text);
	str_free(&app->typed);
	str_free(&app->search);
	if (app->sync_fd >= 0)
		close(app->sync_fd);
}

static int
app_end(struct app *app)
{
	int status = app->started ? diagnosis_exit_status(app->diagnosis) : 0;

	session_sync_steps(app);
	session_save_on_leave(app);
	/* whatever a change has come to, it is whole */
	apply_end(app);
	if (app->leaving == LEAVE_GONE) {
		app->front->stop(true);
		status = 128 + SIGHUP;
	} else {
		app->front->stop(false);
		if (app->leaving == LEAVE_QUIT)
			farewell(app);
		else {
			output_say("%s", app->made.text);
			status = 128 + app->signo;
		}
		if (app->options->leave != NULL && app->diagnosis != NULL)
			app->options->leave(app->diagnosis,
			    app->options->leave_arg);
	}
	app_clear(app);
	return status;
}

/* Full screen, unless line by line was asked for or is all that this terminal
 * can do. NULL: neither; that was said. */
static const struct front *
start_front(const struct app_options *options)
{
	const char *accessible = getenv("ACCESSIBLE");
	const struct front *front = NULL;
	struct str err;

	str_init(&err, 1024);
	if (!options->plain && (accessible == NULL || *accessible == '\0') &&
	    front_screen.start(options, &err))
		front = &front_screen;
	str_clear(&err);
	if (front == NULL && front_plain.start(options, &err))
		front = &front_plain;
	if (front == NULL)
		output_complain("%s", err.text);
	str_free(&err);
	return front;
}

int
app_run(struct diagnosis *diagnosis, const struct app_options *options)
{
	const struct front *front = start_front(options);
	struct app *app;
	int status;

	if (front == NULL)
		return EX_UNAVAILABLE;
	app = mem_alloc(sizeof *app);
	app_init(app, diagnosis, options);
	app->front = front;
	if (options->notice != NULL)
		app_say(app, "%s", options->notice);
	loop(app);
	status = app_end(app);
	free(app);
	return status;
}
