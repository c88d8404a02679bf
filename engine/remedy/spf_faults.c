/* SPDX-License-Identifier: ISC
 * Knows the includes that make the whole of a record an error, so that nothing
 * is lost when they go. */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/remedy/proof.h"
#include "engine/remedy/spf_edit.h"

/* Does the record at NAME lead back to the target? */
static bool
leads_back(const struct planning *p, const struct spf_judgement *spf)
{
	for (size_t i = 0; i < spf->n_steps; i++)
		if (spf->steps[i].target != NULL &&
		    (text_starts(spf->steps[i].term, "include:") ||
		    text_starts(spf->steps[i].term, "redirect=")) &&
		    text_same(spf->steps[i].target, p->target))
			return true;
	return false;
}

/* Why a term that leads to NAME can only be an error, or NULL. */
static const char *
fault_of(struct planning *p, const char *term, const char *name)
{
	const struct spf_judgement *spf;

	if (text_same(name, p->target))
		return arena_printf(p->arena, _("%s is taken out: a record that "
		    "includes itself is an error for every receiver. It never "
		    "meant \"my own servers\"."), term);
	spf = proof_spf(p, p->id->client_ip,
	    arena_printf(p->arena, "postmaster@%s", name));
	if (spf->incomplete)
		return NULL;
	if (leads_back(p, spf))
		return arena_printf(p->arena, _("%s is taken out: the record of "
		    "%s leads back to %s, and going round in a circle is an "
		    "error for every receiver."), term, name, p->target);
	if (spf->cause == SPF_CAUSE_NO_RECORD ||
	    spf->cause == SPF_CAUSE_BAD_DOMAIN)
		return arena_printf(p->arena, _("%s is taken out: %s has no SPF "
		    "record, which makes the whole record an error."), term,
		    name);
	if (spf->cause == SPF_CAUSE_TWO_RECORDS && text_same(spf->blamed, name))
		return arena_printf(p->arena, _("%s is taken out: %s has more "
		    "than one SPF record, which makes yours an error too."),
		    term, name);
	if (spf->cause == SPF_CAUSE_SYNTAX && text_same(spf->blamed, name))
		return arena_printf(p->arena, _("%s is taken out: the SPF record "
		    "of %s has a typing error, which makes yours an error too."),
		    term, name);
	return NULL;
}

/* What the record at NAME lists itself stays listed when the circle is cut. */
static void
keep_addresses(struct planning *p, struct spf_draft *d, const char *name)
{
	const struct fact *txt = facts_dns(p->facts, name, DNS_TXT);
	const char *text = spf_find_record(p->arena, txt, NULL);
	struct spf_record record;

	if (text == NULL ||
	    !spf_parse(p->arena, text, strlen(text), &record))
		return;
	for (size_t i = 0; i < record.n_terms; i++) {
		const struct spf_term *t = &record.terms[i];

		const char *kept = t->text;

		if (t->qualifier != '+' || (t->kind != SPF_IP4 &&
		    t->kind != SPF_IP6 && t->kind != SPF_A &&
		    t->kind != SPF_MX))
			continue;
		if (t->argument == NULL)   /* "a" of NAME, not of the target */
			kept = arena_printf(p->arena, "%s:%s%s",
			    spf_kind_name(t->kind), name,
			    strchr(t->text, '/') != NULL ?
			    strchr(t->text, '/') : "");
		spf_draft_add(d, kept, arena_printf(p->arena,
		    _("\"%s\" is added: the record of %s lists it."), kept,
		    name));
	}
}

void
spf_drop_faults(struct planning *p, struct spf_draft *d)
{
	for (size_t i = 0; i < d->n; i++) {
		const struct spf_term t = d->terms[i].term;
		const char *name, *why;

		if (!spf_draft_stands(&d->terms[i]) ||
		    (t.kind != SPF_INCLUDE && t.kind != SPF_REDIRECT) ||
		    strchr(t.argument, '%') != NULL)
			continue;
		name = text_domain(p->arena, t.argument, strlen(t.argument));
		why = fault_of(p, t.text, name);
		if (why == NULL)
			continue;
		d->terms[i].fate = SPF_REMOVED;
		d->terms[i].why = why;
		if (!text_same(name, p->target))
			keep_addresses(p, d, name);
	}
}
