/* SPDX-License-Identifier: ISC
 * Knows the typing errors that people make in SPF terms. Hides the order in
 * which they are tried. */
#include "config.h"

#include "engine/auth/spf_mend.h"

#include <arpa/inet.h>
#include <string.h>

#include "engine/base/fill.h"
#include "engine/base/i18n.h"
#include "engine/base/text.h"

#define ROUNDS_MAX 8

/* A term as people type it: qualifier, name, ":" or "=", and the rest. */
struct typed {
	struct arena *arena;
	const char *text;
	const char *qualifier;    /* "" or one character */
	const char *name;
	char sign;                /* ':', '=' or '\0' */
	const char *rest;         /* behind the sign, "" without one */
};

static void
take_apart(struct arena *arena, const char *text, struct typed *out)
{
	size_t q = *text != '\0' && strchr("+-~?", *text) != NULL;
	size_t len = strcspn(text + q, ":=");
	const char *behind = text + q + len;

	*out = (struct typed){ .arena = arena, .text = text,
		.qualifier = arena_strndup(arena, text, q),
		.name = arena_strndup(arena, text + q, len),
		.sign = *behind, .rest = *behind != '\0' ? behind + 1 : "" };
}

static const char *
put_together(const struct typed *t, const char *name, char sign,
    const char *rest)
{
	return arena_printf(t->arena, "%s%s%c%s", t->qualifier, name, sign,
	    rest);
}

static const char *
address_term(const struct typed *t, const char *address, int family)
{
	return put_together(t, family == 6 ? "ip6" : "ip4", ':', address);
}

static bool
same_name(const char *name, const char *const *names)
{
	for (; *names != NULL; names++)
		if (text_same(name, *names))
			return true;
	return false;
}

/* Does one slip of the finger make A of B: a letter too many, too few, wrong,
 * or two exchanged? */
static bool
one_slip(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b), i = 0;

	while (a[i] != '\0' && text_lower(a[i]) == b[i])
		i++;
	if (n == m + 1)
		return text_same(a + i + 1, b + i);
	if (n + 1 == m)
		return text_same(a + i, b + i + 1);
	if (n != m || a[i] == '\0')
		return false;
	return text_same(a + i + 1, b + i + 1) ||
	    (a[i + 1] != '\0' && text_lower(a[i]) == b[i + 1] &&
	    text_lower(a[i + 1]) == b[i] && text_same(a + i + 2, b + i + 2));
}

static const char *const address_names[] = { "ip", "ip4", "ip6", "ipv4",
	"ipv6", "ipv", "ip4v", "ip6v", "ip-4", "ip-6", "ip_4", "ip_6", "ipaddr",
	"address", NULL };
static const char *const host_names[] = { "a", "mx", "include", "ptr",
	"exists", NULL };
static const char *const modifier_names[] = { "redirect", "exp", NULL };

/* ---- the errors ---- */

/* "include:include:x" */
static const char *
doubled(const struct typed *t)
{
	size_t len = strlen(t->name);

	if (t->sign == '\0' || len == 0 || !text_same_n(t->rest, t->name, len) ||
	    (t->rest[len] != ':' && t->rest[len] != '='))
		return NULL;
	return arena_printf(t->arena, "%s%s", t->qualifier, t->rest);
}

/* "ipv4:192.0.2.1", "ip4=…", "ip6:192.0.2.1" */
static const char *
address_name(const struct typed *t)
{
	int family = spf_word_address(t->arena, t->rest);

	if (t->sign == '\0' || family == 0 ||
	    !same_name(t->name, address_names))
		return NULL;
	return address_term(t, t->rest, family);
}

/* "192.0.2.1", "ip4192.0.2.1", "ip4.192.0.2.1", "a:192.0.2.1" */
static const char *
address_alone(const struct typed *t)
{
	const char *text = t->text + strlen(t->qualifier);
	int family = spf_word_address(t->arena, text);

	if (family != 0)
		return address_term(t, text, family);
	if (text_starts(text, "ip4") || text_starts(text, "ip6")) {
		text += strlen("ip4");
		text += *text != '\0' && strchr(".-_", *text) != NULL;
		family = spf_word_address(t->arena, text);
		if (family == (text_starts(t->name, "ip6") ? 6 : 4))
			return address_term(t, text, family);
	}
	family = spf_word_address(t->arena, t->rest);
	if (t->sign != '\0' && family != 0 && same_name(t->name, host_names))
		return address_term(t, t->rest, family);
	return NULL;
}

