/* SPDX-License-Identifier: ISC
 * The SPF record editor: changes to a draft, and its text. */
#include "config.h"

#include "engine/remedy/spf_edit.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/str.h"
#include "engine/base/text.h"
#include "engine/remedy/spf_draft.h"
#include "engine/auth/spf_words.h"

#define TEXT_MAX (4 * SPF_RECORDS_MAX)

void
spf_draft_note(struct spf_draft *d, const char *sentence)
{
	d->notes = arena_grow(d->arena, d->notes, d->n_notes, sizeof *d->notes);
	d->notes[d->n_notes++] = sentence;
}

bool
spf_draft_stands(const struct spf_draft_term *term)
{
	return term->fate != SPF_REMOVED && term->fate != SPF_UNCLEAR;
}

bool
spf_is_mechanism(const struct spf_term *term)
{
	return term->kind != SPF_REDIRECT && term->kind != SPF_EXP &&
	    term->kind != SPF_UNKNOWN_MODIFIER;
}

static bool
is_address(const struct spf_term *term)
{
	return term->kind == SPF_IP4 || term->kind == SPF_IP6;
}

bool
spf_term_same(struct arena *arena, const struct spf_term *a,
    const struct spf_term *b)
{
	if (a->kind != b->kind || a->prefix4 != b->prefix4 ||
	    a->prefix6 != b->prefix6)
		return false;
	if (a->kind == SPF_UNKNOWN_MODIFIER)
		return text_same(a->text, b->text);
	if (a->argument == NULL || b->argument == NULL)
		return a->argument == b->argument;
	if (is_address(a))
		return text_same(ip_canonical(arena, a->argument),
		    ip_canonical(arena, b->argument));
	return text_same(text_domain(arena, a->argument, strlen(a->argument)),
	    text_domain(arena, b->argument, strlen(b->argument)));
}

void
spf_draft_insert(struct spf_draft *d, size_t at,
    const struct spf_draft_term *term)
{
	d->terms = arena_grow(d->arena, d->terms, d->n, sizeof *d->terms);
	memmove(&d->terms[at + 1], &d->terms[at],
	    (d->n - at) * sizeof *d->terms);
	d->terms[at] = *term;
	d->n++;
}

struct spf_draft_term *
spf_draft_find(const struct spf_draft *d, const struct spf_term *term)
{
	for (size_t i = 0; i < d->n; i++)
		if (spf_draft_stands(&d->terms[i]) &&
		    spf_term_same(d->arena, &d->terms[i].term, term))
			return &d->terms[i];
	return NULL;
}

struct spf_draft_term *
spf_draft_kind(const struct spf_draft *d, enum spf_kind kind)
{
	for (size_t i = 0; i < d->n; i++)
		if (spf_draft_stands(&d->terms[i]) &&
		    d->terms[i].term.kind == kind)
			return &d->terms[i];
	return NULL;
}

void
spf_draft_drop(struct spf_draft_term *t, const char *why)
{
	t->fate = SPF_REMOVED;
	t->why = why;
}

/* ---- changing ---- */

struct spf_draft
spf_draft_copy(const struct spf_draft *d)
{
	struct spf_draft copy = *d;

	copy.terms = NULL;
	copy.n = 0;
	while (copy.n < d->n)
		spf_draft_insert(&copy, copy.n, &d->terms[copy.n]);
	copy.notes = NULL;
	copy.n_notes = 0;
	for (size_t i = 0; i < d->n_notes; i++)
		spf_draft_note(&copy, d->notes[i]);
	return copy;
}

bool
spf_draft_has(const struct spf_draft *d, const char *term)
{
	struct spf_term parsed;

	return spf_word_parse(d->arena, term, &parsed) &&
	    spf_draft_find(d, &parsed) != NULL;
}

