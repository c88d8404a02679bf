/* SPDX-License-Identifier: ISC
 * Knows how a draft gets its class: by its own text first, then by what else
 * was said. Hides the rules. */
#include "config.h"

#include "engine/bounce/classify.h"

#include <string.h>

#include "engine/base/text.h"
#include "engine/bounce/rules.h"

static const char *const no_alternatives[] = { NULL };

/* The class UNKNOWN may come with its nearest ones, but no rule decided. */
static void
set_class(struct bounce *b, const struct verdict *verdict)
{
	b->class_id = "unknown";
	b->alternatives = no_alternatives;
	b->provider = verdict->provider;
	if (verdict->rule == NULL)
		return;
	b->class_id = verdict->rule->class_id;
	b->alternatives = verdict->rule->also;
	if (!text_same(b->class_id, "unknown"))
		b->rule = verdict->rule->id;
	b->mark_start = verdict->mark_start;
	b->mark_len = verdict->mark_len;
}

static bool
is_weak(const struct verdict *verdict)
{
	return verdict->rule == NULL || verdict->tier > TIER_TEXT;
}

void
classify(const struct rules *rules, struct draft *draft)
{
	struct bounce *b = &draft->bounce;
	struct verdict verdict, other;

	rules_decide(rules, b, b->text, &verdict);
	if (is_weak(&verdict) && draft->context != NULL) {
		rules_decide(rules, b, draft->context, &other);
		if (!is_weak(&other) || verdict.rule == NULL) {
			verdict.rule = other.rule;
			verdict.mark_len = 0;
			if (verdict.provider == NULL)
				verdict.provider = other.provider;
		}
	}
	set_class(b, &verdict);
}

bool
classify_line(const struct rules *rules, const char *text)
{
	struct bounce none = { .text = text };
	struct verdict verdict;

	rules_decide(rules, &none, text, &verdict);
	return !is_weak(&verdict);
}
