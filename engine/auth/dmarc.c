/* SPDX-License-Identifier: ISC
 * Knows the DNS tree walk of RFC 9989 4.10 and what follows from it: the
 * record that applies, the organisational domain, alignment. Hides libpsl. */
#include "config.h"

#include "engine/auth/dmarc.h"

#include <libpsl.h>
#include <string.h>

#include "engine/auth/dmarc_record.h"
#include "engine/auth/missing.h"
#include "engine/base/i18n.h"
#include "engine/base/text.h"

/* RFC 9989 4.10: the name itself, then at most seven labels down to one */
#define MAX_STEPS 8
#define MAX_LABELS 8

struct stop {
	const char *domain;
	const struct fact *fact;
	enum dmarc_state state;         /* OK, NO_RECORD, SEVERAL, UNKNOWN */
	const char *text;
	const char *mistake;            /* no record, but meant as one: why */
	const char *mistaken;           /* … and its text */
	struct dmarc_tags tags;
};

struct walk {
	struct stop stops[MAX_STEPS];
	size_t n;
	bool missing;                   /* answers that are still to come */
	const struct fact *failed;      /* an answer that did not come */
};

static size_t
count_labels(const char *name)
{
	size_t n = name[0] != '\0';

	for (; *name != '\0'; name++)
		n += *name == '.';
	return n;
}

/* NAME without its first label; "" after the last. */
static const char *
parent(const char *name)
{
	const char *dot = strchr(name, '.');

	return dot != NULL ? dot + 1 : "";
}

/* The last N labels of NAME, which has at least as many. */
static const char *
last_labels(const char *name, size_t n)
{
	while (count_labels(name) > n)
		name = parent(name);
	return name;
}

/* ---- the walk ---- */

static void
take_mistake(struct arena *arena, struct stop *stop, const char *shown,
    const struct fact_value *value)
{
	if (stop->mistake != NULL)
		return;
	stop->mistake = dmarc_mistaken(arena, shown, value->text, value->len);
	stop->mistaken = arena_strndup(arena, value->text, value->len);
}

/* How much a policy asks for; a record without one asks for nothing. */
static int
severity(const struct dmarc_tags *tags)
{
	if (tags->p == NULL || strcmp(tags->p, "none") == 0)
		return 0;
	return strcmp(tags->p, "quarantine") == 0 ? 1 : 2;
}

/* Of several records the one is kept that asks for less, since none of them
 * counted until now; then the one that brings reports. */
static bool
is_gentler(const struct dmarc_tags *a, const struct dmarc_tags *b)
{
	return severity(a) != severity(b) ? severity(a) < severity(b) :
	    a->reports && !b->reports;
}

static void
read_stop(struct arena *arena, struct stop *stop)
{
	const char *shown = text_safe(arena, stop->domain);
	const struct fact *fact = stop->fact;
	struct dmarc_tags tags;
	size_t n = 0;

	stop->state = DMARC_NO_RECORD;
	for (size_t i = 0; i < fact->n_values && fact->status == FACT_OK; i++) {
		const struct fact_value *value = &fact->values[i];

		if (!dmarc_is_record(value->text, value->len)) {
			take_mistake(arena, stop, shown, value);
			continue;
		}
		n++;
		stop->state = DMARC_OK;
		dmarc_record_read(arena, shown, value->text, value->len, &tags);
		if (n > 1 && !is_gentler(&tags, &stop->tags))
			continue;
		stop->text = arena_strndup(arena, value->text, value->len);
		stop->tags = tags;
	}
	if (n > 1)      /* RFC 9989 4.10: all are discarded */
		stop->state = DMARC_SEVERAL;
}

static struct stop *
visit(struct walk *w, struct arena *arena, struct facts *facts,
    const char *domain)
{
	struct stop *stop = &w->stops[w->n++];

	*stop = (struct stop){ .domain = domain };
	stop->fact = facts_dns(facts,
	    arena_printf(arena, "_dmarc.%s", domain), DNS_TXT);
	if (fact_missing(facts, stop->fact)) {
		w->missing = true;
		stop->state = DMARC_UNKNOWN;
	} else if (!fact_known(stop->fact)) {
		w->failed = stop->fact;
		stop->state = DMARC_UNKNOWN;
	} else {
		read_stop(arena, stop);
	}
	return stop;
}

