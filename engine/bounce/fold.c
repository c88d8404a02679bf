/* SPDX-License-Identifier: ISC
 * Knows which texts are the same to a reader: whatever the case, the accents,
 * the quotation marks, the blanks and the address in it. Hides the tables. */
#include "config.h"

#include "engine/bounce/rules.h"

#include <string.h>

#include "engine/base/text.h"

/* Typographic characters that bounces use for ASCII ones. */
static const struct {
	const char *utf8;
	char ascii;
} typographic[] = {
	{ "\xe2\x80\x98", '\'' }, { "\xe2\x80\x99", '\'' },
	{ "\xe2\x80\x9c", '"' }, { "\xe2\x80\x9d", '"' },
	{ "\xe2\x80\x90", '-' }, { "\xe2\x80\x91", '-' },
	{ "\xe2\x80\x93", '-' }, { "\xe2\x80\x94", '-' },
	{ "\xc2\xa0", ' ' }, { "\xe3\x80\x80", ' ' }
};

/* U+00C0 to U+017F without what is above and below the letters. */
static const char plain[] =
	"aaaaaaaceeeeiiiidnooooo*ouuuuytsaaaaaaaceeeeiiiidnooooo/ouuuuyty"
	"aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll"
	"lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

/* U+0410 to U+042F, and again to U+044F, by the Latin letters next to them: a
 * letter has one octet then, and capitals and small ones are the same. */
static const char cyrillic[] = "abvgdejziiklmnoprstufhccss'y'eua";

static char
fold_cyrillic(unsigned int code)
{
	if (code == 0x401 || code == 0x451)
		return 'e';
	return code >= 0x410 && code < 0x450 ? cyrillic[(code - 0x410) % 32] :
	    '\0';
}

char
fold_character(struct span s, size_t *taken)
{
	const unsigned char *p = (const unsigned char *)s.text;

	*taken = 1;
	if (p[0] < 0x80)
		return text_lower(s.text[0]);
	if (s.len > 1 && p[0] >= 0xc3 && p[0] <= 0xc5 && (p[1] & 0xc0) == 0x80) {
		*taken = 2;
		return plain[(p[0] - 0xc3) * 64 + (p[1] & 0x3f)];
	}
	if (s.len > 1 && (p[0] == 0xd0 || p[0] == 0xd1)) {
		char c = fold_cyrillic((p[0] & 0x1fu) << 6 | (p[1] & 0x3fu));

		*taken = c != '\0' ? 2 : 1;
		return c != '\0' ? c : s.text[0];
	}
	for (size_t i = 0; i < sizeof typographic / sizeof *typographic; i++)
		if (span_starts(s, typographic[i].utf8)) {
			*taken = strlen(typographic[i].utf8);
			return typographic[i].ascii;
		}
	return s.text[0];
}

/* The same in a text, where it also matters what stands around it. */
static char
fold_one(struct span s, char before, size_t *taken)
{
	char c = s.text[0];

	*taken = 1;
	/* Postfix logs what is not ASCII as '?': "doesn?t" */
	if (c == '?' && is_letter(before) && s.len > 1 && is_letter(s.text[1]))
		return '\'';
	if (c == '\n' || c == '\r' || c == '\t')
		return ' ';
	return fold_character(s, taken);
}

/* The address that starts at S (in text where a word starts): its length. Only
 * plain ones; "p=x@y" must keep its "p=". */
static size_t
address_length(struct span s, const char *at)
{
	size_t n = (size_t)(at - s.text), left;

	if (n == 0 || n > 64)
		return 0;
	for (size_t i = 0; i < n; i++)
		if (!is_word(s.text[i]) && strchr("._+-*", s.text[i]) == NULL)
			return 0;
	left = n + 1;
	while (left < s.len && (is_word(s.text[left]) ||
	    s.text[left] == '.' || s.text[left] == '-'))
		left++;
	return left > n + 1 ? left : 0;
}

void
fold_text(struct arena *arena, struct span text, struct folded *out)
{
	const char *at = text.text;
	bool word = true;
	size_t i = 0;

	if (text.len > FOLD_MAX)
		text.len = FOLD_MAX;
	out->text = arena_alloc(arena, text.len + 3);
	out->place = arena_array(arena, text.len + 3, sizeof *out->place);
	out->len = 0;
	out->text[out->len++] = ' ';
	while (i < text.len) {
		struct span s = span_skip(text, i);

		/* inside a word nothing needs a closer look */
		if (!word && (is_letter(s.text[0]) || is_digit(s.text[0]))) {
			out->place[out->len] = (uint32_t)i++;
			out->text[out->len++] = text_lower(s.text[0]);
			continue;
		}
		char before = i != 0 ? text.text[i - 1] : ' ', c;
		size_t taken;

		if (at != NULL && (at < s.text || i == 0))
			at = memchr(s.text, '@', s.len);
		taken = word && at != NULL ? address_length(s, at) : 0;
		if (taken != 0)
			c = '@';
		else
			c = fold_one(s, before, &taken);
		word = !is_word(s.text[taken - 1]) &&
		    s.text[taken - 1] != '.';
		if (c != ' ' || out->text[out->len - 1] != ' ') {
			out->place[out->len] = (uint32_t)i;
			out->text[out->len++] = c;
		}
		i += taken;
	}
	out->place[out->len] = (uint32_t)text.len;
	if (out->text[out->len - 1] != ' ')
		out->text[out->len++] = ' ';
	out->text[out->len] = '\0';
}
