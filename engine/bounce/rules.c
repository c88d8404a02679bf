/* SPDX-License-Identifier: ISC
 * Knows the schema of the rule files. Hides the pools that the rules' lists
 * live in. */
#include "config.h"

#include "engine/bounce/rules.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/bounce/classes.h"

#define LITERAL_MIN 4

/* A file being read. */
struct reading {
	struct rules *rules;
	const struct yaml_tree *tree;
	struct provider *provider;
	struct str *err;
	int order;
	bool check;
};

struct rules *
rules_new(struct arena *arena)
{
	struct rules *rules = arena_alloc(arena, sizeof *rules);

	rules->arena = arena;
	rules->slots = arena_array(arena, (size_t)1 << GRAM_BITS,
	    sizeof *rules->slots);
	return rules;
}

static uint32_t
add_literal(struct rules *rules, const char *text)
{
	size_t len = strlen(text);
	char *copy = arena_strndup(rules->arena, text, len);
	size_t taken, n = 0;

	for (size_t i = 0; i < len; i += taken)
		copy[n++] = fold_character(span_make(text + i, len - i),
		    &taken);
	copy[n] = '\0';
	len = n;
	rules->literals = arena_grow(rules->arena, rules->literals,
	    rules->n_literals, sizeof *rules->literals);
	rules->literals[rules->n_literals] = (struct literal){
		.text = copy, .len = (uint32_t)len };
	return (uint32_t)rules->n_literals++;
}

static uint32_t
add_pattern(struct rules *rules, const char *text)
{
	rules->patterns = arena_grow(rules->arena, rules->patterns,
	    rules->n_patterns, sizeof *rules->patterns);
	rules->patterns[rules->n_patterns] = text;
	return (uint32_t)rules->n_patterns++;
}

/* The texts under KEY of MAP as literals or patterns. */
static bool
read_list(struct reading *r, const struct yaml_node *map, const char *key,
    bool literals, struct range *out)
{
	struct rules *rules = r->rules;
	const struct yaml_node *list = yaml_get(r->tree, map, key), *item;

	*out = (struct range){ .first = (uint32_t)rules->n_indexes };
	for (size_t i = 0; i < yaml_count(list); i++) {
		const char *text;
		uint32_t index;

		item = yaml_item(r->tree, list, i);
		text = yaml_text(r->tree, item);
		if (r->check && (text == NULL || text[0] == '\0')) {
			yaml_fault(r->tree, item, r->err,
			    _("'%s' needs a text"), key);
			return false;
		}
		index = literals ? add_literal(rules, text) :
		    add_pattern(rules, text);
		if (r->check && literals &&
		    rules->literals[index].len < LITERAL_MIN) {
			yaml_fault(r->tree, item, r->err,
			    _("'%s' needs texts of at least 4 characters"), key);
			return false;
		}
		rules->indexes = arena_grow(rules->arena, rules->indexes,
		    rules->n_indexes, sizeof *rules->indexes);
		rules->indexes[rules->n_indexes++] = index;
		out->n++;
	}
	return true;
}

static bool
known_class(struct reading *r, const struct yaml_node *node)
{
	const char *id = yaml_text(r->tree, node);

	if (!r->check || (id != NULL && class_find(id) != NULL))
		return true;
	yaml_fault(r->tree, node, r->err, _("unknown class '%s'"),
	    id != NULL ? id : "");
	return false;
}

static bool
read_classes(struct reading *r, const struct yaml_node *map,
    struct rule *rule)
{
	const struct yaml_node *also = yaml_get(r->tree, map, "also");
	size_t n = yaml_count(also);
	const char **list;

	rule->class_id = yaml_string(r->tree, map, "class");
	if (r->check && rule->class_id == NULL) {
		yaml_fault(r->tree, map, r->err, _("a rule needs a 'class'"));
		return false;
	}
	if (!known_class(r, yaml_get(r->tree, map, "class")))
		return false;
	list = arena_array(r->rules->arena, n + 1, sizeof *list);
	for (size_t i = 0; i < n; i++) {
		if (!known_class(r, yaml_item(r->tree, also, i)))
			return false;
		list[i] = yaml_text(r->tree, yaml_item(r->tree, also, i));
	}
	rule->also = list;
	return true;
}

static bool
read_stages(struct reading *r, const struct yaml_node *map, struct rule *rule)
{
	const struct yaml_node *list = yaml_get(r->tree, map, "stage");

	for (size_t i = 0; i < yaml_count(list); i++) {
		const struct yaml_node *item = yaml_item(r->tree, list, i);
		const char *name = yaml_text(r->tree, item);
		bool known = false;

		for (int s = STAGE_CONNECT; s <= STAGE_END_OF_DATA; s++)
			if (text_same(name, stage_name((enum stage)s))) {
				rule->stages |= 1u << s;
				known = true;
			}
		if (r->check && !known) {
			yaml_fault(r->tree, item, r->err,
			    _("unknown stage '%s'"), name != NULL ? name : "");
			return false;
		}
	}
	return true;
}

static bool
check_regex(struct reading *r, const struct yaml_node *map,
    const struct rule *rule)
{
	regex_t compiled;
	char why[128];
	int error;

	if (!r->check || rule->regex == NULL)
		return true;
	if (rule->any.n == 0 && rule->all.n == 0) {
		yaml_fault(r->tree, yaml_get(r->tree, map, "regex"), r->err,
		    _("'regex' needs 'text' or 'all' beside it"));
		return false;
	}
	error = regcomp(&compiled, rule->regex, REG_EXTENDED | REG_NOSUB);
	if (error == 0) {
		regfree(&compiled);
		return true;
	}
	regerror(error, &compiled, why, sizeof why);
	yaml_fault(r->tree, yaml_get(r->tree, map, "regex"), r->err,
	    _("bad regular expression: %s"), why);
	return false;
}

