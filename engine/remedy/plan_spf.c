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
#include "engine/remedy/spf_fit.h"
#include "engine/remedy/spf_sample.h"
#include "engine/auth/spf_words.h"

/* A TXT string holds 255 octets; a longer record is cut by some DNS panels. */
#define STRING_MAX 255
/* Answers above this are cut for resolvers without EDNS (RFC 1035 4.2.1). */
#define ANSWER_MAX 512

/* A record in work. */
struct work {
	struct spf_draft draft;
	struct spf_samples samples;   /* whom the old record means */
	struct spf_fit fit;
	size_t n_records;
	const struct relay_search *relay;
};

/* Today's SPF records of DOMAIN, and what was meant for one. */
static size_t
spf_records(struct planning *p, const char *domain,
    struct fact_value **records)
{
	const struct fact *txt = facts_dns(p->facts, domain, DNS_TXT);
	size_t n = 0;

	*records = arena_array(p->arena, txt->n_values + 1, sizeof **records);
	for (size_t i = 0; txt->status == FACT_OK && i < txt->n_values; i++)
		if (spf_words_start(txt->values[i].text, txt->values[i].len) != 0)
			(*records)[n++] = txt->values[i];
	return n;
}

/* All TXT values of DOMAIN with RECORD in the place of its SPF records: what
 * the RRset will be. */
static const char **
values_with(struct planning *p, const char *domain, const char *record)
{
	const struct fact *txt = facts_dns(p->facts, domain, DNS_TXT);
	const char **after = arena_array(p->arena, txt->n_values + 2,
	    sizeof *after);
	size_t n = 0;

	for (size_t i = 0; txt->status == FACT_OK && i < txt->n_values; i++)
		if (spf_words_start(txt->values[i].text,
		    txt->values[i].len) == 0)
			after[n++] = txt->values[i].text;
	after[n] = record;
	return after;
}

static void
note_sizes(struct planning *p, const char *record, const char **values)
{
	size_t size = spf_answer_size(p->target, values);

	if (strlen(record) > STRING_MAX)
		step_advice(p, _("The record has %zu characters, and one string of "
		    "a TXT record holds 255. Most DNS panels divide it "
		    "themselves; if yours refuses it, enter it as two quoted "
		    "strings, the second beginning with a blank."),
		    strlen(record));
	if (size > ANSWER_MAX)
		step_advice(p, _("With it the TXT answer of %s has about %zu "
		    "octets. More than 512 need EDNS or TCP, which nearly every "
		    "receiver has; to be on the safe side, take out other TXT "
		    "records that are not used any more."), p->target, size);
}

/* The includes and what each costs, when there are too many look-ups. */
static void
note_costs(struct planning *p, const struct spf_draft *d)
{
	for (size_t i = 0; i < d->n; i++) {
		const struct spf_term *t = &d->terms[i].term;
		int cost = spf_draft_stands(&d->terms[i]) &&
		    t->kind == SPF_INCLUDE && strchr(t->argument, '%') == NULL ?
		    spf_worst_case(p->arena, p->facts, t->argument) : -1;

		if (cost >= 0)
			step_advice(p, P_("\"%s\" needs %d look-up.",
			    "\"%s\" needs %d look-ups.", cost + 1), t->text,
			    cost + 1);
	}
}

static void
note_limits(struct planning *p, const struct work *w)
{
	if (spf_fits(&w->fit))
		return;
	if (w->fit.cause == SPF_CAUSE_TOO_MANY_LOOKUPS) {
		step_advice(p, _("%d look-ups are left, and the eleventh is an "
		    "error for every receiver that comes to it. Take out what "
		    "you do not use, or send some of the mail from a name of "
		    "its own, such as news.%s."), w->fit.lookups, p->target);
		note_costs(p, &w->draft);
		step_block(p, _("More than 10 look-ups are left: take out what "
		    "you do not use."));
	} else {
		step_block(p, w->fit.cause == SPF_CAUSE_TOO_MANY_NAMES ?
		    _("\"mx\" still leads to more than 10 names: list addresses "
		    "instead.") :
		    _("More than 2 names in it are empty: take them out."));
	}
}