/* The tree walk from NAME up; a missing answer is walked past, so that all of
 * its names are wanted at once. */
static void
walk_tree(struct walk *w, struct arena *arena, struct facts *facts,
    const char *name)
{
	*w = (struct walk){ 0 };
	while (name[0] != '\0' && w->n < MAX_STEPS) {
		const struct stop *stop = visit(w, arena, facts, name);

		if (stop->state == DMARC_OK && (stop->tags.psd == 'n' ||
		    (stop->tags.psd == 'y' && w->n > 1)))
			break;
		name = last_labels(parent(name), MAX_LABELS - 1);
	}
}

/* ---- the organisational domain (RFC 9989 4.10.2) ---- */

/* By the walk; NULL when no record says anything. */
static const char *
walked_org_domain(const struct walk *w)
{
	const char *found = NULL;

	for (size_t i = 0; i < w->n; i++) {
		const struct stop *stop = &w->stops[i];

		if (stop->state != DMARC_OK)
			continue;
		if (stop->tags.psd == 'n')
			return stop->domain;
		if (stop->tags.psd == 'y' && i > 0)
			return last_labels(w->stops[0].domain,
			    count_labels(stop->domain) + 1);
		found = stop->domain;
	}
	return found;
}

const char *
psl_org_domain(struct arena *arena, const char *name)
{
	const psl_ctx_t *psl = psl_builtin();
	const char *domain = text_domain(arena, name, strlen(name));
	const char *org = NULL;

	if (psl != NULL)
		org = psl_registrable_domain(psl, domain);
	return org != NULL ? arena_strdup(arena, org) : domain;
}

const char *
dmarc_org_domain(struct arena *arena, struct facts *facts, const char *name,
    bool *settled)
{
	const char *domain = text_domain(arena, name, strlen(name));
	const char *org = NULL;
	struct walk w;

	walk_tree(&w, arena, facts, domain);
	if (settled != NULL)
		*settled = !w.missing;
	/* with gaps in the walk its answer could be wrong */
	if (!w.missing && w.failed == NULL)
		org = walked_org_domain(&w);
	return org != NULL ? org : psl_org_domain(arena, domain);
}

bool
dmarc_aligned(struct arena *arena, struct facts *facts, const char *from,
    const char *other, bool strict)
{
	from = text_domain(arena, from, strlen(from));
	other = text_domain(arena, other, strlen(other));
	if (text_same(from, other))
		return true;
	if (strict)
		return false;
	return text_same(dmarc_org_domain(arena, facts, from, NULL),
	    dmarc_org_domain(arena, facts, other, NULL));
}

/* ---- the record that applies (RFC 9989 4.10.1) ---- */

/* RFC 9989 3.2: a domain does not exist without A, AAAA and MX. False also
 * while that is not known. */
static bool
known_absent(struct facts *facts, const char *domain, bool *missing)
{
	static const enum dns_type types[] = { DNS_A, DNS_AAAA, DNS_MX };
	bool absent = true;

	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		const struct fact *fact = facts_dns(facts, domain, types[i]);

		*missing = *missing || fact_missing(facts, fact);
		absent = absent && fact_empty(fact);
	}
	return absent;
}

/* The one of p, sp and np that holds for FROM. */
static const char *
applying_policy(struct facts *facts, const char *from,
    const struct stop *stop, bool *missing)
{
	const struct dmarc_tags *tags = &stop->tags;
	const char *sub = tags->sp != NULL ? tags->sp : tags->p;

	if (strcmp(stop->domain, from) == 0)
		return tags->p;
	/* only a record that tells them apart makes the questions worth it */
	if (tags->np != NULL && strcmp(tags->np, sub) != 0 &&
	    known_absent(facts, from, missing))
		return tags->np;
	return sub;
}

/* The stop whose record applies: the author's domain, else the organisational
 * domain, else a public suffix with psd=y above it. NULL: none. */
