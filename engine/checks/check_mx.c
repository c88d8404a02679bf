/* SPDX-License-Identifier: ISC
 * Can mail be answered: MX, or an address, of the envelope sender's domain. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/fill.h"
#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/checks/checking.h"

#define SENDER_CLASSES "sender_domain sender_refused"
#define HOSTS_MAX 10             /* MX hosts that are looked at */

static void
without_mx(struct checking *c, const char *domain, const struct fact *mx)
{
	const struct fact *a = checking_dns(c, domain, DNS_A);
	const struct fact *aaaa = checking_dns(c, domain, DNS_AAAA);

	if (a->status == FACT_WANTED || aaaa->status == FACT_WANTED)
		return;
	if (a->status == FACT_OK || aaaa->status == FACT_OK) {
		finding_add(c, "mx.address-only", FINDING_OK, ROLE_ADVICE, domain,
		    _("%s has no MX; its address stands in for one"), domain);
	} else if (fact_empty(a) && fact_empty(aaaa)) {
		finding_add(c, "mx.none", FINDING_PROBLEM,
		    checking_role(c, SENDER_CLASSES, ROLE_CONTRIBUTING), domain,
		    _("No mail can reach %s: it has neither MX nor address"),
		    domain);
		finding_detail(c, _("Bounces cannot come back, and many "
		    "receivers refuse such a sender."));
	} else {
		finding_add(c, "mx.unreachable", FINDING_UNKNOWN,
		    ROLE_CONTRIBUTING, domain,
		    _("The address of %s could not be looked up"), domain);
		finding_detail(c, _("%s."), checking_why_unknown(c,
		    fact_known(a) ? aaaa : a));
	}
	finding_fact(c, mx->key);
	finding_fact(c, a->key);
	finding_fact(c, aaaa->key);
}

/* What is wrong with the hosts of an MX, each kind once. */
struct hosts {
	const char *good, *null, *number, *alias, *gone, *inside;
	const struct fact *evidence[4];   /* for alias, gone, inside, unknown */
	const struct fact *mx;
	bool unknown;
};

enum { AT_ALIAS, AT_GONE, AT_INSIDE, AT_UNKNOWN };

static bool
all_private(const struct fact *fact)
{
	for (size_t i = 0; fact->status == FACT_OK && i < fact->n_values; i++)
		if (!ip_is_private(fact->values[i].text))
			return false;
	return true;
}

static void
look_at_host(struct checking *c, const char *host, struct hosts *h)
{
	const struct fact *a = checking_dns(c, host, DNS_A);
	const struct fact *aaaa = checking_dns(c, host, DNS_AAAA);

	if (a->status == FACT_WANTED || aaaa->status == FACT_WANTED)
		return;
	if (fact_empty(a) && fact_empty(aaaa)) {
		h->gone = host;
		h->evidence[AT_GONE] = a;
	} else if (a->status != FACT_OK && aaaa->status != FACT_OK) {
		h->unknown = true;
		h->evidence[AT_UNKNOWN] = fact_known(a) ? aaaa : a;
	} else if (all_private(a) && all_private(aaaa)) {
		h->inside = host;
		h->evidence[AT_INSIDE] = a->status == FACT_OK ? a : aaaa;
	} else {
		h->good = host;
	}
	if (a->status == FACT_OK && a->alias != NULL) {
		h->alias = host;
		h->evidence[AT_ALIAS] = a;
	}
}

static void
look_at_hosts(struct checking *c, const struct fact *mx, struct hosts *h)
{
	for (size_t i = 0; i < mx->n_values && i < HOSTS_MAX; i++) {
		const char *host = mx_host(c->arena, &mx->values[i]);

		if (*host == '\0')
			h->null = ".";
		else if (ip_canonical(c->arena, host) != NULL)
			h->number = host;
		else
			look_at_host(c, host, h);
	}
}

/* Faults that leave the domain reachable are advice: HOST is one of them. */
static void
host_fault(struct checking *c, const struct hosts *h, const char *id,
    const char *domain, const char *host, const char *title,
    const char *detail)
{
	if (host == NULL)
		return;
	finding_add(c, id, FINDING_PROBLEM, h->good != NULL ? ROLE_ADVICE :
	    checking_role(c, SENDER_CLASSES, ROLE_CONTRIBUTING), domain, "%s",
	    fill_text(c->arena, title, (const struct placeholder[]){
		{ "domain", domain }, { "host", host }, { NULL, NULL } }));
	finding_detail(c, "%s", _(detail));
	finding_fact(c, h->mx->key);
}

