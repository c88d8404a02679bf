/* SPDX-License-Identifier: ISC
 * Judging what is not published yet. */
#include "config.h"

#include "engine/remedy/proof.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/remedy/spf_sample.h"

static size_t
length(const char *const *list)
{
	size_t n = 0;

	while (list[n] != NULL)
		n++;
	return n;
}

static void
lay(struct planning *p, const struct change *change)
{
	if (change->kind == CHANGE_DNS)
		facts_overlay_set(p->facts, change->name, change->type,
		    change->after, length(change->after));
}

void
proof_lay(struct planning *p)
{
	facts_overlay_begin(p->facts);
	for (size_t i = 0; i < p->n_laid; i++)
		lay(p, p->laid[i]);
	for (size_t i = 0; i < p->step->n_changes; i++)
		lay(p, &p->step->changes[i]);
}

void
proof_unlay(struct planning *p)
{
	facts_overlay_end(p->facts);
}

const struct spf_judgement *
proof_spf(struct planning *p, const char *ip, const char *sender)
{
	return spf_judge(p->arena, p->facts, &(struct spf_request){
		.ip = ip, .sender = sender, .helo = p->id->helo });
}

const struct spf_judgement *
proof_now(struct planning *p, const char *ip, const char *sender)
{
	const struct spf_judgement *spf = NULL;

	for (size_t i = 0; i < p->findings->n_authentication; i++) {
		const struct authentication *a = &p->findings->authentication[i];

		if (text_same(a->ip, ip) && text_same(a->sender, sender))
			return a->spf;
	}
	for (size_t i = 0; i < p->n_judged; i++)
		if (text_same(p->judged[i].ip, ip) &&
		    text_same(p->judged[i].sender, sender))
			return p->judged[i].spf;
	spf = proof_spf(p, ip, sender);
	p->judged = arena_grow(p->arena, p->judged, p->n_judged,
	    sizeof *p->judged);
	p->judged[p->n_judged++] = (struct judged){ ip, sender, spf };
	return spf;
}

void
proof_senders(struct planning *p, const char *before_sender,
    const char *after_sender)
{
	bool proven = planning_senders(p) != 0;

	for (size_t i = 0; i < planning_senders(p); i++)
		proof_now(p, planning_sender_ip(p, i), before_sender);
	proof_lay(p);
	for (size_t i = 0; i < planning_senders(p); i++) {
		const char *ip = planning_sender_ip(p, i);
		const struct spf_judgement *after =
		    proof_spf(p, ip, after_sender);
		const char *name = spf_result_name(after->result);

		step_proof(p, "spf", ip, after_sender, spf_result_name(
		    proof_now(p, ip, before_sender)->result), name);
		if (after->result == SPF_PASS)
			continue;
		proven = false;
		step_block(p, arena_printf(p->arena,
		    _("%s would not pass yet: SPF gives %s."), ip, name));
	}
	proof_unlay(p);
	p->step->proven = proven;
}

static bool
has_row(const struct step *step, const char *ip)
{
	for (size_t i = 0; i < step->n_proofs; i++)
		if (text_same(step->proofs[i].ip, ip))
			return true;
	return false;
}

/* One row for the samples FROM to END, which stand for one term. */
static void
prove_term(struct planning *p, const struct spf_sample *list, size_t n,
    const char *sender)
{
	enum spf_result before = SPF_UNKNOWN, after = SPF_UNKNOWN;
	const char *ip = NULL;

	for (size_t i = 0; i < n; i++) {
		enum spf_result was = proof_now(p, list[i].ip, sender)->result;
		enum spf_result is = proof_spf(p, list[i].ip, sender)->result;
		bool lost = was == SPF_PASS && is != SPF_PASS;

		if (ip != NULL && !lost)
			continue;
		ip = list[i].ip;
		before = was;
		after = is;
		if (!lost)
			continue;
		p->step->proven = false;
		step_block(p, arena_printf(p->arena,
		    _("%s would be lost: it passes now and gets %s then."), ip,
		    spf_result_name(is)));
		break;
	}
	if (has_row(p->step, ip))
		return;
	step_proof(p, "spf", ip, sender, spf_result_name(before),
	    spf_result_name(after));
	p->step->proofs[p->step->n_proofs - 1].term = list[0].term;
}

void
proof_kept(struct planning *p, const struct spf_samples *samples,
    const char *sender)
{
	size_t n;

	/* another pass comes, and this costs most of it */
	if (facts_wanted(p->facts) != 0)
		return;
	for (size_t i = 0; i < samples->n; i++)
		proof_now(p, samples->list[i].ip, sender);
	proof_lay(p);
	for (size_t i = 0; i < samples->n; i += n) {
		for (n = 1; i + n < samples->n && strcmp(samples->list[i].term,
		    samples->list[i + n].term) == 0; n++)
			;
		prove_term(p, &samples->list[i], n, sender);
	}
	proof_unlay(p);
	p->step->proven = p->step->proven && p->step->blocked == NULL;
}

const struct spf_judgement *
proof_record(struct planning *p, const char *domain, const char *record,
    const char *ip)
{
	const struct spf_judgement *judgement;

	facts_overlay_begin(p->facts);
	facts_overlay_set(p->facts, domain, DNS_TXT, &record, 1);
	judgement = proof_spf(p, ip,
	    arena_printf(p->arena, "postmaster@%s", domain));
	facts_overlay_end(p->facts);
	return judgement;
}
