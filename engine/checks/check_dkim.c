/* SPDX-License-Identifier: ISC
 * DKIM findings: is a signer known, and is its key published right? */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/fill.h"
#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/checks/checking.h"
#include "engine/checks/rotation.h"

#define DKIM_CLASSES "dkim unauth dmarc alignment"
#define KEY_BITS_MIN 1024        /* RFC 8301 3.2 */
#define KEY_BITS_GOOD 2048       /* RFC 8301 3.2: should */
#define KEYS_MAX 16

static const struct {
	const char *id;
	const char *title;   /* {subject}: the record's name */
} faults[] = {
	[DKIM_KEY_MISSING] = { "dkim.no-record", N_("There is no key at {subject}") },
	[DKIM_KEY_REVOKED] = { "dkim.revoked", N_("The key at {subject} is revoked") },
	[DKIM_KEY_FAULTY] = { "dkim.syntax",
	    N_("The key record at {subject} cannot be read") },
	[DKIM_KEY_CUT] = { "dkim.record-cut",
	    N_("The key at {subject} was cut off when it was published") },
	[DKIM_KEY_SEVERAL] = { "dkim.several-records",
	    N_("There is more than one key record at {subject}") },
	[DKIM_KEY_MISMATCH] = { "dkim.key-mismatch",
	    N_("The key at {subject} does not belong to the private key here") },
};

bool
signer_is_amavis(const char *filter)
{
	return strstr(filter, "amavis") != NULL ||
	    text_ends(filter, ":10024");
}

/* A milter or filter that mail passes may sign it (a gateway, amavis), though
 * no settings of OpenDKIM or rspamd are here. */
static const char *
possible_signer(const struct checking *c)
{
	static const char *const parameters[] = {
		"smtpd_milters", "non_smtpd_milters", "content_filter",
	};

	for (size_t i = 0; i < sizeof parameters / sizeof parameters[0]; i++) {
		const char *value = postfix_get(c->in->postfix, parameters[i]);

		/* its settings say what it signs */
		if (*value != '\0' && !(c->in->host->amavis &&
		    signer_is_amavis(value)))
			return parameters[i];
	}
	return NULL;
}

bool
dkim_is_unsigned(const struct checking *c)
{
	return checking_mail_host(c) && possible_signer(c) == NULL &&
	    c->in->host->signer_note == NULL;
}

static void
no_selector(struct checking *c)
{
	const char *domain = c->out->identity.own_domain;
	const char *filter = possible_signer(c);

	if (checking_mail_host(c) && filter != NULL) {
		finding_add(c, "dkim.selector-unknown", FINDING_UNKNOWN,
		    ROLE_CONTRIBUTING, domain,
		    _("It is not known whether your mail is signed"));
		finding_detail(c, _("Mail passes %s = %s, which may sign it. "
		    "Give its selector with --selector NAME."), filter,
		    postfix_get(c->in->postfix, filter));
		finding_fact(c, arena_printf(c->arena, "postfix %s", filter));
		return;
	}
	if (!dkim_is_unsigned(c)) {
		finding_add(c, "dkim.selector-unknown", FINDING_UNKNOWN,
		    ROLE_CONTRIBUTING, domain,
		    _("It is not known whether your mail is signed"));
		finding_detail(c, "%s", c->in->host->signer_note != NULL ?
		    c->in->host->signer_note :
		    _("No signer's settings can be read here. Give the selector "
		    "with --selector NAME."));
		finding_fact(c, "host signer");
		return;
	}
	finding_add(c, "dkim.no-signer", FINDING_PROBLEM,
	    checking_role(c, DKIM_CLASSES, ROLE_CONTRIBUTING), domain,
	    _("No DKIM signer was found on this server"));
	if (signer_is_amavis(postfix_get(c->in->postfix, "content_filter")))
		finding_detail(c, _("Mail passes amavis, which can sign it, but "
		    "its settings have no dkim_key() for %s."),
		    domain != NULL ? domain : "-");
	finding_detail(c, _("Neither OpenDKIM nor rspamd is set up to sign for "
	    "%s. A signature helps even where SPF cannot: it survives relays and "
	    "forwarding."), domain != NULL ? domain : "-");
	finding_fact(c, "host signer");
}

