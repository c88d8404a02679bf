/* SPDX-License-Identifier: ISC
 * The search for a relay's include. */
#include "config.h"

#include "engine/remedy/relay_spf.h"

#include <string.h>

#include "engine/base/text.h"
#include "engine/checks/known_senders.h"

#define CANDIDATES_MAX 40

/* Names under which providers keep the record for their customers. */
static const char *const prefixes[] = { "_spf", "spf" };

struct search {
	struct planning *p;
	const char *ip;
	struct relay_candidate list[CANDIDATES_MAX];
	size_t n;
	bool incomplete;
};

static void
add(struct search *s, const char *name)
{
	struct relay_candidate *candidate;

	if (name == NULL || strchr(name, '.') == NULL || s->n == CANDIDATES_MAX)
		return;
	for (size_t i = 0; i < s->n; i++)
		if (text_same(s->list[i].name, name))
			return;
	/* a domain's own name would include itself */
	if (s->p->target != NULL && text_same(name, s->p->target))
		return;
	candidate = &s->list[s->n++];
	candidate->name = name;
	candidate->spf = spf_judge(s->p->arena, s->p->facts,
	    &(struct spf_request){
		.ip = s->ip,
		.sender = arena_printf(s->p->arena, "postmaster@%s", name),
		.helo = s->p->id->helo });
	candidate->worst_case = -1;
	if (candidate->spf->incomplete)
		s->incomplete = true;
	else if (candidate->spf->result == SPF_PASS)
		candidate->worst_case =
		    spf_worst_case(s->p->arena, s->p->facts, name);
}

/* NAME and every parent down to the organisational domain, then the usual
 * names below that, then the documented include. */
static void
add_parents(struct search *s, const char *name)
{
	struct arena *arena = s->p->arena;
	const struct known_sender *known;
	const char *org;

	if (name == NULL)
		return;
	org = psl_org_domain(arena, name);
	for (const char *at = name; at != NULL && text_domain_below(at, org);) {
		add(s, at);
		at = strchr(at, '.');
		if (at != NULL)
			at++;
	}
	for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
		add(s, arena_printf(arena, "%s.%s", prefixes[i], org));
	known = known_sender_by_host(name);
	if (known != NULL)
		add(s, known->include);
}

/* Fewest look-ups first, then the shortest name: the least to break. */
static bool
better(const struct relay_candidate *a, const struct relay_candidate *b)
{
	if (b == NULL)
		return true;
	if (a->worst_case != b->worst_case)
		return a->worst_case >= 0 &&
		    (b->worst_case < 0 || a->worst_case < b->worst_case);
	return strlen(a->name) < strlen(b->name);
}

const struct relay_search *
relay_spf_search(struct planning *p, const char *ip)
{
	struct search *s = arena_alloc(p->arena, sizeof *s);
	struct relay_search *found = arena_alloc(p->arena, sizeof *found);

	s->p = p;
	s->ip = ip;
	add_parents(s, p->id->relayhost);
	add_parents(s, p->id->ptr_name);
	if (p->in->bounce != NULL && p->id->relayhost == NULL)
		add_parents(s, p->in->bounce->reporting_host);
	for (size_t i = 0; i < s->n; i++)
		if (s->list[i].spf->result == SPF_PASS &&
		    better(&s->list[i], found->best))
			found->best = &s->list[i];
	found->candidates = s->list;
	found->n = s->n;
	found->incomplete = s->incomplete;
	return found;
}
