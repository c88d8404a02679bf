/* SPDX-License-Identifier: ISC
 * This host's mail log as it grows from now on: a file, also when it is rotated
 * meanwhile, or the journal. For a poll loop; no call waits. */
#ifndef WB_LOG_FOLLOW_H
#define WB_LOG_FOLLOW_H

#include <poll.h>
#include <stddef.h>

#include "engine/base/str.h"
#include "engine/world/log_stream.h"

struct log_follow;

/* The log that log_stream_open() would find, from its end on (of the journal
 * the last lines come first). *FOLLOW is NULL unless LOG_STREAM_OPEN; ERR says
 * why when LOG_STREAM_UNUSABLE. FILE and FILES are borrowed. */
enum log_stream_end log_follow_open(struct log_follow **follow,
    const char *file, const char *const *files, const char *const *journals,
    struct str *err);
void log_follow_close(struct log_follow **follow);

/* The path, or "journalctl". */
const char *log_follow_name(const struct log_follow *follow);

/* What to poll: fills FDS, returns their number, and lowers *TIMEOUT (ms, -1
 * is none): a file does not say that it has grown. */
#define LOG_FOLLOW_FDS 1
size_t log_follow_poll(const struct log_follow *follow,
    struct pollfd fds[LOG_FOLLOW_FDS], int *timeout);

/* Whole lines that have come, borrowed until the next call; *LEN 0: none. */
void log_follow_next(struct log_follow *follow, const char **text,
    size_t *len);

#endif
