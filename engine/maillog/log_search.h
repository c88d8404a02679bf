/* SPDX-License-Identifier: ISC
 * Everything that is logged of one message: in the log where it was seen, and
 * in those before it when the message had come in earlier. For a poll loop;
 * bounded in memory, in logs and in time. */
#ifndef WB_LOG_SEARCH_H
#define WB_LOG_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/maillog/log_lines.h"
#include "engine/world/log_stream.h"

struct log_search;

/* Look for the message QUEUE_ID that has a line of LINE_HASH (0: the last one
 * of that id), in the log that log_stream_open() finds. END says how opening
 * it ended; there is nothing to search unless LOG_STREAM_OPEN. FILE and FILES
 * are borrowed. */
struct log_search *log_search_new(const char *queue_id, uint64_t line_hash,
    const char *file, const char *const *files, const char *const *journals,
    enum log_stream_end *end);

void log_search_free(struct log_search **search);

/* Read a block. True: the search is over. */
bool log_search_step(struct log_search *search);

/* Do without what was not found yet. */
void log_search_stop(struct log_search *search);

/* What to poll for input before the next step; -1: there is always more. */
int log_search_descriptor(const struct log_search *search);

/* Which log is being read, how far, and is it an older one? Borrowed. */
const char *log_search_name(const struct log_search *search);
struct maillog_progress log_search_progress(const struct log_search *search);
bool log_search_is_older(const struct log_search *search);

/* What was found so far, the older lines first. Borrowed until the next
 * step. */
const char *log_search_text(const struct log_search *search, size_t *len);
#define LOG_SEARCH_MAX (LOG_LINES_MAX * 3)

/* Was the line found that was asked for, and the one with which the message
 * came in? */
bool log_search_found(const struct log_search *search);
bool log_search_begun(const struct log_search *search);

#endif
