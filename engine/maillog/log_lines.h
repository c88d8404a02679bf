/* SPDX-License-Identifier: ISC
 * All lines that one log has of one message, in their order, those of the
 * bounce that was sent for it too. Bounded memory. */
#ifndef WB_LOG_LINES_H
#define WB_LOG_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct log_lines;

/* The message QUEUE_ID that has a line of LINE_HASH (0: the last one of that
 * id; ids are used again). */
struct log_lines *log_lines_new(const char *queue_id, uint64_t line_hash);
void log_lines_free(struct log_lines **lines);

/* Look through a further part of the log. True: no more will come. */
bool log_lines_add(struct log_lines *lines, const char *text, size_t len);

/* What was found, at most LOG_LINES_MAX octets of it. */
const char *log_lines_text(const struct log_lines *lines, size_t *len);
#define LOG_LINES_MAX ((size_t)256 << 10)

/* Is the line there that was asked for? (LINE_HASH 0: any line.) */
bool log_lines_found(const struct log_lines *lines);

/* Is the first line the one with which a message comes in? */
bool log_lines_begun(const struct log_lines *lines);

/* Has the message left the queue? */
bool log_lines_removed(const struct log_lines *lines);

#endif
