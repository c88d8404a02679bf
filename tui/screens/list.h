/* SPDX-License-Identifier: ISC
 * A list of messages on the screen, whatever it is a list of. */
#ifndef WB_TUI_SCREENS_LIST_H
#define WB_TUI_SCREENS_LIST_H

#include "tui/screen.h"

/* One row. The strings are foreign text; NULL or "" where nothing is known. */
struct list_row {
	const char *time, *recipient, *code, *class;
	const char *detail;          /* all of it, for "/" */
	const char *words;           /* what was said, for the foot */
	const char *queue_id;
};

/* What is listed. */
struct list_kind {
	/* NARROW: as short as it can be. */
	const char *(*heading)(const struct app *app, struct arena *arena,
	    bool narrow);
	/* Row I; false: there is none. */
	bool (*row)(const struct app *app, struct arena *arena, size_t i,
	    struct list_row *row);
	/* Is it being read just now? Then that is drawn. */
	bool (*draw_reading)(const struct app *app, struct page *page);
	/* Why there is no list; NULL: there is one. */
	const char *(*absent)(const struct app *app, struct arena *arena);
	/* What the list lacks; NULL: nothing. */
	const char *(*incomplete)(const struct app *app, struct arena *arena);
	void (*read)(struct app *app, bool again);
	/* Take the message of row I. */
	void (*take)(struct app *app, size_t i);
};

extern const struct list_kind list_of_log, list_of_queue;

/* The log that is listed: this server's, or the one that was opened. */
struct log_model *list_log(const struct app *app);

/* "2026-02-01T10:11:12" as "02-01 10:11". */
const char *list_time(struct arena *arena, const char *iso);

/* The code that tells more. */
const char *list_code(const char *reply, const char *status);

/* What a class of refusals means; "" for NULL. */
const char *list_class(const char *id);

/* filter.c: does every word of the filter stand somewhere in the row? The line
 * of the filter, when there is one. */
bool filter_matches(const struct list_row *row, const char *filter);
void filter_draw(struct app *app, struct page *page);

/* list_absent.c: false: there is a list of KIND to draw. How far a reading is,
 * below WHAT it is. */
bool list_draw_absent(const struct app *app, struct page *page,
    const struct list_kind *kind);
void list_draw_progress(struct page *page, const struct list_progress *progress,
    const char *what, const char *esc);

#endif