bool
spf_draft_remove(struct spf_draft *d, const char *term, const char *why)
{
	struct spf_term parsed;
	struct spf_draft_term *t;
	bool found = false;

	if (!spf_word_parse(d->arena, term, &parsed))
		return false;
	while ((t = spf_draft_find(d, &parsed)) != NULL) {
		spf_draft_drop(t, why);
		found = true;
	}
	return found;
}

/* May TERM match somebody without a pass? What is added stands before it. */
static bool
stops(const struct spf_draft_term *t)
{
	return spf_draft_stands(t) && (t->term.kind == SPF_ALL ||
	    t->term.kind == SPF_REDIRECT ||
	    (spf_is_mechanism(&t->term) && t->term.qualifier != '+'));
}

void
spf_draft_add(struct spf_draft *d, const char *term, const char *why)
{
	struct spf_draft_term new = { .fate = SPF_ADDED, .why = why };
	const struct spf_draft_term *there;
	size_t end = 0, at = 0;

	if (!spf_word_parse(d->arena, term, &new.term))
		return;
	there = spf_draft_find(d, &new.term);
	if (there != NULL && there->term.qualifier == '+')
		return;
	while (end < d->n && !stops(&d->terms[end]))
		end++;
	if (is_address(&new.term)) {
		for (size_t i = 0; i < end; i++)
			if (spf_draft_stands(&d->terms[i]) &&
			    is_address(&d->terms[i].term))
				at = i + 1;
	} else {
		at = end;
	}
	spf_draft_insert(d, at, &new);
}

bool
spf_draft_all_last(struct spf_draft *d)
{
	struct spf_draft_term moved;
	size_t at = 0, last = 0;

	while (at < d->n && !(spf_draft_stands(&d->terms[at]) &&
	    d->terms[at].term.kind == SPF_ALL))
		at++;
	for (size_t i = at; i < d->n; i++)
		if (spf_draft_stands(&d->terms[i]) &&
		    spf_is_mechanism(&d->terms[i].term))
			last = i;
	if (at == d->n || last == at)
		return false;
	moved = d->terms[at];
	memmove(&d->terms[at], &d->terms[at + 1],
	    (last - at) * sizeof *d->terms);
	d->terms[last] = moved;
	d->terms[last].fate = SPF_MOVED;
	d->terms[last].why = arena_printf(d->arena, _("\"%s\" goes to the end: "
	    "terms behind it never count."), moved.term.text);
	return true;
}

bool
spf_draft_addresses_first(struct spf_draft *d)
{
	size_t at = 0;
	bool between = false, any = false;

	for (size_t i = 0; i < d->n && !stops(&d->terms[i]); i++) {
		struct spf_draft_term t = d->terms[i];

		if (!spf_draft_stands(&t) || !is_address(&t.term)) {
			between = between || (spf_draft_stands(&t) &&
			    spf_is_mechanism(&t.term));
			continue;
		}
		any = any || between;
		memmove(&d->terms[at + 1], &d->terms[at],
		    (i - at) * sizeof *d->terms);
		d->terms[at++] = t;
	}
	if (any)
		spf_draft_note(d, _("The addresses go to the front: they cost no "
		    "look-up, so mail from them passes whatever stands "
		    "behind."));
	return any;
}

const char *
spf_address_term(struct arena *arena, const char *ip)
{
	return arena_printf(arena, "%s:%s", ip_is_v6(ip) ? "ip6" : "ip4", ip);
}

const char *
spf_draft_text(struct spf_draft *d)
{
	struct str out;
	const char *text;

	str_init(&out, TEXT_MAX);
	str_adds(&out, "v=spf1");
	for (size_t i = 0; i < d->n; i++) {
		if (!spf_draft_stands(&d->terms[i]))
			continue;
		str_addc(&out, ' ');
		str_adds(&out, d->terms[i].term.text);
	}
	if (spf_draft_kind(d, SPF_ALL) == NULL &&
	    spf_draft_kind(d, SPF_REDIRECT) == NULL)
		str_adds(&out, " ~all");
	text = arena_strndup(d->arena, out.text, out.len);
	str_free(&out);
	return text;
}
