/* SPDX-License-Identifier: ISC
 * Which key means what: one table, from which key bar and help are made. */
#ifndef WB_KEYS_H
#define WB_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/base/arena.h"
#include "tui/input.h"

enum action {
	ACTION_NONE,
	ACTION_UP, ACTION_DOWN, ACTION_PAGE_UP, ACTION_PAGE_DOWN,
	ACTION_FIRST, ACTION_LAST,
	ACTION_DIGIT,           /* choose directly: key->code is '0' to '9' */
	ACTION_OPEN,            /* what a beginner wants next */
	ACTION_BACK,
	ACTION_NEXT, ACTION_PREVIOUS,
	ACTION_EVIDENCE, ACTION_VIEW, ACTION_ALL,
	ACTION_AGAIN, ACTION_AGAIN_ALL, ACTION_FINDINGS,
	ACTION_COPY, ACTION_PRINT, ACTION_FORMATS, ACTION_WRITE,
	ACTION_DONE, ACTION_APPLY, ACTION_SHELL, ACTION_INPUT, ACTION_SKIP,
	ACTION_FILTER, ACTION_SEARCH, ACTION_MARK, ACTION_MARK_BACK,
	ACTION_OPEN_FILE, ACTION_CLEAR, ACTION_ASKED,
	ACTION_HELP, ACTION_LANGUAGE, ACTION_REDRAW, ACTION_SUSPEND, ACTION_QUIT,
	ACTION_COUNT
};

/* One action a screen knows, with the word for its key bar (a message id);
 * label NULL: known, but not in the bar. */
struct screen_key {
	enum action action;
	const char *label;
};
#define SCREEN_KEYS_MAX 16

/* The action of KEY on a screen that knows KEYS. TEXT: characters are data
 * there, so only other keys act (and Enter only when pressed alone). */
enum action key_action(const struct key *key, bool text,
    const struct screen_key *keys);

/* "b", "Enter"; on a TEXT screen "Esc". */
const char *key_shown(enum action action, bool text);
/* The character that is typed for it in line mode; NULL: it is not used there. */
const char *key_typed(struct arena *arena, enum action action);
/* "Esc, Left, b", for the help screen. */
const char *key_names(enum action action);
/* What it does, translated; NULL: not worth a line of help. */
const char *key_help(enum action action);
/* Known on every screen (movement, help, quit …)? */
bool key_everywhere(enum action action);

/* The word for KEY in the bar, translated; NULL: it is not in the bar. */
const char *key_label(const struct screen_key *key);

/* Does a screen with these KEYS know ACTION? */
bool keys_have(const struct screen_key *keys, enum action action);

/* The key bar for KEYS in WIDTH cells: those that fit, help always.
 * Arena-owned. */
const char *keys_bar(struct arena *arena, const struct screen_key *keys,
    bool text, int width);

#endif
