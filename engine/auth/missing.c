/* SPDX-License-Identifier: ISC
 * Knows how a missing answer looks in each kind of world, and the sentences
 * for answers that did not come. */
#include "config.h"

#include "engine/auth/missing.h"

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/world/note.h"

bool
fact_missing(const struct facts *facts, const struct fact *fact)
{
	if (fact->status == FACT_WANTED)
		return true;
	/* a time limit that was really met is recorded without a note */
	return facts_get_world(facts) == FACTS_RECORDED &&
		fact->status == FACT_TIMEOUT && fact->note != NULL;
}

static const char *
invalid(struct arena *arena, const struct fact *fact)
{
	const char *type = dns_type_name(fact->type);

	if (fact->note == NULL)
		return arena_printf(arena,
		    _("The DNS answer for the %s record of %s is of no use."),
		    type, fact->name);
	return arena_printf(arena,
	    _("The DNS answer for the %s record of %s is of no use: %s."),
	    type, fact->name, note_say(arena, fact->note));
}

const char *
fact_failure(struct arena *arena, const struct fact *fact)
{
	const char *type = dns_type_name(fact->type);

	switch (fact->status) {
	case FACT_SERVFAIL:
		return arena_printf(arena,
		    _("DNS reports a failure (SERVFAIL) for the %s record of "
		      "%s."), type, fact->name);
	case FACT_REFUSED:
		return arena_printf(arena,
		    _("The DNS server refused the question for the %s record "
		      "of %s."), type, fact->name);
	case FACT_INVALID:
		return invalid(arena, fact);
	case FACT_WANTED:
	case FACT_OK:
	case FACT_NXDOMAIN:
	case FACT_NODATA:
	case FACT_TIMEOUT:
		break;
	}
	return arena_printf(arena,
	    _("No DNS server answered in time for the %s record of %s."),
	    type, fact->name);
}

const char *
fact_not_yet(struct arena *arena, const struct fact *fact)
{
	if (fact == NULL)
		return _("A DNS answer that is needed is not there yet.");
	return arena_printf(arena,
	    _("The DNS answer for the %s record of %s is not there yet."),
	    dns_type_name(fact->type), fact->name);
}
