/* SPDX-License-Identifier: ISC
 * How a closed or recorded world answers: from what was stored, following
 * CNAMEs, and what it says of the rest. */
#include "config.h"

#include "engine/world/facts_entry.h"

#include "engine/base/text.h"
#include "engine/world/note.h"

#define MAX_ALIASES 10

/* RFC 8020: a name exists when one below it does. */
static bool
name_exists(const struct facts *facts, const char *name)
{
	for (size_t i = 0; i < facts->n; i++) {
		const struct entry *e = facts->order[i];

		if (e->dns && e->given && e->fact.scope == NULL &&
		    (e->fact.status == FACT_OK ||
		     e->fact.status == FACT_NODATA) &&
		    text_domain_below(e->fact.name, name))
			return true;
	}
	return false;
}

static void
take_answer(struct facts *facts, struct entry *e, const struct fact *from)
{
	facts_set_status(facts, e, from->status);
	e->fact.values = from->values;
	e->fact.n_values = from->n_values;
	e->fact.ttl = from->ttl;
	e->fact.note = from->note;
	e->fact.alias = from->alias != NULL ? from->alias : from->name;
	e->fact.trouble = from->trouble;
	e->fact.zone = from->zone;
	e->fact.serial = from->serial;
}

/* What one server would say. */
static void
conclude_server(struct facts *facts, struct entry *e)
{
	const struct fact *world;

	e->fact.server = "replay";
	if (facts->world == FACTS_RECORDED) {
		e->fact.note = NOTE_NOT_RECORDED;
		e->fact.trouble = TROUBLE_SILENT;
		facts_set_status(facts, e, FACT_TIMEOUT);
		return;
	}
	world = facts_ask(facts, NULL, e->fact.name, e->fact.type);
	take_answer(facts, e, world);
	e->fact.alias = world->alias;
	e->fact.authoritative = true;
}

void
facts_conclude(struct facts *facts, struct entry *e)
{
	const char *name = e->fact.name;
	const struct entry *found;
	int hops;

	if (e->fact.scope != NULL) {
		conclude_server(facts, e);
		return;
	}
	e->fact.server = "replay";
	for (hops = 0; hops <= MAX_ALIASES; hops++) {
		found = facts_find_dns(facts, NULL, name, e->fact.type);
		if (found != NULL && found->given) {
			take_answer(facts, e, &found->fact);
			return;
		}
		found = facts_find_dns(facts, NULL, name, DNS_CNAME);
		if (found == NULL || !found->given ||
		    found->fact.status != FACT_OK ||
		    found->fact.n_values == 0)
			break;
		name = found->fact.values[0].text;
	}
	if (hops > 0)
		e->fact.alias = name;
	if (hops > MAX_ALIASES) {
		e->fact.note = NOTE_LOOP;
		e->fact.trouble = TROUBLE_LOOP;
		facts_set_status(facts, e, FACT_INVALID);
	} else if (facts->world == FACTS_RECORDED) {
		e->fact.trouble = TROUBLE_SILENT;
		e->fact.note = NOTE_NOT_RECORDED;
		facts_set_status(facts, e, FACT_TIMEOUT);
	} else {
		facts_set_status(facts, e, name_exists(facts, name) ?
			FACT_NODATA : FACT_NXDOMAIN);
	}
}

void
facts_set_world(struct facts *facts, enum facts_world world)
{
	facts->world = world;
}

enum facts_world
facts_get_world(const struct facts *facts)
{
	return facts->world;
}
