/* SPDX-License-Identifier: ISC
 * Small tools for reading foreign text: spans, folded search, addresses, IP
 * addresses. All take any octets; none allocates. */
#ifndef WB_BOUNCE_SCAN_H
#define WB_BOUNCE_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "engine/base/arena.h"

/* Octets somewhere else; text is NULL when there are none. */
struct span {
	const char *text;
	size_t len;
};

struct span span_of(const char *text);

static inline struct span
span_make(const char *text, size_t len)
{
	return (struct span){ .text = text, .len = len };
}

/* The span without its first N octets. */
static inline struct span
span_skip(struct span s, size_t n)
{
	if (n > s.len)
		n = s.len;
	/* nothing may be added to NULL, not even 0 */
	return n != 0 ? span_make(s.text + n, s.len - n) : s;
}

/* The part of S from P, which points into S, to its end. */
static inline struct span
span_from(struct span s, const char *p)
{
	return span_skip(s, (size_t)(p - s.text));
}

/* Arena copy, or NULL for an empty span. */
const char *span_copy(struct arena *arena, struct span s);

/* Can A and B be the same letter in any case? Mostly this tells. */
static inline bool
may_be_same(char a, char b)
{
	return ((a ^ b) & ~0x20) == 0;
}

/* Does S begin with PREFIX, whatever the letters' case? Is it TEXT? */
bool span_begins(struct span s, const char *prefix, size_t len);

static inline bool
span_starts(struct span s, const char *prefix)
{
	return (s.len == 0 || may_be_same(s.text[0], prefix[0])) &&
	    span_begins(s, prefix, strlen(prefix));
}

static inline bool
span_same(struct span s, const char *text)
{
	return (s.len == 0 || may_be_same(s.text[0], text[0])) &&
	    s.len == strlen(text) && span_begins(s, text, s.len);
}

/* The first place of NEEDLE in S, whatever the letters' case, or NULL. */
const char *span_find(struct span s, const char *needle);

/* What follows NEEDLE in S; text is NULL when it is not there. */
struct span span_after(struct span s, const char *needle);

/* Character classes, independent of the locale. */
static inline bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* A letter, a digit, or above ASCII. */
static inline bool
is_word(char c)
{
	return is_digit(c) || is_letter(c) || (unsigned char)c >= 0x80;
}

/* A blank or a tab. */
static inline bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* What is left when blanks (and tabs and CR) at both ends are cut off. */
static inline struct span
span_trim(struct span s)
{
	while (s.len != 0 && (is_blank(s.text[0]) || s.text[0] == '\r'))
		s = span_make(s.text + 1, s.len - 1);
	while (s.len != 0 && (is_blank(s.text[s.len - 1]) ||
	    s.text[s.len - 1] == '\r'))
		s.len--;
	return s;
}

/* Octets at the start of S that are one of SET. */
size_t span_length_of(struct span s, const char *set);

/* An address "<a@b>" or "a@b" at the start of S. Sets *ADDRESS to what stands
 * between the angle brackets (may be empty) and returns the octets taken; 0
 * when there is none. A bare address must contain an '@'. */
size_t scan_address(struct span s, struct span *address);

/* The first address anywhere in S: as above; text NULL when there is none. */
struct span scan_any_address(struct span s);

/* "host[1.2.3.4]" or "host[1.2.3.4]:25" at the start of S; returns the octets
 * taken, 0 when that is not what stands there. */
size_t scan_peer(struct span s, struct span *host, struct span *ip);

/* An IPv4 or IPv6 address at the start of S, without brackets: its length, or
 * 0. Checked with inet_pton(3). */
size_t scan_ip(struct span s);

/* An enhanced status code (RFC 3463 2) at the start of S: its length or 0. */
size_t scan_status(struct span s);

/* A reply code 2yz, 4yz or 5yz (RFC 5321 4.2.1) at the start of S that is
 * followed by the end, a blank or '-': 3, else 0. */
size_t scan_reply(struct span s);

#endif
