/* SPDX-License-Identifier: ISC
 * The first question: which address and which domain did the receiver judge,
 * and whose address is it (design.md 1)? Hides how the evidence is weighed. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/checks/checking.h"

#define OWN_IPS_MAX 128
#define EVIDENCE_MAX 12
#define NAMES_MAX 10             /* of one address */

static void
evidence(struct checking *c, const char *sentence)
{
	struct identity *id = &c->out->identity;
	const char **list;

	if (id->n_evidence == EVIDENCE_MAX)
		return;
	list = arena_grow(c->arena, (void *)(uintptr_t)id->evidence,
	    id->n_evidence, sizeof *list);
	list[id->n_evidence++] = sentence;
	id->evidence = list;
}

static void
add_own_ip(struct checking *c, const char *text)
{
	struct identity *id = &c->out->identity;
	const char *ip = text != NULL ? ip_canonical(c->arena, text) : NULL;
	const char **list;

	if (ip == NULL || id->n_own_ips == OWN_IPS_MAX)
		return;
	for (size_t i = 0; i < id->n_own_ips; i++)
		if (strcmp(id->own_ips[i], ip) == 0)
			return;
	list = arena_grow(c->arena, (void *)(uintptr_t)id->own_ips,
	    id->n_own_ips, sizeof *list);
	list[id->n_own_ips++] = ip;
	id->own_ips = list;
}

static bool
is_own_ip(const struct checking *c, const char *ip)
{
	const struct identity *id = &c->out->identity;

	for (size_t i = 0; i < id->n_own_ips; i++)
		if (strcmp(id->own_ips[i], ip) == 0)
			return true;
	return false;
}

/* What the interfaces show, then the further ones that the user names. */
static void
find_own_ips(struct checking *c)
{
	bool live = facts_get_world(c->in->facts) == FACTS_LIVE;
	const char *answer;

	for (size_t i = 0; checking_mail_host(c) &&
	    i < c->in->host->n_addresses; i++) {
		const char *ip = c->in->host->addresses[i].ip;

		if (!ip_is_private(ip) && !(live && ip_is_documentation(ip)) &&
		    senders_may_be(c, ip))
			add_own_ip(c, ip);
	}
	for (size_t i = 0; (answer = checking_answer(c, "own-ip", i)) != NULL; i++)
		add_own_ip(c, answer);
	for (size_t i = 0; i < c->in->recording->n_servers; i++) {
		const struct server *s = &c->in->recording->servers[i];

		for (size_t k = 0; k < s->n_ips; k++)
			add_own_ip(c, s->ips[k]);
	}
}

static const char *
own_hostname(const struct checking *c)
{
	const char *name = postfix_get(c->in->postfix, "myhostname");

	if (postfix_get_state(c->in->postfix) == POSTFIX_FOUND && *name != '\0')
		return text_domain(c->arena, name, strlen(name));
	return checking_mail_host(c) ? c->in->host->name : NULL;
}

/* myorigin, unless it names a file that could not be read or does not
 * expand: then it is no domain. */
static const char *
own_origin(const struct checking *c)
{
	const struct postfix_value *origin =
	    postfix_value(c->in->postfix, "myorigin");

	return origin->origin == POSTFIX_UNSET || origin->unresolved ||
	    origin->value[0] == '/' ? "" : origin->value;
}

/* The envelope sender, as far as it is known: from the bounce; else from the
 * program that handed the mail in, whose domain is myorigin. */
static void
find_sender(struct checking *c)
{
	const struct bounce *b = c->in->bounce;
	struct identity *id = &c->out->identity;
	const char *origin = own_origin(c);
	const char *domain = checking_answer(c, "domain", 0);

	id->sender = checking_answer(c, "sender", 0);
	if (b != NULL && b->sender != NULL && *b->sender != '\0')
		id->sender = b->sender;
	else if (id->sender == NULL && b != NULL && b->login != NULL &&
	    *origin != '\0')
		id->sender = arena_printf(c->arena, "%s@%s", b->login, origin);
	if (b != NULL && b->domain != NULL)
		id->envelope_domain = b->domain;
	else if (id->sender != NULL)
		id->envelope_domain = text_address_domain(id->sender);
	if (id->envelope_domain == NULL)
		id->envelope_domain = domain;
	if (id->envelope_domain == NULL && *origin != '\0')
		id->envelope_domain = origin;
	if (id->envelope_domain != NULL)
		id->envelope_domain = text_domain(c->arena, id->envelope_domain,
		    strlen(id->envelope_domain));
	if (b != NULL && b->header_from != NULL)
		id->from_domain = text_address_domain(b->header_from);
	if (id->from_domain == NULL)
		id->from_domain = domain;
	if (id->from_domain != NULL)
		id->from_domain = text_domain(c->arena, id->from_domain,
		    strlen(id->from_domain));
}

