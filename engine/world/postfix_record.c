/* SPDX-License-Identifier: ISC
 * main.cf's settings as text for a recording. Knows which words in them are
 * secrets; those never leave this file (design.md 6). */
#include "config.h"

#include "engine/world/postfix.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/text.h"
#include "engine/world/postfix_parts.h"

#define REMOVED "REMOVED"
#define REFERENCES_MAX 8

/* Table types that hold their content in the value itself, or wrap tables
 * that may (DATABASE_README). */
static const char *const inline_types[] = {
	"static:", "inline:", "unionmap:", "pipemap:", "randmap:"
};

/* What may be referred to from a secret without being part of it. */
static const char *const harmless_names[] = {
	"default_database_type", "mydomain", "myhostname", "myorigin"
};

/* What may stand before a ':' without being a user's name. */
static const char *const harmless_types[] = {
	"btree:", "cdb:", "cidr:", "dbm:", "environ:", "fail:", "hash:",
	"inet6:", "inet:", "inline:", "internal:", "ldap:", "lmdb:", "lmtp:",
	"local:", "memcache:", "mysql:", "nis:", "nisplus:", "pcre:", "pgsql:",
	"pipemap:", "proxy:", "randmap:", "regexp:", "relay:", "sdbm:", "smtp:",
	"smtps:", "socketmap:", "sqlite:", "static:", "tcp:", "texthash:",
	"unionmap:", "unix:", "virtual:"
};

/* Settings of tables written into main.cf itself (ldap_table(5) and the
 * like), and of programs that keep theirs there. */
static const char *const secret_endings[] = {
	"_pw", "_pass", "passwd", "password", "passphrase", "secret", "_token",
	"apikey", "api_key"
};

const char *const postfix_sending[] = {
	"myhostname", "mydomain", "myorigin", "relayhost", "inet_protocols",
	"inet_interfaces", "smtp_helo_name", "smtp_bind_address",
	"smtp_bind_address6", "smtp_address_preference",
	"smtp_tls_security_level", "sender_dependent_relayhost_maps",
	"transport_maps", "default_transport", "smtpd_milters",
	"non_smtpd_milters", NULL
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static bool
is_secret_name(const char *name)
{
	for (size_t i = 0; i < COUNT(secret_endings); i++) {
		if (text_ends(name, secret_endings[i]))
			return true;
	}
	return false;
}

/* Parameters whose tables map to "user:password". */
static bool
is_password_maps(const char *name)
{
	return text_ends(name, "password_maps");
}

static size_t
type_len(const char *word, size_t len, const char *const *types, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t type = strlen(types[i]);

		if (len >= type && text_same_n(word, types[i], type))
			return type;
	}
	return 0;
}

static bool
is_harmless_name(const char *name)
{
	for (size_t i = 0; i < COUNT(harmless_names); i++) {
		if (strcmp(harmless_names[i], name) == 0)
			return true;
	}
	return text_ends(name, "_directory");
}

/* The length of the word at TEXT: up to a blank or comma outside braces. */
static size_t
word_len(const char *text)
{
	size_t depth = 0, i;

	for (i = 0; text[i] != '\0'; i++) {
		if (text[i] == '{')
			depth++;
		else if (text[i] == '}' && depth > 0)
			depth--;
		else if (depth == 0 && strchr(", \t\r\n\v\f", text[i]) != NULL)
			break;
	}
	return i;
}

/* May the part of a table's name behind its type be kept? "/path", "name" and
 * "$name", but nothing that could be a password. */
static bool
is_table_name(const char *text, size_t len)
{
	if (len == 0)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (strchr(":@{}", text[i]) != NULL)
			return false;
	}
	return true;
}

/* A word of a list of tables with passwords: keep "type:/path" and "type:name",
 * nothing that could hold the content itself. */
