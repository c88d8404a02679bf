/* SPDX-License-Identifier: ISC
 * The SPF steps: the record that makes every sending address pass, and one
 * name for many servers. */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/checks/known_senders.h"
#include "engine/remedy/planning.h"
#include "engine/remedy/proof.h"
#include "engine/remedy/spf_work.h"

/* So many addresses are worth a name of their own. */
#define SERVERS_MIN 3

/* Is there room for "include:NAME"? Where there is none already, it is not to
 * blame. */
static bool
include_fits(struct planning *p, const struct spf_work *w, const char *name)
{
	struct spf_draft with = spf_draft_copy(&w->draft);
	struct spf_draft without = spf_draft_copy(&w->draft);
	struct spf_fit fit;

	spf_draft_add(&with, arena_printf(p->arena, "include:%s", name), NULL);
	spf_fit_reduce(p, p->target, &with, &fit);
	if (spf_fits(&fit))
		return true;
	spf_fit_reduce(p, p->target, &without, &fit);
	return !spf_fits(&fit);
}

/* Is it only doubtful whether the relay is listed? Then no address is put in
 * that may not be what it sends from. */
static bool
only_doubt(const struct planning *p)
{
	const struct finding *f = finding_find(p->findings, "spf.relay-unknown");

	return f != NULL && f->status == FINDING_UNKNOWN;
}

/* The relay's include; where none covers an address, the address. */
static void
add_relay(struct planning *p, struct spf_work *w)
{
	const struct relay_candidate *best;

	w->relay = relay_spf_search(p, p->id->client_ip);
	best = w->relay->best;
	if (best != NULL && !include_fits(p, w, best->name))
		step_advice(p, _("\"include:%s\" is the relay's own record, but "
		    "with it the record would need more than 10 look-ups. Take "
		    "out an include that you do not use, then put it in."),
		    best->name);
	else if (best != NULL)
		spf_draft_add(&w->draft, arena_printf(p->arena, "include:%s",
		    best->name), arena_printf(p->arena,
			_("include:%s is the relay's own record and covers %s."),
			best->name, p->id->client_ip));
	for (size_t i = 0; i < w->relay->n_ips; i++) {
		const char *ip = w->relay->ips[i];

		if (proof_record(p, p->target, spf_draft_text(&w->draft),
		    ip)->result != SPF_PASS)
			spf_draft_add(&w->draft, spf_address_term(p->arena, ip),
			    arena_printf(p->arena, best == NULL ?
				_("No record of the relay's covers %s, so the "
				"address itself is listed. Relays change their "
				"addresses: ask the provider for its include, and "
				"look again when mail bounces.") :
				_("No include covers the relay's address %s here, so "
				"the address itself is listed. Relays change their "
				"addresses: look again when mail bounces."), ip));
	}
}

/* A domain without a record may have senders that are not known here: the
 * mail provider of its MX, and an MX host of its own. */
static void
add_mx(struct planning *p, struct spf_draft *d)
{
	const struct fact *mx = facts_dns(p->facts, p->target, DNS_MX);

	for (size_t i = 0; mx->status == FACT_OK && i < mx->n_values; i++) {
		const char *host = mx_host(p->arena, &mx->values[i]);
		const struct known_sender *known = known_sender_by_host(host);
		const struct fact *a;

		if (known != NULL && known->include != NULL) {
			spf_draft_add(d, arena_printf(p->arena, "include:%s",
			    known->include), arena_printf(p->arena,
				_("Your mailboxes are at %s, which sends for "
				"you as well."), known->name));
			continue;
		}
		if (!text_domain_below(host, p->target))
			continue;
		a = facts_dns(p->facts, host, DNS_A);
		for (size_t k = 0; a->status == FACT_OK && k < a->n_values; k++)
			spf_draft_add(d, spf_address_term(p->arena,
			    a->values[k].text), NULL);
	}
}

/* Everything that sends and does not pass yet, with D as the record. CLOSED:
 * what let anybody pass is gone from it. */
