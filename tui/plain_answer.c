/* SPDX-License-Identifier: ISC
 * Answers of line mode become the keys and choices that the screens know. */
#include "config.h"

#include "tui/plain_answer.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/report/wrap.h"
#include "tui/output.h"
#include "tui/plain_input.h"
#include "tui/screen.h"
#include "tui/spoken.h"

#define SAY_MAX 8192
/* A longer line with blanks in it is no answer, but part of a message. */
#define ANSWER_MAX 16

void
plain_say(const char *text)
{
	struct str out;

	str_init(&out, SAY_MAX);
	wrap_paragraph(&out, 0, text);
	output_say("%s", out.text);
	str_free(&out);
}

void
plain_press(struct app *app, uint32_t code)
{
	const struct key key = {
		.code = code, .alone = true,
		.bytes = { code < 0x80 ? (unsigned char)code : 0 },
		.n_bytes = code < 0x80
	};

	stage_key(app, &key);
}

static void
press_enter(struct app *app)
{
	plain_press(app, keys_have(app_screen(app)->keys, ACTION_OPEN) ?
	    '\r' : 'b');
}

static void
no_choice(struct app *app, const char *line)
{
	app_say(app, _("\"%s\" is no choice here; ? explains."), line);
}

/* A letter, perhaps with the number of what it is about. */
static void
answer_letter(struct app *app, const struct page *page, const char *line)
{
	const struct screen *screen = app_screen(app);
	const char *about = line + 1 + strspn(line + 1, " ");
	const struct key key = { .code = (unsigned char)line[0] };
	enum action action = key_action(&key, false, screen->keys);
	int item = *about != '\0' ? spoken_item(page, about) : -1;

	if (action == ACTION_NONE || key_typed(page->arena, action) == NULL ||
	    (*about != '\0' && (item < 0 || about == line + 1))) {
		no_choice(app, line);
		return;
	}
	if (item >= 0)
		app_place(app)->selected = item;
	plain_press(app, key.code);
}

static void
answer_item(struct app *app, int item)
{
	const struct screen *screen = app_screen(app);
	const struct key enter = { .code = '\r', .alone = true };

	app_place(app)->selected = item;
	app->dirty = true;
	/* where Enter is not about an item, its evidence is wanted */
	if (!keys_have(screen->keys, ACTION_DIGIT) &&
	    keys_have(screen->keys, ACTION_EVIDENCE))
		plain_press(app, 'e');
	else
		screen->act(app, ACTION_OPEN, &enter);
}

/* Where characters are data: the line instead of what stands there. */
static void
answer_text(struct app *app, const char *line)
{
	if (strcmp(line, "b") == 0) {
		plain_press(app, KEY_ESCAPE);
		return;
	}
	if (strcmp(line, "q") == 0 || strcmp(line, "?") == 0) {
		plain_press(app, *line == 'q' ? KEY_CTRL('c') : KEY_FUNCTION_1);
		return;
	}
	if (*line != '\0')
		plain_press(app, KEY_CTRL('u'));
	for (size_t n = strlen(line), len; n != 0; line += len, n -= len) {
		struct key key = { .alone = true };

		len = cells_character(line, n, &key.code);
		memcpy(key.bytes, line, len);
		key.n_bytes = len;
		stage_key(app, &key);
	}
	plain_press(app, '\r');
}

/* Pasted where a choice was asked for. */
static bool
is_message(const char *line)
{
	return strlen(line) >= ANSWER_MAX && strchr(line, ' ') != NULL;
}

void
plain_answer(struct app *app, const struct page *page, const char *line)
{
	int item = spoken_item(page, line);

	if (page_prompt_part(page) != NULL) {
		answer_text(app, line);
		return;
	}
	if (*line == '\0')
		press_enter(app);
	else if (item >= 0)
		answer_item(app, item);
	else if (is_message(line)) {
		plain_say(_("That is taken for the beginning of a message. "
		    "When all of it is pasted, type a line with only a dot "
		    "and press Enter."));
		paste_begin(app, false);
		plain_receive(false);
		plain_put_back(line);
	} else if (line[0] > ' ' && line[0] < 0x7f)
		answer_letter(app, page, line);
	else
		no_choice(app, line);
}
