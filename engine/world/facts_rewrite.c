/* SPDX-License-Identifier: ISC
 * Resolvers that give an address to names that do not exist (a search page of
 * the provider's). Hides how they are found out, and takes back what they
 * said. */
#include "config.h"

#include <string.h>

#include "engine/world/facts_entry.h"
#include "engine/world/note.h"

/* Is each of the addresses one that the resolver gives to any name? */
static bool
is_rewritten(const struct fact *probe, const struct fact *fact)
{
	if (fact->scope != NULL || fact->type != DNS_A ||
	    fact->status != FACT_OK)
		return false;
	for (size_t i = 0; i < fact->n_values; i++) {
		if (!fact_has_address(probe, fact->values[i].text))
			return false;
	}
	return fact->n_values != 0;
}

static void
take_back(struct facts *facts, struct entry *e)
{
	facts_set_status(facts, e, FACT_INVALID);
	e->fact.trouble = TROUBLE_INVALID;
	e->fact.n_values = 0;
	e->fact.note = NOTE_REWRITTEN;
}

void
facts_check_rewriting(struct facts *facts, struct entry *e)
{
	const struct fact *probe;

	if (e->fact.scope == NULL && e->fact.type == DNS_A &&
	    strcmp(e->fact.name, FACTS_PROBE) == 0) {
		facts->probe = e;
		for (size_t i = 0; i < facts->n; i++) {
			if (facts->order[i] != e &&
			    is_rewritten(&e->fact, &facts->order[i]->fact))
				take_back(facts, facts->order[i]);
		}
		return;
	}
	probe = facts->probe != NULL ? &facts->probe->fact : NULL;
	if (probe != NULL && probe->status == FACT_OK &&
	    is_rewritten(probe, &e->fact))
		take_back(facts, e);
}
