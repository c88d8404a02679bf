/* SPDX-License-Identifier: ISC
 * Which key a domain is to sign with: how long, under which selector, and the
 * commands for who makes it by hand. */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/remedy/card.h"
#include "engine/remedy/signing.h"
#include "engine/world/dns_text.h"

#define SELECTORS_TRIED 25

/* A key of 2048 bits makes a record of about 410 octets. */
static bool
long_key_fits(const struct planning *p)
{
	const struct recording *r = p->in->recording;
	size_t limit = card_txt_limit(p, p->target);

	for (size_t i = 0; i < r->n_answers; i++)
		if (text_same(r->answers[i].name, "txt-limit"))
			return false;
	return (limit == 0 || limit > DNS_STRING_OCTETS) &&
	    (p->in->host->txt_limit == 0 ||
	    p->in->host->txt_limit > DNS_STRING_OCTETS);
}

enum dkim_pair
signing_pair(const struct planning *p)
{
	return long_key_fits(p) ? DKIM_PAIR_RSA2048 : DKIM_PAIR_RSA1024;
}

void
signing_say_short(struct planning *p)
{
	if (!long_key_fits(p))
		step_advice(p, _("Your DNS panel cuts TXT records at 255 "
		    "characters, so the key has 1024 bits: its record of about "
		    "240 characters fits."));
}

static bool
is_here(const struct planning *p, const char *selector, const char *domain)
{
	const struct host *host = p->in->host;
	const char *name = arena_printf(p->arena, "%s._domainkey.%s", selector,
	    domain);

	for (size_t i = 0; i < host->n_signers; i++)
		if (text_same(host->signers[i].selector, selector))
			return true;
	for (size_t i = 0; i < host->n_spares; i++)
		if (text_same(host->spares[i].selector, selector))
			return true;
	for (size_t i = 0; host->opendkim != NULL &&
	    i < host->opendkim->keys.n; i++)
		if (text_same(host->opendkim->keys.rows[i].key, name))
			return true;
	return false;
}

/* Also when it is revoked: receivers may still have that answer. The SPF record
 * of a wildcard is no key (RFC 4592). */
static bool
is_published(const struct planning *p, const char *selector,
    const char *domain)
{
	const struct fact *fact = facts_dns(p->facts, arena_printf(p->arena,
	    "%s._domainkey.%s", selector, domain), DNS_TXT);

	for (size_t i = 0; fact->status == FACT_OK && i < fact->n_values; i++)
		if (!spf_is_record(fact->values[i].text, fact->values[i].len))
			return true;
	return false;
}

const char *
signing_new_selector(const struct planning *p, const char *domain)
{
	const char *month = p->in->host->month;
	const char *first = month == NULL ? "s1" :
	    arena_printf(p->arena, "s%s", month), *selector = first;

	for (int i = 0; i < SELECTORS_TRIED && (is_here(p, selector, domain) ||
	    is_published(p, selector, domain)); i++)
		selector = month == NULL ? arena_printf(p->arena, "s%d", i + 2) :
		    arena_printf(p->arena, "%s%c", first, 'b' + i);
	return selector;
}

bool
signing_is_plain(const char *domain)
{
	return domain[0] != '.' && domain[0] != '-' &&
	    domain[strspn(domain, "abcdefghijklmnopqrstuvwxyz0123456789-._")] ==
	    '\0' && strstr(domain, "..") == NULL;
}

void
signing_by_hand(struct planning *p, const char *domain, const char *selector)
{
	if (!long_key_fits(p)) {
		step_command(p, "opendkim-genkey -b 1024 -d %s -s %s", domain,
		    selector);
		step_advice(p, _("Your DNS panel cuts TXT records at 255 "
		    "characters. A key of 1024 bits (about 240 characters) fits; "
		    "one of 2048 bits (about 410) does not."));
	} else {
		step_command(p, "opendkim-genkey -b 2048 -d %s -s %s", domain,
		    selector);
		step_advice(p, _("The record of a 2048-bit key has about 410 "
		    "characters. If your DNS panel cuts at 255, take -b 1024: "
		    "that record has about 240 and fits."));
	}
	p->step->verify = arena_printf(p->arena,
	    "opendkim-testkey -d %s -s %s -vvv", domain, selector);
}

const struct host_signer *
signing_signer(const struct planning *p)
{
	const struct dkim_judgement *key = planning_senders(p) != 0 ?
	    p->findings->authentication[0].dkim : NULL;
	const struct host *host = p->in->host;

	for (size_t i = 0; key != NULL && i < host->n_signers; i++)
		if (text_same(host->signers[i].selector, key->selector) &&
		    text_same(host->signers[i].domain, key->domain))
			return &host->signers[i];
	return NULL;
}
