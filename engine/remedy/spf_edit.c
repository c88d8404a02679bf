/* SPDX-License-Identifier: ISC
 * The SPF record editor: reading records into a draft, and the changes. */
#include "config.h"

#include "engine/remedy/spf_edit.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/str.h"
#include "engine/base/text.h"
#include "engine/auth/spf_mend.h"

/* Far above what fits into an answer; a bound for hostile records. */
#define RECORDS_MAX 4096
#define TEXT_MAX (4 * RECORDS_MAX)

static void
note(struct spf_draft *d, const char *sentence)
{
	d->notes = arena_grow(d->arena, d->notes, d->n_notes, sizeof *d->notes);
	d->notes[d->n_notes++] = sentence;
}

bool
spf_draft_stands(const struct spf_draft_term *term)
{
	return term->fate != SPF_REMOVED && term->fate != SPF_UNCLEAR;
}

static bool
is_mechanism(const struct spf_term *term)
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

static void
insert(struct spf_draft *d, size_t at, const struct spf_draft_term *term)
{
	d->terms = arena_grow(d->arena, d->terms, d->n, sizeof *d->terms);
	memmove(&d->terms[at + 1], &d->terms[at],
	    (d->n - at) * sizeof *d->terms);
	d->terms[at] = *term;
	d->n++;
}

/* The term in the draft that matches the same as TERM, or NULL. */
static struct spf_draft_term *
find(const struct spf_draft *d, const struct spf_term *term)
{
	for (size_t i = 0; i < d->n; i++)
		if (spf_draft_stands(&d->terms[i]) &&
		    spf_term_same(d->arena, &d->terms[i].term, term))
			return &d->terms[i];
	return NULL;
}

static struct spf_draft_term *
find_kind(const struct spf_draft *d, enum spf_kind kind)
{
	for (size_t i = 0; i < d->n; i++)
		if (spf_draft_stands(&d->terms[i]) &&
		    d->terms[i].term.kind == kind)
			return &d->terms[i];
	return NULL;
}

static void
drop(struct spf_draft_term *t, const char *why)
{
	t->fate = SPF_REMOVED;
	t->why = why;
}

/* ---- reading ---- */

/* Of two ways to end a record, is A the more careful one? "~all" marks what
 * is not listed and refuses nothing; "+all" lets everybody pass. */
static bool
more_careful(const struct spf_term *a, const struct spf_term *b)
{
	static const char order[] = "~?-+";

	return strchr(order, a->qualifier) < strchr(order, b->qualifier);
}

/* Why NEW is not needed beside what the draft has, or NULL: it is. */
static const char *
superfluous(struct spf_draft *d, struct spf_draft_term *new)
{
	struct spf_draft_term *all = find_kind(d, SPF_ALL);
	const struct spf_draft_term *same = find(d, &new->term);

	if (new->term.kind == SPF_ALL && all != NULL) {
		if (all->record != new->record &&
		    more_careful(&new->term, &all->term)) {
			drop(all, arena_printf(d->arena, _("\"%s\" is taken "
			    "out: \"%s\" of the other record stays."),
			    all->term.text, new->term.text));
			return NULL;
		}
		return arena_printf(d->arena, _("\"%s\" is taken out: one "
		    "\"all\" is enough, and only the first one counts."),
		    new->term.text);
	}
	if (same == NULL || new->term.kind == SPF_UNKNOWN_MODIFIER)
		return same == NULL ? NULL : "";
	return arena_printf(d->arena, _("\"%s\" is taken out: it stands in the "
	    "record already, and only the first one counts."),
	    new->term.text);
}

static void
append(struct spf_draft *d, struct spf_draft_term *new)
{
	const char *why = spf_draft_stands(new) ? superfluous(d, new) : NULL;

	if (why != NULL && *why != '\0')
		drop(new, why);
	insert(d, d->n, new);
}

/* A second redirect= or exp= makes a record invalid (RFC 7208 section 6). */
static void
append_modifier(struct spf_draft *d, struct spf_draft_term *new)
{
	const struct spf_draft_term *there = find_kind(d, new->term.kind);

	if (there != NULL && new->term.kind == SPF_EXP)
		drop(new, arena_printf(d->arena, _("\"%s\" is taken out: there "
		    "may be only one exp=."), new->term.text));
	append(d, new);
}

