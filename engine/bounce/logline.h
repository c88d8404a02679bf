/* SPDX-License-Identifier: ISC
 * One line of a mail log, taken apart. Private to engine/bounce. */
#ifndef WB_BOUNCE_LOGLINE_H
#define WB_BOUNCE_LOGLINE_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/bounce/scan.h"

/* The fields point into the line; text NULL where it has none. */
struct logline {
	struct span host;        /* who logged */
	struct span service;     /* "smtp", "qmgr", … */
	struct span queue_id;    /* "NOQUEUE" too */
	struct span rest;        /* behind the queue id */
};

/* Does a log line start here (perhaps cut or wrapped behind its tag)? */
bool logline_starts(struct span s);

/* Take S apart; false when it is no line of a mail system, or one without a
 * queue id. */
bool logline_parse(struct span s, struct logline *out);

/* Nothing more belongs to this line: what stands below is not its
 * continuation. */
bool logline_complete(struct span s);

/* The value of NAME ("dsn=") in REST up to the next comma or blank; with
 * NAME "to=<" up to the closing bracket. */
struct span logline_field(struct span rest, const char *name);

/* What stands in the parentheses behind status=…. */
struct span logline_reason(struct span rest);

#endif
