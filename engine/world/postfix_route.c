/* SPDX-License-Identifier: ISC
 * Over which host does a message leave? Knows in which order Postfix asks its
 * tables for that (transport(5), postconf(5)). */
#include "config.h"

#include <string.h>

#include "engine/base/text.h"
#include "engine/world/postfix_parts.h"

/* The value of KEY in the tables of PARAMETER. One that cannot be asked leaves
 * it open. */
static const char *
look_up(const struct postfix *postfix, const char *parameter, const char *key,
    struct postfix_route *out)
{
	struct postfix_answer answer;

	postfix_look_up(postfix, parameter, key, &answer);
	if (answer.why_unknown != NULL)
		out->why_unknown = answer.why_unknown;
	if (answer.value == NULL)
		return NULL;
	out->parameter = parameter;
	out->table = answer.table;
	out->key = arena_strdup(postfix->arena, key);
	return answer.value;
}

/* transport(5): address, domain, parents with a dot in front, "*". */
static const char *
transport_of(const struct postfix *postfix, const char *recipient,
    struct postfix_route *out)
{
	static const char maps[] = "transport_maps";
	const char *domain = recipient != NULL ?
	    text_address_domain(recipient) : NULL;
	const char *value = recipient != NULL ?
	    look_up(postfix, maps, recipient, out) : NULL;

	if (value == NULL && domain != NULL)
		value = look_up(postfix, maps, domain, out);
	for (const char *dot = domain != NULL ? strchr(domain, '.') : NULL;
	    value == NULL && dot != NULL; dot = strchr(dot + 1, '.'))
		value = look_up(postfix, maps, dot, out);
	return value != NULL ? value : look_up(postfix, maps, "*", out);
}

static const char *
relayhost_of(const struct postfix *postfix, const char *sender,
    struct postfix_route *out)
{
	static const char maps[] = "sender_dependent_relayhost_maps";
	const char *at = sender != NULL ? strrchr(sender, '@') : NULL;
	const char *value = NULL;

	if (at != NULL)
		value = look_up(postfix, maps, sender, out);
	if (value == NULL && at != NULL)
		value = look_up(postfix, maps, at, out);
	return value != NULL && text_same(value, "DUNNO") ? NULL : value;
}

void
postfix_find_route(const struct postfix *postfix, const char *sender,
    const char *recipient, struct postfix_route *out)
{
	struct postfix_route open = { .host = NULL };
	const char *value, *colon;
	bool mx;

	*out = open;
	value = transport_of(postfix, recipient, out);
	colon = value != NULL ? strchr(value, ':') : NULL;
	if (colon != NULL && colon[1] != '\0') {
		out->host = postfix_nexthop(postfix->arena, colon + 1, &mx);
		return;
	}
	/* transport(5): a transport without next hop goes to the recipient's
	 * domain, past the relayhost; both empty change nothing */
	if (colon != NULL && colon != value)
		return;
	open.why_unknown = out->why_unknown;
	*out = open;
	value = relayhost_of(postfix, sender, out);
	if (value == NULL) {
		open.why_unknown = out->why_unknown;
		*out = open;
		value = postfix_get(postfix, "relayhost");
	}
	out->host = postfix_nexthop(postfix->arena, value, &mx);
}
