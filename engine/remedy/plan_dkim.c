/* SPDX-License-Identifier: ISC
 * The steps about DKIM records: the right one, proven by a signed message. */
#include "config.h"

#include <string.h>

#include "engine/auth/dkim_key.h"
#include "engine/auth/dkim_record.h"
#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/remedy/planning.h"
#include "engine/remedy/proof.h"

/* Whoever the From line names when the key's domain signs. */
static const char *
proof_sender(const struct planning *p, const struct dkim_judgement *key)
{
	return p->sender != NULL ? p->sender :
	    arena_printf(p->arena, "postmaster@%s", key->domain);
}

/* The private key that signs with KEY's selector, when it could be read. */
static const struct host_signer *
signer_of(const struct planning *p, const struct dkim_judgement *key)
{
	for (size_t i = 0; i < p->in->host->n_signers; i++)
		if (text_same(p->in->host->signers[i].selector, key->selector) &&
		    p->in->host->signers[i].key != NULL)
			return &p->in->host->signers[i];
	return NULL;
}

/* The record comes from the private key, which cannot be wrong; without it,
 * from what is published, when only its surroundings are faulty. */
static const char *
wanted_key(struct planning *p, const struct dkim_judgement *key)
{
	const struct host_signer *signer = signer_of(p, key);
	const struct fact *elsewhere;
	const char *record = NULL;

	if (signer != NULL)
		record = dkim_record_for(p->arena, signer->key, signer->key_len);
	if (record == NULL)
		record = dkim_mended(p->arena, p->facts, key);
	if (record != NULL || key->result != DKIM_KEY_MISSING)
		return record;
	elsewhere = dkim_misplaced(p->arena, p->facts, key);
	return elsewhere == NULL ? NULL : elsewhere->values[0].text;
}

/* What a message signed with the private key gets with the record that is in
 * force now: "none" where there is no key, else "pass", "fail", "unknown". */
static const char *
proven_result(struct planning *p, const struct dkim_judgement *key,
    const char *pem, size_t pem_len)
{
	const char *reason;

	switch (dkim_key_prove(p->arena, p->facts, key->selector, key->domain,
	    proof_sender(p, key), pem, pem_len, &reason)) {
	case DKIM_SIGNATURE_VALID:
		return "pass";
	case DKIM_SIGNATURE_UNKNOWN:
		return "unknown";
	case DKIM_SIGNATURE_NO_KEY:
		return "none";
	case DKIM_SIGNATURE_BODY:
	case DKIM_SIGNATURE_HEADER:
	case DKIM_SIGNATURE_BAD_KEY:
	case DKIM_SIGNATURE_EXPIRED:
	case DKIM_SIGNATURE_FAULTY:
		break;
	}
	return "fail";
}

/* A signed message, verified with the record before and after; without the
 * private key, only the record itself is judged. */
static void
prove_record(struct planning *p, const struct dkim_judgement *key,
    const char *pem, size_t pem_len)
{
	const struct dkim_judgement *after;
	const char *was, *is;

	was = key->test_mode && key->result == DKIM_KEY_OK ? "test mode" :
	    pem != NULL ? proven_result(p, key, pem, pem_len) :
	    dkim_result_name(key->result);
	proof_lay(p);
	after = dkim_judge(p->arena, p->facts, key->selector, key->domain,
	    pem, pem_len);
	p->step->proven = after->result == DKIM_KEY_OK;
	is = dkim_result_name(after->result);
	if (pem != NULL && p->step->proven) {
		is = proven_result(p, key, pem, pem_len);
		p->step->proven = strcmp(is, "pass") == 0;
	}
	proof_unlay(p);
	step_proof(p, "dkim", planning_sender_ip(p, 0), p->sender, was, is);
}

bool
make_dkim_record(struct planning *p)
{
	const struct dkim_judgement *key = planning_senders(p) != 0 ?
	    p->findings->authentication[0].dkim : NULL;
	const struct host_signer *signer;
	const char *record;

	if (key == NULL)
		return false;
	signer = signer_of(p, key);
	record = wanted_key(p, key);
	if (record == NULL) {
		step_advice(p, _("Publish the record exactly as your signer's "
		    ".txt file says: all quoted parts joined without blanks or "
		    "quotation marks, as one record."));
		return true;
	}
	step_dns(p, key->name, DNS_TXT, (const char *const[]){ record, NULL });
	if (p->step->n_changes == 0)
		return false;
	prove_record(p, key, signer != NULL ? signer->key : NULL,
	    signer != NULL ? signer->key_len : 0);
	if (signer == NULL)
		step_advice(p, _("The private key could not be read here, so it "
		    "was not proven that it belongs to this record."));
	return true;
}

bool
planning_prove_key(struct planning *p, const struct dkim_judgement *key,
    const char *pem, size_t pem_len)
{
	const char *record = dkim_record_for(p->arena, pem, pem_len);

	if (record == NULL)
		return false;
	step_dns(p, key->name, DNS_TXT, (const char *const[]){ record, NULL });
	if (p->step->n_changes == 0)
		return false;
	prove_record(p, key, pem, pem_len);
	return true;
}

void
planning_prove_signer(struct planning *p, const struct dkim_judgement *key,
    const char *pem, size_t pem_len)
{
	const char *result = proven_result(p, key, pem, pem_len);

	step_proof(p, "dkim", planning_sender_ip(p, 0), p->sender, "pass",
	    result);
	p->step->proven = strcmp(result, "pass") == 0;
}

/* Where nothing signs at all, that is the step. */
bool
make_dkim_unsigned(struct planning *p)
{
	return !finding_is_problem(p->findings, "dkim.no-signer");
}