static bool
check_needed(struct reading *r, const struct yaml_node *map,
    const struct rule *rule)
{
	if (!r->check)
		return true;
	if (rule->id == NULL || rule->id[0] == '\0') {
		yaml_fault(r->tree, map, r->err, _("a rule needs an 'id'"));
		return false;
	}
	if (rule->sample == NULL) {
		yaml_fault(r->tree, map, r->err,
		    _("rule '%s' needs a 'sample'"), rule->id);
		return false;
	}
	if (rule->tier == TIER_NONE) {
		yaml_fault(r->tree, map, r->err,
		    _("rule '%s' has nothing to match"), rule->id);
		return false;
	}
	if (rule->with.n != 0 && rule->any.n == 0 && rule->all.n == 0) {
		yaml_fault(r->tree, yaml_get(r->tree, map, "with"), r->err,
		    _("'with' needs 'text' or 'all' beside it"));
		return false;
	}
	return check_regex(r, map, rule);
}

static enum tier
tier_of(const struct reading *r, const struct rule *rule, bool token)
{
	if (token)
		return TIER_TOKEN;
	if (rule->any.n != 0 || rule->all.n != 0)
		return TIER_TEXT;
	if ((rule->host.n != 0 || r->provider != NULL) &&
	    (rule->status.n != 0 || rule->reply.n != 0 || rule->stages != 0))
		return TIER_PROVIDER_CODE;
	if (rule->status.n != 0)
		return TIER_STATUS;
	return rule->reply.n != 0 || rule->stages != 0 ? TIER_REPLY :
	    TIER_NONE;
}

static bool
read_rule(struct reading *r, const struct yaml_node *map)
{
	static const char *const allowed[] = { "id", "class", "also", "token",
		"text", "all", "with", "not", "regex", "host", "status", "reply",
		"stage", "sample", "see", NULL };
	struct rules *rules = r->rules;
	struct rule rule = { .provider = r->provider, .order = r->order };
	bool token;

	if (r->check && map->kind != YAML_MAP) {
		yaml_fault(r->tree, map, r->err, _("a rule is a map"));
		return false;
	}
	/* a misspelt key is said before what is missing for it */
	if (r->check && !yaml_only(r->tree, map, allowed, r->err))
		return false;
	rule.id = yaml_string(r->tree, map, "id");
	rule.sample = yaml_string(r->tree, map, "sample");
	rule.see = yaml_string(r->tree, map, "see");
	rule.regex = yaml_string(r->tree, map, "regex");
	token = yaml_get(r->tree, map, "token") != NULL;
	if (!read_list(r, map, token ? "token" : "text", true, &rule.any) ||
	    !read_list(r, map, "all", true, &rule.all) ||
	    !read_list(r, map, "with", true, &rule.with) ||
	    !read_list(r, map, "not", true, &rule.none) ||
	    !read_list(r, map, "host", false, &rule.host) ||
	    !read_list(r, map, "status", false, &rule.status) ||
	    !read_list(r, map, "reply", false, &rule.reply) ||
	    !read_stages(r, map, &rule) || !read_classes(r, map, &rule))
		return false;
	rule.tier = tier_of(r, &rule, token);
	rule.sequence = (uint32_t)rules->n;
	if (!check_needed(r, map, &rule))
		return false;
	rules->list = arena_grow(rules->arena, rules->list, rules->n,
	    sizeof *rules->list);
	rules->list[rules->n++] = rule;
	return true;
}

static bool
read_provider(struct reading *r, const struct yaml_node *root)
{
	struct rules *rules = r->rules;
	const char *name = yaml_string(r->tree, root, "provider");
	struct provider *provider;

	if (name == NULL)
		return true;
	provider = arena_alloc(rules->arena, sizeof *provider);
	provider->name = name;
	if (!read_list(r, root, "host", false, &provider->host) ||
	    !read_list(r, root, "mark", true, &provider->mark))
		return false;
	rules->providers = arena_grow(rules->arena, rules->providers,
	    rules->n_providers, sizeof *rules->providers);
	rules->providers[rules->n_providers++] = provider;
	r->provider = provider;
	return true;
}

bool
rules_add(struct rules *rules, const struct yaml_tree *tree, int order,
    bool check, struct str *err)
{
	static const char *const allowed[] = { "provider", "order", "host",
		"mark", "rules", NULL };
	struct reading r = { .rules = rules, .tree = tree, .err = err,
		.order = order, .check = check };
	const struct yaml_node *root = &tree->nodes[0], *list;
	const char *own_order = yaml_string(tree, root, "order");

	if (check && root->kind != YAML_MAP) {
		yaml_fault(tree, root, err,
		    _("a rules file is a map with 'rules'"));
		return false;
	}
	if (check && !yaml_only(tree, root, allowed, err))
		return false;
	if (own_order != NULL)
		r.order += (int)strtol(own_order, NULL, 10);
	if (!read_provider(&r, root))
		return false;
	list = yaml_get(tree, root, "rules");
	if (check && (list == NULL || list->kind != YAML_LIST)) {
		yaml_fault(tree, list != NULL ? list : root, err,
		    _("'rules' must be a list"));
		return false;
	}
	for (size_t i = 0; i < yaml_count(list); i++)
		if (!read_rule(&r, yaml_item(tree, list, i)))
			return false;
	return true;
}

bool
rules_add_embedded(struct rules *rules, bool check, struct str *err)
{
	for (size_t i = 0; data_trees[i] != NULL; i++)
		if (text_starts(data_trees[i]->file, "bounces/") &&
		    !rules_add(rules, data_trees[i], 0, check, err))
			return false;
	return true;
}
