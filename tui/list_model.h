/* SPDX-License-Identifier: ISC
 * A log and the queue as lists: read in slices between the keys. Nothing here
 * knows what is on the screen. */
#ifndef WB_TUI_LIST_MODEL_H
#define WB_TUI_LIST_MODEL_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "engine/maillog/log_list.h"
#include "engine/maillog/queue_list.h"
#include "engine/world/log_stream.h"
#include "engine/world/mailqueue.h"

enum list_state {
	LIST_NONE,        /* not asked for yet, or nothing came of it */
	LIST_READING,
	LIST_SETTLING,    /* read; entries are still being classified */
	LIST_READY
};

/* Where a reading is. NAME is borrowed; BEGAN is clock_ms(). */
struct list_progress {
	const char *name;                /* of the log, or NULL */
	int64_t began;
	struct maillog_progress octets;
};

/* ---- a log */

struct log_model {
	const struct rules *rules;
	const char *file;                /* NULL: this host's log */
	enum list_state state;
	enum log_stream_end end;         /* how opening it ended */
	struct log_stream *stream;       /* NULL: it is not being read */
	struct list_progress progress;
	struct log_list *list;           /* NULL: nothing was read */
	time_t modified;                 /* when it was opened */
	bool peeking;                    /* only as much as is cheap */
	bool stopped;                    /* by the user */
	struct str err;                  /* "": no fault */
};

/* RULES and FILE are borrowed. */
void log_model_init(struct log_model *log, const struct rules *rules,
    const char *file);
void log_model_clear(struct log_model *log);

/* Begin to read, unless that goes on or nothing has changed; AGAIN: in any
 * case. */
void log_model_read(struct log_model *log, bool again);

/* The same for as much as can be counted at no cost worth speaking of. */
void log_model_peek(struct log_model *log);

/* End the reading; what was read is the list. False: none goes on. */
bool log_model_stop(struct log_model *log);

/* A piece of work. False: there is none, or it must be waited for. CHANGED is
 * set when there is something new to see. */
bool log_model_work(struct log_model *log, bool *changed);
size_t log_model_poll(const struct log_model *log, struct pollfd *fds,
    int *timeout);
bool log_model_busy(const struct log_model *log);

/* ---- the queue */

struct queue_model {
	const struct rules *rules;
	const char *directory;           /* of Postfix' configuration, or NULL */
	struct arena *arena;
	enum list_state state;
	enum mailqueue_state end;
	bool missing;                    /* there is no postqueue(1) */
	bool peeking;
	struct mailqueue *run;
	struct queue_list *list;         /* NULL: nothing was read */
	struct str err;
};

/* RULES and DIRECTORY are borrowed. */
void queue_model_init(struct queue_model *queue, const struct rules *rules,
    const char *directory);
void queue_model_clear(struct queue_model *queue);
void queue_model_read(struct queue_model *queue);
void queue_model_peek(struct queue_model *queue);
bool queue_model_stop(struct queue_model *queue);
bool queue_model_work(struct queue_model *queue, bool *changed);
size_t queue_model_poll(const struct queue_model *queue, struct pollfd *fds,
    int *timeout);
bool queue_model_busy(const struct queue_model *queue);

#endif
