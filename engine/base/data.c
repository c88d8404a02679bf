/* SPDX-License-Identifier: ISC
 * Finds embedded data by its path below data/. */
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

const struct data_file *
data_embedded(const char *file)
{
	for (size_t i = 0; data_files[i].file != NULL; i++)
		if (strcmp(data_files[i].file, file) == 0)
			return &data_files[i];
	return NULL;
}
