/* SPDX-License-Identifier: ISC
 * Any bytes as YAML: a tree whose offsets are all inside it, or a fault with
 * file, line and column. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const struct yaml_tree *tree)
{
	for (size_t i = 0; i < tree->n_nodes; i++) {
		const struct yaml_node *n = &tree->nodes[i];

		if (n->kind > YAML_MAP || n->key >= tree->text_len ||
		    n->value >= tree->text_len || n->line == 0 ||
		    n->column == 0 ||
		    n->first_child + n->n_children > tree->n_nodes ||
		    (n->n_children > 0 && n->first_child <= i))
			abort();
	}
	if (tree->text[0] != '\0' || tree->text[tree->text_len - 1] != '\0')
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct yaml_tree *tree;
	struct str err;

	str_init(&err, 1000);
	if (yaml_parse(arena, "x", (const char *)data, size, &tree, &err))
		check(tree);
	else if (strncmp(err.text, "x:", 2) != 0)
		abort();
	str_free(&err);
	arena_free(&arena);
	return 0;
}
