/* SPDX-License-Identifier: ISC
 * Whose is the address that the receiver saw: this server's, its relay's, the
 * router's in front of it, a forwarder's? Hides how the evidence is weighed. */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/checks/checking.h"

#define NAMES_MAX 10             /* of one address */

static bool
is_own_ip(const struct checking *c, const char *ip)
{
	const struct identity *id = &c->out->identity;

	for (size_t i = 0; i < id->n_own_ips; i++)
		if (strcmp(id->own_ips[i], ip) == 0)
			return true;
	return false;
}

/* PTR of the client address, and whether its name leads back (RFC 8601
 * 2.7.3, iprev). */
static bool
find_ptr(struct checking *c, bool *confirmed)
{
	struct identity *id = &c->out->identity;
	const char *reverse = dns_reverse(c->arena, id->client_ip, NULL);
	const struct fact *ptr;

	*confirmed = false;
	if (reverse == NULL)
		return false;
	ptr = checking_dns(c, reverse, DNS_PTR);
	if (ptr->status != FACT_OK || ptr->n_values == 0)
		return false;
	id->ptr_name = ptr->values[0].text;
	for (size_t i = 0; i < ptr->n_values && i < NAMES_MAX &&
	    !*confirmed; i++) {
		*confirmed = fact_has_address(checking_address(c,
		    ptr->values[i].text, id->client_ip), id->client_ip);
		if (*confirmed)
			id->ptr_name = ptr->values[i].text;
	}
	return true;
}

static bool
same_organisation(struct checking *c, const char *a, const char *b)
{
	return a != NULL && b != NULL &&
	    strcmp(psl_org_domain(c->arena, a), psl_org_domain(c->arena, b)) == 0;
}

/* The relay itself refused: what it names is the address that reached it, not
 * the one that it sends from. */
bool
identity_refused_by_relay(const struct checking *c)
{
	const struct bounce *b = c->in->bounce;

	return b != NULL && c->out->identity.relayhost != NULL &&
	    text_same(b->remote_host, c->out->identity.relayhost);
}

/* Does the address belong to the relay? Its name, or the relay's own
 * addresses, must say so; who wrote the bounce is one more sign. */
static bool
owned_by_relay(struct checking *c, bool ptr_confirmed)
{
	struct identity *id = &c->out->identity;
	const struct bounce *b = c->in->bounce;
	bool found = false;

	if (id->relayhost == NULL)
		return false;
	identity_evidence(c, id->relay_by);
	if (identity_refused_by_relay(c)) {
		if (!checking_class(c, "connect dns_temp"))
			identity_evidence(c, arena_printf(c->arena, _("The relay "
			    "itself refused, so %s is the address that reached "
			    "it."), id->client_ip));
		return false;
	}
	if (text_same(ip_canonical(c->arena, id->relayhost), id->client_ip)) {
		found = true;     /* main.cf names it by its address */
	} else if (fact_has_address(checking_address(c, id->relayhost,
	    id->client_ip), id->client_ip)) {
		identity_evidence(c, arena_printf(c->arena,
		    _("%s is an address of %s."), id->client_ip, id->relayhost));
		found = true;
	}
	if (ptr_confirmed &&
	    same_organisation(c, id->ptr_name, id->relayhost)) {
		identity_evidence(c, arena_printf(c->arena,
		    _("The name of %s is %s, which leads back to it and has the "
		    "relay's domain."), id->client_ip, id->ptr_name));
		found = true;
	}
	if (b != NULL && same_organisation(c, b->reporting_host, id->relayhost))
		identity_evidence(c, arena_printf(c->arena,
		    _("The bounce was written by %s, not by this server."),
		    b->reporting_host));
	return found;
}

static bool
owned_by_us(struct checking *c, bool ptr_confirmed)
{
	struct identity *id = &c->out->identity;
	const char *interface = NULL;
	const char *self = identity_hostname(c);

	if (host_has_address(c->in->host, id->client_ip, &interface)) {
		identity_evidence(c, interface == NULL ?
		    arena_printf(c->arena, _("This server has the address %s."),
			id->client_ip) :
		    arena_printf(c->arena,
			_("This server has the address %s on %s."),
			id->client_ip, interface));
		return true;
	}
	if (checking_server(c, id->client_ip) != NULL) {
		identity_evidence(c, arena_printf(c->arena,
		    _("Your server %s has the address %s."),
		    checking_server(c, id->client_ip)->name, id->client_ip));
		return true;
	}
	if (is_own_ip(c, id->client_ip)) {
		identity_evidence(c, arena_printf(c->arena,
		    _("You named %s as an address of your own."),
		    id->client_ip));
		return true;
	}
	if (self != NULL && ptr_confirmed && strcmp(self, id->ptr_name) == 0) {
		identity_evidence(c, arena_printf(c->arena,
		    _("The name of %s is %s, this server's own name."),
		    id->client_ip, self));
		return true;
	}
	return false;
}

