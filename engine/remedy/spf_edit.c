/* SPDX-License-Identifier: ISC
 * The SPF record editor. */
#include "config.h"

#include "engine/remedy/spf_edit.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/str.h"
#include "engine/base/text.h"
#include "engine/world/facts.h"

#define RECORD_MAX 4096
#define TERMS_MAX 512

static void
note(struct spf_draft *d, const char *sentence)
{
	if (sentence == NULL)
		return;
	d->notes = arena_grow(d->arena, d->notes, d->n_notes, sizeof *d->notes);
	d->notes[d->n_notes++] = sentence;
}

static const char *
without_qualifier(const char *term)
{
	return *term != '\0' && strchr("+-~?", *term) != NULL ? term + 1 : term;
}

static bool
is_last(const char *term)
{
	return text_same(without_qualifier(term), "all") ||
	    text_starts(term, "redirect=");
}

static bool
is_address(const char *term)
{
	const char *t = without_qualifier(term);

	return text_starts(t, "ip4:") || text_starts(t, "ip6:");
}

static void
insert(struct spf_draft *d, size_t at, const char *term)
{
	d->terms = arena_grow(d->arena, d->terms, d->n, sizeof *d->terms);
	memmove(&d->terms[at + 1], &d->terms[at],
	    (d->n - at) * sizeof *d->terms);
	d->terms[at] = term;
	d->n++;
}

bool
spf_draft_has(const struct spf_draft *d, const char *term)
{
	for (size_t i = 0; i < d->n; i++)
		if (text_same(d->terms[i], term) ||
		    (d->terms[i][0] == '+' && text_same(d->terms[i] + 1, term)))
			return true;
	return false;
}

/* Spellings that can mean one thing only. */
static const struct {
	const char *wrong, *right;
} spellings[] = {
	{ "ipv4:", "ip4:" }, { "ip4=", "ip4:" }, { "ip:", "ip4:" },
	{ "ipv6:", "ip6:" }, { "ip6=", "ip6:" },
	{ "include=", "include:" }, { "a=", "a:" }, { "mx=", "mx:" },
};

static const char *
mend_spelling(struct spf_draft *d, const char *term)
{
	const char *bare = without_qualifier(term);

	for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++) {
		const char *mended;

		if (!text_starts(bare, spellings[i].wrong))
			continue;
		mended = arena_printf(d->arena, "%.*s%s%s",
		    (int)(bare - term), term, spellings[i].right,
		    bare + strlen(spellings[i].wrong));
		note(d, arena_printf(d->arena,
		    _("\"%s\" is written \"%s\"."), term, mended));
		return mended;
	}
	return term;
}

static void
append(struct spf_draft *d, const char *term)
{
	size_t end = d->n;

	if (spf_draft_has(d, term))
		return;
	if (is_last(term)) {
		/* one "all" is enough; the first one written stands */
		if (d->n != 0 && is_last(d->terms[d->n - 1]))
			return;
	} else if (d->n != 0 && is_last(d->terms[d->n - 1])) {
		end--;
	}
	insert(d, end, term);
}

/* "ip4:192.0.2.1~all": a blank is missing before "all". */
static bool
split_glued(struct spf_draft *d, const char *term)
{
	size_t len = strlen(term);

	if (len < 6 || !text_ends(term, "all") ||
	    strchr("-~?", term[len - 4]) == NULL || !is_address(term))
		return false;
	note(d, arena_printf(d->arena,
	    _("A blank was missing in \"%s\"."), term));
	append(d, arena_strndup(d->arena, term, len - 4));
	append(d, term + len - 4);
	return true;
}

static void
read_record(struct spf_draft *d, const char *record)
{
	const char *pending = NULL;   /* "include:" with its name cut off */

	for (const char *p = record + strcspn(record, " "); *p != '\0';) {
		size_t len;
		const char *term;

		p += strspn(p, " ");
		len = strcspn(p, " ");
		if (len == 0 || d->n >= TERMS_MAX)
			break;
		term = arena_strndup(d->arena, p, len);
		p += len;
		if (pending != NULL) {
			term = arena_printf(d->arena, "%s%s", pending, term);
			note(d, arena_printf(d->arena,
			    _("The blank in \"%s\" is taken out."), term));
			pending = NULL;
		} else if (text_same(without_qualifier(term), "include:")) {
			pending = term;
			continue;
		}
		term = mend_spelling(d, term);
		if (!split_glued(d, term))
			append(d, term);
	}
}

void
spf_draft_read(struct spf_draft *d, struct arena *arena,
    const char *const *records, size_t n)
{
	*d = (struct spf_draft){ .arena = arena };
	for (size_t i = 0; i < n; i++)
		read_record(d, records[i]);
	if (n > 1)
		note(d, _("There may be only one SPF record: the terms of all "
		    "are merged into one."));
}

bool
spf_draft_remove(struct spf_draft *d, const char *term, const char *why)
{
	bool found = false;

	for (size_t i = 0; i < d->n;) {
		if (!text_same(d->terms[i], term)) {
			i++;
			continue;
		}
		memmove(&d->terms[i], &d->terms[i + 1],
		    (d->n - i - 1) * sizeof *d->terms);
		d->n--;
		found = true;
	}
	if (found)
		note(d, why);
	return found;
}

void
spf_draft_add(struct spf_draft *d, const char *term, const char *why)
{
	size_t at = 0;

	if (spf_draft_has(d, term))
		return;
	if (is_address(term)) {
		for (size_t i = 0; i < d->n; i++)
			if (is_address(d->terms[i]))
				at = i + 1;
	} else {
		at = d->n;
		if (at != 0 && is_last(d->terms[at - 1]))
			at--;
	}
	insert(d, at, term);
	note(d, why);
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

	str_init(&out, RECORD_MAX);
	str_adds(&out, "v=spf1");
	for (size_t i = 0; i < d->n; i++) {
		str_addc(&out, ' ');
		str_adds(&out, d->terms[i]);
	}
	if (d->n == 0 || !is_last(d->terms[d->n - 1]))
		str_adds(&out, " ~all");
	text = arena_strndup(d->arena, out.text, out.len);
	str_free(&out);
	return text;
}
