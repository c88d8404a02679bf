/* SPDX-License-Identifier: ISC
 * Foreign text: UTF-8, making it safe to show, small comparisons. */
#ifndef WB_TEXT_H
#define WB_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/arena.h"
#include "engine/base/str.h"

/* Decode one UTF-8 character (RFC 3629: no surrogates, no overlong forms)
 * from the N octets at TEXT. Returns its length in octets and sets *CODE;
 * 0 when N is 0, -1 when the octets are not valid UTF-8. */
int text_decode(const char *text, size_t n, uint32_t *code);

/* Octets at the start of TEXT that are ASCII. */
size_t text_ascii(const char *text, size_t len);

/* Encode CODE, at most 4 octets into OUT; returns the length. */
size_t text_encode(uint32_t code, char out[4]);

/* Append LEN octets of foreign text to OUT so that nothing in it can act on a
 * terminal: control characters become ^X, bidirectional overrides, zero-width,
 * private and unassigned characters <U+XXXX>, broken octets <9B>, a tab a
 * blank. Line ends stay only when KEEP_LINES. At most two combining marks
 * follow one character. */
void text_clean(struct str *out, const char *text, size_t len,
    bool keep_lines);

/* The same as an arena-owned string on one line; NULL stays NULL. */
const char *text_cleaned(struct arena *arena, const char *text, size_t len);
const char *text_safe(struct arena *arena, const char *text);

/* TEXT as a word of a POSIX shell: as it is, or between single quotes, where
 * everything is literal. The second is always quoted. */
const char *text_shell_word(struct arena *arena, const char *text);
const char *text_shell_quoted(struct arena *arena, const char *text);

/* Take the last character off, all octets of it. */
void text_drop_last(struct str *text);

/* A blank, a tab or a line end. */
static inline bool
text_is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Arena copy of what stands from FROM up to END, without those around it. */
const char *text_trimmed(struct arena *arena, const char *from,
    const char *end);

/* ASCII-only case folding, independent of the locale. */
static inline char
text_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}
bool text_same(const char *a, const char *b);             /* NULL != NULL */
bool text_same_n(const char *a, const char *b, size_t n);
bool text_starts(const char *text, const char *prefix);    /* folds case */
bool text_ends(const char *text, const char *suffix);      /* folds case */
/* Do the N octets of WORD stand anywhere in TEXT? Folds case; NULL has none. */
bool text_has(const char *text, const char *word, size_t n);

/* Arena copy in ASCII lower case, one trailing dot removed: the form in which
 * domain names are compared and printed. */
const char *text_domain(struct arena *arena, const char *name, size_t len);

/* Is NAME equal to DOMAIN or below it? Both as text_domain() gives them. */
bool text_domain_below(const char *name, const char *domain);

/* TEXT behind the *N of *LIST, which has always grown through this function,
 * unless it is among them or they are MAX. */
void text_list_add(struct arena *arena, const char *const **list, size_t *n,
    size_t max, const char *text);

/* The part after the last '@', or NULL. */
const char *text_address_domain(const char *address);

/* Valid UTF-8 for JSON: broken octets become U+FFFD. Arena-owned; NULL stays
 * NULL. And the same, appended to OUT. */
const char *text_valid(struct arena *arena, const char *text, size_t len);
void text_add_valid(struct str *out, const char *text, size_t len);

#endif
