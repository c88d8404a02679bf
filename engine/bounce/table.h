/* SPDX-License-Identifier: ISC
 * A table from hashes to small numbers. Private to engine/bounce. */
#ifndef WB_BOUNCE_TABLE_H
#define WB_BOUNCE_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "engine/bounce/scan.h"

struct slot {
	uint64_t hash;
	size_t value;             /* + 1; 0 is empty */
};

/* Open addressing; the keys are compared by 64 bits of hash, which is enough
 * to tell some 100,000 queue ids apart. */
struct table {
	struct slot *slots;
	size_t size, used;
};

#define TABLE_NONE ((size_t)-1)
#define TABLE_HASH_START 14695981039346656037u    /* FNV-1a */

/* HASH with S put in; begin with TABLE_HASH_START. */
uint64_t table_hash(uint64_t hash, struct span s);

void table_init(struct table *table);
void table_free(struct table *table);

/* The value of HASH, TABLE_NONE when it has none yet. */
size_t table_get(const struct table *table, uint64_t hash);
void table_put(struct table *table, uint64_t hash, size_t value);

#endif