static void
redact_map(const char *word, size_t len, struct str *out)
{
	size_t type;

	if (len > 6 && text_starts(word, "proxy:")) {
		str_adds(out, "proxy:");
		word += 6;
		len -= 6;
	}
	type = type_len(word, len, harmless_types, COUNT(harmless_types));
	if (type == 0 && word[0] == '$') {
		/* "$default_database_type:/path", or only "$tables" */
		while (type < len && word[type] != ':')
			type++;
		if (type == len) {
			str_add(out, word, len);
			return;
		}
		type++;
	}
	str_add(out, word, type);
	if (type > 0 && type_len(word, len, inline_types,
		COUNT(inline_types)) == 0 &&
	    is_table_name(word + type, len - type))
		str_add(out, word + type, len - type);
	else
		str_adds(out, REMOVED);
}

/* "KEY.zen.dq.spamhaus.net": the length of a customer's key in the name of a
 * block list, or 0. */
static size_t
list_key(const char *word, size_t len)
{
	static const char list[] = ".dq.spamhaus.net";
	size_t dot = strcspn(word, ".");

	for (size_t i = dot; i + strlen(list) <= len; i++)
		if (text_same_n(word + i, list, strlen(list)))
			return dot;
	return 0;
}

/* Any other word: "user:password@host" loses what stands before the '@'. */
static void
redact_word(const char *word, size_t len, struct str *out)
{
	size_t keep = 0, more, at = len, colon, key = list_key(word, len);

	if (key != 0) {
		str_adds(out, REMOVED);
		str_add(out, word + key, len - key);
		return;
	}
	while ((more = type_len(word + keep, len - keep, harmless_types,
	    COUNT(harmless_types))) > 0)
		keep += more;
	for (size_t i = keep; i + 2 < len; i++) {
		if (memcmp(word + i, "://", 3) == 0)
			keep = i + 3;
	}
	while (at > keep && word[at - 1] != '@')
		at--;
	for (colon = keep; colon < at; colon++) {
		if (word[colon] == ':')
			break;
	}
	if (at == keep || colon + 1 >= at || word[keep] == '/') {
		str_add(out, word, len);
		return;
	}
	str_add(out, word, keep);
	str_adds(out, REMOVED);
	str_add(out, word + at - 1, len - at + 1);
}

static void
redact(const struct postfix_value *row, bool secret, struct str *out)
{
	const char *at = row->raw;

	if (is_secret_name(row->name)) {
		str_adds(out, REMOVED);
		return;
	}
	while (*at != '\0') {
		size_t gap = strspn(at, ", \t\r\n\v\f");
		size_t len;

		str_add(out, at, gap);
		at += gap;
		len = word_len(at);
		if (len > 0 && secret)
			redact_map(at, len, out);
		else if (len > 0)
			redact_word(at, len, out);
		at += len;
	}
}

/* Mark the settings that RAW refers to; true when one is new. */
static bool
mark_references(const struct postfix *postfix, const char *raw, bool *secret)
{
	bool any = false;

	while ((raw = strchr(raw, '$')) != NULL) {
		const struct postfix_value *row;
		size_t len;

		raw++;
		raw += strspn(raw, "{( \t");
		len = strspn(raw, "abcdefghijklmnopqrstuvwxyz"
		    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
		row = postfix_rows_find(&postfix->rows, raw, len);
		if (len == 0 || row == NULL || is_harmless_name(row->name))
			continue;
		any = any || !secret[row - postfix->rows.rows];
		secret[row - postfix->rows.rows] = true;
	}
	return any;
}

/* Which rows lead to passwords: *_password_maps and all they refer to. */
static bool *
find_secrets(const struct postfix *postfix)
{
	bool *secret = mem_alloc(postfix->rows.n + 1);
	bool again = true;

	for (size_t i = 0; i < postfix->rows.n; i++)
		secret[i] = is_password_maps(postfix->rows.rows[i].name);
	for (int round = 0; again && round < REFERENCES_MAX; round++) {
		again = false;
		for (size_t i = 0; i < postfix->rows.n; i++) {
			const struct postfix_value *row =
			    &postfix->rows.rows[i];

			if (secret[i] && row->raw != NULL &&
			    mark_references(postfix, row->raw, secret))
				again = true;
		}
	}
	return secret;
}

/* "name = value", control characters made harmless. */
static void
print_setting(const char *name, const char *value, size_t len, struct str *out)
{
	str_addf(out, "%s =%s", name, len > 0 ? " " : "");
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)value[i];

		/* white space stays that, so that it reads back the same */
		if (c >= '\n' && c <= '\r')
			c = ' ';
		str_addc(out, (c < ' ' && c != '\t') || c == 0x7f ? '?' :
			(char)c);
	}
	str_addc(out, '\n');
}

