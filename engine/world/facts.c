/* SPDX-License-Identifier: ISC
 * The cache: entries found by key, kept in the order of their first want,
 * with overlays on top. Hides the hash table and how a replay answers. */
#include "config.h"

#include "engine/world/facts.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/world/dns_name.h"
#include "engine/world/facts_entry.h"

/* A record of strangers may name what it likes: this many names at most are
 * asked for one diagnosis. */
#define MAX_ASKED 4096
#define FIRST_BUCKETS 256

static size_t
hash_key(const char *key)
{
	uint64_t h = 14695981039346656037u;    /* FNV-1a */

	for (; *key != '\0'; key++)
		h = (h ^ (unsigned char)*key) * 1099511628211u;
	return (size_t)(h ^ h >> 32);
}

struct facts *
facts_new(struct arena *arena)
{
	struct facts *facts = arena_alloc(arena, sizeof *facts);

	facts->arena = arena;
	facts->n_buckets = FIRST_BUCKETS;
	facts->buckets = arena_array(arena, facts->n_buckets,
		sizeof(struct entry *));
	facts->world = FACTS_LIVE;
	return facts;
}

static struct entry *
find_key(const struct facts *facts, const char *key)
{
	struct entry *e = facts->buckets[hash_key(key) % facts->n_buckets];

	while (e != NULL && strcmp(e->fact.key, key) != 0)
		e = e->next;
	return e;
}

static void
grow_buckets(struct facts *facts)
{
	facts->n_buckets *= 4;
	facts->buckets = arena_array(facts->arena, facts->n_buckets,
		sizeof(struct entry *));
	for (size_t i = 0; i < facts->n; i++) {
		struct entry *e = facts->order[i];
		size_t b = hash_key(e->fact.key) % facts->n_buckets;

		e->next = facts->buckets[b];
		facts->buckets[b] = e;
	}
}

struct entry *
facts_new_entry(struct arena *arena, const char *key)
{
	struct entry *e = arena_alloc(arena, sizeof *e);

	e->fact.key = arena_strdup(arena, key);
	e->fact.name = e->fact.key;
	e->fact.status = FACT_WANTED;
	e->fact.ms = -1;
	return e;
}

static struct entry *
add_entry(struct facts *facts, const char *key)
{
	struct entry *e = facts_new_entry(facts->arena, key);
	size_t b;

	if (facts->n >= facts->n_buckets)
		grow_buckets(facts);
	b = hash_key(key) % facts->n_buckets;
	e->next = facts->buckets[b];
	facts->buckets[b] = e;
	facts->order = arena_grow(facts->arena, facts->order, facts->n,
		sizeof(struct entry *));
	e->index = facts->n;
	facts->order[facts->n++] = e;
	return e;
}

void
facts_dns_key(char key[FACTS_KEY_SIZE], const char *normal, enum dns_type type)
{
	snprintf(key, FACTS_KEY_SIZE, "dns %s %s", normal, dns_type_name(type));
}

void
facts_init_dns(struct arena *arena, struct entry *e, const char *name,
    enum dns_type type)
{
	e->dns = true;
	e->askable = true;
	e->fact.name = arena_strdup(arena, name);
	e->fact.type = type;
}

struct entry *
facts_find_dns(const struct facts *facts, const char *normal,
    enum dns_type type)
{
	char key[FACTS_KEY_SIZE];

	facts_dns_key(key, normal, type);
	return find_key(facts, key);
}

static struct entry *
need_dns(struct facts *facts, const char *normal, enum dns_type type)
{
	struct entry *e;
	char key[FACTS_KEY_SIZE];

	facts_dns_key(key, normal, type);
	e = find_key(facts, key);
	if (e == NULL) {
		e = add_entry(facts, key);
		facts_init_dns(facts->arena, e, normal, type);
		facts->n_wanted++;
	}
	return e;
}

void
facts_set_status(struct facts *facts, struct entry *e, enum fact_status status)
{
	if (e->dns && e->fact.status == FACT_WANTED && status != FACT_WANTED)
		facts->n_wanted--;
	if (e->dns && e->fact.status != FACT_WANTED && status == FACT_WANTED)
		facts->n_wanted++;
	e->fact.status = status;
}

/* ---- looking things up ---- */

/* A name that cannot be asked: kept under what can be printed of it. */
static const struct fact *
unaskable(struct facts *facts, const char *name, enum dns_type type)
{
	char shown[DNS_NAME_SIZE], key[FACTS_KEY_SIZE];
	struct entry *e;
	size_t used = 0;

	for (; *name != '\0' && used + 8 < sizeof shown; name++) {
		unsigned char c = (unsigned char)*name;

		if (c > ' ' && c < 0x7f)
			shown[used++] = text_lower((char)c);
		else
			used += (size_t)snprintf(shown + used, 5, "\\%03u", c);
	}
	shown[used] = '\0';
	facts_dns_key(key, shown, type);
	e = find_key(facts, key);
	if (e == NULL) {
		e = add_entry(facts, key);
		facts_init_dns(facts->arena, e, shown, type);
		e->askable = false;
		e->fact.status = FACT_INVALID;
		e->fact.note = _("this is not a domain name that can be asked "
			"for");
	}
	e->fact.used = true;
	return &e->fact;
}

static const struct fact *
too_many(struct facts *facts, enum dns_type type)
{
	facts->too_many = (struct fact){
		.key = "dns", .name = "", .type = type,
		.status = FACT_INVALID, .ms = -1,
		.note = _("too many names have been asked for already"),
	};
	return &facts->too_many;
}

