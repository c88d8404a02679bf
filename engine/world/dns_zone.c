/* SPDX-License-Identifier: ISC
 * From a name to the servers that are responsible for it. Hides the walk up to
 * the zone's beginning and whose word on name servers is taken. */
#include "config.h"

#include "engine/world/dns_zone.h"

#include <string.h>

#include "engine/base/text.h"
#include "engine/world/facts_server.h"

#define MAX_HOSTS 32
#define MAX_SERVERS 64
/* Servers of the parent zone that are asked for the delegation. */
#define MAX_PARENTS 2

struct search {
	struct arena *arena;
	struct facts *facts;
	struct dns_zone *zone;
	uint16_t port;
};

static const struct fact *
ask(struct search *s, const char *name, enum dns_type type)
{
	const struct fact *fact = facts_dns(s->facts, name, type);

	s->zone->settled &= fact->status != FACT_WANTED;
	return fact;
}

static const struct fact *
ask_at(struct search *s, const char *scope, const char *name,
    enum dns_type type)
{
	const struct fact *fact = facts_dns_at(s->facts, scope, name, type);

	s->zone->settled &= fact->status != FACT_WANTED;
	return fact;
}

/* An empty answer that is there already names the zone: one question less, and
 * one that the resolver cannot keep another "no such name" of. */
static const char *
find_seen(struct search *s, const char *name, const struct fact **evidence)
{
	static const enum dns_type types[] = {
		DNS_TXT, DNS_A, DNS_AAAA, DNS_MX, DNS_PTR
	};

	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		const struct fact *fact = facts_seen(s->facts, NULL, name,
			types[i]);

		if (fact == NULL || !fact_empty(fact) || fact->alias != NULL ||
		    fact->zone == NULL ||
		    !text_domain_below(fact->name, fact->zone))
			continue;
		*evidence = fact;
		return fact->zone;
	}
	return NULL;
}

/* The name of the zone that NAME is in, or NULL; *EVIDENCE says why. A name
 * that is an alias tells of the alias's zone: the one above it is asked. */
static const char *
find_cut(struct search *s, const char *name, const struct fact **evidence)
{
	const char *seen = find_seen(s, name, evidence);

	if (seen != NULL)
		return seen;
	while (name != NULL && *name != '\0') {
		const struct fact *soa = ask(s, name, DNS_SOA);
		const char *dot = strchr(name, '.');

		*evidence = soa;
		if (!fact_known(soa))
			return NULL;
		if (soa->alias == NULL && soa->status == FACT_OK)
			return soa->name;
		if (soa->alias == NULL && soa->zone != NULL &&
		    text_domain_below(soa->name, soa->zone))
			return soa->zone;
		name = dot != NULL ? dot + 1 : NULL;
	}
	return NULL;
}

static struct zone_host *
add_host(struct search *s, const char *name)
{
	struct dns_zone *zone = s->zone;

	for (size_t i = 0; i < zone->n_hosts; i++) {
		if (strcmp(zone->hosts[i].name, name) == 0)
			return &zone->hosts[i];
	}
	if (zone->n_hosts == MAX_HOSTS)
		return NULL;
	zone->hosts[zone->n_hosts] = (struct zone_host){ .name = name };
	return &zone->hosts[zone->n_hosts++];
}

static void
add_server(struct search *s, const char *host, const char *address)
{
	const char *scope = facts_scope(s->arena, address, s->port, false);
	struct dns_zone *zone = s->zone;

	for (size_t i = 0; i < zone->n_servers; i++) {
		if (strcmp(zone->servers[i].address, address) == 0)
			return;
	}
	if (scope != NULL && zone->n_servers < MAX_SERVERS)
		zone->servers[zone->n_servers++] = (struct zone_server){
			.host = host, .address = address, .scope = scope,
		};
}

/* The addresses of all names. */
static void
add_addresses(struct search *s)
{
	for (size_t i = 0; i < s->zone->n_hosts; i++) {
		struct zone_host *host = &s->zone->hosts[i];

		host->a = ask(s, host->name, DNS_A);
		host->aaaa = ask(s, host->name, DNS_AAAA);
		for (size_t k = 0; k < host->a->n_values; k++)
			add_server(s, host->name, host->a->values[k].text);
		for (size_t k = 0; k < host->aaaa->n_values; k++)
			add_server(s, host->name, host->aaaa->values[k].text);
	}
}

/* What the zone's own servers say of its name servers. */
static void
ask_servers(struct search *s)
{
	struct dns_zone *zone = s->zone;

	for (size_t i = 0; i < zone->n_servers; i++) {
		const struct fact *ns = ask_at(s, zone->servers[i].scope,
			zone->name, DNS_NS);

		for (size_t k = 0; k < ns->n_values; k++) {
			struct zone_host *host = ns->authoritative ?
				add_host(s, ns->values[k].text) : NULL;

			if (host != NULL)
				host->own = true;
			zone->own_known |= host != NULL;
		}
	}
}

/* The delegation from one server of the parent zone. A server of both zones
 * answers with the zone's own records: that is no delegation. */
static void
ask_parent_server(struct search *s, const char *address)
{
	const struct fact *ns = ask_at(s,
		facts_scope(s->arena, address, s->port, false), s->zone->name,
		DNS_NS);

	if (ns->status != FACT_OK || ns->authoritative)
		return;
	for (size_t i = 0; i < ns->n_values; i++) {
		struct zone_host *host = add_host(s, ns->values[i].text);

		if (host != NULL)
			host->delegated = true;
		s->zone->delegation_known |= host != NULL;
	}
}

static void
ask_parent(struct search *s)
{
	const char *dot = strchr(s->zone->name, '.');
	const struct fact *ns, *evidence;
	const char *parent;

	if (dot == NULL)
		return;
	parent = find_cut(s, dot + 1, &evidence);
	if (parent == NULL || strcmp(parent, ".") == 0)
		return;
	ns = ask(s, parent, DNS_NS);
	for (size_t i = 0; i < ns->n_values && i < MAX_PARENTS; i++) {
		const struct fact *a = ask(s, ns->values[i].text, DNS_A);

		if (a->n_values != 0)
			ask_parent_server(s, a->values[0].text);
	}
}

struct dns_zone *
dns_zone_find(struct arena *arena, struct facts *facts, const char *name,
    uint16_t port)
{
	struct dns_zone *zone = arena_alloc(arena, sizeof *zone);
	struct search s = {
		.arena = arena, .facts = facts, .zone = zone, .port = port,
	};
	const struct fact *ns;

	zone->settled = true;
	zone->hosts = arena_array(arena, MAX_HOSTS, sizeof *zone->hosts);
	zone->servers = arena_array(arena, MAX_SERVERS, sizeof *zone->servers);
	zone->name = find_cut(&s, name, &zone->evidence);
	if (zone->name == NULL)
		return zone;
	zone->name = arena_strdup(arena, zone->name);
	ns = ask(&s, zone->name, DNS_NS);
	for (size_t i = 0; i < ns->n_values; i++)
		add_host(&s, ns->values[i].text);
	add_addresses(&s);
	ask_servers(&s);
	ask_parent(&s);
	/* those that only one of them names are responsible as well */
	add_addresses(&s);
	return zone;
}

bool
dns_zone_differs(const struct dns_zone *zone)
{
	bool differs = false;

	for (size_t i = 0; i < zone->n_hosts; i++)
		differs |= zone->hosts[i].own != zone->hosts[i].delegated;
	return zone->own_known && zone->delegation_known && differs;
}
