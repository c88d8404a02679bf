/* SPDX-License-Identifier: ISC
 * Signals become octets in a pipe that the event loop polls; crashes put the
 * terminal back before they end the program. */
#ifndef WB_SIGNALS_H
#define WB_SIGNALS_H

#include <stdbool.h>

/* Take over the signals of a full-screen program. RESTORE is called in the
 * handler of a crash: it may use async-signal-safe functions only. To be called
 * before newterm(), which then leaves these signals alone. False: errno. */
bool signals_catch(void (*restore)(void))
	__attribute__((warn_unused_result));

/* Handlers as they were before. */
void signals_release(void);

/* Readable when a signal has come; signals_take() gives the next one, 0 when
 * there is none; signals_put_back() lets it be taken again. */
int signals_fd(void);
int signals_take(void);
void signals_put_back(int signo);

/* Stop this job, as the terminal would have done for Ctrl-Z; returns when it
 * is continued. */
void signals_stop(void);

/* For a command without a screen: what interrupts a program is ignored from now
 * on, so that what is begun is ended. Programs started by it get none of this. */
void signals_ignore(void);

#endif
