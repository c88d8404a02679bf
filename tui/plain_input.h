/* SPDX-License-Identifier: ISC
 * What comes in line mode: answers line by line, and messages octet by octet.
 * One reader for both, so that nothing typed ahead is lost. */
#ifndef WB_PLAIN_INPUT_H
#define WB_PLAIN_INPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/base/str.h"

struct app;

/* Read from KEYS_FD, or standard input when it is not above 0. */
bool plain_input_start(int keys_fd, struct str *err)
	__attribute__((warn_unused_result));
void plain_input_stop(bool gone);

/* Where to poll, -1 when enough was read or all was. False: the terminal has
 * gone. */
int plain_input_fd(void);
bool plain_input_read(void) __attribute__((warn_unused_result));

bool plain_is_terminal(void);

/* Is there a line to take, or the end? The end, and no line before it? */
bool plain_ready(void);
bool plain_over(void);

/* Take the next line, without its end and blanks around it; what is longer
 * than SIZE is cut. False: there is none yet. */
bool plain_line(char *line, size_t size);
/* Put LINE back, before all that was read. */
void plain_put_back(const char *line);

/* Receive a message from now on: every octet is text, up to a line with only a
 * dot, the end of a bracketed paste, Ctrl-D or the end of the input. COMMANDS:
 * b, q and ? as its first line are none of it. */
void plain_receive(bool commands);
bool plain_receiving(void);

enum plain_end {
	PLAIN_MORE,                    /* it goes on */
	PLAIN_RECEIVED,
	PLAIN_BACK, PLAIN_QUIT, PLAIN_HELP
};

/* Hand what was read to the paste (paste_begin(), paste_add(), paste_end()). */
enum plain_end plain_take_paste(struct app *app);

#endif
