/* SPDX-License-Identifier: ISC
 * The first question: which address and which domain did the receiver judge
 * (design.md 1)? Hides where they are looked for. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/checks/checking.h"
#include "engine/checks/known_senders.h"

#define OWN_IPS_MAX 128
#define EVIDENCE_MAX 12

void
identity_evidence(struct checking *c, const char *sentence)
{
	struct identity *id = &c->out->identity;

	text_list_add(c->arena, &id->evidence, &id->n_evidence, EVIDENCE_MAX,
	    sentence);
}

void
identity_add_ip(struct checking *c, const char *text)
{
	struct identity *id = &c->out->identity;
	const char *ip = text != NULL ? ip_canonical(c->arena, text) : NULL;

	if (ip != NULL)
		text_list_add(c->arena, &id->own_ips, &id->n_own_ips,
		    OWN_IPS_MAX, ip);
}

/* What the interfaces show and POSTFIX sends from. */
static void
add_interfaces(struct checking *c, const struct postfix *postfix)
{
	bool live = facts_get_world(c->in->facts) == FACTS_LIVE;

	for (size_t i = 0; checking_mail_host(c) &&
	    i < c->in->host->n_addresses; i++) {
		const char *ip = c->in->host->addresses[i].ip;

		if (!ip_is_private(ip) && !(live && ip_is_documentation(ip)) &&
		    senders_may_be(c->arena, postfix, ip))
			identity_add_ip(c, ip);
	}
}

/* Those of the service that sends this mail come first, then what other mail
 * is sent from, and what the user names. */
static void
find_own_ips(struct checking *c, const struct postfix *postfix)
{
	const char *answer;

	add_interfaces(c, c->in->postfix);
	add_interfaces(c, postfix);
	for (size_t i = 0; (answer = checking_answer(c, "own-ip", i)) != NULL; i++)
		identity_add_ip(c, answer);
	for (size_t i = 0; (answer = checking_answer(c, "sends", i)) != NULL; i++)
		identity_add_ip(c, answer);
	for (size_t i = 0; i < c->in->recording->n_servers; i++) {
		const struct server *s = &c->in->recording->servers[i];

		for (size_t k = 0; k < s->n_ips; k++)
			identity_add_ip(c, s->ips[k]);
	}
}

const char *
identity_hostname(const struct checking *c)
{
	const char *name = postfix_get(c->in->postfix, "myhostname");

	if (postfix_get_state(c->in->postfix) == POSTFIX_FOUND && *name != '\0')
		return text_domain(c->arena, name, strlen(name));
	return checking_mail_host(c) ? c->in->host->name : NULL;
}

/* The domain that programs without one send from; NULL: not known. */
static const char *
own_origin(const struct checking *c)
{
	const char *root = postfix_complete(c->in->postfix, "root");

	return root != NULL ? text_address_domain(root) : NULL;
}

/* What Postfix makes of the sender. The one in a log or a bounce of Postfix'
 * own has been through cleanup(8) already. A message that arrived shows what
 * came out, and what the user says is the last word. */
static void
rewrite_sender(struct checking *c, bool queued)
{
	struct identity *id = &c->out->identity;

	id->given_sender = id->sender;
	if (id->sender == NULL || c->in->received != NULL ||
	    postfix_get_state(c->in->postfix) != POSTFIX_FOUND)
		return;
	postfix_rewrite_sender(c->in->postfix, id->sender, c->in->bounce != NULL ?
	    c->in->bounce->recipient : NULL, queued, &id->way);
	id->sender = id->way.address;
}

