/* SPDX-License-Identifier: ISC
 * What a mail log says about mail that was not taken: how much of it, why,
 * since when, by whom. Bounded memory, whatever the log holds. */
#ifndef WB_LOG_SUMMARY_H
#define WB_LOG_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "engine/bounce/bounce.h"
#include "engine/maillog/log_tables.h"
#include "engine/maillog/log_time.h"

/* What the lines are counted by, beside their class. */
enum log_by {
	LOG_BY_NOTHING,
	LOG_BY_SENDER,       /* domain of the envelope sender */
	LOG_BY_RECIPIENT,    /* domain of the recipient */
	LOG_BY_HOST,         /* the host that refused or could not be reached */
	LOG_BY_DAY
};

/* "sender" …; NULL for LOG_BY_NOTHING and what is none. And back: false when
 * NAME is none of them. */
const char *log_by_name(enum log_by by);
bool log_by_find(const char *name, enum log_by *by);

/* More different hosts, and more domains, than this are counted together. */
#define LOG_HOSTS_MAX 16384
#define LOG_KEYS_MAX 16384
/* A sample line is cut here. */
#define LOG_SAMPLE_MAX 1500

struct log_host {
	const char *name;
	unsigned long long count;     /* bounced and deferred lines */
};

struct log_class {
	const char *id;
	struct log_counts counts;     /* log lines, not messages */
	struct log_time first, last;
	const struct log_host *hosts; /* most lines first */
	size_t n_hosts;
	unsigned long long other_hosts; /* lines whose host was not kept */
	const char *sample;           /* a log line, foreign text */
};

struct log_key {
	const char *name;             /* "" when the log does not say */
	const char *class_id;         /* of most of its lines */
	struct log_counts counts;
};

struct log_result {
	unsigned long long lines, sent;
	struct log_counts counts;
	const struct log_class *classes; /* that hurt most first: lost mail
	                                  * (bounced, expired), then delayed */
	size_t n_classes;
	enum log_by by;
	const struct log_key *keys;   /* in the same order; days by time */
	size_t n_keys;
	struct log_counts other_keys; /* of keys that were not kept */
};

struct log_summary;

/* Arena-owned strings of the result live as long as the summary. RULES are
 * borrowed. */
struct log_summary *log_summary_new(const struct rules *rules,
    enum log_by by);
void log_summary_free(struct log_summary **summary);

/* Another log follows, last written to at MODIFIED. */
void log_summary_begin(struct log_summary *summary, time_t modified);

/* Whole lines of it (the last one may lack its line end). */
void log_summary_add(struct log_summary *summary, const char *text,
    size_t len);

/* Was there any line of a mail system since log_summary_begin()? */
bool log_summary_is_mail(const struct log_summary *summary);

/* What has been counted so far. */
void log_summary_result(struct log_summary *summary, struct log_result *out);

#endif
