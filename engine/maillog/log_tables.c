/* SPDX-License-Identifier: ISC
 * Knows how to count by name without growing beyond a limit. Hides hashing
 * and what is forgotten. */
#include "config.h"

#include "engine/maillog/log_tables.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/arena.h"

#define WAYS 4

/* FNV-1a, 64 bits */
uint64_t
log_hash(uint64_t hash, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)text[i]) * 1099511628211u;
	return (hash ^ 0xff) * 1099511628211u;
}

void
tally_init(struct tally *tally, size_t max)
{
	*tally = (struct tally){ .max = max };
}

void
tally_free(struct tally *tally)
{
	for (size_t i = 0; i < tally->n; i++)
		free(tally->entries[i].name);
	free(tally->entries);
	free(tally->slots);
	tally_init(tally, tally->max);
}

static size_t
place(const struct tally *tally, uint64_t hash)
{
	return (size_t)(hash ^ hash >> 32) & (tally->n_slots - 1);
}

/* Twice the room; the slots are never more than half full. */
static void
grow(struct tally *tally)
{
	size_t n = tally->n_slots != 0 ? tally->n_slots * 2 : 64;

	free(tally->slots);
	tally->slots = mem_alloc(n * sizeof *tally->slots);
	memset(tally->slots, 0, n * sizeof *tally->slots);
	tally->n_slots = n;
	tally->entries = mem_realloc(tally->entries,
	    n / 2 * sizeof *tally->entries);
	for (size_t i = 0; i < tally->n; i++) {
		size_t at = place(tally, tally->entries[i].hash);

		while (tally->slots[at] != 0)
			at = (at + 1) & (n - 1);
		tally->slots[at] = (uint32_t)i + 1;
	}
}

static bool
is_entry(const struct tally_entry *entry, uint64_t hash, uint32_t group,
    const char *name, size_t len)
{
	return entry->hash == hash && entry->group == group &&
	    strlen(entry->name) == len && memcmp(entry->name, name, len) == 0;
}

size_t
tally_at(struct tally *tally, uint32_t group, const char *name, size_t len)
{
	const char *nul = memchr(name, '\0', len);
	struct tally_entry *entry;
	uint64_t hash;
	size_t at;

	if (nul != NULL)
		len = (size_t)(nul - name);
	if (len > TALLY_NAME_MAX)
		len = TALLY_NAME_MAX;
	hash = log_hash(LOG_HASH_START + group, name, len);
	if (tally->n * 2 >= tally->n_slots)
		grow(tally);
	for (at = place(tally, hash); tally->slots[at] != 0;
	    at = (at + 1) & (tally->n_slots - 1))
		if (is_entry(&tally->entries[tally->slots[at] - 1], hash,
		    group, name, len))
			return tally->slots[at] - 1;
	if (tally->n >= tally->max)
		return TALLY_NONE;
	entry = &tally->entries[tally->n];
	*entry = (struct tally_entry){ .hash = hash, .group = group,
		.name = mem_alloc(len + 1) };
	memcpy(entry->name, name, len);
	entry->name[len] = '\0';
	tally->slots[at] = (uint32_t)++tally->n;
	return tally->n - 1;
}

void
recent_init(struct recent *recent, unsigned int bits)
{
	size_t size;

	recent->n_sets = (size_t)1 << bits;
	size = recent->n_sets * WAYS * sizeof *recent->entries;
	recent->entries = mem_alloc(size);
	memset(recent->entries, 0, size);
}

void
recent_free(struct recent *recent)
{
	free(recent->entries);
	recent->entries = NULL;
	recent->n_sets = 0;
}

static struct recent_entry *
set_of(const struct recent *recent, uint64_t key)
{
	return recent->entries +
	    ((size_t)(key ^ key >> 32) & (recent->n_sets - 1)) * WAYS;
}

bool
recent_get(const struct recent *recent, uint64_t key, uint64_t *value)
{
	const struct recent_entry *set = set_of(recent, key);

	for (size_t i = 0; i < WAYS; i++)
		if (set[i].key == key && key != 0) {
			*value = set[i].value;
			return true;
		}
	return false;
}

void
recent_put(struct recent *recent, uint64_t key, uint64_t value)
{
	struct recent_entry *set = set_of(recent, key);
	size_t i = 0;

	/* the newest stands first; the others move up, the last one falls
	 * out */
	while (i < WAYS - 1 && set[i].key != key)
		i++;
	for (; i > 0; i--)
		set[i] = set[i - 1];
	set[0] = (struct recent_entry){ key, value };
}
