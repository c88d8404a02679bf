/* SPDX-License-Identifier: ISC
 * SPF findings: the judged tuple, the other sending addresses, and includes
 * that let strangers in. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/fill.h"
#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/checks/checking.h"
#include "engine/checks/known_senders.h"

/* Classes in which a failing SPF is a cause: refused for it by name, or for
 * the distrust that small unauthenticated senders meet (knowledge.md 1.1). */
#define SPF_CLASSES "spf unauth dmarc alignment rate_limit spam_content policy"

/* The id says which fault, by the cause of the judgement. */
static const struct {
	const char *id;
	const char *title;   /* {subject}: the domain */
} faults[] = {
	[SPF_CAUSE_NO_RECORD] = { "spf.none", N_("{subject} has no SPF record") },
	[SPF_CAUSE_BAD_DOMAIN] = { "spf.bad-domain",
	    N_("{subject} cannot be a domain name, so SPF has nothing to look at") },
	[SPF_CAUSE_SYNTAX] = { "spf.syntax",
	    N_("The SPF record of {subject} has a typing error") },
	[SPF_CAUSE_TWO_RECORDS] = { "spf.two-records",
	    N_("{subject} has more than one SPF record") },
	[SPF_CAUSE_INCLUDE_NO_RECORD] = { "spf.include-without-record",
	    N_("The SPF record of {subject} leads to a name that has none") },
	[SPF_CAUSE_SELF_INCLUDE] = { "spf.self-include",
	    N_("The SPF record of {subject} includes itself") },
	[SPF_CAUSE_LOOP] = { "spf.include-loop",
	    N_("The SPF includes of {subject} go round in a circle") },
	[SPF_CAUSE_TOO_MANY_LOOKUPS] = { "spf.too-many-lookups",
	    N_("The SPF record of {subject} needs more than 10 DNS look-ups") },
	[SPF_CAUSE_TOO_MANY_VOID] = { "spf.too-many-void",
	    N_("The SPF record of {subject} asks for too many names that are empty") },
	[SPF_CAUSE_TOO_MANY_NAMES] = { "spf.too-many-names",
	    N_("The SPF record of {subject} leads to more than 10 MX names") },
};

static void
add_evidence(struct checking *c, const struct spf_judgement *spf)
{
	finding_facts(c, spf->facts, spf->n_facts);
}

/* The relay takes mail at this address; what it sends from may be listed. */
static void
relay_unknown(struct checking *c, const struct authentication *a)
{
	finding_add(c, "spf.relay-unknown", FINDING_UNKNOWN, ROLE_CONTRIBUTING,
	    a->spf->domain, _("Does SPF of %s pass for what your relay sends?"),
	    a->spf->domain);
	finding_detail(c, _("It does not list %s, where %s takes mail. Relays "
	    "often send from other addresses, which only a message shows: send "
	    "one to a mailbox elsewhere and give it to whybounce diagnose."),
	    a->ip, c->out->identity.relayhost);
	add_evidence(c, a->spf);
}

/* A result that is no error but no pass: the address is not listed. */
static void
not_listed(struct checking *c, const struct authentication *a)
{
	const struct spf_judgement *spf = a->spf;
	const char *id = spf->result == SPF_FAIL ? "spf.fail" :
	    spf->result == SPF_SOFTFAIL ? "spf.softfail" : "spf.neutral";
	bool v4_passes = false;

	for (size_t i = 1; i < c->out->n_authentication; i++)
		v4_passes = v4_passes ||
		    (c->out->authentication[i].spf->result == SPF_PASS &&
		    !ip_is_v6(c->out->authentication[i].ip));
	if (v4_passes && ip_is_v6(a->ip)) {
		finding_add(c, "spf.ipv6-not-listed", FINDING_PROBLEM,
		    checking_role(c, SPF_CLASSES, ROLE_CONTRIBUTING),
		    spf->domain, _("SPF of %s lists your IPv4 addresses, but "
		    "not %s"), spf->domain, a->ip);
		finding_detail(c, _("Mail that leaves over IPv4 passes; the "
		    "same mail over IPv6 gets %s."),
		    spf_result_name(spf->result));
	} else {
		finding_add(c, id, FINDING_PROBLEM,
		    checking_role(c, SPF_CLASSES, ROLE_CONTRIBUTING),
		    spf->domain, _("SPF of %s does not list %s"), spf->domain,
		    a->ip);
	}
	finding_detail(c, "%s", spf->reason);
	add_evidence(c, spf);
}

