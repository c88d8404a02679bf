/* SPDX-License-Identifier: ISC
 * Names of the sending addresses (PTR, forward confirmation, RFC 8601 2.7.3)
 * and the HELO name. */
#include "config.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/checks/checking.h"

/* Classes in which a missing name is a cause. Gmail's IPv6 rules ask for a
 * PTR (knowledge.md 1.1), so a rate limit over IPv6 counts. */
static enum finding_role
ptr_role(const struct checking *c, const char *ip)
{
	if (ip_is_v6(ip) && checking_class(c, "rate_limit"))
		return ROLE_CAUSE;
	return checking_role(c, "ptr", ROLE_CONTRIBUTING);
}

/* Does NAME look made from the address, as providers name home lines and
 * fresh servers? Two or more of the address's numbers stand in it. */
static bool
is_generic(const char *name, const char *ip)
{
	unsigned int octet[4];
	int found = 0;

	if (ip_is_v6(ip) || sscanf(ip, "%3u.%3u.%3u.%3u", &octet[0], &octet[1],
	    &octet[2], &octet[3]) != 4)
		return false;
	for (int i = 2; i < 4; i++) {
		for (const char *p = name; *p != '\0';) {
			unsigned int number = 0;

			if (!isdigit((unsigned char)*p)) {
				p++;
				continue;
			}
			while (isdigit((unsigned char)*p) && number < 100000)
				number = number * 10 + (unsigned int)(*p++ - '0');
			while (isdigit((unsigned char)*p))
				p++;
			if (number == octet[i]) {
				found++;
				break;
			}
		}
	}
	return found == 2;
}

static void
unconfirmed(struct checking *c, const char *ip, const char *name,
    const struct fact *forward)
{
	if (!fact_known(forward)) {
		if (forward->status == FACT_WANTED)
			return;
		finding_add(c, "address.unreachable", FINDING_UNKNOWN,
		    ROLE_CONTRIBUTING, ip,
		    _("The address of %s could not be looked up"), name);
		finding_detail(c, "%s.", checking_why_unknown(c, forward));
	} else {
		finding_add(c, "address.ptr-not-confirmed", FINDING_PROBLEM,
		    ptr_role(c, ip), ip,
		    _("The name of %s does not lead back to it"), ip);
		if (fact_empty(forward))
			finding_detail(c, _("Its name is %s, which has no "
			    "%s record."), name, dns_type_name(forward->type));
		else
			finding_detail(c, _("Its name is %s, which has the "
			    "address %s."), name, forward->values[0].text);
	}
	finding_fact(c, forward->key);
}

static void
confirmed(struct checking *c, const char *ip, const char *name,
    const struct fact *forward)
{
	if (is_generic(name, ip)) {
		finding_add(c, "address.ptr-generic", FINDING_PROBLEM,
		    ROLE_ADVICE, ip, _("The name of %s looks like a default: %s"),
		    ip, name);
		finding_detail(c, _("Some receivers distrust names that a "
		    "provider made from the address. Choose your mail server's "
		    "name."));
	} else {
		finding_add(c, "address.ok", FINDING_OK, ROLE_ADVICE, ip,
		    _("%s is named %s, and that leads back to it"), ip, name);
	}
	finding_fact(c, forward->key);
}

