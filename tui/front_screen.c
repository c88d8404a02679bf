/* SPDX-License-Identifier: ISC
 * The full screen: keys and pastes come in, the stage is drawn. */
#include "config.h"

#include "tui/front.h"

#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "engine/base/clock.h"
#include "tui/draw.h"
#include "tui/language.h"
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

/* Who reads Chinese, Japanese or Korean may have a terminal that draws arrows,
 * quotes and Greek as wide as ideographs, which no locale tells. */
static bool
may_be_wide(void)
{
	static const char *const languages[] = { "ja", "zh", "ko" };
	const char *locale = setlocale(LC_CTYPE, NULL);

	for (size_t i = 0; i < sizeof languages / sizeof languages[0]; i++)
		if (strncmp(language_now(), languages[i], 2) == 0 ||
		    (locale != NULL && strncmp(locale, languages[i], 2) == 0))
			return true;
	return false;
}

static void
show(struct app *app)
{
	if (app->drawn == NULL && may_be_wide())
		app->input.asked = tty_ask_width();
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

/* The cursor stood behind one character. */
static void
take_report(struct app *app, unsigned int column)
{
	tty_answered();
	if (column != 3)
		return;
	cells_ambiguous_are_wide(true);
	app->dirty = true;
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
		case INPUT_REPORT:
			take_report(app, event.column);
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
