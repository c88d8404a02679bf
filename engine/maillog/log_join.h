/* SPDX-License-Identifier: ISC
 * The lines of a log brought together by message, for logs of any size: a
 * message is handed out when it has left the queue. Bounded memory. */
#ifndef WB_LOG_JOIN_H
#define WB_LOG_JOIN_H

#include <stddef.h>

struct log_join;

/* TAKE gets the lines of each message of which one tells of a refusal, and
 * each line of a refusal by this server itself, in the order in which they
 * were settled. TEXT is borrowed. */
struct log_join *log_join_new(void (*take)(void *arg, const char *text,
    size_t len), void *arg);
void log_join_free(struct log_join **join);

/* Whole lines of a log (the last one may lack its line end). */
void log_join_add(struct log_join *join, const char *text, size_t len);

/* The log is over: hand out what is still in the queue, the oldest first. */
void log_join_end(struct log_join *join);

/* So many messages, and so many octets of them, are kept; more of them are
 * handed out before they have left the queue, the oldest first. */
#define LOG_JOIN_MESSAGES 16384
#define LOG_JOIN_OCTETS ((size_t)24 << 20)
/* Of one message so much is kept. */
#define LOG_JOIN_TEXT ((size_t)64 << 10)

#endif
