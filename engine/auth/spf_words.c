/* SPDX-License-Identifier: ISC
 * Knows which characters people take for a blank, a hyphen or nothing at all,
 * and which words belong together. Hides the scanning. */
#include "config.h"

#include "engine/auth/spf_words.h"

#include <string.h>

#include "engine/base/str.h"
#include "engine/base/text.h"
#include "engine/world/facts.h"

#define WORD_MAX 1024

/* What a character becomes: 0 nothing, ' ' the end of a word, ',' the same
 * with a comma's meaning, else that character. */
static const struct {
	uint32_t first, last;
	char plain;
} characters[] = {
	{ 0x00, 0x08, 0 }, { 0x09, 0x0a, ' ' }, { 0x0b, 0x0c, 0 },
	{ 0x0d, 0x0d, ' ' }, { 0x0e, 0x1f, 0 },
	{ '"', '"', 0 }, { '\'', '\'', 0 }, { '\\', '\\', 0 }, { '`', '`', 0 },
	{ ',', ',', ',' }, { ';', ';', ',' }, { 0x7f, 0x9f, 0 },
	{ 0xa0, 0xa0, ' ' }, { 0xab, 0xab, 0 }, { 0xad, 0xad, 0 },
	{ 0xbb, 0xbb, 0 }, { 0x2dc, 0x2dc, '~' }, { 0x2000, 0x200a, ' ' },
	{ 0x200b, 0x200f, 0 }, { 0x2010, 0x2015, '-' }, { 0x2018, 0x201f, 0 },
	{ 0x202a, 0x202e, 0 }, { 0x202f, 0x202f, ' ' }, { 0x205f, 0x205f, ' ' },
	{ 0x2060, 0x2064, 0 }, { 0x2212, 0x2212, '-' }, { 0x223c, 0x223c, '~' },
	{ 0x3000, 0x3000, ' ' }, { 0x3001, 0x3001, ',' },
	{ 0x3002, 0x3002, '.' },
	{ 0x300c, 0x300f, 0 }, { 0x301c, 0x301c, '~' }, { 0xfeff, 0xfeff, 0 },
	{ 0xff61, 0xff61, '.' },
};

/* CODE made plain; false: it has no plain form. */
static bool
plain_form(uint32_t code, char *plain)
{
	if (code >= 0xff01 && code <= 0xff5e)   /* full-width ASCII */
		code -= 0xff01 - '!';
	for (size_t i = 0; i < sizeof characters / sizeof characters[0]; i++) {
		if (code >= characters[i].first && code <= characters[i].last) {
			*plain = characters[i].plain;
			return true;
		}
	}
	*plain = (char)code;
	return code < 0x7f;
}

struct reader {
	struct arena *arena;
	const char *text;
	size_t end;              /* of the part between two blanks */
	struct spf_word *words;
	size_t n;
	bool comma;              /* the last separator was one */
};

static void
put(struct reader *r, const char *text, size_t from, size_t end)
{
	r->words = arena_grow(r->arena, r->words, r->n, sizeof *r->words);
	r->words[r->n++] = (struct spf_word){ .text = text, .offset = from,
		.length = end - from, .comma = r->comma };
	r->comma = false;
}

/* One character at AT made plain; its length in octets. A broken octet 0xa0 is
 * the blank of Latin-1; others have no plain form. */
static size_t
next_plain(const struct reader *r, size_t at, char *plain, bool *known)
{
	uint32_t code;
	int len = text_decode(r->text + at, r->end - at, &code);

	if (len <= 0) {
		*plain = ' ';
		*known = r->text[at] == (char)0xa0;
		return 1;
	}
	*known = plain_form(code, plain);
	return (size_t)len;
}

/* The part FROM to r->end, between plain blanks, holds characters that do not
 * belong: make it plain and cut it at its separators. */
static void
read_odd(struct reader *r, size_t from)
{
	struct str word;
	bool macro = false;      /* in %{…}, where commas are delimiters */
	size_t at = from;

	str_init(&word, WORD_MAX);
	while (at < r->end) {
		char plain;
		bool known;
		size_t len = next_plain(r, at, &plain, &known);

		macro = plain == '{' || (macro && plain != '}');
		if (known && (plain == ' ' || (plain == ',' && !macro))) {
			if (word.len != 0)
				put(r, arena_strndup(r->arena, word.text,
				    word.len), from, at + len);
			else if (r->n != 0)   /* a separator alone */
				r->words[r->n - 1].length = at + len -
				    r->words[r->n - 1].offset;
			r->comma = r->comma || plain == ',';
			str_clear(&word);
			from = at + len;
		} else if (!known) {
			str_add(&word, r->text + at, len);
		} else if (plain != 0) {
			str_addc(&word, plain);
		}
		at += len;
	}
	if (word.len != 0)
		put(r, arena_strndup(r->arena, word.text, word.len), from, at);
	else if (r->n != 0)
		r->words[r->n - 1].length = at - r->words[r->n - 1].offset;
	str_free(&word);
}

bool
spf_word_parse(struct arena *arena, const char *text, struct spf_term *term)
{
	struct spf_record record;
	const char *line = arena_printf(arena, "v=spf1 %s", text);

	if (!spf_parse(arena, line, strlen(line), &record) ||
	    record.n_terms != 1)
		return false;
	*term = record.terms[0];
	return true;
}

bool
spf_word_is_name(const char *name, size_t len)
{
	for (int k = SPF_ALL; k < SPF_UNKNOWN_MODIFIER; k++) {
		const char *known = spf_kind_name((enum spf_kind)k);

		if (strlen(known) == len && text_same_n(known, name, len))
			return true;
	}
	return false;
}

