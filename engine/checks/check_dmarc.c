/* SPDX-License-Identifier: ISC
 * DMARC findings: the record that applies to the From domain, what in it has
 * no effect, and where its reports go. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "engine/auth/dmarc_lint.h"
#include "engine/auth/dmarc_record.h"
#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/checks/checking.h"

#define DMARC_CLASSES "dmarc alignment"

static const char *
where(struct checking *c, const char *domain)
{
	return arena_printf(c->arena, "_dmarc.%s", domain);
}

static void
no_record(struct checking *c, const char *domain)
{
	const struct fact *here = checking_dns(c, where(c, domain), DNS_TXT);
	const struct fact *fact = NULL;

	if (dmarc_misplaced(c->arena, c->in->facts, domain, &fact) != NULL) {
		finding_add(c, "dmarc.misplaced", FINDING_PROBLEM,
		    checking_role(c, DMARC_CLASSES, ROLE_CONTRIBUTING), domain,
		    _("The DMARC record of %s is where nobody looks"), domain);
		finding_detail(c, _("It stands at %s; receivers look at %s "
		    "only."), fact->name, here->name);
		if (text_starts(fact->name, "_dmarc."))
			finding_detail(c, _("Many DNS panels add the domain to "
			    "the name by themselves."));
		finding_fact(c, fact->key);
		return;
	}
	finding_add(c, "dmarc.none", FINDING_PROBLEM, ROLE_ADVICE, domain,
	    _("%s has no DMARC record"), domain);
	finding_detail(c, _("Large receivers ask for one from everybody who sends "
	    "much, and some trust the others less. It costs nothing and brings "
	    "reports."));
	if (here->status == FACT_OK)
		finding_detail(c, _("What answers at %s is no DMARC record; "
		    "perhaps a wildcard record (*) of the domain."), here->name);
}

/* What is odd in a record beside what makes it void. */
static void
add_oddity(struct checking *c, const struct dmarc_record *record)
{
	struct dmarc_lint lint;

	if (record->text == NULL)
		return;
	dmarc_lint(c->arena, record->text, strlen(record->text), &lint);
	if (lint.n_notes != 0)
		finding_detail(c, "%s", lint.notes[0]);
}

/* A record that applies, but has no policy of its own. */
static void
without_policy(struct checking *c, const struct dmarc_record *record,
    const char *domain)
{
	finding_add(c, "dmarc.no-policy", FINDING_PROBLEM,
	    checking_role(c, DMARC_CLASSES, ROLE_ADVICE), domain,
	    _("The DMARC record of %s says no policy that counts"),
	    record->domain);
	finding_detail(c, "%s", record->fault);
	add_oddity(c, record);
}

static void
add_record(struct checking *c, const struct dmarc_record *record,
    const char *domain)
{
	switch (record->state) {
	case DMARC_OK:
		if (record->fault != NULL) {
			without_policy(c, record, domain);
			break;
		}
		finding_add(c, "dmarc.ok", FINDING_OK, ROLE_ADVICE, domain,
		    _("%s has a DMARC record (p=%s)"), record->domain,
		    record->policy != NULL ? record->policy : "none");
		break;
	case DMARC_NO_RECORD:
		no_record(c, domain);
		break;
	case DMARC_FAULTY:
		finding_add(c, "dmarc.faulty", FINDING_PROBLEM,
		    checking_role(c, DMARC_CLASSES, ROLE_CONTRIBUTING), domain,
		    _("Receivers ignore the DMARC record of %s"),
		    record->domain != NULL ? record->domain : domain);
		finding_detail(c, "%s", record->fault);
		add_oddity(c, record);
		break;
	case DMARC_SEVERAL:
		finding_add(c, "dmarc.two-records", FINDING_PROBLEM,
		    checking_role(c, DMARC_CLASSES, ROLE_CONTRIBUTING), domain,
		    _("There is more than one DMARC record at %s"),
		    where(c, record->domain != NULL ? record->domain : domain));
		finding_detail(c, _("Then receivers use none of them "
		    "(RFC 9989 4.7)."));
		break;
	case DMARC_UNKNOWN:
		finding_add(c, "dmarc.unreachable", FINDING_UNKNOWN, ROLE_ADVICE,
		    domain, _("The DMARC record of %s could not be looked up"),
		    domain);
		if (record->fault != NULL)
			finding_detail(c, "%s", record->fault);
		break;
	}
	finding_facts(c, record->facts, record->n_facts);
}

/* Parts of it that do nothing, or not what was meant. */
static void
add_notes(struct checking *c, const struct dmarc_record *record,
    const struct dmarc_lint *lint)
{
	const char *key = checking_dns(c, where(c, record->domain), DNS_TXT)->key;

	if (lint->n_notes != 0) {
		finding_add(c, "dmarc.tags", FINDING_PROBLEM, ROLE_ADVICE,
		    record->domain, _("A part of the DMARC record of %s does not "
		    "work as written"), record->domain);
		for (size_t i = 0; i < lint->n_notes; i++)
			finding_detail(c, "%s", lint->notes[i]);
		finding_fact(c, key);
	}
	if (lint->n_address_notes != 0) {
		finding_add(c, "dmarc.report-address", FINDING_PROBLEM,
		    ROLE_ADVICE, record->domain, _("No DMARC reports can be sent "
		    "to an address in the record of %s"), record->domain);
		for (size_t i = 0; i < lint->n_address_notes; i++)
			finding_detail(c, "%s", lint->address_notes[i]);
		finding_fact(c, key);
	}
}

/* Reports to another organisation's domain need its consent, a record there
 * (RFC 9990, RFC 7489 7.1). */
static void
add_consent(struct checking *c, const struct dmarc_record *record,
    const char *to)
{
	const struct fact *fact;

	if (dmarc_aligned(c->arena, c->in->facts, record->domain, to, false))
		return;
	fact = checking_dns(c, arena_printf(c->arena, "%s._report._dmarc.%s",
	    record->domain, to), DNS_TXT);
	for (size_t i = 0; fact->status == FACT_OK && i < fact->n_values; i++)
		if (dmarc_is_record(fact->values[i].text, fact->values[i].len))
			return;
	if (fact->status == FACT_WANTED)
		return;
	if (!fact_known(fact)) {
		finding_add(c, "dmarc.report-unknown", FINDING_UNKNOWN,
		    ROLE_ADVICE, to, _("It could not be looked up whether %s takes "
		    "DMARC reports about %s"), to, record->domain);
		finding_detail(c, _("%s."), checking_why_unknown(c, fact));
	} else {
		finding_add(c, "dmarc.report-refused", FINDING_PROBLEM,
		    ROLE_ADVICE, to, _("%s does not say that it takes DMARC "
		    "reports about %s"), to, record->domain);
		finding_detail(c, _("Without a record at %s that says so, no "
		    "reports are sent there."), fact->name);
	}
	finding_fact(c, fact->key);
}

void
check_dmarc(struct checking *c)
{
	const struct identity *id = &c->out->identity;
	const char *domain = id->own_domain;
	const struct dmarc_record *record;
	struct dmarc_lint lint;

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
	if (record->state != DMARC_OK || record->text == NULL)
		return;
	dmarc_lint(c->arena, record->text, strlen(record->text), &lint);
	if (record->fault == NULL)
		add_notes(c, record, &lint);
	for (size_t i = 0; i < lint.n_reports; i++)
		add_consent(c, record, lint.reports[i]);
}
