/* SPDX-License-Identifier: ISC
 * A small DNS world for the tests of engine/auth: lines "NAME TYPE VALUE",
 * where VALUE may be nxdomain, nodata, servfail, timeout or refused. */
#ifndef WB_AUTH_ZONE_H
#define WB_AUTH_ZONE_H

#include <stdio.h>
#include <string.h>

#include "engine/base/arena.h"
#include "engine/world/facts.h"

#define ZONE_MAX 128

struct auth_set {
	char name[256];
	enum dns_type type;
	enum fact_status status;
	struct fact_value values[ZONE_MAX];
	size_t n;
};

static inline enum fact_status
auth_zone_status(const char *value)
{
	for (int s = FACT_NXDOMAIN; s <= FACT_INVALID; s++)
		if (strcmp(value, fact_status_name((enum fact_status)s)) == 0)
			return (enum fact_status)s;
	return FACT_OK;
}

static inline struct auth_set *
auth_zone_set(struct auth_set *sets, size_t *n, const char *name,
    enum dns_type type)
{
	for (size_t i = 0; i < *n; i++)
		if (sets[i].type == type && strcmp(sets[i].name, name) == 0)
			return &sets[i];
	snprintf(sets[*n].name, sizeof sets[*n].name, "%s", name);
	sets[*n].type = type;
	return &sets[(*n)++];
}

/* Store LINES (NULL-terminated) in FACTS and give it this world. */
static inline void
auth_zone_load(struct arena *arena, struct facts *facts,
    const char *const *lines, enum facts_world world)
{
	struct auth_set *sets = arena_array(arena, ZONE_MAX, sizeof *sets);
	size_t n = 0;

	for (; *lines != NULL; lines++) {
		char name[256] = "", type_text[16] = "";
		struct auth_set *set;
		enum dns_type type = DNS_TXT;
		const char *value;
		int at = 0;

		sscanf(*lines, "%255s %15s %n", name, type_text, &at);
		value = *lines + at;
		dns_type_parse(type_text, &type);
		set = auth_zone_set(sets, &n, name, type);
		set->status = auth_zone_status(value);
		if (set->status == FACT_OK)
			set->values[set->n++] = (struct fact_value){
				.text = value, .len = strlen(value) };
	}
	for (size_t i = 0; i < n; i++)
		facts_store(facts, sets[i].name, sets[i].type, sets[i].status,
		    sets[i].values, sets[i].n, 300, "test", 0, NULL, NULL);
	facts_set_world(facts, world);
}

#endif