/* A name that reads back as one; others are not Postfix's. */
static bool
is_plain_name(const char *name)
{
	for (size_t i = 0; name[i] != '\0'; i++) {
		if (name[i] < '!' || name[i] > '~')
			return false;
	}
	return name[0] != '[' && name[0] != '#';
}

static void
print_part(const struct postfix *postfix, const char *name,
    void (*print)(const struct postfix *postfix, struct str *out),
    struct str *out)
{
	struct str text;

	str_init(&text, POSTFIX_MAIN_CF_MAX / 2);
	print(postfix, &text);
	if (text.len != 0 && !text.cut)
		print_setting(name, text.text, text.len, out);
	str_free(&text);
}

/* The services with what they set for themselves; their other arguments, which
 * may hold anything, stay here. */
static void
print_services(const struct postfix *postfix, struct str *out)
{
	struct str value;

	for (size_t i = 0; i < postfix->n_services; i++) {
		const struct postfix_service *s = &postfix->services[i];

		if (!postfix_master_is_plain(s->id) ||
		    !postfix_master_is_plain(s->command))
			continue;
		str_addf(out, "%s%s %c %s", out->len == 0 ? "" : " ", s->id,
		    s->chroot == 'y' || s->chroot == 'n' ? s->chroot : '-',
		    s->command);
		for (size_t k = 0; k < s->n_overrides; k++) {
			const struct postfix_value *row = &s->overrides[k];

			str_init(&value, POSTFIX_MAIN_CF_MAX);
			redact(row, is_password_maps(row->name), &value);
			if (strpbrk(row->name, "{}") == NULL &&
			    strpbrk(value.text, "{}") == NULL)
				str_addf(out, " {%s=%s}", row->name,
				    value.text);
			str_free(&value);
		}
	}
}

void
postfix_print(const struct postfix *postfix, struct str *out)
{
	bool *secret = find_secrets(postfix);
	struct str value;

	for (size_t i = 0; i < postfix->n_explicit; i++) {
		const struct postfix_value *row = postfix->explicit_rows[i];

		if (!is_plain_name(row->name))
			continue;
		str_init(&value, POSTFIX_MAIN_CF_MAX);
		redact(row, secret[row - postfix->rows.rows], &value);
		print_setting(row->name, value.text, value.len, out);
		str_free(&value);
	}
	if (postfix->hostname != NULL && !postfix_is_set(postfix, "myhostname"))
		print_setting(POSTFIX_HOSTNAME_KEY, postfix->hostname,
		    strlen(postfix->hostname), out);
	if (postfix->mailname != NULL)
		print_setting(POSTFIX_MAILNAME_KEY, postfix->mailname,
		    strlen(postfix->mailname), out);
	print_part(postfix, POSTFIX_TABLES_KEY, postfix_tables_print, out);
	print_part(postfix, POSTFIX_SERVICES_KEY, print_services, out);
	print_part(postfix, POSTFIX_ASKED_KEY, postfix_asks_print, out);
	print_part(postfix, POSTFIX_FILES_KEY, postfix_files_print, out);
	free(secret);
}

void
postfix_print_sending(const struct postfix *postfix, struct str *out)
{
	struct str value;

	for (size_t i = 0; postfix_sending[i] != NULL; i++) {
		struct postfix_value row =
		    *postfix_client_value(postfix, postfix_sending[i]);

		if (row.origin == POSTFIX_UNSET)
			continue;
		row.raw = row.value;
		str_init(&value, POSTFIX_MAIN_CF_MAX);
		redact(&row, false, &value);
		print_setting(row.name, value.text, value.len, out);
		str_free(&value);
	}
}
