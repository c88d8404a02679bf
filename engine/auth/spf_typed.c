/* SPDX-License-Identifier: ISC
 * Knows the typing errors that people make in SPF terms. Hides the order in
 * which they are tried. */
#include "config.h"

#include "engine/auth/spf_typed.h"

#include <arpa/inet.h>
#include <string.h>

#include "engine/auth/spf_words.h"
#include "engine/base/i18n.h"
#include "engine/base/text.h"

void
spf_typed_read(struct arena *arena, const char *text, struct spf_typed *out)
{
	size_t q = *text != '\0' && strchr("+-~?", *text) != NULL;
	size_t len = strcspn(text + q, ":=");
	const char *behind = text + q + len;

	*out = (struct spf_typed){ .arena = arena, .text = text,
		.qualifier = arena_strndup(arena, text, q),
		.name = arena_strndup(arena, text + q, len),
		.sign = *behind, .rest = *behind != '\0' ? behind + 1 : "" };
}

static const char *
put_together(const struct spf_typed *t, const char *name, char sign,
    const char *rest)
{
	return arena_printf(t->arena, "%s%s%c%s", t->qualifier, name, sign,
	    rest);
}

static const char *
address_term(const struct spf_typed *t, const char *address, int family)
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
doubled(const struct spf_typed *t)
{
	size_t len = strlen(t->name);

	if (t->sign == '\0' || len == 0 || !text_same_n(t->rest, t->name, len) ||
	    (t->rest[len] != ':' && t->rest[len] != '='))
		return NULL;
	return arena_printf(t->arena, "%s%s", t->qualifier, t->rest);
}

/* "ipv4:192.0.2.1", "ip4=…", "ip6:192.0.2.1" */
static const char *
address_name(const struct spf_typed *t)
{
	int family = spf_word_address(t->arena, t->rest);

	if (t->sign == '\0' || family == 0 ||
	    !same_name(t->name, address_names))
		return NULL;
	return address_term(t, t->rest, family);
}

/* "192.0.2.1", "ip4192.0.2.1", "ip4.192.0.2.1", "a:192.0.2.1" */
static const char *
address_alone(const struct spf_typed *t)
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
wrong_sign(const struct spf_typed *t)
{
	if (t->sign == '=' && same_name(t->name, host_names))
		return put_together(t, t->name, ':', t->rest);
	if (t->sign == ':' && same_name(t->name, modifier_names))
		return put_together(t, t->name, '=', t->rest);
	return NULL;
}

/* "+redirect=x": a modifier has no qualifier. */
static const char *
qualified_modifier(const struct spf_typed *t)
{
	if (t->sign != '=' || *t->qualifier != '+' ||
	    !same_name(t->name, modifier_names))
		return NULL;
	return t->text + 1;
}

/* "a:https://mail.example.com/" */
static const char *
url(const struct spf_typed *t)
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
brackets(const struct spf_typed *t)
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
tail(const struct spf_typed *t)
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
netmask(const struct spf_typed *t)
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
wildcard(const struct spf_typed *t)
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
slip(const struct spf_typed *t)
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
slip_all(const struct spf_typed *t)
{
	return t->sign == '\0' && *t->qualifier != '\0' &&
	    (text_same(t->name, "al") || text_same(t->name, "alll") ||
	    text_same(t->name, "lal")) ?
	    arena_printf(t->arena, "%sall", t->qualifier) : NULL;
}

/* "--all" */
static const char *
qualifier_twice(const struct spf_typed *t)
{
	return *t->qualifier != '\0' && *t->name == *t->qualifier ?
	    t->text + 1 : NULL;
}

/* In the order in which they are tried. */
static const struct {
	const char *(*mend)(const struct spf_typed *t);
	const char *why;      /* {written}, {right}: the term before and after */
} errors[] = {
	{ qualifier_twice,
	    N_("\"{written}\" becomes \"{right}\": a term has one sign "
	    "in front of it.") },
	{ doubled, N_("\"{written}\" becomes \"{right}\": the name stood there "
	    "twice.") },
	{ address_name, N_("\"{written}\" becomes \"{right}\": SPF writes IPv4 "
	    "addresses with \"ip4:\" and IPv6 addresses with \"ip6:\".") },
	{ address_alone,
	    N_("\"{written}\" becomes \"{right}\": an address needs "
	    "\"ip4:\" or \"ip6:\" in front of it.") },
	{ wrong_sign,
	    N_("\"{written}\" becomes \"{right}\": mechanisms have a colon "
	    "behind their name, modifiers an equals sign.") },
	{ qualified_modifier,
	    N_("\"{written}\" becomes \"{right}\": a modifier has "
	    "no sign in front of it.") },
	{ url,
	    N_("\"{written}\" becomes \"{right}\": SPF wants a host name, not a "
	    "web address.") },
	{ brackets,
	    N_("\"{written}\" becomes \"{right}\": brackets do not belong "
	    "there.") },
	{ netmask,
	    N_("\"{written}\" becomes \"{right}\": SPF writes a network with "
	    "the length of its prefix.") },
	{ wildcard,
	    N_("\"{written}\" becomes \"{right}\": SPF writes a network with "
	    "the length of its prefix.") },
	{ slip_all, N_("\"{written}\" becomes \"{right}\": a typing error.") },
	{ slip, N_("\"{written}\" becomes \"{right}\": a typing error.") },
	{ tail,
	    N_("\"{written}\" becomes \"{right}\": its last character does not "
	    "belong there.") },
};

bool
spf_typed_is_address(const struct spf_typed *t)
{
	return same_name(t->name, address_names);
}

/* SPF takes any NAME=VALUE for a modifier and ignores it. */
bool
spf_typed_is_disguised(const struct spf_typed *t)
{
	return same_name(t->name, host_names) || slip(t) != NULL ||
	    address_name(t) != NULL;
}

const char *
spf_typed_mend(const struct spf_typed *t, const char **why)
{
	for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
		const char *mended = errors[i].mend(t);

		if (mended == NULL || strcmp(mended, t->text) == 0)
			continue;
		*why = errors[i].why;
		return mended;
	}
	return NULL;
}