static const struct stop *
applying_stop(const struct walk *w)
{
	const char *org = walked_org_domain(w);
	const struct stop *last = w->n != 0 ? &w->stops[w->n - 1] : NULL;

	if (w->n != 0 && w->stops[0].state == DMARC_OK)
		return &w->stops[0];
	if (org == NULL)
		return NULL;
	for (size_t i = 0; i < w->n; i++)
		if (w->stops[i].state == DMARC_OK &&
		    strcmp(w->stops[i].domain, org) == 0)
			return &w->stops[i];
	return last->state == DMARC_OK && last->tags.psd == 'y' ? last : NULL;
}

static void
take_stop(struct dmarc_record *out, const struct stop *stop)
{
	out->state = stop->tags.used ? DMARC_OK : DMARC_FAULTY;
	out->domain = stop->domain;
	out->text = stop->text;
	out->strict_spf = stop->tags.strict_spf;
	out->strict_dkim = stop->tags.strict_dkim;
	out->test_mode = stop->tags.test_mode;
	out->reports = stop->tags.reports;
	out->fault = stop->tags.fault;
}

/* No record applies: is there one that was meant to? */
static void
explain_absence(struct arena *arena, struct dmarc_record *out,
    const struct walk *w)
{
	out->state = DMARC_NO_RECORD;
	for (size_t i = 0; i < w->n; i++) {
		const struct stop *stop = &w->stops[i];

		if (stop->state == DMARC_SEVERAL) {
			out->state = DMARC_SEVERAL;
			out->domain = stop->domain;
			out->text = stop->text;
			out->fault = arena_printf(arena,
			    _("%s publishes more than one DMARC record, so "
			      "receivers ignore them all."),
			    text_safe(arena, stop->domain));
			return;
		}
		if (stop->mistake != NULL) {
			out->state = DMARC_FAULTY;
			out->domain = stop->domain;
			out->text = stop->mistaken;
			out->fault = stop->mistake;
			return;
		}
	}
}

static void
list_facts(struct arena *arena, struct dmarc_record *out,
    const struct walk *w)
{
	const char **keys = arena_array(arena, w->n + 1, sizeof *keys);

	for (size_t i = 0; i < w->n; i++)
		keys[i] = w->stops[i].fact->key;
	out->facts = keys;
	out->n_facts = w->n;
}

const struct dmarc_record *
dmarc_lookup(struct arena *arena, struct facts *facts, const char *from_domain)
{
	struct dmarc_record *out = arena_alloc(arena, sizeof *out);
	const char *from =
		text_domain(arena, from_domain, strlen(from_domain));
	const struct stop *stop;
	bool missing = false;
	struct walk w;

	walk_tree(&w, arena, facts, from);
	list_facts(arena, out, &w);
	stop = applying_stop(&w);
	/* the author domain's own record holds whatever stands above it */
	if (stop != NULL && (stop == &w.stops[0] ||
	    (!w.missing && w.failed == NULL))) {
		take_stop(out, stop);
		out->policy = stop->tags.used ?
			applying_policy(facts, from, stop, &missing) : NULL;
		if (missing)
			out->state = DMARC_UNKNOWN;
	} else if (w.missing) {
		out->state = DMARC_UNKNOWN;
	} else if (w.failed != NULL) {
		out->state = DMARC_UNKNOWN;
		out->fault = fact_failure(arena, w.failed);
	} else {
		explain_absence(arena, out, &w);
	}
	return out;
}

const char *
dmarc_misplaced(struct arena *arena, struct facts *facts, const char *domain,
    const struct fact **fact)
{
	const char *names[] = {
		domain,
		arena_printf(arena, "_dmarc.%s.%s", domain, domain),
		arena_printf(arena, "dmarc.%s", domain),
	};
	const char *found = NULL;

	/* all are asked at once, whatever the first one says */
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const struct fact *txt = facts_dns(facts, names[i], DNS_TXT);

		for (size_t k = 0; txt->status == FACT_OK && found == NULL &&
		    k < txt->n_values; k++) {
			if (!dmarc_is_record(txt->values[k].text,
				txt->values[k].len))
				continue;
			found = arena_strndup(arena, txt->values[k].text,
			    txt->values[k].len);
			*fact = txt;
		}
	}
	return found;
}
