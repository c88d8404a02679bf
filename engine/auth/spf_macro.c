/* SPDX-License-Identifier: ISC
 * Knows the syntax and the expansion of SPF macros (RFC 7208 section 7).
 * Hides the transformers: digits, "r", delimiters, URL escapes. */
#include "config.h"

#include "engine/auth/spf_macro.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "engine/base/i18n.h"
#include "engine/base/str.h"
#include "engine/base/text.h"

#define EXPANDED_MAX 65536
#define NAME_MAX_LEN 253        /* RFC 1035 2.3.4, without the last dot */
#define DELIMITERS ".-+,/_="    /* RFC 7208 7.1 */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

static bool
fault(struct spf_macro_scan *scan, size_t offset, const char *message)
{
	scan->error = message;
	scan->error_offset = offset;
	return false;
}

/* The macro-expand at AT, which is a '%'. Moves AT behind it. */
static bool
scan_macro(const char *text, size_t *at, size_t to, enum spf_macro_use use,
    struct spf_macro_scan *scan)
{
	const char *letters = use == SPF_MACRO_EXPLANATION ?
		"slodiphcrtv" : "slodiphv";     /* RFC 7208 7.2 */
	size_t i = *at + 1;

	if (i < to && is_one_of(text[i], "%_-")) {
		*at = i + 1;
		return true;
	}
	if (i >= to || text[i] != '{')
		/* xgettext:no-c-format */
		return fault(scan, *at,
		    N_("\"%\" must be followed by \"{\", \"%\", \"_\" or "
		       "\"-\""));
	i++;
	if (i >= to || !is_one_of(text_lower(text[i]), letters))
		return fault(scan, i,
		    N_("this macro letter does not exist here"));
	i++;
	if (i < to && is_digit(text[i])) {
		size_t digits = i;
		bool zero = true;

		for (; i < to && is_digit(text[i]); i++)
			zero = zero && text[i] == '0';
		if (zero)   /* RFC 7208 7.1: must not be zero */
			return fault(scan, digits,
			    N_("the number in a macro must not be zero"));
	}
	if (i < to && text_lower(text[i]) == 'r')
		i++;
	while (i < to && is_one_of(text[i], DELIMITERS))
		i++;
	if (i >= to || text[i] != '}')
		return fault(scan, i,
		    N_("\"}\" is missing at the end of a macro"));
	*at = i + 1;
	return true;
}

bool
spf_macro_scan(const char *text, size_t from, size_t to,
    enum spf_macro_use use, struct spf_macro_scan *scan)
{
	size_t at = from;

	*scan = (struct spf_macro_scan){ .literal = from };
	while (at < to) {
		unsigned char c = (unsigned char)text[at];

		if (c == '%') {
			if (!scan_macro(text, &at, to, use, scan))
				return false;
			scan->literal = at;
			scan->macros = true;
			continue;
		}
		if (c > 0x7e || c < 0x20 ||
		    (c == ' ' && use != SPF_MACRO_EXPLANATION))
			return fault(scan, at,
			    N_("this character is not allowed"));
		at++;
	}
	return true;
}

bool
spf_macro_uses(const char *text, char letter)
{
	const char *p = text;

	while ((p = strchr(p, '%')) != NULL) {
		if (p[1] == '\0')
			return false;
		if (p[1] == '{' && text_lower(p[2]) == letter)
			return true;
		p += 2;
	}
	return false;
}

/* The address as %{i} writes it: dotted, for IPv6 nibble by nibble. */
static const char *
dotted_address(struct arena *arena, const char *ip)
{
	unsigned char octets[16];
	char *text, *out;

	if (inet_pton(AF_INET6, ip, octets) != 1)
		return ip;
	text = out = arena_alloc(arena, sizeof octets * 4 + 1);
	for (size_t i = 0; i < sizeof octets; i++) {
		static const char hex[] = "0123456789ABCDEF";

		*out++ = hex[octets[i] >> 4];
		*out++ = '.';
		*out++ = hex[octets[i] & 15];
		*out++ = '.';
	}
	out[-1] = '\0';
	return text;
}

