/* SPDX-License-Identifier: ISC
 * The bundled cases: data/demo/ID-NAME/{facts,bounce}, embedded. */
#ifndef WB_DEMO_H
#define WB_DEMO_H

#include <stddef.h>

#include "engine/base/arena.h"
#include "engine/base/yaml.h"

/* The embedded file NAME ("facts", "bounce") of the case ID ("3b"), or NULL. */
const struct data_file *demo_file(const char *id, const char *name);

/* The cases in order: id ("3b") and title, translated. NULL past the end.
 * The id is valid until the next call. */
const char *demo_id(size_t i);
const char *demo_title(struct arena *arena, size_t i);

#endif