const struct fact *
facts_dns(struct facts *facts, const char *name, enum dns_type type)
{
	char normal[DNS_NAME_SIZE];
	struct entry *e;

	if (!dns_name_normal(name, strlen(name), normal) ||
	    strcmp(normal, ".") == 0)
		return facts->n < MAX_ASKED ? unaskable(facts, name, type) :
			too_many(facts, type);
	e = facts_find_overlay(facts, normal, type);
	if (e == NULL)
		e = facts_find_dns(facts, normal, type);
	if (e == NULL) {
		if (facts->n >= MAX_ASKED)
			return too_many(facts, type);
		e = need_dns(facts, normal, type);
	}
	if (e->fact.status == FACT_WANTED && facts->world != FACTS_LIVE)
		facts_conclude(facts, e);
	e->fact.used = true;
	return &e->fact;
}

void
facts_set(struct facts *facts, const char *key, const char *value)
{
	struct entry *e = find_key(facts, key);
	struct fact_value *copy;

	if (e == NULL)
		e = add_entry(facts, key);
	if (e->dns)
		return;
	e->fact.n_values = value != NULL;
	e->fact.status = value != NULL ? FACT_OK : FACT_NODATA;
	if (value == NULL)
		return;
	copy = arena_alloc(facts->arena, sizeof *copy);
	copy->text = arena_strdup(facts->arena, value);
	copy->len = strlen(value);
	e->fact.values = copy;
}

const struct fact *
facts_named(struct facts *facts, const char *key)
{
	struct entry *e = find_key(facts, key);

	if (e == NULL)
		return NULL;
	e->fact.used = true;
	return &e->fact;
}

/* ---- the fetcher's side ---- */

struct fact *
facts_next_wanted(struct facts *facts)
{
	if (facts->world != FACTS_LIVE)
		return NULL;
	while (facts->next_wanted < facts->n) {
		struct entry *e = facts->order[facts->next_wanted++];

		if (e->dns && e->fact.status == FACT_WANTED &&
		    !e->fact.asked) {
			e->fact.asked = true;
			return &e->fact;
		}
	}
	return NULL;
}

void
facts_unask(struct facts *facts, struct fact *fact)
{
	struct entry *e = find_key(facts, fact->key);

	if (e == NULL || e->fact.status != FACT_WANTED)
		return;
	e->fact.asked = false;
	if (e->index < facts->next_wanted)
		facts->next_wanted = e->index;
}

size_t
facts_wanted(const struct facts *facts)
{
	return facts->world == FACTS_LIVE ? facts->n_wanted : 0;
}

struct fact_value *
facts_copy_values(struct arena *arena, const struct fact_value *values,
    size_t n)
{
	struct fact_value *copies = arena_array(arena, n, sizeof *copies);

	for (size_t i = 0; i < n; i++) {
		size_t *strings = arena_array(arena, values[i].n_strings,
			sizeof *strings);

		if (values[i].n_strings != 0)
			memcpy(strings, values[i].strings,
			    values[i].n_strings * sizeof *strings);
		copies[i] = (struct fact_value){
			.text = arena_strndup(arena, values[i].text,
				values[i].len),
			.len = values[i].len,
			.strings = strings,
			.n_strings = values[i].n_strings,
		};
	}
	return copies;
}

void
facts_store(struct facts *facts, const char *name, enum dns_type type,
    enum fact_status status, const struct fact_value *values, size_t n_values,
    uint32_t ttl, const char *server, int ms, const char *alias,
    const char *note)
{
	char normal[DNS_NAME_SIZE];
	struct entry *e;

	if (!dns_name_normal(name, strlen(name), normal))
		return;
	e = need_dns(facts, normal, type);
	facts_set_status(facts, e, status);
	e->given = true;
	e->fact.asked = true;
	e->fact.values = facts_copy_values(facts->arena, values, n_values);
	e->fact.n_values = n_values;
	e->fact.ttl = ttl;
	e->fact.server = arena_strdup(facts->arena, server);
	e->fact.ms = ms;
	e->fact.alias = arena_strdup(facts->arena, alias);
	e->fact.note = arena_strdup(facts->arena, note);
}

/* ---- asking again ---- */

static void
forget(struct facts *facts, struct entry *e)
{
	if (!e->dns || !e->askable || e->fact.status == FACT_WANTED)
		return;
	facts_set_status(facts, e, FACT_WANTED);
	e->fact.asked = false;
	e->given = false;
	e->fact.n_values = 0;
	e->fact.alias = e->fact.note = e->fact.server = NULL;
	e->fact.ms = -1;
	if (e->index < facts->next_wanted)
		facts->next_wanted = e->index;
}

void
facts_forget(struct facts *facts, const char *name, enum dns_type type)
{
	char normal[DNS_NAME_SIZE];
	struct entry *e;

	if (facts->world != FACTS_LIVE ||
	    !dns_name_normal(name, strlen(name), normal))
		return;
	e = facts_find_dns(facts, normal, type);
	if (e != NULL)
		forget(facts, e);
}

void
facts_retry_failed(struct facts *facts)
{
	if (facts->world != FACTS_LIVE)
		return;
	for (size_t i = 0; i < facts->n; i++) {
		if (facts->order[i]->dns &&
		    !fact_known(&facts->order[i]->fact))
			forget(facts, facts->order[i]);
	}
}

void
facts_begin_pass(struct facts *facts)
{
	for (size_t i = 0; i < facts->n; i++)
		facts->order[i]->fact.used = false;
}

size_t
facts_count(const struct facts *facts)
{
	return facts->n;
}

const struct fact *
facts_at(const struct facts *facts, size_t i)
{
	return i < facts->n ? &facts->order[i]->fact : NULL;
}
