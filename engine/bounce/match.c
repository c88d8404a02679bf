/* SPDX-License-Identifier: ISC
 * Knows how to find thousands of literals in a short text at once, and which
 * matching rule decides. Hides the table of four-octet grams. */
#include "config.h"

#include "engine/bounce/rules.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/text.h"

static uint32_t
slot_of(const char *gram)
{
	uint32_t value;

	memcpy(&value, gram, sizeof value);
	return value * 2654435761u >> (32 - GRAM_BITS);
}

static int
compare_rules(const void *a, const void *b)
{
	const struct rule *x = a, *y = b;

	if (x->tier != y->tier)
		return x->tier < y->tier ? -1 : 1;
	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	return x->sequence < y->sequence ? -1 : 1;
}

/* Tell the literals of RANGE which rule needs them. */
static void
claim(struct rules *rules, struct range range, uint32_t rule)
{
	for (uint32_t i = 0; i < range.n; i++)
		rules->literals[rules->indexes[range.first + i]].rule = rule;
}

static void
sort_rules(struct rules *rules)
{
	if (rules->n != 0)
		qsort(rules->list, rules->n, sizeof *rules->list,
		    compare_rules);
	for (size_t i = 0; i < rules->n_literals; i++)
		rules->literals[i].rule = NO_RULE;
	for (size_t i = 0; i < rules->n; i++) {
		claim(rules, rules->list[i].any, (uint32_t)i);
		claim(rules, rules->list[i].all, (uint32_t)i);
		if (rules->list[i].tier <= TIER_TEXT)
			rules->n_texts = i + 1;
	}
}

void
rules_prepare(struct rules *rules)
{
	uint16_t *load = arena_array(rules->arena, (size_t)1 << GRAM_BITS,
	    sizeof *load);

	sort_rules(rules);
	for (size_t i = 0; i < rules->n_literals; i++) {
		struct literal *literal = &rules->literals[i];
		uint32_t best = 0;

		if (literal->len < 4)
			continue;       /* refused by the schema */
		/* the gram that fewest others are found by */
		for (uint32_t k = 1; k + 4 <= literal->len; k++)
			if (load[slot_of(literal->text + k)] <
			    load[slot_of(literal->text + best)])
				best = k;
		uint32_t slot = slot_of(literal->text + best);

		load[slot]++;
		literal->offset = best;
		literal->next = rules->slots[slot];
		rules->slots[slot] = (uint32_t)i + 1;
	}
}

bool
hit(const struct hits *hits, uint32_t literal)
{
	return hits->bits[literal / 64] >> (literal % 64) & 1;
}

void
rules_search(const struct rules *rules, const struct folded *text,
    struct hits *hits)
{
	for (size_t i = 0; i + 4 <= text->len; i++) {
		uint32_t at = rules->slots[slot_of(text->text + i)];

		for (; at != 0; at = rules->literals[at - 1].next) {
			const struct literal *l = &rules->literals[at - 1];
			uint32_t index = at - 1;

			if (l->offset > i ||
			    i - l->offset + l->len > text->len ||
			    hit(hits, index) ||
			    memcmp(text->text + i - l->offset, l->text,
			    l->len) != 0)
				continue;
			hits->bits[index / 64] |= (uint64_t)1 << (index % 64);
			if (l->rule != NO_RULE)
				hits->rules[l->rule / 64] |= (uint64_t)1 <<
				    (l->rule % 64);
			hits->places[index] = (uint32_t)(i - l->offset);
		}
	}
}

bool
pattern_match(const char *pattern, const char *text, bool digits)
{
	const char *star = NULL, *back = NULL;

	/* "*.example.com" is what most are */
	if (pattern[0] == '*' && !digits && strchr(pattern + 1, '*') == NULL)
		return text_ends(text, pattern + 1);
	/* at a mismatch the last '*' takes one octet more */
	while (*text != '\0') {
		if (*pattern == '*') {
			star = pattern++;
			back = text;
		} else if (text_lower(*pattern) == text_lower(*text) ||
		    (digits && *pattern == 'x' && is_digit(*text))) {
			pattern++;
			text++;
		} else if (star != NULL) {
			pattern = star + 1;
			text = ++back;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}

static bool
any_pattern(const struct rules *rules, struct range range, const char *text,
    bool digits)
{
	if (text == NULL)
		return false;
	for (uint32_t i = 0; i < range.n; i++)
		if (pattern_match(rules->patterns[rules->indexes[
		    range.first + i]], text, digits))
			return true;
	return false;
}

/* How many of RANGE's literals occur; *FIRST is the first that does. */
static uint32_t
count_hits(const struct rules *rules, struct range range,
    const struct hits *hits, uint32_t *first)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < range.n; i++) {
		uint32_t literal = rules->indexes[range.first + i];

		if (hit(hits, literal) && n++ == 0)
			*first = literal;
	}
	return n;
}

static bool
regex_matches(const char *expression, const char *text)
{
	regex_t compiled;
	bool found;

	if (regcomp(&compiled, expression, REG_EXTENDED | REG_NOSUB) != 0)
		return false;
	found = regexec(&compiled, text, 0, NULL, 0) == 0;
	regfree(&compiled);
	return found;
}

