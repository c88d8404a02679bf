/* SPDX-License-Identifier: ISC
 * The name with which this server and further ones introduce themselves: is it
 * one, does it lead to the address, is it the address's own? */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/checks/naming.h"

static void
helo_address(struct checking *c, const char *helo, const char *ip)
{
	const struct fact *address = checking_address(c, helo, ip);

	if (address->status == FACT_WANTED)
		return;
	if (!fact_known(address)) {
		finding_add(c, "address.helo-unreachable", FINDING_UNKNOWN,
		    ROLE_CONTRIBUTING, helo,
		    _("The address of %s could not be looked up"), helo);
		finding_detail(c, _("%s."), checking_why_unknown(c, address));
	} else if (fact_has_address(address, ip)) {
		finding_add(c, "address.helo-ok", FINDING_OK, ROLE_ADVICE, helo,
		    _("%s leads to %s"), helo, ip);
	} else {
		finding_add(c, fact_empty(address) ? "address.helo-no-address" :
		    "address.helo-mismatch", FINDING_PROBLEM,
		    checking_role(c, "helo", fact_empty(address) ?
		    ROLE_CONTRIBUTING : ROLE_ADVICE), helo,
		    fact_empty(address) ?
		    _("%s, your HELO name, has no %s record") :
		    _("%s, your HELO name, has another %s record"), helo,
		    dns_type_name(address->type));
		finding_detail(c, _("The sending address is %s."), ip);
	}
	finding_fact(c, address->key);
}

/* Words for a name that is none: NULL when it is one. A literal is allowed by
 * RFC 5321 4.1.3, but receivers that ask for a name refuse it. */
static const char *
helo_fault(struct checking *c, const char *helo)
{
	if (helo[0] == '[' || ip_canonical(c->arena, helo) != NULL)
		return _("It is an address instead of a name.");
	if (strchr(helo, '.') == NULL)
		return _("It has no domain.");
	if (strspn(helo, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789.-") != strlen(helo))
		return _("Host names hold letters, digits and hyphens only "
		    "(RFC 1123 2.1); receivers refuse others, an underscore "
		    "among them.");
	return naming_is_inside(helo) ?
	    _("Such names exist inside a network only.") : NULL;
}

static void
helo_name(struct checking *c, const char *helo, const char *ip)
{
	const char *fault = helo_fault(c, helo);

	if (fault == NULL) {
		helo_address(c, helo, ip);
		return;
	}
	finding_add(c, "address.helo-not-fqdn", FINDING_PROBLEM,
	    checking_role(c, "helo sender_domain", ROLE_CONTRIBUTING),
	    helo, _("Your HELO name %s is not a name on the Internet"), helo);
	finding_detail(c, "%s", fault);
}

/* The further servers, each with its own name. */
static void
other_helos(struct checking *c)
{
	const struct recording *r = c->in->recording;

	for (size_t i = 0; i < r->n_servers; i++) {
		const struct server *s = &r->servers[i];

		for (size_t k = 0; s->helo != NULL && k < s->n_ips; k++) {
			if (text_same(s->ips[k], c->out->identity.client_ip))
				continue;
			helo_name(c, s->helo, s->ips[k]);
			finding_fact(c, arena_printf(c->arena, "server %s",
			    s->name));
		}
	}
}

/* This host's addresses of the other family use the same name. */
static void
other_family(struct checking *c, const struct identity *id)
{
	for (size_t i = 1; i < id->n_senders; i++)
		if (ip_is_v6(id->senders[i]) != ip_is_v6(id->client_ip) &&
		    host_has_address(c->in->host, id->senders[i], NULL) &&
		    helo_fault(c, id->helo) == NULL) {
			helo_address(c, id->helo, id->senders[i]);
			return;
		}
}

/* Where the name comes from. */
static void
helo_setting(struct checking *c)
{
	static const char name[] = "smtp_helo_name";

	if (postfix_client_value(c->in->postfix, name)->origin !=
	    POSTFIX_DEFAULT && *postfix_client_get(c->in->postfix, name) != '\0')
		finding_setting(c, name);
	else
		finding_fact(c, "postfix myhostname");
}

/* The HELO name may well differ from the address's name, as long as both lead
 * to the address; one name for both is what careful receivers like. */
static void
helo_other_name(struct checking *c, const struct identity *id)
{
	struct naming n = naming_find(c, id->client_ip);

	if (helo_fault(c, id->helo) != NULL || !fact_has_address(
	    checking_address(c, id->helo, id->client_ip), id->client_ip))
		return;
	if (n.state != NAMES_CONFIRMED || text_same(n.name, id->helo))
		return;
	for (size_t i = 0; i < n.ptr->n_values; i++)
		if (text_same(n.ptr->values[i].text, id->helo))
			return;
	finding_add(c, "address.helo-other-name", FINDING_PROBLEM, ROLE_ADVICE,
	    id->helo, _("Your HELO name %s is not the name of %s, which is %s"),
	    id->helo, id->client_ip, n.name);
	finding_detail(c, _("Some receivers compare the two. Make them the same: "
	    "change the PTR record or myhostname."));
	finding_fact(c, n.ptr->key);
	helo_setting(c);
}

void
check_helo(struct checking *c)
{
	const struct identity *id = &c->out->identity;

	if (id->helo != NULL && id->client_ip != NULL &&
	    (id->owner == OWNER_OWN || id->owner == OWNER_NAT)) {
		helo_name(c, id->helo, id->client_ip);
		helo_setting(c);
		other_family(c, id);
		helo_other_name(c, id);
	}
	other_helos(c);
}