static void
add_senders(struct planning *p, struct spf_draft *d, bool closed)
{
	for (size_t i = 0; i < planning_senders(p); i++) {
		const char *ip = planning_sender_ip(p, i);
		const char *term = spf_address_term(p->arena, ip);

		/* what passes now still does: terms that matched stay */
		if (!closed &&
		    proof_now(p, ip, p->sender)->result == SPF_PASS)
			continue;
		if (proof_record(p, p->target, spf_draft_text(d), ip)->result ==
		    SPF_PASS)
			continue;
		spf_draft_add(d, term, arena_printf(p->arena,
		    _("\"%s\" is added: this address sends for you."), term));
	}
}

/* The server's own name gets a record too while it stands in envelopes or in
 * HELO: for bounces, and for programs that were forgotten (RFC 7208 2.4). */
static void
host_name_record(struct planning *p)
{
	static const char *const record[] = { "v=spf1 a -all", NULL };
	const char *helo = p->id->helo, *ip = p->id->client_ip;
	const struct spf_judgement *before, *after;
	const char *postmaster;
	struct fact_value *there;

	if (helo == NULL || p->id->owner != OWNER_OWN ||
	    text_same(helo, p->target) || p->id->org_domain == NULL ||
	    !text_domain_below(helo, p->id->org_domain) ||
	    !fact_has_address(facts_dns(p->facts, helo,
		ip_is_v6(ip) ? DNS_AAAA : DNS_A), ip) ||
	    !fact_known(facts_dns(p->facts, helo, DNS_TXT)) ||
	    facts_dns(p->facts, helo, DNS_TXT)->alias != NULL ||
	    spf_work_records(p, helo, &there) != 0)
		return;
	step_dns(p, helo, DNS_TXT, record);
	postmaster = arena_printf(p->arena, "postmaster@%s", helo);
	before = proof_now(p, ip, postmaster);
	proof_lay(p);
	after = proof_spf(p, ip, postmaster);
	proof_unlay(p);
	step_proof(p, "spf", ip, postmaster, spf_result_name(before->result),
	    spf_result_name(after->result));
	p->step->proven = after->result == SPF_PASS &&
	    (p->step->n_changes == 1 || p->step->proven);
	if (p->step->n_changes == 1) {
		p->step->title = arena_printf(p->arena,
		    _("Publish an SPF record for %s"), helo);
		p->step->verify = arena_printf(p->arena, "dig +short TXT %s",
		    helo);
	}
	step_advice(p, _("The record of %s is for bounces that this server sends: "
	    "they have an empty sender, so receivers judge the HELO name."),
	    helo);
}

static bool
all_pass(struct planning *p)
{
	for (size_t i = 0; i < planning_senders(p); i++)
		if (proof_now(p, planning_sender_ip(p, i), p->sender)->result !=
		    SPF_PASS)
			return false;
	return planning_senders(p) != 0;
}

/* Is every address of NAME one of ours, so that all of ours can stand there?
 * Mailboxes may be elsewhere under that name. */
static bool
is_free_name(struct planning *p, const char *name)
{
	static const enum dns_type types[] = { DNS_A, DNS_AAAA };

	for (size_t k = 0; k < 2; k++) {
		const struct fact *f = facts_dns(p->facts, name, types[k]);

		for (size_t i = 0; f->status == FACT_OK && i < f->n_values; i++) {
			size_t n = planning_senders(p), s = 0;

			while (s < n && !text_same(planning_sender_ip(p, s),
			    f->values[i].text))
				s++;
			if (s == n)
				return false;
		}
	}
	return true;
}