/* "include=x", "redirect:x" */
static const char *
wrong_sign(const struct typed *t)
{
	if (t->sign == '=' && same_name(t->name, host_names))
		return put_together(t, t->name, ':', t->rest);
	if (t->sign == ':' && same_name(t->name, modifier_names))
		return put_together(t, t->name, '=', t->rest);
	return NULL;
}

/* "+redirect=x": a modifier has no qualifier. */
static const char *
qualified_modifier(const struct typed *t)
{
	if (t->sign != '=' || *t->qualifier != '+' ||
	    !same_name(t->name, modifier_names))
		return NULL;
	return t->text + 1;
}

/* "a:https://mail.example.com/" */
static const char *
url(const struct typed *t)
{
	static const char *const schemes[] = { "http://", "https://", "//",
		"smtp://" };

	for (size_t i = 0; t->sign != '\0' &&
	    i < sizeof schemes / sizeof schemes[0]; i++)
		if (text_starts(t->rest, schemes[i]))
			return put_together(t, t->name, t->sign,
			    t->rest + strlen(schemes[i]));
	return NULL;
}

/* "ip6:[2001:db8::1]", "include:<x>" */
static const char *
brackets(const struct typed *t)
{
	size_t len = strlen(t->rest);
	const char *open = len > 2 ? strchr("[(<{", t->rest[0]) : NULL;

	if (open == NULL ||
	    t->rest[len - 1] != "])>}"[open - &"[(<{"[0]])
		return NULL;
	return put_together(t, t->name, t->sign,
	    arena_strndup(t->arena, t->rest + 1, len - 2));
}

/* "-all.", "mx:", "ip4:192.0.2.1/" */
static const char *
tail(const struct typed *t)
{
	size_t len = strlen(t->text);

	if (len < 2 || strchr("./:=)]>!", t->text[len - 1]) == NULL)
		return NULL;
	/* "include:" lacks its name; without the colon nothing is won */
	if (t->sign != '\0' && *t->rest == '\0' && !text_same(t->name, "a") &&
	    !text_same(t->name, "mx") && !text_same(t->name, "all") &&
	    !text_same(t->name, "ptr"))
		return NULL;
	return arena_strndup(t->arena, t->text, len - 1);
}

/* "ip4:192.0.2.0/255.255.255.0" */
static const char *
netmask(const struct typed *t)
{
	const char *slash = strchr(t->rest, '/');
	struct in_addr mask;
	uint32_t bits;
	int prefix = 0;

	if (slash == NULL || !same_name(t->name, address_names) ||
	    inet_pton(AF_INET, slash + 1, &mask) != 1)
		return NULL;
	bits = ntohl(mask.s_addr);
	while (prefix < 32 && (bits & (UINT32_C(1) << (31 - prefix))) != 0)
		prefix++;
	if (prefix == 0 || (prefix < 32 && bits << prefix != 0))
		return NULL;
	return put_together(t, t->name, t->sign, arena_printf(t->arena,
	    "%.*s/%d", (int)(slash - t->rest), t->rest, prefix));
}

/* "ip4:192.0.2.*" */
static const char *
wildcard(const struct typed *t)
{
	size_t octets = 0, len = strlen(t->rest);
	const char *net = t->rest;

	if (!same_name(t->name, address_names))
		return NULL;
	while (len > 2 && strcmp(net + len - 2, ".*") == 0) {
		len -= 2;
		octets++;
		net = arena_strndup(t->arena, net, len);
	}
	if (octets == 0 || octets > 3 || strchr(net, '*') != NULL)
		return NULL;
	return put_together(t, t->name, t->sign, arena_printf(t->arena,
	    "%s%s/%zu", net, &".0.0.0"[6 - 2 * octets], 32 - 8 * octets));
}