/* A cause without a row of its own counts as a fault of the text. */
static enum spf_cause
fault_of(const struct spf_judgement *spf)
{
	size_t cause = (size_t)spf->cause;

	return cause < sizeof faults / sizeof faults[0] &&
	    faults[cause].id != NULL ? spf->cause : SPF_CAUSE_SYNTAX;
}

static void
judged_tuple(struct checking *c, const struct authentication *a)
{
	const struct spf_judgement *spf = a->spf;

	switch (spf->result) {
	case SPF_PASS:
		finding_add(c, "spf.pass", FINDING_OK, ROLE_ADVICE, spf->domain,
		    _("SPF of %s passes for %s"), spf->domain, a->ip);
		break;
	case SPF_UNKNOWN:
		return;
	case SPF_TEMPERROR:
		finding_add(c, "spf.unreachable", FINDING_UNKNOWN,
		    ROLE_CONTRIBUTING, spf->domain,
		    _("SPF of %s could not be looked up"), spf->domain);
		break;
	case SPF_NEUTRAL:
	case SPF_FAIL:
	case SPF_SOFTFAIL:
		if (c->out->identity.guessed)
			relay_unknown(c, a);
		else
			not_listed(c, a);
		return;
	case SPF_NONE:
	case SPF_PERMERROR:
		finding_add(c, faults[fault_of(spf)].id, FINDING_PROBLEM,
		    checking_role(c, SPF_CLASSES, ROLE_CONTRIBUTING),
		    spf->domain, "%s", fill_subject(c->arena,
			faults[fault_of(spf)].title, spf->domain));
		break;
	}
	finding_detail(c, "%s", spf->reason);
	add_evidence(c, spf);
}

/* "192.0.2.2 (web2.example.com): softfail", so that the server is known by
 * its name where it has one. */
static const char *
server_result(struct checking *c, const struct authentication *a)
{
	const struct fact *ptr = checking_dns(c,
	    dns_reverse(c->arena, a->ip, NULL), DNS_PTR);
	const char *result = spf_result_name(a->spf->result);
	const struct server *server = a->server;

	if (server != NULL && server->name != NULL)
		return arena_printf(c->arena, "%s (%s): %s", a->ip,
		    server->name, result);
	if (ptr->status != FACT_OK || ptr->n_values == 0)
		return arena_printf(c->arena, "%s: %s", a->ip, result);
	return arena_printf(c->arena, "%s (%s): %s", a->ip,
	    ptr->values[0].text, result);
}

/* The other addresses that send with this domain, in one finding. */
static void
other_addresses(struct checking *c)
{
	const struct findings *f = c->out;
	const char *failing[64];
	size_t n = 0;

	for (size_t i = 1; i < f->n_authentication; i++) {
		enum spf_result r = f->authentication[i].spf->result;

		if (f->authentication[i].spf->incomplete)
			c->wanted = true;
		if (r == SPF_PASS || r == SPF_UNKNOWN || r == SPF_TEMPERROR ||
		    n == sizeof failing / sizeof failing[0])
			continue;
		failing[n++] = server_result(c, &f->authentication[i]);
	}
	if (n == 0)
		return;
	finding_add(c, "spf.address-not-listed", FINDING_PROBLEM,
	    ROLE_CONTRIBUTING, f->authentication[0].spf->domain,
	    P_("SPF does not pass for %zu other address that sends",
	    "SPF does not pass for %zu other addresses that send", n), n);
	finding_detail(c, _("%s."), checking_join(c->arena, failing, n));
	add_evidence(c, f->authentication[0].spf);
}

static bool
mx_at(struct checking *c, const char *domain, const struct known_sender *sender)
{
	const struct fact *mx = checking_dns(c, domain, DNS_MX);

	for (size_t i = 0; mx->status == FACT_OK && i < mx->n_values; i++)
		if (known_sender_by_host(mx_host(c->arena, &mx->values[i])) ==
		    sender)
			return true;
	return false;
}

/* Is there a sign that mail is sent through SENDER, whose include is NAME: its
 * MX, the relay, the user's word, or a sender who passes by it? */