static void
check_name(struct checking *c, const char *ip)
{
	const char *reverse = dns_reverse(c->arena, ip, NULL);
	const struct fact *ptr = checking_dns(c, reverse, DNS_PTR);
	const struct fact *forward;

	if (ptr->status == FACT_WANTED)
		return;
	if (!fact_known(ptr)) {
		finding_add(c, "address.unreachable", FINDING_UNKNOWN,
		    ROLE_CONTRIBUTING, ip,
		    _("The name of %s could not be looked up"), ip);
		finding_detail(c, "%s.", checking_why_unknown(c, ptr));
	} else if (fact_empty(ptr) || ptr->n_values == 0) {
		finding_add(c, "address.no-ptr", FINDING_PROBLEM,
		    ptr_role(c, ip), ip, _("%s has no name (PTR record)"), ip);
		finding_detail(c, ip_is_v6(ip) ?
		    _("Gmail and others refuse or slow down mail from IPv6 "
		    "addresses without a name.") :
		    _("Many receivers refuse mail from addresses without a "
		    "name."));
	} else {
		forward = checking_address(c, ptr->values[0].text, ip);
		if (fact_has_address(forward, ip))
			confirmed(c, ip, ptr->values[0].text, forward);
		else
			unconfirmed(c, ip, ptr->values[0].text, forward);
		if (forward->status == FACT_WANTED)
			return;
	}
	finding_fact(c, ptr->key);
}

/* Behind a relay only the addresses of further servers are seen. */
static bool
is_seen(const struct checking *c, const char *ip)
{
	const struct identity *id = &c->out->identity;

	return strcmp(ip, id->client_ip) != 0 &&
	    ((id->owner != OWNER_RELAY && id->relayhost == NULL) ||
	    checking_server(c, ip) != NULL);
}

/* The other sending addresses whose names are not in order, in one finding. */
static void
other_names(struct checking *c)
{
	const struct identity *id = &c->out->identity;
	const char *bad[64], *keys[64];
	size_t n = 0;

	for (size_t i = 0; i < id->n_own_ips && n < 64; i++) {
		const char *ip = id->own_ips[i];
		const struct fact *ptr, *forward = NULL;

		if (!is_seen(c, ip))
			continue;
		ptr = checking_dns(c, dns_reverse(c->arena, ip, NULL), DNS_PTR);
		if (!fact_known(ptr))
			continue;
		if (ptr->status == FACT_OK && ptr->n_values != 0)
			forward = checking_address(c, ptr->values[0].text, ip);
		if (forward != NULL && (!fact_known(forward) ||
		    fact_has_address(forward, ip)))
			continue;
		keys[n] = ptr->key;
		bad[n++] = ip;
	}
	if (n == 0)
		return;
	finding_add(c, "address.others-unnamed", FINDING_PROBLEM,
	    ROLE_CONTRIBUTING, bad[0],
	    P_("%zu other sending address has no name that leads back to it",
	    "%zu other sending addresses have no name that leads back to them",
	    n), n);
	finding_detail(c, "%s.", checking_join(c->arena, bad, n));
	finding_facts(c, keys, n);
}

void
check_address(struct checking *c)
{
	const struct identity *id = &c->out->identity;

	if (id->client_ip == NULL)
		return;
	/* a stranger's address is not ours to name */
	if (id->owner != OWNER_UNKNOWN && id->owner != OWNER_FORWARDER)
		check_name(c, id->client_ip);
	other_names(c);
}

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
		finding_detail(c, "%s.", checking_why_unknown(c, address));
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

static void
helo_name(struct checking *c, const char *helo, const char *ip)
{
	if (strchr(helo, '.') != NULL && !text_ends(helo, ".localdomain") &&
	    !text_ends(helo, ".local") && !text_ends(helo, ".internal") &&
	    !text_ends(helo, ".lan")) {
		helo_address(c, helo, ip);
		return;
	}
	finding_add(c, "address.helo-not-fqdn", FINDING_PROBLEM,
	    checking_role(c, "helo sender_domain", ROLE_CONTRIBUTING),
	    helo, _("Your HELO name %s is not a name on the Internet"), helo);
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

void
check_helo(struct checking *c)
{
	const struct identity *id = &c->out->identity;

	if (id->helo != NULL && id->client_ip != NULL &&
	    (id->owner == OWNER_OWN || id->owner == OWNER_NAT)) {
		helo_name(c, id->helo, id->client_ip);
		finding_fact(c, "postfix myhostname");
	}
	other_helos(c);
}
