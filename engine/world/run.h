/* SPDX-License-Identifier: ISC
 * A program that runs beside a poll loop, or is waited for: an argument vector,
 * no shell, a time limit, a limit on what it says. */
#ifndef WB_RUN_H
#define WB_RUN_H

#include <poll.h>
#include <stddef.h>

#include "engine/base/str.h"

enum run_state {
	RUN_GOING,
	RUN_DONE,
	RUN_CUT,        /* it said more than is kept, and was ended */
	RUN_TIMEOUT,    /* it took too long, and was ended */
	RUN_FAILED,     /* it ended with a fault: run_errors() has its words */
	RUN_NOT_STARTED /* run_errors() says why not */
};

struct run;

/* Start PROGRAM, a path, with ARGV (NULL-terminated, argv[0] included) for at
 * most TIMEOUT_MS; keep MAX octets of what it prints. INPUT is what it reads,
 * NULL: nothing, at most RUN_INPUT_MAX octets. Never NULL. PROGRAM NULL: it is
 * nowhere. */
struct run *run_start(const char *program, const char *const *argv,
    const char *input, int timeout_ms, size_t max);
/* So much fits into a pipe that nobody reads yet (pipe(7): since Linux
 * 2.6.11 it is 64 KB, where memory is short one page). */
#define RUN_INPUT_MAX 4096

/* Ends the program, too, if it still runs. */
void run_close(struct run **run);

/* What to poll: fills FDS, returns their number, and lowers *TIMEOUT (ms, -1
 * is none) if need be. */
#define RUN_FDS 2
size_t run_poll(const struct run *run, struct pollfd fds[RUN_FDS],
    int *timeout);

/* Take what is there; never waits. */
enum run_state run_io(struct run *run);

/* Wait until it has ended: for the commands without a screen. */
enum run_state run_wait(struct run *run);

/* What it printed so far; what it complained, foreign text as well; and the
 * first line of that. Borrowed until the next call. */
const struct str *run_text(const struct run *run);
const struct str *run_errors(const struct run *run);
const char *run_why(struct run *run);

/* What is left of TIMEOUT_MS. */
int run_left_ms(const struct run *run);

#endif
