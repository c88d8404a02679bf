/* SPDX-License-Identifier: ISC
 * Knows iconv, which character sets bounces come in, and how pasting damages
 * ISO-2022-JP. Hides the guessing. */
#include "config.h"

#include "engine/bounce/charset.h"

#include <errno.h>
#include <iconv.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/str.h"
#include "engine/base/text.h"

#define NO_ICONV ((iconv_t)-1)
/* Enough to tell Shift_JIS from EUC-JP. */
#define GUESS_MAX 65536
#define REPLACEMENT "\xef\xbf\xbd"

struct charset_reader {
	enum charset set;
	iconv_t iconv;
};

bool
charset_is_utf8(const char *text, size_t len)
{
	uint32_t code;
	size_t i = text_ascii(text, len);

	while (i < len) {
		int n = text_decode(text + i, len - i, &code);

		if (n <= 0)
			return false;
		i += (size_t)n;
		i += text_ascii(text + i, len - i);
	}
	return true;
}

const char *
charset_valid(struct arena *arena, struct span s)
{
	if (s.text == NULL)
		return NULL;
	return text_ascii(s.text, s.len) == s.len ?
	    arena_strndup(arena, s.text, s.len) :
	    text_valid(arena, s.text, s.len);
}

/* Two-octet characters by their first and second octet: how many octets do
 * not fit into this set. */
static size_t
misfits(const unsigned char *text, size_t len, bool sjis)
{
	size_t bad = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned char a = text[i], b;

		if (a < 0x80 || (sjis && a >= 0xa1 && a <= 0xdf))
			continue;
		b = i + 1 < len ? text[i + 1] : 0;
		if (sjis) {
			if (((a >= 0x81 && a <= 0x9f) ||
			    (a >= 0xe0 && a <= 0xfc)) &&
			    b >= 0x40 && b != 0x7f && b <= 0xfc) {
				i++;
				continue;
			}
		} else if (((a >= 0xa1 && a <= 0xfe) || a == 0x8e) &&
		    b >= 0xa1 && b <= 0xfe) {
			i++;
			continue;
		}
		bad++;
	}
	return bad;
}

/* How many octets are half-width katakana: rare in real Shift_JIS, but what
 * EUC-JP looks like when it is read as such. */
static size_t
kana(const unsigned char *text, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += text[i] >= 0xa1 && text[i] <= 0xdf;
	return n;
}

enum charset
charset_guess(const char *text, size_t len)
{
	const unsigned char *raw = (const unsigned char *)text;
	size_t high = 0, sjis, euc;

	if (charset_is_utf8(text, len))
		return CHARSET_NONE;
	if (len > GUESS_MAX)
		len = GUESS_MAX;
	for (size_t i = 0; i < len; i++)
		high += raw[i] >= 0x80;
	sjis = misfits(raw, len, true);
	euc = misfits(raw, len, false);
	if (sjis > high / 16 && euc > high / 16)
		return CHARSET_LATIN1;
	/* a lone accented letter fits Shift_JIS by chance */
	if (high < 4)
		return CHARSET_LATIN1;
	if (euc <= sjis && (euc < sjis || kana(raw, len) > high / 2))
		return CHARSET_EUCJP;
	return CHARSET_SJIS;
}

static enum charset
set_by_name(const char *name)
{
	static const char *const utf8[] = {
		"utf-8", "utf8", "us-ascii", "ascii", "unicode-1-1-utf-8",
		/* seven-bit sets are dealt with elsewhere, line by line */
		"iso-2022-jp", "unknown-8bit", "utf-7", "unicode-1-1-utf-7"
	};
	static const char *const latin1[] = {
		"iso-8859-1", "latin1", "iso-8859-15", "windows-1252", "cp1252"
	};

	for (size_t i = 0; i < sizeof utf8 / sizeof *utf8; i++)
		if (text_same(name, utf8[i]))
			return CHARSET_NONE;
	for (size_t i = 0; i < sizeof latin1 / sizeof *latin1; i++)
		if (text_same(name, latin1[i]))
			return CHARSET_LATIN1;
	if (text_same(name, "shift_jis") || text_same(name, "x-sjis") ||
	    text_same(name, "windows-31j") || text_same(name, "cp932"))
		return CHARSET_SJIS;
	if (text_same(name, "euc-jp") || text_same(name, "x-euc-jp"))
		return CHARSET_EUCJP;
	return CHARSET_OTHER;
}

