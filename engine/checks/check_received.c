/* SPDX-License-Identifier: ISC
 * A message that arrived: what its receiver judged, beside what is so now. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/fill.h"
#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/checks/checking.h"

static bool
is_one_of(const char *word, const char *list)
{
	size_t len = strlen(word);

	for (const char *p = list; (p = strstr(p, word)) != NULL; p += len)
		if ((p == list || p[-1] == ' ') &&
		    (p[len] == ' ' || p[len] == '\0'))
			return true;
	return false;
}

/* RFC 8601 2.7: results that say that a receiver could not tell. */
static bool
is_unknown(const struct received_method *m)
{
	return is_one_of(m->result, "temperror error unknown");
}

/* The domain of the From line, whose mail it is. */
static const char *
author(const struct checking *c)
{
	const struct received *r = c->in->received;
	const struct received_method *dmarc = received_method(r, "dmarc");
	const char *from = r->from != NULL ? text_address_domain(r->from) :
	    NULL;

	return from != NULL ? text_domain(c->arena, from, strlen(from)) :
	    dmarc != NULL ? dmarc->domain : NULL;
}

/* Is it the From line's domain, as DMARC counts? True also where that cannot
 * be told. */
static bool
is_authors(struct checking *c, const char *domain, bool dkim)
{
	const char *from = author(c);
	const struct dmarc_record *record;

	if (from == NULL || domain == NULL)
		return true;
	record = dmarc_lookup(c->arena, c->in->facts, from);
	return dmarc_aligned(c->arena, c->in->facts, from, domain,
	    dkim ? record->strict_dkim : record->strict_spf);
}

static bool
passed(const struct received_method *m)
{
	return m != NULL && strcmp(m->result, "pass") == 0;
}

/* For which domain and from which address. */
static void
say_what(struct checking *c, const struct received_method *m)
{
	bool dkim = strcmp(m->method, "dkim") == 0;

	if (m->domain != NULL && m->ip != NULL)
		finding_detail(c, _("Judged were the domain %s and the address "
		    "%s."), text_safe(c->arena, m->domain), m->ip);
	else if (m->domain != NULL && m->selector != NULL)
		finding_detail(c, _("Judged were the domain %s and its selector "
		    "%s."), text_safe(c->arena, m->domain),
		    text_safe(c->arena, m->selector));
	else if (m->domain != NULL)
		finding_detail(c, _("Judged was the domain %s."),
		    text_safe(c->arena, m->domain));
	if (passed(m) && strcmp(m->method, "dmarc") != 0 &&
	    !is_authors(c, m->domain, dkim))
		finding_detail(c, _("The From line names %s, so for DMARC this "
		    "does not count."), text_safe(c->arena, author(c)));
}

/* TITLE has the receiver's name at {subject}. */
static void
add(struct checking *c, const char *id, enum finding_status status,
    const struct received_method *m, const char *title)
{
	const struct received *r = c->in->received;

	finding_add(c, id, status, status == FINDING_PROBLEM ? ROLE_CAUSE :
	    ROLE_ADVICE, m->domain, "%s", fill_subject(c->arena, title,
	    r->receiver != NULL ? r->receiver : _("The receiver")));
	say_what(c, m);
	finding_detail(c, _("Its own words: \"%s\"."), m->words);
	finding_fact(c, "bounce text");
}

/* The receiver's verdict is of its time; ours is of now. */
static bool
passes_now(const struct checking *c)
{
	return c->out->n_authentication != 0 &&
	    c->out->authentication[0].spf->result == SPF_PASS;
}

static void
spf_there(struct checking *c)
{
	const struct received_method *m = received_method(c->in->received,
	    "spf");

	if (m == NULL)
		return;
	if (strcmp(m->result, "pass") == 0) {
		add(c, "spf.at-receiver", FINDING_OK, m,
		    _("{subject}: SPF passed"));
	} else if (is_unknown(m)) {
		add(c, "spf.at-receiver", FINDING_UNKNOWN, m,
		    _("{subject} could not tell whether SPF passes"));
	} else if (passes_now(c)) {
		add(c, "spf.at-receiver", FINDING_UNKNOWN, m,
		    _("{subject}: SPF did not pass then, but the record passes now"));
		finding_detail(c, _("Send another message and look at its "
		    "headers."));
	} else {
		add(c, "spf.at-receiver", FINDING_PROBLEM, m,
		    _("{subject}: SPF did not pass"));
	}
}

/* Are these the headers of a receiver's that would show a signature? A few
 * lines of them, or Gmail's table, need not. */
