/* SPDX-License-Identifier: ISC
 * Which zone a name is in, and every address of the zone's name servers. A
 * pure reading of facts; what is missing is noted as wanted. */
#ifndef WB_DNS_ZONE_H
#define WB_DNS_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/arena.h"
#include "engine/world/facts.h"

struct zone_host {
	const char *name;              /* "ns1.dns.example" */
	bool own;                      /* in the zone's own NS records */
	bool delegated;                /* in those of the parent zone */
	const struct fact *a, *aaaa;
};

/* One address of one name server. */
struct zone_server {
	const char *host, *address;
	const char *scope;             /* for facts_dns_at() */
};

struct dns_zone {
	const char *name;              /* NULL: not known, see EVIDENCE */
	const struct fact *evidence;   /* that says where the zone begins, or
	                                * why that cannot be told */
	struct zone_host *hosts;
	size_t n_hosts;
	struct zone_server *servers;
	size_t n_servers;
	bool own_known, delegation_known;
	bool settled;                  /* nothing is wanted any more */
};

/* The zone of NAME as the resolver knows it (RFC 1034 4.2.1: where the SOA is;
 * a negative answer names it, RFC 2308 3), its name servers by the resolver, by
 * themselves and by the parent zone. PORT: of the name servers; 0: 53. At most
 * 32 names and 64 addresses. Arena-owned. */
struct dns_zone *dns_zone_find(struct arena *arena, struct facts *facts,
    const char *name, uint16_t port);

/* Do parent and zone name different servers? False, too, when one of them is
 * not known. */
bool dns_zone_differs(const struct dns_zone *zone);

#endif
