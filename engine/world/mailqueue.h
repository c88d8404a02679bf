/* SPDX-License-Identifier: ISC
 * What postqueue(1) says about the mail queue, read in a poll loop: an
 * argument vector, no shell, a time limit, a limit on what it says. */
#ifndef WB_MAILQUEUE_H
#define WB_MAILQUEUE_H

#include <poll.h>
#include <stddef.h>

#include "engine/base/arena.h"
#include "engine/base/str.h"
#include "engine/world/run.h"

/* The path of postqueue: looked for in $PATH and then in the sbin directories
 * that an ordinary user's $PATH lacks. NULL when it is not here. */
const char *mailqueue_find(struct arena *arena);

enum mailqueue_state {
	MAILQUEUE_RUNNING,
	MAILQUEUE_DONE,
	MAILQUEUE_CUT,       /* it said more than is kept, and was ended */
	MAILQUEUE_TIMEOUT,   /* it took too long, and was ended */
	MAILQUEUE_FAILED     /* mailqueue_why() has its words */
};

struct mailqueue;

/* Run PROGRAM -j, and if it does not know that, PROGRAM -p, for at most
 * TIMEOUT_MS together; keep MAX octets of the listing. DIRECTORY: the
 * configuration, or NULL. */
struct mailqueue *mailqueue_start(const char *program, const char *directory,
    int timeout_ms, size_t max);

/* Ends the program, too, if it still runs. */
void mailqueue_close(struct mailqueue **queue);

/* What to poll: fills FDS, returns their number, and lowers *TIMEOUT (ms, -1
 * is none) if need be. */
#define MAILQUEUE_FDS RUN_FDS
size_t mailqueue_poll(const struct mailqueue *queue,
    struct pollfd fds[MAILQUEUE_FDS], int *timeout);

/* Take what is there; never waits. */
enum mailqueue_state mailqueue_io(struct mailqueue *queue);

/* The listing so far; and what went wrong, one line of foreign text. Borrowed
 * until the next call. */
const struct str *mailqueue_text(const struct mailqueue *queue);
const char *mailqueue_why(const struct mailqueue *queue);

#endif
