/* SPDX-License-Identifier: ISC
 * Addresses and names made from them: canonical text, reversed names, special
 * ranges, hosts of MX values. */
#include "config.h"

#include "engine/world/facts.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

/* An address as octets; IPv4-mapped IPv6 counts as IPv4. */
struct octets {
	uint8_t bytes[16];
	size_t n;                /* 4 or 16; 0: not an address */
};

static struct octets
read_address(const char *text)
{
	static const uint8_t mapped[12] = {
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff
	};
	struct octets a = { .n = 0 };

	if (text == NULL)
		return a;
	if (inet_pton(AF_INET, text, a.bytes) == 1) {
		a.n = 4;
	} else if (inet_pton(AF_INET6, text, a.bytes) == 1) {
		a.n = 16;
		if (memcmp(a.bytes, mapped, sizeof mapped) == 0) {
			memmove(a.bytes, a.bytes + 12, 4);
			a.n = 4;
		}
	}
	return a;
}

static bool
same_address(const struct octets *a, const struct octets *b)
{
	return a->n != 0 && a->n == b->n &&
		memcmp(a->bytes, b->bytes, a->n) == 0;
}

const char *
ip_canonical(struct arena *arena, const char *text)
{
	struct octets a = read_address(text);
	char out[INET6_ADDRSTRLEN];

	if (a.n == 0 || inet_ntop(a.n == 4 ? AF_INET : AF_INET6, a.bytes, out,
		sizeof out) == NULL)
		return NULL;
	return arena_strdup(arena, out);
}

bool
ip_is_v6(const char *ip)
{
	return read_address(ip).n == 16;
}

/* RFC 6890 and the registries it founded, multicast included. The
 * documentation ranges (RFC 5737, RFC 3849) are left out on purpose. */
static const struct {
	uint8_t n, bits;
	uint8_t prefix[8];
} special[] = {
	{ 4, 8, { 0 } },
	{ 4, 8, { 10 } },
	{ 4, 10, { 100, 64 } },          /* RFC 6598, behind a carrier's NAT */
	{ 4, 8, { 127 } },
	{ 4, 16, { 169, 254 } },
	{ 4, 12, { 172, 16 } },
	{ 4, 24, { 192, 0, 0 } },
	{ 4, 16, { 192, 168 } },
	{ 4, 15, { 198, 18 } },          /* RFC 2544, benchmarks */
	{ 4, 4, { 224 } },               /* RFC 5771, multicast */
	{ 4, 4, { 240 } },               /* RFC 1112 4, reserved; broadcast */
	{ 16, 48, { 0x00, 0x64, 0xff, 0x9b, 0x00, 0x01 } },  /* RFC 8215 */
	{ 16, 64, { 0x01 } },            /* RFC 6666, discard */
	{ 16, 7, { 0xfc } },             /* RFC 4193, unique local */
	{ 16, 10, { 0xfe, 0x80 } },
	{ 16, 10, { 0xfe, 0xc0 } },      /* RFC 3879, site-local of old */
	{ 16, 8, { 0xff } },             /* RFC 4291 2.7, multicast */
};

static bool
in_prefix(const uint8_t *address, const uint8_t *prefix, unsigned int bits)
{
	unsigned int whole = bits / 8, rest = bits % 8;
	uint8_t mask = (uint8_t)(0xff00u >> rest);

	return memcmp(address, prefix, whole) == 0 &&
		(rest == 0 || (address[whole] & mask) == prefix[whole]);
}

bool
ip_is_private(const char *ip)
{
	struct octets a = read_address(ip);
	static const uint8_t zero[15];

	/* RFC 4291 2.5.2, 2.5.3: unspecified and loopback */
	if (a.n == 16 && memcmp(a.bytes, zero, 15) == 0 && a.bytes[15] <= 1)
		return true;
	for (size_t i = 0; i < sizeof special / sizeof special[0]; i++) {
		if (a.n == special[i].n &&
		    in_prefix(a.bytes, special[i].prefix, special[i].bits))
			return true;
	}
	return false;
}

bool
ip_is_documentation(const char *ip)
{
	static const uint8_t v4[][3] = {
		{ 192, 0, 2 }, { 198, 51, 100 }, { 203, 0, 113 },
	};
	static const uint8_t v6[] = { 0x20, 0x01, 0x0d, 0xb8 };
	struct octets a = read_address(ip);

	for (size_t i = 0; i < sizeof v4 / sizeof v4[0]; i++)
		if (a.n == 4 && in_prefix(a.bytes, v4[i], 24))
			return true;
	return a.n == 16 && in_prefix(a.bytes, v6, 32);
}

const char *
dns_reverse(struct arena *arena, const char *ip, const char *suffix)
{
	static const char hex[] = "0123456789abcdef";
	struct octets a = read_address(ip);
	char out[16 * 4 + 1];
	size_t used = 0;

	if (a.n == 0)
		return NULL;
	if (a.n == 4)
		return arena_printf(arena, "%u.%u.%u.%u.%s", a.bytes[3],
			a.bytes[2], a.bytes[1], a.bytes[0],
			suffix != NULL ? suffix : "in-addr.arpa");
	for (size_t i = 16; i-- > 0;) {
		out[used++] = hex[a.bytes[i] & 15];
		out[used++] = '.';
		out[used++] = hex[a.bytes[i] >> 4];
		out[used++] = '.';
	}
	out[used] = '\0';
	return arena_printf(arena, "%s%s", out,
		suffix != NULL ? suffix : "ip6.arpa");
}

const char *
mx_host(struct arena *arena, const struct fact_value *value)
{
	const char *blank = memchr(value->text, ' ', value->len);
	size_t skip;

	if (blank == NULL)
		return "";
	skip = (size_t)(blank - value->text) + 1;
	if (strcmp(value->text + skip, ".") == 0)
		return "";       /* RFC 7505 3 */
	return arena_strndup(arena, value->text + skip, value->len - skip);
}

bool
fact_has_address(const struct fact *fact, const char *ip)
{
	struct octets want = read_address(ip);

	if (fact->type != DNS_A && fact->type != DNS_AAAA)
		return false;
	for (size_t i = 0; i < fact->n_values; i++) {
		struct octets has = read_address(fact->values[i].text);

		if (same_address(&want, &has))
			return true;
	}
	return false;
}
