/* SPDX-License-Identifier: ISC
 * Which addresses do receivers see mail from: what this server sends from
 * itself, or its relay's. Hides how the choice is narrowed. */
#include "config.h"

#include <string.h>

#include "engine/base/text.h"
#include "engine/checks/checking.h"

#define SENDERS_MAX 130

static void
add_sender(struct checking *c, const char *ip)
{
	struct identity *id = &c->out->identity;

	if (ip != NULL)
		text_list_add(c->arena, &id->senders, &id->n_senders,
		    SENDERS_MAX, ip);
}

bool
senders_may_be(struct arena *arena, const struct postfix *postfix,
    const char *ip)
{
	bool v6 = ip_is_v6(ip);
	const char *bound = server_bound_to(arena, postfix, v6);

	return server_speaks(postfix, v6) &&
	    (bound == NULL || strcmp(bound, ip) == 0);
}

static void
add_addresses(struct checking *c, const char *name, enum dns_type type)
{
	const struct fact *a = checking_dns(c, name, type);

	for (size_t i = 0; a->status == FACT_OK && i < a->n_values; i++)
		add_sender(c, a->values[i].text);
}

void
senders_find(struct checking *c)
{
	const struct identity *id = &c->out->identity;
	const char *relay = checking_answer(c, "relay", 0), *named;

	add_sender(c, id->client_ip);
	/* behind a relay the server's own line is never seen by receivers;
	 * further servers may send by themselves all the same */
	for (size_t i = 0; i < id->n_own_ips; i++)
		if ((id->owner != OWNER_RELAY && id->relayhost == NULL) ||
		    checking_server(c, id->own_ips[i]) != NULL)
			add_sender(c, id->own_ips[i]);
	/* and these do, says the user */
	for (size_t i = 0; (named = checking_answer(c, "sends", i)) != NULL; i++)
		add_sender(c, ip_canonical(c->arena, named));
	if (relay == NULL)
		return;
	add_addresses(c, relay, DNS_A);
	add_addresses(c, relay, DNS_AAAA);
}
