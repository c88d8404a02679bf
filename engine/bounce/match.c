/* SPDX-License-Identifier: ISC
 * Knows how to find thousands of literals in a short text at once, and which
 * matching rule decides. Hides the table of four-octet grams. */
#include "config.h"

#include "engine/bounce/rules.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/text.h"

/* Typographic characters that bounces use for ASCII ones. */
static const struct {
	const char *utf8;
	char ascii;
} typographic[] = {
	{ "\xe2\x80\x98", '\'' }, { "\xe2\x80\x99", '\'' },
	{ "\xe2\x80\x9c", '"' }, { "\xe2\x80\x9d", '"' },
	{ "\xe2\x80\x90", '-' }, { "\xe2\x80\x91", '-' },
	{ "\xe2\x80\x93", '-' }, { "\xe2\x80\x94", '-' },
	{ "\xc2\xa0", ' ' }, { "\xe3\x80\x80", ' ' }
};

/* U+00C0 to U+017F without what is above and below the letters. */
static const char plain[] =
	"aaaaaaaceeeeiiiidnooooo*ouuuuytsaaaaaaaceeeeiiiidnooooo/ouuuuyty"
	"aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll"
	"lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

/* U+0410 to U+042F, and again to U+044F, by the Latin letters next to them: a
 * letter has one octet then, and capitals and small ones are the same. */
static const char cyrillic[] = "abvgdejziiklmnoprstufhccss'y'eua";

static char
fold_cyrillic(unsigned int code)
{
	if (code == 0x401 || code == 0x451)
		return 'e';
	return code >= 0x410 && code < 0x450 ? cyrillic[(code - 0x410) % 32] :
	    '\0';
}

char
fold_character(struct span s, size_t *taken)
{
	const unsigned char *p = (const unsigned char *)s.text;

	*taken = 1;
	if (p[0] < 0x80)
		return text_lower(s.text[0]);
	if (s.len > 1 && p[0] >= 0xc3 && p[0] <= 0xc5 && (p[1] & 0xc0) == 0x80) {
		*taken = 2;
		return plain[(p[0] - 0xc3) * 64 + (p[1] & 0x3f)];
	}
	if (s.len > 1 && (p[0] == 0xd0 || p[0] == 0xd1)) {
		char c = fold_cyrillic((p[0] & 0x1fu) << 6 | (p[1] & 0x3fu));

		*taken = c != '\0' ? 2 : 1;
		return c != '\0' ? c : s.text[0];
	}
	for (size_t i = 0; i < sizeof typographic / sizeof *typographic; i++)
		if (span_starts(s, typographic[i].utf8)) {
			*taken = strlen(typographic[i].utf8);
			return typographic[i].ascii;
		}
	return s.text[0];
}

/* The same in a text, where it also matters what stands around it. */
static char
fold_one(struct span s, char before, size_t *taken)
{
	char c = s.text[0];

	*taken = 1;
	/* Postfix logs what is not ASCII as '?': "doesn?t" */
	if (c == '?' && is_letter(before) && s.len > 1 && is_letter(s.text[1]))
		return '\'';
	if (c == '\n' || c == '\r' || c == '\t')
		return ' ';
	return fold_character(s, taken);
}

/* The address that starts at S (in text where a word starts): its length. Only
 * plain ones; "p=x@y" must keep its "p=". */
static size_t
address_length(struct span s, const char *at)
{
	size_t n = (size_t)(at - s.text), left;

	if (n == 0 || n > 64)
		return 0;
	for (size_t i = 0; i < n; i++)
		if (!is_word(s.text[i]) && strchr("._+-*", s.text[i]) == NULL)
			return 0;
	left = n + 1;
	while (left < s.len && (is_word(s.text[left]) ||
	    s.text[left] == '.' || s.text[left] == '-'))
		left++;
	return left > n + 1 ? left : 0;
}

void
fold_text(struct arena *arena, struct span text, struct folded *out)
{
	const char *at = text.text;
	bool word = true;
	size_t i = 0;

	if (text.len > FOLD_MAX)
		text.len = FOLD_MAX;
	out->text = arena_alloc(arena, text.len + 3);
	out->place = arena_array(arena, text.len + 3, sizeof *out->place);
	out->len = 0;
	out->text[out->len++] = ' ';
	while (i < text.len) {
		struct span s = span_skip(text, i);

		/* inside a word nothing needs a closer look */
		if (!word && (is_letter(s.text[0]) || is_digit(s.text[0]))) {
			out->place[out->len] = (uint32_t)i++;
			out->text[out->len++] = text_lower(s.text[0]);
			continue;
		}
		char before = i != 0 ? text.text[i - 1] : ' ', c;
		size_t taken;

		if (at != NULL && (at < s.text || i == 0))
			at = memchr(s.text, '@', s.len);
		taken = word && at != NULL ? address_length(s, at) : 0;
		if (taken != 0)
			c = '@';
		else
			c = fold_one(s, before, &taken);
		word = !is_word(s.text[taken - 1]) &&
		    s.text[taken - 1] != '.';
		if (c != ' ' || out->text[out->len - 1] != ' ') {
			out->place[out->len] = (uint32_t)i;
			out->text[out->len++] = c;
		}
		i += taken;
	}
	out->place[out->len] = (uint32_t)text.len;
	if (out->text[out->len - 1] != ' ')
		out->text[out->len++] = ' ';
	out->text[out->len] = '\0';
}

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
