/* SPDX-License-Identifier: ISC
 * Knows how to search for many words at once. Hides the table of four-octet
 * grams, one for each word. */
#include "config.h"

#include "engine/bounce/needles.h"

#include <string.h>

#include "engine/base/text.h"

/* Sets the bit that tells small letters from capitals in all four octets, so
 * that both find the same slot; what else that mixes is told apart later. */
#define FOLD 0x20202020u

static inline uint32_t
gram_at(const char *p)
{
	uint32_t gram;

	memcpy(&gram, p, sizeof gram);
	return gram | FOLD;
}

static inline uint32_t
slot_of(uint32_t gram)
{
	return (gram * 2654435761u >> 16) % NEEDLE_SLOTS;
}

const char *
needle_text(const struct needles *set, size_t i)
{
	const char *at = (const char *)set->first + i * set->stride;
	const char *text;

	memcpy(&text, at, sizeof text);
	return text;
}

/* Put word I into the table, by the gram that fewest words have (LOAD): "deli"
 * would stop at every line of a bounce. */
static void
add(struct needles *set, size_t i, const uint8_t *load)
{
	const char *text = needle_text(set, i);
	size_t len = strlen(text), best = 0;

	if (len < 4) {
		set->always.bits[i / 64] |= (uint64_t)1 << (i % 64);
		set->always.any = true;
		return;
	}
	for (size_t k = 1; k + 4 <= len; k++)
		if (load[slot_of(gram_at(text + k))] <
		    load[slot_of(gram_at(text + best))])
			best = k;
	uint32_t slot = slot_of(gram_at(text + best));

	set->offset[i] = (uint8_t)best;
	set->next[i] = set->slots[slot];
	set->slots[slot] = (uint8_t)(i + 1);
}

static void
make_ready(struct needles *set)
{
	uint8_t load[NEEDLE_SLOTS] = { 0 };

	for (size_t i = 0; i < set->n; i++) {
		const char *text = needle_text(set, i);

		for (size_t k = 0; k + 4 <= strlen(text); k++)
			load[slot_of(gram_at(text + k))] += 1;
	}
	for (size_t i = 0; i < set->n; i++)
		add(set, i, load);
	set->ready = true;
}

/* Those words of slot I that stand where the gram at P does. */
static void
check(const struct needles *set, size_t i, struct span s, const char *p,
    struct seen *seen)
{
	for (; i != 0; i = set->next[i - 1]) {
		const char *text = needle_text(set, i - 1);
		size_t before = set->offset[i - 1], len;

		if (gram_at(p) != gram_at(text + before))
			continue;
		len = strlen(text);
		if ((size_t)(p - s.text) < before ||
		    (size_t)(s.text + s.len - p) < len - before ||
		    !text_same_n(p - before, text, len))
			continue;
		seen->bits[(i - 1) / 64] |= (uint64_t)1 << ((i - 1) % 64);
		seen->any = true;
	}
}

void
needles_search(struct needles *set, struct span s, struct seen *seen)
{
	const char *p = s.text, *last;

	if (!set->ready)
		make_ready(set);
	*seen = set->always;
	if (s.len < 4)
		return;
	for (last = p + s.len - 4; p <= last; p++) {
		size_t i = set->slots[slot_of(gram_at(p))];

		if (i != 0)
			check(set, i, s, p, seen);
	}
}
