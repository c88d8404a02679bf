/* SPDX-License-Identifier: ISC
 * What the steps will ask DNS, wanted before they are made: one wave less. */
#include "config.h"

#include <string.h>

#include "engine/base/text.h"
#include "engine/checks/known_senders.h"
#include "engine/remedy/planning.h"
#include "engine/remedy/proof.h"
#include "engine/remedy/relay_spf.h"

/* Who runs the zones that may change: NS records of the target domain and its
 * parents down to the organisational domain. */
static void
prefetch_zones(struct planning *p)
{
	const char *org = p->id->org_domain, *name = p->target;

	if (org == NULL)
		return;
	facts_dns(p->facts, org, DNS_NS);
	for (; name != NULL && text_domain_below(name, org) &&
	    strcmp(name, org) != 0; name += strcspn(name, ".") + 1)
		facts_dns(p->facts, name, DNS_NS);
}

void
planning_prefetch(struct planning *p)
{
	const struct identity *id = p->id;
	const struct known_sender *receiver = planning_receiver(p);

	prefetch_zones(p);
	if (id->client_ip == NULL)
		return;
	if (id->owner != OWNER_OWN && (id->relayhost != NULL ||
	    id->owner == OWNER_RELAY)) {
		relay_spf_search(p, id->client_ip);
	} else if (p->mail_name != NULL) {
		facts_dns(p->facts, p->mail_name,
		    ip_is_v6(id->client_ip) ? DNS_AAAA : DNS_A);
		facts_dns(p->facts, p->target, DNS_A);
	}
	if (receiver != NULL)
		proof_spf(p, id->client_ip, arena_printf(p->arena,
		    "postmaster@%s", receiver->include));
}
