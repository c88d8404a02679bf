/* SPDX-License-Identifier: ISC
 * Further servers of --own-facts about which it is open what their mail is
 * sent from. */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/checks/checking.h"

static void
without_address(struct checking *c, const struct server *s)
{
	finding_add(c, "identity.server-address", FINDING_UNKNOWN,
	    ROLE_CONTRIBUTING, s->name,
	    _("The address that %s sends from is not known"), s->name);
	finding_detail(c, _("It has no public address of its own, so its mail "
	    "leaves from a router in front of it. Give that address with "
	    "--own-ip ADDRESS."));
}

static void
behind_relay(struct checking *c, const struct server *s)
{
	finding_add(c, "identity.server-relay", FINDING_UNKNOWN, ROLE_ADVICE,
	    s->name, _("%s sends through %s"), s->name, s->relayhost);
	finding_detail(c, _("Receivers see that relay's addresses, which are "
	    "not checked here. Run whybounce check on %s."), s->name);
}

void
check_servers(struct checking *c)
{
	const struct recording *r = c->in->recording;

	for (size_t i = 0; i < r->n_servers; i++) {
		const struct server *s = &r->servers[i];

		if (s->relayhost != NULL &&
		    text_same(s->relayhost, c->out->identity.relayhost))
			continue;
		if (s->relayhost != NULL)
			behind_relay(c, s);
		else if (s->n_ips == 0)
			without_address(c, s);
		else
			continue;
		finding_fact(c, arena_printf(c->arena, "server %s", s->name));
	}
}
