/* SPDX-License-Identifier: ISC
 * A record set beside the change that was asked for. Hides which published
 * value is held against which wanted one. */
#include "config.h"

#include "engine/remedy/typo.h"

#include <string.h>

#include "engine/base/text.h"
#include "engine/remedy/typo_parts.h"

/* ---- values ---- */

static struct octets
of_text(const char *text)
{
	return (struct octets){ text, strlen(text) };
}

static struct octets
of_value(const struct fact_value *value)
{
	return (struct octets){ value->text, value->len };
}

/* A name that holds one record of one kind: _dmarc, s1._domainkey. */
static bool
is_service_name(const char *name)
{
	return name[0] == '_' || strstr(name, "._") != NULL;
}

static enum typo_kind
kind_of(struct arena *arena, const struct change *change, struct octets value)
{
	struct octets plain;

	if (change->type != DNS_TXT)
		return TYPO_NAME;
	if (is_service_name(change->name))
		return TYPO_TAGS;
	plain = typo_plain(arena, value);
	if (plain.len >= 6 && text_same_n(plain.text, "v=spf1", 6))
		return TYPO_SPF;
	return TYPO_OTHER;
}

static bool
is_listed(const char *const *list, enum typo_kind kind, struct octets value)
{
	for (size_t i = 0; list != NULL && list[i] != NULL; i++) {
		if (typo_same(kind, of_text(list[i]), value))
			return true;
	}
	return false;
}

static const struct fact_value *
published(const struct fact *fact, enum typo_kind kind, const char *text)
{
	for (size_t i = 0; i < fact->n_values; i++) {
		if (typo_same(kind, of_text(text), of_value(&fact->values[i])))
			return &fact->values[i];
	}
	return NULL;
}

/* ---- one record set ---- */

struct comparison {
	struct mistakes m;
	const struct change *change;
	const struct fact *fact;
	size_t n_missing;        /* new values that are not there */
	const struct fact_value *left;   /* an old one that should be gone */
	const char *lost;        /* an old one that should have stayed */
};

static enum typo_kind
kind_in(struct comparison *c, const char *text)
{
	return kind_of(c->m.arena, c->change, of_text(text));
}

/* A value that somebody put there, and that is not what was asked for: it may
 * be an attempt at WANTED. */
static bool
is_attempt(struct comparison *c, enum typo_kind kind, const char *wanted,
    const struct fact_value *value)
{
	struct octets plain;

	if (is_listed(c->change->after, kind, of_value(value)) ||
	    is_listed(c->change->before, kind, of_value(value)))
		return false;
	if (kind != TYPO_OTHER && kind != TYPO_SPF)
		return true;
	/* other TXT records of the domain are none of our business */
	plain = typo_plain(c->m.arena, of_value(value));
	return memmem(plain.text, plain.len, wanted,
		strlen(wanted) < 6 ? strlen(wanted) : 6) != NULL;
}

static size_t
common_length(const char *wanted, const struct fact_value *value)
{
	size_t n = 0;

	while (n < value->len && wanted[n] == value->text[n] &&
	    wanted[n] != '\0')
		n++;
	return n;
}

/* The attempt that is nearest to WANTED, or NULL. */
static const struct fact_value *
nearest_attempt(struct comparison *c, enum typo_kind kind, const char *wanted)
{
	const struct fact_value *best = NULL;

	for (size_t i = 0; i < c->fact->n_values; i++) {
		const struct fact_value *value = &c->fact->values[i];

		if (is_attempt(c, kind, wanted, value) && (best == NULL ||
		    common_length(wanted, value) > common_length(wanted,
			best)))
			best = value;
	}
	return best;
}

/* RFC 1035 5.1: a name without its final stop gets the zone's added. */
static bool
judge_name(struct comparison *c, const char *wanted,
    const struct fact_value *value)
{
	size_t w = strlen(wanted);
	struct placeholder values[] = {
		{ "wanted", text_safe(c->m.arena, wanted) }, { NULL, NULL }
	};

	if (value->len > w && value->text[w] == '.' &&
	    text_same_n(value->text, wanted, w))
		typo_add(&c->m, "typo.value-doubled", values);
	else if (w > value->len && wanted[value->len] == '.' &&
	    text_same_n(value->text, wanted, value->len))
		typo_add(&c->m, "typo.value-short", values);
	else
		return false;
	return true;
}

