/* SPDX-License-Identifier: ISC
 * The test message of the wizard: what it says, and what has become of it. */
#ifndef WB_TUI_TRYING_H
#define WB_TUI_TRYING_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#include "engine/maillog/testmail.h"

struct app;

struct trying {
	struct arena *arena;             /* of the letter */
	struct str sender, recipient;    /* as the user wants them */
	struct letter letter;
	struct testmail *mail;           /* NULL: not sent */
	enum testmail_state shown;
};

void trying_init(struct trying *trying);
void trying_clear(struct trying *trying);

/* Who it would be from and go to when the user says nothing; "": not known. */
void trying_propose(struct app *app);

/* Write the letter. False: app_say() has said why it cannot be. */
bool trying_write(struct app *app);

/* Send it. The same. */
bool trying_send(struct app *app);
/* Look for it no more; it goes its way. */
void trying_stop(struct app *app);

/* It is on its way, and what becomes of it is waited for. */
bool trying_goes_on(const struct app *app);

/* What came back becomes the bounce that is looked at. */
void trying_take(struct app *app);

/* The poll loop: as for diagnosis_poll() and diagnosis_io(). */
size_t trying_poll(const struct app *app, struct pollfd *fds, int *timeout);
void trying_io(struct app *app);

#endif