static void
with_hosts(struct checking *c, const char *domain, const struct fact *mx)
{
	struct hosts h = { .mx = mx };

	look_at_hosts(c, mx, &h);
	if (h.good != NULL) {
		finding_add(c, "mx.ok", FINDING_OK, ROLE_ADVICE, domain,
		    _("Mail to %s goes to %s"), domain, h.good);
		finding_fact(c, mx->key);
	}
	host_fault(c, &h, "mx.null-not-alone", domain, h.null,
	    N_("{domain} has a null MX beside others"),
	    N_("A null MX (\"0 .\") says that the domain takes no mail, so it "
	    "must stand alone (RFC 7505 3)."));
	host_fault(c, &h, "mx.address", domain, h.number,
	    N_("The MX of {domain} is an address: {host}"),
	    N_("An MX must name a host (RFC 5321 5.1), so nothing can be "
	    "delivered there."));
	host_fault(c, &h, "mx.host-gone", domain, h.gone,
	    N_("{host}, an MX of {domain}, has no address"),
	    N_("Nothing can be delivered there."));
	if (h.gone != NULL)
		finding_fact(c, h.evidence[AT_GONE]->key);
	host_fault(c, &h, "mx.host-inside", domain, h.inside,
	    N_("{host}, an MX of {domain}, has only a private address"),
	    N_("It cannot be reached from the Internet."));
	if (h.inside != NULL)
		finding_fact(c, h.evidence[AT_INSIDE]->key);
	host_fault(c, &h, "mx.alias", domain, h.alias,
	    N_("{host}, an MX of {domain}, is an alias (CNAME)"),
	    N_("An MX must name a host that has an address record itself "
	    "(RFC 5321 5.1); some servers do not deliver to an alias."));
	if (h.alias != NULL)
		finding_fact(c, h.evidence[AT_ALIAS]->key);
	if (h.good == NULL && h.unknown) {
		finding_add(c, "mx.unreachable", FINDING_UNKNOWN,
		    ROLE_CONTRIBUTING, domain,
		    _("The address of the MX of %s could not be looked up"),
		    domain);
		finding_detail(c, _("%s."), checking_why_unknown(c,
		    h.evidence[AT_UNKNOWN]));
		finding_fact(c, h.evidence[AT_UNKNOWN]->key);
	}
}

/* RFC 7505 4.1. With "v=spf1 -all" as well the domain is meant to have no mail
 * at all, which is right for a name that never sends. */
static void
null_mx(struct checking *c, const char *domain, const struct fact *mx)
{
	const struct fact *txt = checking_dns(c, domain, DNS_TXT);
	const char *spf = txt->status == FACT_OK ?
	    spf_find_record(c->arena, txt, NULL) : NULL;

	if (spf != NULL && text_same(spf, "v=spf1 -all")) {
		finding_add(c, "mx.no-mail", FINDING_PROBLEM,
		    checking_role(c, SENDER_CLASSES, ROLE_CONTRIBUTING), domain,
		    _("%s says that it has no mail at all"), domain);
		finding_detail(c, _("It has a null MX and the SPF record "
		    "\"v=spf1 -all\". That is right for a domain that never "
		    "sends. To send with it, both must change; otherwise send "
		    "with another domain."));
		finding_fact(c, txt->key);
	} else {
		finding_add(c, "mx.null", FINDING_PROBLEM,
		    checking_role(c, SENDER_CLASSES, ROLE_CONTRIBUTING), domain,
		    _("%s says that it accepts no mail (null MX)"), domain);
		finding_detail(c, _("A domain that sends must not say so."));
	}
	finding_fact(c, mx->key);
}

static void
check_domain(struct checking *c, const char *domain)
{
	const struct fact *mx = checking_dns(c, domain, DNS_MX);

	if (mx->status == FACT_WANTED)
		return;
	if (fact_empty(mx)) {
		without_mx(c, domain, mx);
	} else if (mx->status != FACT_OK) {
		finding_add(c, "mx.unreachable", FINDING_UNKNOWN,
		    ROLE_CONTRIBUTING, domain,
		    _("The MX of %s could not be looked up"), domain);
		finding_detail(c, _("%s."), checking_why_unknown(c, mx));
		finding_fact(c, mx->key);
	} else if (mx->n_values == 1 &&
	    *mx_host(c->arena, &mx->values[0]) == '\0') {
		null_mx(c, domain, mx);
	} else {
		with_hosts(c, domain, mx);
	}
}

/* Receivers look at both: bounces go to the envelope's domain, answers to the
 * From line's (knowledge.md 2, requirement 10). */
void
check_mx(struct checking *c)
{
	const struct identity *id = &c->out->identity;

	if (id->envelope_domain != NULL)
		check_domain(c, id->envelope_domain);
	if (id->from_domain != NULL && !id->from_foreign &&
	    (id->envelope_domain == NULL ||
	    !text_same(id->from_domain, id->envelope_domain)))
		check_domain(c, id->from_domain);
}