static bool
is_used(struct checking *c, const char *domain, const char *name,
    const struct known_sender *sender)
{
	const char *relay = c->out->identity.relayhost;
	const char *term = arena_printf(c->arena, "include:%s", name), *said;

	for (size_t i = 0; (said = checking_answer(c, "include", i)) != NULL;
	    i++)
		if (text_same(said, name))
			return true;
	for (size_t i = 0; i < c->out->n_authentication; i++)
		if (c->out->authentication[i].spf->matched != NULL &&
		    text_same(c->out->authentication[i].spf->matched, term))
			return true;
	return mx_at(c, domain, sender) ||
	    (relay != NULL && known_sender_by_host(relay) == sender);
}

/* An include of a company that nothing here shows to be used lets all its
 * customers pass SPF as this domain (knowledge.md 7.4). Only said, never
 * taken out without the user's yes. */
static void
strangers(struct checking *c, const struct spf_judgement *spf)
{
	struct spf_record record;

	if (spf->record == NULL ||
	    !spf_parse(c->arena, spf->record, strlen(spf->record), &record))
		return;
	for (size_t i = 0; i < record.n_terms; i++) {
		const struct spf_term *t = &record.terms[i];
		const struct known_sender *s = t->kind == SPF_INCLUDE ?
		    known_sender_by_include(t->argument) : NULL;

		if (s == NULL || is_used(c, spf->domain, t->argument, s))
			continue;
		finding_add(c, "spf.unused-include", FINDING_PROBLEM, ROLE_ADVICE,
		    t->argument, _("include:%s lets %s send as %s"),
		    t->argument, s->name, spf->domain);
		finding_detail(c, _("Nothing here shows that you use it: neither "
		    "the MX of %s nor the relay belongs to it. It does not vouch "
		    "for your own server."), spf->domain);
		finding_fact(c, checking_dns(c, spf->domain, DNS_MX)->key);
	}
}

/* Bounces and mail from the host itself use the HELO name (RFC 7208 2.4). */
static void
helo_record(struct checking *c)
{
	const struct identity *id = &c->out->identity;
	const struct fact *txt;

	if (id->helo == NULL || id->owner != OWNER_OWN ||
	    strchr(id->helo, '.') == NULL || id->envelope_domain == NULL ||
	    text_same(id->helo, id->envelope_domain) || id->org_domain == NULL ||
	    !text_domain_below(id->helo, id->org_domain))
		return;
	/* a name that leads elsewhere has a fault of its own, to be mended
	 * first */
	if (id->client_ip == NULL || !fact_has_address(
	    checking_address(c, id->helo, id->client_ip), id->client_ip))
		return;
	txt = checking_dns(c, id->helo, DNS_TXT);
	if (!fact_known(txt) || spf_find_record(c->arena, txt, NULL) != NULL)
		return;
	finding_add(c, "spf.helo-none", FINDING_PROBLEM, ROLE_ADVICE, id->helo,
	    _("%s, your HELO name, has no SPF record"), id->helo);
	finding_detail(c, _("Bounces from your server have an empty sender; then "
	    "receivers judge the HELO name."));
	finding_fact(c, txt->key);
}

/* Does RECORD have the term "include:NAME"? */
static bool
has_include(const char *record, const char *name)
{
	while (*(record += strspn(record, " ")) != '\0') {
		size_t len = strcspn(record, " ");
		const char *term = record + (*record == '+');

		if (text_starts(term, "include:") &&
		    text_same_n(term + strlen("include:"), name, strlen(name)) &&
		    term + strlen("include:") + strlen(name) == record + len)
			return true;
		record += len;
	}
	return false;
}

/* Services that the user names (--include): what they send must pass, too. */
static void
services(struct checking *c, const struct spf_judgement *spf)
{
	const char *name;

	for (size_t i = 0; (name = checking_answer(c, "include", i)) != NULL;
	    i++) {
		if (spf->record != NULL && has_include(spf->record, name))
			continue;
		if (spf->result == SPF_UNKNOWN)
			continue;
		finding_add(c, "spf.service-not-listed", FINDING_PROBLEM,
		    ROLE_CONTRIBUTING, name,
		    _("The SPF record does not list %s, which also sends for "
		    "you"), text_safe(c->arena, name));
		finding_detail(c, _("Mail that it sends for %s does not pass."),
		    spf->domain);
		finding_fact(c, "answer include");
	}
}

void
check_spf(struct checking *c)
{
	const struct authentication *a = c->out->authentication;

	if (c->out->n_authentication == 0)
		return;
	if (a->spf->incomplete)
		c->wanted = true;
	judged_tuple(c, a);
	other_addresses(c);
	check_spf_record(c, a->spf);
	services(c, a->spf);
	strangers(c, a->spf);
	helo_record(c);
}
