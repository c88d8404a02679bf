/* SPDX-License-Identifier: ISC
 * Facts from one particular server. Hides how a server is written as a scope,
 * and how long an answer is kept by others. */
#include "config.h"

#include "engine/world/facts_server.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/world/facts_entry.h"
#include "engine/world/note.h"
#include "engine/world/resolvconf.h"

#define RECURSION "+rd"
#define DNS_PORT 53

bool
facts_scope_recursive(const char *scope)
{
	size_t len = strlen(scope), tail = strlen(RECURSION);

	return len > tail && strcmp(scope + len - tail, RECURSION) == 0;
}

bool
facts_scope_normal(const char *text, char out[FACTS_SCOPE_SIZE])
{
	bool recursion = facts_scope_recursive(text), good;
	char server[FACTS_SCOPE_SIZE];
	size_t len = strlen(text) - (recursion ? strlen(RECURSION) : 0);
	struct resolvconf conf;
	unsigned long port;
	struct str err;
	char *at;

	if (len >= sizeof server)
		return false;
	memcpy(server, text, len);
	server[len] = '\0';
	resolvconf_init(&conf);
	str_init(&err, 512);
	good = resolvconf_add(&conf, server, &err);
	str_free(&err);
	at = strrchr(conf.servers[0].text, '@');
	if (!good || at == NULL)
		return false;
	port = strtoul(at + 1, NULL, 10);
	*at = '\0';
	if (port != DNS_PORT)
		snprintf(out, FACTS_SCOPE_SIZE, "%s@%lu%s",
		    conf.servers[0].text, port, recursion ? RECURSION : "");
	else
		snprintf(out, FACTS_SCOPE_SIZE, "%s%s", conf.servers[0].text,
		    recursion ? RECURSION : "");
	return true;
}

const char *
facts_scope(struct arena *arena, const char *address, uint16_t port,
    bool recursion)
{
	char scope[FACTS_SCOPE_SIZE];
	const char *written = arena_printf(arena, "%s@%u%s", address,
		port != 0 ? (unsigned int)port : DNS_PORT,
		recursion ? RECURSION : "");

	return facts_scope_normal(written, scope) ?
		arena_strdup(arena, scope) : NULL;
}

const struct fact *
facts_dns_at(struct facts *facts, const char *scope, const char *name,
    enum dns_type type)
{
	char normal[FACTS_SCOPE_SIZE];

	if (facts_scope_normal(scope, normal))
		return facts_ask(facts, normal, name, type);
	facts->no_server = (struct fact){
		.key = "dns", .name = "", .type = type,
		.status = FACT_INVALID, .trouble = TROUBLE_INVALID, .ms = -1,
		.note = NOTE_NO_ADDRESS,
	};
	return &facts->no_server;
}

const struct fact *
facts_seen(struct facts *facts, const char *scope, const char *name,
    enum dns_type type)
{
	char server[FACTS_SCOPE_SIZE], normal[DNS_NAME_SIZE];
	struct entry *e;

	if ((scope != NULL && !facts_scope_normal(scope, server)) ||
	    !dns_name_normal(name, strlen(name), normal))
		return NULL;
	e = facts_find_dns(facts, scope != NULL ? server : NULL, normal, type);
	return e != NULL && e->fact.status != FACT_WANTED ? &e->fact : NULL;
}

int64_t
fact_remaining(const struct fact *fact, int64_t now)
{
	int64_t end = fact->when + (int64_t)fact->ttl;

	return fact->when == 0 || !fact_known(fact) || end <= now ? 0 :
		end - now;
}

bool
facts_refresh(struct facts *facts, const struct fact *fact, int64_t now,
    int64_t age)
{
	/* a clock that was set back must not stop the wait */
	if (facts->world != FACTS_LIVE || fact->status == FACT_WANTED ||
	    (fact->when <= now && now - fact->when < age))
		return false;
	facts_forget_fact(facts, fact);
	return true;
}

bool
fact_soa(const struct fact *fact, struct fact_soa *soa)
{
	unsigned long serial, minimum, skipped[3];

	if (fact->type != DNS_SOA || fact->status != FACT_OK ||
	    fact->n_values == 0 ||
	    sscanf(fact->values[0].text, "%*s %*s %lu %lu %lu %lu %lu",
		&serial, &skipped[0], &skipped[1], &skipped[2], &minimum) != 5)
		return false;
	soa->serial = (uint32_t)serial;
	soa->negative_ttl = minimum < fact->ttl ? (uint32_t)minimum :
		fact->ttl;
	return true;
}
