/* SPDX-License-Identifier: ISC
 * The last deliveries of a mail log that failed, one entry for each message
 * and recipient. Bounded memory, whatever the log holds. */
#ifndef WB_LOG_LIST_H
#define WB_LOG_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "engine/bounce/bounce.h"
#include "engine/maillog/log_time.h"

/* Older ones are forgotten. */
#define LOG_LIST_MAX 1000
/* A line is kept up to here. */
#define LOG_LIST_LINE_MAX 2000

/* One message that one recipient did not get (yet). The strings are foreign
 * text and live until the next log_list_add() or log_list_free(). */
struct log_entry {
	struct log_time time;        /* of its last line */
	enum outcome outcome;        /* bounced, deferred or expired */
	const char *queue_id;
	const char *recipient;       /* "" where the log does not say */
	const char *line;            /* the last one that says why */
	uint64_t line_hash;          /* of all of it; for log_search_new() */

	/* only after log_list_settle() */
	const char *class_id;        /* before: NULL */
	char reply[4], status[12];   /* "": not known */
};

struct log_list;

/* RULES are borrowed. */
struct log_list *log_list_new(const struct rules *rules);
void log_list_free(struct log_list **list);

/* Whole lines of a log (the last one may lack its line end), last written to
 * at MODIFIED. A message that was delayed and then delivered is forgotten. */
void log_list_add(struct log_list *list, time_t modified, const char *text,
    size_t len);

/* When everything was added: classify some more entries, the newest first,
 * for about as long as a key press may wait. True: all are. */
bool log_list_settle(struct log_list *list);

/* The entries, the newest first; NULL past the last. */
size_t log_list_count(const struct log_list *list);
const struct log_entry *log_list_entry(const struct log_list *list, size_t i);

/* Place of the newest one that was given up, else of the newest of all; only
 * when there are any. */
size_t log_list_newest(const struct log_list *list);

/* Entries that are left out because there are too many. */
unsigned long long log_list_older(const struct log_list *list);

/* Was there any line of a mail system? */
bool log_list_is_mail(const struct log_list *list);

/* How many entries are not older than SECONDS at the time NOW. */
size_t log_list_since(const struct log_list *list, time_t now, long seconds);

#endif