struct charset_reader *
charset_open(const char *name, enum charset guess)
{
	struct charset_reader *reader = mem_alloc(sizeof *reader);

	reader->set = name != NULL ? set_by_name(name) : guess;
	reader->iconv = NO_ICONV;
	if (reader->set == CHARSET_SJIS)
		reader->iconv = iconv_open("UTF-8", "CP932");
	else if (reader->set == CHARSET_EUCJP)
		reader->iconv = iconv_open("UTF-8", "EUC-JP");
	else if (reader->set == CHARSET_OTHER && strlen(name) < 32 &&
	    strchr(name, '/') == NULL)
		reader->iconv = iconv_open("UTF-8", name);
	return reader;
}

void
charset_close(struct charset_reader **reader)
{
	if (*reader == NULL)
		return;
	if ((*reader)->iconv != NO_ICONV)
		iconv_close((*reader)->iconv);
	free(*reader);
	*reader = NULL;
}

static void
add_latin1(struct str *out, const char *text, size_t len)
{
	char code[4];

	for (size_t i = 0; i < len; i++)
		str_add(out, code,
		    text_encode((unsigned char)text[i], code));
}

/* iconv(3) over all of TEXT; one octet that does not fit is replaced. */
static void
add_iconv(struct str *out, iconv_t cd, const char *text, size_t len)
{
	/* iconv's second argument lacks a const it would deserve */
	union { const char *in; char *iconv; } from = { .in = text };
	char part[1024];

	iconv(cd, NULL, NULL, NULL, NULL);
	while (len != 0) {
		char *to = part;
		size_t room = sizeof part;
		size_t done = iconv(cd, &from.iconv, &len, &to, &room);

		str_add(out, part, (size_t)(to - part));
		if (done == (size_t)-1 && errno != E2BIG) {
			str_adds(out, REPLACEMENT);
			if (len == 0)
				break;
			from.in++;
			len--;
		}
	}
}

const char *
charset_line(struct arena *arena, struct charset_reader *reader,
    const char *text, size_t *len)
{
	struct str out;
	const char *copy;

	if (charset_is_utf8(text, *len))
		return text;
	str_init(&out, *len * 3);
	if (reader->set == CHARSET_NONE)
		text_add_valid(&out, text, *len);
	else if (reader->iconv != NO_ICONV)
		add_iconv(&out, reader->iconv, text, *len);
	else
		add_latin1(&out, text, *len);
	copy = arena_strndup(arena, out.text, out.len);
	*len = out.len;
	str_free(&out);
	return copy;
}

/* An escape "ESC <FIRST> <one of SET>" at TEXT, with the ESC as itself, as
 * "^[", as the blank that xterm makes of it, or gone. Returns its length;
 * *WHOLE tells whether the ESC was there. */
static size_t
escape_at(const char *text, size_t len, char first, const char *set,
    bool *whole)
{
	size_t n = 0;

	*whole = false;
	if (len != 0 && text[0] == '\033') {
		*whole = true;
		n = 1;
	} else if (len >= 2 && text[0] == '^' && text[1] == '[') {
		n = 2;
	} else if (len != 0 && text[0] == ' ') {
		n = 1;
	}
	if (len < n + 2 || text[n] != first || text[n + 1] == '\0' ||
	    strchr(set, text[n + 1]) == NULL)
		return 0;
	return n + 2;
}

