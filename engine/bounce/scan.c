/* SPDX-License-Identifier: ISC
 * Knows what addresses, IP addresses and codes look like in foreign text.
 * Hides the searching. */
#include "config.h"

#include "engine/bounce/scan.h"

#include <arpa/inet.h>
#include <string.h>

#include "engine/base/text.h"

/* RFC 5321 4.5.3.1: 64 + 1 + 255 octets; more than that is no address. */
#define ADDRESS_MAX 320

struct span
span_of(const char *text)
{
	return span_make(text, text != NULL ? strlen(text) : 0);
}

const char *
span_copy(struct arena *arena, struct span s)
{
	return s.len != 0 ? arena_strndup(arena, s.text, s.len) : NULL;
}

bool
span_begins(struct span s, const char *prefix, size_t len)
{
	if (s.len < len)
		return false;
	for (size_t i = 0; i < len; i++)
		if (text_lower(s.text[i]) != text_lower(prefix[i]))
			return false;
	return true;
}

/* So many places are tried at once: compilers make one vector of them. */
#define BLOCK 16

/* Does one of the BLOCK places at P look like FIRST and SECOND, both with the
 * bit set that tells small letters from capitals? */
static bool
block_may_have(const char *p, unsigned char first, unsigned char second)
{
	const unsigned char *s = (const unsigned char *)p;
	unsigned char least = 0xff;

	for (int i = 0; i < BLOCK; i++) {
		unsigned char differs = (unsigned char)(
		    ((s[i] | 0x20) ^ first) | ((s[i + 1] | 0x20) ^ second));

		least = differs < least ? differs : least;
	}
	return least == 0;
}

const char *
span_find(struct span s, const char *needle)
{
	size_t len = strlen(needle);
	unsigned char first, second;
	const char *p = s.text, *last, *end;

	if (len == 0 || s.len < len)
		return NULL;
	first = (unsigned char)needle[0] | 0x20;
	second = (unsigned char)needle[1] | 0x20;
	for (last = p + s.len - len; p <= last;) {
		if (len > 1 && last - p >= BLOCK) {
			if (!block_may_have(p, first, second)) {
				p += BLOCK;
				continue;
			}
			end = p + BLOCK;
		} else {
			end = last + 1;
		}
		for (; p < end; p++)
			if (may_be_same(p[0], needle[0]) && (len == 1 ||
			    may_be_same(p[1], needle[1])) &&
			    text_same_n(p, needle, len))
				return p;
	}
	return NULL;
}

struct span
span_after(struct span s, const char *needle)
{
	const char *p = span_find(s, needle);

	return p != NULL ? span_skip(span_from(s, p), strlen(needle)) :
	    span_make(NULL, 0);
}

size_t
span_length_of(struct span s, const char *set)
{
	size_t n = 0;

	while (n < s.len && s.text[n] != '\0' && strchr(set, s.text[n]) != NULL)
		n++;
	return n;
}

/* RFC 5321 4.1.2 "atext", the dot and the '@'; what is above ASCII, RFC 6531. */
static inline bool
is_address_char(char c)
{
	switch (c) {
	case '.': case '!': case '#': case '$': case '%': case '&': case '*':
	case '+': case '-': case '/': case '=': case '?': case '^': case '_':
	case '`': case '{': case '|': case '}': case '~': case '@':
		return true;
	default:
		return is_word(c);
	}
}

size_t
scan_address(struct span s, struct span *address)
{
	size_t n = 0;
	const char *at;

	if (s.len == 0)
		return 0;
	if (s.text[0] == '<') {
		size_t limit = s.len < ADDRESS_MAX ? s.len : ADDRESS_MAX;
		const char *close = memchr(s.text, '>', limit);

		if (close == NULL)
			return 0;
		n = (size_t)(close - s.text) + 1;
		*address = span_make(s.text + 1, n - 2);
		if (memchr(address->text, ' ', address->len) != NULL &&
		    memchr(address->text, '"', address->len) == NULL)
			return 0;
		return n;
	}
	while (n < s.len && n < ADDRESS_MAX && is_address_char(s.text[n]))
		n++;
	while (n != 0 && strchr(".!?*-=", s.text[n - 1]) != NULL)
		n--;
	at = memchr(s.text, '@', n);
	if (at == NULL || at == s.text || at + 1 == s.text + n)
		return 0;
	*address = span_make(s.text, n);
	return n;
}

