/* SPDX-License-Identifier: ISC
 * Finds an embedded tree by its path below data/. */
#include "config.h"

#include "engine/base/yaml.h"

#include <string.h>

const struct yaml_tree *
yaml_embedded(const char *file)
{
	for (size_t i = 0; data_trees[i] != NULL; i++)
		if (strcmp(data_trees[i]->file, file) == 0)
			return data_trees[i];
	return NULL;
}
