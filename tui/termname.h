/* SPDX-License-Identifier: ISC
 * Which terminal description to use. */
#ifndef WB_TERMNAME_H
#define WB_TERMNAME_H

/* NAME (the value of TERM) when this system knows it; a name that such
 * terminals understand when it does not; NULL when nothing fits: a terminal
 * that cannot move its cursor. */
const char *termname_usable(const char *name);

#endif
