/* SPDX-License-Identifier: ISC
 * Writing facts text: what replay.c reads. Hides how any octets become lines
 * that a person can read and a terminal can show. */
#include "config.h"

#include "engine/world/replay.h"

#include <string.h>

#include "engine/base/text.h"
#include "engine/world/dns_wire.h"

/* A value on one line, without blanks at its ends; line ends become blanks,
 * other control characters question marks. */
static void
write_value(const char *value, struct str *out)
{
	size_t len;

	while (*value > '\0' && *value <= ' ')
		value++;
	len = strlen(value);
	while (len > 0 && value[len - 1] >= '\0' && value[len - 1] <= ' ')
		len--;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)value[i];

		if (c >= '\t' && c <= '\r')
			c = ' ';
		str_addc(out, c < ' ' || c == 0x7f ? '?' : (char)c);
	}
}

static void
write_named(const char *name, const char *value, struct str *out)
{
	if (value == NULL)
		return;
	str_addf(out, "%s = ", name);
	write_value(value, out);
	str_addc(out, '\n');
}

static void
write_answers(const struct recording *recording, struct str *out)
{
	if (recording->n_answers == 0)
		return;
	str_adds(out, "\n[answers]\n");
	for (size_t i = 0; i < recording->n_answers; i++)
		write_named(recording->answers[i].name,
		    recording->answers[i].value, out);
}

/* main.cf text; a line that would be taken for a section is none of
 * Postfix's and becomes a comment. */
static void
write_postfix(const struct recording *recording, struct str *out)
{
	const char *text = recording->postfix;
	size_t len = recording->postfix_len;

	if (text == NULL && recording->mail_version == NULL)
		return;
	str_adds(out, "\n[postfix]\n");
	write_named("mail_version", recording->mail_version, out);
	if (text == NULL)
		return;
	for (size_t at = 0; at < len;) {
		const char *end = memchr(text + at, '\n', len - at);
		size_t size = end != NULL ? (size_t)(end - text) - at :
		    len - at;

		if (text[at] == '[')
			str_addc(out, '#');
		str_add(out, text + at, size);
		str_addc(out, '\n');
		at += size + 1;
	}
}

/* A comment behind a line; nothing when TEXT is NULL. */
static void
write_comment(const char *before, const char *text, struct str *out)
{
	if (text == NULL)
		return;
	str_adds(out, before);
	write_value(text, out);
}

static bool
is_plain_name(const char *name)
{
	for (size_t i = 0; name[i] != '\0'; i++) {
		if (name[i] < '!' || name[i] > '~' || name[i] == '"' ||
		    name[i] == ';')
			return false;
	}
	return name[0] != '\0' && strchr("#[@+", name[0]) == NULL;
}

/* Asked and answered in some way? */
static bool
is_recorded(const struct fact *fact)
{
	return strncmp(fact->key, "dns ", 4) == 0 && fact->asked &&
	    fact->status != FACT_WANTED && is_plain_name(fact->name);
}

/* What the wait for a record needs: who was asked, and when. */
static bool
has_marks(const struct fact *fact)
{
	return fact->scope != NULL || fact->type == DNS_SOA;
}

static void
write_marks(const struct fact *fact, struct str *out)
{
	if (!has_marks(fact))
		return;
	if (fact->scope != NULL)
		str_addf(out, "@%s ", fact->scope);
	if (fact->scope != NULL && fact->authoritative)
		str_adds(out, "+aa ");
	if (fact->scope != NULL && fact->when > 0)
		str_addf(out, "+at=%lld ", (long long)fact->when);
	if (fact->zone != NULL && is_plain_name(fact->zone))
		str_addf(out, "+zone=%s +serial=%lu ", fact->zone,
		    (unsigned long)fact->serial);
}

static void
write_without_record(const struct fact *fact, struct str *out)
{
	str_addf(out, "%s ", fact->name);
	if (has_marks(fact) && fact->ttl != 0)
		str_addf(out, "%lu ", (unsigned long)fact->ttl);
	str_addf(out, "%s %s", dns_type_name(fact->type), fact_empty(fact) ?
	    fact_status_name(fact->status) : fact_trouble_name(fact->trouble));
	if (fact_known(fact))
		write_comment(" ; alias ", fact->alias, out);
	else
		write_comment(" ; ", fact->note, out);
	str_addc(out, '\n');
}

static void
write_fact(const struct fact *fact, struct str *out)
{
	if (fact->status != FACT_OK) {
		write_marks(fact, out);
		write_without_record(fact, out);
		return;
	}
	for (size_t i = 0; i < fact->n_values; i++) {
		write_marks(fact, out);
		dns_wire_print_line(fact->name, fact->type, fact->ttl,
		    &fact->values[i], out);
		while (out->len > 0 && out->text[out->len - 1] == '\n')
			out->text[--out->len] = '\0';
		write_comment(" ; alias ", fact->alias, out);
		str_addc(out, '\n');
	}
}

static void
write_dns(const struct facts *facts, struct str *out)
{
	str_addf(out, "\n[dns]\nworld = %s\n",
	    facts_get_world(facts) == FACTS_CLOSED ? "closed" : "recorded");
	for (size_t i = 0; i < facts_count(facts); i++) {
		const struct fact *fact = facts_at(facts, i);

		if (is_recorded(fact))
			write_fact(fact, out);
	}
}

void
replay_escape(const char *text, size_t len, struct str *out)
{
	for (size_t i = 0; i < len;) {
		uint32_t code = 0;
		int n = text_decode(text + i, len - i, &code);

		if (n == 1 && code == '\\') {
			str_adds(out, "\\\\");
		} else if (n > 0 && (code == '\t' || (code >= ' ' &&
			code < 0x7f) || code >= 0xa0)) {
			str_add(out, text + i, (size_t)n);
		} else {
			n = n > 0 ? n : 1;
			for (int k = 0; k < n; k++)
				str_addf(out, "\\x%02X",
				    (unsigned char)text[i + (size_t)k]);
		}
		i += (size_t)n;
	}
}

static void
write_bounce(const char *text, size_t len, struct str *out)
{
	str_adds(out, "\n[bounce]\n");
	for (size_t at = 0; at < len;) {
		const char *end = memchr(text + at, '\n', len - at);
		size_t size = end != NULL ? (size_t)(end - text) - at :
		    len - at;

		str_addc(out, '|');
		replay_escape(text + at, size, out);
		str_adds(out, end != NULL ? "\n" : "\\\n");
		at += size + 1;
	}
}

void
replay_write(const struct recording *recording, const struct facts *facts,
    struct str *out)
{
	str_adds(out, "[case]\n");
	write_named("title", recording->title, out);
	write_named("note", recording->note, out);
	write_answers(recording, out);
	if (recording->host != NULL && recording->host->known) {
		str_adds(out, "\n[host]\n");
		host_print(recording->host, out);
	}
	write_postfix(recording, out);
	for (size_t i = 0; i < recording->n_servers; i++)
		server_print(&recording->servers[i], out);
	write_dns(facts, out);
	if (recording->bounce != NULL)
		write_bounce(recording->bounce, recording->bounce_len, out);
}