struct span
scan_any_address(struct span s)
{
	struct span found = { NULL, 0 };
	const char *p = s.text, *end, *at;

	if (s.len == 0)
		return found;
	for (end = p + s.len; p < end;) {
		at = memchr(p, '@', (size_t)(end - p));
		if (at == NULL)
			break;
		const char *start = at;
		while (start > p && at - start < 64 &&
		    is_address_char(start[-1]) && start[-1] != '@')
			start--;
		if (scan_address(span_from(s, start), &found) != 0 &&
		    found.len > (size_t)(at - start) + 1)
			return found;
		p = at + 1;
	}
	return span_make(NULL, 0);
}

size_t
scan_ip(struct span s)
{
	char copy[INET6_ADDRSTRLEN + 1];
	unsigned char raw[16];
	bool v6 = false;
	size_t n = 0;

	while (n < s.len && n < INET6_ADDRSTRLEN && (is_digit(s.text[n]) ||
	    s.text[n] == '.' || s.text[n] == ':' ||
	    (s.text[n] >= 'a' && s.text[n] <= 'f') ||
	    (s.text[n] >= 'A' && s.text[n] <= 'F'))) {
		v6 = v6 || s.text[n] == ':';
		n++;
	}
	if (n < s.len && (is_letter(s.text[n]) || s.text[n] == '_'))
		return 0;
	for (; n >= 2; n--) {
		memcpy(copy, s.text, n);
		copy[n] = '\0';
		if (inet_pton(v6 ? AF_INET6 : AF_INET, copy, raw) == 1)
			return n;
		/* "192.0.2.1:25" and "192.0.2.1." */
		if (v6 && memchr(s.text, '.', n) != NULL) {
			const char *colon = memchr(s.text, ':', n);

			n = (size_t)(colon - s.text) + 1;
			v6 = false;
			continue;
		}
		if (s.text[n - 1] != '.' && s.text[n - 1] != ':')
			return 0;
	}
	return 0;
}

size_t
scan_peer(struct span s, struct span *host, struct span *ip)
{
	size_t n = 0, start;
	const char *close;

	while (n < s.len && n < 256 && (is_word(s.text[n]) ||
	    (s.text[n] != '\0' && strchr(".-_*", s.text[n]) != NULL)))
		n++;
	if (n == 0 || n >= s.len)
		return 0;
	*host = span_make(s.text, n);
	/* a wrapped line may have torn the address from the name */
	start = n;
	while (start < s.len && is_blank(s.text[start]))
		start++;
	if (start >= s.len || s.text[start] != '[')
		return 0;
	close = memchr(s.text + start, ']',
	    s.len - start < 80 ? s.len - start : 80);
	if (close == NULL)
		return 0;
	*ip = span_make(s.text + start + 1,
	    (size_t)(close - s.text) - start - 1);
	n = (size_t)(close - s.text) + 1;
	if (n < s.len && s.text[n] == ':')
		n += 1 + span_length_of(span_skip(s, n + 1), "0123456789");
	return n;
}

size_t
scan_status(struct span s)
{
	size_t n = 1, part;

	if (s.len < 5 || strchr("245", s.text[0]) == NULL || s.text[0] == '\0')
		return 0;
	for (int i = 0; i < 2; i++) {
		if (n >= s.len || s.text[n] != '.')
			return 0;
		n++;
		part = span_length_of(span_skip(s, n), "0123456789");
		if (part == 0 || part > 3)
			return 0;
		n += part;
	}
	if (n < s.len && (is_word(s.text[n]) ||
	    (s.text[n] == '.' && n + 1 < s.len && is_digit(s.text[n + 1]))))
		return 0;
	return n;
}

size_t
scan_reply(struct span s)
{
	if (s.len < 3 || !is_digit(s.text[1]) || !is_digit(s.text[2]) ||
	    (s.text[0] != '2' && s.text[0] != '4' && s.text[0] != '5') ||
	    s.text[1] > '7')
		return 0;
	return s.len == 3 || is_blank(s.text[3]) || s.text[3] == '-' ? 3 : 0;
}
