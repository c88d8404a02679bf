/* SPDX-License-Identifier: ISC
 * Knows the limits of a record, and which terms can go without loss. Hides
 * the trials. */
#include "config.h"

#include "engine/remedy/spf_fit.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/remedy/proof.h"

#define FLAT_MAX 16          /* addresses in place of one term */
#define COMPARED_MAX 40      /* addresses of one term that another lists */

void
spf_fit_draft(struct planning *p, const char *domain, struct spf_draft *draft,
    struct spf_fit *out)
{
	const char *text = spf_draft_text(draft);

	proof_lay(p);
	facts_overlay_set(p->facts, domain, DNS_TXT, &text, 1);
	spf_fit_measure(p->arena, p->facts, domain, out);
	proof_unlay(p);
}

/* ---- what can go ---- */

/* Does TERM alone let IP pass, as a record of DOMAIN? */
static bool
lets_pass(struct planning *p, const char *domain, const char *term,
    const char *ip)
{
	return proof_record(p, domain, arena_printf(p->arena, "v=spf1 %s -all",
	    term), ip)->result == SPF_PASS;
}

/* Does the record behind OTHER include what TERM includes? */
static bool
nests(struct planning *p, const char *domain, const struct spf_term *other,
    const struct spf_term *term)
{
	const struct spf_judgement *spf = proof_record(p, domain,
	    arena_printf(p->arena, "v=spf1 %s -all", other->text),
	    SPF_STRANGER);

	for (size_t i = 0; i < spf->n_steps; i++)
		if (spf->steps[i].depth > 0 && spf->steps[i].target != NULL &&
		    text_starts(spf->steps[i].term, "include:") &&
		    text_same(spf->steps[i].target, term->argument))
			return true;
	return false;
}

/* Does the term OTHER list all that is in SAMPLES? A network is in another
 * when its ends are; of what an include lists only its own include is sure. */
static bool
covers(struct planning *p, const char *domain, const struct spf_term *other,
    const struct spf_term *term, const struct spf_samples *samples)
{
	if (term->kind == SPF_INCLUDE && !nests(p, domain, other, term))
		return false;
	for (size_t i = 0; i < samples->n; i++)
		if (!lets_pass(p, domain, other->text, samples->list[i].ip))
			return false;
	return true;
}

/* Why the term at AT is not needed, or NULL: it is, or that is not known. */
static const char *
needless(struct planning *p, const char *domain, const struct spf_draft *d,
    size_t at)
{
	const struct spf_term *term = &d->terms[at].term;
	struct spf_samples samples = { .arena = p->arena, .facts = p->facts,
		.term_max = COMPARED_MAX };

	if (term->kind == SPF_PTR)
		return arena_printf(p->arena, _("\"%s\" is taken out: receivers "
		    "may leave it out anyway, and it costs look-ups (RFC 7208 "
		    "5.5)."), term->text);
	if (term->qualifier != '+' || (term->kind != SPF_A &&
	    term->kind != SPF_MX && term->kind != SPF_INCLUDE))
		return NULL;
	spf_sample_term(&samples, domain, term);
	if (samples.missing || samples.partial)
		return NULL;
	for (size_t i = 0; samples.n != 0 && i < d->n; i++)
		if (i != at && spf_draft_stands(&d->terms[i]) &&
		    d->terms[i].term.qualifier == '+' &&
		    d->terms[i].term.kind != SPF_ALL &&
		    covers(p, domain, &d->terms[i].term, term, &samples))
			return arena_printf(p->arena, _("\"%s\" is taken out: "
			    "\"%s\" lists all that it lists."), term->text,
			    d->terms[i].term.text);
	return NULL;
}

static bool
is_own_host(const struct planning *p, const char *domain,
    const struct spf_term *term)
{
	return (term->kind == SPF_A || term->kind == SPF_MX) &&
	    term->qualifier == '+' && (term->argument == NULL ||
	    text_domain_below(text_domain(p->arena, term->argument,
		strlen(term->argument)), psl_org_domain(p->arena, domain)));
}

/* Put the addresses of the term at AT in its place. */
static bool
flatten(struct planning *p, const char *domain, struct spf_draft *d, size_t at)
{
	struct spf_draft_term *t = &d->terms[at];
	struct spf_samples samples = { .arena = p->arena, .facts = p->facts,
		.term_max = FLAT_MAX };
	const char *old = t->term.text;

	if (!is_own_host(p, domain, &t->term) || t->term.prefix4 != 32 ||
	    t->term.prefix6 != 128)
		return false;
	spf_sample_term(&samples, domain, &t->term);
	if (samples.missing || samples.partial || samples.n == 0)
		return false;
	t->fate = SPF_REMOVED;
	t->why = arena_printf(p->arena, _("\"%s\" gives way to the addresses "
	    "that it leads to, which cost no look-up. When they change, change "
	    "them here too."), old);
	for (size_t i = 0; i < samples.n; i++)
		spf_draft_add(d, spf_address_term(p->arena, samples.list[i].ip),
		    NULL);
	return true;
}

/* Terms that lead nowhere: when they are the trouble, all of them go. */
static bool
drop_empty(struct planning *p, const char *domain, struct spf_draft *d)
{
	bool any = false;

	for (size_t i = 0; i < d->n; i++) {
		struct spf_draft_term *t = &d->terms[i];
		struct spf_samples samples = { .arena = p->arena,
			.facts = p->facts };

		if (!spf_draft_stands(t) || t->term.qualifier != '+' ||
		    (t->term.kind != SPF_A && t->term.kind != SPF_MX))
			continue;
		spf_sample_term(&samples, domain, &t->term);
		if (samples.missing || samples.partial || samples.n != 0)
			continue;
		t->fate = SPF_REMOVED;
		t->why = arena_printf(p->arena, _("\"%s\" is taken out: it "
		    "leads to no address at all, and the third such name is "
		    "an error."), t->term.text);
		any = true;
	}
	return any;
}

static bool
drop_one(struct planning *p, const char *domain, struct spf_draft *d)
{
	for (size_t i = 0; i < d->n; i++) {
		const char *why = spf_draft_stands(&d->terms[i]) ?
		    needless(p, domain, d, i) : NULL;

		if (why == NULL)
			continue;
		d->terms[i].fate = SPF_REMOVED;
		d->terms[i].why = why;
		return true;
	}
	return false;
}

static bool
flatten_one(struct planning *p, const char *domain, struct spf_draft *d)
{
	for (size_t i = 0; i < d->n; i++)
		if (spf_draft_stands(&d->terms[i]) && flatten(p, domain, d, i))
			return true;
	return false;
}

void
spf_fit_reduce(struct planning *p, const char *domain,
    struct spf_draft *draft, struct spf_fit *fit)
{
	proof_lay(p);
	spf_fit_draft(p, domain, draft, fit);
	while (!spf_fits(fit) && (drop_empty(p, domain, draft) ||
	    drop_one(p, domain, draft) || flatten_one(p, domain, draft)))
		spf_fit_draft(p, domain, draft, fit);
	proof_unlay(p);
}

size_t
spf_answer_size(const char *name, const char *const *values)
{
	/* header; question: name, type, class */
	size_t size = 12 + strlen(name) + 2 + 4;

	for (; *values != NULL; values++) {
		size_t len = strlen(*values);

		/* pointer, type, class, TTL, length; strings of 255 */
		size += 12 + len + (len == 0 ? 1 : (len + 254) / 255);
	}
	return size;
}