static bool
is_name_type(enum dns_type type)
{
	return type == DNS_CNAME || type == DNS_MX || type == DNS_PTR ||
		type == DNS_NS;
}

/* Compare each new value that is missing with what stands in its place.
 * Returns how many attempts there are. */
static size_t
judge_missing(struct comparison *c)
{
	size_t attempts = 0;

	for (size_t i = 0; c->change->after[i] != NULL; i++) {
		const char *wanted = c->change->after[i];
		enum typo_kind kind = kind_in(c, wanted);
		const struct fact_value *value;

		if (is_listed(c->change->before, kind, of_text(wanted)) ||
		    published(c->fact, kind, wanted) != NULL)
			continue;
		c->n_missing++;
		value = nearest_attempt(c, kind, wanted);
		if (value == NULL)
			continue;
		attempts++;
		if (!is_name_type(c->change->type) ||
		    !judge_name(c, wanted, value))
			typo_value(&c->m, kind, of_text(wanted),
			    of_value(value));
	}
	return attempts;
}

/* Old values: those that should be gone, and those that should not. */
static void
judge_old(struct comparison *c)
{
	const char *const *before = c->change->before;

	for (size_t i = 0; before != NULL && before[i] != NULL; i++) {
		enum typo_kind kind = kind_in(c, before[i]);
		const struct fact_value *there = published(c->fact, kind,
			before[i]);
		bool stays = is_listed(c->change->after, kind,
			of_text(before[i]));

		if (!stays && there != NULL && c->left == NULL)
			c->left = there;
		if (stays && there == NULL && c->lost == NULL)
			c->lost = before[i];
	}
}

/* All that was wanted is there; is there more of the kind? */
static const struct fact_value *
find_extra(struct comparison *c)
{
	for (size_t i = 0; c->change->after[i] != NULL; i++) {
		const char *wanted = c->change->after[i];
		enum typo_kind kind = kind_in(c, wanted);
		const struct fact_value *value = nearest_attempt(c, kind,
			wanted);

		if (kind != TYPO_OTHER && value != NULL)
			return value;
	}
	return NULL;
}

static void
add_old(struct comparison *c, const char *id, const char *text, size_t len)
{
	struct placeholder values[] = {
		{ "old", text_cleaned(c->m.arena, text, len) },
		{ "name", text_safe(c->m.arena, c->change->name) },
		{ NULL, NULL }
	};

	typo_add(&c->m, id, values);
}

static enum typo_state
judge_set(struct comparison *c)
{
	bool removal = c->change->after[0] == NULL;
	size_t attempts = judge_missing(c);
	const struct fact_value *extra;

	judge_old(c);
	if (c->n_missing != 0 && attempts == 0)
		return TYPO_ABSENT;
	if (removal)
		return c->left != NULL ? TYPO_ABSENT : TYPO_RIGHT;
	extra = c->n_missing == 0 && c->left == NULL ? find_extra(c) : c->left;
	if (extra != NULL)
		add_old(c, "typo.two-records", extra->text, extra->len);
	if (c->lost != NULL)
		add_old(c, "typo.others-lost", c->lost, strlen(c->lost));
	if (c->n_missing != 0)
		return TYPO_DIFFERENT;
	return extra != NULL ? TYPO_SEVERAL : TYPO_RIGHT;
}

static void
add_alias(struct comparison *c)
{
	struct placeholder values[] = {
		{ "name", text_safe(c->m.arena, c->change->name) },
		{ "found", text_safe(c->m.arena, c->fact->alias) },
		{ NULL, NULL }
	};

	/* reverse names are aliases by design (RFC 2317) */
	if (c->fact->alias != NULL && c->change->type != DNS_PTR)
		typo_add(&c->m, "typo.alias", values);
}

