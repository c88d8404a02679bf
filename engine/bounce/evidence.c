/* SPDX-License-Identifier: ISC
 * Knows in which words receivers name the address that connected and the
 * domain that they checked. Hides the phrases. */
#include "config.h"

#include "engine/bounce/draft.h"

#include <arpa/inet.h>
#include <string.h>

#include "engine/base/text.h"
#include "engine/bounce/needles.h"

#define DOMAIN_MAX 253     /* RFC 1035 2.3.4, as text */

/* Words right in front of our address. The first found wins. */
static const char *const before_ip[] = {
	"with ip: [", "with ip: ", "with the ip: [", "with ip [", "with ip ",
	"client host [", "client host ", "client [", "client address [",
	"client ip address [", "messages from [", "messages from ",
	"mail from ip ", "mail from [", "mail from ",
	"mail server [", "banned sending ip [", "sending ip [", "sending ip (",
	"sending ipv6 address [", "over ipv6 [", "sender ip ",
	"your ip address ", "your ip [", "your ip ", "your host [",
	"connecting host [", "connecting ip [", "remote host [",
	"source ip [", "source ip ", "host [", "hostname, [", "ip address [",
	"ip address ", "ip=", "ip: ", "ip [", "(ip ", "again later from [",
	"connections from ", "from ip ", "sender ", "from ["
};

static struct needles ip_needles = NEEDLES_LIST(before_ip);

/* Words in front of an address that is not ours. */
static const char *const not_ours[] = {
	"dns ip: ", "called: ", "server ", "server [", "connect to ",
	"via ", "by ", "using ", "- ", "version ", "resolver ", "giving up on "
};

static bool
is_private(struct span ip)
{
	char copy[INET6_ADDRSTRLEN + 1];
	unsigned char a[16];

	if (ip.len >= sizeof copy)
		return true;
	memcpy(copy, ip.text, ip.len);
	copy[ip.len] = '\0';
	if (inet_pton(AF_INET, copy, a) == 1)
		/* RFC 1918, loopback, "this", multicast and above */
		return a[0] == 10 || a[0] == 127 || a[0] == 0 || a[0] >= 224 ||
		    (a[0] == 172 && (a[1] & 0xf0) == 16) ||
		    (a[0] == 192 && a[1] == 168) ||
		    (a[0] == 169 && a[1] == 254);
	if (inet_pton(AF_INET6, copy, a) != 1)
		return true;
	/* ::, ::1, link-local, unique local, multicast */
	return (a[0] == 0 && a[1] == 0) || a[0] == 0xff ||
	    (a[0] & 0xfe) == 0xfc || (a[0] == 0xfe && (a[1] & 0xc0) == 0x80);
}

static bool
usable(const struct draft *draft, struct span ip)
{
	const char *remote = draft->bounce.remote_ip;

	return ip.len != 0 && !is_private(ip) &&
	    (remote == NULL || !span_same(ip, remote));
}

/* After the words: the address, perhaps behind a name ("client host
 * mail.example.com[192.0.2.1]") or an opening bracket. */
static struct span
ip_after(struct span s)
{
	struct span host, ip;
	size_t n;

	if (s.len != 0 && strchr("[<(\"", s.text[0]) != NULL)
		s = span_skip(s, 1);
	if (span_starts(s, "IPv6:"))
		s = span_skip(s, 5);
	n = scan_ip(s);
	if (n != 0)
		return span_make(s.text, n);
	if (scan_peer(s, &host, &ip) != 0 && ip.len != 0 &&
	    scan_ip(ip) == ip.len)
		return ip;
	return span_make(NULL, 0);
}

static bool
ends_with_any(struct span s, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(words[i]);

		if (s.len >= len && span_same(span_make(
		    s.text + s.len - len, len), words[i]))
			return true;
	}
	return false;
}

/* The first address in the text that could be ours. */
static struct span
lone_ip(const struct draft *draft, struct span text)
{
	bool word = true;

	for (size_t i = 0; i < text.len; i++) {
		struct span s = span_skip(text, i);
		size_t n = word && (is_digit(s.text[0]) || s.text[0] == ':' ||
		    is_letter(s.text[0])) ? scan_ip(s) : 0;

		if (n > 6 && usable(draft, span_make(s.text, n)) &&
		    !ends_with_any(span_make(text.text, i), not_ours,
		    sizeof not_ours / sizeof *not_ours))
			return span_make(s.text, n);
		word = !is_word(s.text[0]) && s.text[0] != '.' &&
		    s.text[0] != '-' && s.text[0] != ':';
	}
	return span_make(NULL, 0);
}

static struct span
find_ip(const struct draft *draft, struct span text)
{
	struct span s = text, ip;
	struct seen seen;

	/* Gmail: "[192.0.2.1      18] Our system …" right after the code */
	s = span_skip(s, scan_reply(s));
	s = span_trim(s);
	s = span_trim(span_skip(s, scan_status(s)));
	if (s.len != 0 && s.text[0] == '[') {
		ip = ip_after(s);
		if (usable(draft, ip))
			return ip;
	}
	needles_search(&ip_needles, text, &seen);
	for (size_t i = 0; i < sizeof before_ip / sizeof *before_ip; i++) {
		if (!seen_has(&seen, i))
			continue;
		for (s = span_after(text, before_ip[i]); s.text != NULL;
		    s = span_after(s, before_ip[i])) {
			ip = ip_after(s);
			if (usable(draft, ip))
				return ip;
		}
	}
	return lone_ip(draft, text);
}

