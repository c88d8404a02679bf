/* SPDX-License-Identifier: ISC
 * One log line that tells of mail that was not taken. */
#ifndef WB_LOG_EVENT_H
#define WB_LOG_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/bounce/bounce.h"
#include "engine/bounce/scan.h"

/* The spans point into the line; text NULL where it does not say. */
struct log_event {
	struct span line;
	enum outcome outcome;       /* bounced, deferred or expired */
	struct span queue_id;
	struct span status;         /* "5.1.1" */
	struct span host;           /* who refused, or was not reached */
	struct span reason;         /* with its parentheses */
	struct span address;        /* recipient; of an expired one the sender */
};

/* What was logged with LINE: without blanks, line end, and the name of the
 * journal's field. */
struct span log_event_line(struct span line);

/* The next line that has ", status=" in the octets *FROM … END; *STATUS is where
 * that stands, and *FROM moves behind the line. False: there is none. */
bool log_event_next(const char **from, const char *end, struct span *line,
    const char **status);

/* Read LINE, which has ", status=" at STATUS. False: it is no line of a
 * delivery that failed. */
bool log_event_read(struct span line, const char *status,
    struct log_event *out);

/* A hash that is the same for events with the same words: what differs from
 * message to message (addresses, IPv4 addresses, long identifiers) does not
 * count. What rules may ask about does: host, codes, short numbers. */
uint64_t log_event_words(const struct log_event *event);

/* The domain of the address, or all of it when it has none. */
struct span log_event_domain(struct span address);

#endif