static const char *
value_of(struct arena *arena, char letter,
    const struct spf_macro_values *values)
{
	switch (letter) {
	case 's':
		return values->sender;
	case 'l':
		return values->local;
	case 'o':
		return values->sender_domain;
	case 'd':
		return values->domain;
	case 'i':
		return dotted_address(arena, values->ip);
	case 'c':
		return values->ip;
	case 'v':
		return strchr(values->ip, ':') != NULL ? "ip6" : "in-addr";
	case 'p':
		return values->client_name;
	case 'h':
		return values->helo;
	case 'r':
		return values->receiver;
	case 't':
		return arena_printf(arena, "%lld", (long long)time(NULL));
	}
	return "";
}

struct part {
	const char *text;
	size_t len;
};

static size_t
split(struct arena *arena, const char *value, const char *delimiters,
    struct part **parts)
{
	size_t n = 1, i = 0;
	const char *p = value;

	for (const char *c = value; *c != '\0'; c++)
		n += is_one_of(*c, delimiters);
	*parts = arena_array(arena, n, sizeof **parts);
	for (i = 0; i < n; i++) {
		(*parts)[i].text = p;
		(*parts)[i].len = strcspn(p, delimiters);
		p += (*parts)[i].len + 1;
	}
	return n;
}

static void
add_escaped(struct str *out, const char *text, size_t len, bool escape)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];
		/* RFC 3986 2.3: unreserved characters stay */
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			is_digit((char)c) || is_one_of((char)c, "-._~");

		if (plain || !escape)
			str_addc(out, (char)c);
		else
			str_addf(out, "%%%02X", c);
	}
}

/* Expand what stands behind "%{" at P; returns the place after its '}'. */
static const char *
expand_one(struct arena *arena, const char *p,
    const struct spf_macro_values *values, struct str *out)
{
	char letter = *p++;
	char delimiters[sizeof DELIMITERS] = ".";
	bool escape = letter >= 'A' && letter <= 'Z', reverse = false;
	size_t keep = 0, n, n_delimiters = 0, first;
	struct part *parts;

	for (; is_digit(*p); p++)
		if (keep < EXPANDED_MAX)
			keep = keep * 10 + (size_t)(*p - '0');
	if (text_lower(*p) == 'r') {
		reverse = true;
		p++;
	}
	for (; *p != '\0' && *p != '}'; p++) {
		bool known = n_delimiters != 0 && is_one_of(*p, delimiters);

		if (!known && n_delimiters < sizeof delimiters - 1) {
			delimiters[n_delimiters++] = *p;
			delimiters[n_delimiters] = '\0';
		}
	}
	n = split(arena, value_of(arena, text_lower(letter), values),
	    delimiters, &parts);
	if (keep == 0 || keep > n)
		keep = n;
	first = n - keep;
	/* the rightmost parts are taken after the reversal (RFC 7208 7.3) */
	for (size_t i = 0; i < keep; i++) {
		size_t which = reverse ? keep - 1 - i : first + i;

		if (i != 0)
			str_addc(out, '.');
		add_escaped(out, parts[which].text, parts[which].len, escape);
	}
	return *p == '}' ? p + 1 : p;
}

const char *
spf_macro_expand(struct arena *arena, const char *text,
    const struct spf_macro_values *values)
{
	struct str out;
	const char *p = text, *result;

	str_init(&out, EXPANDED_MAX);
	while (*p != '\0' && !out.cut) {
		size_t literal = strcspn(p, "%");

		str_add(&out, p, literal);
		p += literal;
		if (p[0] == '\0' || p[1] == '\0')
			break;
		if (p[1] == '{' && p[2] != '\0') {
			p = expand_one(arena, p + 2, values, &out);
			continue;
		}
		str_adds(&out, p[1] == '_' ? " " : p[1] == '-' ? "%20" : "%");
		p += 2;
	}
	result = arena_strndup(arena, out.text, out.len);
	str_free(&out);
	return result;
}

const char *
spf_macro_expand_name(struct arena *arena, const char *text,
    const struct spf_macro_values *values)
{
	const char *name = spf_macro_expand(arena, text, values);
	size_t len = strlen(name);

	if (len != 0 && name[len - 1] == '.')
		len--;
	while (len > NAME_MAX_LEN) {
		const char *dot = memchr(name, '.', len);

		if (dot == NULL)
			break;
		len -= (size_t)(dot + 1 - name);
		name = dot + 1;
	}
	return arena_strndup(arena, name, len);
}
