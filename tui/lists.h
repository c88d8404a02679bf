/* SPDX-License-Identifier: ISC
 * The mail log and the mail queue of this server as lists: read in the
 * background, in slices between the keys, and searched for all that belongs to
 * one message. */
#ifndef WB_TUI_LISTS_H
#define WB_TUI_LISTS_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/diagnosis.h"
#include "engine/maillog/log_list.h"
#include "engine/maillog/queue_list.h"
#include "engine/world/log_stream.h"
#include "engine/world/mailqueue.h"
#include "tui/draw.h"

struct app;

enum list_state {
	LIST_NONE,        /* not asked for yet, or nothing came of it */
	LIST_READING,
	LIST_SETTLING,    /* read; entries are still being classified */
	LIST_READY
};

/* One reading of a log. */
struct log_reading {
	struct log_stream *stream;       /* NULL: not going on */
	const char *name;                /* of the log, or NULL */
	int64_t began, took;             /* ms */
	struct maillog_progress progress;
};

struct lists {
	struct arena *arena;
	const struct rules *rules;
	const char *own_log;             /* $WHYBOUNCE_LOG, or NULL */
	bool peeked;
	int64_t shown;                   /* when progress was drawn last */

	enum list_state log_state;
	enum log_stream_end log_end;     /* how opening it ended */
	struct log_reading log_reading;
	struct log_list *log;
	time_t log_time;
	bool log_peeking;                /* only as much as is cheap */
	bool log_stopped;
	struct str log_err;              /* "": no fault */

	enum list_state queue_state;
	enum mailqueue_state queue_end;
	bool queue_missing;              /* there is no postqueue(1) */
	bool queue_peeking;
	struct mailqueue *queue_run;
	struct queue_list *queue;
	struct str queue_err;

	/* the lines of the message that was chosen */
	struct log_reading search;
	struct log_lines *lines;
	struct str queue_text;           /* its entry of the queue, or "" */
	struct str line;                 /* its line of the log, or "" */
	struct str recipient, queue_id;
	struct place place;              /* where the user was in the list */

	struct str filter;
};

struct lists *lists_new(const struct diagnosis_options *options);
void lists_free(struct lists **lists);

/* For the start screen: count what can be counted at no cost worth speaking
 * of. Once. */
void lists_peek(struct app *app);

/* Read, unless it is being read or has not changed; AGAIN: in any case. */
void lists_read_log(struct app *app, bool again);
void lists_read_queue(struct app *app);

/* Take the I-th entry with everything that the log has of it; when that has
 * been found, the verdict is shown. */
void lists_take_log(struct app *app, size_t i);
void lists_take_queue(struct app *app, size_t i);

/* Esc: end the reading or searching that goes on. False: none does. */
bool lists_stop(struct app *app);

/* Is anything going on that the user waits for, or at all? */
bool lists_searching(const struct lists *lists);
bool lists_busy(const struct lists *lists);

/* The poll loop: as for diagnosis_poll() and diagnosis_io(). */
size_t lists_poll(const struct lists *lists, struct pollfd *fds, int *timeout);
#define LISTS_MAX_FDS (2 + MAILQUEUE_FDS)
void lists_io(struct app *app);

#endif
