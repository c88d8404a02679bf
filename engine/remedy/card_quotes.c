/* SPDX-License-Identifier: ISC
 * TXT values in the forms that panels and tools want. Knows where strings of
 * 255 octets end (RFC 1035 3.3) and which characters need an escape. */
#include "config.h"

#include <string.h>

#include "engine/remedy/card_code.h"
#include "engine/world/dns_text.h"

static bool
is_printable(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text < ' ' || *text > '~')
			return false;
	return true;
}

/* ---- plain ---- */

/* What forms in a browser do to quotes, backslashes and blanks at the ends
 * differs: such a value is not given to them. */
static bool
write_plain(const char *value, struct str *out)
{
	size_t len = strlen(value);

	if (!is_printable(value) || strpbrk(value, "\"\\") != NULL ||
	    len == 0 || value[0] == ' ' || value[len - 1] == ' ')
		return false;
	str_adds(out, value);
	return true;
}

/* Programs that take the value as it is. */
static bool
write_raw(const char *value, struct str *out)
{
	if (!is_printable(value))
		return false;
	str_adds(out, value);
	return true;
}

static bool
read_raw(const char *text, struct str *out)
{
	str_adds(out, text);
	return true;
}

/* One pair of quotes around the whole. */
static bool
write_pair(const char *value, struct str *out)
{
	str_addc(out, '"');
	if (!write_plain(value, out))
		return false;
	str_addc(out, '"');
	return true;
}

/* Quotes around it, if there are any, are taken off. */
static bool
read_pair(const char *text, struct str *out)
{
	size_t len = strlen(text);

	if (len >= 2 && text[0] == '"' && text[len - 1] == '"')
		str_add(out, text + 1, len - 2);
	else
		str_adds(out, text);
	return strchr(out->text, '"') == NULL;
}

/* ---- strings of at most 255 octets ---- */

/* "…" BETWEEN "…"; an octet outside printable ASCII as \DDD when DECIMAL. */
static bool
write_strings(const char *value, const char *between, bool decimal,
    struct str *out)
{
	size_t len = strlen(value);

	if (!decimal && !is_printable(value))
		return false;
	for (size_t i = 0; i == 0 || i < len; i++) {
		unsigned char c = (unsigned char)value[i];

		if (i % DNS_STRING_OCTETS == 0) {
			if (i != 0) {
				str_addc(out, '"');
				str_adds(out, between);
			}
			str_addc(out, '"');
		}
		if (c == '"' || c == '\\')
			str_addc(out, '\\');
		if (c != '\0' && (c < ' ' || c > '~'))
			str_addf(out, "\\%03u", c);
		else if (c != '\0')
			str_addc(out, value[i]);
	}
	str_addc(out, '"');
	return true;
}

/* Behind a backslash: three digits are an octet's number, anything else is
 * itself (RFC 1035 5.1). Returns the octets read. */
static size_t
read_escape(const char *p, struct str *out)
{
	unsigned int number = 0;

	if (*p < '0' || *p > '9') {
		str_addc(out, *p);
		return *p != '\0';
	}
	for (int i = 0; i < 3; i++) {
		if (p[i] < '0' || p[i] > '9')
			return 0;
		number = number * 10 + (unsigned int)(p[i] - '0');
	}
	str_addc(out, (char)number);
	return number > 0 && number < 256 ? 3 : 0;
}

/* One string from behind its opening quote to behind its closing one. */
static bool
read_string(const char **at, struct str *out)
{
	size_t before = out->len;
	const char *p = *at;

	while (*p != '"') {
		size_t used;

		if (*p == '\0')
			return false;
		if (*p != '\\') {
			str_addc(out, *p++);
			continue;
		}
		used = read_escape(p + 1, out);
		if (used == 0)
			return false;
		p += used + 1;
	}
	*at = p + 1;
	return out->len - before <= DNS_STRING_OCTETS;
}

static bool
read_strings(const char *text, const char *between, struct str *out)
{
	size_t len = strlen(between);

	while (*text == '"') {
		text++;
		if (!read_string(&text, out))
			return false;
		if (*text == '\0')
			return true;
		if (strncmp(text, between, len) != 0)
			return false;
		text += len;
	}
	return false;
}

static bool
write_zone(const char *value, struct str *out)
{
	return write_strings(value, " ", true, out);
}

static bool
write_blank(const char *value, struct str *out)
{
	return write_strings(value, " ", false, out);
}

static bool
read_blank(const char *text, struct str *out)
{
	return read_strings(text, " ", out);
}

static bool
write_comma(const char *value, struct str *out)
{
	return write_strings(value, ",", false, out);
}

static bool
read_comma(const char *text, struct str *out)
{
	return read_strings(text, ",", out);
}

/* Terraform's aws_route53_record adds the outer quotes itself. */
static bool
write_inner(const char *value, struct str *out)
{
	struct str whole;
	bool ok;

	str_init(&whole, out->cap);
	ok = write_strings(value, "", false, &whole);
	if (ok)
		str_add(out, whole.text + 1, whole.len - 2);
	str_free(&whole);
	return ok;
}

static bool
read_inner(const char *text, struct str *out)
{
	struct str whole;
	bool ok;

	str_init(&whole, out->cap);
	str_addf(&whole, "\"%s\"", text);
	ok = read_strings(whole.text, "", out);
	str_free(&whole);
	return ok;
}

/* ---- octoDNS: a semicolon behind a backslash ---- */

static bool
write_semicolons(const char *value, struct str *out)
{
	if (!is_printable(value) || strchr(value, '\\') != NULL)
		return false;
	for (; *value != '\0'; value++) {
		if (*value == ';')
			str_addc(out, '\\');
		str_addc(out, *value);
	}
	return true;
}

static bool
read_semicolons(const char *text, struct str *out)
{
	for (; *text != '\0'; text++) {
		if (*text == ';' || (*text == '\\' && text[1] != ';'))
			return false;
		if (*text == '\\')
			text++;
		str_addc(out, *text);
	}
	return true;
}

static const struct card_quotes quotes[] = {
	{ "none", write_plain, read_pair },
	{ "raw", write_raw, read_raw },
	{ "pair", write_pair, read_pair },
	{ "zone", write_zone, read_blank },
	{ "strings", write_blank, read_blank },
	{ "comma", write_comma, read_comma },
	{ "inner", write_inner, read_inner },
	{ "semicolons", write_semicolons, read_semicolons },
};

const struct card_quotes *
card_quotes_find(const char *name)
{
	for (size_t i = 0; i < sizeof quotes / sizeof quotes[0]; i++)
		if (strcmp(quotes[i].name, name) == 0)
			return &quotes[i];
	return NULL;
}
