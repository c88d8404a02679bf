/* SPDX-License-Identifier: ISC
 * Which block lists there are, and what their answers mean: data/blocklists.yaml
 * and the server's own file. Asks nothing. */
#ifndef WB_BLOCKLISTS_H
#define WB_BLOCKLISTS_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/base/arena.h"
#include "engine/base/str.h"
#include "engine/base/yaml.h"

#define BLOCKLISTS_MAX 32

struct blocklist {
	const char *zone, *name;
	const char *listed, *clear;  /* test entries, before the zone */
	const char *remove, *way;    /* may be NULL */
	bool domains;                /* it lists domains, not addresses */
	bool ipv6;                   /* it lists IPv6 addresses, too */
	const struct yaml_tree *tree;
	const struct yaml_node *node;
};

struct blocklists {
	struct blocklist list[BLOCKLISTS_MAX];
	size_t n;
};

/* The embedded lists, and those of DIRECTORY/blocklists.yaml (NULL: none),
 * which take the place of embedded ones for the same zone or, with "ask: no",
 * take them out. A file with a fault is left out whole, and ERR (may be NULL
 * without DIRECTORY) gets a line for it. Never NULL; belongs to ARENA. */
const struct blocklists *blocklists_load(struct arena *arena,
    const char *directory, struct str *err);

/* What one answer of a list means. */
struct blocklist_code {
	bool refused;                /* "we do not answer you" */
	bool known;                  /* it stands in the list's codes */
	const char *list;            /* the part of the list, or NULL */
	const char *kind;            /* "policy", "network", or NULL */
	const char *meaning, *way;   /* translated; may be NULL */
};

/* ANSWER is an address as text ("127.0.0.3"). */
struct blocklist_code blocklist_code(const struct blocklist *list,
    const char *answer);

#endif
