/* SPDX-License-Identifier: ISC
 * One server to be asked by its address. Hides how a scope becomes a list of
 * one name server. */
#include "config.h"

#include "engine/world/dns_target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct dns_target *
dns_target_find(struct dns_target **list, const char *scope,
    const struct resolvconf *conf)
{
	char server[FACTS_SCOPE_SIZE];
	struct dns_target *target;
	struct str err;

	for (target = *list; target != NULL; target = target->next) {
		if (strcmp(target->scope, scope) == 0)
			return target;
	}
	target = mem_alloc(sizeof *target);
	memset(target, 0, sizeof *target);
	snprintf(target->scope, sizeof target->scope, "%s", scope);
	resolvconf_init(&target->conf);
	target->conf.timeout_ms = conf->timeout_ms;
	target->conf.attempts = conf->attempts;
	snprintf(server, sizeof server, "%s", scope);
	server[strcspn(server, "+")] = '\0';
	str_init(&err, 512);
	/* without a server the query says that none is known */
	if (!resolvconf_add(&target->conf, server, &err))
		target->conf.n = 0;
	str_free(&err);
	target->next = *list;
	*list = target;
	return target;
}

void
dns_target_free(struct dns_target **list)
{
	while (*list != NULL) {
		struct dns_target *next = (*list)->next;

		free(*list);
		*list = next;
	}
}
