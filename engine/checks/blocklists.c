/* SPDX-License-Identifier: ISC
 * Knows the form of data/blocklists.yaml and how a server's own file changes
 * it. Hides the reading. */
#include "config.h"

#include "engine/checks/blocklists.h"

#include <errno.h>
#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/world/facts.h"
#include "engine/world/file.h"

#define FILE_SIZE_MAX (256u << 10)

static const char *const keys[] = {
	"zone", "name", "lists", "ipv6", "listed", "clear", "remove", "way",
	"refuse", "codes", "ask", NULL
};
static const char *const code_keys[] = {
	"list", "kind", "meaning", "way", NULL
};

/* The value of KEY, or OTHERWISE. */
static const char *
string_or(const struct yaml_tree *tree, const struct yaml_node *node,
    const char *key, const char *otherwise)
{
	const char *text = yaml_string(tree, node, key);

	return text != NULL ? text : otherwise;
}

static struct blocklist
read_list(const struct yaml_tree *tree, const struct yaml_node *node)
{
	const char *zone = yaml_string(tree, node, "zone");

	return (struct blocklist){
		.zone = zone,
		.name = string_or(tree, node, "name", zone),
		/* RFC 5782 5 */
		.listed = string_or(tree, node, "listed", "2.0.0.127"),
		.clear = string_or(tree, node, "clear", "1.0.0.127"),
		.remove = yaml_string(tree, node, "remove"),
		.way = yaml_string(tree, node, "way"),
		.domains = text_same(yaml_string(tree, node, "lists"), "domain"),
		.ipv6 = !text_same(yaml_string(tree, node, "ipv6"), "no"),
		.tree = tree,
		.node = node,
	};
}

/* Put the list of NODE in, in the place of one for the same zone. */
static void
take_list(struct blocklists *all, const struct yaml_tree *tree,
    const struct yaml_node *node)
{
	struct blocklist list = read_list(tree, node);
	bool asked = !text_same(yaml_string(tree, node, "ask"), "no");
	size_t i = 0;

	while (i < all->n && !text_same(all->list[i].zone, list.zone))
		i++;
	if (asked && i < BLOCKLISTS_MAX) {
		all->list[i] = list;
		all->n += i == all->n;
	} else if (!asked && i < all->n) {
		memmove(&all->list[i], &all->list[i + 1],
		    (all->n - i - 1) * sizeof list);
		all->n--;
	}
}

static void
take_all(struct blocklists *all, const struct yaml_tree *tree)
{
	for (size_t i = 0; i < yaml_count(&tree->nodes[0]); i++)
		take_list(all, tree, yaml_item(tree, &tree->nodes[0], i));
}

/* A map of answers, each a map of its own. */
static bool
good_codes(const struct yaml_tree *tree, const struct yaml_node *list,
    const char *key, struct str *err)
{
	const struct yaml_node *codes = yaml_get(tree, list, key);

	if (codes == NULL)
		return true;
	if (codes->kind != YAML_MAP) {
		yaml_fault(tree, codes, err, _("%s must be a map"), key);
		return false;
	}
	for (size_t i = 0; i < yaml_count(codes); i++) {
		const struct yaml_node *code = yaml_item(tree, codes, i);

		if (code->kind != YAML_MAP) {
			yaml_fault(tree, code, err, _("%s must be a map"),
			    yaml_key(tree, code));
			return false;
		}
		if (!yaml_only(tree, code, code_keys, err))
			return false;
	}
	return true;
}

static bool
good_list(struct arena *arena, const struct yaml_tree *tree,
    const struct yaml_node *list, struct str *err)
{
	const char *zone = list->kind == YAML_MAP ?
	    yaml_string(tree, list, "zone") : NULL;

	/* 200 octets leave room for an IPv6 address in front (RFC 1035 2.3.4) */
	if (zone == NULL || strchr(zone, '.') == NULL || strlen(zone) > 180 ||
	    dns_reverse(arena, "127.0.0.2", zone) == NULL) {
		yaml_fault(tree, list, err,
		    _("a block list needs \"zone:\" with its domain name"));
		return false;
	}
	return yaml_only(tree, list, keys, err) &&
	    good_codes(tree, list, "refuse", err) &&
	    good_codes(tree, list, "codes", err);
}

/* The file's tree when all of it is good, else NULL and a line in ERR. */
static const struct yaml_tree *
read_file(struct arena *arena, const char *file, struct str *err)
{
	struct yaml_tree *tree = NULL;
	struct str text, reason;
	int error;
	bool ok = false;

	str_init(&text, FILE_SIZE_MAX);
	str_init(&reason, 4096);
	error = file_read(file, &text);
	if (error != 0 && error != ENOENT)
		str_addf(&reason, "%s: %s", file, strerror(error));
	else if (error == 0 && text.cut)
		str_addf(&reason, "%s: %s", file, _("the file is too large"));
	else if (error == 0)
		ok = yaml_parse(arena, file, text.text, text.len, &tree, &reason);
	for (size_t i = 0; ok && i < yaml_count(&tree->nodes[0]); i++)
		ok = good_list(arena, tree, yaml_item(tree, &tree->nodes[0], i),
		    &reason);
	if (reason.len != 0)
		str_addf(err, "%s%s", err->len != 0 ? "\n" : "", reason.text);
	str_free(&reason);
	str_free(&text);
	return ok ? tree : NULL;
}

const struct blocklists *
blocklists_load(struct arena *arena, const char *directory, struct str *err)
{
	struct blocklists *all = arena_alloc(arena, sizeof *all);
	const struct yaml_tree *tree = yaml_embedded("blocklists.yaml");

	if (tree != NULL)
		take_all(all, tree);
	if (directory == NULL)
		return all;
	tree = read_file(arena, arena_printf(arena, "%s/blocklists.yaml",
	    directory), err);
	if (tree != NULL)
		take_all(all, tree);
	return all;
}

static const char *
translated(const char *text)
{
	return text != NULL && *text != '\0' ? _(text) : NULL;
}

struct blocklist_code
blocklist_code(const struct blocklist *list, const char *answer)
{
	const struct yaml_node *refuse = yaml_get(list->tree,
	    yaml_get(list->tree, list->node, "refuse"), answer);
	const struct yaml_node *code = yaml_get(list->tree,
	    yaml_get(list->tree, list->node, "codes"), answer);
	/* every list keeps 127.255.255.0/24 for its troubles */
	struct blocklist_code out = {
		.refused = refuse != NULL || text_starts(answer, "127.255.255."),
		.known = code != NULL,
		.way = translated(list->way),
	};

	if (refuse != NULL)
		out.meaning = translated(yaml_string(list->tree, refuse,
		    "meaning"));
	if (code == NULL || out.refused)
		return out;
	out.list = yaml_string(list->tree, code, "list");
	out.kind = yaml_string(list->tree, code, "kind");
	out.meaning = translated(yaml_string(list->tree, code, "meaning"));
	if (yaml_string(list->tree, code, "way") != NULL)
		out.way = translated(yaml_string(list->tree, code, "way"));
	return out;
}
