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

/* sender_dependent_…_maps: address, then "@domain"; "DUNNO" says nothing. */
static const char *
by_sender(const struct postfix *postfix, const char *maps, const char *sender,
    struct postfix_route *out)
{
	const char *at = sender != NULL ? strrchr(sender, '@') : NULL;
	const char *value = NULL;

	if (at != NULL)
		value = look_up(postfix, maps, sender, out);
	if (value == NULL && at != NULL)
		value = look_up(postfix, maps, at, out);
	return value != NULL && text_same(value, "DUNNO") ? NULL : value;
}

/* What is known so far was not the answer; what is open stays open. */
static void
go_on(struct postfix_route *out)
{
	*out = (struct postfix_route){ .why_unknown = out->why_unknown,
		.service = out->service };
}

/* "transport:nexthop" into OUT: the service, and the host where there is one.
 * False: it names none, and the next table decides. */
static bool
take_transport(const struct postfix *postfix, const char *value,
    struct postfix_route *out)
{
	const struct postfix_service *service = postfix_transport(postfix,
	    value);
	const char *colon = strchr(value, ':');
	bool mx, named = *value != '\0' && *value != ':';

	if (named && service != NULL)
		out->service = service->id;
	if (named && !postfix_sends_out(postfix, value)) {
		out->host = NULL;
		return true;
	}
	if (colon == NULL || colon[1] == '\0')
		return false;
	out->host = postfix_nexthop(postfix->arena, colon + 1, &mx);
	return true;
}

/* What decides where transport_maps does not. */
static void
take_default(const struct postfix *postfix, const char *sender,
    struct postfix_route *out)
{
	const char *value = by_sender(postfix,
	    "sender_dependent_default_transport_maps", sender, out);
	bool mx;

	if (value != NULL && take_transport(postfix, value, out))
		return;
	go_on(out);
	if (value == NULL) {
		value = postfix_get(postfix, "default_transport");
		if (take_transport(postfix, value, out)) {
			out->parameter = "default_transport";
			return;
		}
	}
	value = by_sender(postfix, "sender_dependent_relayhost_maps", sender,
	    out);
	if (value == NULL) {
		go_on(out);
		value = postfix_get(postfix, "relayhost");
	}
	out->host = postfix_nexthop(postfix->arena, value, &mx);
}

void
postfix_find_route(const struct postfix *postfix, const char *sender,
    const char *recipient, struct postfix_route *out)
{
	const char *value;

	*out = (struct postfix_route){ .service = postfix_client(postfix) };
	value = transport_of(postfix, recipient, out);
	/* transport(5): a transport without next hop goes to the recipient's
	 * domain, past the relayhost; both empty change nothing */
	if (value != NULL && (take_transport(postfix, value, out) ||
	    (*value != '\0' && *value != ':')))
		return;
	go_on(out);
	take_default(postfix, sender, out);
}
