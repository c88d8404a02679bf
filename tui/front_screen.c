/* SPDX-License-Identifier: ISC
 * The full screen: keys and pastes come in, the stage is drawn. */
#include "config.h"

#include "tui/front.h"

#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "engine/base/clock.h"
#include "tui/draw.h"
#include "tui/screen.h"
#include "tui/tty.h"

/* While a paste comes in the screen is drawn this often: each redraw costs a
 * slow line more than the paste does. */
#define RECEIVING_MS 250

static int keys_fd;

static bool
start(const struct app_options *options, struct str *err)
{
	const char *no_colour = getenv("NO_COLOR");

	(void)err;
	if (!tty_start(options->keys_fd))
		return false;
	keys_fd = options->keys_fd > 0 ? options->keys_fd : STDIN_FILENO;
	draw_start(no_colour == NULL || *no_colour == '\0');
	return true;
}

static void
stop(bool gone)
{
	if (gone)
		tty_abandon();
	else
		tty_stop();
}

static void
show(struct app *app)
{
	if (app->paste.receiving && clock_ms() - app->shown_at < RECEIVING_MS)
		return;
	stage_draw(app);
	app->shown_at = clock_ms();
}

static int
fd(const struct app *app)
{
	(void)app;
	return keys_fd;
}

static bool
read_keys(struct app *app)
{
	return input_read(&app->input, keys_fd, clock_ms());
}

static void
take(struct app *app)
{
	struct input_event event;

	while (app->leaving == LEAVE_NOT &&
	    input_next(&app->input, clock_ms(), &event) != INPUT_NONE) {
		switch (event.kind) {
		case INPUT_NONE:
			break;
		case INPUT_KEY:
			stage_key(app, &event.key);
			break;
		case INPUT_PASTE_BEGIN:
			paste_begin(app, app->input.state ==
			    INPUT_BRACKETED);
			break;
		case INPUT_PASTE_DATA:
			paste_add(app, event.data, event.len);
			break;
		case INPUT_PASTE_END:
			paste_end(app);
			break;
		}
	}
}

static int
wait(const struct app *app)
{
	int64_t now = clock_ms();
	int timeout = input_timeout(&app->input, now);

	if (app->dirty) {	/* only put off because a paste comes in */
		int64_t left = app->shown_at + RECEIVING_MS - now;

		timeout = app_sooner(timeout, left < 0 ? 0 : (int)left);
	}
	if (wait_counts(app)) {
		struct timespec clock;

		clock_gettime(CLOCK_REALTIME, &clock);
		timeout = app_sooner(timeout,
		    (int)(1000 - clock.tv_nsec / 1000000));
	}
	if (session_looking(app) && app_screen(app) == &screen_checks)
		timeout = app_sooner(timeout,
		    (int)(1000 - (now - app->started_at) % 1000));
	return timeout;
}

static void
on_signal(struct app *app, int signo)
{
	app->dirty = true;
	if (signo == SIGTSTP) {
		tty_suspend();
		return;
	}
	tty_resize();
	tty_repaint();
}

static bool
idle(const struct app *app)
{
	return input_idle(&app->input);
}

const struct front front_screen = {
	.start = start,
	.stop = stop,
	.show = show,
	.fd = fd,
	.read = read_keys,
	.take = take,
	.wait = wait,
	.signal = on_signal,
	.idle = idle
};