/* RFC 8463 is young: not every receiver can read such keys. */
static bool
other_rsa_key(const struct checking *c, const struct dkim_judgement *key)
{
	for (size_t i = 0; i < c->in->host->n_signers; i++)
		if (c->in->host->signers[i].selector != NULL &&
		    !text_same(c->in->host->signers[i].selector, key->selector))
			return true;
	return false;
}

static void
weak_points(struct checking *c, const struct dkim_judgement *key)
{
	if (key->test_mode) {
		finding_add(c, "dkim.test-mode", FINDING_PROBLEM, ROLE_ADVICE,
		    key->name, _("The key at %s is marked as a test (t=y)"),
		    key->name);
		finding_detail(c, _("Receivers may treat your mail as unsigned "
		    "while it is there (RFC 6376 3.6.1)."));
		finding_fact(c, key->fact);
	}
	if (key->sha1_only) {
		finding_add(c, "dkim.sha1-only", FINDING_PROBLEM,
		    ROLE_CONTRIBUTING, key->name,
		    _("The key at %s allows only SHA-1"), key->name);
		finding_detail(c, _("Receivers must not accept SHA-1 signatures "
		    "any more (RFC 8301 3.1)."));
		finding_fact(c, key->fact);
	}
	if (text_same(key->type, "ed25519") && !other_rsa_key(c, key)) {
		finding_add(c, "dkim.ed25519-only", FINDING_PROBLEM, ROLE_ADVICE,
		    key->name, _("The key at %s is of a kind that not all "
		    "receivers can read (ed25519)"), key->name);
		finding_detail(c, _("Sign with an RSA key as well (RFC 8463 "
		    "section 3)."));
		finding_fact(c, key->fact);
	}
}

static void
fault(struct checking *c, const struct dkim_judgement *key)
{
	const struct fact *elsewhere = key->result != DKIM_KEY_MISSING ? NULL :
	    dkim_misplaced(c->arena, c->in->facts, key);
	const char *id = faults[key->result].id;
	const char *title = faults[key->result].title;

	if (elsewhere != NULL) {
		id = "dkim.misplaced";
		title = N_("The key for {subject} is at a name where nobody "
		    "looks");
	} else if (key->result == DKIM_KEY_FAULTY && key->bits != 0 &&
	    key->bits < KEY_BITS_MIN) {
		id = "dkim.key-short";
		title = N_("The key at {subject} is too short");
	}
	finding_add(c, id, FINDING_PROBLEM,
	    checking_role(c, DKIM_CLASSES, ROLE_CONTRIBUTING), key->name,
	    "%s", fill_subject(c->arena, title, key->name));
	if (elsewhere != NULL) {
		finding_detail(c, _("It stands at %s: the DNS panel has added the "
		    "domain to a name that had it already."), elsewhere->name);
		finding_fact(c, elsewhere->key);
	}
}

/* A key that works; with h=sha1 alone it does not. */
static void
usable(struct checking *c, const struct dkim_judgement *key)
{
	if (key->sha1_only)
		return;
	finding_add(c, "dkim.ok", FINDING_OK, ROLE_ADVICE, key->name,
	    _("The key at %s can be used"), key->name);
	if (key->bits != 0 && key->bits < KEY_BITS_GOOD)
		finding_detail(c, _("It has %d bits; 2048 are recommended where "
		    "the DNS panel takes so long a record."), key->bits);
	if (key->reason != NULL)
		finding_detail(c, "%s", key->reason);
}

static const char *
why_not_compared(const struct checking *c, const struct dkim_judgement *key)
{
	for (size_t i = 0; i < c->in->host->n_signers; i++)
		if (text_same(c->in->host->signers[i].selector, key->selector) &&
		    c->in->host->signers[i].key_note != NULL)
			return c->in->host->signers[i].key_note;
	return NULL;
}

