/* SPDX-License-Identifier: ISC
 * Two tables of bounded size for what is counted in a log: tallies by name,
 * and what was last known of a queue id. */
#ifndef WB_LOG_TABLES_H
#define WB_LOG_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct log_counts {
	unsigned long long bounced, deferred, expired;
};

/* The name of LEN octets in a group has these counts. */
struct tally_entry {
	uint64_t hash;
	uint32_t group;
	char *name;              /* NUL-terminated; owned by the tally */
	struct log_counts counts;
};

struct tally {
	struct tally_entry *entries;
	size_t n, max;
	uint32_t *slots;         /* index + 1, 0 is free */
	size_t n_slots;
};

/* Names longer than this are cut. */
#define TALLY_NAME_MAX 255
#define TALLY_NONE ((size_t)-1)

/* A tally of at most MAX names. */
void tally_init(struct tally *tally, size_t max);
void tally_free(struct tally *tally);

/* Index of the entry, made when it is new; TALLY_NONE when it is new and the
 * tally is full. */
size_t tally_at(struct tally *tally, uint32_t group, const char *name,
    size_t len);

/* A map of 64-bit keys that forgets the oldest when its place is taken. */
struct recent_entry {
	uint64_t key;            /* 0: free */
	uint64_t value;
};

struct recent {
	struct recent_entry *entries;
	size_t n_sets;
};

/* Room for 4 * 2^BITS keys, at 16 octets each. */
void recent_init(struct recent *recent, unsigned int bits);
void recent_free(struct recent *recent);
bool recent_get(const struct recent *recent, uint64_t key, uint64_t *value);
void recent_put(struct recent *recent, uint64_t key, uint64_t value);

/* A hash of LEN octets, going on from HASH. */
uint64_t log_hash(uint64_t hash, const char *text, size_t len);
#define LOG_HASH_START ((uint64_t)14695981039346656037u)

#endif
