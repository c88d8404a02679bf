/* SPDX-License-Identifier: ISC
 * A mail log in slices, for a poll loop: no call waits for anything but a
 * disk. */
#ifndef WB_LOG_STREAM_H
#define WB_LOG_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "engine/base/str.h"
#include "engine/world/maillog.h"

struct log_stream;

enum log_stream_end {
	LOG_STREAM_OPEN,
	LOG_STREAM_NONE,     /* there is no log here */
	LOG_STREAM_DENIED,   /* there is one, and this user may not read it */
	LOG_STREAM_UNUSABLE  /* it cannot be read: ERR says why */
};

/* Open FILE, which must be a regular file; NULL: the first of FILES
 * (NULL-terminated) that is there, else what the first of JOURNALS prints.
 * A file that may not be read is not passed over: the others would only look
 * empty. *NAME gets the name of what was found, or NULL; it is borrowed from
 * FILE, FILES or static. *STREAM is NULL unless LOG_STREAM_OPEN. */
enum log_stream_end log_stream_open(struct log_stream **stream,
    const char *file, const char *const *files, const char *const *journals,
    const char **name, struct str *err);
void log_stream_close(struct log_stream **stream);

/* What to poll for input before the next call; -1: there is always more. */
int log_stream_descriptor(const struct log_stream *stream);

/* As maillog_next(); never waits. */
enum maillog_state log_stream_next(struct log_stream *stream,
    const char **text, size_t *len, struct str *err);

bool log_stream_is_journal(const struct log_stream *stream);
time_t log_stream_time(const struct log_stream *stream);
struct maillog_progress log_stream_progress(const struct log_stream *stream);

#endif
