/* SPDX-License-Identifier: ISC
 * Which terminal description to use. */
#ifndef WB_TERMNAME_H
#define WB_TERMNAME_H

#include <stdbool.h>

/* NAME (the value of TERM) when this system knows it; a name that such
 * terminals understand when it does not; NULL when nothing fits: a terminal
 * that cannot move its cursor. */
const char *termname_usable(const char *name);

/* Does NAME look like one of today's terminals, which understand xterm's
 * sequences? */
bool termname_is_modern(const char *name);

#endif
