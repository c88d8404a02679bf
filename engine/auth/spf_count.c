/* SPDX-License-Identifier: ISC
 * Knows how many look-ups a record needs when nothing matches. Hides the
 * bounds that keep the counting of hostile records short. */
#include "config.h"

#include <string.h>

#include "engine/auth/spf_walk.h"

/* Enough to tell the true number of every record that people write; a bound
 * on depth, too, for each step down has been counted. */
#define MAX_COUNTED 40

static bool
on_path(const struct spf_frame *frame, const char *domain)
{
	for (; frame != NULL; frame = frame->above)
		if (strcmp(frame->domain, domain) == 0)
			return true;
	return false;
}

/* The record that TERM leads to. */
static void
follow(struct spf_count *count, const struct spf_term *term,
    const struct spf_frame *frame)
{
	const char *name = term->argument;
	struct spf_macro_values values;

	if (strchr(name, '%') != NULL) {
		if (count->values == NULL || spf_macro_uses(name, 'p'))
			return;
		values = *count->values;
		values.domain = frame->written;
		name = spf_macro_expand_name(count->arena, name, &values);
	}
	name = spf_target_name(count->arena, name);
	if (name == NULL || on_path(frame, name))
		count->faulty = true;
	else
		spf_count_domain(count, name, frame);
}

void
spf_count_terms(struct spf_count *count, const struct spf_record *record,
    size_t from, const struct spf_frame *frame)
{
	const struct spf_term *all = spf_find_all(record);

	for (size_t i = from; i < record->n_terms; i++) {
		const struct spf_term *term = &record->terms[i];

		if (term == all || count->lookups >= MAX_COUNTED)
			break;
		if (!spf_queries_dns(term->kind) ||
		    term->kind == SPF_REDIRECT)
			continue;
		count->lookups++;
		if (term->kind == SPF_INCLUDE)
			follow(count, term, frame);
	}
	/* RFC 7208 6.1: "all" anywhere takes the redirect's place */
	if (record->redirect != NULL && all == NULL &&
	    count->lookups < MAX_COUNTED) {
		count->lookups++;
		follow(count, record->redirect, frame);
	}
}

void
spf_count_domain(struct spf_count *count, const char *domain,
    const struct spf_frame *above)
{
	struct spf_frame frame = { .domain = domain, .written = domain,
		.above = above };
	struct spf_source source;

	spf_source_read(count->arena, count->facts, domain, &source);
	switch (source.found) {
	case SPF_FOUND:
		spf_count_terms(count, &source.record, 0, &frame);
		return;
	case SPF_FOUND_NONE:
	case SPF_FOUND_SEVERAL:
	case SPF_FOUND_FAULTY:
		count->faulty = true;
		return;
	case SPF_FOUND_FAILED:
	case SPF_FOUND_WANTED:
		count->missing = true;
		return;
	}
}

int
spf_worst_case(struct arena *arena, struct facts *facts, const char *domain)
{
	struct spf_count count = { .arena = arena, .facts = facts };
	const char *name = spf_target_name(arena, domain);

	if (name == NULL)
		return -1;
	spf_count_domain(&count, name, NULL);
	return count.missing || count.faulty ? -1 : count.lookups;
}
