/* SPDX-License-Identifier: ISC
 * What becomes of an envelope sender on its way out: canonical maps,
 * masquerading, generic maps (ADDRESS_REWRITING_README). Hides their order. */
#include "config.h"

#include <string.h>

#include "engine/base/text.h"
#include "engine/world/postfix_parts.h"

/* cleanup(8) asks the same tables again until nothing changes, so often. */
#define CANONICAL_ROUNDS 10

struct rewriting {
	const struct postfix *postfix;
	struct postfix_way *way;
};

static bool
ask(struct rewriting *r, const char *maps, const char *key,
    struct postfix_answer *answer)
{
	postfix_look_up(r->postfix, maps, key, answer);
	if (answer->why_unknown != NULL && r->way->why_unknown == NULL)
		r->way->why_unknown = answer->why_unknown;
	return answer->value != NULL;
}

/* Are addresses without a domain meant, too? (canonical(5), generic(5)) */
static bool
is_own_domain(const struct postfix *postfix, const char *domain)
{
	return text_same(postfix_get(postfix, "myorigin"), domain) ||
	    postfix_list_has(postfix, "mydestination", domain);
}

/* Where the extension of a local part begins ("+list"), or its end. */
static size_t
extension(const struct postfix *postfix, const char *local)
{
	const char *delimiters = postfix_get(postfix, "recipient_delimiter");
	size_t len = *delimiters != '\0' ? strcspn(local, delimiters) :
	    strlen(local);

	return len != 0 ? len : strlen(local);
}

/* The entry for LOCAL@DOMAIN, the most specific first. *KEY: which one; *REST:
 * what is appended to the result's local part. */
static bool
find_entry(struct rewriting *r, const char *maps, const char *local,
    const char *domain, const char **key, const char **rest,
    struct postfix_answer *answer)
{
	struct arena *arena = r->postfix->arena;
	size_t bare = extension(r->postfix, local);
	const char *user = arena_strndup(arena, local, bare);
	bool own = is_own_domain(r->postfix, domain);
	const struct {
		const char *key, *rest;
		bool wanted;
	} tries[] = {
		{ arena_printf(arena, "%s@%s", local, domain), "", true },
		{ arena_printf(arena, "%s@%s", user, domain), local + bare,
		  local[bare] != '\0' },
		{ local, "", own },
		{ user, local + bare, own && local[bare] != '\0' },
		{ arena_printf(arena, "@%s", domain), "", true },
	};

	for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++) {
		if (!tries[i].wanted || !ask(r, maps, tries[i].key, answer))
			continue;
		*key = tries[i].key;
		*rest = tries[i].rest;
		return true;
	}
	return false;
}

/* "user" gets myorigin, "@domain" the local part of before. */
static const char *
completed(struct rewriting *r, const char *value, const char *local,
    const char *rest)
{
	struct arena *arena = r->postfix->arena;
	const char *first = arena_strndup(arena, value, strcspn(value,
	    ", \t\r\n"));
	const char *at = strrchr(first, '@');

	if (at == NULL)
		return arena_printf(arena, "%s%s@%s", first, rest,
		    postfix_get(r->postfix, "myorigin"));
	return arena_printf(arena, "%.*s%s%s", (int)(at - first), first,
	    at == first ? local : rest, at);
}

/* False: nothing more can be noted. */
static bool
note(struct rewriting *r, const char *parameter, const char *table,
    const char *key, const char *after)
{
	struct postfix_way *way = r->way;

	if (way->n_steps == POSTFIX_REWRITINGS_MAX)
		return false;
	way->steps[way->n_steps++] = (struct postfix_rewriting){
		.parameter = parameter, .table = table, .key = key,
		.before = way->address, .after = after,
	};
	way->address = after;
	return true;
}

/* One look into the tables of MAPS; true when the address is another now. */
static bool
rewrite_once(struct rewriting *r, const char *maps)
{
	const char *address = r->way->address, *key, *rest, *after;
	const char *at = strrchr(address, '@'), *local;
	struct postfix_answer answer;

	if (at == NULL || *postfix_client_get(r->postfix, maps) == '\0')
		return false;
	local = arena_strndup(r->postfix->arena, address,
	    (size_t)(at - address));
	if (!find_entry(r, maps, local, at + 1, &key, &rest, &answer))
		return false;
	after = completed(r, answer.value, local, rest);
	return strcmp(after, address) != 0 &&
	    note(r, maps, answer.table, key, after);
}

static void
masquerade(struct rewriting *r)
{
	static const char name[] = "masquerade_domains";
	const char *p = postfix_get(r->postfix, name), *start;
	const char *at = strrchr(r->way->address, '@');
	const char *local, *domain;
	size_t len;

	if (at == NULL || *p == '\0')
		return;
	domain = at + 1;
	local = arena_strndup(r->postfix->arena, r->way->address,
	    (size_t)(at - r->way->address));
	if (postfix_list_has(r->postfix, "masquerade_exceptions", local))
		return;
	while ((start = postfix_next_word(&p, &len)) != NULL) {
		const char *word = arena_strndup(r->postfix->arena, start, len);
		bool cut = true;

		for (; *word == '!'; word++)
			cut = !cut;
		if (*word == '\0' || !text_ends(domain, word))
			continue;
		if (strlen(domain) == strlen(word))
			return;
		if (domain[strlen(domain) - strlen(word) - 1] != '.')
			continue;
		if (cut)
			note(r, name, NULL, word, arena_printf(
			    r->postfix->arena, "%s@%s", local, word));
		return;
	}
}

void
postfix_rewrite_sender(const struct postfix *postfix, const char *address,
    bool queued, struct postfix_way *out)
{
	static const char *const canonical[][2] = {
		{ "sender_canonical_maps", "sender_canonical_classes" },
		{ "canonical_maps", "canonical_classes" },
	};
	struct rewriting r = { .postfix = postfix, .way = out };

	*out = (struct postfix_way){ .address = address };
	if (*address == '\0')
		return;
	for (size_t i = 0; i < 2 && !queued; i++)
		if (postfix_list_has(postfix, canonical[i][1],
		    "envelope_sender"))
			for (int round = 0; round < CANONICAL_ROUNDS &&
			    rewrite_once(&r, canonical[i][0]); round++)
				;
	if (!queued && postfix_list_has(postfix, "masquerade_classes",
	    "envelope_sender"))
		masquerade(&r);
	rewrite_once(&r, "smtp_generic_maps");
}
