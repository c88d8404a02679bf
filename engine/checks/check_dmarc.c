/* SPDX-License-Identifier: ISC
 * DMARC findings: the record that applies to the From domain. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/i18n.h"
#include "engine/checks/checking.h"

static const char *
where(struct checking *c, const char *domain)
{
	return arena_printf(c->arena, "_dmarc.%s", domain);
}

static void
add_record(struct checking *c, const struct dmarc_record *record,
    const char *domain)
{
	switch (record->state) {
	case DMARC_OK:
		finding_add(c, "dmarc.ok", FINDING_OK, ROLE_ADVICE, domain,
		    _("%s has a DMARC record (p=%s)"), record->domain,
		    record->policy != NULL ? record->policy : "none");
		break;
	case DMARC_NO_RECORD:
		finding_add(c, "dmarc.none", FINDING_PROBLEM, ROLE_ADVICE, domain,
		    _("%s has no DMARC record"), domain);
		finding_detail(c, _("Large receivers ask for one from everybody "
		    "who sends much, and some trust the others less. It costs "
		    "nothing and brings reports."));
		break;
	case DMARC_FAULTY:
		finding_add(c, "dmarc.faulty", FINDING_PROBLEM,
		    checking_role(c, "dmarc alignment", ROLE_CONTRIBUTING), domain,
		    _("Receivers ignore the DMARC record of %s"),
		    record->domain != NULL ? record->domain : domain);
		break;
	case DMARC_SEVERAL:
		finding_add(c, "dmarc.two-records", FINDING_PROBLEM,
		    checking_role(c, "dmarc alignment", ROLE_CONTRIBUTING), domain,
		    _("There is more than one DMARC record at %s"),
		    where(c, record->domain != NULL ? record->domain : domain));
		finding_detail(c, _("Then receivers use none of them "
		    "(RFC 9989 4.7)."));
		break;
	case DMARC_UNKNOWN:
		finding_add(c, "dmarc.unreachable", FINDING_UNKNOWN, ROLE_ADVICE,
		    domain, _("The DMARC record of %s could not be looked up"),
		    domain);
		break;
	}
}

void
check_dmarc(struct checking *c)
{
	const struct identity *id = &c->out->identity;
	const char *domain = id->from_domain != NULL ? id->from_domain :
	    id->org_domain;
	const struct dmarc_record *record;

	if (domain == NULL)
		return;
	record = dmarc_lookup(c->arena, c->in->facts, domain);
	if (checking_dns(c, where(c, domain), DNS_TXT)->status == FACT_WANTED)
		return;
	if (record->state == DMARC_UNKNOWN && !c->in->finished &&
	    facts_wanted(c->in->facts) != 0) {
		c->wanted = true;
		return;
	}
	add_record(c, record, domain);
	if (record->fault != NULL)
		finding_detail(c, "%s", record->fault);
	finding_facts(c, record->facts, record->n_facts);
}
