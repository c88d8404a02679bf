/* SPDX-License-Identifier: ISC
 * The line that is typed on a screen: its characters, and the keys that change
 * it. What Enter and Esc do is the screen's. */
#ifndef WB_TYPING_H
#define WB_TYPING_H

#include <stdbool.h>

#include "tui/keys.h"

struct app;

/* KEY is a character of the line of the screen on top (screen->line). */
void typing_key(struct app *app, const struct key *key);

/* What ACTION, by KEY, does to that line: clear it, rub out its last character.
 * False: nothing, it is the screen's. */
bool typing_act(struct app *app, enum action action, const struct key *key);

#endif
