/* SPDX-License-Identifier: ISC
 * The first sentence: who refused and why, what became of a message, or how
 * ready this server is; and the one thing to do first. */
#include "config.h"

#include <string.h>

#include "engine/auth/spf_parse.h"
#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/bounce/classes.h"
#include "engine/remedy/planning.h"

/* The first step in one line, with the record when it is about one. */
static const char *
first_thing(struct planning *p, const struct step *s)
{
	for (size_t i = 0; i < s->n_changes; i++)
		if (s->changes[i].kind == CHANGE_DNS &&
		    s->changes[i].type == DNS_TXT)
			for (size_t k = 0; s->changes[i].after[k] != NULL; k++)
				if (spf_is_record(s->changes[i].after[k],
				    strlen(s->changes[i].after[k])))
					return arena_printf(p->arena, "%s: %s",
					    s->title, s->changes[i].after[k]);
	return s->title;
}

/* The first sentence about a message that arrived. */
static const char *
arrived(struct planning *p)
{
	const struct received *r = p->in->received;
	const struct received_method *dmarc = received_method(r, "dmarc");
	const struct received_method *spf = received_method(r, "spf");
	const struct received_method *dkim = received_method(r, "dkim");
	const char *who = r->receiver != NULL ? r->receiver :
	    _("The receiver's server");

	if (dmarc == NULL && spf == NULL && dkim == NULL)
		return arena_printf(p->arena, _("%s received your message. Its "
		    "headers do not say how it was judged."), who);
	if (dmarc != NULL && strcmp(dmarc->result, "pass") == 0)
		return arena_printf(p->arena, _("%s received your message and "
		    "could verify it: DMARC passed."), who);
	if (dmarc != NULL && strcmp(dmarc->result, "fail") == 0)
		return arena_printf(p->arena, _("%s received your message, but "
		    "DMARC failed: others may refuse it."), who);
	if ((spf != NULL && strcmp(spf->result, "pass") == 0) ||
	    (dkim != NULL && strcmp(dkim->result, "pass") == 0))
		return arena_printf(p->arena, _("%s received your message and "
		    "could verify where it came from."), who);
	return arena_printf(p->arena, _("%s received your message, but could "
	    "not verify where it came from."), who);
}

/* Did DNS say nothing at all? */
static bool
dns_is_silent(const struct planning *p)
{
	size_t asked = 0;

	for (size_t i = 0; i < facts_count(p->facts); i++) {
		const struct fact *fact = facts_at(p->facts, i);

		if (!text_starts(fact->key, "dns "))
			continue;
		if (fact_known(fact))
			return false;
		asked++;
	}
	return asked != 0;
}

/* The first sentence without a bounce. */
static const char *
readiness(const struct planning *p)
{
	const struct findings *f = p->findings;

	for (size_t i = 0; i < f->n; i++)
		if (f->list[i].status == FINDING_PROBLEM &&
		    f->list[i].role != ROLE_ADVICE)
			return _("Some receivers will refuse mail from here "
			    "until this is mended.");
	if (f->n_problems != 0)
		return _("Nothing here makes receivers refuse mail, but "
		    "something can be done better.");
	if (f->n_unknown != 0 && dns_is_silent(p))
		return _("DNS does not answer here, so nothing could be judged. "
		    "Look at /etc/resolv.conf, or name a resolver that works "
		    "with --resolver ADDRESS.");
	if (f->n_unknown != 0)
		return _("No fault was found, but not everything could be "
		    "looked up.");
	return _("Nothing that was checked stands against sending from here.");
}

void
planning_headline(struct planning *p)
{
	const struct bounce *b = p->in->bounce;
	const struct refusal_class *class = b != NULL ?
	    class_find(b->class_id) : NULL;
	const char *who = b != NULL && b->remote_host != NULL ? b->remote_host :
	    _("The receiver's server");
	const char *to = b != NULL && b->recipient != NULL ? b->recipient :
	    _("its recipient");
	const char *because = class != NULL ? _(class->meaning) : "";

	if (p->in->received != NULL)
		p->plan->headline = arrived(p);
	else if (b == NULL)
		p->plan->headline = readiness(p);
	else if (b->outcome == OUTCOME_SENT)
		p->plan->headline = arena_printf(p->arena,
		    _("%s first refused your message to %s, because %s. It was "
		    "accepted in the end, so nothing is lost."), who, to,
		    because);
	else if (b->outcome == OUTCOME_DEFERRED)
		p->plan->headline = arena_printf(p->arena,
		    _("%s does not accept your message to %s for now, because %s. "
		    "It is still in the queue."), who, to, because);
	else
		p->plan->headline = arena_printf(p->arena,
		    _("%s refused your message to %s, because %s."), who, to,
		    because);
	if (p->plan->n != 0 && !p->plan->steps[0].later)
		p->plan->first = first_thing(p, &p->plan->steps[0]);
}
