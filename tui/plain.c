/* SPDX-License-Identifier: ISC
 * Line mode: the screens as questions and answers, for screen readers, simple
 * terminals and answers from a pipe. Nothing said is ever changed. Hides what is
 * said when; plain_answer.c knows what answers do, plain_input.c reads them. */
#include "config.h"

#include "tui/front.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/clock.h"
#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/report/wrap.h"
#include "tui/output.h"
#include "tui/plain_answer.h"
#include "tui/plain_input.h"
#include "tui/screen.h"
#include "tui/signals.h"
#include "tui/spoken.h"

#define SAY_MAX (4u << 20)
#define LINE_MAX_OCTETS 4096
/* While results come in, and none is told: how far it is, that often. */
#define PROGRESS_MS 10000
/* What the first screen counts in the background is waited for that long. */
#define PATIENCE_MS 700
#define TOLD_MAX 256

static struct {
	struct arena *arena;           /* of the page */
	struct page page;              /* as it was last said */
	const struct screen *screen;   /* the one said last */
	struct str said;               /* and all that was said of it */
	bool asked;                    /* an answer is awaited */
	size_t next;                   /* part to go on with, or 0 */
	bool running;                  /* results are told as they come */
	bool told[TOLD_MAX];           /* items, while running */
	int64_t told_at;
	int64_t began;
} plain;

static bool
start(const struct app_options *options, struct str *err)
{
	if (!plain_input_start(options->keys_fd, err))
		return false;
	str_init(&plain.said, SAY_MAX);
	plain.began = clock_ms();
	plain_say(_("whybounce, line by line. Answer with a number or a letter "
	    "and Enter. q quits, ? explains, b goes back."));
	return true;
}

static void
stop(bool gone)
{
	plain_input_stop(gone);
	if (!gone && plain.asked)
		output_say("\n");
	arena_free(&plain.arena);
	str_free(&plain.said);
	memset(&plain, 0, sizeof plain);
}

static void
say(struct app *app, const struct str *text)
{
	if (text->len != 0 && !output_write(text->text, text->len))
		app->leaving = LEAVE_GONE;
}

/* Draw the screen on top into plain.page. */
static void
draw(struct app *app)
{
	struct place *place = app_place(app);

	arena_free(&plain.arena);
	plain.arena = arena_new();
	page_begin_spoken(&plain.page, plain.arena);
	app_screen(app)->draw(app, &plain.page);
	app->n_items = plain.page.n_items;
	if (place->selected >= app->n_items)
		place->selected = app->n_items > 0 ? app->n_items - 1 : 0;
}

static bool
busy(const struct app *app)
{
	const struct screen *screen = app_screen(app);

	return screen->busy != NULL && screen->busy(app);
}

/* Once each: what is known by now. */
static void
tell_results(struct app *app)
{
	struct page *page = &plain.page;
	struct str out;

	str_init(&out, SAY_MAX);
	if (!plain.running)
		memset(plain.told, 0, sizeof plain.told);
	for (size_t i = 0; i < page->n_parts; i++) {
		const struct part *part = &page->parts[i];
		bool heading = part->kind == PART_HEADING && (!plain.running ||
		    clock_ms() - plain.told_at >= PROGRESS_MS);
		bool item = part->kind == PART_ITEM && part->item < TOLD_MAX &&
		    part->tag != TAG_RUNNING && part->tag != TAG_NONE &&
		    !plain.told[part->item];

		if (item)
			plain.told[part->item] = true;
		if (heading || item)
			spoken_part(page, i, &out);
	}
	if (out.len != 0)
		plain.told_at = clock_ms();
	say(app, &out);
	str_free(&out);
	plain.running = true;
}

/* The part that stands at the top: screens scroll to what matters. */
static size_t
top_part(struct app *app)
{
	size_t row = plain.page.head + app_place(app)->top, i = 0;

	if (app_place(app)->top == 0)
		return 0;
	while (i + 1 < plain.page.n_parts && plain.page.parts[i].row < row)
		i++;
	return i;
}

/* The page from part FIRST on; nothing when it was the last thing said. */
static void
say_page(struct app *app, size_t first)
{
	struct str out;

	str_init(&out, SAY_MAX);
	str_addc(&out, '\n');
	plain.next = spoken_page(&plain.page, first, plain.running ?
	    plain.told : NULL, &out);
	if (plain.screen != app_screen(app) || out.len != plain.said.len ||
	    memcmp(out.text, plain.said.text, out.len) != 0)
		say(app, &out);
	str_clear(&plain.said);
	str_add(&plain.said, out.text, out.len);
	str_free(&out);
	plain.screen = app_screen(app);
	plain.running = false;
}

