/* SPDX-License-Identifier: ISC
 * The way from p=none to p=reject, one stage at a time, as steps for later.
 * Hides when a stage is safe. */
#include "config.h"

#include <string.h>

#include "engine/auth/dmarc_lint.h"
#include "engine/auth/dmarc_record.h"
#include "engine/auth/spf_parse.h"
#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/checks/known_senders.h"
#include "engine/remedy/planning.h"
#include "engine/remedy/proof.h"

/* Its stages in their order; a policy is raised one level at a time (RFC 9989
 * 7.4 and appendix A.6), and never by pct=. */
enum dmarc_stage {
	STAGE_REPORTS, STAGE_SUBDOMAINS, STAGE_TEST, STAGE_QUARANTINE,
	STAGE_REJECT, STAGE_END
};

static const char *const stage_ids[] = {
	[STAGE_REPORTS] = "dmarc.reports",
	[STAGE_SUBDOMAINS] = "dmarc.subdomains",
	[STAGE_TEST] = "dmarc.quarantine-test",
	[STAGE_QUARANTINE] = "dmarc.quarantine",
	[STAGE_REJECT] = "dmarc.reject",
};

static bool
is(const char *policy, const char *name)
{
	return policy != NULL && strcmp(policy, name) == 0;
}

/* The one that follows what is published now. */
static enum dmarc_stage
next_stage(const struct dmarc_tags *now)
{
	if (!now->reports)
		return STAGE_REPORTS;
	if (is(now->p, "reject"))
		return now->test_mode ? STAGE_REJECT : STAGE_END;
	if (is(now->p, "quarantine"))
		return now->test_mode ? STAGE_QUARANTINE : STAGE_REJECT;
	return now->sp == NULL || is(now->sp, "none") ? STAGE_SUBDOMAINS :
	    STAGE_TEST;
}

/* A weaker sp= that was written on purpose stays, and so does a stronger one;
 * the same as p= is left out. */
static const char *
sp_beside(const struct dmarc_tags *now, const char *p)
{
	bool chosen = is(now->sp, "none") && !is(now->p, "none");

	return chosen || (is(now->sp, "reject") && !is(p, "reject")) ?
	    now->sp : NULL;
}

static const char *
stage_record(struct planning *p, enum dmarc_stage stage,
    const struct dmarc_record *record, const struct dmarc_tags *now)
{
	const char *policy = stage == STAGE_REJECT ? "reject" : "quarantine";
	struct dmarc_tag_value values[] = {
		{ "p", policy }, { "sp", sp_beside(now, policy) },
		{ "t", stage == STAGE_TEST ? "y" : NULL }, { NULL, NULL },
	};

	switch (stage) {
	case STAGE_REPORTS:
		values[0] = (struct dmarc_tag_value){ "rua", arena_printf(
		    p->arena, "mailto:postmaster@%s", record->domain) };
		values[1].name = NULL;
		break;
	case STAGE_SUBDOMAINS:
		values[0] = (struct dmarc_tag_value){ "sp", "quarantine" };
		values[1] = (struct dmarc_tag_value){ "np", "reject" };
		values[2].name = NULL;
		break;
	case STAGE_TEST:
	case STAGE_QUARANTINE:
	case STAGE_REJECT:
	case STAGE_END:
		break;
	}
	return dmarc_rewrite(p->arena, record->text, strlen(record->text),
	    values);
}

/* ---- is it safe? ---- */

static bool
has_family(const struct finding *f, const char *const *families)
{
	for (; *families != NULL; families++)
		if (text_starts(f->id, *families))
			return true;
	return false;
}

/* Nothing may be wrong with what DMARC rests on, nor unknown. */
static bool
all_in_order(const struct planning *p)
{
	static const char *const rests_on[] = {
		"identity.", "spf.", "dkim.", "dmarc.", "envelope.", "list.",
		NULL
	};

	for (size_t i = 0; i < p->findings->n; i++) {
		const struct finding *f = &p->findings->list[i];

		if (f->status == FINDING_OK || strcmp(f->id,
		    "spf.helo-none") == 0)
			continue;
		if (has_family(f, rests_on) ||
		    (f->status == FINDING_PROBLEM && f->role != ROLE_ADVICE))
			return false;
	}
	return true;
}

/* A receiver has seen a valid signature of DOMAIN. */
static bool
signed_there(struct planning *p, const char *domain, bool strict)
{
	const struct received_method *m = p->in->received != NULL ?
	    received_method(p->in->received, "dkim") : NULL;

	return m != NULL && strcmp(m->result, "pass") == 0 &&
	    m->domain != NULL && dmarc_aligned(p->arena, p->facts, domain,
		m->domain, strict);
}

/* Every sender that is known passes on what is laid: SPF alone breaks when mail
 * is forwarded, so it must be signed as well. */
