/* SPDX-License-Identifier: ISC
 * Work on one SPF record: reading what is published, and making the draft the
 * step's change with its reasons, sizes and proof. */
#include "config.h"

#include "engine/remedy/spf_work.h"

#include <string.h>

#include "engine/auth/spf_words.h"
#include "engine/base/i18n.h"
#include "engine/remedy/proof.h"
#include "engine/remedy/spf_draft.h"

/* Answers above this are cut for resolvers without EDNS (RFC 1035 4.2.1). */
#define ANSWER_MAX 512

size_t
spf_work_records(struct planning *p, const char *domain,
    struct fact_value **records)
{
	const struct fact *txt = facts_dns(p->facts, domain, DNS_TXT);
	size_t n = 0;

	*records = arena_array(p->arena, txt->n_values + 1, sizeof **records);
	for (size_t i = 0; txt->status == FACT_OK && i < txt->n_values; i++)
		if (spf_words_start(txt->values[i].text, txt->values[i].len) != 0)
			(*records)[n++] = txt->values[i];
	return n;
}

/* All TXT values of DOMAIN with RECORD in the place of its SPF records: what
 * the RRset will be. */
static const char **
values_with(struct planning *p, const char *domain, const char *record)
{
	const struct fact *txt = facts_dns(p->facts, domain, DNS_TXT);
	const char **after = arena_array(p->arena, txt->n_values + 2,
	    sizeof *after);
	size_t n = 0;

	for (size_t i = 0; txt->status == FACT_OK && i < txt->n_values; i++)
		if (spf_words_start(txt->values[i].text,
		    txt->values[i].len) == 0)
			after[n++] = txt->values[i].text;
	after[n] = record;
	return after;
}

static void
note_sizes(struct planning *p, const char *record, const char **values)
{
	size_t size = spf_answer_size(p->target, values);

	if (strlen(record) > STRING_MAX)
		step_advice(p, _("The record has %zu characters, and one string of "
		    "a TXT record holds 255. Most DNS panels divide it "
		    "themselves; if yours refuses it, enter it as two quoted "
		    "strings, the second beginning with a blank."),
		    strlen(record));
	if (size > ANSWER_MAX)
		step_advice(p, _("With it the TXT answer of %s has about %zu "
		    "octets. More than 512 need EDNS or TCP, which nearly every "
		    "receiver has; to be on the safe side, take out other TXT "
		    "records that are not used any more."), p->target, size);
}

/* The includes and what each costs, when there are too many look-ups. */
static void
note_costs(struct planning *p, const struct spf_draft *d)
{
	for (size_t i = 0; i < d->n; i++) {
		const struct spf_term *t = &d->terms[i].term;
		int cost = spf_draft_stands(&d->terms[i]) &&
		    t->kind == SPF_INCLUDE && strchr(t->argument, '%') == NULL ?
		    spf_worst_case(p->arena, p->facts, t->argument) : -1;

		if (cost >= 0)
			step_advice(p, P_("\"%s\" needs %d look-up.",
			    "\"%s\" needs %d look-ups.", cost + 1), t->text,
			    cost + 1);
	}
}

/* Includes whose own records lead to empty names. */
static void
note_voids(struct planning *p, const struct spf_draft *d)
{
	for (size_t i = 0; i < d->n; i++) {
		const struct spf_term *t = &d->terms[i].term;
		const struct spf_judgement *spf;

		if (!spf_draft_stands(&d->terms[i]) || t->kind != SPF_INCLUDE)
			continue;
		spf = proof_record(p, p->target, arena_printf(p->arena,
		    "v=spf1 %s -all", t->text), SPF_STRANGER);
		if (!spf->incomplete && spf->voids > 0)
			step_advice(p, _("\"%s\" leads to names that are empty. "
			    "Let whoever runs that record take them out, or take "
			    "the include out of yours."), t->text);
	}
}

static void
note_limits(struct planning *p, const struct spf_work *w)
{
	if (spf_fits(&w->fit))
		return;
	if (w->fit.cause == SPF_CAUSE_TOO_MANY_LOOKUPS) {
		step_advice(p, _("%d look-ups are left, and the eleventh is an "
		    "error for every receiver that comes to it. Take out what "
		    "you do not use, or send some of the mail from a name of "
		    "its own, such as news.%s."), w->fit.lookups, p->target);
		note_costs(p, &w->draft);
		step_block(p, _("More than 10 look-ups are left: take out what "
		    "you do not use."));
	} else {
		if (w->fit.cause == SPF_CAUSE_TOO_MANY_VOID)
			note_voids(p, &w->draft);
		step_block(p, w->fit.cause == SPF_CAUSE_TOO_MANY_NAMES ?
		    _("\"mx\" still leads to more than 10 names: list addresses "
		    "instead.") :
		    _("More than 2 names that it leads to are empty."));
	}
}

