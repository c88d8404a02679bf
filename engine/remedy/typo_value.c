/* SPDX-License-Identifier: ISC
 * One value beside another: how they differ, in the words of the person who
 * typed it. Hides the order in which slips are looked for. */
#include "config.h"

#include "engine/remedy/typo_parts.h"

#include <stdint.h>
#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/world/dns_text.h"

/* Octets of one character at AT, a broken one counting as itself. */
static size_t
character(struct octets text, size_t at)
{
	uint32_t code;
	int n = text_decode(text.text + at, text.len - at, &code);

	return n > 0 ? (size_t)n : 1;
}

/* The octets that both begin with, whole characters only; their number of
 * characters in *COUNT. */
static size_t
common(struct octets a, struct octets b, size_t *count)
{
	size_t at = 0;

	*count = 0;
	while (at < a.len && at < b.len) {
		size_t n = character(a, at);

		if (n > b.len - at || memcmp(a.text + at, b.text + at, n) != 0)
			break;
		at += n;
		++*count;
	}
	return at;
}

static const char *
shown_character(struct arena *arena, struct octets text, size_t at)
{
	if (at >= text.len)
		return "";
	if (text.text[at] == ' ')
		return _("a blank");
	return text_cleaned(arena, text.text + at, character(text, at));
}

/* What the front end needs to draw both lines and the mark. */
static void
show_place(struct mistakes *m, struct typo_mistake *mistake,
    struct octets wanted, struct octets published)
{
	size_t count, at = common(wanted, published, &count);

	if (mistake == NULL)
		return;
	mistake->wanted = text_cleaned(m->arena, wanted.text, wanted.len);
	mistake->published = text_cleaned(m->arena, published.text,
		published.len);
	mistake->prefix = text_cleaned(m->arena, published.text, at);
	mistake->position = count + 1;
}

static bool
contains(struct octets text, struct octets part)
{
	return part.len != 0 &&
		memmem(text.text, text.len, part.text, part.len) != NULL;
}

/* ---- the slips ---- */

struct pair {
	struct arena *arena;
	enum typo_kind kind;
	struct octets wanted, published;
	size_t same, count;      /* octets and characters in common at the start */
};

/* RFC 1035 3.3: a panel that cuts at one character string. */
static bool
is_cut_at_255(const struct pair *p)
{
	return p->same == p->published.len && p->same < p->wanted.len &&
		p->published.len == DNS_STRING_OCTETS;
}

static bool
is_cut(const struct pair *p)
{
	return p->same == p->published.len && p->same < p->wanted.len;
}

static bool
is_pasted_twice(const struct pair *p)
{
	struct octets rest = {
		p->published.text + p->same, p->published.len - p->same
	};

	return p->same == p->wanted.len && contains(rest, p->wanted);
}

/* "example.net. IN TXT v=spf1 …" in the field for the value. */
static bool
is_whole_line(const struct pair *p)
{
	return contains(typo_plain(p->arena, p->published), p->wanted) &&
		p->same == 0;
}

static bool
goes_on(const struct pair *p)
{
	return p->same == p->wanted.len && p->same < p->published.len;
}

/* What examples on the web have where one's own value belongs. */
static bool
is_placeholder(const struct pair *p)
{
	static const char *const signs[] = {
		"<", "{", "your", "xxx", "x.x.x", "...", "example.com",
		"1.2.3.4", "\xe2\x80\xa6"
	};

	for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
		size_t n = strlen(signs[i]);
		bool wanted = false, published = false;

		for (size_t k = 0; k + n <= p->wanted.len; k++)
			wanted |= text_same_n(p->wanted.text + k, signs[i], n);
		for (size_t k = 0; k + n <= p->published.len; k++)
			published |= text_same_n(p->published.text + k,
				signs[i], n);
		if (published && !wanted)
			return true;
	}
	return false;
}

static bool
always(const struct pair *p)
{
	(void)p;
	return true;
}

static const struct slip {
	const char *id;
	bool (*is)(const struct pair *p);
} slips[] = {
	/* the closest first */
	{ "typo.cut-at-255", is_cut_at_255 },
	{ "typo.cut", is_cut },
	{ "typo.pasted-twice", is_pasted_twice },
	{ "typo.whole-line", is_whole_line },
	{ "typo.goes-on", goes_on },
	{ "typo.placeholder", is_placeholder },
	{ "typo.different", always },
};

/* Is the blank that is too much at the end of a character string? */
static bool
is_blank_at_255(struct octets wanted, struct octets published, size_t same)
{
	return same != 0 && same % DNS_STRING_OCTETS == 0 &&
		same < published.len && published.text[same] == ' ' &&
		same < wanted.len && wanted.text[same] != ' ';
}

static void
add_slip(struct mistakes *m, const char *id, const struct pair *p)
{
	struct placeholder values[] = {
		{ "position", arena_printf(m->arena, "%zu", p->count + 1) },
		{ "there", shown_character(m->arena, p->published, p->same) },
		{ "wanted", shown_character(m->arena, p->wanted, p->same) },
		{ "length", arena_printf(m->arena, "%zu", p->published.len) },
		{ "whole", arena_printf(m->arena, "%zu", p->wanted.len) },
		{ NULL, NULL }
	};

	show_place(m, typo_add(m, id, values), p->wanted, p->published);
}

void
typo_value(struct mistakes *m, enum typo_kind kind, struct octets wanted,
    struct octets published)
{
	const char *ids[TYPO_MAX_FOLDS];
	size_t n = typo_folds(m->arena, kind, wanted, published, ids);
	struct pair p = {
		.arena = m->arena, .kind = kind, .wanted = wanted,
		.published = published,
	};

	p.same = common(wanted, published, &p.count);
	for (size_t i = 0; i < n; i++) {
		bool at_255 = strcmp(ids[i], "typo.blanks") == 0 &&
			is_blank_at_255(wanted, published, p.same);

		add_slip(m, at_255 ? "typo.blank-at-255" : ids[i], &p);
	}
	for (size_t i = 0; n == 0; i++) {
		if (slips[i].is(&p)) {
			add_slip(m, slips[i].id, &p);
			return;
		}
	}
}
