/* SPDX-License-Identifier: ISC
 * Findings about the sending address: whose it is, what is said about its
 * reputation, and refusals that no record can cure. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/bounce/classes.h"
#include "engine/checks/checking.h"

/* IPv6 addresses often carry the host's IPv4 address as four groups that read
 * like decimal numbers (knowledge.md 0.3). A hint, never a fact. */
static const char *
hidden_ipv4(struct arena *arena, const char *ip)
{
	const char *group[8];
	size_t n = 0;
	char text[64];

	if (!ip_is_v6(ip))
		return NULL;
	for (const char *p = ip; n < 8; n++) {
		group[n] = p;
		p = strchr(p, ':');
		if (p == NULL) {
			n++;
			break;
		}
		p++;
	}
	if (n < 4)
		return NULL;
	snprintf(text, sizeof text, "%s", group[n - 4]);
	for (char *p = text; *p != '\0'; p++)
		if (*p == ':')
			*p = '.';
	return strspn(text, "0123456789.") == strlen(text) ?
	    ip_canonical(arena, text) : NULL;
}

static void
ask_whose(struct checking *c, const char *ip)
{
	const char *reverse = dns_reverse(c->arena, ip, NULL);
	const struct fact *ptr;
	const char *hint;

	finding_add(c, "identity.unknown-address", FINDING_UNKNOWN,
	    ROLE_CONTRIBUTING, ip, _("Is %s one of your addresses?"), ip);
	finding_detail(c, c->in->bounce == NULL ?
	    _("This server's own name leads to it, but it is not among the "
	    "addresses known here.") :
	    _("A receiver named it, but it is not among the "
	    "addresses known here. Probably another server forwards your mail, "
	    "for example a recipient's provider."));
	if (reverse != NULL) {
		ptr = checking_dns(c, reverse, DNS_PTR);
		finding_fact(c, ptr->key);
		if (ptr->status == FACT_OK && ptr->n_values != 0)
			finding_detail(c, _("Its name is %s."),
			    ptr->values[0].text);
		else if (fact_empty(ptr))
			finding_detail(c, _("It has no name."));
	}
	hint = hidden_ipv4(c->arena, ip);
	if (hint != NULL)
		finding_detail(c, _("Its end reads like the IPv4 address %s, "
		    "which may be the same machine."), hint);
	finding_detail(c, c->in->bounce == NULL ?
	    _("If it is yours, start again with --own-ip %s.") :
	    _("If it is yours, start again with --own-ip %s. If "
	    "not, only a DKIM signature of your domain survives the "
	    "forwarding."), ip);
}

/* Addresses that other bounces of the same paste name. */
static void
other_addresses(struct checking *c)
{
	const struct identity *id = &c->out->identity;
	const struct bounces *all = c->in->bounces;

	for (size_t i = 0; all != NULL && i < all->n; i++) {
		const char *ip = all->list[i].client_ip;
		bool known = false;

		if (ip == NULL)
			continue;
		ip = ip_canonical(c->arena, ip);
		if (ip == NULL || (id->client_ip != NULL &&
		    strcmp(ip, id->client_ip) == 0))
			continue;
		for (size_t k = 0; k < id->n_own_ips; k++)
			known = known || strcmp(ip, id->own_ips[k]) == 0;
		for (size_t k = 0; k < i; k++)
			known = known || (all->list[k].client_ip != NULL &&
			    text_same(ip, all->list[k].client_ip));
		if (!known)
			ask_whose(c, ip);
	}
}

static void
whose(struct checking *c)
{
	const struct identity *id = &c->out->identity;
	const char *ip = id->client_ip;

	switch (id->owner) {
	case OWNER_UNKNOWN:
		ask_whose(c, ip);
		return;
	case OWNER_OWN:
		finding_add(c, "identity.own", FINDING_OK, ROLE_ADVICE, ip,
		    _("%s is your own address"), ip);
		break;
	case OWNER_RELAY:
		finding_add(c, "identity.relay", FINDING_OK, ROLE_ADVICE, ip,
		    _("%s belongs to your relay, not to your server"), ip);
		break;
	case OWNER_NAT:
		finding_add(c, "identity.nat", FINDING_OK, ROLE_ADVICE, ip,
		    _("%s is the public address in front of your server"), ip);
		break;
	case OWNER_FORWARDER:
		finding_add(c, "identity.forwarder", FINDING_PROBLEM,
		    ROLE_CONTRIBUTING, ip,
		    _("%s belongs to a server that forwards your mail"), ip);
		break;
	}
	for (size_t i = 0; i < id->n_evidence; i++)
		finding_detail(c, "%s", id->evidence[i]);
	finding_fact(c, facts_dns(c->in->facts,
	    dns_reverse(c->arena, ip, NULL), DNS_PTR)->key);
	if (id->relayhost != NULL)
		finding_fact(c, "postfix relayhost");
}

