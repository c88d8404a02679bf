/* SPDX-License-Identifier: ISC
 * A mail log as blocks of whole lines, wherever it lies: a file, compressed or
 * not, standard input, a pipe, the journal. */
#ifndef WB_MAILLOG_H
#define WB_MAILLOG_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "engine/base/str.h"

struct maillog;

/* Open FILE; "-" is standard input. Whether it is compressed is told by its
 * first octets, not by its name. A pipe that nobody writes to is refused, a
 * directory too. NULL: ERR holds the reason, without the name. */
struct maillog *maillog_open(const char *file, struct str *err);

/* This host's log: the first of FILES (NULL-terminated) that can be read, else
 * what the first of JOURNALS, paths of journalctl(1), prints. NULL: ERR holds
 * the reason. */
struct maillog *maillog_open_host(const char *const *files,
    const char *const *journals, struct str *err);
extern const char *const maillog_host_files[];
extern const char *const maillog_journals[];

void maillog_close(struct maillog **log);

enum maillog_state {
	MAILLOG_LINES,      /* here are some; none at all: ask again */
	MAILLOG_END,
	MAILLOG_CUT,        /* the end, earlier than when it was opened: ERR */
	MAILLOG_FAULT       /* it cannot be read any further: ERR */
};

/* The next block, borrowed until the next call. It ends with a line end, but
 * for the last line of all and for a line that is longer than the block: of
 * that the rest is left out. A regular file is read up to the size that it had
 * when it was opened, so that one that grows comes to an end. Comes back
 * without lines when a signal arrives. */
enum maillog_state maillog_next(struct maillog *log, const char **text,
    size_t *len, struct str *err);
#define MAILLOG_BLOCK ((size_t)256 << 10)

/* What the text begins with: MAILLOG_PEEK octets, or all when it is shorter.
 * Before the first maillog_next() or maillog_rest(), which give it out once
 * more; borrowed until then. *WHOLE: that is all of it. False: ERR. */
bool maillog_peek(struct maillog *log, const char **text, size_t *len,
    bool *whole, struct str *err) __attribute__((warn_unused_result));
#define MAILLOG_PEEK ((size_t)64 << 10)

/* For what turned out to be no log: all the text that is still to come, as it
 * is, as far as TO's cap allows; TO->cut tells that there was more. Never
 * MAILLOG_LINES. */
enum maillog_state maillog_rest(struct maillog *log, struct str *to,
    struct str *err);

/* The path, "-", or "journalctl". */
const char *maillog_name(const struct maillog *log);

/* When it was written to last; for what is no file, when it was opened. A log
 * without years has them from here. */
time_t maillog_time(const struct maillog *log);

/* How far the reading is, in octets: READ of SIZE lie behind us (SIZE is 0
 * where it is not known), and TEXT of log came out of them. */
struct maillog_progress {
	unsigned long long read, size, text;
};
struct maillog_progress maillog_progress(const struct maillog *log);

#endif
