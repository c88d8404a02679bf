/* SPDX-License-Identifier: ISC
 * data/classes.yaml as a table. Hides when it is read. */
#include "config.h"

#include "engine/bounce/classes.h"

#include <stdlib.h>

#include "engine/base/arena.h"
#include "engine/base/text.h"
#include "engine/base/yaml.h"

static struct refusal_class *table;
static size_t table_n;

static void
load(void)
{
	const struct yaml_tree *tree = NULL;
	const struct yaml_node *list, *item;

	if (table != NULL)
		return;
	for (size_t i = 0; data_trees[i] != NULL; i++)
		if (text_same(data_trees[i]->file, "classes.yaml"))
			tree = data_trees[i];
	list = tree != NULL ? &tree->nodes[0] : NULL;
	table = mem_alloc((yaml_count(list) + 1) * sizeof *table);
	for (size_t i = 0; i < yaml_count(list); i++) {
		item = yaml_item(tree, list, i);
		table[table_n++] = (struct refusal_class){
			.id = yaml_string(tree, item, "id"),
			.meaning = yaml_string(tree, item, "meaning"),
			.plain = yaml_string(tree, item, "plain"),
			.who = yaml_string(tree, item, "who"),
			.first = yaml_string(tree, item, "first"),
		};
	}
}

const struct refusal_class *
class_find(const char *id)
{
	load();
	for (size_t i = 0; i < table_n; i++)
		if (text_same(table[i].id, id))
			return &table[i];
	return NULL;
}

size_t
class_count(void)
{
	load();
	return table_n;
}

const struct refusal_class *
class_at(size_t i)
{
	load();
	return i < table_n ? &table[i] : NULL;
}