void
spf_work_change(struct planning *p, struct spf_work *w)
{
	const char *record = spf_draft_text(&w->draft);
	const char **values = values_with(p, p->target, record);

	step_dns(p, p->target, DNS_TXT, values);
	for (size_t i = 0; i < w->draft.n; i++)
		if (w->draft.terms[i].why != NULL)
			step_advice(p, "%s", w->draft.terms[i].why);
	for (size_t i = 0; i < w->draft.n_notes; i++)
		step_advice(p, "%s", w->draft.notes[i]);
	note_sizes(p, record, values);
	note_limits(p, w);
}

/* Would everybody who passes now, or whom the record means, still pass with
 * D? */
static bool
keeps_all(struct planning *p, const struct spf_work *w, struct spf_draft *d)
{
	const char *text = spf_draft_text(d);
	bool kept = true;

	proof_lay(p);
	facts_overlay_set(p->facts, p->target, DNS_TXT, &text, 1);
	for (size_t i = 0; kept && i < w->samples.n; i++)
		kept = proof_now(p, w->samples.list[i].ip, p->sender)->result !=
		    SPF_PASS || proof_spf(p, w->samples.list[i].ip,
		    p->sender)->result == SPF_PASS;
	proof_unlay(p);
	return kept;
}

/* Mechanisms behind "all" were meant to count. */
static void
all_last(struct planning *p, struct spf_work *w)
{
	struct spf_draft moved = spf_draft_copy(&w->draft);
	struct spf_fit fit;

	if (!spf_draft_all_last(&moved))
		return;
	spf_fit_draft(p, p->target, &moved, &fit);
	if (fit.cause == SPF_CAUSE_NONE && keeps_all(p, w, &moved))
		w->draft = moved;
}

/* What lets anybody pass goes; "~all" stands in its place. */
static void
close_up(struct spf_work *w)
{
	struct spf_draft *d = &w->draft;

	for (size_t i = 0; i < d->n; i++) {
		struct spf_draft_term *t = &d->terms[i];

		if (!spf_draft_stands(t) || !spf_term_is_open(&t->term))
			continue;
		spf_draft_drop(t, arena_printf(d->arena, _("\"%s\" is taken out: "
		    "it lets anybody pass. Before you publish this, put in what "
		    "else sends with your domain; \"~all\" at the end is kind to "
		    "what is forgotten."), t->term.text));
		w->closed = true;
	}
}

bool
spf_work_begin(struct planning *p, struct spf_work *w)
{
	struct fact_value *records;
	struct spf_record old;

	*w = (struct spf_work){ .relay = NULL };
	w->n_records = spf_work_records(p, p->target, &records);
	spf_draft_read(&w->draft, p->arena, records, w->n_records);
	if (w->draft.refused != NULL) {
		step_advice(p, "%s", w->draft.refused);
		step_block(p, w->draft.refused);
		return false;
	}
	close_up(w);
	spf_samples_take(p, p->target, &w->draft, &w->samples);
	/* and as it was written: mending may have changed a valid term */
	for (size_t i = 0; i < w->n_records; i++)
		if (spf_is_record(records[i].text, records[i].len) &&
		    spf_parse(p->arena, records[i].text, records[i].len, &old))
			for (size_t k = 0; k < old.n_terms; k++)
				if (!spf_term_is_open(&old.terms[k]))
					spf_sample_term(&w->samples, p->target,
					    &old.terms[k]);
	spf_drop_faults(p, &w->draft);
	all_last(p, w);
	return true;
}

/* The record stays beyond the limits: then at least what needs no look-up
 * passes before they are reached. */
static void
addresses_first(struct planning *p, struct spf_work *w)
{
	struct spf_draft moved = spf_draft_copy(&w->draft);

	if (spf_draft_addresses_first(&moved) && keeps_all(p, w, &moved))
		w->draft = moved;
}

void
spf_work_end(struct planning *p, struct spf_work *w)
{
	spf_fit_reduce(p, p->target, &w->draft, &w->fit);
	if (!spf_fits(&w->fit))
		addresses_first(p, w);
	spf_work_change(p, w);
	proof_senders(p, p->id->sender != NULL ? p->id->sender : p->sender,
	    p->sender);
	proof_kept(p, &w->samples, p->sender);
}
