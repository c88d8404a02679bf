/* SPDX-License-Identifier: ISC
 * The step screen's parts: step.c has the step, step_form.c the form in which
 * its change is shown and taken. */
#ifndef WB_TUI_SCREENS_STEP_H
#define WB_TUI_SCREENS_STEP_H

#include "tui/screen.h"

/* What STEP changes: in fields, or as the card of the panel that was chosen. */
void form_draw(struct app *app, struct page *page, const struct step *step);

/* What ACTION does with that: copy, print, another form. False: nothing. */
bool form_act(struct app *app, enum action action, const struct step *step);

#endif
