/* SPDX-License-Identifier: ISC
 * The terminal: on, off and back again, whatever happens. Owns the terminal's
 * modes; draws nothing. */
#ifndef WB_TTY_H
#define WB_TTY_H

#include <stdbool.h>
#include <stddef.h>

/* Switch to full screen. KEYS_FD is where keys are read. False: this terminal
 * cannot (no cursor movement, not a terminal, TERM not set). */
bool tty_start(int keys_fd)
	__attribute__((warn_unused_result));

/* Back to the normal screen for good, handlers as before tty_start(). May be
 * called twice. */
void tty_stop(void);

/* The terminal has gone (hang-up): put its modes back, write nothing. */
void tty_abandon(void);

/* Normal screen for a while (to print something), and full screen again; the
 * caller redraws. */
void tty_leave(void);
void tty_back(void);

/* Stop this job as the shell expects of Ctrl-Z; returns when continued. */
void tty_suspend(void);

/* The terminal's keys are ours again, after a shell that had its own jobs. */
void tty_to_front(void);

/* Ask the terminal for its size and tell curses. */
void tty_resize(void);

/* Ask where the cursor stands behind one character of ambiguous width; the next
 * refresh must draw everything. The answer comes among the keys, in the first
 * line's column 3 when that is two cells wide; tty_answered() once it has. False:
 * this terminal is not asked. */
bool tty_ask_width(void) __attribute__((warn_unused_result));
void tty_answered(void);

/* The next refresh repaints everything. */
void tty_repaint(void);

/* Write LEN octets of our own making past curses (clipboard sequences). */
void tty_write(const char *text, size_t len);

/* After tty_leave(): wait until Enter, Esc or q is pressed. False: the
 * terminal has gone. */
bool tty_wait_enter(void) __attribute__((warn_unused_result));

#endif