/* Relays often send from other addresses than the one they take mail at, so
 * this is a guess, and said to be one. */
static void
guess_relay_ip(struct checking *c)
{
	struct identity *id = &c->out->identity;
	const struct fact *a = checking_dns(c, id->relayhost, DNS_A);

	if (a->status != FACT_OK || a->n_values == 0)
		return;
	id->client_ip = a->values[0].text;
	evidence(c, arena_printf(c->arena,
	    _("No sending address is named. %s is where %s takes mail; it may "
	    "send from another one."), id->client_ip, id->relayhost));
}

/* Behind a router: the address that the server's own name has. */
static void
guess_outside_ip(struct checking *c)
{
	struct identity *id = &c->out->identity;
	const char *self = own_hostname(c);
	const struct fact *a;

	if (self == NULL || strchr(self, '.') == NULL || id->n_own_ips != 0 ||
	    c->in->host->n_addresses == 0)
		return;
	a = checking_dns(c, self, DNS_A);
	if (a->status == FACT_OK && a->n_values != 0 &&
	    !ip_is_private(a->values[0].text))
		id->client_ip = a->values[0].text;
}

/* The address that the receiver saw. Where it does not name one and this
 * host's own log shows that Postfix spoke to the receiver itself, it is this
 * host's address of the same family as the receiver's. */
static void
find_client_ip(struct checking *c)
{
	const struct bounce *b = c->in->bounce;
	struct identity *id = &c->out->identity;
	bool v6;

	if (b != NULL && b->client_ip != NULL) {
		id->client_ip = ip_canonical(c->arena, b->client_ip);
		if (id->client_ip != NULL) {
			evidence(c, arena_printf(c->arena,
			    _("The bounce names %s as the address that sent the "
			    "message."), id->client_ip));
			return;
		}
	}
	if (id->relayhost != NULL) {
		guess_relay_ip(c);
		return;
	}
	v6 = b != NULL && b->remote_ip != NULL && ip_is_v6(b->remote_ip);
	for (size_t i = 0; i < id->n_own_ips && id->client_ip == NULL; i++)
		if (ip_is_v6(id->own_ips[i]) == v6)
			id->client_ip = id->own_ips[i];
	if (id->client_ip == NULL && id->n_own_ips != 0 && b == NULL)
		id->client_ip = id->own_ips[0];
	if (id->client_ip == NULL)
		guess_outside_ip(c);
	if (id->client_ip != NULL && b != NULL)
		evidence(c, arena_printf(c->arena,
		    _("The bounce names no sending address. This server has no "
		    "relayhost, so it was %s."), id->client_ip));
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
	evidence(c, id->relay_by);
	if (fact_has_address(checking_address(c, id->relayhost, id->client_ip),
	    id->client_ip)) {
		evidence(c, arena_printf(c->arena,
		    _("%s is an address of %s."), id->client_ip, id->relayhost));
		found = true;
	}
	if (ptr_confirmed &&
	    same_organisation(c, id->ptr_name, id->relayhost)) {
		evidence(c, arena_printf(c->arena,
		    _("The name of %s is %s, which leads back to it and has the "
		    "relay's domain."), id->client_ip, id->ptr_name));
		found = true;
	}
	if (b != NULL && same_organisation(c, b->reporting_host, id->relayhost))
		evidence(c, arena_printf(c->arena,
		    _("The bounce was written by %s, not by this server."),
		    b->reporting_host));
	return found;
}

