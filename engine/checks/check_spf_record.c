/* SPDX-License-Identifier: ISC
 * Findings about the text of an SPF record, whoever sends: what receivers do
 * not see, what never counts, and limits that others run into. */
#include "config.h"

#include <string.h>

#include "engine/auth/spf_limits.h"
#include "engine/auth/spf_mend.h"
#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/checks/checking.h"

static enum finding_role
role(const struct spf_judgement *spf)
{
	return spf->result == SPF_PASS ? ROLE_ADVICE : ROLE_CONTRIBUTING;
}

/* "v=spf10", "v=spf2": no version that anybody reads (RFC 7208 4.5); Sender ID's
 * "spf2.0/pra" is something else (RFC 4408 had it beside SPF). */
static bool
is_other_version(const struct fact_value *v)
{
	return v->len > strlen("v=spf") && text_starts(v->text, "v=spf");
}

/* A TXT that was meant to be the record, but is none (RFC 7208 4.5). */
static void
not_read(struct checking *c, const struct spf_judgement *spf)
{
	const struct fact *txt = checking_dns(c, spf->domain, DNS_TXT);

	for (size_t i = 0; txt->status == FACT_OK && i < txt->n_values; i++) {
		const struct fact_value *v = &txt->values[i];

		if (spf_is_record(v->text, v->len) ||
		    (spf_words_start(v->text, v->len) == 0 &&
		    !is_other_version(v)))
			continue;
		finding_add(c, "spf.not-read", FINDING_PROBLEM, role(spf),
		    spf->domain, _("A TXT record of %s was meant to be SPF, but "
		    "receivers do not see it"), spf->domain);
		finding_detail(c, _("It reads %s. An SPF record begins with "
		    "\"v=spf1\" and a blank."),
		    text_cleaned(c->arena, v->text, v->len));
		finding_fact(c, txt->key);
		return;
	}
}

/* Valid terms that are something else than they look like. */
static void
ignored(struct checking *c, const struct spf_judgement *spf,
    const struct spf_record *record)
{
	for (size_t i = 0; i < record->n_terms; i++) {
		const struct spf_word word = { .text = record->terms[i].text };
		struct spf_mended mended;

		spf_mend(c->arena, &word, NULL, &mended);
		if (mended.why == NULL)
			continue;
		finding_add(c, "spf.ignored-term", FINDING_PROBLEM, role(spf),
		    spf->domain, _("\"%s\" in the SPF record of %s is not what it "
		    "seems"), word.text, spf->domain);
		finding_detail(c, _("It is allowed, but receivers do not take it "
		    "for what was meant. %s"), mended.why);
		finding_fact(c, checking_dns(c, spf->domain, DNS_TXT)->key);
	}
}

/* RFC 7208 5.1: mechanisms behind "all" are never tested. */
static void
behind_all(struct checking *c, const struct spf_judgement *spf,
    const struct spf_record *record)
{
	const struct spf_term *all = NULL;
	size_t n = 0;

	for (size_t i = 0; i < record->n_terms; i++) {
		const struct spf_term *t = &record->terms[i];

		n += all != NULL && t->kind != SPF_REDIRECT &&
		    t->kind != SPF_EXP && t->kind != SPF_UNKNOWN_MODIFIER;
		if (all == NULL && t->kind == SPF_ALL)
			all = t;
	}
	if (n == 0)
		return;
	finding_add(c, "spf.terms-behind-all", FINDING_PROBLEM, role(spf),
	    spf->domain, P_("%zu term of the SPF record of %s never counts",
	    "%zu terms of the SPF record of %s never count", n), n,
	    spf->domain);
	finding_detail(c, _("\"%s\" matches every sender, so what stands behind it "
	    "is never looked at. It belongs at the end."), all->text);
	finding_fact(c, checking_dns(c, spf->domain, DNS_TXT)->key);
}

/* Terms that let the whole world pass: some receivers distrust the domain for
 * them (knowledge.md 3.1). */
static void
anybody(struct checking *c, const struct spf_judgement *spf,
    const struct spf_record *record)
{
	for (size_t i = 0; i < record->n_terms; i++) {
		const struct spf_term *t = &record->terms[i];

		if (!spf_term_is_open(t))
			continue;
		finding_add(c, "spf.anybody", FINDING_PROBLEM, ROLE_CONTRIBUTING,
		    spf->domain, _("The SPF record of %s lets anybody send with "
		    "this domain"), spf->domain);
		finding_detail(c, _("\"%s\" matches every address in the world. "
		    "Spammers use such domains, and receivers learn not to trust "
		    "them."), t->text);
		finding_fact(c, checking_dns(c, spf->domain, DNS_TXT)->key);
		return;
	}
}

/* The limits for senders that are listed late, or not at all. */
static void
worst_case(struct checking *c, const struct spf_judgement *spf)
{
	struct spf_fit fit;

	spf_fit_measure(c->arena, c->in->facts, spf->domain, &fit);
	if (fit.wanted)
		c->wanted = true;
	if (spf_fits(&fit) || spf->result == SPF_PERMERROR)
		return;
	finding_add(c, "spf.worst-case", FINDING_PROBLEM, ROLE_ADVICE,
	    spf->domain, _("The SPF record of %s is an error for senders that it "
	    "lists late or not at all"), spf->domain);
	if (fit.cause == SPF_CAUSE_TOO_MANY_LOOKUPS)
		finding_detail(c, _("It needs %d look-ups when nothing matches; "
		    "receivers stop at 10."), fit.lookups);
	else if (fit.cause == SPF_CAUSE_TOO_MANY_VOID)
		finding_detail(c, _("More than 2 of the names in it lead nowhere "
		    "over IPv4 or over IPv6; receivers stop at the third."));
	else
		finding_detail(c, _("\"mx\" leads to more than 10 names."));
	finding_fact(c, checking_dns(c, spf->domain, DNS_TXT)->key);
}

void
check_spf_record(struct checking *c, const struct spf_judgement *spf)
{
	struct spf_record record;

	if (spf->domain == NULL || strchr(spf->domain, '.') == NULL)
		return;
	not_read(c, spf);
	if (spf->record == NULL || !spf_parse(c->arena, spf->record,
	    strlen(spf->record), &record))
		return;
	ignored(c, spf, &record);
	behind_all(c, spf, &record);
	anybody(c, spf, &record);
	worst_case(c, spf);
}
