/* SPDX-License-Identifier: ISC
 * Zone-file lines (RFC 1035 5.1) to fact values and back. Hides the tokens;
 * knows no ldns, so that every octet of a TXT survives. */
#include "config.h"

#include "engine/world/dns_wire.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/world/dns_name.h"
#include "engine/world/dns_text.h"

#define DEFAULT_TTL 3600
#define MAX_TXT_OCTETS 65535     /* RFC 1035 3.2.1: RDLENGTH is 16 bits */

/* ---- writing ---- */

static void
print_string(struct str *out, const char *text, size_t len)
{
	str_addc(out, '"');
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c < ' ' || c >= 0x7f)
			str_addf(out, "\\%03u", c);
		else if (c == '"' || c == '\\')
			str_addf(out, "\\%c", c);
		else
			str_addc(out, (char)c);
	}
	str_addc(out, '"');
}

static void
print_txt(struct str *out, const struct fact_value *value)
{
	struct dns_text_walk walk = dns_text_first(value);

	print_string(out, walk.text, walk.len);
	while (dns_text_next(&walk)) {
		str_addc(out, ' ');
		print_string(out, walk.text, walk.len);
	}
}

void
dns_wire_print_line(const char *name, enum dns_type type, uint32_t ttl,
    const struct fact_value *value, struct str *out)
{
	str_addf(out, "%s%s %u IN %s ", name, dns_text_dot(name), ttl,
	    dns_type_name(type));
	switch (type) {
	case DNS_TXT:
	case DNS_SPF:
		print_txt(out, value);
		break;
	case DNS_NS:
	case DNS_CNAME:
	case DNS_PTR:
		str_addf(out, "%s%s", value->text, dns_text_dot(value->text));
		break;
	case DNS_MX:
		str_adds(out, value->text);
		if (value->len != 0 && value->text[value->len - 1] != '.')
			str_addc(out, '.');
		break;
	case DNS_A:
	case DNS_AAAA:
	case DNS_SOA:
		str_adds(out, value->text);
		break;
	}
}

/* ---- reading ---- */

struct token {
	const char *text;        /* as written, quotes left out */
	size_t len;
	bool quoted;
};

/* The rest of a line. */
struct reader {
	struct arena *arena;
	const char *at;
	struct str *err;
};

/* The first thing that is wrong is what the user is told. */
static bool
fail(struct reader *r, const char *why)
{
	if (r->err->len == 0)
		str_adds(r->err, why);
	return false;
}

/* Read up to the closing quote, or up to a blank or comment. */
static bool
next_token(struct reader *r, struct token *token)
{
	const char *p;

	while (text_is_space(*r->at))
		r->at++;
	if (*r->at == '\0' || *r->at == ';')
		return false;
	token->quoted = *r->at == '"';
	p = r->at += token->quoted;
	while (*p != '\0' && (token->quoted ? *p != '"' :
	    !text_is_space(*p) && *p != ';' && *p != '"'))
		p += *p == '\\' && p[1] != '\0' ? 2 : 1;
	token->text = r->at;
	token->len = (size_t)(p - r->at);
	if (token->quoted && *p != '"') {
		fail(r, _("a quotation mark is not closed"));
		return false;
	}
	r->at = p + token->quoted;
	return true;
}

static bool
token_is(const struct token *token, const char *text)
{
	return !token->quoted && token->len == strlen(text) &&
		text_same_n(token->text, text, token->len);
}

/* A number up to MAX, digits only. */
static bool
token_number(const struct token *token, uint64_t max, uint64_t *number)
{
	uint64_t n = 0;

	if (token->quoted || token->len == 0 || token->len > 10)
		return false;
	for (size_t i = 0; i < token->len; i++) {
		if (token->text[i] < '0' || token->text[i] > '9')
			return false;
		n = n * 10 + (uint64_t)(token->text[i] - '0');
	}
	*number = n;
	return n <= max;
}

static bool
read_number(struct reader *r, uint64_t max, uint64_t *number)
{
	struct token token;

	return (next_token(r, &token) && token_number(&token, max, number)) ||
		fail(r, _("a number is missing or too large"));
}

static bool
read_name(struct reader *r, const char **name)
{
	char normal[DNS_NAME_SIZE];
	struct token token;

	if (!next_token(r, &token) || token.quoted ||
	    !dns_name_normal(token.text, token.len, normal))
		return fail(r, _("a domain name is missing or wrong"));
	*name = arena_strdup(r->arena, normal);
	return true;
}

static bool
read_address(struct reader *r, int family, const char **text)
{
	char written[INET6_ADDRSTRLEN], out[INET6_ADDRSTRLEN];
	uint8_t octets[16];
	struct token token;

	if (!next_token(r, &token) || token.len >= sizeof written)
		return fail(r, _("an address is missing or too long"));
	memcpy(written, token.text, token.len);
	written[token.len] = '\0';
	if (inet_pton(family, written, octets) != 1 ||
	    inet_ntop(family, octets, out, sizeof out) == NULL)
		return fail(r, family == AF_INET ?
			_("this is not an IPv4 address") :
			_("this is not an IPv6 address"));
	*text = arena_strdup(r->arena, out);
	return true;
}

