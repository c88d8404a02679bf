/* SPDX-License-Identifier: ISC
 * The clock for deadlines: it never jumps when somebody sets the time of day. */
#ifndef WB_CLOCK_H
#define WB_CLOCK_H

#include <stdint.h>

/* Milliseconds since some moment that stays the same while the program runs. */
int64_t clock_ms(void);

#endif
