/* SPDX-License-Identifier: ISC
 * Findings about the envelope sender (RFC 5321 4.5.5): who is it, does it fit
 * the From line, was its bounce read. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/checks/checking.h"
#include "engine/checks/known_senders.h"

#define SENDER_CLASSES "sender_domain sender_refused"

bool
envelope_of_program(const char *sender)
{
	static const char *const users[] = {
		"nginx", "apache", "www-data", "www", "httpd", "http", "root",
		"nobody", "daemon", "wwwrun", "php", "web", "webmaster", "cron",
	};
	const char *at = strchr(sender, '@');
	size_t len = at != NULL ? (size_t)(at - sender) : strlen(sender);

	for (size_t i = 0; i < sizeof users / sizeof users[0]; i++)
		if (strlen(users[i]) == len &&
		    text_same_n(users[i], sender, len))
			return true;
	return false;
}

/* What the envelope sender is known from. */
static void
sender_fact(struct checking *c)
{
	const struct bounce *b = c->in->bounce;

	finding_fact(c, b != NULL && (b->sender != NULL || b->domain != NULL) ?
	    "bounce sender" : checking_answer(c, "sender", 0) != NULL ?
	    "answer sender" : checking_answer(c, "domain", 0) != NULL ?
	    "answer domain" :
	    "postfix myorigin");
}

static void
program_user(struct checking *c, const struct identity *id)
{
	const struct bounce *b = c->in->bounce;

	finding_add(c, "envelope.web-user", FINDING_PROBLEM,
	    checking_role(c, SENDER_CLASSES, ROLE_CONTRIBUTING), id->sender,
	    _("The envelope sender %s is a program's user, not a mailbox"),
	    id->sender);
	finding_detail(c, _("A web application or a system job handed the mail "
	    "in without naming a sender, so Postfix made one from the login "
	    "name and myorigin. Bounces go to a mailbox that nobody reads."));
	if (b != NULL && b->login != NULL)
		finding_detail(c, _("The log says so: from=<%s>."), b->login);
	sender_fact(c);
	finding_fact(c, "postfix myorigin");
}

/* The envelope domain is the server's own name instead of the domain that
 * people write to (knowledge.md 5.2 M04). */
static void
host_name_domain(struct checking *c, const struct identity *id)
{
	const char *self = postfix_get(c->in->postfix, "myhostname");
	const char *org;

	if (id->envelope_domain == NULL || id->org_domain == NULL)
		return;
	org = psl_org_domain(c->arena, id->envelope_domain);
	if (strcmp(org, id->envelope_domain) == 0 ||
	    (!text_same(self, id->envelope_domain) &&
	    !text_same(id->helo, id->envelope_domain)))
		return;
	finding_add(c, "envelope.host-name", FINDING_PROBLEM,
	    checking_role(c, "unauth spf dmarc alignment sender_domain",
		ROLE_CONTRIBUTING), id->envelope_domain,
	    _("Mail leaves with the server's name %s as sender domain"),
	    id->envelope_domain);
	finding_detail(c, _("Receivers judge SPF for %s, not for %s."),
	    id->envelope_domain, id->org_domain);
	sender_fact(c);
	finding_fact(c, "postfix myorigin");
	finding_fact(c, "postfix myhostname");
}