/* The private addresses of this server when it has no public one of the
 * family: then a router, or the host of a container, stands in front. */
static const char *
only_private(const struct checking *c, bool v6)
{
	const struct host *host = c->in->host;
	const char *found = NULL;

	for (size_t i = 0; i < host->n_addresses; i++) {
		const char *ip = host->addresses[i].ip;

		if (ip_is_v6(ip) != v6)
			continue;
		if (!ip_is_private(ip))
			return NULL;
		found = found == NULL ? ip : found;
	}
	return found;
}

/* Docker's network for containers that are given no other. */
static bool
is_container(const char *ip)
{
	return text_starts(ip, "172.17.");
}

/* A server behind a router: it has only private addresses, and main.cf, its
 * own name or its own log shows that the public one is used for it. */
static bool
owned_by_nat(struct checking *c)
{
	struct identity *id = &c->out->identity;
	const struct bounce *b = c->in->bounce;
	const char *self = identity_hostname(c);
	const char *inside = only_private(c, ip_is_v6(id->client_ip));
	bool direct = b != NULL && b->form == FORM_LOG;

	if (postfix_list_has(c->in->postfix, "proxy_interfaces",
	    id->client_ip)) {
		identity_evidence(c, arena_printf(c->arena, _("main.cf names %s as the "
		    "address in front of this server (proxy_interfaces)."),
		    id->client_ip));
		return true;
	}
	if (inside == NULL && c->in->host->n_addresses != 0)
		return false;
	if (inside != NULL)
		identity_evidence(c, arena_printf(c->arena, is_container(inside) ?
		    _("This server has only the private address %s, as "
		    "containers have it: mail leaves with the address of the "
		    "machine that it runs on.") :
		    _("This server has only private addresses (%s): mail leaves "
		    "with the address of the router in front of it."), inside));
	if (self != NULL && fact_has_address(
	    checking_address(c, self, id->client_ip), id->client_ip)) {
		identity_evidence(c, arena_printf(c->arena,
		    _("%s, this server's name, has the address %s."), self,
		    id->client_ip));
		return true;
	}
	if (direct && identity_refused_by_relay(c))
		return true;
	if (direct && id->relayhost == NULL) {
		identity_evidence(c, _("The log lines show that Postfix itself "
		    "talked to the receiver, so the address is this server's or "
		    "that of the router in front of it."));
		return true;
	}
	return false;
}

static enum owner
foreign_owner(struct checking *c)
{
	struct identity *id = &c->out->identity;
	const struct bounce *b = c->in->bounce;
	const char *self = identity_hostname(c);

	if (b == NULL || b->reporting_host == NULL ||
	    same_organisation(c, b->reporting_host, self) ||
	    same_organisation(c, b->reporting_host, id->org_domain))
		return OWNER_UNKNOWN;
	identity_evidence(c, arena_printf(c->arena,
	    _("The bounce was written by %s, which is not this server."),
	    b->reporting_host));
	if (postfix_get_state(c->in->postfix) != POSTFIX_FOUND) {
		if (!same_organisation(c, b->reporting_host, id->ptr_name))
			return OWNER_UNKNOWN;
		identity_evidence(c, _("So it is probably your relay; there is "
		    "no main.cf here to confirm it."));
		return OWNER_RELAY;
	}
	return id->relayhost == NULL ? OWNER_FORWARDER : OWNER_UNKNOWN;
}

void
owner_find(struct checking *c)
{
	struct identity *id = &c->out->identity;
	bool confirmed = false;

	if (id->client_ip == NULL)
		return;
	find_ptr(c, &confirmed);
	if (owned_by_us(c, confirmed))
		id->owner = OWNER_OWN;
	else if (owned_by_relay(c, confirmed))
		id->owner = OWNER_RELAY;
	else if (owned_by_nat(c))
		id->owner = c->in->host->n_addresses == 0 ? OWNER_OWN : OWNER_NAT;
	else
		id->owner = foreign_owner(c);
	if (id->owner == OWNER_NAT)
		identity_add_ip(c, id->client_ip);
}
