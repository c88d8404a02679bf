/* SPDX-License-Identifier: ISC
 * Judging what is not published yet. */
#include "config.h"

#include "engine/remedy/proof.h"

#include <string.h>

#include "engine/base/text.h"

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

	for (size_t i = 0; i < planning_senders(p); i++) {
		const char *ip = planning_sender_ip(p, i);
		const struct spf_judgement *before =
		    proof_now(p, ip, before_sender);
		const struct spf_judgement *after;

		proof_lay(p);
		after = proof_spf(p, ip, after_sender);
		proof_unlay(p);
		step_proof(p, "spf", ip, after_sender,
		    spf_result_name(before->result),
		    spf_result_name(after->result));
		proven = proven && after->result == SPF_PASS;
	}
	p->step->proven = proven;
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