static void
alignment(struct checking *c, const struct identity *id)
{
	bool strict;

	if (id->from_domain == NULL || id->envelope_domain == NULL)
		return;
	strict = dmarc_lookup(c->arena, c->in->facts, id->from_domain)->strict_spf;
	if (dmarc_aligned(c->arena, c->in->facts, id->from_domain,
	    id->envelope_domain, strict)) {
		finding_add(c, "envelope.aligned", FINDING_OK, ROLE_ADVICE,
		    id->envelope_domain,
		    _("The envelope domain %s fits the From domain %s"),
		    id->envelope_domain, id->from_domain);
		sender_fact(c);
		return;
	}
	/* check_list() and foreign_from() say what is to be done */
	if (id->from_foreign)
		return;
	finding_add(c, "envelope.not-aligned", FINDING_PROBLEM,
	    checking_role(c, "unauth dmarc alignment spam_content policy",
		ROLE_CONTRIBUTING), id->envelope_domain,
	    _("The envelope sender's domain %s is not the From domain %s"),
	    id->envelope_domain, id->from_domain);
	finding_detail(c, _("The Return-Path that receivers see is in %s. They "
	    "judge SPF there, and it does not vouch for %s (DMARC "
	    "alignment)."), id->envelope_domain, id->from_domain);
	if (strict && dmarc_aligned(c->arena, c->in->facts, id->from_domain,
	    id->envelope_domain, false))
		finding_detail(c, _("The DMARC record of the From domain asks for "
		    "exactly the same domain (aspf=s)."));
	sender_fact(c);
}

/* The visitor's address in From, as contact forms like to do. Through the
 * provider's own relay it is in order. */
static void
foreign_from(struct checking *c, const struct identity *id)
{
	const char *domain = id->from_domain != NULL ? id->from_domain :
	    id->envelope_domain;

	if (domain == NULL || !known_mailbox_domain(domain) ||
	    (id->owner != OWNER_OWN && id->owner != OWNER_NAT) ||
	    (id->envelope_domain != NULL &&
	    !known_mailbox_domain(id->envelope_domain) &&
	    list_explains_from(c)))
		return;
	finding_add(c, "envelope.mailbox-domain", FINDING_PROBLEM,
	    checking_role(c, "unauth spf dmarc alignment spam_content policy",
		ROLE_CONTRIBUTING), domain,
	    _("Mail from %s cannot be sent from your server"), domain);
	finding_detail(c, _("%s belongs to a mailbox provider; only its own "
	    "servers pass SPF and DKIM for it. Send with an address of your own "
	    "domain, and put a visitor's address into Reply-To."), domain);
	finding_fact(c, checking_answer(c, "domain", 0) == NULL ?
	    "bounce text" : "answer domain");
}

/* The refusal is about the From line, which is not in the text: what to change
 * depends on it. */
static void
from_unknown(struct checking *c, const struct identity *id)
{
	if (!checking_class(c, "alignment dmarc") || id->from_domain != NULL ||
	    c->in->received != NULL)
		return;
	finding_add(c, "envelope.from-unknown", FINDING_UNKNOWN, ROLE_CAUSE,
	    id->envelope_domain,
	    _("It is not known which domain the From line names"));
	finding_detail(c, _("The receiver compared it with the domains that SPF "
	    "and DKIM vouch for, but does not name it."));
	finding_fact(c, "bounce text");
}

void
check_envelope(struct checking *c)
{
	const struct identity *id = &c->out->identity;
	const struct bounce *b = c->in->bounce;

	if (id->sender != NULL && envelope_of_program(id->sender))
		program_user(c, id);
	from_unknown(c, id);
	foreign_from(c, id);
	host_name_domain(c, id);
	alignment(c, id);
	check_origin(c);
	if (b != NULL && b->bounce_kept_local) {
		finding_add(c, "envelope.bounce-unread", FINDING_PROBLEM,
		    ROLE_CONTRIBUTING, id->sender,
		    _("The bounce went into a local mailbox"));
		finding_detail(c, _("The log shows that it was delivered to a "
		    "mailbox on this server that probably nobody reads."));
		sender_fact(c);
	}
	if (id->sender == NULL && id->envelope_domain == NULL) {
		finding_add(c, "envelope.unknown", FINDING_UNKNOWN,
		    ROLE_CONTRIBUTING, NULL,
		    _("The envelope sender is not known"));
		finding_detail(c, _("Give the domain that you send with: "
		    "--domain NAME."));
		sender_fact(c);
	}
}