/* Words around the domain: BEFORE it, and, where the words in front are too
 * common, AFTER it. An address counts with its domain. */
static const struct {
	const char *before, *after;
} around_domain[] = {
	{ "spf [", NULL }, { "spf check for [", NULL },
	{ "spf checks for [", NULL }, { "mail from domain [", NULL },
	{ "spf domain [", NULL }, { "dkim domain [", NULL },
	{ "dkim = did not pass [", NULL },
	{ "unauthenticated email from ", " is not accepted" },
	{ "email from ", " is not accepted" },
	{ "due to ", "'s dmarc policy" }, { "due to ", "?s dmarc policy" },
	{ "dmarc policy for ", NULL }, { "dmarc policy of ", NULL },
	{ "sending domain [", NULL }, { "sending domain ", " does" },
	{ "sending domain ", NULL }, { "sender domain ", NULL },
	{ "mailfrom domain ", NULL }, { "domain of sender address ", NULL },
	{ "requirements for domain ", NULL }, { "for domain ", NULL },
	{ "from domain ", NULL }, { "spf records for [", NULL },
	{ "spf record for ", NULL }, { "spf record of ", NULL },
	{ "not allowed to send mail from ", NULL },
	{ "not authorized to send mail from ", NULL },
	{ "s=mfrom;id=", NULL }, { "id=", ";ip=" },
	{ "failed for d=", NULL }, { "d=", NULL },
	{ "mail of domain ", NULL }, { "domain [", NULL },
	{ "contact the administrator of ", " domain" }
};

static struct needles domain_needles = NEEDLES_OF(around_domain, before);

static bool
is_domain_char(char c)
{
	return is_word(c) || c == '.' || c == '-' || c == '_';
}

/* The domain at the start of S, which may be an address, in brackets of any
 * kind. Masked domains ("example???.net") are taken as they stand. */
static struct span
domain_at(struct span s)
{
	size_t n = 0;
	const char *at;

	while (s.len != 0 && strchr("[<('\"", s.text[0]) != NULL)
		s = span_skip(s, 1);
	while (n < s.len && n < DOMAIN_MAX && (is_domain_char(s.text[n]) ||
	    strchr("@+=*", s.text[n]) != NULL))
		n++;
	s.len = n;
	at = memrchr(s.text, '@', s.len);
	if (at != NULL)
		s = span_skip(span_from(s, at), 1);
	while (s.len != 0 && s.text[s.len - 1] == '.')
		s.len--;
	if (memchr(s.text, '.', s.len) == NULL || scan_ip(s) == s.len ||
	    memchr(s.text, '=', s.len) != NULL)
		return span_make(NULL, 0);
	return s;
}

static struct span
find_domain(struct span text)
{
	const size_t n = sizeof around_domain / sizeof *around_domain;
	struct seen seen;

	needles_search(&domain_needles, text, &seen);
	for (size_t i = 0; i < n; i++) {
		const char *before = around_domain[i].before;
		const char *after = around_domain[i].after;
		struct span s, domain;

		if (!seen_has(&seen, i))
			continue;
		for (s = span_after(text, before); s.text != NULL;
		    s = span_after(s, before)) {
			char left = s.text == text.text + strlen(before) ? ' ' :
			    s.text[-(ptrdiff_t)strlen(before) - 1];

			if (is_word(left))
				continue;
			domain = domain_at(s);
			if (domain.len == 0)
				continue;
			if (after == NULL || span_starts(span_from(s,
			    domain.text + domain.len), after))
				return domain;
		}
	}
	return span_make(NULL, 0);
}

/* "<s@example.com>: Sender address rejected: …": the sender's domain was
 * looked at. "553 web1.example.com does not exist" says it without brackets. */
static struct span
sender_domain(struct span text)
{
	struct span s, address;
	const char *p = span_find(text, ": sender address rejected");
	const char *open;

	if (p != NULL) {
		s = span_make(text.text, (size_t)(p - text.text));
		open = memrchr(s.text, '<', s.len);
		if (open != NULL && scan_address(span_from(s, open),
		    &address) != 0)
			return domain_at(address);
	}
	p = span_find(text, " does not exist");
	if (p != NULL && scan_reply(text) != 0) {
		s = span_trim(span_skip(text, 4));
		s = span_skip(s, scan_status(s));
		address = domain_at(span_trim(s));
		if (address.len != 0 && address.text + address.len == p)
			return address;
	}
	return span_make(NULL, 0);
}

void
evidence_read(struct arena *arena, struct draft *draft)
{
	struct bounce *b = &draft->bounce;
	struct span text = span_of(b->text), found;

	if (text.len == 0)
		return;
	if (b->client_ip == NULL) {
		found = find_ip(draft, text);
		b->client_ip = span_copy(arena, found);
	}
	if (b->domain == NULL) {
		found = find_domain(text);
		if (found.len == 0)
			found = sender_domain(text);
		if (found.len != 0)
			b->domain = text_domain(arena, found.text, found.len);
	}
}
