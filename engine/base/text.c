/* SPDX-License-Identifier: ISC
 * Foreign text: UTF-8 and its cleaning, small ASCII comparisons. Hides which
 * characters are dangerous, and that the C library knows which ones exist. */
#include "config.h"

#include "engine/base/text.h"

#include <limits.h>
#include <locale.h>
#include <stdint.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#define REPLACEMENT "\xef\xbf\xbd"      /* U+FFFD */
#define CLEANED_MAX ((size_t)4 << 20)
#define MARKS_MAX 2

struct range {
	uint32_t first, last;
};

/* Characters that do something to a terminal or to the eye instead of being
 * seen: directions, zero width, selectors, fillers, private use, tags. Sorted
 * (Unicode 15.1, general categories Cc, Cf, Cs, Co, Zl, Zp, and the fillers
 * that are drawn as nothing). */
static const struct range acting[] = {
	{ 0x0080, 0x009f }, { 0x00ad, 0x00ad }, { 0x034f, 0x034f },
	{ 0x061c, 0x061c }, { 0x115f, 0x1160 }, { 0x17b4, 0x17b5 },
	{ 0x180b, 0x180f }, { 0x200b, 0x200f }, { 0x2028, 0x202e },
	{ 0x2060, 0x206f }, { 0x3164, 0x3164 }, { 0xd800, 0xf8ff },
	{ 0xfdd0, 0xfdef }, { 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff },
	{ 0xffa0, 0xffa0 }, { 0xfff0, 0xfffb }, { 0xfffe, 0xffff },
	{ 0x13430, 0x1345f }, { 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a },
	{ 0xe0000, 0x10ffff }
};

