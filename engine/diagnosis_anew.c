/* SPDX-License-Identifier: ISC
 * Looking again at what was diagnosed: because time has passed, because the
 * user said something, because something was changed or is to be taken as
 * changed. */
#include "config.h"

#include "engine/diagnosis_parts.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/checks/known_senders.h"

void
diagnosis_again(struct diagnosis *d, bool all)
{
	if (all && d->source.fetch != NULL)
		for (size_t i = 0; i < facts_count(d->source.facts); i++) {
			const struct fact *fact = facts_at(d->source.facts, i);

			if (fact->type != 0)
				facts_forget_fact(d->source.facts, fact);
		}
	else
		facts_retry_failed(d->source.facts);
	postfix_asks_retry(d->source.postfix);
	diagnosis_start(d);
}

bool
diagnosis_tell(struct diagnosis *d, const char *who, struct str *err)
{
	const char *ip = ip_canonical(d->arena, who);
	const char *include = known_sender_include(d->arena, who);

	if (ip != NULL && ip_is_private(ip)) {
		str_addf(err, _("%s is a private address; receivers see the "
		    "public one in front of it."), ip);
		return false;
	}
	if (ip == NULL && include == NULL) {
		str_addf(err, _("%s is no address and no service that is known "
		    "here; type its SPF include."),
		    text_safe(d->arena, who));
		return false;
	}
	source_answer(&d->source, d->arena, ip != NULL ? "sends" : "include",
	    ip != NULL ? ip : include);
	if (d->started)
		diagnosis_start(d);
	return true;
}

/* The selector that a signer on this host uses; NULL: none, or its successor is
 * ready already. */
static const char *
signing_selector(const struct diagnosis *d)
{
	const struct host *host = d->source.host;
	const struct dkim_judgement *key = d->findings == NULL ||
	    d->findings->n_authentication == 0 ? NULL :
	    d->findings->authentication[0].dkim;

	if (key == NULL || finding_is_problem(d->findings, "dkim.key-ready"))
		return NULL;
	for (size_t i = 0; i < host->n_signers; i++)
		if (text_same(host->signers[i].selector, key->selector) &&
		    text_same(host->signers[i].domain, key->domain))
			return host->signers[i].selector;
	return NULL;
}

bool
diagnosis_can_renew_key(const struct diagnosis *d)
{
	return signing_selector(d) != NULL &&
	    finding_find(d->findings, "dkim.key-wanted") == NULL;
}

void
diagnosis_renew_key(struct diagnosis *d)
{
	const char *selector = signing_selector(d);

	if (selector == NULL)
		return;
	source_answer(&d->source, d->arena, "new-key",
	    arena_strdup(d->arena, selector));
	if (d->started)
		diagnosis_start(d);
}

void
diagnosis_refresh(struct diagnosis *d, const struct change *changes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (changes[i].kind == CHANGE_DNS)
			facts_forget(d->source.facts, changes[i].name,
			    changes[i].type);
	source_refresh(&d->source, d->arena, &d->options);
	diagnosis_again(d, false);
}

static void
assume(struct diagnosis *d, const struct change *change)
{
	struct fact_value *values;
	size_t n = 0;

	while (change->after != NULL && change->after[n] != NULL)
		n++;
	values = arena_array(d->arena, n + 1, sizeof *values);
	for (size_t i = 0; i < n; i++) {
		values[i].text = change->after[i];
		values[i].len = strlen(change->after[i]);
	}
	facts_store(d->source.facts, change->name, change->type,
	    n != 0 ? FACT_OK : FACT_NODATA, values, n, 0, "what-if", -1, NULL,
	    NULL);
}

void
diagnosis_assume(struct diagnosis *d, const struct change *changes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (changes[i].kind == CHANGE_DNS)
			assume(d, &changes[i]);
	diagnosis_start(d);
}