/* Everything a rule may ask about. */
struct question {
	const struct rules *rules;
	const struct bounce *bounce;
	const struct folded *text;
	struct hits hits;
	const struct provider *provider;
};

static bool
codes_match(const struct question *q, const struct rule *rule)
{
	const struct bounce *b = q->bounce;

	if (rule->status.n != 0 &&
	    !any_pattern(q->rules, rule->status, b->status, true))
		return false;
	if (rule->reply.n != 0 &&
	    !any_pattern(q->rules, rule->reply, b->reply, true))
		return false;
	if (rule->stages != 0 && (rule->stages >> b->stage & 1) == 0)
		return false;
	if (rule->host.n != 0 &&
	    !any_pattern(q->rules, rule->host, b->remote_host, false) &&
	    !any_pattern(q->rules, rule->host, b->reporting_host, false))
		return false;
	return rule->tier != TIER_PROVIDER_CODE || rule->provider == NULL ||
	    rule->host.n != 0 || rule->provider == q->provider;
}

static bool
rule_matches(const struct question *q, const struct rule *rule,
    uint32_t *literal)
{
	uint32_t other = 0;

	*literal = UINT32_MAX;
	if (rule->any.n != 0 &&
	    count_hits(q->rules, rule->any, &q->hits, literal) == 0)
		return false;
	if (rule->all.n != 0 &&
	    count_hits(q->rules, rule->all, &q->hits, &other) != rule->all.n)
		return false;
	if (rule->all.n != 0 && *literal == UINT32_MAX)
		*literal = other;
	if (rule->with.n != 0 &&
	    count_hits(q->rules, rule->with, &q->hits, &other) == 0)
		return false;
	if (!codes_match(q, rule) ||
	    count_hits(q->rules, rule->none, &q->hits, &other) != 0)
		return false;
	return rule->regex == NULL ||
	    regex_matches(rule->regex, q->text->text);
}

/* Whose words are these? */
static const struct provider *
find_provider(const struct question *q)
{
	const struct rules *rules = q->rules;
	uint32_t first;

	for (size_t i = 0; i < rules->n_providers; i++) {
		const struct provider *p = rules->providers[i];

		if (any_pattern(rules, p->host, q->bounce->remote_host, false))
			return p;
	}
	for (size_t i = 0; i < rules->n_providers; i++)
		if (count_hits(rules, rules->providers[i]->mark, &q->hits,
		    &first) != 0)
			return rules->providers[i];
	return NULL;
}

static void
set_mark(const struct question *q, uint32_t literal, struct verdict *out)
{
	const struct literal *l;
	uint32_t from, to;

	if (literal == UINT32_MAX)
		return;
	l = &q->rules->literals[literal];
	from = q->hits.places[literal];
	to = from + l->len;
	while (from < to && q->text->text[from] == ' ')
		from++;
	while (to > from && q->text->text[to - 1] == ' ')
		to--;
	out->mark_start = q->text->place[from];
	out->mark_len = q->text->place[to] - out->mark_start;
}

/* The first rule from I on that may match; the number of rules: none. */
static size_t
next_rule(const struct question *q, size_t i)
{
	for (; i < q->rules->n; i = (i / 64 + 1) * 64) {
		uint64_t bits = q->hits.rules[i / 64] >> (i % 64);

		if (bits != 0)
			return i + (size_t)__builtin_ctzll(bits);
	}
	return q->rules->n;
}

static void
decide(const struct question *q, struct verdict *out)
{
	uint32_t literal;

	for (size_t i = next_rule(q, 0); i < q->rules->n;
	    i = next_rule(q, i + 1)) {
		const struct rule *rule = &q->rules->list[i];

		if (!rule_matches(q, rule, &literal))
			continue;
		out->rule = rule;
		out->tier = rule->tier;
		if (rule->provider != NULL)
			out->provider = rule->provider->name;
		set_mark(q, literal, out);
		return;
	}
}

void
rules_decide(const struct rules *rules, const struct bounce *bounce,
    const char *text, struct verdict *out)
{
	struct arena *scratch = arena_new();
	struct folded folded;
	struct question q = { .rules = rules, .bounce = bounce,
		.text = &folded };

	*out = (struct verdict){ .tier = TIER_NONE };
	fold_text(scratch, span_of(text != NULL ? text : ""), &folded);
	q.hits.bits = arena_array(scratch, rules->n_literals / 64 + 1,
	    sizeof *q.hits.bits);
	q.hits.rules = arena_array(scratch, rules->n / 64 + 1,
	    sizeof *q.hits.rules);
	/* read only where a bit is set, so it need not be cleared */
	q.hits.places = mem_alloc((rules->n_literals + 1) *
	    sizeof *q.hits.places);
	/* the others ask about codes only */
	for (size_t i = rules->n_texts; i < rules->n; i++)
		q.hits.rules[i / 64] |= (uint64_t)1 << (i % 64);
	rules_search(rules, &folded, &q.hits);
	q.provider = find_provider(&q);
	if (q.provider != NULL)
		out->provider = q.provider->name;
	decide(&q, out);
	free(q.hits.places);
	arena_free(&scratch);
}