int
text_decode(const char *text, size_t n, uint32_t *code)
{
	const unsigned char *s = (const unsigned char *)text;
	/* RFC 3629 4: lowest code that may take 2, 3 or 4 octets */
	static const uint32_t lowest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint32_t c;
	size_t len;

	if (n == 0)
		return 0;
	if (s[0] < 0x80) {
		*code = s[0];
		return 1;
	}
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return -1;
	len = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	if (n < len)
		return -1;
	c = s[0] & (0x7fu >> len);
	for (size_t i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return -1;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < lowest[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return -1;
	*code = c;
	return (int)len;
}

size_t
text_encode(uint32_t code, char out[4])
{
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xc0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		code = 0xfffd;
	if (code < 0x10000) {
		out[0] = (char)(0xe0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 0x3f));
		out[2] = (char)(0x80 | (code & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | code >> 18);
	out[1] = (char)(0x80 | (code >> 12 & 0x3f));
	out[2] = (char)(0x80 | (code >> 6 & 0x3f));
	out[3] = (char)(0x80 | (code & 0x3f));
	return 4;
}

static bool
is_acting(uint32_t code)
{
	size_t low = 0, high = sizeof acting / sizeof acting[0];

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (code > acting[middle].last)
			low = middle + 1;
		else if (code < acting[middle].first)
			high = middle;
		else
			return true;
	}
	return false;
}

/* Columns of CODE: 0 for a combining mark, -1 for an unassigned character.
 * Asked in the C.UTF-8 locale, so that the answer is the same whatever locale
 * the user has; where that is missing, every character counts as one. */
static int
columns(uint32_t code)
{
	static locale_t utf8;
	static bool tried;
	locale_t before;
	int width;

	if (!tried) {
		tried = true;
		utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	}
	if (utf8 == (locale_t)0)
		return 1;
	before = uselocale(utf8);
	width = wcwidth((wchar_t)code);
	uselocale(before);
	return width;
}

/* Append one character that is not ASCII. *MARKS is how many more combining
 * marks the character before it may carry. */
static void
clean_wide(struct str *out, const char *text, size_t len, uint32_t code,
    int *marks)
{
	int width = is_acting(code) ? -1 : columns(code);

	if (width < 0 || (width == 0 && *marks == 0)) {
		str_addf(out, "<U+%04X>", (unsigned int)code);
		*marks = 0;
		return;
	}
	/* a character cut in half by the cap would be broken UTF-8 */
	if (out->cap - out->len < len)
		out->cut = true;
	else
		str_add(out, text, len);
	*marks = width == 0 ? *marks - 1 : MARKS_MAX;
}

/* Append one ASCII control character; returns how many octets it took. */
static size_t
clean_control(struct str *out, const char *text, size_t len, bool keep_lines)
{
	if (text[0] == '\t') {
		str_addc(out, ' ');
		return 1;
	}
	if (keep_lines && text[0] == '\n') {
		str_addc(out, '\n');
		return 1;
	}
	if (keep_lines && len > 1 && text[0] == '\r' && text[1] == '\n') {
		str_addc(out, '\n');
		return 2;
	}
	str_addf(out, "^%c", text[0] ^ 0x40);
	return 1;
}

static bool
is_plain(char c)
{
	return c >= 0x20 && c < 0x7f;
}

void
text_clean(struct str *out, const char *text, size_t len, bool keep_lines)
{
	int marks = 0;

	for (size_t i = 0; i < len && !out->cut;) {
		size_t run = i;
		uint32_t code;
		int n;

		while (run < len && is_plain(text[run]))
			run++;
		if (run > i) {
			str_add(out, text + i, run - i);
			marks = MARKS_MAX;
			i = run;
			continue;
		}
		n = text_decode(text + i, len - i, &code);
		if (n < 0) {
			str_addf(out, "<%02X>", (unsigned char)text[i]);
			marks = 0;
			i++;
		} else if (n == 1) {
			i += clean_control(out, text + i, len - i, keep_lines);
			marks = 0;
		} else {
			clean_wide(out, text + i, (size_t)n, code, &marks);
			i += (size_t)n;
		}
	}
}

void
text_drop_last(struct str *text)
{
	while (text->len != 0 &&
	    ((unsigned char)text->text[--text->len] & 0xc0) == 0x80)
		;
	text->text[text->len] = '\0';
}

const char *
text_cleaned(struct arena *arena, const char *text, size_t len)
{
	struct str out;
	const char *cleaned;

	if (text == NULL)
		return NULL;
	str_init(&out, CLEANED_MAX);
	text_clean(&out, text, len, false);
	cleaned = arena_strndup(arena, out.text, out.len);
	str_free(&out);
	return cleaned;
}

const char *
text_trimmed(struct arena *arena, const char *from, const char *end)
{
	while (from < end && text_is_space(*from))
		from++;
	while (end > from && text_is_space(end[-1]))
		end--;
	return arena_strndup(arena, from, (size_t)(end - from));
}

const char *
text_safe(struct arena *arena, const char *text)
{
	return text != NULL ? text_cleaned(arena, text, strlen(text)) : NULL;
}

bool
text_same(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return text_same_n(a, b, SIZE_MAX);
}

bool
text_same_n(const char *a, const char *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (text_lower(a[i]) != text_lower(b[i]))
			return false;
		if (a[i] == '\0')
			return true;
	}
	return true;
}

bool
text_starts(const char *text, const char *prefix)
{
	return text_same_n(text, prefix, strlen(prefix));
}

bool
text_has(const char *text, const char *word, size_t n)
{
	for (; text != NULL && *text != '\0'; text++)
		if (text_same_n(text, word, n))
			return true;
	return false;
}

bool
text_ends(const char *text, const char *suffix)
{
	size_t len = strlen(text), end = strlen(suffix);

	return len >= end && text_same_n(text + len - end, suffix, end);
}

const char *
text_domain(struct arena *arena, const char *name, size_t len)
{
	char *copy;

	if (len > 0 && name[len - 1] == '.')
		len--;
	copy = arena_strndup(arena, name, len);
	for (size_t i = 0; i < len; i++)
		copy[i] = text_lower(copy[i]);
	return copy;
}

bool
text_domain_below(const char *name, const char *domain)
{
	size_t len = strlen(name), end = strlen(domain);

	if (len < end || strcmp(name + len - end, domain) != 0)
		return false;
	return len == end || end == 0 || name[len - end - 1] == '.';
}

void
text_list_add(struct arena *arena, const char *const **list, size_t *n,
    size_t max, const char *text)
{
	const char **grown;

	if (*n == max)
		return;
	for (size_t i = 0; i < *n; i++)
		if (strcmp((*list)[i], text) == 0)
			return;
	grown = arena_grow(arena, (void *)(uintptr_t)*list, *n, sizeof *grown);
	grown[(*n)++] = text;
	*list = grown;
}

const char *
text_address_domain(const char *address)
{
	const char *at = address != NULL ? strrchr(address, '@') : NULL;

	return at != NULL ? at + 1 : NULL;
}

size_t
text_ascii(const char *text, size_t len)
{
	uint64_t eight;
	size_t i = 0;

	for (; i + sizeof eight <= len; i += sizeof eight) {
		memcpy(&eight, text + i, sizeof eight);
		if ((eight & 0x8080808080808080u) != 0)
			break;
	}
	while (i < len && (unsigned char)text[i] < 0x80)
		i++;
	return i;
}

void
text_add_valid(struct str *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len && !out->cut;) {
		uint32_t code;
		size_t ascii = text_ascii(text + i, len - i);
		int n;

		if (ascii != 0) {
			str_add(out, text + i, ascii);
			i += ascii;
			continue;
		}
		n = text_decode(text + i, len - i, &code);
		const char *piece = n > 0 ? text + i : REPLACEMENT;
		size_t piece_len = n > 0 ? (size_t)n : sizeof REPLACEMENT - 1;

		if (out->cap - out->len < piece_len)
			out->cut = true;
		else
			str_add(out, piece, piece_len);
		i += n > 0 ? (size_t)n : 1;
	}
}

const char *
text_valid(struct arena *arena, const char *text, size_t len)
{
	struct str out;
	const char *valid;

	if (text == NULL)
		return NULL;
	/* each octet may become the three of U+FFFD */
	str_init(&out, len < SIZE_MAX / 4 ? len * 3 : len);
	text_add_valid(&out, text, len);
	valid = arena_strndup(arena, out.text, out.len);
	str_free(&out);
	return valid;
}

const char *
text_shell_quoted(struct arena *arena, const char *text)
{
	size_t quotes = 0, len = strlen(text);
	char *quoted, *to;

	for (const char *p = text; *p != '\0'; p++)
		quotes += *p == '\'';
	quoted = to = arena_alloc(arena, len + 3 * quotes + 3);
	*to++ = '\'';
	for (; *text != '\0'; text++) {
		if (*text == '\'') {
			memcpy(to, "'\\'", 3);
			to += 3;
		}
		*to++ = *text;
	}
	*to++ = '\'';
	*to = '\0';
	return quoted;
}

const char *
text_shell_word(struct arena *arena, const char *text)
{
	static const char bare[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._@:+-/";

	return *text != '\0' && text[strspn(text, bare)] == '\0' ? text :
	    text_shell_quoted(arena, text);
}
