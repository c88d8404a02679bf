/* SPDX-License-Identifier: ISC
 * What the parts of the cache (facts.c, facts_world.c, facts_overlay.c) share.
 * Nobody else includes it. */
#ifndef WB_FACTS_ENTRY_H
#define WB_FACTS_ENTRY_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/base/arena.h"
#include "engine/world/dns_name.h"
#include "engine/world/facts.h"
#include "engine/world/facts_server.h"

#define FACTS_KEY_SIZE (DNS_NAME_SIZE + FACTS_SCOPE_SIZE + 16)

struct entry {
	struct fact fact;
	struct entry *next;      /* in the bucket, or in the layer */
	size_t index;            /* in the order of facts_at() */
	bool dns;
	bool given;              /* facts_store()d, not concluded from others */
	bool askable;
};

struct layer {
	struct layer *below;
	struct entry *entries;
};

struct facts {
	struct arena *arena;
	struct entry **buckets;
	size_t n_buckets;
	struct entry **order;
	size_t n;
	size_t n_wanted;
	size_t next_wanted;      /* nothing before it is wanted and not asked */
	enum facts_world world;
	struct layer *top;
	struct fact too_many, no_server;
	struct entry *probe;     /* of FACTS_PROBE, when it was answered */
};

/* "dns example.net TXT" or "dns @192.0.2.53 example.net TXT"; NORMAL is a
 * dns_name_normal(), SCOPE a facts_scope_normal() or NULL. */
void facts_dns_key(char key[FACTS_KEY_SIZE], const char *scope,
    const char *normal, enum dns_type type);

/* A new entry, in no table yet, and what makes it one of DNS. */
struct entry *facts_new_entry(struct arena *arena, const char *key);
void facts_init_dns(struct arena *arena, struct entry *e, const char *scope,
    const char *name, enum dns_type type);

/* The entry with this key, or NULL; and the cache's own one (no overlay). */
struct entry *facts_find_key(const struct facts *facts, const char *key);
struct entry *facts_find_dns(const struct facts *facts, const char *scope,
    const char *normal, enum dns_type type);
/* facts_dns() behind the overlay, for SCOPE or NULL and any NAME. */
const struct fact *facts_ask(struct facts *facts, const char *scope,
    const char *name, enum dns_type type);
/* The innermost overlay's entry, or NULL. */
struct entry *facts_find_overlay(const struct facts *facts,
    const char *normal, enum dns_type type);

/* Change the status and keep the count of wanted facts right. */
void facts_set_status(struct facts *facts, struct entry *e,
    enum fact_status status);

struct fact_value *facts_copy_values(struct arena *arena,
    const struct fact_value *values, size_t n);

/* E was stored: look for a resolver that invents addresses. */
void facts_check_rewriting(struct facts *facts, struct entry *e);

/* Answer E from what was stored: a closed or recorded world. */
void facts_conclude(struct facts *facts, struct entry *e);

#endif