/* Put the addresses of all servers under NAME and let D list that name. */
static void
list_by_name(struct planning *p, struct spf_draft *d, const char *name)
{
	size_t n4 = 0, n6 = 0, n = planning_senders(p);
	const char **v4 = arena_array(p->arena, n + 1, sizeof *v4);
	const char **v6 = arena_array(p->arena, n + 1, sizeof *v6);

	for (size_t i = 0; i < n; i++) {
		const char *ip = planning_sender_ip(p, i);

		*(ip_is_v6(ip) ? &v6[n6++] : &v4[n4++]) = ip;
		spf_draft_remove(d, spf_address_term(p->arena, ip), NULL);
	}
	spf_draft_add(d, arena_printf(p->arena, "a:%s", name), NULL);
	if (n4 != 0)
		step_dns(p, name, DNS_A, v4);
	if (n6 != 0)
		step_dns(p, name, DNS_AAAA, v6);
	if (n6 == 0 || n4 == 0)
		step_advice(p,
		    _("Over the address family that %s lacks, each look-up "
		    "of it is void; more than two void look-ups are an error."),
		    name);
}

/* The name for all servers. */
static const char *
servers_name(struct planning *p)
{
	return is_free_name(p, p->mail_name) ? p->mail_name :
	    arena_printf(p->arena, "senders.%s", p->target);
}

static bool
has_own_servers(const struct planning *p)
{
	return p->mail_name != NULL && planning_senders(p) >= SERVERS_MIN &&
	    (p->id->owner == OWNER_OWN || p->id->owner == OWNER_NAT);
}

/* What the user says also sends with the domain: the I-th include, or NULL. */
static const char *
named_service(const struct planning *p, size_t i)
{
	const struct recording *r = p->in->recording;

	for (size_t k = 0; k < r->n_answers; k++)
		if (strcmp(r->answers[k].name, "include") == 0 && i-- == 0)
			return r->answers[k].value;
	return NULL;
}

static void
add_services(struct planning *p, struct spf_draft *d)
{
	const char *include;

	for (size_t i = 0; (include = named_service(p, i)) != NULL; i++) {
		const struct fact *txt = facts_dns(p->facts, include, DNS_TXT);

		/* RFC 7208 5.2: then the whole record is an error */
		if (fact_known(txt) && spf_find_record(p->arena, txt, NULL) ==
		    NULL)
			step_advice(p, _("\"include:%s\" is left out: that name "
			    "has no SPF record, and with it your whole record "
			    "would be an error. Ask the service for its include."),
			    include);
		else
			spf_draft_add(d, arena_printf(p->arena, "include:%s",
			    include), arena_printf(p->arena,
				_("\"include:%s\" is added: you said that this "
				"service sends for you."), include));
	}
}

/* Is one of them missing in today's record? */
static bool
lacks_service(struct planning *p)
{
	struct spf_draft d;
	struct fact_value *records;
	size_t n = spf_work_records(p, p->target, &records);
	const char *include;

	if (named_service(p, 0) == NULL)
		return false;
	spf_draft_read(&d, p->arena, records, n);
	for (size_t i = 0; (include = named_service(p, i)) != NULL; i++)
		if (!spf_draft_has(&d, arena_printf(p->arena, "include:%s",
		    include)))
			return true;
	return false;
}

/* All that sends: by address, which costs no look-up and cannot be void, as
 * long as the record fits into one string; then by one name, for one look-up
 * (knowledge.md 3.4). */
static void
add_all(struct planning *p, struct spf_work *w)
{
	struct spf_draft by_address = spf_draft_copy(&w->draft);
	struct spf_fit fit;

	add_senders(p, &by_address, w->closed);
	if (has_own_servers(p) &&
	    strlen(spf_draft_text(&by_address)) > STRING_MAX) {
		struct spf_draft by_name = spf_draft_copy(&w->draft);

		list_by_name(p, &by_name, servers_name(p));
		spf_fit_draft(p, p->target, &by_name, &fit);
		if (spf_fits(&fit)) {
			w->draft = by_name;
			p->by_name = true;
			step_advice(p,
			    _("One name stands for all of your servers: "
			    "with each address by itself the record would be "
			    "longer than one string of 255 characters. A new "
			    "server needs only its A and AAAA record there."));
			return;
		}
		p->step->n_changes = 0;
	}
	w->draft = by_address;
}

/* The target's own record, when some sending address does not pass yet. True:
 * it is its first one. */
