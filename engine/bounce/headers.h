/* SPDX-License-Identifier: ISC
 * Blocks of header fields: where they start, where they end, what they say. */
#ifndef WB_BOUNCE_HEADERS_H
#define WB_BOUNCE_HEADERS_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/base/arena.h"
#include "engine/bounce/lines.h"
#include "engine/bounce/mime.h"

/* Does a mail's header start at line I: two known fields one after another? */
bool headers_start(const struct lines *lines, size_t i);

/* Read the block at line I up to the empty line; returns the line after it. */
size_t headers_read(struct arena *arena, const struct lines *lines, size_t i,
    struct headers *out);

/* The same for the few fields of a MIME part whose delimiter is line I. Finds
 * them also where everything was re-filled into one line. */
size_t headers_read_part(struct arena *arena, const struct lines *lines,
    size_t i, struct headers *out);

/* Have lines I … END - 1 the fields of a mail that was on its way, not only
 * "From, To, Subject" as people quote them? */
bool headers_travelled(const struct lines *lines, size_t i, size_t end);

#endif
