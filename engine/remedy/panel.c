/* SPDX-License-Identifier: ISC
 * Reads data/panels/. Hides how the files are laid out. */
#include "config.h"

#include "engine/remedy/panel.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"

#define PANELS_MAX 64
#define FOLDER "panels/"

static struct panel panels[PANELS_MAX];
static size_t n_panels;

static const struct yaml_node *
node(const struct panel *panel, const char *key)
{
	return yaml_get(panel->tree, &panel->tree->nodes[0], key);
}

static const char *
setting(const struct panel *panel, const char *key, const char *otherwise)
{
	const char *text = yaml_text(panel->tree, node(panel, key));

	return text != NULL ? text : otherwise;
}

static bool
is_yes(const struct panel *panel, const char *key)
{
	return strcmp(setting(panel, key, "no"), "yes") == 0;
}

static enum panel_names
names_of(const struct panel *panel)
{
	const char *text = setting(panel, "names", "relative");

	return strcmp(text, "full") == 0 ? NAMES_FULL :
	    strcmp(text, "dotted") == 0 ? NAMES_DOTTED : NAMES_RELATIVE;
}

static void
add(const struct yaml_tree *tree)
{
	struct panel *p = &panels[n_panels];

	if (n_panels == PANELS_MAX)
		return;
	*p = (struct panel){ .tree = tree };
	p->id = setting(p, "id", "");
	p->title = setting(p, "title", "");
	p->names = names_of(p);
	p->apex = setting(p, "apex", "@");
	p->absolute = is_yes(p, "absolute");
	p->dotted_hosts = is_yes(p, "dotted-hosts");
	p->lower_types = is_yes(p, "lower-types");
	p->words = is_yes(p, "words");
	p->whole_set = is_yes(p, "whole-set");
	p->limit = strtoul(setting(p, "limit", "0"), NULL, 10);
	p->quotes = card_quotes_find(setting(p, "quotes", "none"));
	p->inside = card_code_find(setting(p, "inside", "line"));
	p->body_inside = card_code_find(setting(p, "body-inside", "line"));
	if (p->quotes != NULL && p->inside != NULL && p->body_inside != NULL)
		n_panels++;
}

/* The ones for everybody come first. */
static int
rank(const struct panel *panel)
{
	return strcmp(panel->id, "generic") == 0 ? 0 :
	    strcmp(panel->id, "bind") == 0 ? 1 : 2;
}

static int
compare(const void *a, const void *b)
{
	const struct panel *x = a, *y = b;

	return rank(x) != rank(y) ? rank(x) - rank(y) :
	    strcmp(x->title, y->title);
}

static void
load(void)
{
	if (n_panels != 0)
		return;
	for (size_t i = 0; data_trees[i] != NULL; i++)
		if (strncmp(data_trees[i]->file, FOLDER, strlen(FOLDER)) == 0)
			add(data_trees[i]);
	qsort(panels, n_panels, sizeof panels[0], compare);
}

size_t
panel_count(void)
{
	load();
	return n_panels;
}

const struct panel *
panel_at(size_t i)
{
	return i < panel_count() ? &panels[i] : NULL;
}

const struct panel *
panel_find(const char *id)
{
	for (size_t i = 0; i < panel_count(); i++)
		if (strcmp(panels[i].id, id) == 0)
			return &panels[i];
	return NULL;
}

bool
panel_runs(const struct panel *panel, const char *name)
{
	const struct yaml_node *servers = node(panel, "servers");

	for (size_t i = 0; i < yaml_count(servers); i++) {
		const char *pattern = yaml_text(panel->tree,
		    yaml_item(panel->tree, servers, i));

		if (pattern != NULL && fnmatch(pattern, name, 0) == 0)
			return true;
	}
	return false;
}

bool
panel_takes(const struct panel *panel, enum dns_type type)
{
	const struct yaml_node *types = node(panel, "types");

	for (size_t i = 0; i < yaml_count(types); i++)
		if (text_same(yaml_text(panel->tree,
		    yaml_item(panel->tree, types, i)), dns_type_name(type)))
			return true;
	return false;
}

const char *
panel_text(const struct panel *panel, const char *key, enum dns_type type)
{
	const struct yaml_node *found = node(panel, key);
	const char *text;

	if (found == NULL || found->kind == YAML_SCALAR)
		return yaml_text(panel->tree, found);
	text = yaml_string(panel->tree, found, dns_type_name(type));
	if (text == NULL)
		text = yaml_string(panel->tree, found, "any");
	return text != NULL && panel->words ? _(text) : text;
}

static bool
applies(const char *when, const char *const *conditions)
{
	for (size_t i = 0; when != NULL && conditions[i] != NULL; i++)
		if (strcmp(conditions[i], when) == 0)
			return true;
	return when == NULL;
}

const char *
panel_note(const struct panel *panel, const char *const *conditions, size_t i)
{
	const struct yaml_node *notes = node(panel, "notes");

	for (size_t k = 0; k < yaml_count(notes); k++) {
		const struct yaml_node *note =
		    yaml_item(panel->tree, notes, k);
		const char *text = yaml_string(panel->tree, note, "note");

		if (text != NULL && applies(yaml_string(panel->tree, note,
		    "when"), conditions) && i-- == 0)
			return _(text);
	}
	return NULL;
}
