/* SPDX-License-Identifier: ISC
 * The SPF steps: the record that makes every sending address pass, one name
 * for many servers, and includes that are not used. */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/checks/known_senders.h"
#include "engine/remedy/planning.h"
#include "engine/remedy/proof.h"
#include "engine/remedy/relay_spf.h"
#include "engine/remedy/spf_edit.h"

/* A TXT string holds 255 octets; a longer record is cut by some DNS panels. */
#define STRING_MAX 255

/* Today's SPF records of DOMAIN, and all its TXT values with RECORD in their
 * place: what the RRset will be. */
static size_t
spf_records(struct planning *p, const char *domain, const char ***records)
{
	const struct fact *txt = facts_dns(p->facts, domain, DNS_TXT);
	size_t n = 0;

	*records = arena_array(p->arena, txt->n_values + 1, sizeof **records);
	for (size_t i = 0; txt->status == FACT_OK && i < txt->n_values; i++)
		if (spf_is_record(txt->values[i].text, txt->values[i].len))
			(*records)[n++] = txt->values[i].text;
	return n;
}

static void
change_record(struct planning *p, const char *domain, const char *record)
{
	const struct fact *txt = facts_dns(p->facts, domain, DNS_TXT);
	const char **after = arena_array(p->arena, txt->n_values + 2,
	    sizeof *after);
	size_t n = 0;

	for (size_t i = 0; txt->status == FACT_OK && i < txt->n_values; i++)
		if (!spf_is_record(txt->values[i].text, txt->values[i].len))
			after[n++] = txt->values[i].text;
	after[n++] = record;
	step_dns(p, domain, DNS_TXT, after);
}

/* Why a record that people try first does not help: one line. WHY_NOT explains
 * a result other than pass, WHY_ALTHOUGH what is wrong with it though it
 * passes; NULL: SPF's own reason, or no line at all. */
static void
wrong_fix(struct planning *p, const char *record, const char *why_not,
    const char *why_although)
{
	const char *ip = p->id->client_ip;
	const struct spf_judgement *spf;
	struct change *change;

	if (ip == NULL)
		return;
	for (size_t i = 0; i < p->step->n_changes; i++)
		if (p->step->changes[i].record != NULL &&
		    text_same(p->step->changes[i].record, record))
			return;
	spf = proof_record(p, p->target, record, ip);
	if (spf->incomplete || (spf->result == SPF_PASS && why_although == NULL))
		return;
	change = step_change(p, CHANGE_ADVICE);
	change->record = record;
	change->record_result = spf_result_name(spf->result);
	change->text = spf->result == SPF_PASS ?
	    arena_printf(p->arena, _("\"%s\" passes, but %s"), record,
		why_although) :
	    arena_printf(p->arena, _("\"%s\" does not help: SPF gives %s. %s"),
		record, spf_result_name(spf->result),
		why_not != NULL ? why_not : spf->reason);
}

static void
wrong_own_line(struct planning *p)
{
	const struct fact *a = facts_dns(p->facts, p->target, DNS_A);

	if (a->status != FACT_OK || fact_has_address(a, p->id->client_ip))
		return;
	wrong_fix(p, arena_printf(p->arena, "v=spf1 a:%s ~all", p->target),
	    arena_printf(p->arena,
		_("It vouches for %s, but the receiver saw %s."),
		a->values[0].text, p->id->client_ip), NULL);
}

/* The receiver as a sender with an include of its own, or NULL. */
static const struct known_sender *
receiver_sender(const struct planning *p)
{
	const struct bounce *b = p->in->bounce;
	const struct known_sender *receiver = b != NULL &&
	    b->remote_host != NULL ? known_sender_by_host(b->remote_host) : NULL;

	return receiver != NULL && receiver->include != NULL ? receiver : NULL;
}

static void
wrong_receiver(struct planning *p)
{
	const struct known_sender *receiver = receiver_sender(p);

	if (receiver == NULL)
		return;
	wrong_fix(p, arena_printf(p->arena, "v=spf1 include:%s ~all",
	    receiver->include), arena_printf(p->arena,
		_("It vouches for the servers of %s, not for yours. At best the "
		"mail then lands in the spam folder."), receiver->name), NULL);
}

/* What the user tried or thinks of: the answers "tried = RECORD". */
static void
wrong_tried(struct planning *p)
{
	const struct recording *r = p->in->recording;

	for (size_t i = 0; i < r->n_answers; i++)
		if (text_same(r->answers[i].name, "tried"))
			wrong_fix(p, r->answers[i].value, NULL,
			    _("it also vouches for servers that are not "
			    "yours: take out what you do not use."));
}

static void
wrong_fixes(struct planning *p, const struct relay_search *relay)
{
	wrong_own_line(p);
	if (relay != NULL)
		for (size_t i = 0; i < relay->n; i++)
			if (text_same(relay->candidates[i].name,
			    p->id->relayhost))
				wrong_fix(p, arena_printf(p->arena,
				    "v=spf1 include:%s ~all",
				    relay->candidates[i].name), NULL, NULL);
	wrong_receiver(p);
	wrong_tried(p);
}

