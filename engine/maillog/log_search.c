/* SPDX-License-Identifier: ISC
 * Knows when lines of an older log belong to the same message, and how much
 * looking they are worth. Hides the row of logs. */
#include "config.h"

#include "engine/maillog/log_search.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/base/arena.h"
#include "engine/base/str.h"
#include "engine/bounce/scan.h"
#include "engine/maillog/log_time.h"
#include "engine/world/log_rotated.h"

/* Older logs are read for so long at most. */
#define OLDER_SECONDS 15

struct log_search {
	struct arena *arena;
	const char *queue_id;
	uint64_t line_hash;
	const char *older[LOG_ROTATED_MAX];
	size_t n_older, next;
	time_t until;              /* CLOCK_MONOTONIC; 0: no end */

	struct log_stream *stream; /* NULL: none is being read */
	const char *name;
	struct log_lines *lines;   /* of that one */

	struct str text;           /* of the logs that were read */
	struct log_time first;     /* of its first line */
	bool found, begun;
};

static time_t
now_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static struct log_search *
new_search(const char *queue_id)
{
	struct log_search *search = mem_alloc(sizeof *search);

	memset(search, 0, sizeof *search);
	search->arena = arena_new();
	search->queue_id = arena_strdup(search->arena, queue_id);
	str_init(&search->text, LOG_SEARCH_MAX);
	return search;
}

static void
close_log(struct log_search *search)
{
	log_stream_close(&search->stream);
	log_lines_free(&search->lines);
}

void
log_search_free(struct log_search **search)
{
	struct log_search *s = *search;

	if (s == NULL)
		return;
	close_log(s);
	str_free(&s->text);
	arena_free(&s->arena);
	free(s);
	*search = NULL;
}

static enum log_stream_end
open_log(struct log_search *search, const char *file,
    const char *const *files, const char *const *journals)
{
	enum log_stream_end end;
	struct str err;

	str_init(&err, 1024);
	end = log_stream_open(&search->stream, file, files, journals,
	    &search->name, &err);
	str_free(&err);
	if (end == LOG_STREAM_OPEN)
		search->lines = log_lines_new(search->queue_id,
		    search->found ? 0 : search->line_hash);
	return end;
}

struct log_search *
log_search_new(const char *queue_id, uint64_t line_hash, const char *file,
    const char *const *files, const char *const *journals,
    enum log_stream_end *end)
{
	struct log_search *search = new_search(queue_id);

	search->line_hash = line_hash;
	*end = open_log(search, file, files, journals);
	if (*end == LOG_STREAM_OPEN && !log_stream_is_journal(search->stream))
		search->n_older = log_rotated(search->arena, search->name,
		    search->older);
	return search;
}

/* Older lines may not be younger than those that are there. A log's zone may
 * have changed, or it has none: then that cannot be told. */
static bool
is_in_order(const struct log_time *last, const struct log_time *first)
{
	return last->text[0] == '\0' || first->text[0] == '\0' ||
	    strlen(last->text) != strlen(first->text) ||
	    last->seconds <= first->seconds;
}

static struct span
first_line(const char *text, size_t len)
{
	const char *end = memchr(text, '\n', len);

	return span_make(text, end != NULL ? (size_t)(end - text) : len);
}

static struct span
last_line(const char *text, size_t len)
{
	const char *start;

	if (len != 0 && text[len - 1] == '\n')
		len--;
	start = memrchr(text, '\n', len);
	start = start != NULL ? start + 1 : text;
	return span_make(start, (size_t)(text + len - start));
}

/* Put the lines of a log in front of what is there. */
static void
put_before(struct log_search *search, const char *text, size_t len,
    time_t modified)
{
	struct span first = first_line(text, len);
	struct str whole;

	log_time_read(first.text, first.len, modified, &search->first);
	str_init(&whole, LOG_SEARCH_MAX);
	str_add(&whole, text, len);
	str_add(&whole, search->text.text, search->text.len);
	str_free(&search->text);
	search->text = whole;
}

/* The log that is open has been read. True: there is nothing to be found in
 * others. */
static bool
take_lines(struct log_search *search)
{
	time_t modified = log_stream_time(search->stream);
	struct log_time last;
	const char *text;
	struct span line;
	size_t len;

	text = log_lines_text(search->lines, &len);
	if (len == 0 || !log_lines_found(search->lines))
		return false;
	line = last_line(text, len);
	log_time_read(line.text, line.len, modified, &last);
	/* the same id, another message */
	if (search->text.len != 0 && (log_lines_removed(search->lines) ||
	    !is_in_order(&last, &search->first)))
		return true;
	search->found = true;
	put_before(search, text, len, modified);
	search->begun = log_lines_begun(search->lines);
	return search->begun;
}

/* Open the log before the last. False: there is none, or no time. */
static bool
open_older(struct log_search *search)
{
	close_log(search);
	if (search->until == 0)
		search->until = now_seconds() + OLDER_SECONDS;
	while (search->next < search->n_older)
		if (open_log(search, search->older[search->next++], NULL,
		    NULL) == LOG_STREAM_OPEN)
			return true;
	return false;
}

bool
log_search_step(struct log_search *search)
{
	enum maillog_state state;
	const char *text;
	struct str err;
	size_t len;

	if (search->stream == NULL)
		return true;
	str_init(&err, 1024);
	state = log_stream_next(search->stream, &text, &len, &err);
	str_free(&err);
	if (!log_lines_add(search->lines, text, len) &&
	    state == MAILLOG_LINES) {
		if (search->until == 0 || now_seconds() < search->until)
			return false;
		close_log(search);
		return true;
	}
	if (!take_lines(search) && open_older(search))
		return false;
	close_log(search);
	return true;
}

void
log_search_stop(struct log_search *search)
{
	close_log(search);
}

int
log_search_descriptor(const struct log_search *search)
{
	return search->stream != NULL ?
	    log_stream_descriptor(search->stream) : -1;
}

const char *
log_search_name(const struct log_search *search)
{
	return search->name;
}

struct maillog_progress
log_search_progress(const struct log_search *search)
{
	static const struct maillog_progress none;

	return search->stream != NULL ?
	    log_stream_progress(search->stream) : none;
}

bool
log_search_is_older(const struct log_search *search)
{
	return search->next != 0;
}

const char *
log_search_text(const struct log_search *search, size_t *len)
{
	*len = search->text.len;
	return search->text.text;
}

bool
log_search_found(const struct log_search *search)
{
	return search->found;
}

bool
log_search_begun(const struct log_search *search)
{
	return search->begun;
}
