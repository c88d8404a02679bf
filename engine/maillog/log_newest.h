/* SPDX-License-Identifier: ISC
 * The newest message of a log that was refused, with all its lines, for those
 * who cannot be asked which one they mean. */
#ifndef WB_LOG_NEWEST_H
#define WB_LOG_NEWEST_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "engine/base/str.h"

struct log_newest;

struct log_newest *log_newest_new(void);
void log_newest_free(struct log_newest **newest);

/* Whole lines of a log that was last written to at MODIFIED. */
void log_newest_add(struct log_newest *newest, time_t modified,
    const char *text, size_t len);

/* The newest message that was given up, else the newest one that waits: its
 * lines are added to TEXT, its queue id and recipient (foreign text, perhaps
 * "") to ID and TO. FILE, when it can be read once more, and those before it
 * are searched for them; NULL: what was read last is. False: nothing was
 * refused. */
bool log_newest_message(struct log_newest *newest, const char *file,
    struct str *text, struct str *id, struct str *to);

/* Without a file so much of the log's end is searched, or twice as much. */
#define LOG_NEWEST_TAIL ((size_t)8 << 20)

#endif
