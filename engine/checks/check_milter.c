/* SPDX-License-Identifier: ISC
 * The mail filters that Postfix asks: do they answer, and what happens to mail
 * when they do not? */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/checks/checking.h"

static void
absent(struct checking *c, const struct milter *m)
{
	const char *place = text_safe(c->arena, m->place);

	finding_add(c, "postfix.milter-absent", FINDING_PROBLEM,
	    ROLE_CONTRIBUTING, m->address, _("Postfix asks a mail filter that is "
	    "not there: %s"), text_safe(c->arena, m->address));
	if (m->chroot)
		finding_detail(c, _("Postfix runs in its queue directory (chroot), "
		    "so it looks for the socket at %s, and nobody listens "
		    "there."), place);
	else if (m->state == MILTER_ABSENT)
		finding_detail(c, _("There is no socket at %s."), place);
	else
		finding_detail(c, _("Nobody takes the connection at %s: the "
		    "filter does not run, or listens elsewhere."), place);
	finding_detail(c, _("Until it is there, %s decides what becomes of "
	    "mail."), "milter_default_action");
}

static void
hangs(struct checking *c, const struct milter *m)
{
	finding_add(c, "postfix.milter-hangs", FINDING_PROBLEM,
	    ROLE_CONTRIBUTING, m->address, _("A mail filter takes Postfix's "
	    "connection and does not answer: %s"), text_safe(c->arena,
	    m->address));
	finding_detail(c, _("Every message waits for it until milter_command_timeout "
	    "(30 s). Restart it, and look at what its log says."));
}

static void
denied(struct checking *c, const struct milter *m)
{
	finding_add(c, "postfix.milter-denied", FINDING_PROBLEM,
	    ROLE_CONTRIBUTING, m->address, _("Postfix may not use the socket of "
	    "a mail filter: %s"), text_safe(c->arena, m->address));
	finding_detail(c, _("The filter answers there, but Postfix's user %s has "
	    "no right to %s."), text_safe(c->arena, postfix_get(c->in->postfix,
	    "mail_owner")), text_safe(c->arena, m->culprit != NULL ? m->culprit :
	    m->place));
}

/* M23: signing is worth less than the mail itself. */
static void
action(struct checking *c)
{
	const char *action = postfix_get(c->in->postfix,
	    "milter_default_action");

	if (text_same(action, "accept") || c->in->host->n_signers == 0)
		return;
	finding_add(c, "postfix.milter-action", FINDING_PROBLEM, ROLE_ADVICE,
	    NULL, _("When the signer is down, no mail leaves"));
	finding_detail(c, _("milter_default_action is %s. With accept, mail leaves "
	    "unsigned then instead of waiting; with a filter against viruses "
	    "or spam that would let those through."),
	    text_safe(c->arena, action));
	finding_fact(c, "postfix milter_default_action");
}

void
check_milter(struct checking *c)
{
	for (size_t i = 0; i < c->in->host->n_milters; i++) {
		const struct milter *m = &c->in->host->milters[i];

		switch (m->state) {
		case MILTER_UNTRIED:
		case MILTER_ANSWERS:
		case MILTER_HIDDEN:
			continue;
		case MILTER_ABSENT:
		case MILTER_REFUSES:
			absent(c, m);
			break;
		case MILTER_HANGS:
			hangs(c, m);
			break;
		case MILTER_DENIED:
			denied(c, m);
			break;
		}
		finding_fact(c, arena_printf(c->arena, "milter %s",
		    m->address));
	}
	if (c->in->host->n_milters != 0)
		action(c);
}