static void
ask(struct app *app)
{
	const struct screen *screen = app_screen(app);
	const struct part *part = page_prompt_part(&plain.page);
	struct str out;

	str_init(&out, SAY_MAX);
	if (part == NULL)
		spoken_question(&plain.page, screen->keys,
		    app_place(app)->selected, plain.next != 0, &out);
	else if (*part->text != '\0')
		str_addf(&out, "%s [%s]: ", part->label, part->text);
	else
		str_addf(&out, "%s: ", part->label);
	say(app, &out);
	str_free(&out);
	plain.asked = true;
}

static void
say_message(struct app *app)
{
	if (app->message.len == 0)
		return;
	if (plain.asked)
		output_say("\n");
	plain_say(app->message.text);
	str_clear(&app->message);
	if (plain.asked)
		ask(app);
}

/* After a message was received: on with it, or tell what is wrong with it. */
static void
after_paste(struct app *app)
{
	say_page(app, 0);
	plain_press(app, app->paste.read && session_has_message(app) ? '\r' :
	    KEY_CTRL('u'));
}

/* The first screen: with what is counted in the background, if that is soon. */
static bool
too_soon(struct app *app)
{
	if (app_screen(app) != &screen_start || plain.screen != NULL)
		return false;
	lists_peek(app);
	return lists_busy(app->lists) &&
	    clock_ms() - plain.began < PATIENCE_MS;
}

static void
show(struct app *app)
{
	if (plain_receiving())
		return;
	/* a question that stands is not asked again for what changed behind
	 * it */
	if (plain.asked) {
		app->dirty = false;
		say_message(app);
		return;
	}
	if (too_soon(app))
		return;
	draw(app);
	say_message(app);
	app->dirty = false;
	if (busy(app)) {
		tell_results(app);
		return;
	}
	if (app_screen(app) == &screen_paste && app->paste.received != 0) {
		after_paste(app);
		return;
	}
	say_page(app, top_part(app));
	if (app_screen(app) == &screen_paste)
		plain_receive(true);
	else
		ask(app);
}

/* What may be said while results come in: stop, or leave. */
static void
interrupt(struct app *app)
{
	char line[LINE_MAX_OCTETS];

	if (!plain_is_terminal() || !plain_line(line, sizeof line))
		return;
	if (strcmp(line, "q") == 0 || strcmp(line, "b") == 0)
		plain_press(app, *line == 'q' ? 'q' : KEY_ESCAPE);
}

static void
take(struct app *app)
{
	char line[LINE_MAX_OCTETS];

	if (plain_receiving()) {
		switch (plain_take_paste(app)) {
		case PLAIN_MORE:
			return;
		case PLAIN_BACK:
			plain_press(app, KEY_ESCAPE);
			break;
		case PLAIN_QUIT:
			plain_press(app, KEY_CTRL('c'));
			break;
		case PLAIN_HELP:
			plain_press(app, KEY_FUNCTION_1);
			break;
		case PLAIN_RECEIVED:
			break;
		}
		app->dirty = true;
		return;
	}
	if (busy(app)) {
		interrupt(app);
		app->dirty |= clock_ms() - plain.told_at >= PROGRESS_MS;
		return;
	}
	if (!plain.asked)
		return;
	if (plain_line(line, sizeof line)) {
		if (!plain_is_terminal())
			output_say("%s\n", text_safe(plain.arena, line));
		plain.asked = false;
		app->dirty = true;
		if (*line == '\0' && plain.next != 0) {
			say_page(app, plain.next);
			ask(app);
		} else
			plain_answer(app, &plain.page, line);
	} else if (plain_over()) {
		app->leaving = LEAVE_QUIT;
	}
}

static int
fd(const struct app *app)
{
	(void)app;
	return plain_input_fd();
}

static bool
read_input(struct app *app)
{
	(void)app;
	return plain_input_read();
}

static int
wait(const struct app *app)
{
	int64_t now = clock_ms();

	if (busy(app))
		return (int)(plain.told_at + PROGRESS_MS > now ?
		    plain.told_at + PROGRESS_MS - now : 0);
	if (app->dirty)
		return plain_receiving() ? -1 : 20;
	return (plain.asked || plain_receiving()) && plain_ready() ? 0 : -1;
}

static void
on_signal(struct app *app, int signo)
{
	(void)app;
	if (signo == SIGTSTP)
		signals_stop();
}

static bool
idle(const struct app *app)
{
	(void)app;
	return plain.asked || plain_receiving();
}

const struct front front_plain = {
	.start = start,
	.stop = stop,
	.show = show,
	.fd = fd,
	.read = read_input,
	.take = take,
	.wait = wait,
	.signal = on_signal,
	.idle = idle
};
