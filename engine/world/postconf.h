/* SPDX-License-Identifier: ISC
 * Running postconf(1): an argument vector, no shell, a time limit. */
#ifndef WB_POSTCONF_H
#define WB_POSTCONF_H

#include <stdbool.h>

#include "engine/base/arena.h"
#include "engine/base/str.h"

/* The path of postconf: looked for in $PATH and then in the sbin directories
 * that an ordinary user's $PATH lacks. NULL when it is not here. */
const char *postconf_find(struct arena *arena);

enum postconf_end {
	POSTCONF_OK,
	POSTCONF_FAILED,     /* it ended with a fault; ERR holds its words */
	POSTCONF_TIMEOUT,    /* it was still running and has been ended */
	POSTCONF_NOT_RUN     /* it could not be started */
};

/* Run PROGRAM with ARGV (NULL-terminated, argv[0] included), nothing on its
 * standard input, for at most TIMEOUT_MS. What it prints goes to OUT and ERR,
 * as far as their caps allow. */
enum postconf_end postconf_run(const char *program, const char *const *argv,
    int timeout_ms, struct str *out, struct str *err);

#endif
