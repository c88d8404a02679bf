/* SPDX-License-Identifier: ISC
 * Knows base64, quoted-printable (RFC 2045 6) and encoded words (RFC 2047).
 * Hides how broken ones are read. */
#include "config.h"

#include "engine/bounce/mime.h"

#include <string.h>

#include "engine/base/str.h"
#include "engine/base/text.h"
#include "engine/bounce/charset.h"

static int
base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (is_digit(c))
		return c - '0' + 52;
	if (c == '+' || c == '-')
		return 62;
	return c == '/' || c == '_' ? 63 : -1;
}

char *
mime_decode_base64(struct arena *arena, struct span text, size_t *len)
{
	char *out = arena_alloc(arena, text.len / 4 * 3 + 4);
	unsigned int bits = 0, n = 0;

	*len = 0;
	for (size_t i = 0; i < text.len && text.text[i] != '='; i++) {
		int value = base64_value(text.text[i]);

		if (value < 0)
			continue;
		bits = (bits << 6 | (unsigned int)value) & 0xffffff;
		n++;
		if (n % 4 == 1)
			continue;
		/* 12, 18 and 24 bits in hand give one more octet each */
		out[(*len)++] = (char)(bits >> (6 - 2 * ((n - 1) % 4)) & 0xff);
	}
	out[*len] = '\0';
	return out;
}

static int
hex_value(char c)
{
	if (is_digit(c))
		return c - '0';
	c = text_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

char *
mime_decode_quoted(struct arena *arena, struct span text, bool word,
    size_t *len)
{
	char *out = arena_alloc(arena, text.len + 1);
	size_t i = 0, n = 0, soft;

	while (i < text.len) {
		char c = text.text[i];
		const char *next;

		if (c != '=' && !word) {
			next = memchr(text.text + i, '=', text.len - i);
			soft = next != NULL ? (size_t)(next - text.text) :
			    text.len;
			memcpy(out + n, text.text + i, soft - i);
			n += soft - i;
			i = soft;
			continue;
		}
		if (c == '=' && i + 2 < text.len &&
		    hex_value(text.text[i + 1]) >= 0 &&
		    hex_value(text.text[i + 2]) >= 0) {
			out[n++] = (char)(hex_value(text.text[i + 1]) << 4 |
			    hex_value(text.text[i + 2]));
			i += 3;
			continue;
		}
		if (c == '=' && !word) {
			/* soft line break, blanks after it are padding */
			soft = i + 1 + span_length_of(span_skip(text, i + 1),
			    " \t");
			if (soft >= text.len || text.text[soft] == '\n') {
				i = soft + 1;
				continue;
			}
		}
		out[n++] = word && c == '_' ? ' ' : c;
		i++;
	}
	out[n] = '\0';
	*len = n;
	return out;
}

/* "=?charset?B?text?=" at the start of S: appends it, returns its length. */
static size_t
add_word(struct arena *arena, struct str *out, struct span s)
{
	struct span charset, text;
	struct charset_reader *reader;
	const char *p, *end, *plain;
	size_t len;
	bool repaired = false;
	char how;

	if (s.len > 512)
		s.len = 512;
	p = memchr(s.text + 2, '?', s.len - 2);
	if (p == NULL || (size_t)(p - s.text) + 4 > s.len || p[2] != '?')
		return 0;
	charset = span_make(s.text + 2, (size_t)(p - s.text) - 2);
	how = text_lower(p[1]);
	text = span_from(s, p + 3);
	end = memmem(text.text, text.len, "?=", 2);
	if (end == NULL || (how != 'b' && how != 'q'))
		return 0;
	text.len = (size_t)(end - text.text);
	plain = how == 'b' ? mime_decode_base64(arena, text, &len) :
	    mime_decode_quoted(arena, text, true, &len);
	plain = charset_jis(arena, plain, &len, &repaired);
	reader = charset_open(arena_strndup(arena, charset.text, charset.len),
	    CHARSET_NONE);
	plain = charset_line(arena, reader, plain, &len);
	charset_close(&reader);
	str_add(out, plain, len);
	return (size_t)(end - s.text) + 2;
}

const char *
mime_decode_words(struct arena *arena, const char *text)
{
	struct span s = span_of(text);
	struct str out;
	const char *copy;
	size_t n;

	if (text == NULL || strstr(text, "=?") == NULL)
		return text;
	str_init(&out, 4096);
	while (s.len != 0 && !out.cut) {
		n = span_starts(s, "=?") ? add_word(arena, &out, s) : 0;
		if (n == 0) {
			str_addc(&out, s.text[0]);
			n = 1;
		}
		s = span_skip(s, n);
	}
	copy = text_valid(arena, out.text, out.len);
	str_free(&out);
	return copy;
}
