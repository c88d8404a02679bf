/* SPDX-License-Identifier: ISC
 * Proof before publishing: proposed records laid over the cache and judged by
 * the same code as published ones. */
#ifndef WB_PROOF_H
#define WB_PROOF_H

#include "engine/remedy/planning.h"

/* Lay the DNS changes of the steps so far, and those of the step in hand, over
 * the cache; proof_unlay() takes them off again. */
void proof_lay(struct planning *p);
void proof_unlay(struct planning *p);

/* SPF for IP and SENDER as things are, nothing laid over them: judged once a
 * plan. */
const struct spf_judgement *proof_now(struct planning *p, const char *ip,
    const char *sender);

/* SPF for IP and SENDER on what is laid now. */
const struct spf_judgement *proof_spf(struct planning *p, const char *ip,
    const char *sender);

/* SPF for every sending address, before and after the step in hand, as its
 * proofs. BEFORE_SENDER is today's envelope sender, AFTER_SENDER the one it
 * will be. Sets step->proven; one who does not pass blocks the step. */
void proof_senders(struct planning *p, const char *before_sender,
    const char *after_sender);

/* For each term that SAMPLES stand for, what its senders got and will get from
 * SENDER: the worst of them is the proof. One who passes now and does not then
 * undoes step->proven and blocks the step. */
struct spf_samples;
void proof_kept(struct planning *p, const struct spf_samples *samples,
    const char *sender);

/* What SPF would give if the only SPF record of DOMAIN were RECORD. */
const struct spf_judgement *proof_record(struct planning *p,
    const char *domain, const char *record, const char *ip);

#endif
