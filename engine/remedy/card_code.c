/* SPDX-License-Identifier: ISC
 * The places in which a record's parts stand. Knows the escapes of shells,
 * JSON, HCL, YAML and tinydns-data. */
#include "config.h"

#include "engine/remedy/card_code.h"

#include <string.h>

static bool
at_end(const char *at, const char *stops)
{
	return *at == '\0' || strchr(stops, *at) != NULL;
}

/* ---- the rest of a line, as it is ---- */

static void
write_line(const char *text, struct str *out)
{
	str_adds(out, text);
}

static bool
read_line(const char **at, const char *stops, struct str *out)
{
	while (!at_end(*at, stops) && **at != '\n')
		str_addc(out, *(*at)++);
	return true;
}

/* ---- a word of a POSIX shell ---- */

/* What stands bare in a word; whatever follows a place in a command must not
 * be one of these. */
#define BARE "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" \
	"0123456789._@:+-"

static void
write_shell(const char *text, struct str *out)
{
	if (*text != '\0' && text[strspn(text, BARE)] == '\0') {
		str_adds(out, text);
		return;
	}
	str_addc(out, '\'');
	for (; *text != '\0'; text++)
		str_adds(out, *text == '\'' ? "'\\''" : (char[2]){ *text });
	str_addc(out, '\'');
}

static bool
read_shell(const char **at, const char *stops, struct str *out)
{
	const char *p = *at;

	(void)stops;
	while (*p != '\0' && strchr(BARE "'\\", *p) != NULL) {
		if (*p == '\'') {
			size_t len = strcspn(p + 1, "'");

			if (p[1 + len] == '\0')
				return false;
			str_add(out, p + 1, len);
			p += len + 2;
			continue;
		}
		if (*p == '\\')
			p++;
		if (*p == '\0')
			return false;
		str_addc(out, *p++);
	}
	if (p == *at)
		return false;
	*at = p;
	return true;
}

/* ---- between double quotes of JSON (RFC 8259 7), which JavaScript reads,
 * too ---- */

static void
write_json(const char *text, struct str *out)
{
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\')
			str_addc(out, '\\');
		if (c < ' ')
			str_addf(out, "\\u%04x", c);
		else
			str_addc(out, *text);
	}
}

static int
hex(char c)
{
	const char *digits = "0123456789abcdef", *found = strchr(digits, c);

	return c != '\0' && found != NULL ? (int)(found - digits) : -1;
}

static bool
read_json(const char **at, const char *stops, struct str *out)
{
	const char *p = *at;

	for (; !at_end(p, stops); p++) {
		if (*p != '\\') {
			str_addc(out, *p);
			continue;
		}
		p++;
		if (strncmp(p, "u00", 3) == 0 && hex(p[3]) >= 0 &&
		    hex(p[4]) >= 0) {
			str_addc(out, (char)(hex(p[3]) * 16 + hex(p[4])));
			p += 4;
		} else if (*p == '"' || *p == '\\') {
			str_addc(out, *p);
		} else {
			return false;
		}
	}
	*at = p;
	return true;
}

/* ---- the same of HCL, where ${ and %{ begin something else ---- */

static void
write_hcl(const char *text, struct str *out)
{
	struct str json;

	str_init(&json, out->cap);
	write_json(text, &json);
	for (const char *p = json.text; *p != '\0'; p++) {
		if ((*p == '$' || *p == '%') && p[1] == '{')
			str_addc(out, *p);
		str_addc(out, *p);
	}
	str_free(&json);
}

static bool
read_hcl(const char **at, const char *stops, struct str *out)
{
	struct str json;
	bool ok;

	str_init(&json, out->cap);
	ok = read_json(at, stops, &json);
	for (const char *p = json.text; ok && *p != '\0'; p++) {
		if ((*p == '$' || *p == '%') && p[1] == '{')
			ok = false;
		if ((*p == '$' || *p == '%') && p[1] == *p && p[2] == '{') {
			str_add(out, p, 1);
			str_addc(out, '{');
			p += 2;
			continue;
		}
		str_addc(out, *p);
	}
	str_free(&json);
	return ok;
}

/* ---- between single quotes of YAML ---- */

static void
write_yaml(const char *text, struct str *out)
{
	for (; *text != '\0'; text++)
		str_adds(out, *text == '\'' ? "''" : (char[2]){ *text });
}

static bool
read_yaml(const char **at, const char *stops, struct str *out)
{
	const char *p = *at;

	for (; *p != '\0'; p++) {
		if (*p == '\'' && p[1] == '\'')
			p++;
		else if (strchr(stops, *p) != NULL)
			break;
		str_addc(out, *p);
	}
	*at = p;
	return true;
}

/* ---- a field of tinydns-data(8): \ooo for what would end it ---- */

static void
write_tinydns(const char *text, struct str *out)
{
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == ':' || c == '\\' || c < ' ' || c > '~')
			str_addf(out, "\\%03o", c);
		else
			str_addc(out, *text);
	}
}

static bool
is_octal(const char *p)
{
	return p[0] >= '0' && p[0] <= '3' && p[1] >= '0' && p[1] <= '7' &&
	    p[2] >= '0' && p[2] <= '7';
}

static bool
read_tinydns(const char **at, const char *stops, struct str *out)
{
	const char *p = *at;

	for (; !at_end(p, stops) && *p != ':' && *p != '\n'; p++) {
		if (*p != '\\') {
			str_addc(out, *p);
			continue;
		}
		if (!is_octal(p + 1))
			return false;
		str_addc(out, (char)((p[1] - '0') * 64 + (p[2] - '0') * 8 +
			p[3] - '0'));
		p += 3;
	}
	*at = p;
	return true;
}

static const struct card_code codes[] = {
	{ "line", write_line, read_line },
	{ "shell", write_shell, read_shell },
	{ "json", write_json, read_json },
	{ "hcl", write_hcl, read_hcl },
	{ "yaml", write_yaml, read_yaml },
	{ "tinydns", write_tinydns, read_tinydns },
};

const struct card_code *
card_code_find(const char *name)
{
	for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
		if (strcmp(codes[i].name, name) == 0)
			return &codes[i];
	return NULL;
}
