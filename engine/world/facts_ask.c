/* SPDX-License-Identifier: ISC
 * What is to be asked, for the first time or again. Hides the order in which
 * it is handed out. */
#include "config.h"

#include "engine/world/facts_entry.h"

#include <string.h>

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
	struct entry *e = facts_find_key(facts, fact->key);

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
	e->fact.alias = e->fact.note = e->fact.server = e->fact.zone = NULL;
	e->fact.trouble = TROUBLE_NONE;
	e->fact.authoritative = false;
	e->fact.serial = 0;
	e->fact.when = 0;
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
	e = facts_find_dns(facts, NULL, normal, type);
	if (e != NULL)
		forget(facts, e);
}

void
facts_forget_fact(struct facts *facts, const struct fact *fact)
{
	struct entry *e = facts_find_key(facts, fact->key);

	if (facts->world == FACTS_LIVE && e != NULL)
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
