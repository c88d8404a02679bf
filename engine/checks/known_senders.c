/* SPDX-License-Identifier: ISC
 * Reads data/senders.yaml once. */
#include "config.h"

#include "engine/checks/known_senders.h"

#include <stdbool.h>
#include <string.h>

#include "engine/base/arena.h"
#include "engine/base/text.h"
#include "engine/base/yaml.h"
#include "engine/world/dns_name.h"

static struct known_sender *senders;
static size_t n_senders;

static const char *const *
read_hosts(struct arena *arena, const struct yaml_tree *tree,
    const struct yaml_node *list)
{
	size_t n = list != NULL ? yaml_count(list) : 0;
	const char **hosts = arena_array(arena, n + 1, sizeof *hosts);

	for (size_t i = 0; i < n; i++)
		hosts[i] = yaml_text(tree, yaml_item(tree, list, i));
	return hosts;
}

static void
load(void)
{
	static struct arena *arena;   /* lives as long as the program */
	const struct yaml_tree *tree = yaml_embedded("senders.yaml");

	if (arena != NULL || tree == NULL)
		return;
	arena = arena_new();
	n_senders = yaml_count(&tree->nodes[0]);
	senders = arena_array(arena, n_senders, sizeof *senders);
	for (size_t i = 0; i < n_senders; i++) {
		const struct yaml_node *node =
		    yaml_item(tree, &tree->nodes[0], i);

		senders[i].name = yaml_string(tree, node, "name");
		senders[i].include = yaml_string(tree, node, "include");
		senders[i].hosts =
		    read_hosts(arena, tree, yaml_get(tree, node, "hosts"));
	}
}

const struct known_sender *
known_sender_by_include(const char *domain)
{
	load();
	for (size_t i = 0; i < n_senders; i++)
		if (senders[i].include != NULL &&
		    text_same(senders[i].include, domain))
			return &senders[i];
	return NULL;
}

const char *
known_sender_include(struct arena *arena, const char *who)
{
	const struct known_sender *found = NULL;
	char name[DNS_NAME_SIZE];

	load();
	for (size_t i = 0; *who != '\0' && i < n_senders; i++) {
		if (!text_starts(senders[i].name, who) ||
		    senders[i].include == NULL)
			continue;
		if (text_same(senders[i].name, who))
			return senders[i].include;
		if (found != NULL)
			return NULL;
		found = &senders[i];
	}
	if (found != NULL)
		return found->include;
	if (text_starts(who, "include:"))
		who += strlen("include:");
	return strchr(who, '.') != NULL &&
	    dns_name_normal(who, strlen(who), name) ?
	    arena_strdup(arena, name) : NULL;
}

const struct known_sender *
known_sender_by_host(const char *host)
{
	load();
	for (size_t i = 0; i < n_senders; i++)
		for (size_t k = 0; senders[i].hosts[k] != NULL; k++)
			if (text_domain_below(host, senders[i].hosts[k]))
				return &senders[i];
	return NULL;
}

bool
known_mailbox_domain(const char *domain)
{
	const struct yaml_tree *tree = yaml_embedded("mailbox_domains.yaml");

	for (size_t i = 0; tree != NULL && i < yaml_count(&tree->nodes[0]); i++)
		if (text_same(domain, yaml_text(tree,
		    yaml_item(tree, &tree->nodes[0], i))))
			return true;
	return false;
}
