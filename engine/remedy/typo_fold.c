/* SPDX-License-Identifier: ISC
 * Values with foreign characters undone: quotes, blanks and letters of other
 * widths. Hides which characters those are, and what may differ harmlessly. */
#include "config.h"

#include "engine/remedy/typo_parts.h"

#include <stdint.h>
#include <string.h>

#include "engine/base/text.h"

#define DROP 0

static uint32_t
map_quotes(uint32_t c)
{
	return c == '"' ? DROP : c;
}

static uint32_t
map_backslash(uint32_t c)
{
	return c == '\\' ? DROP : c;
}

static uint32_t
map_smart_quotes(uint32_t c)
{
	return (c >= 0x2018 && c <= 0x201f) || c == 0xab || c == 0xbb ||
	    c == 0x300c || c == 0x300d || c == 0xff02 || c == 0x60 ||
	    c == 0xb4 ? DROP : c;
}

static uint32_t
map_full_width(uint32_t c)
{
	if (c == 0x3000)
		return ' ';
	return c >= 0xff01 && c <= 0xff5e ? c - 0xfee0 : c;
}

static uint32_t
map_no_break(uint32_t c)
{
	return c == 0xa0 || c == 0x202f || (c >= 0x2000 && c <= 0x200a) ?
	    ' ' : c;
}

static uint32_t
map_zero_width(uint32_t c)
{
	return (c >= 0x200b && c <= 0x200f) || c == 0x2060 || c == 0xfeff ||
	    c == 0xad ? DROP : c;
}

