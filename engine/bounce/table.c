/* SPDX-License-Identifier: ISC
 * Open addressing with FNV-1a hashes. Hides the slots. */
#include "config.h"

#include "engine/bounce/table.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/arena.h"

uint64_t
table_hash(uint64_t hash, struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		hash = (hash ^ (unsigned char)s.text[i]) * 1099511628211u;
	return (hash ^ 0xff) * 1099511628211u;
}

static struct slot *
find_slot(const struct table *table, uint64_t hash)
{
	size_t i = hash & (table->size - 1);

	while (table->slots[i].value != 0 && table->slots[i].hash != hash)
		i = (i + 1) & (table->size - 1);
	return &table->slots[i];
}

static void
grow(struct table *table)
{
	struct table bigger = { .size = table->size * 2 };

	bigger.slots = mem_alloc(bigger.size * sizeof *bigger.slots);
	memset(bigger.slots, 0, bigger.size * sizeof *bigger.slots);
	for (size_t i = 0; i < table->size; i++)
		if (table->slots[i].value != 0)
			*find_slot(&bigger, table->slots[i].hash) =
			    table->slots[i];
	bigger.used = table->used;
	free(table->slots);
	*table = bigger;
}

void
table_init(struct table *table)
{
	table->size = 64;
	table->used = 0;
	table->slots = mem_alloc(table->size * sizeof *table->slots);
	memset(table->slots, 0, table->size * sizeof *table->slots);
}

size_t
table_get(const struct table *table, uint64_t hash)
{
	return find_slot(table, hash)->value - 1;
}

void
table_put(struct table *table, uint64_t hash, size_t value)
{
	struct slot *slot = find_slot(table, hash);

	table->used += slot->value == 0;
	*slot = (struct slot){ .hash = hash, .value = value + 1 };
	if (table->used * 2 > table->size)
		grow(table);
}

void
table_free(struct table *table)
{
	free(table->slots);
	table->slots = NULL;
}