/* The domain that such a refusal names is that of the From line. */
static bool
is_about_from(const struct checking *c)
{
	return checking_class(c, "dmarc alignment");
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
	bool queued = b != NULL && b->sender != NULL && *b->sender != '\0';

	id->sender = checking_answer(c, "sender", 0);
	if (queued)
		id->sender = b->sender;
	else if (id->sender == NULL && b != NULL && b->login != NULL)
		id->sender = postfix_complete(c->in->postfix, b->login);
	if (queued || checking_answer(c, "sender", 0) == NULL)
		rewrite_sender(c, queued);
	if (id->way.n_steps != 0)
		id->envelope_domain = text_address_domain(id->sender);
	else if (b != NULL && b->domain != NULL &&
	    !(id->sender != NULL && is_about_from(c)))
		id->envelope_domain = b->domain;
	else if (id->sender != NULL)
		id->envelope_domain = text_address_domain(id->sender);
	if (id->envelope_domain == NULL)
		id->envelope_domain = domain;
	if (id->envelope_domain == NULL)
		id->envelope_domain = origin;
	if (id->envelope_domain != NULL)
		id->envelope_domain = text_domain(c->arena, id->envelope_domain,
		    strlen(id->envelope_domain));
	if (b != NULL && b->header_from != NULL)
		id->from_domain = text_address_domain(b->header_from);
	else if (c->in->received != NULL &&
	    received_method(c->in->received, "dmarc") != NULL)
		id->from_domain =
		    received_method(c->in->received, "dmarc")->domain;
	if (id->from_domain == NULL && b != NULL && is_about_from(c))
		id->from_domain = b->domain;
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
	const struct fact *a;

	id->client_ip = ip_canonical(c->arena, id->relayhost);
	if (id->client_ip == NULL) {
		a = checking_dns(c, id->relayhost, DNS_A);
		if (a->status != FACT_OK || a->n_values == 0)
			return;
		id->client_ip = a->values[0].text;
	}
	id->guessed = true;
	identity_evidence(c, arena_printf(c->arena,
	    _("No sending address is named. %s is where %s takes mail; it may "
	    "send from another one."), id->client_ip, id->relayhost));
}

/* Behind a router: the address that the server's own name has. */
static void
guess_outside_ip(struct checking *c)
{
	struct identity *id = &c->out->identity;
	const char *self = identity_hostname(c);
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
			identity_evidence(c, arena_printf(c->arena,
			    c->in->received != NULL ?
			    _("The receiver wrote into the headers that the "
			    "message came from %s.") :
			    _("The bounce names %s as the address that sent the "
			    "message."), id->client_ip));
			return;
		}
	}
	if (id->relayhost != NULL && !identity_refused_by_relay(c)) {
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
	if (id->client_ip != NULL && b != NULL && id->relayhost == NULL)
		identity_evidence(c, arena_printf(c->arena,
		    _("The bounce names no sending address. This server has no "
		    "relayhost, so it was %s."), id->client_ip));
}

/* A list sends its members' From lines, a form its visitors'. Nothing can be
 * published for their domains. */
static bool
is_foreign_from(const struct checking *c)
{
	const struct identity *id = &c->out->identity;

	if (id->from_domain == NULL || c->in->bounce == NULL)
		return false;
	if (known_mailbox_domain(id->from_domain))
		return true;
	return c->in->bounce->list_mail && id->envelope_domain != NULL &&
	    strcmp(psl_org_domain(c->arena, id->from_domain),
	    psl_org_domain(c->arena, id->envelope_domain)) != 0;
}

/* The domain that mail shall come from: not a mailbox provider's when there
 * is one of our own. */
static void
find_own_domain(struct checking *c)
{
	struct identity *id = &c->out->identity;
	const char *const candidates[] = {
		checking_answer(c, "domain", 0), id->envelope_domain,
		identity_hostname(c),
	};

	id->from_foreign = is_foreign_from(c);
	id->own_domain = id->from_domain != NULL ? id->from_domain :
	    id->envelope_domain;
	for (size_t i = 0; i < sizeof candidates / sizeof candidates[0] &&
	    id->own_domain != NULL && ((id->from_foreign &&
	    id->own_domain == id->from_domain) ||
	    known_mailbox_domain(id->own_domain)); i++)
		if (candidates[i] != NULL && strchr(candidates[i], '.') != NULL)
			id->own_domain = candidates[i];
	if (id->own_domain != NULL)
		id->org_domain = psl_org_domain(c->arena, id->own_domain);
}

void
identity_find(struct checking *c)
{
	struct identity *id = &c->out->identity;
	const struct postfix *postfix = c->in->postfix;
	const char *helo;

	find_sender(c);
	route_find(c);
	c->in = check_input_through(c->in, id->service);
	helo = postfix_client_get(c->in->postfix, "smtp_helo_name");
	find_own_ips(c, postfix);
	find_own_domain(c);
	find_client_ip(c);
	owner_find(c);
	id->helo = *helo != '\0' ? helo : identity_hostname(c);
	if (checking_server(c, id->client_ip) != NULL)
		id->helo = checking_server(c, id->client_ip)->helo;
	if (id->owner == OWNER_RELAY || id->owner == OWNER_FORWARDER)
		id->helo = id->ptr_name;   /* the other host's, most likely */
}
