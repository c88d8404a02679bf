/* SPDX-License-Identifier: ISC
 * Knows what stands behind the names of SPF terms: domain-spec, addresses,
 * prefix lengths (RFC 7208 section 12), and how people get them wrong. */
#include "config.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

#include "engine/auth/spf_macro.h"
#include "engine/auth/spf_scan.h"
#include "engine/base/i18n.h"
#include "engine/base/text.h"

bool
spf_is_alpha(char c)
{
	c = text_lower(c);
	return c >= 'a' && c <= 'z';
}

bool
spf_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool
spf_scan_fault(struct spf_scanner *s, size_t offset, const char *message)
{
	s->out->error = message;
	s->out->error_offset = offset;
	return false;
}

/* The label FROM to END as the last one of a domain-spec: letters, digits and
 * inner hyphens, not digits alone (RFC 7208 7.1, toplabel). */
static bool
check_top_label(struct spf_scanner *s, size_t from, size_t end)
{
	bool digits_only = true;

	if (from == end)
		return spf_scan_fault(s, from,
		    N_("a name must not end in two dots"));
	for (size_t i = from; i < end; i++) {
		char c = s->text[i];

		if (!spf_is_alpha(c) && !spf_is_digit(c) && c != '-')
			return spf_scan_fault(s, i, c == '/' ?
			    N_("a prefix length is not allowed here") :
			    N_("this character is not allowed in the last part "
			       "of a domain name"));
		digits_only = digits_only && spf_is_digit(c);
	}
	if (s->text[from] == '-' || s->text[end - 1] == '-')
		return spf_scan_fault(s, from,
		    N_("the last part of a domain name must not begin or end "
		       "with \"-\""));
	if (digits_only)
		return spf_scan_fault(s, from,
		    N_("the last part of a domain name must not be a number; "
		       "addresses are written with \"ip4:\" or \"ip6:\""));
	return true;
}

/* domain-spec (RFC 7208 7.1). */
static bool
check_domain(struct spf_scanner *s, size_t from, size_t end)
{
	struct spf_macro_scan scan;
	size_t name_end = end, label;

	if (from >= end)
		return spf_scan_fault(s, from,
		    N_("a domain name must follow, without a blank"));
	if (!spf_macro_scan(s->text, from, end, SPF_MACRO_TERM, &scan))
		return spf_scan_fault(s, scan.error_offset, scan.error);
	if (scan.macros && scan.literal == end)
		return true;
	if (s->text[end - 1] == '.')
		name_end--;
	label = name_end;
	while (label > scan.literal && s->text[label - 1] != '.')
		label--;
	if (label == from || s->text[label - 1] != '.')
		return spf_scan_fault(s, from,
		    N_("a complete domain name with a dot is needed"));
	return check_top_label(s, label, name_end);
}

bool
spf_scan_domain(struct spf_scanner *s, size_t from)
{
	return check_domain(s, from, s->end);
}

bool
spf_scan_nothing(struct spf_scanner *s, size_t at)
{
	if (at != s->end)
		return spf_scan_fault(s, at, N_("nothing may follow \"all\""));
	return true;
}

void
spf_scan_keep(struct spf_scanner *s, size_t from, size_t end)
{
	s->term->argument = arena_strndup(s->arena, s->text + from, end - from);
}

bool
spf_scan_needed(struct spf_scanner *s, size_t at)
{
	if (at == s->end || s->text[at] != ':')
		return spf_scan_fault(s, at,
		    N_("a colon and a domain name must follow"));
	if (!check_domain(s, at + 1, s->end))
		return false;
	spf_scan_keep(s, at + 1, s->end);
	return true;
}

bool
spf_scan_ptr(struct spf_scanner *s, size_t at)
{
	if (at == s->end)
		return true;
	return spf_scan_needed(s, at);
}

/* A prefix length that fills FROM to END, at most MAX, no leading zeros;
 * -1 when it is none. */
static int
prefix_length(const char *text, size_t from, size_t end, int max)
{
	int value = 0;

	if (from == end || end - from > 3 ||
	    (text[from] == '0' && end - from > 1))
		return -1;
	for (size_t i = from; i < end; i++) {
		if (!spf_is_digit(text[i]))
			return -1;
		value = value * 10 + (text[i] - '0');
	}
	return value <= max ? value : -1;
}

