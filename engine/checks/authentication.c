/* SPDX-License-Identifier: ISC
 * SPF, DKIM and DMARC for every sending address that is known; the tuple that
 * the receiver judged comes first. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/text.h"
#include "engine/checks/checking.h"

/* One row for each address that receivers see. */
static void
collect_senders(struct checking *c)
{
	const struct identity *id = &c->out->identity;
	struct findings *f = c->out;

	f->authentication = arena_array(c->arena, id->n_senders + 1,
	    sizeof *f->authentication);
	f->n_authentication = id->n_senders;
	for (size_t i = 0; i < id->n_senders; i++)
		f->authentication[i].ip = id->senders[i];
}

/* RFC 9989 4.4: DMARC passes when SPF or DKIM passes for a domain aligned
 * with the From domain. Whether the message was signed cannot be seen from
 * here, so a known selector leaves the question open. */
static const char *
dmarc_result(struct checking *c, const struct authentication *a,
    const struct dmarc_record *record)
{
	const struct identity *id = &c->out->identity;
	const char *from = id->from_domain != NULL ? id->from_domain :
	    id->envelope_domain;

	if (record->state == DMARC_UNKNOWN || a->spf->incomplete)
		return "unknown";
	if (record->state != DMARC_OK)
		return "none";
	if (a->spf->result == SPF_PASS && id->envelope_domain != NULL &&
	    dmarc_aligned(c->arena, c->in->facts, from, id->envelope_domain,
		record->strict_spf))
		return "pass";
	if (a->dkim == NULL)
		return dkim_is_unsigned(c) ? "fail" : "unknown";
	return a->dkim->result == DKIM_KEY_OK ||
	    a->dkim->result == DKIM_KEY_UNKNOWN ||
	    a->dkim->result == DKIM_KEY_NO_PRIVATE ? "unknown" : "fail";
}

/* "*" stands for each sender's own domain (host.h). */
static bool
signs_for(const struct host_signer *signer, const char *domain)
{
	return signer->domain != NULL && (text_same(signer->domain, domain) ||
	    strcmp(signer->domain, "*") == 0);
}

/* The one that signs mail of DOMAIN: with its own name, or with that of a
 * domain above it, which OpenDKIM's tables may choose and rspamd does. */
static const struct host_signer *
signer_for(const struct checking *c, const char *domain)
{
	const struct host *host = c->in->host;

	for (size_t i = 0; i < host->n_signers; i++)
		if (signs_for(&host->signers[i], domain))
			return &host->signers[i];
	for (size_t i = 0; i < host->n_signers; i++)
		if (host->signers[i].domain != NULL &&
		    text_domain_below(domain, host->signers[i].domain) &&
		    !signer_leaves_out(c, domain))
			return &host->signers[i];
	return NULL;
}

const struct host_signer *
signer_in_use(const struct checking *c)
{
	const char *domain = c->out->identity.own_domain;

	return domain != NULL ? signer_for(c, domain) : NULL;
}

static const struct dkim_judgement *
judge_key(struct checking *c)
{
	const struct identity *id = &c->out->identity;
	const struct bounce *b = c->in->bounce;
	const char *domain = id->own_domain;
	const char *selector = c->in->selector;
	const struct host_signer *signer = NULL;

	if (selector == NULL && b != NULL && b->dkim_selector != NULL) {
		selector = b->dkim_selector;
		domain = b->dkim_domain != NULL ? b->dkim_domain : domain;
	}
	if (selector == NULL && domain != NULL) {
		signer = signer_for(c, domain);
		selector = signer != NULL ? signer->selector : NULL;
		if (signer != NULL && !signs_for(signer, domain))
			domain = signer->domain;
	}
	if (selector == NULL || domain == NULL)
		return NULL;
	for (size_t i = 0; signer == NULL && i < c->in->host->n_signers; i++)
		if (signs_for(&c->in->host->signers[i], domain) &&
		    text_same(c->in->host->signers[i].selector, selector))
			signer = &c->in->host->signers[i];
	return dkim_judge(c->arena, c->in->facts, selector, domain,
	    signer != NULL ? signer->key : NULL,
	    signer != NULL ? signer->key_len : 0);
}

void
authentication_judge(struct checking *c)
{
	const struct identity *id = &c->out->identity;
	const char *domain = id->from_domain != NULL ? id->from_domain :
	    id->org_domain;
	const struct dkim_judgement *key = judge_key(c);
	const struct dmarc_record *record;

	if (id->envelope_domain == NULL || domain == NULL)
		return;
	record = dmarc_lookup(c->arena, c->in->facts, domain);
	collect_senders(c);
	for (size_t i = 0; i < c->out->n_authentication; i++) {
		struct authentication *a = &c->out->authentication[i];
		const char *of_sender = id->sender != NULL ?
		    text_address_domain(id->sender) : NULL;

		/* the receiver's word for the domain counts before ours */
		a->sender = of_sender != NULL &&
		    text_same(of_sender, id->envelope_domain) ? id->sender :
		    arena_printf(c->arena, "postmaster@%s", id->envelope_domain);
		a->server = checking_server(c, a->ip);
		a->helo = a->server != NULL ? a->server->helo : id->helo;
		a->spf = spf_judge(c->arena, c->in->facts,
		    &(struct spf_request){
			.ip = a->ip, .sender = a->sender, .helo = a->helo });
		a->dkim = key;
		a->dmarc = dmarc_result(c, a, record);
	}
}