static bool
owned_by_us(struct checking *c, bool ptr_confirmed)
{
	struct identity *id = &c->out->identity;
	const char *interface = NULL;
	const char *self = own_hostname(c);

	if (host_has_address(c->in->host, id->client_ip, &interface)) {
		evidence(c, interface == NULL ?
		    arena_printf(c->arena, _("This server has the address %s."),
			id->client_ip) :
		    arena_printf(c->arena,
			_("This server has the address %s on %s."),
			id->client_ip, interface));
		return true;
	}
	if (checking_server(c, id->client_ip) != NULL) {
		evidence(c, arena_printf(c->arena,
		    _("Your server %s has the address %s."),
		    checking_server(c, id->client_ip)->name, id->client_ip));
		return true;
	}
	if (is_own_ip(c, id->client_ip)) {
		evidence(c, arena_printf(c->arena,
		    _("You named %s as an address of your own."),
		    id->client_ip));
		return true;
	}
	if (self != NULL && ptr_confirmed && strcmp(self, id->ptr_name) == 0) {
		evidence(c, arena_printf(c->arena,
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
	const char *self = own_hostname(c);
	const char *inside = only_private(c, ip_is_v6(id->client_ip));
	bool direct = b != NULL && b->form == FORM_LOG;

	if (postfix_list_has(c->in->postfix, "proxy_interfaces",
	    id->client_ip)) {
		evidence(c, arena_printf(c->arena, _("main.cf names %s as the "
		    "address in front of this server (proxy_interfaces)."),
		    id->client_ip));
		return true;
	}
	if (inside == NULL && c->in->host->n_addresses != 0)
		return false;
	if (inside != NULL)
		evidence(c, arena_printf(c->arena, is_container(inside) ?
		    _("This server has only the private address %s, as "
		    "containers have it: mail leaves with the address of the "
		    "machine that it runs on.") :
		    _("This server has only private addresses (%s): mail leaves "
		    "with the address of the router in front of it."), inside));
	if (self != NULL && fact_has_address(
	    checking_address(c, self, id->client_ip), id->client_ip)) {
		evidence(c, arena_printf(c->arena,
		    _("%s, this server's name, has the address %s."), self,
		    id->client_ip));
		return true;
	}
	if (direct && id->relayhost == NULL) {
		evidence(c, _("The log lines show that Postfix itself talked to "
		    "the receiver, so the address is this server's or that of "
		    "the router in front of it."));
		return true;
	}
	return false;
}

static enum owner
foreign_owner(struct checking *c)
{
	struct identity *id = &c->out->identity;
	const struct bounce *b = c->in->bounce;
	const char *self = own_hostname(c);

	if (b == NULL || b->reporting_host == NULL ||
	    same_organisation(c, b->reporting_host, self) ||
	    same_organisation(c, b->reporting_host, id->org_domain))
		return OWNER_UNKNOWN;
	evidence(c, arena_printf(c->arena,
	    _("The bounce was written by %s, which is not this server."),
	    b->reporting_host));
	if (postfix_get_state(c->in->postfix) != POSTFIX_FOUND) {
		if (!same_organisation(c, b->reporting_host, id->ptr_name))
			return OWNER_UNKNOWN;
		evidence(c, _("So it is probably your relay; there is no main.cf "
		    "here to confirm it."));
		return OWNER_RELAY;
	}
	return id->relayhost == NULL ? OWNER_FORWARDER : OWNER_UNKNOWN;
}

static void
find_owner(struct checking *c)
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
		add_own_ip(c, id->client_ip);
}

void
identity_find(struct checking *c)
{
	struct identity *id = &c->out->identity;
	const char *helo = postfix_get(c->in->postfix, "smtp_helo_name");

	find_own_ips(c);
	find_sender(c);
	route_find(c);
	id->org_domain = id->from_domain != NULL ? id->from_domain :
	    id->envelope_domain;
	if (id->org_domain != NULL)
		id->org_domain = psl_org_domain(c->arena, id->org_domain);
	find_client_ip(c);
	find_owner(c);
	id->helo = *helo != '\0' ? helo : own_hostname(c);
	if (checking_server(c, id->client_ip) != NULL)
		id->helo = checking_server(c, id->client_ip)->helo;
	if (id->owner == OWNER_RELAY || id->owner == OWNER_FORWARDER)
		id->helo = id->ptr_name;   /* the other host's, most likely */
}