int
spf_word_address(struct arena *arena, const char *text)
{
	size_t len = strcspn(text, "/");
	const char *ip = arena_strndup(arena, text, len);

	if (len == 0 || ip_canonical(arena, ip) == NULL)
		return 0;
	return strchr(ip, ':') != NULL ? 6 : 4;
}

bool
spf_word_is_host(const char *text)
{
	const char *last = strrchr(text, '.');

	if (last == NULL || last == text || last[1] == '\0' ||
	    text[strspn(text, "abcdefghijklmnopqrstuvwxyz"
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")] != '\0')
		return false;
	return last[1 + strspn(last + 1, "0123456789")] != '\0';
}

/* ---- words that were torn apart ---- */

static const char *
bare(const char *text)
{
	return *text != '\0' && strchr("+-~?", *text) != NULL ? text + 1 : text;
}

/* "ip4", "include" and the like say nothing without a name behind them, nor do
 * the other spellings of "ip4". */
static bool
wants_argument(const char *name, size_t len)
{
	static const char *const names[] = { "include", "exists", "redirect",
		"exp", "ip4", "ip6", "ip", "ipv4", "ipv6" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strlen(names[i]) == len &&
		    text_same_n(names[i], name, len))
			return true;
	return false;
}

/* May NEXT stand behind the colon of a term? */
static bool
is_argument(struct arena *arena, const char *next)
{
	return spf_word_address(arena, next) != 0 || spf_word_is_host(next) ||
	    (strncmp(next, "%{", 2) == 0 && strchr(next, '.') != NULL);
}

/* What joins LEFT and RIGHT: "" or ":"; NULL: they are two words. */
static const char *
joint(struct arena *arena, const char *left, const char *right)
{
	const char *name = bare(left);
	size_t len = strcspn(name, ":=");
	bool known = spf_word_is_name(name, len) || wants_argument(name, len);

	if (*name == '\0')                      /* "- all" */
		return spf_word_is_name(right, strcspn(right, ":/")) ? "" :
		    NULL;
	if (!known)
		return NULL;
	if (name[len] == '\0' && (*right == ':' || *right == '='))
		return "";                      /* "ip4 :192.0.2.1" */
	if (name[len] != '\0' && name[len + 1] == '\0')
		return is_argument(arena, right) ? "" : NULL;
	if (name[len] == '\0' && wants_argument(name, len))
		return is_argument(arena, right) ? ":" : NULL;
	return NULL;
}

static size_t
join(struct reader *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++) {
		struct spf_word *last = n != 0 ? &r->words[n - 1] : NULL;
		const struct spf_word *word = &r->words[i];
		const char *by = last != NULL && !word->comma ?
		    joint(r->arena, last->text, word->text) : NULL;

		if (by == NULL) {
			r->words[n++] = *word;
			continue;
		}
		last->text = arena_printf(r->arena, "%s%s%s", last->text, by,
		    word->text);
		last->length = word->offset + word->length - last->offset;
	}
	return n;
}

/* May a valid term stand as it is? Commas and quotes are allowed in names, but
 * nobody has them there; in a modifier that is not known they are its own. */
static bool
stands(const struct spf_term *term)
{
	size_t len = strcspn(term->text, "=");

	if (term->kind == SPF_UNKNOWN_MODIFIER)
		return !spf_word_is_name(term->text, len) &&
		    !wants_argument(term->text, len);
	return strchr(term->text, '%') != NULL ||
	    strpbrk(term->text, ",;\"'`\\") == NULL;
}

size_t
spf_words_read(struct arena *arena, const char *text, size_t len, size_t at,
    struct spf_word **words)
{
	struct reader r = { .arena = arena, .text = text };

	while (at < len) {
		struct spf_term term;
		const char *part;

		if (text[at] == ' ') {
			at++;
			continue;
		}
		for (r.end = at; r.end < len && text[r.end] != ' '; r.end++)
			;
		part = arena_strndup(arena, text + at, r.end - at);
		if (strlen(part) == r.end - at && !r.comma &&
		    spf_word_parse(arena, part, &term) && stands(&term))
			put(&r, part, at, r.end);
		else
			read_odd(&r, at);
		at = r.end;
	}
	*words = r.words;
	return join(&r);
}

/* ---- the version ---- */

/* The octets at AT that only surround the tag: blanks, quotes, a sign of
 * byte order. */
static size_t
skip_odd(const struct reader *r, size_t at, const char *also)
{
	while (at < r->end) {
		char plain;
		bool known;
		size_t len = next_plain(r, at, &plain, &known);

		if (!known || (plain != 0 && plain != ' ' && plain != ',' &&
		    strchr(also, plain) == NULL))
			break;
		at += len;
	}
	return at;
}

size_t
spf_words_start(const char *text, size_t len)
{
	static const char tag[] = "v=spf1";
	struct reader r = { .text = text, .end = len };
	size_t at = 0;
	char plain;
	bool known;

	if (spf_is_record(text, len))
		return strlen(tag);
	for (const char *want = tag; *want != '\0'; want++) {
		at = skip_odd(&r, at, "");
		if (at >= len)
			return 0;
		at += next_plain(&r, at, &plain, &known);
		if (!known || text_lower(plain) != *want)
			return 0;
	}
	/* "v=spf10" is another version */
	if (at < len && text[at] >= '0' && text[at] <= '9')
		return 0;
	return skip_odd(&r, at, ":.");
}
