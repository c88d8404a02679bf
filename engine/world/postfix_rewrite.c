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
	const char *service;             /* that rewrites */
	struct postfix_way *way;
};

static const char *
setting(const struct rewriting *r, const char *name)
{
	const char *value = postfix_service_value(r->postfix, r->service,
	    name)->value;

	return value != NULL ? value : "";
}

static bool
ask(struct rewriting *r, const char *maps, const char *key,
    struct postfix_answer *answer)
{
	postfix_look_up_for(r->postfix, r->service, maps, key, answer);
	if (answer->why_unknown != NULL && r->way->why_unknown == NULL)
		r->way->why_unknown = answer->why_unknown;
	return answer->value != NULL;
}

/* Are addresses without a domain meant, too? (canonical(5), generic(5)) */
static bool
is_own_domain(struct rewriting *r, const char *domain)
{
	struct postfix_answer answer;

	return text_same(postfix_get(r->postfix, "myorigin"), domain) ||
	    ask(r, "mydestination", domain, &answer);
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
	bool own = is_own_domain(r, domain);
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

/* trivial-rewrite(8): "host!user", then "user%host", where there is no '@'. */
static const char *
with_at(const struct postfix *postfix, const char *address)
{
	const char *bang = strchr(address, '!');
	const char *percent = strrchr(address, '%');

	if (strchr(address, '@') != NULL || *address == '"')
		return address;
	if (bang != NULL && bang != address && text_same(postfix_get(postfix,
	    "swap_bangpath"), "yes"))
		return arena_printf(postfix->arena, "%s@%.*s", bang + 1,
		    (int)(bang - address), address);
	if (percent != NULL && percent != address && text_same(postfix_get(
	    postfix, "allow_percent_hack"), "yes"))
		return arena_printf(postfix->arena, "%.*s@%s",
		    (int)(percent - address), address, percent + 1);
	return address;
}

const char *
postfix_complete(const struct postfix *postfix, const char *address)
{
	const struct postfix_value *origin = postfix_value(postfix, "myorigin");
	const char *at;
	size_t len;

	address = with_at(postfix, address);
	if (strrchr(address, '@') == NULL && text_same(postfix_get(postfix,
	    "append_at_myorigin"), "yes")) {
		if (origin->origin == POSTFIX_UNSET || origin->unresolved ||
		    *origin->value == '/' || *origin->value == '\0')
			return NULL;
		address = arena_printf(postfix->arena, "%s@%s", address,
		    origin->value);
	}
	at = strrchr(address, '@');
	if (at == NULL || at[1] == '\0')
		return address;
	if (strchr(at, '.') == NULL && text_same(postfix_get(postfix,
	    "append_dot_mydomain"), "yes"))
		return arena_printf(postfix->arena, "%s.%s", address,
		    postfix_get(postfix, "mydomain"));
	len = strlen(address);
	if (address[len - 1] == '.' && strchr("@.", address[len - 2]) == NULL)
		address = arena_strndup(postfix->arena, address, len - 1);
	return address;
}

/* "user" gets what is missing, "@domain" the local part of before. */
static const char *
completed(struct rewriting *r, const char *value, const char *local,
    const char *rest)
{
	struct arena *arena = r->postfix->arena;
	const char *first = arena_strndup(arena, value, strcspn(value,
	    ", \t\r\n"));
	const char *at = strrchr(first, '@');
	const char *whole = at == NULL ? arena_printf(arena, "%s%s", first,
	    rest) : arena_printf(arena, "%.*s%s%s", (int)(at - first), first,
	    at == first ? local : rest, at);

	return postfix_complete(r->postfix, whole);
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

/* One look into the tables of MAPS, whose word in propagate_unmatched_extensions
 * is KIND; true when the address is another now. */
static bool
rewrite_once(struct rewriting *r, const char *maps, const char *kind)
{
	const char *address = r->way->address, *key, *rest, *after;
	const char *at = strrchr(address, '@'), *local;
	struct postfix_answer answer;

	if (at == NULL || *setting(r, maps) == '\0')
		return false;
	local = arena_strndup(r->postfix->arena, address,
	    (size_t)(at - address));
	if (!find_entry(r, maps, local, at + 1, &key, &rest, &answer))
		return false;
	if (!postfix_list_has(r->postfix, "propagate_unmatched_extensions",
	    kind))
		rest = "";
	after = completed(r, answer.value, local, rest);
	return after != NULL && strcmp(after, address) != 0 &&
	    note(r, maps, answer.table, key, after);
}

static void
masquerade(struct rewriting *r)
{
	static const char name[] = "masquerade_domains";
	const char *p = setting(r, name), *start;
	const char *at = strrchr(r->way->address, '@');
	const char *local, *domain;
	struct postfix_answer answer;
	size_t len;

	if (at == NULL || *p == '\0')
		return;
	domain = at + 1;
	local = arena_strndup(r->postfix->arena, r->way->address,
	    (size_t)(at - r->way->address));
	if (ask(r, "masquerade_exceptions", local, &answer))
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

/* Does the list NAME of the service hold "envelope_sender"? */
static bool
is_for_envelopes(struct rewriting *r, const char *name)
{
	const char *list = setting(r, name), *word;
	size_t len;

	while ((word = postfix_next_word(&list, &len)) != NULL)
		if (len == strlen("envelope_sender") &&
		    text_same_n(word, "envelope_sender", len))
			return true;
	return false;
}

/* cleanup(8), for what pickup(8) hands on. A content filter gives the message
 * back by another way, where it is done then. */
static void
clean_up(struct rewriting *r)
{
	static const char *const canonical[][2] = {
		{ "sender_canonical_maps", "sender_canonical_classes" },
		{ "canonical_maps", "canonical_classes" },
	};
	const char *pickup = postfix_service(r->postfix, "pickup/fifo") != NULL ?
	    "pickup/fifo" : "pickup/unix";
	const char *no;

	r->service = pickup;
	no = setting(r, "receive_override_options");
	if (strstr(no, "no_address_mappings") != NULL &&
	    *setting(r, "content_filter") == '\0')
		return;
	no = setting(r, "cleanup_service_name");
	r->service = *no != '\0' ? arena_printf(r->postfix->arena, "%s/unix",
	    no) : "cleanup/unix";
	for (size_t i = 0; i < 2; i++)
		if (is_for_envelopes(r, canonical[i][1]))
			for (int round = 0; round < CANONICAL_ROUNDS &&
			    rewrite_once(r, canonical[i][0], "canonical");
			    round++)
				;
	if (is_for_envelopes(r, "masquerade_classes"))
		masquerade(r);
}

void
postfix_rewrite_sender(const struct postfix *postfix, const char *address,
    const char *recipient, bool queued, struct postfix_way *out)
{
	struct rewriting r = { .postfix = postfix, .way = out };
	struct postfix_route route;

	*out = (struct postfix_way){ .address = address };
	if (*address == '\0')
		return;
	if (!queued)
		clean_up(&r);
	postfix_find_route(postfix, out->address, recipient, &route);
	r.service = route.service;
	rewrite_once(&r, "smtp_generic_maps", "generic");
}