/* The draft as the step's change, with the reason for each term. */
static void
change_record(struct planning *p, struct work *w)
{
	const char *record = spf_draft_text(&w->draft);
	const char **values = values_with(p, p->target, record);

	step_dns(p, p->target, DNS_TXT, values);
	for (size_t i = 0; i < w->draft.n; i++)
		if (w->draft.terms[i].why != NULL)
			step_advice(p, "%s", w->draft.terms[i].why);
	for (size_t i = 0; i < w->draft.n_notes; i++)
		step_advice(p, "%s", w->draft.notes[i]);
	note_sizes(p, record, values);
	note_limits(p, w);
}

/* Would everybody who passes now, or whom the record means, still pass with
 * D? */
static bool
keeps_all(struct planning *p, const struct work *w, struct spf_draft *d)
{
	const char *text = spf_draft_text(d);
	bool kept = true;

	proof_lay(p);
	facts_overlay_set(p->facts, p->target, DNS_TXT, &text, 1);
	for (size_t i = 0; kept && i < w->samples.n; i++)
		kept = proof_now(p, w->samples.list[i].ip, p->sender)->result !=
		    SPF_PASS || proof_spf(p, w->samples.list[i].ip,
		    p->sender)->result == SPF_PASS;
	proof_unlay(p);
	return kept;
}

/* Mechanisms behind "all" were meant to count. */
static void
all_last(struct planning *p, struct work *w)
{
	struct spf_draft moved = w->draft;
	struct spf_fit fit;

	moved.terms = arena_array(p->arena, moved.n + 1, sizeof *moved.terms);
	if (moved.n != 0)
		memcpy(moved.terms, w->draft.terms,
		    moved.n * sizeof *moved.terms);
	if (!spf_draft_all_last(&moved))
		return;
	spf_fit_draft(p, p->target, &moved, &fit);
	if (fit.cause == SPF_CAUSE_NONE && keeps_all(p, w, &moved))
		w->draft = moved;
}

/* The old record of the target, read into W; false: it cannot be worked on,
 * and the step says why. */
static bool
begin_work(struct planning *p, struct work *w)
{
	struct fact_value *records;

	*w = (struct work){ .relay = NULL };
	w->n_records = spf_records(p, p->target, &records);
	spf_draft_read(&w->draft, p->arena, records, w->n_records);
	if (w->draft.refused != NULL) {
		step_advice(p, "%s", w->draft.refused);
		step_block(p, w->draft.refused);
		return false;
	}
	spf_samples_take(p, p->target, &w->draft, &w->samples);
	spf_drop_faults(p, &w->draft);
	all_last(p, w);
	return true;
}

/* The draft is complete: make it fit, make it the step's change, prove it. */
static void
end_work(struct planning *p, struct work *w)
{
	spf_fit_reduce(p, p->target, &w->draft, &w->fit);
	change_record(p, w);
	proof_senders(p, p->id->sender != NULL ? p->id->sender : p->sender,
	    p->sender);
	proof_kept(p, &w->samples, p->sender);
}

