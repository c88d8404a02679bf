/* SPDX-License-Identifier: ISC
 * What host.c and host_lines.c share. Nobody else includes it. */
#ifndef WB_HOST_PARTS_H
#define WB_HOST_PARTS_H

#include "engine/world/host.h"

#define HOST_ADDRESSES_MAX 1000

/* The next word behind *AT, with any of BETWEEN around it, at *WORD: its
 * octets, 0 at the end. *AT moves behind it. */
size_t host_next_word(const char **at, const char *between, const char **word);

/* IP, in its one spelling, unless HOST has it or has too many; INTERFACE may be
 * NULL. */
void host_add_address(struct arena *arena, struct host *host, const char *ip,
    const char *interface);

#endif