static bool
mend_record(struct planning *p)
{
	struct spf_work w;

	if (!spf_work_begin(p, &w))
		return false;
	if (p->id->owner == OWNER_RELAY)
		add_relay(p, &w);
	else if (w.n_records == 0)
		add_mx(p, &w.draft);
	add_services(p, &w.draft);
	add_all(p, &w);
	spf_work_end(p, &w);
	if (ip_is_v6(p->id->client_ip))
		step_advice(p, _("Names (a:NAME) instead of addresses work only "
		    "when each name has an AAAA record: over IPv6 a name without "
		    "one is a void look-up, and the third void look-up makes the "
		    "whole record an error (permerror, RFC 7208 4.6.4)."));
	if (w.relay != NULL)
		step_advice(p, _("The relay is shared: every customer of it "
		    "passes SPF as %s. A DKIM signature of your own is worth "
		    "having."), p->target);
	planning_wrong_fixes(p, w.relay);
	p->step->title = arena_printf(p->arena, w.n_records == 0 ?
	    _("Publish an SPF record for %s") :
	    _("Change the SPF record of %s"), p->target);
	return w.n_records == 0;
}

/* Everybody passes, but the record is not as it should be. */
static bool
is_untidy(const struct planning *p)
{
	static const char *const ids[] = { "spf.not-read", "spf.ignored-term",
		"spf.terms-behind-all", "spf.worst-case", "spf.anybody" };

	for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++)
		if (finding_is_problem(p->findings, ids[i]))
			return true;
	return false;
}

/* Beside an alias no other record can stand (RFC 1034 3.6.2). */
static bool
behind_alias(struct planning *p)
{
	const char *alias = facts_dns(p->facts, p->target, DNS_TXT)->alias;
	const char *org = p->id->org_domain;

	if (alias == NULL)
		return false;
	p->step->title = arena_printf(p->arena,
	    _("Send with another domain than %s, or end its alias"), p->target);
	p->step->why = arena_printf(p->arena, _("%s is an alias (CNAME) of %s, so "
	    "receivers take the SPF record of %s. A name with an alias can have "
	    "no record of its own."), p->target, alias, alias);
	if (org != NULL && !text_same(org, p->target))
		step_advice(p, _("The simplest way: let the program send with an "
		    "address of %s."), org);
	step_advice(p, _("Or put the A and AAAA records of %s in the place of the "
	    "CNAME record, then run this again: the SPF record can stand beside "
	    "them."), alias);
	return true;
}

bool
make_spf_publish(struct planning *p)
{
	bool first = false;      /* the domain has no record yet */

	if (p->target == NULL || p->id->client_ip == NULL ||
	    p->id->owner == OWNER_FORWARDER || p->id->owner == OWNER_UNKNOWN ||
	    !fact_known(facts_dns(p->facts, p->target, DNS_TXT)))
		return false;
	if (!all_pass(p) && behind_alias(p))
		return true;
	if ((!all_pass(p) && !(only_doubt(p) && relay_spf_search(p,
	    p->id->client_ip)->best == NULL)) || is_untidy(p) || lacks_service(p)) {
		first = mend_record(p);
		if (p->quick_way)
			p->step->alternative_to = "postfix.ipv4-only";
	}
	host_name_record(p);
	if (first)
		step_advice(p, _("Does anything else send with %s, such as a "
		    "newsletter tool, a web shop or Microsoft 365? Add it, or "
		    "its mail will be refused: key i in the wizard, --include or "
		    "--own-ip on the command line."), p->target);
	return p->step->n_changes != 0;
}

/* All servers' addresses under one name; SPF lists that name alone. */
bool
make_spf_mail_name(struct planning *p)
{
	struct spf_work w;

	if (p->target == NULL || p->by_name || !has_own_servers(p) ||
	    !fact_known(facts_dns(p->facts, p->target, DNS_TXT)) ||
	    all_pass(p) || !spf_work_begin(p, &w))
		return false;
	list_by_name(p, &w.draft, servers_name(p));
	spf_work_end(p, &w);
	p->step->alternative_to = "spf.publish";
	return true;
}
