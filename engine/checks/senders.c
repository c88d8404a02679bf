/* SPDX-License-Identifier: ISC
 * Which addresses do receivers see mail from: what this server sends from
 * itself, or its relay's. Hides how main.cf narrows the choice. */
#include "config.h"

#include <string.h>

#include "engine/base/text.h"
#include "engine/checks/checking.h"

#define SENDERS_MAX 130

static void
add_sender(struct checking *c, const char *ip)
{
	struct identity *id = &c->out->identity;
	const char **list;

	if (ip == NULL || id->n_senders == SENDERS_MAX)
		return;
	for (size_t i = 0; i < id->n_senders; i++)
		if (strcmp(id->senders[i], ip) == 0)
			return;
	list = arena_grow(c->arena, (void *)(uintptr_t)id->senders,
	    id->n_senders, sizeof *list);
	list[id->n_senders++] = ip;
	id->senders = list;
}

/* The one address of IP's family that inet_interfaces names, when it names
 * just one that is no loopback: Postfix sends from it (postconf(5),
 * smtp_bind_address). NULL: none, or several. */
static const char *
only_interface(const struct checking *c, bool v6)
{
	const char *p = postfix_get(c->in->postfix, "inet_interfaces");
	const char *found = NULL;

	while (*p != '\0') {
		size_t len;
		const char *ip;

		p += strspn(p, ", \t\r\n");
		len = strcspn(p, ", \t\r\n");
		if (len > 1 && p[0] == '[' && p[len - 1] == ']')
			ip = arena_strndup(c->arena, p + 1, len - 2);
		else
			ip = arena_strndup(c->arena, p, len);
		p += len;
		ip = ip_canonical(c->arena, ip);
		if (ip == NULL || ip_is_v6(ip) != v6 || text_starts(ip, "127.") ||
		    strcmp(ip, "::1") == 0)
			continue;
		if (found != NULL)
			return NULL;
		found = ip;
	}
	return found;
}

const char *
senders_bound_to(const struct checking *c, bool v6)
{
	const char *name = v6 ? "smtp_bind_address6" : "smtp_bind_address";
	const char *value = postfix_get(c->in->postfix, name);
	size_t len = strlen(value);

	if (postfix_get_state(c->in->postfix) != POSTFIX_FOUND)
		return NULL;
	if (len == 0)
		return only_interface(c, v6);
	if (len > 1 && value[0] == '[' && value[len - 1] == ']')
		value = arena_strndup(c->arena, value + 1, len - 2);
	return ip_canonical(c->arena, value);
}

bool
senders_may_be(const struct checking *c, const char *ip)
{
	const char *protocols = postfix_get(c->in->postfix, "inet_protocols");
	bool v6 = ip_is_v6(ip);
	const char *bound;

	if (postfix_get_state(c->in->postfix) != POSTFIX_FOUND)
		return true;
	/* "all", or a list of the two (postconf(5)) */
	if (strstr(protocols, "all") == NULL && *protocols != '\0' &&
	    strstr(protocols, v6 ? "ipv6" : "ipv4") == NULL)
		return false;
	bound = senders_bound_to(c, v6);
	return bound == NULL || strcmp(bound, ip) == 0;
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
	const char *relay = checking_answer(c, "relay", 0);

	add_sender(c, id->client_ip);
	/* behind a relay the server's own line is never seen by receivers;
	 * further servers may send by themselves all the same */
	for (size_t i = 0; i < id->n_own_ips; i++)
		if ((id->owner != OWNER_RELAY && id->relayhost == NULL) ||
		    checking_server(c, id->own_ips[i]) != NULL)
			add_sender(c, id->own_ips[i]);
	if (relay == NULL)
		return;
	add_addresses(c, relay, DNS_A);
	add_addresses(c, relay, DNS_AAAA);
}