static bool
all_pass(struct planning *p, const char *domain, const char *policy)
{
	const struct dmarc_record *after;
	bool pass = planning_senders(p) != 0 && p->sender != NULL;

	proof_lay(p);
	after = dmarc_lookup(p->arena, p->facts, domain);
	pass = pass && after->state == DMARC_OK && after->fault == NULL &&
	    is(after->policy, policy);
	for (size_t i = 0; pass && i < planning_senders(p); i++) {
		const struct authentication *a =
		    &p->findings->authentication[i];

		pass = proof_spf(p, a->ip, a->sender)->result == SPF_PASS &&
		    dmarc_aligned(p->arena, p->facts, domain,
			text_address_domain(a->sender), after->strict_spf) &&
		    ((a->dkim != NULL && a->dkim->result == DKIM_KEY_OK) ||
		    signed_there(p, domain, after->strict_dkim));
		if (pass)
			step_proof(p, "dmarc", a->ip, a->sender, a->dmarc,
			    "pass");
	}
	proof_unlay(p);
	return pass;
}

/* Mail of cron and other programs has myorigin's domain in its From line, which
 * may be a name below DOMAIN: what holds for those holds for it. */
static void
prove_origin(struct planning *p, const char *domain)
{
	const struct postfix_value *origin = postfix_value(p->in->postfix,
	    "myorigin");
	const char *root = arena_printf(p->arena, "root@%s", origin->value);

	if (postfix_get_state(p->in->postfix) != POSTFIX_FOUND ||
	    origin->unresolved || text_same(origin->value, domain) ||
	    !text_domain_below(origin->value, domain))
		return;
	for (size_t i = 0; i < planning_senders(p); i++) {
		const char *ip = planning_sender_ip(p, i);
		bool pass = proof_now(p, ip, root)->result == SPF_PASS;

		step_proof(p, "dmarc", ip, root, pass ? "pass" : "fail",
		    pass ? "pass" : "fail");
		if (pass)
			continue;
		p->step->proven = false;
		step_block(p, arena_printf(p->arena, _("Mail of programs on this "
		    "server (%s) would not pass yet: let myorigin be %s, or "
		    "give %s an SPF record first."), root, domain,
		    origin->value));
		return;
	}
}

/* Whoever else the domain's SPF record and MX name: their signatures cannot be
 * seen from here. */
static const char *
other_senders(struct planning *p, const char *domain)
{
	const struct spf_judgement *spf = p->findings->authentication[0].spf;
	struct spf_record record;
	const char *names = NULL;

	if (spf->record == NULL || !text_same(spf->domain, domain) ||
	    !spf_parse(p->arena, spf->record, strlen(spf->record), &record))
		return NULL;
	for (size_t i = 0; i < record.n_terms; i++) {
		const struct spf_term *t = &record.terms[i];
		const struct known_sender *s = t->kind == SPF_INCLUDE ?
		    known_sender_by_include(t->argument) : NULL;
		const char *name = s != NULL ? s->name : t->argument;

		if (t->kind == SPF_INCLUDE && name != NULL)
			names = names == NULL ? name : arena_printf(p->arena,
			    "%s, %s", names, name);
	}
	return names;
}

static void
add_conditions(struct planning *p, const char *domain)
{
	const char *others = other_senders(p, domain);

	if (others != NULL)
		step_advice(p, _("These send for %s as well, by its SPF record: "
		    "%s. Whether they sign with %s can only be seen in the "
		    "reports, or in the headers of a message that came through "
		    "them."), domain, text_safe(p->arena, others), domain);
	step_advice(p, _("Think of everything that sends with %s in its From "
	    "line: other servers, web forms, newsletters, invoices, printers, "
	    "mailing lists. Name further servers with --own-ip or "
	    "--own-facts, so that they are judged here as well."), domain);
}

/* Only the stage that is next is shown: the one after it wants reports first.
 * Which mail is lost by a mistake here nobody sees, so all must be known. */
bool
make_dmarc_stage(struct planning *p)
{
	const char *domain = p->id->own_domain;
	const struct dmarc_record *record;
	struct dmarc_tags now;
	enum dmarc_stage stage;

	if (domain == NULL || !text_same(domain, p->target) ||
	    p->moves_sender || p->id->guessed ||
	    facts_wanted(p->facts) != 0 || !all_in_order(p))
		return false;
	record = dmarc_lookup(p->arena, p->facts, domain);
	if (record->state != DMARC_OK || record->fault != NULL ||
	    !text_same(record->domain, domain))
		return false;
	dmarc_record_read(p->arena, domain, record->text, strlen(record->text),
	    &now);
	stage = next_stage(&now);
	if (stage == STAGE_END || strcmp(stage_ids[stage], p->fix->id) != 0)
		return false;
	planning_dmarc(p, domain, stage_record(p, stage, record, &now));
	p->step->proven = all_pass(p, domain, stage == STAGE_REPORTS ||
	    stage == STAGE_SUBDOMAINS ? now.p : stage == STAGE_REJECT ?
	    "reject" : "quarantine");
	if (!p->step->proven)
		return false;
	if (stage == STAGE_REPORTS)
		return true;
	prove_origin(p, domain);
	add_conditions(p, domain);
	return true;
}
