/* SPDX-License-Identifier: ISC
 * Knows how the key of a selector is judged: our reading of the record first,
 * since it can say what is wrong, then libopendkim's. */
#include "config.h"

#include "engine/auth/dkim.h"

#include <string.h>

#include "engine/auth/dkim_key.h"
#include "engine/auth/dkim_library.h"
#include "engine/auth/dkim_record.h"
#include "engine/auth/missing.h"
#include "engine/base/i18n.h"
#include "engine/base/text.h"

/* libopendkim 2.11 silently cuts longer records */
#define OPENDKIM_RECORD_MAX 1024

const char *
dkim_result_name(enum dkim_result result)
{
	static const char *const names[] = {
		[DKIM_KEY_UNKNOWN] = "unknown",
		[DKIM_KEY_OK] = "ok",
		[DKIM_KEY_MISSING] = "missing",
		[DKIM_KEY_REVOKED] = "revoked",
		[DKIM_KEY_FAULTY] = "faulty",
		[DKIM_KEY_CUT] = "cut",
		[DKIM_KEY_SEVERAL] = "several",
		[DKIM_KEY_MISMATCH] = "mismatch",
		[DKIM_KEY_NO_PRIVATE] = "no-private-key"
	};

	return names[result];
}

/* ---- the judgement ---- */

/* A fine key may still have something that is worth knowing. */
static const char *
fine(struct arena *arena, const struct dkim_judgement *out,
    const struct dkim_record *record, bool compared)
{
	const char *name = out->name;

	if (out->sha1_only)
		return arena_printf(arena,
		    _("The key at %s allows only SHA-1 (h=), which receivers "
		      "must not accept any more."), name);
	if (out->test_mode)
		return arena_printf(arena,
		    _("The key at %s is fine but marked as a test (t=y), so "
		      "receivers may treat the mail as not signed."), name);
	if (record->version_late)
		return arena_printf(arena,
		    _("The key at %s is fine, but \"v=DKIM1\" must be the "
		      "first tag of its record."), name);
	if (compared)
		return arena_printf(arena,
		    _("The key at %s is fine and belongs to the private key of "
		      "this server."), name);
	return arena_printf(arena, _("The key at %s is fine."), name);
}

static void
judge_private(struct arena *arena, struct dkim_judgement *out,
    enum dkim_match match, const char *pem, size_t pem_len)
{
	if (match == DKIM_MATCH_NO_PRIVATE) {
		out->result = DKIM_KEY_NO_PRIVATE;
		out->reason = arena_printf(arena,
		    _("The private key of this server cannot be used: %s."),
		    dkim_key_fault(arena, pem, pem_len));
	} else if (match == DKIM_MATCH_NO) {
		out->result = DKIM_KEY_MISMATCH;
		out->reason = arena_printf(arena,
		    _("The key at %s does not belong to the private key that "
		      "signs on this server."), out->name);
	}
}

/* The record is fine by our reading: is it by libopendkim's, and does it
 * belong to PEM? */
static void
judge_key(struct arena *arena, struct dkim_judgement *out,
    const struct fact *fact, const struct dkim_record *record,
    const char *selector, const char *domain, const char *pem, size_t pem_len)
{
	enum dkim_match match = DKIM_MATCH_YES;
	const char *why = NULL;
	/* libopendkim 2.11 cannot compare ed25519 keys, and leaks a key that
	 * does not suit: it only confirms what libcrypto says */
	bool rsa = strcmp(record->type, "rsa") == 0;
	int verdict = 0;

	if (pem != NULL)
		match = dkim_record_match(record, pem, pem_len);
	if (fact->values[0].len < OPENDKIM_RECORD_MAX)
		verdict = dkim_library_test(arena, fact, selector, domain,
		    rsa && match == DKIM_MATCH_YES ? pem : NULL,
		    pem_len, &why);
	if (verdict == 1)
		match = DKIM_MATCH_NO;
	if (verdict < 0) {
		out->result = DKIM_KEY_FAULTY;
		out->reason = arena_printf(arena,
		    _("The key at %s cannot be used: %s."), out->name, why);
		return;
	}
	out->result = DKIM_KEY_OK;
	out->reason = fine(arena, out, record, pem != NULL);
	judge_private(arena, out, match, pem, pem_len);
}