/* "v=spf1" in the middle: two records were pasted into one. */
static bool
is_version(const struct spf_word *word)
{
	return text_same(word->text, "v=spf1");
}

static void
read_word(struct spf_draft *d, const struct spf_word *word, const char *text,
    size_t record)
{
	const struct spf_draft_term *last = d->n != 0 ? &d->terms[d->n - 1] :
	    NULL;
	const char *carry = last != NULL && last->record == record &&
	    last->term.argument != NULL && is_mechanism(&last->term) ?
	    spf_kind_name(last->term.kind) : NULL;
	const char *written = text_cleaned(d->arena, text + word->offset,
	    word->length);
	struct spf_draft_term new = { .record = record, .written = written,
		.offset = word->offset, .length = word->length };
	struct spf_mended mended;

	if (is_version(word)) {
		drop(&new, _("A second \"v=spf1\" is taken out: a record begins "
		    "with it, once."));
		insert(d, d->n, &new);
		return;
	}
	spf_mend(d->arena, word, carry, &mended);
	new.why = mended.why;
	new.fate = SPF_MENDED;
	if (mended.n == 0) {
		new.fate = SPF_UNCLEAR;
		new.term.text = word->text;
		insert(d, d->n, &new);
		d->n_unclear++;
		return;
	}
	for (size_t i = 0; i < mended.n; i++) {
		if (!spf_word_parse(d->arena, mended.parts[i], &new.term))
			continue;
		if (mended.n == 1 && strcmp(new.term.text, written) == 0)
			new.fate = SPF_KEPT;
		else if (new.why == NULL && i == 0)
			new.why = arena_printf(d->arena, _("\"%s\" becomes "
			    "\"%s\": blanks and characters that do not belong "
			    "there are put right."), written, new.term.text);
		append_modifier(d, &new);
		new.why = NULL;
	}
}

static size_t
count_redirects(const struct spf_draft *d)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n; i++)
		n += spf_draft_stands(&d->terms[i]) &&
		    d->terms[i].term.kind == SPF_REDIRECT;
	return n;
}

/* Where several records become one, "all" of one of them must not hide the
 * terms of the next, and redirect= is never read beside "all": what it leads to
 * is included instead (RFC 7208 6.1, 5.2). */
static void
join_records(struct spf_draft *d)
{
	const struct spf_draft_term *all = find_kind(d, SPF_ALL);
	size_t redirects = count_redirects(d);

	for (size_t i = 0; i < d->n; i++) {
		struct spf_draft_term *t = &d->terms[i];
		const char *text, *old = t->term.text;
		struct spf_term include;

		if (!spf_draft_stands(t) || t->term.kind != SPF_REDIRECT ||
		    (redirects < 2 && all == NULL))
			continue;
		text = arena_printf(d->arena, "include:%s", t->term.argument);
		if (!spf_word_parse(d->arena, text, &include))
			continue;
		if (find(d, &include) != NULL) {
			drop(t, arena_printf(d->arena, _("\"%s\" is taken out: "
			    "\"%s\" stands there already."), old, text));
			continue;
		}
		t->term = include;
		t->fate = SPF_MENDED;
		t->why = arena_printf(d->arena, _("\"%s\" becomes \"%s\": in a "
		    "merged record redirect= would not be read."), old, text);
	}
	if (spf_draft_all_last(d))
		find_kind(d, SPF_ALL)->why = NULL;   /* goes without saying */
}

/* What is said about a record without changing it. */
static void
note_habits(struct spf_draft *d)
{
	const struct spf_draft_term *all = find_kind(d, SPF_ALL);

	if (all != NULL && all->term.qualifier == '+')
		note(d, arena_printf(d->arena, _("\"%s\" lets every server in "
		    "the world pass as this domain. Replace it by \"~all\" when "
		    "all of your senders are listed."), all->term.text));
	if (all != NULL && find_kind(d, SPF_REDIRECT) != NULL)
		note(d, arena_printf(d->arena, _("\"%s\" is never read, because "
		    "the record has \"all\"."),
		    find_kind(d, SPF_REDIRECT)->term.text));
	if (find_kind(d, SPF_PTR) != NULL)
		note(d, _("\"ptr\" is slow and unreliable, and receivers may "
		    "leave it out (RFC 7208 5.5): list addresses instead."));
}

