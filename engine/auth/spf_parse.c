/* SPDX-License-Identifier: ISC
 * Knows how a record is made of terms (RFC 7208 section 12) and where it
 * departs from that. Hides the scanning. */
#include "config.h"

#include "engine/auth/spf_parse.h"

#include <string.h>

#include "engine/auth/spf_macro.h"
#include "engine/auth/spf_scan.h"
#include "engine/base/i18n.h"
#include "engine/base/text.h"

#define VERSION_LEN 6       /* "v=spf1" */

/* READ gets the place behind the name; NULL for modifiers. */
static const struct {
	const char *name;
	bool (*read)(struct spf_scanner *s, size_t at);
} kinds[] = {
	[SPF_ALL] = { "all", spf_scan_nothing },
	[SPF_INCLUDE] = { "include", spf_scan_needed },
	[SPF_A] = { "a", spf_scan_host },
	[SPF_MX] = { "mx", spf_scan_host },
	[SPF_PTR] = { "ptr", spf_scan_ptr },
	[SPF_IP4] = { "ip4", spf_scan_address },
	[SPF_IP6] = { "ip6", spf_scan_address },
	[SPF_EXISTS] = { "exists", spf_scan_needed },
	[SPF_REDIRECT] = { "redirect", NULL },
	[SPF_EXP] = { "exp", NULL },
	[SPF_UNKNOWN_MODIFIER] = { "unknown modifier", NULL }
};
#define N_KINDS (sizeof kinds / sizeof kinds[0])

const char *
spf_kind_name(enum spf_kind kind)
{
	return kinds[kind].name;
}

bool
spf_term_is_open(const struct spf_term *term)
{
	return term->qualifier == '+' && (term->kind == SPF_ALL ||
	    (term->kind == SPF_IP4 && term->prefix4 == 0) ||
	    (term->kind == SPF_IP6 && term->prefix6 == 0));
}

bool
spf_is_record(const char *text, size_t len)
{
	return len >= VERSION_LEN && text_same_n(text, "v=spf1", VERSION_LEN) &&
		(len == VERSION_LEN || text[VERSION_LEN] == ' ');
}

bool
spf_explanation_valid(const char *text, size_t len)
{
	struct spf_macro_scan scan;

	return spf_macro_scan(text, 0, len, SPF_MACRO_EXPLANATION, &scan);
}

/* The name FROM to AT has '=' behind it: a modifier. */
static bool
read_modifier(struct spf_scanner *s, size_t from, size_t at)
{
	const char *name = s->text + from;
	size_t len = at - from;
	struct spf_macro_scan scan;

	if (from != s->term->offset)
		return spf_scan_fault(s, s->term->offset,
		    N_("a modifier (name=value) must not begin with "
		       "\"+\", \"-\", \"~\" or \"?\""));
	s->term->kind = SPF_UNKNOWN_MODIFIER;
	if (len == 8 && text_same_n(name, "redirect", len))
		s->term->kind = SPF_REDIRECT;
	else if (len == 3 && text_same_n(name, "exp", len))
		s->term->kind = SPF_EXP;
	at++;
	spf_scan_keep(s, at, s->end);
	if (s->term->kind == SPF_UNKNOWN_MODIFIER) {
		if (spf_macro_scan(s->text, at, s->end, SPF_MACRO_TERM, &scan))
			return true;
		return spf_scan_fault(s, scan.error_offset, scan.error);
	}
	if (!spf_scan_domain(s, at))
		return false;
	/* RFC 7208 section 6: at most once each */
	for (size_t i = 0; i < s->out->n_terms; i++)
		if (s->terms[i].kind == s->term->kind)
			return spf_scan_fault(s, s->term->offset,
			    N_("this modifier may stand in a record only "
			       "once"));
	return true;
}

static const char *
unknown_mechanism(const char *name, size_t len)
{
	if ((len == 2 && text_same_n(name, "ip", len)) ||
	    (len == 4 && text_same_n(name, "ipv4", len)) ||
	    (len == 4 && text_same_n(name, "ipv6", len)))
		return N_("SPF has no such mechanism; write \"ip4:\" or "
		    "\"ip6:\"");
	return N_("SPF has no mechanism of this name");
}

static bool
read_mechanism(struct spf_scanner *s, size_t from, size_t at)
{
	size_t len = at - from;

	for (size_t i = 0; i < N_KINDS; i++) {
		if (kinds[i].read == NULL || strlen(kinds[i].name) != len ||
		    !text_same_n(s->text + from, kinds[i].name, len))
			continue;
		s->term->kind = (enum spf_kind)i;
		return kinds[i].read(s, at);
	}
	return spf_scan_fault(s, from, unknown_mechanism(s->text + from, len));
}

/* Octets that no term may have, before anything else is said about it. */
static bool
check_octets(struct spf_scanner *s, size_t from)
{
	for (size_t i = from; i < s->end; i++) {
		unsigned char c = (unsigned char)s->text[i];

		if (c > 0x7e)
			return spf_scan_fault(s, i,
			    N_("only plain ASCII characters are allowed"));
		if (c < 0x20)
			return spf_scan_fault(s, i, c == '\t' ?
			    N_("terms are separated by blanks, not by tabs") :
			    N_("a control character is not allowed"));
	}
	return true;
}

/* The term from AT to s->end into s->term. */
static bool
read_term(struct spf_scanner *s, size_t at)
{
	size_t name;

	*s->term = (struct spf_term){ .qualifier = '+', .offset = at,
		.length = s->end - at, .prefix4 = 32, .prefix6 = 128,
		.text = arena_strndup(s->arena, s->text + at, s->end - at) };
	if (!check_octets(s, at))
		return false;
	if (strchr("+-~?", s->text[at]) != NULL)
		s->term->qualifier = s->text[at++];
	name = at;
	if (at == s->end || !spf_is_alpha(s->text[at]))
		return spf_scan_fault(s, at,
		    N_("the name of a mechanism or modifier must stand here"));
	while (at < s->end && (spf_is_alpha(s->text[at]) ||
	    spf_is_digit(s->text[at]) ||
	    memchr("-_.", s->text[at], 3) != NULL))
		at++;
	if (at < s->end && s->text[at] == '=')
		return read_modifier(s, name, at);
	return read_mechanism(s, name, at);
}

static void
note_modifiers(struct spf_record *out)
{
	for (size_t i = 0; i < out->n_terms; i++) {
		if (out->terms[i].kind == SPF_REDIRECT)
			out->redirect = &out->terms[i];
		if (out->terms[i].kind == SPF_EXP)
			out->exp = &out->terms[i];
	}
}

bool
spf_parse(struct arena *arena, const char *text, size_t len,
    struct spf_record *out)
{
	struct spf_scanner s = { .arena = arena, .out = out };
	struct spf_term term;
	size_t at = VERSION_LEN;

	*out = (struct spf_record){ .length = len,
		.text = arena_strndup(arena, text, len) };
	s.text = out->text;
	s.term = &term;
	while (out->error == NULL) {
		while (at < len && s.text[at] == ' ')
			at++;
		if (at >= len)
			break;
		for (s.end = at; s.end < len && s.text[s.end] != ' '; s.end++)
			;
		if (read_term(&s, at)) {
			s.terms = arena_grow(arena, s.terms, out->n_terms,
			    sizeof *s.terms);
			s.terms[out->n_terms++] = term;
		}
		at = s.end;
	}
	out->terms = s.terms;
	note_modifiers(out);
	return out->error == NULL;
}