static void
judge_record(struct arena *arena, struct dkim_judgement *out,
    const struct fact *fact, const char *selector, const char *domain,
    const char *pem, size_t pem_len)
{
	struct dkim_record record;

	dkim_record_read(arena, fact->values[0].text, fact->values[0].len,
	    &record);
	out->type = record.type;
	out->bits = record.bits;
	out->test_mode = record.test_mode;
	out->sha1_only = record.sha1_only;
	out->result = record.result;
	if (record.result == DKIM_KEY_OK)
		judge_key(arena, out, fact, &record, selector, domain, pem,
		    pem_len);
	else if (record.result == DKIM_KEY_REVOKED)
		out->reason = arena_printf(arena,
		    _("The key at %s is revoked: p= is empty."), out->name);
	else
		out->reason = arena_printf(arena,
		    _("The key at %s cannot be used: %s."), out->name,
		    record.fault);
}

static void
judge_missing(struct arena *arena, struct dkim_judgement *out,
    const struct fact *fact)
{
	out->result = DKIM_KEY_MISSING;
	if (fact->alias != NULL && strcmp(fact->alias, fact->name) != 0)
		out->reason = arena_printf(arena,
		    _("%s is an alias (CNAME) of %s, and there is no key."),
		    out->name, fact->alias);
	else
		out->reason = arena_printf(arena,
		    _("There is no DKIM key at %s."), out->name);
}

static void
judge_several(struct arena *arena, struct dkim_judgement *out,
    const struct fact *fact)
{
	struct dkim_record record;

	out->result = DKIM_KEY_SEVERAL;
	if (dkim_record_pieces(arena, fact, &record))
		out->reason = arena_printf(arena,
		    _("The key at %s was published in two pieces, each a record "
		      "of its own; it must be one record that consists of two "
		      "strings."), out->name);
	else
		out->reason = arena_printf(arena,
		    _("There are %zu TXT records at %s instead of one; a long "
		      "key is one record that consists of several strings."),
		    fact->n_values, out->name);
}

const struct dkim_judgement *
dkim_judge(struct arena *arena, struct facts *facts, const char *selector,
    const char *domain, const char *pem, size_t pem_len)
{
	struct dkim_judgement *out = arena_alloc(arena, sizeof *out);
	const char *name =
		arena_printf(arena, "%s._domainkey.%s", selector, domain);
	const struct fact *fact = facts_dns(facts, name, DNS_TXT);

	out->selector = selector;
	out->domain = domain;
	out->name = fact->name;
	out->fact = fact->key;
	if (fact_missing(facts, fact)) {
		out->incomplete = true;
		out->reason = fact_not_yet(arena, fact);
	} else if (!fact_known(fact)) {
		out->reason = fact_failure(arena, fact);
	} else if (fact_empty(fact) || fact->n_values == 0) {
		judge_missing(arena, out, fact);
	} else if (fact->n_values > 1) {
		judge_several(arena, out, fact);
	} else {
		judge_record(arena, out, fact, selector, domain, pem, pem_len);
	}
	return out;
}

const char *
dkim_mended(struct arena *arena, struct facts *facts,
    const struct dkim_judgement *judgement)
{
	const struct fact *fact = facts_dns(facts, judgement->name, DNS_TXT);
	struct dkim_record record;

	if (fact->status != FACT_OK || fact->n_values == 0 ||
	    judgement->result == DKIM_KEY_MISMATCH)
		return NULL;
	if (judgement->result == DKIM_KEY_SEVERAL)
		return dkim_record_pieces(arena, fact, &record) ?
		    dkim_record_write(arena, &record) : NULL;
	return dkim_record_mend(arena, fact->values[0].text,
	    fact->values[0].len, &record) ?
	    dkim_record_write(arena, &record) : NULL;
}

const struct fact *
dkim_misplaced(struct arena *arena, struct facts *facts,
    const struct dkim_judgement *judgement)
{
	const struct fact *fact = facts_dns(facts, arena_printf(arena, "%s.%s",
	    judgement->name, judgement->domain), DNS_TXT);
	struct dkim_record record;

	if (fact->status != FACT_OK || fact->n_values == 0)
		return NULL;
	dkim_record_read(arena, fact->values[0].text, fact->values[0].len,
	    &record);
	return record.key != NULL || record.result == DKIM_KEY_OK ? fact : NULL;
}
