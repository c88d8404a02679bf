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

/* TITLE has the receiver's name at {subject}. */
static void
add(struct checking *c, const char *id, enum finding_status status,
    const struct received_method *m, const char *title)
{
	const struct received *r = c->in->received;

	finding_add(c, id, status, status == FINDING_PROBLEM ? ROLE_CAUSE :
	    ROLE_ADVICE, m->domain, "%s", fill_subject(c->arena, title,
	    r->receiver != NULL ? r->receiver : _("the receiver")));
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

static void
dkim_there(struct checking *c)
{
	const struct received *r = c->in->received;
	const struct received_method *m = received_method(r, "dkim");

	if (m == NULL && r->n_methods != 0 && r->n_signatures == 0) {
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

static void
dmarc_there(struct checking *c)
{
	const struct received_method *m = received_method(c->in->received,
	    "dmarc");

	if (m == NULL)
		return;
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
	spf_there(c);
	dkim_there(c);
	dmarc_there(c);
	check_signature(c);
}
