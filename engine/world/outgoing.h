/* SPDX-License-Identifier: ISC
 * Which of its addresses this system sends from. */
#ifndef WB_OUTGOING_H
#define WB_OUTGOING_H

#include <stdbool.h>

#include "engine/base/arena.h"

/* The source address that the system's routes give for the Internet over one
 * family; NULL: there is no route. Sends nothing. Arena-owned. */
const char *outgoing_address(struct arena *arena, bool v6);

#endif
