/* SPDX-License-Identifier: ISC
 * Knows when a term is right, and when it is two of them. Hides the rounds of
 * mending. */
#include "config.h"

#include "engine/auth/spf_mend.h"

#include <string.h>

#include "engine/auth/spf_typed.h"
#include "engine/base/fill.h"
#include "engine/base/i18n.h"
#include "engine/base/text.h"

#define ROUNDS_MAX 8

/* ---- is it right now? ---- */

/* No top-level domain has a hyphen but in its "xn--" form (RFC 5890), so
 * "example.com-all" is two terms. */
static bool
ends_in_all(const struct spf_term *term)
{
	const char *label = term->argument != NULL ?
	    strrchr(term->argument, '.') : NULL;

	return label != NULL && text_ends(label, "-all") &&
	    !text_starts(label, ".xn--");
}

/* The grammar allows every visible character in a name, host names have few. */
static bool
is_odd_name(const char *name)
{
	return strchr(name, '%') == NULL &&
	    name[strspn(name, "abcdefghijklmnopqrstuvwxyz"
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")] != '\0';
}

/* Valid, but surely meant otherwise? */
static bool
is_disguised(struct arena *arena, const struct spf_term *term)
{
	struct spf_typed t;

	switch (term->kind) {
	case SPF_INCLUDE:
	case SPF_A:
	case SPF_MX:
	case SPF_REDIRECT:
		return ends_in_all(term) || (term->argument != NULL &&
		    is_odd_name(term->argument));
	case SPF_UNKNOWN_MODIFIER:
		break;
	case SPF_ALL:
	case SPF_PTR:
	case SPF_IP4:
	case SPF_IP6:
	case SPF_EXISTS:
	case SPF_EXP:
		return false;
	}
	spf_typed_read(arena, term->text, &t);
	return spf_typed_is_disguised(&t);
}

static bool
is_right(struct arena *arena, const char *text)
{
	struct spf_term term;

	return spf_word_parse(arena, text, &term) && !is_disguised(arena, &term);
}

/* TEXT as one term; NULL: none of the errors. *WHY: the first error's. */
static const char *
mend_one(struct arena *arena, const char *text, const char **why)
{
	for (int round = 0; round < ROUNDS_MAX; round++) {
		const char *next, *error = NULL;
		struct spf_typed t;

		if (is_right(arena, text))
			return text;
		spf_typed_read(arena, text, &t);
		next = spf_typed_mend(&t, &error);
		if (*why == NULL)
			*why = error;
		if (next == NULL)
			break;
		text = next;
	}
	return NULL;
}

/* ---- terms with no blank between them ---- */

/* Does a new term begin at TEXT, in the middle of a word? */
static bool
begins_term(const char *text)
{
	static const char *const names[] = { "include:", "ip4:", "ip6:", "mx:",
		"exists:", "redirect=" };
	size_t len;

	if (strchr("+-~?", *text) != NULL) {
		len = strcspn(text + 1, ":/=+-~?");
		return spf_word_is_name(text + 1, len);
	}
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (text_starts(text, names[i]))
			return true;
	return false;
}

static bool
split(struct arena *arena, const char *text, struct spf_mended *out)
{
	const char *ignored = NULL;
	size_t at = 1, len = strlen(text);

	while (at < len && out->n + 1 < SPF_PARTS_MAX) {
		const char *head = begins_term(text + at) ?
		    mend_one(arena, arena_strndup(arena, text, at), &ignored) :
		    NULL;

		if (head == NULL) {
			at++;
			continue;
		}
		out->parts[out->n++] = head;
		text += at;
		len -= at;
		at = 1;
	}
	if (out->n == 0)
		return false;
	out->parts[out->n] = mend_one(arena, text, &ignored);
	return out->parts[out->n++] != NULL;
}

/* ---- what cannot be told ---- */

static const char *
question(struct arena *arena, const char *text)
{
	struct spf_record record;
	const char *line = arena_printf(arena, "v=spf1 %s", text);
	const char *shown = text_safe(arena, text);
	struct spf_typed t;

	spf_typed_read(arena, text, &t);
	if (t.sign == '\0' && spf_word_is_host(text))
		return arena_printf(arena, _("\"%s\" is left out: it may mean "
		    "\"a:%s\" (the addresses of that host) or \"include:%s\" "
		    "(the senders of that domain). Put in which."), shown, shown,
		    shown);
	if (spf_typed_is_address(&t) && spf_word_is_host(t.rest))
		return arena_printf(arena, _("\"%s\" is left out: a host's "
		    "addresses are listed with \"a:\", a domain's senders with "
		    "\"include:\". Put in which of them is meant."), shown);
	if (spf_parse(arena, line, strlen(line), &record))
		return arena_printf(arena, _("\"%s\" is left out: it is not "
		    "clear what it was meant to be. Put in what you mean."),
		    shown);
	return arena_printf(arena, _("\"%s\" is left out: it is not clear what "
	    "it was meant to be. Put in what you mean. What is wrong with it: "
	    "%s."), shown, _(record.error));
}

/* "ip4:192.0.2.1,192.0.2.2" */
static const char *
carried(struct arena *arena, const struct spf_word *word, const char *carry)
{
	if (!word->comma || carry == NULL ||
	    (spf_word_address(arena, word->text) == 0 &&
	    !spf_word_is_host(word->text)))
		return NULL;
	return arena_printf(arena, "%s:%s", carry, word->text);
}

void
spf_mend(struct arena *arena, const struct spf_word *word, const char *carry,
    struct spf_mended *out)
{
	const char *text = carried(arena, word, carry), *why = NULL;
	struct spf_term term;

	*out = (struct spf_mended){ .n = 0 };
	text = mend_one(arena, text != NULL ? text : word->text, &why);
	if (text != NULL) {
		out->parts[out->n++] = text;
		if (why != NULL)
			out->why = fill_text(arena, _(why),
			    (const struct placeholder[]){
				{ "written", text_safe(arena, word->text) },
				{ "right", text }, { NULL, NULL } });
		return;
	}
	if (split(arena, word->text, out)) {
		out->why = arena_printf(arena,
		    _("A blank was missing in \"%s\"."),
		    text_safe(arena, word->text));
		return;
	}
	out->n = 0;
	/* odd, but valid: it stays */
	if (spf_word_parse(arena, word->text, &term))
		out->parts[out->n++] = term.text;
	else
		out->why = question(arena, word->text);
}