/* The relay's include; where none covers an address, the address. */
static void
add_relay(struct planning *p, struct work *w)
{
	const struct relay_candidate *best;

	w->relay = relay_spf_search(p, p->id->client_ip);
	best = w->relay->best;
	if (best != NULL)
		spf_draft_add(&w->draft, arena_printf(p->arena, "include:%s",
		    best->name), arena_printf(p->arena,
			_("include:%s is the relay's own record and covers %s."),
			best->name, p->id->client_ip));
	for (size_t i = 0; i < w->relay->n_ips; i++) {
		const char *ip = w->relay->ips[i];

		if (proof_record(p, p->target, spf_draft_text(&w->draft),
		    ip)->result != SPF_PASS)
			spf_draft_add(&w->draft, spf_address_term(p->arena, ip),
			    arena_printf(p->arena, _("No record of the relay's "
			    "covers %s, so the address itself is listed. Relays "
			    "change their addresses: ask the provider for its "
			    "include, and look again when mail bounces."), ip));
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
	p->step->proven = after->result == SPF_PASS &&
	    (p->step->n_changes == 1 || p->step->proven);
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
	struct work w;

	if (!begin_work(p, &w))
		return;
	if (p->id->owner == OWNER_RELAY)
		add_relay(p, &w);
	else if (w.n_records == 0)
		add_mx(p, &w.draft);
	add_senders(p, &w.draft);
	end_work(p, &w);
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
}

/* Everybody passes, but the record is not as it should be. */
static bool
is_untidy(const struct planning *p)
{
	static const char *const ids[] = { "spf.not-read", "spf.ignored-term",
		"spf.terms-behind-all", "spf.worst-case" };

	for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++)
		if (finding_is_problem(p->findings, ids[i]))
			return true;
	return false;
}

bool
make_spf_publish(struct planning *p)
{
	if (p->target == NULL || p->id->client_ip == NULL ||
	    p->id->owner == OWNER_FORWARDER || p->id->owner == OWNER_UNKNOWN ||
	    !fact_known(facts_dns(p->facts, p->target, DNS_TXT)))
		return false;
	if (!all_pass(p) || is_untidy(p)) {
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
	const struct known_sender *receiver = planning_receiver(p);

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
		step_advice(p, _("Over the address family that %s lacks, each look-up "
		    "of it is void; more than two void look-ups are an error."),
		    name);
}

/* All servers' addresses under one name; SPF lists that name alone. */
bool
make_spf_mail_name(struct planning *p)
{
	struct work w;
	const char *name = p->mail_name;

	if (p->target == NULL || name == NULL || planning_senders(p) < 3 ||
	    (p->id->owner != OWNER_OWN && p->id->owner != OWNER_NAT) ||
	    !fact_known(facts_dns(p->facts, p->target, DNS_TXT)) || all_pass(p))
		return false;
	if (!is_free_name(p, name))
		name = arena_printf(p->arena, "senders.%s", p->target);
	if (!begin_work(p, &w))
		return false;
	list_by_name(p, &w.draft, name);
	end_work(p, &w);
	p->step->alternative_to = "spf.publish";
	return true;
}

/* The record as the steps so far leave it. */
static struct fact_value
record_so_far(struct planning *p, const struct fact_value *published)
{
	const char *text = NULL;

	for (size_t i = 0; i < p->n_laid; i++)
		if (p->laid[i]->kind == CHANGE_DNS &&
		    p->laid[i]->type == DNS_TXT &&
		    text_same(p->laid[i]->name, p->target))
			for (size_t k = 0; p->laid[i]->after[k] != NULL; k++)
				if (spf_is_record(p->laid[i]->after[k],
				    strlen(p->laid[i]->after[k])))
					text = p->laid[i]->after[k];
	return text == NULL ? *published :
	    (struct fact_value){ .text = text, .len = strlen(text) };
}

bool
make_spf_drop_unused(struct planning *p)
{
	struct work w = { .n_records = 1 };
	struct fact_value *records, now;

	if (p->target == NULL || spf_records(p, p->target, &records) != 1)
		return false;
	now = record_so_far(p, records);
	spf_draft_read(&w.draft, p->arena, &now, 1);
	for (size_t i = 0; i < p->findings->n; i++)
		if (strcmp(p->findings->list[i].id, "spf.unused-include") == 0)
			spf_draft_remove(&w.draft, arena_printf(p->arena,
			    "include:%s", p->findings->list[i].subject), NULL);
	if (strcmp(now.text, spf_draft_text(&w.draft)) == 0)
		return false;
	spf_samples_take(p, p->target, &w.draft, &w.samples);
	change_record(p, &w);
	proof_senders(p, p->sender, p->sender);
	proof_kept(p, &w.samples, p->sender);
	return p->step->proven;
}
