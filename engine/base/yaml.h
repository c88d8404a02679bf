/* SPDX-License-Identifier: ISC
 * Data files as a tree of nodes. The only file that knows libfyaml is yaml.c;
 * the trees of our own data/ are made at build time (engine/base/mkdata.c) and
 * look the same to their readers. */
#ifndef WB_YAML_H
#define WB_YAML_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/base/arena.h"
#include "engine/base/str.h"

enum yaml_kind {
	YAML_SCALAR,
	YAML_LIST,
	YAML_MAP
};

/* One node. Children lie one after another: node[first_child] …
 * node[first_child + n_children - 1] of the tree. Strings are offsets into the
 * tree's text, so that an embedded tree needs no relocation at start. */
struct yaml_node {
	unsigned char kind;
	unsigned int key;            /* offset of the key; 0 (empty) in a list */
	unsigned int value;          /* offset of a scalar's text */
	unsigned int first_child;
	unsigned int n_children;
	unsigned int line, column;   /* counted from 1, of the value */
};

struct yaml_tree {
	const char *file;            /* for messages: path below data/ or a path */
	const char *text;            /* all strings; offset 0 is "" */
	const struct yaml_node *nodes; /* nodes[0] is the root */
	size_t n_nodes;
	size_t text_len;
};

/* Read LEN octets of YAML named FILE. False: ERR holds "file:line:column:
 * reason". Anchors are resolved, duplicate keys refused. The tree belongs to
 * the arena. */
bool yaml_parse(struct arena *arena, const char *file, const char *text,
    size_t len, struct yaml_tree **tree, struct str *err)
	__attribute__((warn_unused_result));

/* A map's child by its key, or NULL. */
const struct yaml_node *yaml_get(const struct yaml_tree *tree,
    const struct yaml_node *map, const char *key);

/* A scalar's text; NULL when NODE is NULL or not a scalar. */
const char *yaml_text(const struct yaml_tree *tree,
    const struct yaml_node *node);

/* yaml_text(yaml_get()). */
const char *yaml_string(const struct yaml_tree *tree,
    const struct yaml_node *map, const char *key);

/* The I-th child of a list or map; NULL past the end. A scalar counts as a
 * list of itself, so that "text: one" and "text: [one, two]" read the same. */
const struct yaml_node *yaml_item(const struct yaml_tree *tree,
    const struct yaml_node *node, size_t i);
size_t yaml_count(const struct yaml_node *node);
const char *yaml_key(const struct yaml_tree *tree,
    const struct yaml_node *node);

/* Every key of MAP must be in ALLOWED (NULL-terminated). False: ERR says which
 * one is unknown, and where. */
bool yaml_only(const struct yaml_tree *tree, const struct yaml_node *map,
    const char *const *allowed, struct str *err)
	__attribute__((warn_unused_result));

/* "file:line:column: " followed by the formatted reason, into ERR. */
void yaml_fault(const struct yaml_tree *tree, const struct yaml_node *node,
    struct str *err, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* The embedded data: every *.yaml below data/, by its path there
 * ("classes.yaml", "bounces/google.yaml"); and the demo cases' files as plain
 * text ("demo/1-relayhost/facts"). Sorted by name, ended by a NULL file. */
struct data_file {
	const char *file;
	const char *text;
	size_t len;
};
extern const struct yaml_tree *const data_trees[];
extern const struct data_file data_files[];

/* The embedded tree of FILE (data.c), or NULL. */
const struct yaml_tree *yaml_embedded(const char *file);

#endif
