/* SPDX-License-Identifier: ISC
 * Reading a YAML tree, however it was made. Knows the layout of the nodes and
 * nothing of a YAML library. */
#include "config.h"

#include "engine/base/yaml.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"

const struct yaml_node *
yaml_get(const struct yaml_tree *tree, const struct yaml_node *map,
    const char *key)
{
	if (map == NULL || map->kind != YAML_MAP)
		return NULL;
	for (size_t i = 0; i < map->n_children; i++) {
		const struct yaml_node *n = &tree->nodes[map->first_child + i];

		if (strcmp(tree->text + n->key, key) == 0)
			return n;
	}
	return NULL;
}

const char *
yaml_text(const struct yaml_tree *tree, const struct yaml_node *node)
{
	if (node == NULL || node->kind != YAML_SCALAR)
		return NULL;
	return tree->text + node->value;
}

const char *
yaml_string(const struct yaml_tree *tree, const struct yaml_node *map,
    const char *key)
{
	return yaml_text(tree, yaml_get(tree, map, key));
}

const struct yaml_node *
yaml_item(const struct yaml_tree *tree, const struct yaml_node *node, size_t i)
{
	if (i >= yaml_count(node))
		return NULL;
	if (node->kind == YAML_SCALAR)
		return node;
	return &tree->nodes[node->first_child + i];
}

size_t
yaml_count(const struct yaml_node *node)
{
	if (node == NULL)
		return 0;
	return node->kind == YAML_SCALAR ? 1 : node->n_children;
}

const char *
yaml_key(const struct yaml_tree *tree, const struct yaml_node *node)
{
	return node != NULL ? tree->text + node->key : NULL;
}

bool
yaml_only(const struct yaml_tree *tree, const struct yaml_node *map,
    const char *const *allowed, struct str *err)
{
	for (size_t i = 0; map != NULL && i < map->n_children; i++) {
		const struct yaml_node *n = &tree->nodes[map->first_child + i];
		const char *const *a = allowed;

		while (*a != NULL && strcmp(*a, tree->text + n->key) != 0)
			a++;
		if (*a == NULL) {
			yaml_fault(tree, n, err, _("unknown key '%s'"),
			    tree->text + n->key);
			return false;
		}
	}
	return true;
}

void
yaml_fault(const struct yaml_tree *tree, const struct yaml_node *node,
    struct str *err, const char *format, ...)
{
	char reason[512];
	va_list ap;

	va_start(ap, format);
	vsnprintf(reason, sizeof reason, format, ap);
	va_end(ap);
	str_addf(err, "%s:%u:%u: ", tree->file,
	    node != NULL ? node->line : 1, node != NULL ? node->column : 1);
	text_clean(err, reason, strlen(reason), false);
}
