/* SPDX-License-Identifier: ISC
 * Knows where the newest refusal's lines can be. Hides what is kept of a log
 * that cannot be read twice. */
#include "config.h"

#include "engine/maillog/log_newest.h"

#include <stdlib.h>

#include "engine/base/arena.h"
#include "engine/maillog/log_list.h"
#include "engine/maillog/log_search.h"

struct log_newest {
	struct log_list *list;
	struct str before, tail;   /* the last of the log */
};

struct log_newest *
log_newest_new(void)
{
	struct log_newest *newest = mem_alloc(sizeof *newest);

	newest->list = log_list_new(rules_builtin());
	str_init(&newest->before, LOG_NEWEST_TAIL);
	str_init(&newest->tail, LOG_NEWEST_TAIL);
	return newest;
}

void
log_newest_free(struct log_newest **newest)
{
	if (*newest == NULL)
		return;
	log_list_free(&(*newest)->list);
	str_free(&(*newest)->before);
	str_free(&(*newest)->tail);
	free(*newest);
	*newest = NULL;
}

void
log_newest_add(struct log_newest *newest, time_t modified, const char *text,
    size_t len)
{
	log_list_add(newest->list, modified, text, len);
	if (newest->tail.len + len > LOG_NEWEST_TAIL) {
		struct str full = newest->tail;

		newest->tail = newest->before;
		newest->before = full;
		str_clear(&newest->tail);
	}
	str_add(&newest->tail, text, len);
}

static void
search_file(const struct log_entry *entry, const char *file,
    struct str *text)
{
	static const char *const none[] = { NULL };
	enum log_stream_end end;
	struct log_search *search = log_search_new(entry->queue_id,
	    entry->line_hash, file, none, none, &end);
	const char *found;
	size_t len;

	while (!log_search_step(search))
		;
	found = log_search_text(search, &len);
	str_add(text, found, len);
	log_search_free(&search);
}

static void
search_tail(const struct log_newest *newest, const struct log_entry *entry,
    struct str *text)
{
	struct log_lines *lines = log_lines_new(entry->queue_id,
	    entry->line_hash);
	const char *found;
	size_t len;

	if (!log_lines_add(lines, newest->before.text, newest->before.len))
		(void)log_lines_add(lines, newest->tail.text,
		    newest->tail.len);
	if (log_lines_found(lines)) {
		found = log_lines_text(lines, &len);
		str_add(text, found, len);
	}
	log_lines_free(&lines);
}

bool
log_newest_message(struct log_newest *newest, const char *file,
    struct str *text, struct str *id, struct str *to)
{
	const struct log_entry *entry = log_list_entry(newest->list,
	    log_list_newest(newest->list));

	if (entry == NULL)
		return false;
	if (file != NULL)
		search_file(entry, file, text);
	else
		search_tail(newest, entry, text);
	if (text->len == 0)
		str_addf(text, "%s\n", entry->line);
	str_adds(id, entry->queue_id);
	str_adds(to, entry->recipient);
	return true;
}