/* Faults behind "all" are no loss: nothing behind it counts. */
static void
drop_behind_all(struct spf_draft *d)
{
	bool behind = false;

	for (size_t i = 0; i < d->n; i++) {
		struct spf_draft_term *t = &d->terms[i];

		if (behind && t->fate == SPF_UNCLEAR) {
			drop(t, arena_printf(d->arena, _("\"%s\" is taken out: "
			    "it stands behind \"all\" and is no term."),
			    t->written));
			d->n_unclear--;
		}
		behind = behind || (spf_draft_stands(t) &&
		    t->term.kind == SPF_ALL);
	}
}

void
spf_draft_read(struct spf_draft *d, struct arena *arena,
    const struct fact_value *records, size_t n)
{
	size_t total = 0, found = 0;

	*d = (struct spf_draft){ .arena = arena };
	for (size_t i = 0; i < n; i++)
		total += records[i].len;
	if (total > RECORDS_MAX) {
		d->refused = _("The record is too long to be worked on: begin "
		    "with a new one.");
		return;
	}
	for (size_t i = 0; i < n; i++) {
		size_t at = spf_words_start(records[i].text, records[i].len);
		size_t words = 0;
		struct spf_word *list = NULL;

		if (at != 0)
			words = spf_words_read(arena, records[i].text,
			    records[i].len, at, &list);
		for (size_t k = 0; k < words; k++)
			read_word(d, &list[k], records[i].text, i);
		found += at != 0;
		if (at != 0 && !spf_is_record(records[i].text, records[i].len))
			note(d, _("The record begins with \"v=spf1\" and a blank, "
			    "nothing else: what stood there made receivers see "
			    "no SPF record at all."));
	}
	drop_behind_all(d);
	if (found > 1)
		note(d, _("There may be only one SPF record: the terms of all "
		    "are merged into one."));
	if (found > 1 || count_redirects(d) > 1)
		join_records(d);
	note_habits(d);
}

/* ---- changing ---- */

struct spf_draft
spf_draft_copy(const struct spf_draft *d)
{
	struct spf_draft copy = *d;

	copy.terms = NULL;
	copy.n = 0;
	while (copy.n < d->n)
		insert(&copy, copy.n, &d->terms[copy.n]);
	copy.notes = NULL;
	copy.n_notes = 0;
	for (size_t i = 0; i < d->n_notes; i++)
		note(&copy, d->notes[i]);
	return copy;
}

bool
spf_draft_has(const struct spf_draft *d, const char *term)
{
	struct spf_term parsed;

	return spf_word_parse(d->arena, term, &parsed) &&
	    find(d, &parsed) != NULL;
}

bool
spf_draft_remove(struct spf_draft *d, const char *term, const char *why)
{
	struct spf_term parsed;
	struct spf_draft_term *t;
	bool found = false;

	if (!spf_word_parse(d->arena, term, &parsed))
		return false;
	while ((t = find(d, &parsed)) != NULL) {
		drop(t, why);
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
	    (is_mechanism(&t->term) && t->term.qualifier != '+'));
}

void
spf_draft_add(struct spf_draft *d, const char *term, const char *why)
{
	struct spf_draft_term new = { .fate = SPF_ADDED, .why = why };
	const struct spf_draft_term *there;
	size_t end = 0, at = 0;

	if (!spf_word_parse(d->arena, term, &new.term))
		return;
	there = find(d, &new.term);
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
	insert(d, at, &new);
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
		    is_mechanism(&d->terms[i].term))
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
	if (find_kind(d, SPF_ALL) == NULL && find_kind(d, SPF_REDIRECT) == NULL)
		str_adds(&out, " ~all");
	text = arena_strndup(d->arena, out.text, out.len);
	str_free(&out);
	return text;
}
