/* SPDX-License-Identifier: ISC
 * This system being read: its files at once, and beside a poll loop what its
 * programs say: postconf(1), opendkim(8), milters. */
#ifndef WB_READING_H
#define WB_READING_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#include "engine/base/arena.h"
#include "engine/world/host.h"
#include "engine/world/milter.h"
#include "engine/world/postfix.h"
#include "engine/world/run.h"

struct reading {
	struct arena *arena;
	struct host *host;
	struct postfix *postfix;
	struct run *version;      /* of OpenDKIM; NULL: not asked */
	struct milters *milters;  /* NULL: main.cf is not read yet */
};

/* Read the files of ETC, and main.cf of DIRECTORY (NULL: the usual one). All
 * belongs to ARENA; stop() is to be called before that is freed. */
struct reading *reading_begin(struct arena *arena, const char *etc,
    const char *directory);

/* What to poll: fills FDS, returns their number, lowers *TIMEOUT (ms, -1 is
 * none) if need be. Then io(); true: all have answered, or had their time
 * (postconf twice 5 s, opendkim 3 s, milters 1 s). Never waits. */
#define READING_FDS (POSTFIX_BEGIN_FDS + RUN_FDS + MILTERS_FDS)
size_t reading_poll(const struct reading *reading,
    struct pollfd fds[READING_FDS], int *timeout);
bool reading_io(struct reading *reading);

/* End what still runs. HOST and POSTFIX are then as good as they can be. */
void reading_stop(struct reading *reading);

#endif