/* LEN octets of JIS X 0208 as UTF-8; false when not every pair is a character
 * of that set. */
static bool
add_jis(struct str *out, iconv_t cd, const char *text, size_t len)
{
	char pair[8] = "\033$B", code[8];

	for (size_t i = 0; i + 1 < len; i += 2) {
		char *in = pair, *to = code;
		size_t left = 5, room = sizeof code;

		pair[3] = text[i];
		pair[4] = text[i + 1];
		iconv(cd, NULL, NULL, NULL, NULL);
		if (iconv(cd, &in, &left, &to, &room) == (size_t)-1)
			return false;
		str_add(out, code, (size_t)(to - code));
	}
	return true;
}

/* Where runs cannot start any more, by the parity of their first octet: text
 * that was searched once for its end is not searched again. */
struct jis_dead {
	size_t until[2];
};

/* One run at TEXT + I: its escape, pairs, and the escape back. Sets *OUT to
 * its UTF-8 and returns the octets taken; 0 when it is something else. */
static size_t
jis_run(struct str *out, iconv_t cd, struct span all, size_t i,
    struct jis_dead *dead, bool *repaired)
{
	struct span s = span_skip(all, i);
	bool whole, whole_back;
	size_t start = escape_at(s.text, s.len, '$', "@B", &whole), end, back;

	str_clear(out);
	if (start == 0 || i + start < dead->until[(i + start) & 1])
		return 0;
	for (end = start; end + 1 < s.len; end += 2) {
		if (escape_at(s.text + end, s.len - end, '(', "BJ",
		    &whole_back) != 0)
			break;
		if (s.text[end] < 0x21 || s.text[end] > 0x7e ||
		    s.text[end + 1] < 0x21 || s.text[end + 1] > 0x7e)
			break;
	}
	back = escape_at(s.text + end, s.len - end, '(', "BJ", &whole_back);
	if ((back == 0 && !(whole && end + 1 >= s.len)) || end == start ||
	    !add_jis(out, cd, s.text + start, end - start)) {
		dead->until[(i + start) & 1] = i + end;
		return 0;
	}
	if (!whole || (back != 0 && !whole_back))
		*repaired = true;
	return end + back;
}

static bool
jis_lines(struct str *out, iconv_t cd, struct span all, bool *repaired)
{
	struct jis_dead dead = { { 0, 0 } };
	struct str run;
	size_t i = 0, from = 0;

	str_init(&run, all.len * 3);
	while (i < all.len) {
		size_t taken = jis_run(&run, cd, all, i, &dead, repaired);

		if (taken == 0) {
			i++;
			continue;
		}
		str_add(out, all.text + from, i - from);
		str_add(out, run.text, run.len);
		i += taken;
		from = i;
	}
	if (from != 0)
		str_add(out, all.text + from, all.len - from);
	str_free(&run);
	return from != 0;
}

bool
charset_may_be_jis(const char *text, size_t len)
{
	const char *p = text, *end = text + len;

	while (end - p > 1) {
		p = memchr(p, '$', (size_t)(end - p) - 1);
		if (p == NULL)
			return false;
		if (p[1] == 'B' || p[1] == '@')
			return true;
		p++;
	}
	return false;
}

const char *
charset_jis(struct arena *arena, const char *text, size_t *len,
    bool *repaired)
{
	/* opening one takes longer than all the rest, so it is kept */
	static iconv_t cd = NO_ICONV;
	struct str out;
	const char *copy = text;

	if (!charset_may_be_jis(text, *len))
		return text;
	if (cd == NO_ICONV)
		cd = iconv_open("UTF-8", "ISO-2022-JP");
	if (cd == NO_ICONV)
		return text;
	str_init(&out, *len * 3);
	if (jis_lines(&out, cd, span_make(text, *len), repaired)) {
		copy = arena_strndup(arena, out.text, out.len);
		*len = out.len;
	}
	str_free(&out);
	return copy;
}
