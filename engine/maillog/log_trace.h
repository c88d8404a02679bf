/* SPDX-License-Identifier: ISC
 * One message on its way through a log that grows, from its Message-ID to the
 * reply of whoever took or refused it. Bounded memory. */
#ifndef WB_LOG_TRACE_H
#define WB_LOG_TRACE_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/bounce/bounce.h"

struct log_trace;

/* The message with this MESSAGE_ID, as it stands in its header, with "<>". */
struct log_trace *log_trace_new(const char *message_id);
void log_trace_free(struct log_trace **trace);

/* Whole lines that follow in the log. */
void log_trace_add(struct log_trace *trace, const char *text, size_t len);

/* What is known. A filter on this server hands a message back under another
 * queue id; it is the last one that counts. Strings are foreign text, borrowed
 * until the next log_trace_add(). */
struct log_traced {
	const char *queue_id;    /* NULL: not seen yet */
	enum outcome outcome;    /* OUTCOME_UNKNOWN: on its way */
	const char *relay;       /* "mx1.example.com[192.0.2.25]:25"; or NULL */
	const char *words;       /* the reply; or NULL */
	bool here;               /* it stayed on this server: a mailbox of its
	                            own, or a filter */
};
void log_trace_result(const struct log_trace *trace,
    struct log_traced *traced);

/* All its lines. */
const char *log_trace_text(const struct log_trace *trace, size_t *len);

#endif