/* Classes whose cure lies outside the other families get a finding of their
 * own, so that the cause is always named. */
static void
other_refusals(struct checking *c)
{
	const struct refusal_class *class;

	if (checking_class(c, "reputation")) {
		finding_add(c, "identity.reputation", FINDING_PROBLEM, ROLE_CAUSE,
		    c->out->identity.client_ip,
		    _("The receiver distrusts the sending address or domain"));
		finding_detail(c, _("Its words are about reputation. DNS records "
		    "alone do not cure that: the source of the bad mail must be "
		    "gone, or the mail must take another way out."));
		finding_fact(c, "bounce text");
		return;
	}
	if (c->in->bounce == NULL || checking_class(c, "spf dkim unauth dmarc "
	    "alignment ptr helo sender_domain blocklist_ip rate_limit "
	    "spam_content policy"))
		return;
	class = class_find(c->in->bounce->class_id);
	if (class == NULL || strcmp(class->id, "unknown") == 0 ||
	    strcmp(class->id, "not_bounce") == 0)
		return;
	finding_add(c, "identity.refusal", FINDING_PROBLEM, ROLE_CAUSE,
	    c->in->bounce->recipient, "%s", _(class->plain));
	finding_fact(c, "bounce text");
}

/* A table that cannot be read may hold a relay. */
static void
unknown_route(struct checking *c, const struct identity *id)
{
	finding_add(c, "identity.route-unknown", FINDING_UNKNOWN,
	    ROLE_CONTRIBUTING, NULL,
	    _("It is not known whether the mail leaves through a relay"));
	finding_detail(c, _("%s."), id->route_unknown);
	finding_detail(c, _("On the mail server, postmap -q says what the table "
	    "holds for the recipient's domain (transport_maps) and for the "
	    "sender (sender_dependent_relayhost_maps)."));
	finding_fact(c, "postfix transport_maps");
	finding_fact(c, "postfix sender_dependent_relayhost_maps");
}

/* The receiver knows the address, and found it in the record. */
static bool
spf_passed_there(const struct checking *c)
{
	const struct received_method *spf = c->in->received != NULL ?
	    received_method(c->in->received, "spf") : NULL;

	return spf != NULL && strcmp(spf->result, "pass") == 0;
}

void
check_identity(struct checking *c)
{
	const struct identity *id = &c->out->identity;

	if (id->client_ip != NULL) {
		/* identity_find() asked already: an open answer shows here */
		const char *reverse = dns_reverse(c->arena, id->client_ip, NULL);

		checking_dns(c, reverse, DNS_PTR);
		whose(c);
	} else if (!spf_passed_there(c)) {
		finding_add(c, "identity.no-address", FINDING_UNKNOWN,
		    ROLE_CONTRIBUTING, NULL,
		    _("The sending address is not known"));
		if (id->relayhost != NULL)
			finding_detail(c, c->in->bounce != NULL ?
			    _("The bounce does not name it, and the relay %s "
			    "may send from other addresses than its own.") :
			    _("All mail leaves through the relay %s, whose "
			    "address could not be found. It may send from other "
			    "addresses, too."), id->relayhost);
		else if (c->in->bounce == NULL)
			finding_detail(c, _("This computer's addresses do not "
			    "tell. Give it with --own-ip ADDRESS."));
		else
			finding_detail(c, _("The bounce does not name it, and "
			    "this computer's addresses do not tell. Give it with "
			    "--own-ip ADDRESS."));
		if (c->in->bounce != NULL)
			finding_fact(c, "bounce text");
		finding_fact(c, "host address");
	}
	if (id->route_unknown != NULL && id->relayhost == NULL)
		unknown_route(c, id);
	other_addresses(c);
	check_servers(c);
	other_refusals(c);
}
