/* SPDX-License-Identifier: ISC
 * What an answer in line mode does. */
#ifndef WB_PLAIN_ANSWER_H
#define WB_PLAIN_ANSWER_H

#include <stdint.h>

#include "tui/page.h"

struct app;

/* LINE answers the question below PAGE, which is that of the screen on top. */
void plain_answer(struct app *app, const struct page *page, const char *line);

/* As if the key CODE had been pressed. */
void plain_press(struct app *app, uint32_t code);

/* TEXT as a paragraph. */
void plain_say(const char *text);

#endif