static void
report_key(struct checking *c, const struct dkim_judgement *key)
{
	size_t before = c->out->n;

	switch (key->result) {
	case DKIM_KEY_OK:
		usable(c, key);
		break;
	case DKIM_KEY_UNKNOWN:
		finding_add(c, "dkim.unreachable", FINDING_UNKNOWN,
		    ROLE_CONTRIBUTING, key->name,
		    _("The key at %s could not be looked up"), key->name);
		break;
	case DKIM_KEY_NO_PRIVATE:
		break;          /* check_signer() has said it */
	case DKIM_KEY_MISSING:
	case DKIM_KEY_REVOKED:
	case DKIM_KEY_FAULTY:
	case DKIM_KEY_CUT:
	case DKIM_KEY_SEVERAL:
	case DKIM_KEY_MISMATCH:
		fault(c, key);
		break;
	}
	if (c->out->n != before) {
		if (key->reason != NULL && key->result != DKIM_KEY_OK)
			finding_detail(c, "%s", key->reason);
		if (why_not_compared(c, key) != NULL)
			finding_detail(c, _("It was not compared with the "
			    "private key: %s."), why_not_compared(c, key));
		finding_fact(c, key->fact);
	}
	if (key->result == DKIM_KEY_OK)
		weak_points(c, key);
}

/* The further keys that the signers here use for the same domain. */
static void
other_keys(struct checking *c, const struct dkim_judgement *first)
{
	const struct host *host = c->in->host;

	for (size_t i = 0; i < host->n_signers && i < KEYS_MAX; i++) {
		const struct host_signer *s = &host->signers[i];
		const struct dkim_judgement *key;

		if (s->selector == NULL || s->domain == NULL ||
		    !text_same(s->domain, first->domain) ||
		    text_same(s->selector, first->selector))
			continue;
		key = dkim_judge(c->arena, c->in->facts, s->selector, s->domain,
		    s->key, s->key_len);
		if (key->incomplete)
			c->wanted = true;
		else
			report_key(c, key);
	}
}

/* A signature of another organisation's domain does not count for the From
 * line (RFC 9989 4.4.1). */
static void
alignment(struct checking *c, const struct dkim_judgement *key)
{
	const char *from = c->out->identity.from_domain;
	const struct dmarc_record *record;

	if (from == NULL || c->out->identity.from_foreign)
		return;
	record = dmarc_lookup(c->arena, c->in->facts, from);
	if (dmarc_aligned(c->arena, c->in->facts, from, key->domain,
	    record->strict_dkim))
		return;
	finding_add(c, "dkim.not-aligned", FINDING_PROBLEM,
	    checking_role(c, "dmarc alignment unauth", ROLE_CONTRIBUTING),
	    key->domain, _("The signature is of %s, not of the From domain %s"),
	    key->domain, from);
	finding_detail(c, record->strict_dkim &&
	    dmarc_aligned(c->arena, c->in->facts, from, key->domain, false) ?
	    _("The DMARC record asks for exactly the same domain (adkim=s).") :
	    _("For DMARC it does not vouch for the From line."));
	finding_fact(c, key->fact);
}

void
check_dkim(struct checking *c)
{
	const struct dkim_judgement *key = c->out->n_authentication != 0 ?
	    c->out->authentication[0].dkim : NULL;

	if (c->out->identity.envelope_domain == NULL)
		return;
	if (checking_mail_host(c))
		check_signer(c);
	if (checking_mail_host(c))
		check_rotation(c);
	if (key == NULL) {
		if (!signer_leaves_out(c, c->out->identity.own_domain) &&
		    !signer_is_faulty(c))
			no_selector(c);
		return;
	}
	if (key->incomplete) {
		c->wanted = true;
		return;
	}
	report_key(c, key);
	alignment(c, key);
	other_keys(c, key);
}
