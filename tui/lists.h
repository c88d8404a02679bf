/* SPDX-License-Identifier: ISC
 * The lists of the wizard: this server's log, a log that the user has opened,
 * the mail queue; and the message that is taken from one of them, with all
 * that is logged of it. */
#ifndef WB_TUI_LISTS_H
#define WB_TUI_LISTS_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/diagnosis.h"
#include "engine/maillog/log_search.h"
#include "tui/draw.h"
#include "tui/list_model.h"

struct app;

/* The message that was chosen while its lines are looked for. */
struct taking {
	struct log_search *search;       /* NULL: none is */
	int64_t began;
	const char *log;                 /* where; NULL: this host's */
	struct str queue_text;           /* its entry of the queue, or "" */
	struct str line;                 /* its line of the log, or "" */
	struct str recipient, queue_id;
	struct place place;              /* where the user was in the list */
};

struct lists {
	struct arena *arena;
	const struct rules *rules;
	const char *own_log;             /* $WHYBOUNCE_LOG, or NULL */
	char *opened_name;               /* of the opened log */
	struct log_model log, opened;
	struct queue_model queue;
	struct taking taking;
	struct str filter;
	bool peeked;
	int64_t shown;                   /* when progress was drawn last */
};

struct lists *lists_new(const struct diagnosis_options *options);
void lists_free(struct lists **lists);

/* For the start screen: count what can be counted at no cost worth speaking
 * of. Once. */
void lists_peek(struct app *app);

/* FILE is the log to be listed by screen_logfile. */
void lists_open(struct app *app, const char *file);

/* Esc: end the reading or looking that the user waits for. False: none goes
 * on. */
bool lists_stop(struct app *app);
bool lists_busy(const struct lists *lists);

/* The poll loop: as for diagnosis_poll() and diagnosis_io(). */
size_t lists_poll(const struct lists *lists, struct pollfd *fds, int *timeout);
#define LISTS_MAX_FDS (3 + MAILQUEUE_FDS)
void lists_io(struct app *app);

/* taking.c */

void taking_init(struct taking *taking);
void taking_clear(struct taking *taking);

/* Take the I-th entry of LOG or of the queue with everything that is logged of
 * it; when that has been found, the verdict is shown. */
void taking_log(struct app *app, const struct log_model *log, size_t i);
void taking_queue(struct app *app, size_t i);

bool taking_goes_on(const struct lists *lists);
/* A piece of work. False: there is none, or it must be waited for. */
bool taking_work(struct app *app);
size_t taking_poll(const struct taking *taking, struct pollfd *fds,
    int *timeout);
/* Back to the list. */
void taking_back(struct app *app);
/* The same; but what is only looked for in older logs is done without, and the
 * verdict is shown. */
void taking_stop(struct app *app);
/* Nobody waits for it any more. */
void taking_cancel(struct app *app);

#endif
