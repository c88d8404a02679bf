/* SPDX-License-Identifier: ISC
 * Text copied out of an address line or a page's source. Private to
 * engine/bounce. */
#ifndef WB_BOUNCE_COPIED_H
#define WB_BOUNCE_COPIED_H

#include <stdbool.h>

#include "engine/base/arena.h"
#include "engine/bounce/lines.h"

/* S with its percent escapes undone (RFC 3986 2.1) when it is one word full of
 * them, as in "550%205.1.1%20..."; else S. */
struct span copied_unescape(struct arena *arena, struct span s);

/* Are LINES the source of a web page, or a few lines with its tags? */
bool copied_is_page(const struct lines *lines);

#endif
