/* SPDX-License-Identifier: ISC
 * Over which host did, or does, the mail leave: main.cf with its tables, and
 * the log's relay=. Hides how the two are weighed. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/checks/checking.h"

/* What of main.cf decided, as a sentence. */
static const char *
settings_say(struct checking *c, const struct postfix_route *route)
{
	if (route->table == NULL)
		return arena_printf(c->arena,
		    _("main.cf hands all mail to the relay %s (%s)."),
		    route->host, route->parameter != NULL ? route->parameter :
		    "relayhost");
	return arena_printf(c->arena,
	    _("main.cf hands this mail to the relay %s: %s, table %s, entry %s."),
	    route->host, route->parameter, route->table, route->key);
}

/* RFC 6409: ports at which relays take mail from customers, never MX hosts;
 * 465 is RFC 8314's, 2525 custom. */
static bool
is_submission(const char *port)
{
	return strcmp(port, "587") == 0 || strcmp(port, "465") == 0 ||
	    strcmp(port, "2525") == 0;
}

/* Is HOST known not to be an MX of the recipient's domain? */
static bool
is_no_mx(struct checking *c, const char *host)
{
	const struct bounce *b = c->in->bounce;
	const char *domain = b->recipient != NULL ?
	    text_address_domain(b->recipient) : NULL;
	const struct fact *mx;

	if (domain == NULL)
		return false;
	mx = checking_dns(c, domain, DNS_MX);
	for (size_t i = 0; mx->status == FACT_OK && i < mx->n_values; i++)
		if (text_same(mx_host(c->arena, &mx->values[i]), host))
			return false;
	return mx->status == FACT_OK && mx->n_values != 0;
}

/* "relay=host[address]:port" of the log line (Postfix, smtp(8)). */
static void
log_says(struct checking *c)
{
	const struct bounce *b = c->in->bounce;
	struct identity *id = &c->out->identity;
	const char *bracket, *port, *host;

	if (b == NULL || b->form != FORM_LOG || b->nexthop == NULL)
		return;
	bracket = strchr(b->nexthop, '[');
	port = bracket != NULL ? strstr(bracket, "]:") : NULL;
	if (port == NULL || bracket == b->nexthop)
		return;
	host = text_domain(c->arena, b->nexthop, (size_t)(bracket - b->nexthop));
	if (!is_submission(port + 2) && !is_no_mx(c, host))
		return;
	id->relayhost = host;
	id->relay_by = arena_printf(c->arena,
	    _("The log says that Postfix handed the message to the relay %s "
	    "(relay=%s)."), host, b->nexthop);
}

void
route_find(struct checking *c)
{
	const struct bounce *b = c->in->bounce;
	struct identity *id = &c->out->identity;
	const char *sender = id->sender;
	struct postfix_route route;

	if (sender == NULL && id->envelope_domain != NULL)
		sender = arena_printf(c->arena, "postmaster@%s",
		    id->envelope_domain);
	postfix_find_route(c->in->postfix, sender, b != NULL ? b->recipient :
	    NULL, &route);
	id->service = route.service;
	id->relayhost = route.host;
	if (route.host != NULL) {
		id->relay_by = settings_say(c, &route);
		id->relay_table = route.parameter;
	}
	id->route_unknown = route.why_unknown;
	if (id->relayhost == NULL)
		log_says(c);
}
