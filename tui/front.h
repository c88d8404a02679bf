/* SPDX-License-Identifier: ISC
 * How the wizard is shown and answered. The screens are the same, and app.c
 * runs them on either front: full screen (front_screen.c), or line by line
 * (plain.c). */
#ifndef WB_FRONT_H
#define WB_FRONT_H

#include <stdbool.h>

#include "engine/base/str.h"
#include "tui/app.h"

struct app;

struct front {
	/* Take over the terminal. False: it cannot; ERR may say why. */
	bool (*start)(const struct app_options *options, struct str *err);
	/* Give it back; nothing may be written any more when it has GONE. */
	void (*stop)(bool gone);

	/* app->dirty: show the screen on top, or put that off. */
	void (*show)(struct app *app);

	/* Where octets come from; -1: none are wanted now. */
	int (*fd)(const struct app *app);
	/* Read what there is. False: the terminal has gone. */
	bool (*read)(struct app *app);
	/* Act on what was read. */
	void (*take)(struct app *app);
	/* Milliseconds until show() or take() has something to do though
	 * nothing was read; -1: never. */
	int (*wait)(const struct app *app);

	/* SIGTSTP, SIGCONT, SIGWINCH. */
	void (*signal)(struct app *app, int signo);

	/* Nothing half-done: for the tests' mark. */
	bool (*idle)(const struct app *app);
};

extern const struct front front_screen, front_plain;

#endif
