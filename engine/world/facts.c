/* SPDX-License-Identifier: ISC
 * The cache: entries found by key, kept in the order of their first want,
 * with overlays on top. Hides the hash table and how a replay answers. */
#include "config.h"

#include "engine/world/facts.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/text.h"
#include "engine/world/dns_name.h"
#include "engine/world/facts_entry.h"
#include "engine/world/note.h"

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

struct entry *
facts_find_key(const struct facts *facts, const char *key)
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
facts_dns_key(char key[FACTS_KEY_SIZE], const char *scope, const char *normal,
    enum dns_type type)
{
	snprintf(key, FACTS_KEY_SIZE, "dns %s%s%s%s %s",
	    scope != NULL ? "@" : "", scope != NULL ? scope : "",
	    scope != NULL ? " " : "", normal, dns_type_name(type));
}

void
facts_init_dns(struct arena *arena, struct entry *e, const char *scope,
    const char *name, enum dns_type type)
{
	e->dns = true;
	e->askable = true;
	e->fact.scope = arena_strdup(arena, scope);
	e->fact.name = arena_strdup(arena, name);
	e->fact.type = type;
}

struct entry *
facts_find_dns(const struct facts *facts, const char *scope,
    const char *normal, enum dns_type type)
{
	char key[FACTS_KEY_SIZE];

	facts_dns_key(key, scope, normal, type);
	return facts_find_key(facts, key);
}

static struct entry *
need_dns(struct facts *facts, const char *scope, const char *normal,
    enum dns_type type)
{
	struct entry *e;
	char key[FACTS_KEY_SIZE];

	facts_dns_key(key, scope, normal, type);
	e = facts_find_key(facts, key);
	if (e == NULL) {
		e = add_entry(facts, key);
		facts_init_dns(facts->arena, e, scope, normal, type);
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
unaskable(struct facts *facts, const char *scope, const char *name,
    enum dns_type type)
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
	facts_dns_key(key, scope, shown, type);
	e = facts_find_key(facts, key);
	if (e == NULL) {
		e = add_entry(facts, key);
		facts_init_dns(facts->arena, e, scope, shown, type);
		e->askable = false;
		e->fact.status = FACT_INVALID;
		e->fact.trouble = TROUBLE_INVALID;
		e->fact.note = NOTE_NO_NAME;
	}
	e->fact.used = true;
	return &e->fact;
}

static const struct fact *
too_many(struct facts *facts, enum dns_type type)
{
	facts->too_many = (struct fact){
		.key = "dns", .name = "", .type = type,
		.status = FACT_INVALID, .trouble = TROUBLE_INVALID, .ms = -1,
		.note = NOTE_TOO_MANY,
	};
	return &facts->too_many;
}

const struct fact *
facts_ask(struct facts *facts, const char *scope, const char *name,
    enum dns_type type)
{
	char normal[DNS_NAME_SIZE];
	struct entry *e = NULL;

	if (!dns_name_normal(name, strlen(name), normal) ||
	    strcmp(normal, ".") == 0)
		return facts->n < MAX_ASKED ? unaskable(facts, scope, name,
			type) : too_many(facts, type);
	if (scope == NULL)
		e = facts_find_overlay(facts, normal, type);
	if (e == NULL)
		e = facts_find_dns(facts, scope, normal, type);
	if (e == NULL) {
		if (facts->n >= MAX_ASKED)
			return too_many(facts, type);
		e = need_dns(facts, scope, normal, type);
	}
	if (e->fact.status == FACT_WANTED && facts->world != FACTS_LIVE)
		facts_conclude(facts, e);
	e->fact.used = true;
	return &e->fact;
}

const struct fact *
facts_dns(struct facts *facts, const char *name, enum dns_type type)
{
	return facts_ask(facts, NULL, name, type);
}

void
facts_set(struct facts *facts, const char *key, const char *value)
{
	struct entry *e = facts_find_key(facts, key);
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
	struct entry *e = facts_find_key(facts, key);

	if (e == NULL)
		return NULL;
	e->fact.used = true;
	return &e->fact;
}

/* ---- storing ---- */

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

/* The trouble that a status means when nobody has looked closer. */
static enum fact_trouble
usual_trouble(enum fact_status status)
{
	switch (status) {
	case FACT_SERVFAIL:
		return TROUBLE_SERVFAIL;
	case FACT_TIMEOUT:
		return TROUBLE_SILENT;
	case FACT_REFUSED:
		return TROUBLE_REFUSED;
	case FACT_INVALID:
		return TROUBLE_INVALID;
	case FACT_WANTED:
	case FACT_OK:
	case FACT_NXDOMAIN:
	case FACT_NODATA:
		break;
	}
	return TROUBLE_NONE;
}

void
facts_store_answer(struct facts *facts, const struct fact *answer)
{
	char normal[DNS_NAME_SIZE], scope[FACTS_SCOPE_SIZE];
	struct fact *fact;
	struct entry *e;

	if (!dns_name_normal(answer->name, strlen(answer->name), normal) ||
	    (answer->scope != NULL &&
	     !facts_scope_normal(answer->scope, scope)))
		return;
	e = need_dns(facts, answer->scope != NULL ? scope : NULL, normal,
		answer->type);
	facts_set_status(facts, e, answer->status);
	e->given = true;
	fact = &e->fact;
	fact->asked = true;
	fact->trouble = answer->trouble != TROUBLE_NONE ? answer->trouble :
		usual_trouble(answer->status);
	fact->values = facts_copy_values(facts->arena, answer->values,
		answer->n_values);
	fact->n_values = answer->n_values;
	fact->ttl = answer->ttl;
	fact->server = arena_strdup(facts->arena, answer->server);
	fact->ms = answer->ms;
	fact->alias = arena_strdup(facts->arena, answer->alias);
	fact->note = arena_strdup(facts->arena, answer->note);
	fact->authoritative = answer->authoritative;
	fact->zone = arena_strdup(facts->arena, answer->zone);
	fact->serial = answer->serial;
	fact->when = answer->when;
	facts_check_rewriting(facts, e);
}

void
facts_store(struct facts *facts, const char *name, enum dns_type type,
    enum fact_status status, const struct fact_value *values, size_t n_values,
    uint32_t ttl, const char *server, int ms, const char *alias,
    const char *note)
{
	struct fact answer = {
		.name = name, .type = type, .status = status, .values = values,
		.n_values = n_values, .ttl = ttl, .server = server, .ms = ms,
		.alias = alias, .note = note,
	};

	facts_store_answer(facts, &answer);
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
