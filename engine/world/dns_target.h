/* SPDX-License-Identifier: ISC
 * The single servers that facts with a scope are asked of, and what has been
 * learned about each. Used by dns_fetch.c alone. */
#ifndef WB_DNS_TARGET_H
#define WB_DNS_TARGET_H

#include "engine/world/dns_query.h"
#include "engine/world/facts_server.h"
#include "engine/world/resolvconf.h"

struct dns_target {
	struct dns_target *next;
	char scope[FACTS_SCOPE_SIZE];
	struct resolvconf conf;          /* this one server */
	struct server_state state;
};

/* The target for SCOPE (facts_scope_normal() form) in LIST, added when it is
 * new; patience and tries are those of CONF. The list owns it. */
struct dns_target *dns_target_find(struct dns_target **list,
    const char *scope, const struct resolvconf *conf);
void dns_target_free(struct dns_target **list);

#endif