/* Terms that make the whole record an error or stand for nothing. */
static void
drop_faults(struct planning *p, struct spf_draft *d)
{
	const char *self = arena_printf(p->arena, "include:%s", p->target);

	spf_draft_remove(d, self, arena_printf(p->arena,
	    _("%s is taken out: a record that includes itself is an error for "
	    "every receiver. It never meant \"my own servers\"."), self));
	for (size_t i = 0; i < d->n;) {
		const char *name = text_starts(d->terms[i], "include:") ?
		    d->terms[i] + strlen("include:") : NULL;
		const struct fact *txt = name == NULL ||
		    strchr(name, '%') != NULL ? NULL :
		    facts_dns(p->facts, name, DNS_TXT);

		if (txt == NULL || !fact_known(txt) ||
		    spf_find_record(p->arena, txt, NULL) != NULL) {
			i++;
			continue;
		}
		spf_draft_remove(d, d->terms[i], arena_printf(p->arena,
		    _("include:%s is taken out: %s has no SPF record, which "
		    "makes the whole record an error."), name, name));
	}
}

static const struct relay_search *
add_relay(struct planning *p, struct spf_draft *d)
{
	const char *ip = p->id->client_ip;
	const struct relay_search *found = relay_spf_search(p, ip);

	if (found->best != NULL)
		spf_draft_add(d, arena_printf(p->arena, "include:%s",
		    found->best->name), arena_printf(p->arena,
			_("include:%s is the relay's own record and covers %s."),
			found->best->name, ip));
	else
		spf_draft_add(d, spf_address_term(p->arena, ip),
		    arena_printf(p->arena, _("No record of the relay's covers "
		    "%s, so the address itself is listed. Relays change their "
		    "addresses: ask the provider for its include."), ip));
	return found;
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

		if (known != NULL) {
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

/* Everything that sends and does not pass yet, with D as the record. */
static void
add_senders(struct planning *p, struct spf_draft *d)
{
	for (size_t i = 0; i < planning_senders(p); i++) {
		const char *ip = planning_sender_ip(p, i);
		const char *term = spf_address_term(p->arena, ip);

		/* what passes now still does: terms that matched stay */
		if (proof_now(p, ip, p->sender)->result == SPF_PASS ||
		    proof_record(p, p->target, spf_draft_text(d), ip)->result ==
		    SPF_PASS)
			continue;
		spf_draft_add(d, term, arena_printf(p->arena,
		    _("%s lists %s, which sends for you."), term, ip));
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
	const char **there;

	if (helo == NULL || p->id->owner != OWNER_OWN ||
	    text_same(helo, p->target) || p->id->org_domain == NULL ||
	    !text_domain_below(helo, p->id->org_domain) ||
	    !fact_has_address(facts_dns(p->facts, helo,
		ip_is_v6(ip) ? DNS_AAAA : DNS_A), ip) ||
	    !fact_known(facts_dns(p->facts, helo, DNS_TXT)) ||
	    spf_records(p, helo, &there) != 0)
		return;
	step_dns(p, helo, DNS_TXT, record);
	postmaster = arena_printf(p->arena, "postmaster@%s", helo);
	before = proof_now(p, ip, postmaster);
	proof_lay(p);
	after = proof_spf(p, ip, postmaster);
	proof_unlay(p);
	step_proof(p, "spf", ip, postmaster, spf_result_name(before->result),
	    spf_result_name(after->result));
	p->step->proven = after->result == SPF_PASS;
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

/* The target's own record, when some sending address does not pass yet. */
static void
mend_record(struct planning *p)
{
	struct spf_draft draft;
	const struct relay_search *relay = NULL;
	const char **records;
	size_t n = spf_records(p, p->target, &records);

	spf_draft_read(&draft, p->arena, records, n);
	drop_faults(p, &draft);
	if (p->id->owner == OWNER_RELAY)
		relay = add_relay(p, &draft);
	else if (n == 0)
		add_mx(p, &draft);
	add_senders(p, &draft);
	change_record(p, p->target, spf_draft_text(&draft));
	for (size_t i = 0; i < draft.n_notes; i++)
		step_advice(p, "%s", draft.notes[i]);
	if (ip_is_v6(p->id->client_ip))
		step_advice(p, _("Names (a:NAME) instead of addresses work only "
		    "when each name has an AAAA record: over IPv6 a name without "
		    "one is a void look-up, and the third void look-up makes the "
		    "whole record an error (permerror, RFC 7208 4.6.4)."));
	if (relay != NULL)
		step_advice(p, _("The relay is shared: every customer of it "
		    "passes SPF as %s. A DKIM signature of your own is worth "
		    "having."), p->target);
	proof_senders(p, p->id->sender != NULL ? p->id->sender : p->sender,
	    p->sender);
	wrong_fixes(p, relay);
	p->step->title = arena_printf(p->arena, n == 0 ?
	    _("Publish an SPF record for %s") :
	    _("Change the SPF record of %s"), p->target);
}

bool
make_spf_publish(struct planning *p)
{
	if (p->target == NULL || p->id->client_ip == NULL ||
	    p->id->owner == OWNER_FORWARDER || p->id->owner == OWNER_UNKNOWN ||
	    !fact_known(facts_dns(p->facts, p->target, DNS_TXT)))
		return false;
	if (!all_pass(p)) {
		mend_record(p);
		if (p->quick_way)
			p->step->alternative_to = "postfix.ipv4-only";
	}
	host_name_record(p);
	return p->step->n_changes != 0;
}

/* Who runs the zones that may change: NS records of the target domain and its
 * parents down to the organisational domain. */
static void
prefetch_zones(struct planning *p)
{
	const char *org = p->id->org_domain, *name = p->target;

	if (org == NULL)
		return;
	facts_dns(p->facts, org, DNS_NS);
	for (; name != NULL && text_domain_below(name, org) &&
	    strcmp(name, org) != 0; name += strcspn(name, ".") + 1)
		facts_dns(p->facts, name, DNS_NS);
}

void
planning_prefetch(struct planning *p)
{
	const struct identity *id = p->id;
	const struct known_sender *receiver = receiver_sender(p);

	prefetch_zones(p);
	if (id->client_ip == NULL)
		return;
	if (id->owner != OWNER_OWN && (id->relayhost != NULL ||
	    id->owner == OWNER_RELAY)) {
		relay_spf_search(p, id->client_ip);
	} else if (p->mail_name != NULL) {
		facts_dns(p->facts, p->mail_name,
		    ip_is_v6(id->client_ip) ? DNS_AAAA : DNS_A);
		facts_dns(p->facts, p->target, DNS_A);
	}
	if (receiver != NULL)
		proof_spf(p, id->client_ip, arena_printf(p->arena,
		    "postmaster@%s", receiver->include));
}

/* All servers' addresses under one name; SPF lists that name alone. */
bool
make_spf_mail_name(struct planning *p)
{
	struct spf_draft draft;
	const char **records, **v4, **v6;
	size_t n_records, n4 = 0, n6 = 0, n = planning_senders(p);

	if (p->target == NULL || n < 3 || (p->id->owner != OWNER_OWN &&
	    p->id->owner != OWNER_NAT) ||
	    !fact_known(facts_dns(p->facts, p->target, DNS_TXT)) || all_pass(p))
		return false;
	v4 = arena_array(p->arena, n + 1, sizeof *v4);
	v6 = arena_array(p->arena, n + 1, sizeof *v6);
	n_records = spf_records(p, p->target, &records);
	spf_draft_read(&draft, p->arena, records, n_records);
	drop_faults(p, &draft);
	for (size_t i = 0; i < n; i++) {
		const char *ip = planning_sender_ip(p, i);

		*(ip_is_v6(ip) ? &v6[n6++] : &v4[n4++]) = ip;
		spf_draft_remove(&draft, spf_address_term(p->arena, ip), NULL);
	}
	spf_draft_add(&draft, arena_printf(p->arena, "a:%s", p->mail_name),
	    NULL);
	if (n4 != 0)
		step_dns(p, p->mail_name, DNS_A, v4);
	if (n6 != 0)
		step_dns(p, p->mail_name, DNS_AAAA, v6);
	change_record(p, p->target, spf_draft_text(&draft));
	if (n6 == 0 || n4 == 0)
		step_advice(p, _("Over the address family that %s lacks, each look-up "
		    "of it is void; more than two void look-ups are an error."),
		    p->mail_name);
	proof_senders(p, p->id->sender != NULL ? p->id->sender : p->sender,
	    p->sender);
	p->step->alternative_to = "spf.publish";
	return true;
}

bool
make_spf_drop_unused(struct planning *p)
{
	struct spf_draft draft;
	const char **records;
	const char *before, *after;

	if (p->target == NULL || spf_records(p, p->target, &records) != 1)
		return false;
	before = records[0];
	for (size_t i = 0; i < p->n_laid; i++)
		if (p->laid[i]->kind == CHANGE_DNS &&
		    p->laid[i]->type == DNS_TXT &&
		    text_same(p->laid[i]->name, p->target))
			for (size_t k = 0; p->laid[i]->after[k] != NULL; k++)
				if (spf_is_record(p->laid[i]->after[k],
				    strlen(p->laid[i]->after[k])))
					before = p->laid[i]->after[k];
	spf_draft_read(&draft, p->arena, &before, 1);
	for (size_t i = 0; i < p->findings->n; i++)
		if (strcmp(p->findings->list[i].id, "spf.unused-include") == 0)
			spf_draft_remove(&draft, arena_printf(p->arena,
			    "include:%s", p->findings->list[i].subject), NULL);
	after = spf_draft_text(&draft);
	if (strcmp(before, after) == 0)
		return false;
	change_record(p, p->target, after);
	proof_senders(p, p->sender, p->sender);
	return p->step->proven;
}
