/* SPDX-License-Identifier: ISC
 * The steps about DMARC: a first record, one that is mended, and reports that
 * nobody takes. The way to a policy is plan_dmarc_way.c. */
#include "config.h"

#include <string.h>

#include "engine/auth/dmarc_lint.h"
#include "engine/auth/dmarc_record.h"
#include "engine/auth/spf_parse.h"
#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/checks/known_senders.h"
#include "engine/remedy/planning.h"
#include "engine/remedy/proof.h"

/* What is there, mended; a first record where there is none. *AT becomes the
 * domain that it belongs to. */
static const char *
wanted_dmarc(struct planning *p, const char *domain, const char **at)
{
	const struct dmarc_record *now = dmarc_lookup(p->arena, p->facts, domain);
	const struct fact *fact;
	const char *text = now->text;
	struct dmarc_lint lint;

	*at = now->domain != NULL ? now->domain : domain;
	if (now->state == DMARC_NO_RECORD)
		text = dmarc_misplaced(p->arena, p->facts, domain, &fact);
	if (text == NULL)
		return arena_printf(p->arena,
		    "v=DMARC1; p=none; rua=mailto:postmaster@%s", domain);
	dmarc_lint(p->arena, text, strlen(text), &lint);
	return lint.mended;
}

void
planning_dmarc(struct planning *p, const char *domain, const char *record)
{
	const char *name = arena_printf(p->arena, "_dmarc.%s", domain);
	const struct fact *now = facts_dns(p->facts, name, DNS_TXT);
	const char **after = arena_array(p->arena, now->n_values + 2,
	    sizeof *after);
	size_t n = 0;

	after[n++] = record;
	for (size_t i = 0; now->status == FACT_OK && i < now->n_values; i++) {
		const struct fact_value *v = &now->values[i];

		/* an SPF record there is a wildcard's answer */
		if (!dmarc_is_record(v->text, v->len) &&
		    !spf_is_record(v->text, v->len) &&
		    dmarc_mistaken(p->arena, domain, v->text, v->len) == NULL)
			after[n++] = v->text;
	}
	if (now->alias != NULL)
		step_advice(p, _("%s is an alias (CNAME) of %s. Change the record "
		    "there, with whoever runs that; or take the CNAME out and "
		    "put the record in its place."), name, now->alias);
	step_dns(p, name, DNS_TXT, after);
}

/* Until now nobody obeyed it. */
static void
warn_of_policy(struct planning *p, const char *record)
{
	static const char *const ids[] = {
		"dmarc.faulty", "dmarc.misplaced", "dmarc.no-policy",
		"dmarc.two-records",
	};

	if (strstr(record, "; p=none") != NULL)
		return;
	p->step->why = _("Only what does not work is changed; the policy "
	    "stays as it was meant.");
	for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++)
		if (finding_is_problem(p->findings, ids[i]))
			step_advice(p, _("Until now no receiver obeyed this "
			    "policy; then all do. When you are not sure that "
			    "all of your mail passes, write p=none in its "
			    "place and read the reports first."));
}

bool
make_dmarc_publish(struct planning *p)
{
	const char *domain = p->target, *at;
	const struct dmarc_record *after;
	const char *record;

	if (domain == NULL)
		return false;
	record = wanted_dmarc(p, domain, &at);
	warn_of_policy(p, record);
	if (strstr(record, "; t=y") != NULL &&
	    finding_is_problem(p->findings, "dmarc.tags"))
		step_advice(p, _("t=y takes the place of pct=: receivers that "
		    "follow RFC 9989 apply the policy one level lower, older "
		    "ones in full. Leave it out when the policy shall hold."));
	planning_dmarc(p, at, record);
	if (!finding_is_problem(p->findings, "dmarc.none") &&
	    !finding_is_problem(p->findings, "dmarc.misplaced"))
		p->step->title = arena_printf(p->arena,
		    _("Change the DMARC record of %s"), at);
	if (finding_is_problem(p->findings, "dmarc.two-records"))
		step_advice(p, _("Until now receivers used none of the records. "
		    "The one that asks for least is kept; raise p= when the "
		    "reports show that all of your mail passes."));
	if (finding_is_problem(p->findings, "dmarc.misplaced"))
		step_advice(p, _("Then delete the record that stands at the "
		    "wrong name."));
	proof_lay(p);
	after = dmarc_lookup(p->arena, p->facts, domain);
	p->step->proven = after->state == DMARC_OK;
	for (size_t i = 0; i < planning_senders(p); i++) {
		const struct authentication *a = &p->findings->authentication[i];
		bool passes = p->step->proven && p->sender != NULL &&
		    proof_spf(p, a->ip, p->sender)->result == SPF_PASS &&
		    dmarc_aligned(p->arena, p->facts, domain,
			text_address_domain(p->sender), after->strict_spf);

		step_proof(p, "dmarc", a->ip, p->sender, a->dmarc,
		    passes ? "pass" : "fail");
	}
	proof_unlay(p);
	return true;
}

/* The addresses of LIST (a rua= value) that are not of DOMAIN, or MINE when
 * none is left. */
static const char *
without_domain(struct planning *p, const char *list, const char *domain,
    const char *mine)
{
	const char *left = NULL;

	while (*list != '\0') {
		size_t n = strcspn(list, ",");
		const char *uri = arena_strndup(p->arena, list, n);
		const char *at = text_address_domain(uri);

		if (at == NULL || !text_same_n(at, domain, strlen(domain)))
			left = left == NULL ? uri : arena_printf(p->arena,
			    "%s,%s", left, uri);
		list += n + (list[n] == ',');
	}
	return left != NULL ? left : mine;
}

/* A mailbox provider never says for its customers that it takes reports. */
bool
make_dmarc_report(struct planning *p)
{
	const struct finding *f = finding_find(p->findings,
	    "dmarc.report-refused");
	const struct dmarc_record *now;
	const char *mended, *rua, *domain = p->target;

	if (domain == NULL || f == NULL || f->subject == NULL ||
	    !known_mailbox_domain(f->subject))
		return true;
	now = dmarc_lookup(p->arena, p->facts, domain);
	if (now->state != DMARC_OK || now->text == NULL)
		return true;
	mended = dmarc_rewrite(p->arena, now->text, strlen(now->text),
	    (const struct dmarc_tag_value[]){ { NULL, NULL } });
	rua = strstr(mended, "; rua=");
	if (rua == NULL)
		return true;
	rua = arena_strndup(p->arena, rua + 6, strcspn(rua + 6, ";"));
	p->step->title = arena_printf(p->arena, _("Have the DMARC reports sent "
	    "to an address of %s"), now->domain);
	planning_dmarc(p, now->domain, dmarc_rewrite(p->arena, mended, strlen(mended),
	    (const struct dmarc_tag_value[]){ { "rua", without_domain(p, rua,
		f->subject, arena_printf(p->arena, "mailto:postmaster@%s",
		now->domain)) }, { NULL, NULL } }));
	return true;
}
