/* SPDX-License-Identifier: ISC
 * Knows whose mail OpenDKIM signs, with which key: how its tables and its
 * InternalHosts are looked up, as opendkim 2.11 does it. */
#include "config.h"

#include "engine/world/opendkim.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "engine/base/text.h"

/* ---- whose mail ---- */

/* '*' stands for anything; both fold case. Linear in time but for one star
 * behind another: then PATTERN times TEXT. */
static bool
matches_pattern(const char *pattern, const char *text)
{
	const char *star = NULL, *again = NULL;

	while (*text != '\0') {
		if (*pattern == '*') {
			star = ++pattern;
			again = text;
		} else if (text_lower(*pattern) == text_lower(*text)) {
			pattern++;
			text++;
		} else if (star != NULL) {
			pattern = star;
			text = ++again;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}

bool
opendkim_matches(const char *pattern, const char *address, bool patterns)
{
	const char *at = strrchr(address, '@');
	const char *domain = at != NULL ? at + 1 : address;

	if (patterns)
		return matches_pattern(pattern, address);
	if (text_same(pattern, address) || text_same(pattern, domain) ||
	    strcmp(pattern, "*") == 0)
		return true;
	for (const char *dot = strchr(domain, '.'); dot != NULL;
	    dot = strchr(dot + 1, '.'))
		if (text_same(pattern, dot))
			return true;
	return false;
}

const struct opendkim_row *
opendkim_signs(const struct opendkim *o, const char *address)
{
	for (size_t i = 0; i < o->signing.n; i++)
		if (opendkim_matches(o->signing.rows[i].key, address,
		    o->signing.kind == OPENDKIM_REFILE))
			return &o->signing.rows[i];
	return NULL;
}

/* "example.com" as a pattern of its own; "example.com" behind blanks, too. */
static const char *
as_pattern(struct arena *arena, const char *key)
{
	key += strspn(key, " \t\r\v\f");
	return strpbrk(key, "*@") != NULL ? key :
	    arena_printf(arena, "*@%s", key);
}

const struct opendkim_row *
opendkim_nearly_signs(struct arena *arena, const struct opendkim *o,
    const char *address)
{
	for (size_t i = 0; o->signing.kind == OPENDKIM_REFILE &&
	    i < o->signing.n; i++)
		if (opendkim_matches(as_pattern(arena, o->signing.rows[i].key),
		    address, true))
			return &o->signing.rows[i];
	return NULL;
}

/* ---- with which key ---- */

const struct opendkim_row *
opendkim_key(const struct opendkim *o, const struct opendkim_row *row,
    size_t *len)
{
	size_t n = strcspn(row->value, ":");

	if (len != NULL)
		*len = n;
	for (size_t i = 0; i < o->keys.n; i++)
		if (strlen(o->keys.rows[i].key) == n &&
		    strncmp(o->keys.rows[i].key, row->value, n) == 0)
			return &o->keys.rows[i];
	return NULL;
}

bool
opendkim_key_parts(struct arena *arena, const char *value,
    const char **domain, const char **selector, const char **file)
{
	size_t first = strcspn(value, ":"), second;
	const char *rest = value + first;

	*file = NULL;
	if (*rest != ':' || first == 0)
		return false;
	rest++;
	second = strcspn(rest, ":");
	if (rest[second] != ':' || second == 0)
		return false;
	*domain = arena_strndup(arena, value, first);
	*selector = arena_strndup(arena, rest, second);
	rest += second + 1;
	if (rest[0] == '/')
		*file = arena_strdup(arena, rest);
	return true;
}

/* ---- for whom ---- */

#define ADDRESS_OCTETS 16

/* IP without the bits behind the first BITS; its length in octets, 0: it is
 * no address. */
static size_t
network(const char *ip, int bits, unsigned char out[ADDRESS_OCTETS])
{
	size_t n = inet_pton(AF_INET, ip, out) == 1 ? 4 :
	    inet_pton(AF_INET6, ip, out) == 1 ? 16 : 0;

	for (size_t i = 0; i < n; i++) {
		int left = bits - 8 * (int)i;

		if (left <= 0)
			out[i] = 0;
		else if (left < 8)
			out[i] &= (unsigned char)(0xff << (8 - left));
	}
	return n;
}

/* A network that is not named by its first address holds nothing. */
static bool
holds(const char *entry, const char *ip)
{
	unsigned char named[ADDRESS_OCTETS], mine[ADDRESS_OCTETS];
	const char *slash = strchr(entry, '/');
	char address[64];
	char *end;
	long bits = 128;
	size_t len = slash != NULL ? (size_t)(slash - entry) : strlen(entry);

	if (slash != NULL) {
		bits = strtol(slash + 1, &end, 10);
		if (end == slash + 1 || *end != '\0' || bits < 0 || bits > 128)
			return false;
	}
	if (len >= sizeof address)
		return false;
	memcpy(address, entry, len);
	address[len] = '\0';
	len = network(address, 128, named);
	return len != 0 && len == network(ip, (int)bits, mine) &&
	    memcmp(named, mine, len) == 0;
}

static bool
is_loopback(const char *ip)
{
	return text_starts(ip, "127.") || strcmp(ip, "::1") == 0;
}

enum opendkim_trust
opendkim_trusts(const struct opendkim *o, const char *ip)
{
	const struct opendkim_table *t = &o->internal;
	enum opendkim_trust trust = OPENDKIM_TRUSTS_NOT;

	/* opendkim.conf(5), InternalHosts: 127.0.0.1 alone by default */
	if (t->kind == OPENDKIM_NOT_SET)
		return strcmp(ip, "127.0.0.1") == 0 ? OPENDKIM_TRUSTS : trust;
	if (t->kind == OPENDKIM_DATABASE || t->fault != NULL)
		return OPENDKIM_TRUST_UNKNOWN;
	for (size_t i = 0; i < t->n; i++) {
		const char *entry = t->rows[i].key;

		if (*entry == '!' && holds(entry + 1, ip))
			return OPENDKIM_TRUSTS_NOT;
		if (holds(entry, ip) || (is_loopback(ip) &&
		    text_same(entry, "localhost")) ||
		    (t->kind == OPENDKIM_REFILE &&
		    opendkim_matches(entry, ip, true)))
			trust = OPENDKIM_TRUSTS;
	}
	return trust;
}
