/* SPDX-License-Identifier: ISC
 * Any bytes as a log and as a queue listing: the lists keep their limits, the
 * lines of a message are in the log, and the messages of a log are no more
 * than the log. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/maillog/log_join.h"
#include "engine/maillog/log_lines.h"
#include "engine/maillog/log_list.h"
#include "engine/maillog/log_sniff.h"
#include "engine/maillog/queue_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_lines(const struct log_entry *entry, const char *text, size_t size)
{
	struct log_lines *lines = log_lines_new(entry->queue_id,
	    entry->line_hash);
	const char *found;
	size_t len;

	(void)log_lines_add(lines, text, size);
	found = log_lines_text(lines, &len);
	if (len > LOG_LINES_MAX || found[len] != '\0')
		abort();
	log_lines_free(&lines);
}

static void
check_log(const char *text, size_t size)
{
	struct log_list *list = log_list_new(rules_builtin());
	const struct log_entry *entry;
	size_t n = 0;

	/* in two parts, as blocks would come */
	log_list_add(list, 1770076800, text, size / 2);
	log_list_add(list, 1770076800, text + size / 2, size - size / 2);
	while (!log_list_settle(list))
		;
	for (; (entry = log_list_entry(list, n)) != NULL; n++) {
		if (entry->class_id == NULL || entry->recipient == NULL ||
		    strlen(entry->line) > LOG_LIST_LINE_MAX)
			abort();
		if (n < 3)
			check_lines(entry, text, size);
	}
	if (n != log_list_count(list) || n > LOG_LIST_MAX ||
	    log_list_since(list, 1770076800, 86400) > 2 * LOG_LIST_MAX)
		abort();
	log_list_free(&list);
}

static void
check_queue(const char *text, size_t size)
{
	struct queue_list *list = queue_list_new(rules_builtin(), text, size);
	const struct queue_entry *entry;
	size_t n = 0;

	while (!queue_list_settle(list))
		;
	for (; (entry = queue_list_entry(list, n)) != NULL; n++)
		if (!entry->settled || (entry->recipients != 0 &&
		    entry->class_id == NULL))
			abort();
	if (n > QUEUE_LIST_MAX || n > queue_list_messages(list))
		abort();
	queue_list_free(&list);
}

static void
add_message(void *arg, const char *text, size_t len)
{
	size_t *sum = arg;

	if (len == 0 || text[0] == '\n')
		abort();
	*sum += len;
}

static void
check_join(const char *text, size_t size)
{
	size_t sum = 0;
	struct log_join *join = log_join_new(add_message, &sum);

	log_join_add(join, text, size / 2);
	log_join_add(join, text + size / 2, size - size / 2);
	log_join_end(join);
	/* and a line end for each of its two parts */
	if (sum > size + 2)
		abort();
	log_join_free(&join);
	(void)log_sniff(text, size, size % 2 != 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_log((const char *)data, size);
	check_queue((const char *)data, size);
	check_join((const char *)data, size);
	return 0;
}
