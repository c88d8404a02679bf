/* SPDX-License-Identifier: ISC
 * Reads the records of a domain into one draft. Hides how several records
 * become one, and what is said of a record's habits. */
#include "config.h"

#include <string.h>

#include "engine/auth/spf_mend.h"
#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/remedy/spf_draft.h"

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
	struct spf_draft_term *all = spf_draft_kind(d, SPF_ALL);
	const struct spf_draft_term *same = spf_draft_find(d, &new->term);

	if (new->term.kind == SPF_ALL && all != NULL) {
		if (all->record != new->record &&
		    more_careful(&new->term, &all->term)) {
			spf_draft_drop(all, arena_printf(d->arena,
			    _("\"%s\" is taken "
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
		spf_draft_drop(new, why);
	spf_draft_insert(d, d->n, new);
}

/* A second redirect= or exp= makes a record invalid (RFC 7208 section 6). */
static void
append_modifier(struct spf_draft *d, struct spf_draft_term *new)
{
	const struct spf_draft_term *there = spf_draft_kind(d, new->term.kind);

	if (there != NULL && new->term.kind == SPF_EXP)
		spf_draft_drop(new, arena_printf(d->arena,
		    _("\"%s\" is taken out: there "
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
	    last->term.argument != NULL && spf_is_mechanism(&last->term) ?
	    spf_kind_name(last->term.kind) : NULL;
	const char *written = text_cleaned(d->arena, text + word->offset,
	    word->length);
	struct spf_draft_term new = { .record = record, .written = written,
		.offset = word->offset, .length = word->length };
	struct spf_mended mended;

	if (is_version(word)) {
		spf_draft_drop(&new,
		    _("A second \"v=spf1\" is taken out: a record begins "
		    "with it, once."));
		spf_draft_insert(d, d->n, &new);
		return;
	}
	spf_mend(d->arena, word, carry, &mended);
	new.why = mended.why;
	new.fate = SPF_MENDED;
	if (mended.n == 0) {
		new.fate = SPF_UNCLEAR;
		new.term.text = word->text;
		spf_draft_insert(d, d->n, &new);
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
	const struct spf_draft_term *all = spf_draft_kind(d, SPF_ALL);
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
		if (spf_draft_find(d, &include) != NULL) {
			spf_draft_drop(t, arena_printf(d->arena,
			    _("\"%s\" is taken out: "
			    "\"%s\" stands there already."), old, text));
			continue;
		}
		t->term = include;
		t->fate = SPF_MENDED;
		t->why = arena_printf(d->arena, _("\"%s\" becomes \"%s\": in a "
		    "merged record redirect= would not be read."), old, text);
	}
	if (spf_draft_all_last(d))
		spf_draft_kind(d, SPF_ALL)->why = NULL;   /* goes without saying */
}

/* What is said about a record without changing it. */
static void
note_habits(struct spf_draft *d)
{
	const struct spf_draft_term *all = spf_draft_kind(d, SPF_ALL);

	if (all != NULL && spf_draft_kind(d, SPF_REDIRECT) != NULL)
		spf_draft_note(d, arena_printf(d->arena,
		    _("\"%s\" is never read, because "
		    "the record has \"all\"."),
		    spf_draft_kind(d, SPF_REDIRECT)->term.text));
	if (spf_draft_kind(d, SPF_PTR) != NULL)
		spf_draft_note(d,
		    _("\"ptr\" is slow and unreliable, and receivers may "
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
			spf_draft_drop(t, arena_printf(d->arena,
			    _("\"%s\" is taken out: "
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
	if (total > SPF_RECORDS_MAX) {
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
			spf_draft_note(d,
			    _("The record begins with \"v=spf1\" and a blank, "
			    "nothing else: what stood there made receivers see "
			    "no SPF record at all."));
	}
	drop_behind_all(d);
	if (found > 1)
		spf_draft_note(d,
		    _("There may be only one SPF record: the terms of all "
		    "are merged into one."));
	if (found > 1 || count_redirects(d) > 1)
		join_records(d);
	note_habits(d);
}
