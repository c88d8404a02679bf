/* SPDX-License-Identifier: ISC
 * Foreign character sets into UTF-8. */
#ifndef WB_BOUNCE_CHARSET_H
#define WB_BOUNCE_CHARSET_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/base/arena.h"
#include "engine/bounce/scan.h"

/* A character set to convert from; CHARSET_NONE needs no conversion. */
enum charset {
	CHARSET_NONE,           /* UTF-8 already, or ASCII */
	CHARSET_LATIN1,
	CHARSET_SJIS,
	CHARSET_EUCJP,
	CHARSET_OTHER           /* by name, through iconv */
};

/* Is this UTF-8 (RFC 3629)? ASCII is. */
bool charset_is_utf8(const char *text, size_t len);

/* text_valid(), without looking twice at ASCII. */
const char *charset_valid(struct arena *arena, struct span s);

/* The likely character set of LEN octets of unknown text. */
enum charset charset_guess(const char *text, size_t len);

/* A converter; NAME is MIME's (RFC 2978), NULL: use GUESS. Free it with
 * charset_close(). */
struct charset_reader;
struct charset_reader *charset_open(const char *name, enum charset guess);
void charset_close(struct charset_reader **reader);

/* One line as UTF-8: TEXT itself when it is UTF-8 already, else an arena copy
 * with *LEN set. What cannot be converted becomes U+FFFD. */
const char *charset_line(struct arena *arena, struct charset_reader *reader,
    const char *text, size_t *len);

/* Could anything in TEXT be the start of a run of JIS X 0208? */
bool charset_may_be_jis(const char *text, size_t len);

/* ISO-2022-JP in one line: each run of JIS X 0208 between its escapes becomes
 * UTF-8, also when the terminal ate the ESC octets (then *REPAIRED is set).
 * TEXT itself when there is none. */
const char *charset_jis(struct arena *arena, const char *text, size_t *len,
    bool *repaired);

#endif
