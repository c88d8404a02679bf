/* SPDX-License-Identifier: ISC
 * The search for a relay's include: which names are tried, and which of those
 * that pass is the best. */
#include "config.h"

#include "engine/remedy/relay_spf.h"

#include <string.h>

#include "engine/auth/spf_limits.h"
#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/checks/known_senders.h"

#define CANDIDATES_MAX 40

/* Names under which providers keep the record for their customers. */
static const char *const prefixes[] = { "_spf", "spf" };

struct search {
	struct planning *p;
	struct relay_search *out;
	struct relay_candidate list[CANDIDATES_MAX];
	size_t n;
};

static const struct spf_judgement *
judge(struct search *s, const char *name, const char *ip)
{
	return spf_judge(s->p->arena, s->p->facts, &(struct spf_request){
		.ip = ip, .helo = s->p->id->helo,
		.sender = arena_printf(s->p->arena, "postmaster@%s", name) });
}

/* Does it pass by what is looked up anew for each mail (RFC 7208 5.5, 5.7)? */
static bool
is_unsteady(const struct spf_judgement *spf)
{
	const struct spf_step *last = NULL;

	for (size_t i = 0; i < spf->n_steps; i++)
		if (spf->steps[i].outcome == SPF_PASS &&
		    !text_starts(spf->steps[i].term, "include:") &&
		    !text_starts(spf->steps[i].term, "redirect="))
			last = &spf->steps[i];
	return last != NULL && (text_starts(last->term, "ptr") ||
	    text_starts(last->term, "exists:"));
}

static void
evaluate(struct search *s, struct relay_candidate *c)
{
	const struct relay_search *out = s->out;

	c->worst_case = -1;
	c->spf = judge(s, c->name, out->ips[0]);
	if (c->spf->incomplete)
		s->out->incomplete = true;
	if (c->spf->result != SPF_PASS)
		return;
	c->worst_case = spf_worst_case(s->p->arena, s->p->facts, c->name);
	c->unsteady = is_unsteady(c->spf);
	c->open = judge(s, c->name, SPF_STRANGER)->result == SPF_PASS;
	for (size_t i = 0; i < out->n_ips; i++)
		c->covered += judge(s, c->name, out->ips[i])->result == SPF_PASS;
}

static struct relay_candidate *
add(struct search *s, const char *name, const char *part_of)
{
	struct relay_candidate *c;

	if (name == NULL || strchr(name, '.') == NULL || s->n == CANDIDATES_MAX)
		return NULL;
	for (size_t i = 0; i < s->n; i++)
		if (text_same(s->list[i].name, name))
			return &s->list[i];
	/* a domain's own name would include itself */
	if (s->p->target != NULL && text_same(name, s->p->target))
		return NULL;
	c = &s->list[s->n++];
	*c = (struct relay_candidate){ .name = name, .part_of = part_of };
	evaluate(s, c);
	return c;
}

/* NAME and every parent down to the organisational domain, then the usual
 * names below that, then the documented include. */
static void
add_parents(struct search *s, const char *name)
{
	struct arena *arena = s->p->arena;
	const struct known_sender *known;
	struct relay_candidate *c;
	const char *org;

	if (name == NULL)
		return;
	org = psl_org_domain(arena, name);
	for (const char *at = name; at != NULL && text_domain_below(at, org);) {
		add(s, at, NULL);
		at = strchr(at, '.');
		if (at != NULL)
			at++;
	}
	for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
		add(s, arena_printf(arena, "%s.%s", prefixes[i], org), NULL);
	known = known_sender_by_host(name);
	c = known != NULL ? add(s, known->include, NULL) : NULL;
	if (c != NULL)
		c->documented = true;
}

/* Where the records of those that pass lead to: nearer to the addresses, but
 * the provider's own affair. */
static void
add_parts(struct search *s)
{
	size_t named = s->n;

	for (size_t i = 0; i < named; i++) {
		const struct spf_judgement *spf = s->list[i].spf;

		if (spf->result != SPF_PASS)
			continue;
		for (size_t k = 0; k < spf->n_steps; k++)
			if (spf->steps[k].target != NULL &&
			    (text_starts(spf->steps[k].term, "include:") ||
			    text_starts(spf->steps[k].term, "redirect=")))
				add(s, spf->steps[k].target, s->list[i].name);
	}
}

