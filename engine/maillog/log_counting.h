/* SPDX-License-Identifier: ISC
 * A summary while it is counted. Private to log_summary.c and
 * log_result.c. */
#ifndef WB_LOG_COUNTING_H
#define WB_LOG_COUNTING_H

#include "engine/maillog/log_event.h"
#include "engine/maillog/log_summary.h"

struct class_counting {
	struct log_counts counts;
	struct log_time first, last;
	char *sample;
	bool bounce_sampled;
	unsigned long long other_hosts;
};

struct log_summary {
	const struct rules *rules;
	enum log_by by;
	struct arena *arena;
	time_t modified;
	bool is_mail;
	unsigned long long lines, sent;
	struct log_counts counts, other_keys;
	struct class_counting *classes;   /* in the order of class_at() */
	struct tally hosts;               /* group: the class */
	struct tally keys, key_classes;   /* group: the key */
	struct recent replies;            /* words -> class */
	struct recent deferred;           /* queue id -> key, class */
	struct recent senders;            /* queue id -> key */
};

#endif
