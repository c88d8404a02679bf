/* SPDX-License-Identifier: ISC
 * Knows what hurts most. Hides how the tallies become lists. */
#include "config.h"

#include "engine/maillog/log_counting.h"

#include <stdlib.h>
#include <string.h>

#include "engine/bounce/classes.h"

static const char *const by_names[] = {
	[LOG_BY_NOTHING] = NULL,
	[LOG_BY_SENDER] = "sender",
	[LOG_BY_RECIPIENT] = "recipient",
	[LOG_BY_HOST] = "host",
	[LOG_BY_DAY] = "day"
};

const char *
log_by_name(enum log_by by)
{
	return by_names[by];
}

bool
log_by_find(const char *name, enum log_by *by)
{
	for (int i = LOG_BY_SENDER; i <= LOG_BY_DAY; i++)
		if (strcmp(by_names[i], name) == 0) {
			*by = (enum log_by)i;
			return true;
		}
	return false;
}

static unsigned long long
lost(const struct log_counts *counts)
{
	return counts->bounced + counts->expired;
}

static unsigned long long
all(const struct log_counts *counts)
{
	return lost(counts) + counts->deferred;
}

static int
descending(unsigned long long a, unsigned long long b)
{
	return a == b ? 0 : a > b ? -1 : 1;
}

/* Lost mail weighs more than delayed mail. */
static int
compare_counts(const struct log_counts *a, const struct log_counts *b)
{
	int order = descending(lost(a), lost(b));

	return order != 0 ? order : descending(a->deferred, b->deferred);
}

static int
compare_classes(const void *a, const void *b)
{
	const struct log_class *x = a, *y = b;
	int order = compare_counts(&x->counts, &y->counts);

	return order != 0 ? order : strcmp(x->id, y->id);
}

static int
compare_hosts(const void *a, const void *b)
{
	const struct log_host *x = a, *y = b;
	int order = descending(x->count, y->count);

	return order != 0 ? order : strcmp(x->name, y->name);
}

static int
compare_keys(const void *a, const void *b)
{
	const struct log_key *x = a, *y = b;
	int order = compare_counts(&x->counts, &y->counts);

	return order != 0 ? order : strcmp(x->name, y->name);
}

static int
compare_names(const void *a, const void *b)
{
	const struct log_key *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static void
list_hosts(const struct log_summary *summary, size_t class,
    struct log_class *out)
{
	const struct tally *tally = &summary->hosts;
	struct log_host *hosts;
	size_t n = 0;

	for (size_t i = 0; i < tally->n; i++)
		n += tally->entries[i].group == class;
	hosts = arena_array(summary->arena, n + 1, sizeof *hosts);
	for (size_t i = 0; i < tally->n; i++)
		if (tally->entries[i].group == class)
			hosts[out->n_hosts++] = (struct log_host){
				tally->entries[i].name,
				all(&tally->entries[i].counts) };
	if (n != 0)
		qsort(hosts, n, sizeof *hosts, compare_hosts);
	out->hosts = hosts;
}

static void
list_classes(const struct log_summary *summary, struct log_result *out)
{
	struct log_class *list = arena_array(summary->arena,
	    class_count() + 1, sizeof *list);

	for (size_t i = 0; i < class_count(); i++) {
		const struct class_counting *from = &summary->classes[i];
		struct log_class *to = &list[out->n_classes];

		if (all(&from->counts) == 0)
			continue;
		*to = (struct log_class){ .id = class_at(i)->id,
			.counts = from->counts, .first = from->first,
			.last = from->last, .sample = from->sample,
			.other_hosts = from->other_hosts };
		list_hosts(summary, i, to);
		out->n_classes++;
	}
	if (out->n_classes != 0)
		qsort(list, out->n_classes, sizeof *list, compare_classes);
	out->classes = list;
}

/* The class of most of each key's lines. */
static const char **
main_classes(const struct log_summary *summary)
{
	size_t n = summary->keys.n;
	const char **ids = arena_array(summary->arena, n + 1, sizeof *ids);
	unsigned long long *most = arena_array(summary->arena, n + 1,
	    sizeof *most);

	for (size_t i = 0; i < summary->key_classes.n; i++) {
		const struct tally_entry *entry =
		    &summary->key_classes.entries[i];

		if (all(&entry->counts) <= most[entry->group])
			continue;
		most[entry->group] = all(&entry->counts);
		ids[entry->group] = entry->name;
	}
	return ids;
}

static void
list_keys(const struct log_summary *summary, struct log_result *out)
{
	const struct tally *tally = &summary->keys;
	const char **ids = main_classes(summary);
	struct log_key *list = arena_array(summary->arena, tally->n + 1,
	    sizeof *list);

	for (size_t i = 0; i < tally->n; i++)
		/* senders are known before anything happens to their mail */
		if (all(&tally->entries[i].counts) != 0)
			list[out->n_keys++] = (struct log_key){
				tally->entries[i].name, ids[i],
				tally->entries[i].counts };
	if (out->n_keys != 0)
		qsort(list, out->n_keys, sizeof *list,
		    summary->by == LOG_BY_DAY ? compare_names : compare_keys);
	out->keys = list;
}

void
log_summary_result(struct log_summary *summary, struct log_result *out)
{
	*out = (struct log_result){ .lines = summary->lines,
		.sent = summary->sent, .counts = summary->counts,
		.by = summary->by, .other_keys = summary->other_keys };
	list_classes(summary, out);
	list_keys(summary, out);
}