/* Where "/digits" at the end of FROM to END begins; END when it is not
 * there. */
static size_t
find_prefix(const char *text, size_t from, size_t end)
{
	size_t at = end;

	while (at > from && spf_is_digit(text[at - 1]))
		at--;
	return at < end && at > from && text[at - 1] == '/' ? at - 1 : end;
}

/* dual-cidr-length (RFC 7208 5.3) at the end of FROM to *END; moves *END
 * before it. */
static bool
read_dual_prefix(struct spf_scanner *s, size_t from, size_t *end)
{
	static const char bad4[] =
		N_("an IPv4 prefix length is a number from 0 to 32");
	static const char bad6[] =
		N_("an IPv6 prefix length is a number from 0 to 128");
	size_t slash = find_prefix(s->text, from, *end);

	if (slash < *end && slash > from && s->text[slash - 1] == '/') {
		s->term->prefix6 =
			prefix_length(s->text, slash + 1, *end, 128);
		if (s->term->prefix6 < 0)
			return spf_scan_fault(s, slash + 1, bad6);
		*end = slash - 1;
		slash = find_prefix(s->text, from, *end);
	}
	if (slash < *end) {
		s->term->prefix4 = prefix_length(s->text, slash + 1, *end, 32);
		if (s->term->prefix4 < 0)
			return spf_scan_fault(s, slash + 1, bad4);
		*end = slash;
	}
	return true;
}

bool
spf_scan_host(struct spf_scanner *s, size_t at)
{
	size_t end = s->end;

	if (!read_dual_prefix(s, at, &end))
		return false;
	if (at == end)
		return true;
	if (s->text[at] == '/')
		return spf_scan_fault(s, at + 1,
		    N_("a prefix length must be a number"));
	if (s->text[at] != ':')
		return spf_scan_fault(s, at,
		    N_("this character is not allowed after the mechanism"));
	if (!check_domain(s, at + 1, end))
		return false;
	spf_scan_keep(s, at + 1, end);
	return true;
}

/* Why FROM to END is no address, in the words that help most. */
static const char *
address_fault(struct spf_scanner *s, size_t from, size_t end, bool v6)
{
	const char *text = s->text + from;
	size_t len = end - from;

	if (len == 0)
		return N_("an IP address must follow, without a blank");
	if (!v6 && memchr(text, ':', len) != NULL)
		return N_("an IPv6 address is written with \"ip6:\"");
	if (v6 && memchr(text, ':', len) == NULL)
		return N_("an IPv4 address is written with \"ip4:\"");
	if (memchr(text, ',', len) != NULL || memchr(text, ';', len) != NULL)
		return N_("terms are separated by blanks; each address needs "
		    "its own \"ip4:\" or \"ip6:\"");
	if (strpbrk(s->term->argument, "+~?") != NULL ||
	    strstr(s->term->argument, "-all") != NULL)
		return N_("a blank is missing before the next term");
	return N_("this is not an IP address");
}

bool
spf_scan_address(struct spf_scanner *s, size_t at)
{
	bool v6 = s->term->kind == SPF_IP6;
	unsigned char octets[16];
	size_t end;
	int prefix;

	if (at == s->end || s->text[at] != ':')
		return spf_scan_fault(s, at,
		    N_("a colon and an IP address must follow"));
	at++;
	for (end = at; end < s->end && s->text[end] != '/'; end++)
		;
	spf_scan_keep(s, at, end);
	if (inet_pton(v6 ? AF_INET6 : AF_INET, s->term->argument, octets) != 1)
		return spf_scan_fault(s, at, address_fault(s, at, end, v6));
	if (end == s->end)
		return true;
	prefix = prefix_length(s->text, end + 1, s->end, v6 ? 128 : 32);
	if (prefix < 0)
		return spf_scan_fault(s, end + 1, v6 ?
		    N_("an IPv6 prefix length is a number from 0 to 128") :
		    N_("an IPv4 prefix length is a number from 0 to 32"));
	if (v6)
		s->term->prefix6 = prefix;
	else
		s->term->prefix4 = prefix;
	return true;
}