/* The addresses that the relay's host has in the other family may send too. */
static void
find_addresses(struct search *s, const char *ip)
{
	struct relay_search *out = s->out;
	enum dns_type other = ip_is_v6(ip) ? DNS_A : DNS_AAAA;
	const struct fact *f;

	out->ips[out->n_ips++] = ip;
	if (s->p->id->ptr_name == NULL)
		return;
	f = facts_dns(s->p->facts, s->p->id->ptr_name, other);
	for (size_t i = 0; f->status == FACT_OK && i < f->n_values &&
	    out->n_ips < RELAY_ADDRESSES_MAX; i++)
		out->ips[out->n_ips++] = f->values[i].text;
}

static bool
passes(const struct relay_candidate *c)
{
	return c->spf->result == SPF_PASS && !c->open;
}

/* What makes one candidate better than another, the weightiest first. Each
 * gives a number, the larger the better. */
static int
rank(const struct relay_candidate *c, size_t by)
{
	switch (by) {
	case 0:
		return (int)c->covered;
	case 1:
		return c->documented;
	case 2:
		return c->part_of == NULL;
	case 3:
		return c->worst_case >= 0 ? -c->worst_case : -1000;
	case 4:
		return !c->unsteady;
	default:
		return -(int)strlen(c->name);
	}
}

/* Of two that pass: by which rank A is better than B, or -1: it is not. */
static int
better_by(const struct relay_candidate *a, const struct relay_candidate *b)
{
	for (int by = 0; by <= 5; by++) {
		int of_a = rank(a, (size_t)by), of_b = rank(b, (size_t)by);

		if (of_a != of_b)
			return of_a > of_b ? by : -1;
	}
	return -1;
}

static const struct relay_candidate *
find_best(const struct search *s)
{
	const struct relay_candidate *best = NULL;

	for (size_t i = 0; i < s->n; i++)
		if (passes(&s->list[i]) &&
		    (best == NULL || better_by(&s->list[i], best) >= 0))
			best = &s->list[i];
	return best;
}

/* Why C, which passes, is not the best. */
static const char *
why_beaten(struct search *s, const struct relay_candidate *c,
    const struct relay_candidate *best)
{
	struct arena *arena = s->p->arena;

	switch (better_by(best, c)) {
	case 0:
		return arena_printf(arena, _("include:%s covers more of the "
		    "relay's addresses."), best->name);
	case 1:
		return arena_printf(arena, _("include:%s is the one that its "
		    "company documents."), best->name);
	case 2:
		return arena_printf(arena, _("It is a part of the record of %s: "
		    "the provider may change or remove it at any time."),
		    c->part_of);
	case 3:
		return arena_printf(arena, _("include:%s needs fewer look-ups "
		    "(%d against %d)."), best->name, best->worst_case + 1,
		    c->worst_case + 1);
	default:
		return arena_printf(arena, _("include:%s does the same in a "
		    "plainer way."), best->name);
	}
}

static void
explain(struct search *s, struct relay_candidate *c,
    const struct relay_candidate *best)
{
	struct arena *arena = s->p->arena;

	if (c == best)
		return;
	if (c->open)
		c->why = arena_printf(arena, _("The record of %s lets every "
		    "server in the world pass."), c->name);
	else if (passes(c))
		c->why = why_beaten(s, c, best);
	else if (c->spf->cause == SPF_CAUSE_NO_RECORD)
		c->why = arena_printf(arena, _("%s has no SPF record: with it "
		    "your whole record is an error for every receiver."),
		    c->name);
	else
		c->why = c->spf->reason;
}

const struct relay_search *
relay_spf_search(struct planning *p, const char *ip)
{
	struct search *s = arena_alloc(p->arena, sizeof *s);

	s->p = p;
	s->out = arena_alloc(p->arena, sizeof *s->out);
	find_addresses(s, ip);
	add_parents(s, p->id->relayhost);
	add_parents(s, p->id->ptr_name);
	if (p->in->bounce != NULL && p->id->relayhost == NULL)
		add_parents(s, p->in->bounce->reporting_host);
	add_parts(s);
	s->out->best = find_best(s);
	for (size_t i = 0; i < s->n; i++)
		explain(s, &s->list[i], s->out->best);
	s->out->candidates = s->list;
	s->out->n = s->n;
	return s->out;
}
