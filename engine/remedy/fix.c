/* SPDX-License-Identifier: ISC
 * Reads data/fixes/ once. */
#include "config.h"

#include "engine/remedy/fix.h"

#include <string.h>

#include "engine/base/yaml.h"

static struct fix *fixes;
static size_t n_fixes;

static const char *const *
read_list(struct arena *arena, const struct yaml_tree *tree,
    const struct yaml_node *fix, const char *key)
{
	const struct yaml_node *list = yaml_get(tree, fix, key);
	size_t n = list != NULL ? yaml_count(list) : 0;
	const char **items = arena_array(arena, n + 1, sizeof *items);

	for (size_t i = 0; i < n; i++)
		items[i] = yaml_text(tree, yaml_item(tree, list, i));
	return items;
}

static void
read_fix(struct arena *arena, const struct yaml_tree *tree,
    const struct yaml_node *node)
{
	fixes = arena_grow(arena, fixes, n_fixes, sizeof *fixes);
	fixes[n_fixes++] = (struct fix){
		.id = yaml_string(tree, node, "id"),
		.title = yaml_string(tree, node, "title"),
		.why = yaml_string(tree, node, "why"),
		.verify = yaml_string(tree, node, "verify"),
		.time = yaml_string(tree, node, "time"),
		.who = yaml_string(tree, node, "who"),
		.settles = read_list(arena, tree, node, "settles"),
		.advice = read_list(arena, tree, node, "advice"),
		.commands = read_list(arena, tree, node, "commands"),
		.postconf = read_list(arena, tree, node, "postconf"),
	};
}

static void
load(void)
{
	static struct arena *arena;   /* lives as long as the program */

	if (arena != NULL)
		return;
	arena = arena_new();
	for (size_t i = 0; data_trees[i] != NULL; i++) {
		const struct yaml_tree *tree = data_trees[i];

		if (strncmp(tree->file, "fixes/", 6) != 0)
			continue;
		for (size_t k = 0; k < yaml_count(&tree->nodes[0]); k++)
			read_fix(arena, tree, yaml_item(tree, &tree->nodes[0], k));
	}
}

size_t
fix_count(void)
{
	load();
	return n_fixes;
}

const struct fix *
fix_at(size_t i)
{
	load();
	return i < n_fixes ? &fixes[i] : NULL;
}

const struct fix *
fix_find(const char *id)
{
	for (size_t i = 0; i < fix_count(); i++)
		if (strcmp(fixes[i].id, id) == 0)
			return &fixes[i];
	return NULL;
}
