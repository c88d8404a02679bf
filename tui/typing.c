/* SPDX-License-Identifier: ISC
 * Edits the line of a screen. There is no cursor in it: what is typed comes to
 * its end, what is rubbed out goes from there. */
#include "config.h"

#include "tui/typing.h"

#include "engine/base/text.h"
#include "tui/screen.h"

static void
changed(struct app *app)
{
	const struct screen *screen = app_screen(app);

	app->dirty = true;
	if (screen->changed != NULL)
		screen->changed(app);
}

void
typing_key(struct app *app, const struct key *key)
{
	if (key->n_bytes == 0 || key->bytes[0] < ' ' || key->code == 0x7f)
		return;
	str_add(app_screen(app)->line(app), (const char *)key->bytes,
	    key->n_bytes);
	changed(app);
}

bool
typing_act(struct app *app, enum action action, const struct key *key)
{
	struct str *line = app_screen(app)->line(app);

	switch (action) {
	case ACTION_OPEN:
		/* Right is no Enter where one types */
		return key->code == KEY_CURSOR_RIGHT;
	case ACTION_CLEAR:
		str_clear(line);
		changed(app);
		return true;
	case ACTION_BACK:
		if (key->code == KEY_ESCAPE)
			return false;
		/* Backspace takes one character, Left does nothing here */
		if (key->code != KEY_CURSOR_LEFT) {
			text_drop_last(line);
			changed(app);
		}
		return true;
	default:
		return false;
	}
}