/* "inlcude:x", "redirct=x" */
static const char *
slip(const struct typed *t)
{
	static const char *const names[] = { "include", "exists", "redirect" };

	for (size_t i = 0; t->sign != '\0' &&
	    i < sizeof names / sizeof names[0]; i++)
		if (one_slip(t->name, names[i]) && spf_word_is_host(t->rest))
			return put_together(t, names[i], i == 2 ? '=' : ':',
			    t->rest);
	return NULL;
}

/* "~al", "-alll" */
static const char *
slip_all(const struct typed *t)
{
	return t->sign == '\0' && *t->qualifier != '\0' &&
	    (text_same(t->name, "al") || text_same(t->name, "alll") ||
	    text_same(t->name, "lal")) ?
	    arena_printf(t->arena, "%sall", t->qualifier) : NULL;
}

/* "--all" */
static const char *
qualifier_twice(const struct typed *t)
{
	return *t->qualifier != '\0' && *t->name == *t->qualifier ?
	    t->text + 1 : NULL;
}

/* In the order in which they are tried. */
static const struct {
	const char *(*mend)(const struct typed *t);
	const char *why;      /* {written}, {right}: the term before and after */
} errors[] = {
	{ qualifier_twice, N_("\"{written}\" becomes \"{right}\": a term has one sign "
	    "in front of it.") },
	{ doubled, N_("\"{written}\" becomes \"{right}\": the name stood there "
	    "twice.") },
	{ address_name, N_("\"{written}\" becomes \"{right}\": SPF writes IPv4 "
	    "addresses with \"ip4:\" and IPv6 addresses with \"ip6:\".") },
	{ address_alone, N_("\"{written}\" becomes \"{right}\": an address needs "
	    "\"ip4:\" or \"ip6:\" in front of it.") },
	{ wrong_sign, N_("\"{written}\" becomes \"{right}\": mechanisms have a colon "
	    "behind their name, modifiers an equals sign.") },
	{ qualified_modifier, N_("\"{written}\" becomes \"{right}\": a modifier has "
	    "no sign in front of it.") },
	{ url, N_("\"{written}\" becomes \"{right}\": SPF wants a host name, not a "
	    "web address.") },
	{ brackets, N_("\"{written}\" becomes \"{right}\": brackets do not belong "
	    "there.") },
	{ netmask, N_("\"{written}\" becomes \"{right}\": SPF writes a network with "
	    "the length of its prefix.") },
	{ wildcard, N_("\"{written}\" becomes \"{right}\": SPF writes a network with "
	    "the length of its prefix.") },
	{ slip_all, N_("\"{written}\" becomes \"{right}\": a typing error.") },
	{ slip, N_("\"{written}\" becomes \"{right}\": a typing error.") },
	{ tail, N_("\"{written}\" becomes \"{right}\": its last character does not "
	    "belong there.") },
};

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

/* Valid, but surely meant otherwise: SPF takes any NAME=VALUE for a modifier
 * and ignores it. */
static bool
is_disguised(struct arena *arena, const struct spf_term *term)
{
	struct typed t;

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
	take_apart(arena, term->text, &t);
	return same_name(t.name, host_names) || slip(&t) != NULL ||
	    address_name(&t) != NULL;
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
		const char *next = NULL;
		struct typed t;

		if (is_right(arena, text))
			return text;
		take_apart(arena, text, &t);
		for (size_t i = 0; next == NULL &&
		    i < sizeof errors / sizeof errors[0]; i++) {
			next = errors[i].mend(&t);
			if (next != NULL && strcmp(next, text) == 0)
				next = NULL;
			if (next != NULL && *why == NULL)
				*why = errors[i].why;
		}
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
	struct typed t;

	take_apart(arena, text, &t);
	if (t.sign == '\0' && spf_word_is_host(text))
		return arena_printf(arena, _("\"%s\" is left out: it may mean "
		    "\"a:%s\" (the addresses of that host) or \"include:%s\" "
		    "(the senders of that domain). Put in which."), shown, shown,
		    shown);
	if (same_name(t.name, address_names) && spf_word_is_host(t.rest))
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
