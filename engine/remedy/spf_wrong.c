/* SPDX-License-Identifier: ISC
 * Records that people try first and why they do not help, each judged like the
 * right one. Hides what the wrong ideas are. */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/checks/known_senders.h"
#include "engine/remedy/proof.h"
#include "engine/remedy/relay_spf.h"

#define LINES_MAX 8      /* about includes that do not help */

/* Why a record that people try first does not help: one line. WHY_NOT explains
 * a result other than pass, WHY_ALTHOUGH what is wrong with it though it
 * passes; NULL: SPF's own reason, or no line at all. */
static void
wrong_fix(struct planning *p, const char *record, const char *why_not,
    const char *why_although)
{
	const char *ip = p->id->client_ip;
	const struct spf_judgement *spf;
	struct change *change;

	if (ip == NULL)
		return;
	for (size_t i = 0; i < p->step->n_changes; i++)
		if (p->step->changes[i].record != NULL &&
		    text_same(p->step->changes[i].record, record))
			return;
	spf = proof_record(p, p->target, record, ip);
	if (spf->incomplete || (spf->result == SPF_PASS && why_although == NULL))
		return;
	change = step_change(p, CHANGE_ADVICE);
	change->record = record;
	change->record_result = spf_result_name(spf->result);
	change->text = spf->result == SPF_PASS ?
	    arena_printf(p->arena, _("\"%s\" passes, but it is not the best "
		"way. %s"), record, why_although) :
	    arena_printf(p->arena, _("\"%s\" does not help: SPF gives %s. %s"),
		record, spf_result_name(spf->result),
		why_not != NULL ? why_not : spf->reason);
}

static void
wrong_own_line(struct planning *p)
{
	const struct fact *a = facts_dns(p->facts, p->target, DNS_A);

	if (a->status != FACT_OK || fact_has_address(a, p->id->client_ip))
		return;
	wrong_fix(p, arena_printf(p->arena, "v=spf1 a:%s ~all", p->target),
	    arena_printf(p->arena,
		_("It vouches for %s, but the receiver saw %s."),
		a->values[0].text, p->id->client_ip), NULL);
}

const struct known_sender *
planning_receiver(const struct planning *p)
{
	const struct bounce *b = p->in->bounce;
	const struct known_sender *receiver = b != NULL &&
	    b->remote_host != NULL ? known_sender_by_host(b->remote_host) : NULL;

	return receiver != NULL && receiver->include != NULL ? receiver : NULL;
}

static void
wrong_receiver(struct planning *p)
{
	const struct known_sender *receiver = planning_receiver(p);

	if (receiver == NULL)
		return;
	wrong_fix(p, arena_printf(p->arena, "v=spf1 include:%s ~all",
	    receiver->include), arena_printf(p->arena,
		_("It vouches for the servers of %s, not for yours. At best the "
		"mail then lands in the spam folder."), receiver->name), NULL);
}

/* What the user tried or thinks of: the answers "tried = RECORD". */
static void
wrong_tried(struct planning *p)
{
	const struct recording *r = p->in->recording;

	for (size_t i = 0; i < r->n_answers; i++)
		if (text_same(r->answers[i].name, "tried"))
			wrong_fix(p, r->answers[i].value, NULL,
			    _("It also vouches for servers that are not "
			    "yours: take out what you do not use."));
}

/* Is C worth a line of its own: a name that people try, or one with a record?
 * The others are guesses that led to nothing. */
static bool
is_worth_a_line(const struct planning *p, const struct relay_candidate *c)
{
	return text_same(c->name, p->id->relayhost) ||
	    text_same(c->name, p->id->ptr_name) ||
	    (c->part_of == NULL && c->spf->cause != SPF_CAUSE_NO_RECORD);
}

/* The candidates that lose, with the reason of each. */
static void
wrong_includes(struct planning *p, const struct relay_search *relay)
{
	const char *others = NULL;
	size_t lines = 0;

	for (size_t i = 0; i < relay->n; i++) {
		const struct relay_candidate *c = &relay->candidates[i];

		if (c->why == NULL || c->spf->incomplete)
			continue;
		if (lines < LINES_MAX && is_worth_a_line(p, c)) {
			wrong_fix(p, arena_printf(p->arena,
			    "v=spf1 include:%s ~all", c->name), c->why, c->why);
			lines++;
		} else {
			others = others == NULL ? c->name : arena_printf(
			    p->arena, "%s, %s", others, c->name);
		}
	}
	if (others != NULL)
		step_advice(p, _("These names were tried as well, and have no SPF "
		    "record or are a part of another's: %s."), others);
}

void
planning_wrong_fixes(struct planning *p, const struct relay_search *relay)
{
	wrong_own_line(p);
	if (relay != NULL)
		wrong_includes(p, relay);
	wrong_receiver(p);
	wrong_tried(p);
}
