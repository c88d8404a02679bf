/* SPDX-License-Identifier: ISC
 * The steps about DMARC: a first record, one that is mended, and later the way
 * from p=none to p=reject, one stage at a time. Hides when a stage is safe. */
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

/* What is there, mended; a first record where there is none. *AT becomes the
 * domain that it belongs to. */
static const char *
wanted_dmarc(struct planning *p, const char *domain, const char **at)
{
	const struct dmarc_record *now = dmarc_lookup(p->arena, p->facts, domain);
	const struct fact *fact;
	const char *text = now->text;
	struct dmarc_lint lint;

	*at = now->domain != NULL ? now->domain : domain;
	if (now->state == DMARC_NO_RECORD)
		text = dmarc_misplaced(p->arena, p->facts, domain, &fact);
	if (text == NULL)
		return arena_printf(p->arena,
		    "v=DMARC1; p=none; rua=mailto:postmaster@%s", domain);
	dmarc_lint(p->arena, text, strlen(text), &lint);
	return lint.mended;
}

/* RECORD at _dmarc.DOMAIN in place of all that is, or was meant as, a DMARC
 * record; other texts at that name are left alone. */
static void
publish(struct planning *p, const char *domain, const char *record)
{
	const char *name = arena_printf(p->arena, "_dmarc.%s", domain);
	const struct fact *now = facts_dns(p->facts, name, DNS_TXT);
	const char **after = arena_array(p->arena, now->n_values + 2,
	    sizeof *after);
	size_t n = 0;

	after[n++] = record;
	for (size_t i = 0; now->status == FACT_OK && i < now->n_values; i++) {
		const struct fact_value *v = &now->values[i];

		/* an SPF record there is a wildcard's answer */
		if (!dmarc_is_record(v->text, v->len) &&
		    !spf_is_record(v->text, v->len) &&
		    dmarc_mistaken(p->arena, domain, v->text, v->len) == NULL)
			after[n++] = v->text;
	}
	if (now->alias != NULL)
		step_advice(p, _("%s is an alias (CNAME) of %s. Change the record "
		    "there, with whoever runs that; or take the CNAME out and "
		    "put the record in its place."), name, now->alias);
	step_dns(p, name, DNS_TXT, after);
}

/* Until now nobody obeyed it. */
static void
warn_of_policy(struct planning *p, const char *record)
{
	static const char *const ids[] = {
		"dmarc.faulty", "dmarc.misplaced", "dmarc.no-policy",
		"dmarc.two-records",
	};

	if (strstr(record, "; p=none") != NULL)
		return;
	p->step->why = _("Only what does not work is changed; the policy "
	    "stays as it was meant.");
	for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++)
		if (finding_is_problem(p->findings, ids[i]))
			step_advice(p, _("Until now no receiver obeyed this "
			    "policy; then all do. When you are not sure that "
			    "all of your mail passes, write p=none in its "
			    "place and read the reports first."));
}

bool
make_dmarc_publish(struct planning *p)
{
	const char *domain = p->target, *at;
	const struct dmarc_record *after;
	const char *record;

	if (domain == NULL)
		return false;
	record = wanted_dmarc(p, domain, &at);
	warn_of_policy(p, record);
	if (strstr(record, "; t=y") != NULL &&
	    finding_is_problem(p->findings, "dmarc.tags"))
		step_advice(p, _("t=y takes the place of pct=: receivers that "
		    "follow RFC 9989 apply the policy one level lower, older "
		    "ones in full. Leave it out when the policy shall hold."));
	publish(p, at, record);
	if (!finding_is_problem(p->findings, "dmarc.none") &&
	    !finding_is_problem(p->findings, "dmarc.misplaced"))
		p->step->title = arena_printf(p->arena,
		    _("Change the DMARC record of %s"), at);
	if (finding_is_problem(p->findings, "dmarc.two-records"))
		step_advice(p, _("Until now receivers used none of the records. "
		    "The one that asks for least is kept; raise p= when the "
		    "reports show that all of your mail passes."));
	if (finding_is_problem(p->findings, "dmarc.misplaced"))
		step_advice(p, _("Then delete the record that stands at the "
		    "wrong name."));
	proof_lay(p);
	after = dmarc_lookup(p->arena, p->facts, domain);
	p->step->proven = after->state == DMARC_OK;
	for (size_t i = 0; i < planning_senders(p); i++) {
		const struct authentication *a = &p->findings->authentication[i];
		bool passes = p->step->proven && p->sender != NULL &&
		    proof_spf(p, a->ip, p->sender)->result == SPF_PASS &&
		    dmarc_aligned(p->arena, p->facts, domain,
			text_address_domain(p->sender), after->strict_spf);

		step_proof(p, "dmarc", a->ip, p->sender, a->dmarc,
		    passes ? "pass" : "fail");
	}
	proof_unlay(p);
	return true;
}

/* The addresses of LIST (a rua= value) that are not of DOMAIN, or MINE when
 * none is left. */
static const char *
without_domain(struct planning *p, const char *list, const char *domain,
    const char *mine)
{
	const char *left = NULL;

	while (*list != '\0') {
		size_t n = strcspn(list, ",");
		const char *uri = arena_strndup(p->arena, list, n);
		const char *at = text_address_domain(uri);

		if (at == NULL || !text_same_n(at, domain, strlen(domain)))
			left = left == NULL ? uri : arena_printf(p->arena,
			    "%s,%s", left, uri);
		list += n + (list[n] == ',');
	}
	return left != NULL ? left : mine;
}

/* A mailbox provider never says for its customers that it takes reports. */
bool
make_dmarc_report(struct planning *p)
{
	const struct finding *f = finding_find(p->findings,
	    "dmarc.report-refused");
	const struct dmarc_record *now;
	const char *mended, *rua, *domain = p->target;

	if (domain == NULL || f == NULL || f->subject == NULL ||
	    !known_mailbox_domain(f->subject))
		return true;
	now = dmarc_lookup(p->arena, p->facts, domain);
	if (now->state != DMARC_OK || now->text == NULL)
		return true;
	mended = dmarc_rewrite(p->arena, now->text, strlen(now->text),
	    (const struct dmarc_tag_value[]){ { NULL, NULL } });
	rua = strstr(mended, "; rua=");
	if (rua == NULL)
		return true;
	rua = arena_strndup(p->arena, rua + 6, strcspn(rua + 6, ";"));
	p->step->title = arena_printf(p->arena, _("Have the DMARC reports sent "
	    "to an address of %s"), now->domain);
	publish(p, now->domain, dmarc_rewrite(p->arena, mended, strlen(mended),
	    (const struct dmarc_tag_value[]){ { "rua", without_domain(p, rua,
		f->subject, arena_printf(p->arena, "mailto:postmaster@%s",
		now->domain)) }, { NULL, NULL } }));
	return true;
}

/* ---- the way to p=reject ---- */

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
	publish(p, domain, stage_record(p, stage, record, &now));
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
