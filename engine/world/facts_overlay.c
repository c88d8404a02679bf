/* SPDX-License-Identifier: ISC
 * What-if: layers of proposed records over the cache. Brings proposed values
 * into the form in which answers are kept. */
#include "config.h"

#include "engine/world/facts_entry.h"

#include <stdlib.h>
#include <string.h>

struct entry *
facts_find_overlay(const struct facts *facts, const char *normal,
    enum dns_type type)
{
	for (const struct layer *l = facts->top; l != NULL; l = l->below) {
		for (struct entry *e = l->entries; e != NULL; e = e->next) {
			if (e->fact.type == type &&
			    strcmp(e->fact.name, normal) == 0)
				return e;
		}
	}
	return NULL;
}

void
facts_overlay_begin(struct facts *facts)
{
	struct layer *layer = arena_alloc(facts->arena, sizeof *layer);

	layer->below = facts->top;
	facts->top = layer;
}

void
facts_overlay_end(struct facts *facts)
{
	if (facts->top != NULL)
		facts->top = facts->top->below;
}

/* A name as answers have it; as it stands when it is none. */
static const char *
normal_name(struct arena *arena, const char *text)
{
	char normal[DNS_NAME_SIZE];

	if (!dns_name_normal(text, strlen(text), normal))
		return text;
	return arena_strdup(arena, normal);
}

/* "10  Mail.Example.com." as "10 mail.example.com". */
static const char *
normal_mx(struct arena *arena, const char *text)
{
	char *end;
	unsigned long preference = strtoul(text, &end, 10);

	if (end == text || preference > UINT16_MAX || *end != ' ')
		return text;
	return arena_printf(arena, "%lu %s", preference,
		normal_name(arena, end + strspn(end, " ")));
}

static const char *
normal_value(struct arena *arena, enum dns_type type, const char *text)
{
	const char *ip;

	switch (type) {
	case DNS_A:
	case DNS_AAAA:
		ip = ip_canonical(arena, text);
		return ip != NULL && ip_is_v6(ip) == (type == DNS_AAAA) ? ip :
			text;
	case DNS_NS:
	case DNS_CNAME:
	case DNS_PTR:
		return normal_name(arena, text);
	case DNS_MX:
		return normal_mx(arena, text);
	case DNS_TXT:
	case DNS_SPF:
	case DNS_SOA:
		break;
	}
	return text;
}

static struct entry *
overlay_entry(struct facts *facts, const char *normal, enum dns_type type)
{
	char key[FACTS_KEY_SIZE];
	struct entry *e;

	for (e = facts->top->entries; e != NULL; e = e->next) {
		if (e->fact.type == type && strcmp(e->fact.name, normal) == 0)
			return e;
	}
	facts_dns_key(key, NULL, normal, type);
	e = facts_new_entry(facts->arena, key);
	facts_init_dns(facts->arena, e, NULL, normal, type);
	e->fact.server = "overlay";
	e->next = facts->top->entries;
	facts->top->entries = e;
	return e;
}

void
facts_overlay_set(struct facts *facts, const char *name, enum dns_type type,
    const char *const *values, size_t n_values)
{
	char normal[DNS_NAME_SIZE];
	struct fact_value *copies;
	struct entry *e;

	if (facts->top == NULL || !dns_name_normal(name, strlen(name), normal))
		return;
	e = overlay_entry(facts, normal, type);
	copies = arena_array(facts->arena, n_values, sizeof *copies);
	for (size_t i = 0; i < n_values; i++) {
		copies[i].text = arena_strdup(facts->arena,
			normal_value(facts->arena, type, values[i]));
		copies[i].len = strlen(copies[i].text);
	}
	e->fact.status = n_values != 0 ? FACT_OK : FACT_NODATA;
	e->fact.values = copies;
	e->fact.n_values = n_values;
}