/* Undo \X and \DDD (RFC 1035 5.1) of a string, at most 255 octets. */
static bool
unescape(struct reader *r, const struct token *token, struct str *out)
{
	size_t before = out->len;

	for (size_t i = 0; i < token->len; i++) {
		const char *p = token->text + i;
		unsigned int n = 0, digits = 0;

		if (*p != '\\') {
			str_addc(out, *p);
			continue;
		}
		while (digits < 3 && i + 1 + digits < token->len &&
		    p[1 + digits] >= '0' && p[1 + digits] <= '9')
			n = n * 10 + (unsigned int)(p[1 + digits++] - '0');
		if (i + 1 >= token->len || n > 255 ||
		    (digits != 0 && digits != 3))
			return fail(r, _("a backslash begins no valid escape"));
		str_addc(out, digits == 3 ? (char)n : p[1]);
		i += digits == 3 ? 3 : 1;
	}
	if (out->len - before > DNS_STRING_OCTETS)
		return fail(r, _("a string of a TXT record is longer than 255 "
			"octets"));
	return true;
}

static bool
read_strings(struct reader *r, struct str *text, struct fact_value *value)
{
	struct token token;
	size_t *strings = NULL, n = 0, wire = 0;

	while (next_token(r, &token)) {
		size_t before = text->len;

		if (!unescape(r, &token, text))
			return false;
		strings = arena_grow(r->arena, strings, n, sizeof *strings);
		strings[n++] = text->len - before;
		wire += text->len - before + 1;
		if (wire > MAX_TXT_OCTETS)
			return fail(r, _("the TXT record is too long"));
	}
	if (r->err->len != 0)
		return false;
	if (n == 0)
		return fail(r, _("the TXT record has no text"));
	value->strings = strings;
	value->n_strings = n;
	value->len = text->len;
	value->text = arena_strndup(r->arena, text->text, text->len);
	return true;
}

static bool
read_txt(struct reader *r, struct fact_value *value)
{
	struct str text;
	bool good;

	str_init(&text, 2 * MAX_TXT_OCTETS);
	good = read_strings(r, &text, value);
	str_free(&text);
	return good;
}

static bool
read_mx(struct reader *r, const char **text)
{
	uint64_t preference;
	const char *host;

	if (!read_number(r, UINT16_MAX, &preference) || !read_name(r, &host))
		return false;
	*text = arena_printf(r->arena, "%u %s", (unsigned int)preference,
		host);
	return true;
}

static bool
read_soa(struct reader *r, const char **text)
{
	const char *server, *mailbox;
	uint64_t n[5];

	if (!read_name(r, &server) || !read_name(r, &mailbox))
		return false;
	for (int i = 0; i < 5; i++) {
		if (!read_number(r, UINT32_MAX, &n[i]))
			return false;
	}
	*text = arena_printf(r->arena, "%s%s %s%s %u %u %u %u %u",
		server, dns_text_dot(server), mailbox, dns_text_dot(mailbox),
		(unsigned int)n[0], (unsigned int)n[1], (unsigned int)n[2],
		(unsigned int)n[3], (unsigned int)n[4]);
	return true;
}

static bool
read_rdata(struct reader *r, enum dns_type type, struct fact_value *value)
{
	switch (type) {
	case DNS_TXT:
	case DNS_SPF:
		return read_txt(r, value);
	case DNS_A:
		return read_address(r, AF_INET, &value->text);
	case DNS_AAAA:
		return read_address(r, AF_INET6, &value->text);
	case DNS_NS:
	case DNS_CNAME:
	case DNS_PTR:
		return read_name(r, &value->text);
	case DNS_MX:
		return read_mx(r, &value->text);
	case DNS_SOA:
		return read_soa(r, &value->text);
	}
	return false;
}

/* "[TTL] [IN] TYPE", in either order of the first two. */
static bool
read_head(struct reader *r, struct dns_line *out)
{
	struct token token;
	char type[8];
	uint64_t ttl;

	out->ttl = DEFAULT_TTL;
	for (int i = 0; i < 3 && next_token(r, &token); i++) {
		if (token_number(&token, INT32_MAX, &ttl)) {
			out->ttl = (uint32_t)ttl;
			continue;
		}
		if (token_is(&token, "IN"))
			continue;
		if (token.quoted || token.len >= sizeof type)
			break;
		memcpy(type, token.text, token.len);
		type[token.len] = '\0';
		if (dns_type_parse(type, &out->type))
			return true;
		break;
	}
	return fail(r, _("the record type is missing or not one of A, AAAA, "
		"CNAME, MX, NS, PTR, SOA, TXT"));
}

bool
dns_wire_parse_line(struct arena *arena, const char *line,
    struct dns_line *out, struct str *err)
{
	struct reader r = { .arena = arena, .at = line, .err = err };
	struct token rest;

	str_clear(err);
	*out = (struct dns_line){ .name = "" };
	if (!read_name(&r, &out->name) || !read_head(&r, out) ||
	    !read_rdata(&r, out->type, &out->value))
		return false;
	if (out->value.strings == NULL)
		out->value.len = strlen(out->value.text);
	if (next_token(&r, &rest))
		return fail(&r, _("there is more on the line than belongs to "
			"the record"));
	return err->len == 0;
}