static bool
judged_dkim(const struct received *r)
{
	return (received_method(r, "spf") != NULL ||
	    received_method(r, "dmarc") != NULL) && r->from != NULL;
}

static void
dkim_there(struct checking *c)
{
	const struct received *r = c->in->received;
	const struct received_method *m = received_method(r, "dkim");

	if (m == NULL && judged_dkim(r) && r->n_signatures == 0) {
		finding_add(c, "dkim.at-receiver", FINDING_PROBLEM,
		    ROLE_CONTRIBUTING, NULL,
		    _("The message arrived without a DKIM signature"));
		finding_detail(c, _("Its headers have no DKIM-Signature and no "
		    "dkim= result."));
		finding_fact(c, "bounce text");
		return;
	}
	if (m == NULL)
		return;
	if (strcmp(m->result, "pass") == 0)
		add(c, "dkim.at-receiver", FINDING_OK, m,
		    _("{subject}: the DKIM signature is valid"));
	else if (is_unknown(m))
		add(c, "dkim.at-receiver", FINDING_UNKNOWN, m,
		    _("{subject} could not check the DKIM signature"));
	else if (strcmp(m->result, "none") == 0)
		add(c, "dkim.at-receiver", FINDING_PROBLEM, m,
		    _("{subject} found no DKIM signature"));
	else
		add(c, "dkim.at-receiver", FINDING_PROBLEM, m,
		    _("{subject}: the DKIM signature is not valid"));
}

/* It does not say what DMARC makes of it, but all that decides that. */
static void
dmarc_unsaid(struct checking *c)
{
	const struct received *r = c->in->received;
	const struct received_method *spf = received_method(r, "spf");
	const struct received_method *dkim = received_method(r, "dkim");

	/* a receiver that checks only one of them may have met the other */
	if (spf == NULL || (dkim == NULL && r->n_signatures != 0) ||
	    author(c) == NULL || is_unknown(spf) ||
	    (dkim != NULL && is_unknown(dkim)) ||
	    (passed(spf) && is_authors(c, spf->domain, false)) ||
	    (passed(dkim) && is_authors(c, dkim->domain, true)))
		return;
	finding_add(c, "dmarc.at-receiver", FINDING_PROBLEM,
	    ROLE_CONTRIBUTING, author(c),
	    _("Neither SPF nor DKIM passed for %s, the domain of the From "
	    "line"), text_safe(c->arena, author(c)));
	finding_detail(c, _("This receiver says nothing about DMARC. One that "
	    "does would let the message fail."));
	finding_fact(c, "bounce text");
}

/* Everything in the headers was there before the last receiver got it. */
static void
judged_before(struct checking *c)
{
	const struct received *r = c->in->received;

	for (size_t i = 0; i < r->n_methods; i++)
		if (!r->methods[i].foreign)
			return;
	if (r->other_writer == NULL)
		return;
	finding_add(c, "identity.judged-before", FINDING_UNKNOWN,
	    ROLE_CONTRIBUTING, r->other_writer,
	    _("What the headers say was written by %s, not by the last "
	    "receiver"), text_safe(c->arena, r->other_writer));
	finding_detail(c, _("The message had these fields already when it "
	    "arrived; anybody can write them. They prove nothing about how the "
	    "receiver judged. Send a test to a mailbox whose server adds "
	    "Authentication-Results, Gmail for example."));
	finding_fact(c, "bounce text");
}

static void
dmarc_there(struct checking *c)
{
	const struct received_method *m = received_method(c->in->received,
	    "dmarc");

	if (m == NULL) {
		dmarc_unsaid(c);
		return;
	}
	/* "bestguesspass": Outlook, where there is no record but would pass */
	if (is_one_of(m->result, "pass bestguesspass"))
		add(c, "dmarc.at-receiver", FINDING_OK, m,
		    _("{subject}: DMARC passed"));
	else if (is_unknown(m))
		add(c, "dmarc.at-receiver", FINDING_UNKNOWN, m,
		    _("{subject} could not tell whether DMARC passes"));
	else if (strcmp(m->result, "none") != 0)
		add(c, "dmarc.at-receiver", FINDING_PROBLEM, m,
		    _("{subject}: DMARC failed"));
	if (strcmp(m->result, "fail") == 0 && c->in->received->list_mail)
		finding_detail(c, _("This came through a mailing list, and its "
		    "From line names another domain than the list's."));
}

void
check_received(struct checking *c)
{
	if (c->in->received == NULL)
		return;
	judged_before(c);
	spf_there(c);
	dkim_there(c);
	dmarc_there(c);
	check_signature(c);
}
