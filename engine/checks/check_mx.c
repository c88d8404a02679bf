/* SPDX-License-Identifier: ISC
 * Can mail be answered: MX, or an address, of the envelope sender's domain. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/i18n.h"
#include "engine/checks/checking.h"

#define SENDER_CLASSES "sender_domain sender_refused"

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
		finding_detail(c, "%s.", checking_why_unknown(c,
		    fact_known(a) ? aaaa : a));
	}
	finding_fact(c, mx->key);
	finding_fact(c, a->key);
	finding_fact(c, aaaa->key);
}

void
check_mx(struct checking *c)
{
	const char *domain = c->out->identity.envelope_domain;
	const struct fact *mx;

	if (domain == NULL)
		return;
	mx = checking_dns(c, domain, DNS_MX);
	if (mx->status == FACT_WANTED)
		return;
	if (fact_empty(mx)) {
		without_mx(c, domain, mx);
	} else if (mx->status != FACT_OK) {
		finding_add(c, "mx.unreachable", FINDING_UNKNOWN,
		    ROLE_CONTRIBUTING, domain,
		    _("The MX of %s could not be looked up"), domain);
		finding_detail(c, "%s.", checking_why_unknown(c, mx));
		finding_fact(c, mx->key);
	} else if (*mx_host(c->arena, &mx->values[0]) == '\0') {
		/* RFC 7505 4.1 */
		finding_add(c, "mx.null", FINDING_PROBLEM,
		    checking_role(c, SENDER_CLASSES, ROLE_CONTRIBUTING), domain,
		    _("%s says that it accepts no mail (null MX)"), domain);
		finding_detail(c, _("A domain that sends must not say so."));
		finding_fact(c, mx->key);
	} else {
		finding_add(c, "mx.ok", FINDING_OK, ROLE_ADVICE, domain,
		    _("Mail to %s goes to %s"), domain,
		    mx_host(c->arena, &mx->values[0]));
		finding_fact(c, mx->key);
	}
}