static uint32_t
map_dash(uint32_t c)
{
	return (c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0x30fc ?
	    '-' : c;
}

static uint32_t
map_control(uint32_t c)
{
	return c < ' ' ? DROP : c;
}

static uint32_t
map_blanks(uint32_t c)
{
	return c == ' ' ? DROP : c;
}

static uint32_t
map_semicolon(uint32_t c)
{
	return c == ';' || c == ' ' ? DROP : c;
}

static uint32_t
map_case(uint32_t c)
{
	return c < 0x80 ? (unsigned char)text_lower((char)c) : c;
}

static const struct fold {
	const char *id;
	uint32_t (*map)(uint32_t c);
} foreign[] = {
	/* these stand in no record that was asked for */
	{ "typo.quotes", map_quotes },
	{ "typo.backslash", map_backslash },
	{ "typo.smart-quotes", map_smart_quotes },
	{ "typo.full-width", map_full_width },
	{ "typo.no-break-blank", map_no_break },
	{ "typo.zero-width", map_zero_width },
	{ "typo.dash", map_dash },
	{ "typo.line-break", map_control },
}, loose[] = {
	{ "typo.blanks", map_blanks },
	{ "typo.semicolon", map_semicolon },
	{ "typo.case", map_case },
};

#define N_FOREIGN (sizeof foreign / sizeof foreign[0])
#define N_LOOSE (sizeof loose / sizeof loose[0])

/* Most values have nothing to undo, and need no copy. */
static bool
has_any(const struct fold *fold, struct octets in)
{
	for (size_t i = 0; i < in.len;) {
		uint32_t c = (unsigned char)in.text[i];
		int n = c < 0x80 ? 1 : text_decode(in.text + i, in.len - i,
			&c);

		if (n > 0 && fold->map(c) != c)
			return true;
		i += n > 0 ? (size_t)n : 1;
	}
	return false;
}

static struct octets
apply(struct arena *arena, const struct fold *fold, struct octets in)
{
	struct octets out;
	struct str text;

	if (!has_any(fold, in))
		return in;
	str_init(&text, TYPO_TEXT_MAX);
	for (size_t i = 0; i < in.len;) {
		uint32_t c = 0, to;
		char encoded[4];
		int n = text_decode(in.text + i, in.len - i, &c);

		if (n <= 0) {        /* not UTF-8: it stays as it is */
			str_addc(&text, in.text[i++]);
			continue;
		}
		to = fold->map(c);
		if (to == c)
			str_add(&text, in.text + i, (size_t)n);
		else if (to != DROP)
			str_add(&text, encoded, text_encode(to, encoded));
		i += (size_t)n;
	}
	out.text = arena_strndup(arena, text.text, text.len);
	out.len = text.len;
	str_free(&text);
	return out;
}

static bool
same_octets(struct octets a, struct octets b)
{
	return a.len == b.len && memcmp(a.text, b.text, a.len) == 0;
}

struct octets
typo_plain(struct arena *arena, struct octets text)
{
	for (size_t i = 0; i < N_FOREIGN; i++)
		text = apply(arena, &foreign[i], text);
	while (text.len > 0 && *text.text == ' ')
		text = (struct octets){ text.text + 1, text.len - 1 };
	return text;
}

/* ---- what receivers do not mind ---- */

static struct octets
next_word(struct octets *rest)
{
	struct octets word;

	while (rest->len > 0 && *rest->text == ' ') {
		rest->text++;
		rest->len--;
	}
	word = *rest;
	word.len = 0;
	while (word.len < rest->len && rest->text[word.len] != ' ')
		word.len++;
	rest->text += word.len;
	rest->len -= word.len;
	return word;
}

/* RFC 7208 4.6.1 and 12: terms are parted by blanks and fold case; a capital
 * macro letter means something else (7.3). */
static bool
same_spf(struct octets a, struct octets b)
{
	for (;;) {
		struct octets x = next_word(&a), y = next_word(&b);

		if (x.len != y.len)
			return false;
		if (x.len == 0)
			return true;
		if (memchr(x.text, '%', x.len) != NULL ?
		    memcmp(x.text, y.text, x.len) != 0 :
		    !text_same_n(x.text, y.text, x.len))
			return false;
	}
}

static struct octets
without(struct octets text, char drop)
{
	while (text.len > 0 && text.text[text.len - 1] == drop)
		text.len--;
	return text;
}

/* RFC 6376 3.2, RFC 9989 4.8: white space around ";" and "=" does not count,
 * nor inside base64, nor does a ";" at the end. */
static bool
same_tags(struct octets a, struct octets b)
{
	size_t i = 0, k = 0;

	a = without(without(without(a, ' '), ';'), ' ');
	b = without(without(without(b, ' '), ';'), ' ');
	for (;;) {
		while (i < a.len && a.text[i] == ' ')
			i++;
		while (k < b.len && b.text[k] == ' ')
			k++;
		if (i == a.len || k == b.len)
			return i == a.len && k == b.len;
		if (a.text[i++] != b.text[k++])
			return false;
	}
}

/* A record is found by how it begins: with a blank before it an SPF or DMARC
 * record is none (RFC 7208 4.5, RFC 9989 4.7), a DKIM key still is one. */
static bool
begins_otherwise(struct octets a, struct octets b)
{
	bool blank = a.len > 0 && *a.text == ' ';
	struct octets rest = blank ? b : a;

	return blank != (b.len > 0 && *b.text == ' ') && rest.len > 7 &&
	    (text_same_n(rest.text, "v=spf1", 6) ||
	    text_same_n(rest.text, "v=DMARC1", 8));
}

bool
typo_same(enum typo_kind kind, struct octets a, struct octets b)
{
	if (begins_otherwise(a, b))
		return false;
	switch (kind) {
	case TYPO_SPF:
		return same_spf(a, b);
	case TYPO_TAGS:
		return same_tags(a, b);
	case TYPO_NAME:
		return a.len == b.len && text_same_n(a.text, b.text, a.len);
	case TYPO_OTHER:
		break;
	}
	return same_octets(a, b);
}

/* ---- what has to be undone ---- */

/* Undo all foreign characters that WANTED itself has none of. */
static size_t
undo_foreign(struct arena *arena, struct octets wanted,
    struct octets *published, const char *ids[])
{
	size_t n = 0;

	for (size_t i = 0; i < N_FOREIGN; i++) {
		struct octets plain = apply(arena, &foreign[i], *published);

		if (same_octets(plain, *published) ||
		    !same_octets(apply(arena, &foreign[i], wanted), wanted))
			continue;
		*published = plain;
		ids[n++] = foreign[i].id;
	}
	return n;
}

size_t
typo_folds(struct arena *arena, enum typo_kind kind, struct octets wanted,
    struct octets published, const char *ids[TYPO_MAX_FOLDS])
{
	size_t n = undo_foreign(arena, wanted, &published, ids);

	if (typo_same(kind, wanted, published))
		return n;
	for (size_t i = 0; i < N_LOOSE; i++) {
		if (same_octets(apply(arena, &loose[i], wanted),
			apply(arena, &loose[i], published))) {
			ids[n] = loose[i].id;
			return n + 1;
		}
	}
	return 0;
}
