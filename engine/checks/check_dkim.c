/* SPDX-License-Identifier: ISC
 * DKIM findings: is a signer known, and is its key published right? */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/fill.h"
#include "engine/base/i18n.h"
#include "engine/checks/checking.h"

#define DKIM_CLASSES "dkim unauth dmarc alignment"

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

/* A milter or filter that mail passes may sign it (amavis, a gateway), though
 * no settings of OpenDKIM or rspamd are here. */
static const char *
possible_signer(const struct checking *c)
{
	static const char *const parameters[] = {
		"smtpd_milters", "non_smtpd_milters", "content_filter",
	};

	for (size_t i = 0; i < sizeof parameters / sizeof parameters[0]; i++)
		if (*postfix_get(c->in->postfix, parameters[i]) != '\0')
			return parameters[i];
	return NULL;
}

static void
no_selector(struct checking *c)
{
	const char *domain = c->out->identity.from_domain != NULL ?
	    c->out->identity.from_domain : c->out->identity.org_domain;
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
	if (!checking_mail_host(c) || c->in->host->signer_note != NULL) {
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
	finding_detail(c, _("Neither OpenDKIM nor rspamd is set up to sign for "
	    "%s. A signature helps even where SPF cannot: it survives relays and "
	    "forwarding."), domain != NULL ? domain : "-");
	finding_fact(c, "host signer");
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
	if (key->bits != 0 && key->bits < 1024) {
		finding_add(c, "dkim.key-short", FINDING_PROBLEM,
		    ROLE_CONTRIBUTING, key->name,
		    _("The key at %s has only %d bits"), key->name, key->bits);
		finding_detail(c, _("Receivers ignore keys of less than 1024 "
		    "bits (RFC 8301 3.2)."));
		finding_fact(c, key->fact);
	}
}

void
check_dkim(struct checking *c)
{
	const struct dkim_judgement *key = c->out->n_authentication != 0 ?
	    c->out->authentication[0].dkim : NULL;

	if (c->out->identity.envelope_domain == NULL)
		return;
	if (key == NULL) {
		no_selector(c);
		return;
	}
	if (key->incomplete) {
		c->wanted = true;
		return;
	}
	switch (key->result) {
	case DKIM_KEY_OK:
		finding_add(c, "dkim.ok", FINDING_OK, ROLE_ADVICE, key->name,
		    _("The key at %s can be used"), key->name);
		break;
	case DKIM_KEY_UNKNOWN:
		finding_add(c, "dkim.unreachable", FINDING_UNKNOWN,
		    ROLE_CONTRIBUTING, key->name,
		    _("The key at %s could not be looked up"), key->name);
		break;
	case DKIM_KEY_NO_PRIVATE:
		finding_add(c, "dkim.no-private-key", FINDING_UNKNOWN,
		    ROLE_CONTRIBUTING, key->name,
		    _("The private key for %s could not be read"), key->name);
		break;
	case DKIM_KEY_MISSING:
	case DKIM_KEY_REVOKED:
	case DKIM_KEY_FAULTY:
	case DKIM_KEY_CUT:
	case DKIM_KEY_SEVERAL:
	case DKIM_KEY_MISMATCH:
		finding_add(c, faults[key->result].id, FINDING_PROBLEM,
		    checking_role(c, DKIM_CLASSES, ROLE_CONTRIBUTING), key->name,
		    "%s", fill_subject(c->arena, faults[key->result].title,
			key->name));
		break;
	}
	if (key->reason != NULL)
		finding_detail(c, "%s", key->reason);
	for (size_t i = 0; i < c->in->host->n_signers; i++)
		if (c->in->host->signers[i].key_note != NULL)
			finding_detail(c, _("It was not compared with the private "
			    "key: %s."), c->in->host->signers[i].key_note);
	finding_fact(c, key->fact);
	weak_points(c, key);
}
