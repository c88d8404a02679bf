/* SPDX-License-Identifier: ISC
 * Knows the tags of a DMARC record and which mistakes make receivers ignore
 * it. Hides the scanning. */
#include "config.h"

#include "engine/auth/dmarc_record.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"

#define DMARC_VERSION "DMARC1"

/* What the tags mean is collected while they go by. */
struct reader {
	struct arena *arena;
	const char *domain;
	struct dmarc_tags *out;
	bool bad_p, bad_sub;
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static size_t
skip_blanks(const char *text, size_t at, size_t len)
{
	while (at < len && is_blank(text[at]))
		at++;
	return at;
}

bool
dmarc_is_record(const char *text, size_t len)
{
	size_t at = 1;

	/* RFC 9989 4.8: the value's case counts, the tag's does not */
	if (len == 0 || text_lower(text[0]) != 'v')
		return false;
	at = skip_blanks(text, at, len);
	if (at == len || text[at] != '=')
		return false;
	at = skip_blanks(text, at + 1, len);
	if (len - at < strlen(DMARC_VERSION) ||
	    memcmp(text + at, DMARC_VERSION, strlen(DMARC_VERSION)) != 0)
		return false;
	at = skip_blanks(text, at + strlen(DMARC_VERSION), len);
	return at == len || text[at] == ';';
}

/* The name of a policy, or NULL. */
static const char *
policy(const char *value)
{
	static const char *const names[] = { "none", "quarantine", "reject" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (text_same(value, names[i]))
			return names[i];
	return NULL;
}

/* Is there a "mailto:" address in the comma-separated list? */
static bool
has_mailto(const char *list)
{
	while (*list != '\0') {
		size_t len;

		list += strspn(list, " \t,");
		len = strcspn(list, ",");
		if (text_starts(list, "mailto:") && len > 7 &&
		    memchr(list, '@', len) != NULL)
			return true;
		list += len;
	}
	return false;
}

static void
take_policy(const char *value, const char **where, bool *bad)
{
	*where = policy(value);
	*bad = *bad || *where == NULL;
}

/* Historic tags (pct, rf, ri) and unknown ones are ignored: RFC 9989 4.7. */
static void
take_tag(struct reader *r, const char *name, const char *value)
{
	struct dmarc_tags *out = r->out;
	char first = text_lower(value[0]);
	bool single = first != '\0' && value[1] == '\0';

	if (text_same(name, "p")) {
		take_policy(value, &out->p, &r->bad_p);
	} else if (text_same(name, "sp")) {
		take_policy(value, &out->sp, &r->bad_sub);
	} else if (text_same(name, "np")) {
		take_policy(value, &out->np, &r->bad_sub);
	} else if (text_same(name, "psd")) {
		if (single && (first == 'y' || first == 'n'))
			out->psd = first;
	} else if (text_same(name, "t")) {
		out->test_mode = single && first == 'y';
	} else if (text_same(name, "aspf")) {
		out->strict_spf = single && first == 's';
	} else if (text_same(name, "adkim")) {
		out->strict_dkim = single && first == 's';
	} else if (text_same(name, "rua")) {
		out->reports = has_mailto(value);
	}
}

static const char *
trimmed(struct arena *arena, const char *text, size_t len)
{
	size_t start = skip_blanks(text, 0, len);

	while (len > start && is_blank(text[len - 1]))
		len--;
	return arena_strndup(arena, text + start, len - start);
}

static void
read_tags(struct reader *r, const char *text, size_t len)
{
	size_t at = 0;

	while (at < len) {
		const char *tag = text + at;
		const char *end = memchr(tag, ';', len - at);
		size_t n = end != NULL ? (size_t)(end - tag) : len - at;
		const char *equals = memchr(tag, '=', n);

		if (equals != NULL)
			take_tag(r, trimmed(r->arena, tag,
				(size_t)(equals - tag)),
			    trimmed(r->arena, equals + 1,
				n - (size_t)(equals + 1 - tag)));
		at += n + 1;
	}
}

/* RFC 9989 4.10.1: without a valid p, or with a bad sp or np, a record counts
 * as p=none when it has an address for reports, and not at all otherwise. */
static void
settle(struct reader *r)
{
	struct dmarc_tags *out = r->out;
	bool missing = out->p == NULL && !r->bad_p;
	bool broken = out->p == NULL || r->bad_sub;

	out->used = !broken || out->reports;
	if (broken)
		out->p = out->sp = out->np = "none";
	if (broken && missing)
		out->fault = out->used ? arena_printf(r->arena,
		    _("The DMARC record of %s has no policy (p=); receivers "
		      "take it as \"p=none\"."), r->domain) :
		    arena_printf(r->arena,
		    _("The DMARC record of %s has no policy (p=), so receivers "
		      "ignore it."), r->domain);
	else if (broken)
		out->fault = out->used ? arena_printf(r->arena,
		    _("The DMARC record of %s has a policy that is not none, "
		      "quarantine or reject; receivers take it as "
		      "\"p=none\"."), r->domain) :
		    arena_printf(r->arena,
		    _("The DMARC record of %s has a policy that is not none, "
		      "quarantine or reject, so receivers ignore it."),
		    r->domain);
}

void
dmarc_record_read(struct arena *arena, const char *domain, const char *text,
    size_t len, struct dmarc_tags *out)
{
	struct reader r = { .arena = arena, .domain = domain, .out = out };

	*out = (struct dmarc_tags){ .psd = 'u' };
	read_tags(&r, text, len);
	settle(&r);
}

/* Does TEXT have WORD somewhere, in any case? */
static bool
mentions(const char *text, size_t len, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= len; i++)
		if (text_same_n(text + i, word, n))
			return true;
	return false;
}

const char *
dmarc_mistaken(struct arena *arena, const char *domain, const char *text,
    size_t len)
{
	bool quoted = len != 0 && (text[0] == '"' || text[0] == '\'' ||
	    (unsigned char)text[0] > 0x7e);

	if (dmarc_is_record(text, len))
		return NULL;
	if (mentions(text, len, DMARC_VERSION) ||
	    (len > 7 && text_same_n(text, "v=DMARC", 7)))
		return arena_printf(arena, quoted ?
		    _("The DMARC record of %s begins with a quotation mark "
		      "that does not belong there, so receivers ignore it.") :
		    _("The DMARC record of %s does not begin with "
		      "\"v=DMARC1;\" exactly, so receivers ignore it."),
		    domain);
	if (len > 2 && text_same_n(text, "p=", 2))
		return arena_printf(arena,
		    _("The DMARC record of %s lacks \"v=DMARC1;\" at its "
		      "beginning, so receivers ignore it."), domain);
	return NULL;
}
