/* SPDX-License-Identifier: ISC
 * Which of its addresses a server's mail leaves from. Knows the settings of
 * Postfix that decide it. */
#include "config.h"

#include "engine/world/server.h"

#include <string.h>

#include "engine/base/text.h"
#include "engine/world/facts.h"

#define SEPARATORS ", \t\r\n"

struct choosing {
	struct arena *arena;
	const char **list;
	size_t n;
};

static void
add(struct choosing *c, const char *ip)
{
	const char *canonical = ip_canonical(c->arena, ip);

	if (canonical == NULL || ip_is_private(canonical))
		return;
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->list[i], canonical) == 0)
			return;
	c->list = arena_grow(c->arena, c->list, c->n, sizeof *c->list);
	c->list[c->n++] = canonical;
}

static const char *
setting(const struct postfix *postfix, const char *name)
{
	return postfix_get_state(postfix) == POSTFIX_FOUND ?
	    postfix_client_get(postfix, name) : "";
}

bool
server_speaks(const struct postfix *postfix, bool v6)
{
	const char *protocols = setting(postfix, "inet_protocols");

	return *protocols == '\0' || strstr(protocols, "all") != NULL ||
	    strstr(protocols, v6 ? "ipv6" : "ipv4") != NULL;
}

/* An address of the family, with or without brackets, that is no wildcard;
 * NULL: the word is none. */
static const char *
family_address(struct arena *arena, const char *word, size_t len, bool v6)
{
	const char *ip;

	if (len > 1 && word[0] == '[') {
		word++;
		len -= 2;
	}
	ip = ip_canonical(arena, arena_strndup(arena, word, len));
	if (ip == NULL || ip_is_v6(ip) != v6 || strcmp(ip, "0.0.0.0") == 0 ||
	    strcmp(ip, "::") == 0)
		return NULL;
	return ip;
}

/* The SMTP client binds to the only address of the family in inet_interfaces;
 * loopback addresses count, too, but are not bound to (postconf(5)
 * smtp_bind_address, note 1). A name there may stand for any addresses. */
static const char *
only_interface(struct arena *arena, const char *word, bool v6)
{
	const char *only = NULL;

	for (word += strspn(word, SEPARATORS); *word != '\0';
	    word += strspn(word, SEPARATORS)) {
		size_t len = strcspn(word, SEPARATORS);
		const char *ip = family_address(arena, word, len, v6);

		if (ip == NULL && family_address(arena, word, len, !v6) == NULL)
			return NULL;
		if (ip != NULL && only != NULL)
			return NULL;
		only = ip != NULL ? ip : only;
		word += len;
	}
	if (only == NULL || strcmp(only, "::1") == 0 ||
	    strncmp(only, "127.", 4) == 0)
		return NULL;
	return only;
}

const char *
server_bound_to(struct arena *arena, const struct postfix *postfix, bool v6)
{
	const char *bind = setting(postfix, v6 ? "smtp_bind_address6" :
	    "smtp_bind_address");

	return *bind != '\0' ?
	    family_address(arena, bind, strlen(bind), v6) :
	    only_interface(arena, setting(postfix, "inet_interfaces"), v6);
}

static void
add_family(struct choosing *c, const struct host *host,
    const struct postfix *postfix, bool v6)
{
	const char *chosen = server_bound_to(c->arena, postfix, v6);

	if (chosen == NULL)
		chosen = v6 ? host->outgoing6 : host->outgoing4;
	if (chosen != NULL) {
		add(c, chosen);
		return;
	}
	for (size_t i = 0; i < host->n_addresses; i++)
		if (ip_is_v6(host->addresses[i].ip) == v6)
			add(c, host->addresses[i].ip);
}

const char *const *
server_addresses(struct arena *arena, const struct host *host,
    const struct postfix *postfix, size_t *n)
{
	struct choosing c = { .arena = arena };

	if (server_speaks(postfix, false))
		add_family(&c, host, postfix, false);
	if (server_speaks(postfix, true))
		add_family(&c, host, postfix, true);
	*n = c.n;
	return c.list;
}
