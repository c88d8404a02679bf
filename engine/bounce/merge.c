/* SPDX-License-Identifier: ISC
 * Knows which drafts tell the same refusal in other words or another form, and
 * puts them together. Hides the buckets that keep this linear. */
#include "config.h"

#include "engine/bounce/draft.h"

#include <stdint.h>
#include <string.h>

#include "engine/base/text.h"

/* What the prose says about recipients that are known already. */
void
drafts_merge_prose(struct drafts *own, struct drafts *prose, bool keep)
{
	for (size_t i = 0; i < prose->n; i++) {
		struct draft *from = &prose->list[i];
		bool found = false;

		for (size_t k = 0; k < own->n && k < DRAFTS_MAX / 100; k++) {
			struct draft *to = &own->list[k];

			if (from->bounce.recipient != NULL &&
			    to->bounce.recipient != NULL &&
			    !text_same(from->bounce.recipient,
			    to->bounce.recipient))
				continue;
			draft_merge(to, from);
			found = true;
		}
		if (!found && keep) {
			struct draft *copy = draft_add(own, FORM_PROSE, 0, 0);

			if (copy != NULL)
				*copy = *from;
		}
	}
}

/* A text part twice (DSN text and delivery-status): one draft each. */
void
drafts_merge_recipients(struct drafts *own)
{
	for (size_t i = 1; i < own->n && i < 2000; i++)
		for (size_t k = 0; k < i && !own->list[i].gone; k++) {
			struct draft *a = &own->list[k], *b = &own->list[i];

			if (a->gone || a->bounce.recipient == NULL ||
			    b->bounce.recipient == NULL ||
			    a->bounce.form == b->bounce.form ||
			    !text_same(a->bounce.recipient,
			    b->bounce.recipient))
				continue;
			draft_merge(a, b);
			b->gone = true;
		}
}

static uint32_t
first_letters(const struct draft *draft)
{
	const char *p = draft->bounce.text != NULL ? draft->bounce.text : "";
	uint32_t hash = 2166136261u;
	int n = 0;

	while (*p != '\0' && !is_letter(*p))
		p++;
	for (; *p != '\0' && n < 12; p++)
		if (is_letter(*p)) {
			hash = (hash ^ (unsigned char)text_lower(*p)) *
			    16777619u;
			n++;
		}
	return hash;
}

/* Merge what is told twice. Only drafts with the same first words are
 * compared, and of those the last few. */
void
drafts_merge_same(struct drafts *all)
{
	enum { BUCKETS = 1024, COMPARED = 32 };
	size_t *last, *before;

	if (all->n < 2)
		return;
	last = arena_array(all->arena, BUCKETS, sizeof *last);
	before = arena_array(all->arena, all->n, sizeof *before);
	for (size_t i = 0; i < all->n; i++) {
		size_t bucket = first_letters(&all->list[i]) % BUCKETS;
		size_t k = last[bucket];

		for (int n = 0; k != 0 && n < COMPARED; n++) {
			struct draft *a = &all->list[k - 1];

			if (!a->gone && draft_same(a, &all->list[i])) {
				draft_merge(a, &all->list[i]);
				all->list[i].gone = true;
				break;
			}
			k = before[k - 1];
		}
		if (all->list[i].gone)
			continue;
		before[i] = last[bucket];
		last[bucket] = i + 1;
	}
}