struct typo *
typo_judge(struct arena *arena, const struct change *change,
    const struct fact *fact)
{
	static const char *const none[] = { NULL };
	struct change whole = *change;
	struct comparison c = {
		.m = { .arena = arena, .change = change },
		.change = &whole, .fact = fact,
	};
	struct typo *out = arena_alloc(arena, sizeof *out);
	struct typo_mistake *list;

	whole.after = change->after != NULL ? change->after : none;
	if (fact_known(fact))
		out->state = judge_set(&c);
	else if (fact->trouble == TROUBLE_ALIAS && change->type != DNS_PTR)
		out->state = TYPO_ABSENT;
	if (out->state == TYPO_ABSENT)
		add_alias(&c);
	list = arena_array(arena, c.m.n, sizeof *list);
	memcpy(list, c.m.list, c.m.n * sizeof *list);
	out->mistakes = list;
	out->n_mistakes = c.m.n;
	return out;
}

/* ---- other places ---- */

static void
add_place(struct typo_place *places, size_t *n, const char *id,
    const char *name, enum dns_type type)
{
	places[(*n)++] = (struct typo_place){ id, name, type };
}

/* "_dmarc.example.net" without what a panel may refuse. */
static const char *
without_underscores(struct arena *arena, const char *name)
{
	char *copy = arena_strdup(arena, name), *to = copy;

	for (const char *from = name; *from != '\0'; from++) {
		if (*from != '_')
			*to++ = *from;
	}
	*to = '\0';
	return copy;
}

size_t
typo_places(struct arena *arena, const struct change *change,
    const char *zone, struct typo_place places[TYPO_MAX_PLACES])
{
	const char *name = change->name;
	bool apex = zone != NULL && text_same(name, zone);
	size_t n = 0;

	if (zone == NULL || change->after == NULL || change->after[0] == NULL)
		return 0;
	add_place(places, &n, "typo.name-doubled",
	    arena_printf(arena, "%s.%s", name, zone), change->type);
	if (apex)
		add_place(places, &n, "typo.wrong-name",
		    arena_printf(arena, "www.%s", zone), change->type);
	else
		add_place(places, &n, "typo.wrong-name", zone, change->type);
	if (is_service_name(name))
		add_place(places, &n, "typo.wrong-name",
		    without_underscores(arena, name), change->type);
	else if (change->type == DNS_TXT)
		add_place(places, &n, "typo.wrong-type", name, DNS_SPF);
	return n;
}

/* Is WANTED there, or what a slip of the keyboard makes of it? */
static bool
has_record(struct comparison *c, const char *wanted)
{
	enum typo_kind kind = kind_in(c, wanted);
	const char *ids[TYPO_MAX_FOLDS];

	if (published(c->fact, kind, wanted) != NULL)
		return true;
	for (size_t i = 0; i < c->fact->n_values; i++) {
		if (typo_folds(c->m.arena, kind, of_text(wanted),
			of_value(&c->fact->values[i]), ids) != 0)
			return true;
	}
	return false;
}

const struct typo_mistake *
typo_found(struct arena *arena, const struct change *change,
    const struct typo_place *place, const struct fact *fact)
{
	struct comparison c = {
		.m = { .arena = arena, .change = change },
		.change = change, .fact = fact,
	};
	struct placeholder values[] = {
		{ "found", text_safe(arena, place->name) },
		{ "name", text_safe(arena, change->name) },
		{ "type", dns_type_name(place->type) }, { NULL, NULL }
	};
	struct typo_mistake *copy;

	for (size_t i = 0; fact->status == FACT_OK &&
	    change->after != NULL && change->after[i] != NULL; i++) {
		if (is_listed(change->before, kind_in(&c, change->after[i]),
			of_text(change->after[i])) ||
		    !has_record(&c, change->after[i]))
			continue;
		copy = arena_alloc(arena, sizeof *copy);
		*copy = *typo_add(&c.m, place->id, values);
		return copy;
	}
	return NULL;
}
