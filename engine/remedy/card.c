/* SPDX-License-Identifier: ISC
 * Fills the record templates of data/panels/. */
#include "config.h"

#include "engine/remedy/card.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/fill.h"
#include "engine/base/i18n.h"
#include "engine/base/str.h"
#include "engine/base/text.h"
#include "engine/base/yaml.h"

#define CARD_MAX 16384
#define PANELS_MAX 64
#define STRING_MAX 255     /* octets in one character-string, RFC 1035 3.3 */

static const struct yaml_tree *panels[PANELS_MAX];
static size_t n_panels;

static void
load(void)
{
	static const char *const first[] = {
		"panels/generic.yaml", "panels/bind.yaml",
	};

	if (n_panels != 0)
		return;
	for (size_t i = 0; i < sizeof first / sizeof first[0]; i++)
		if (yaml_embedded(first[i]) != NULL)
			panels[n_panels++] = yaml_embedded(first[i]);
	for (size_t i = 0; data_trees[i] != NULL; i++) {
		bool known = strncmp(data_trees[i]->file, "panels/", 7) != 0;

		for (size_t k = 0; k < n_panels && !known; k++)
			known = panels[k] == data_trees[i];
		if (!known && n_panels < PANELS_MAX)
			panels[n_panels++] = data_trees[i];
	}
}

static const char *
setting(size_t i, const char *key)
{
	const char *text = yaml_string(panels[i], &panels[i]->nodes[0], key);

	return text != NULL ? text : "";
}

size_t
card_panels(void)
{
	load();
	return n_panels;
}

const char *
card_panel_id(size_t i)
{
	return i < card_panels() ? setting(i, "id") : NULL;
}

const char *
card_panel_title(size_t i)
{
	return i < card_panels() ? _(setting(i, "title")) : NULL;
}

/* "@" for the zone itself, "mail" for mail.ZONE, else the full name. */
static const char *
relative(struct arena *arena, const char *name, const char *zone,
    const char *apex)
{
	if (zone == NULL || !text_domain_below(name, zone))
		return arena_printf(arena, "%s.", name);
	if (strcmp(name, zone) == 0)
		return apex;
	return arena_strndup(arena, name, strlen(name) - strlen(zone) - 1);
}

/* A TXT value as quoted strings of at most 255 octets, as zone files want it. */
static const char *
quoted(struct arena *arena, const char *value)
{
	struct str out;
	size_t len = strlen(value);
	const char *text;

	str_init(&out, CARD_MAX);
	for (size_t i = 0; i == 0 || i < len; i += STRING_MAX) {
		str_adds(&out, i == 0 ? "\"" : " \"");
		for (size_t k = i; k < len && k < i + STRING_MAX; k++) {
			if (value[k] == '"' || value[k] == '\\')
				str_addc(&out, '\\');
			str_addc(&out, value[k]);
		}
		str_addc(&out, '"');
	}
	text = arena_strdup(arena, out.text);
	str_free(&out);
	return text;
}

static bool
is_name(enum dns_type type)
{
	return type == DNS_PTR || type == DNS_CNAME || type == DNS_NS ||
	    type == DNS_MX;
}

const char *
card_record(struct arena *arena, size_t i, const char *zone,
    const char *name, enum dns_type type, const char *value)
{
	const char *type_name = dns_type_name(type);
	const char *shown = type == DNS_TXT &&
	    text_same(setting(i, "quotes"), "zone") ? quoted(arena, value) :
	    is_name(type) && text_same(setting(i, "names"), "dotted") ?
	    arena_printf(arena, "%s.", value) : value;

	return fill_text(arena, setting(i, "record"),
	    (const struct placeholder[]){
		{ "type", text_same(setting(i, "type"), "lower") ?
		    text_domain(arena, type_name, strlen(type_name)) :
		    type_name },
		{ "name", relative(arena, name, zone, "@") },
		{ "full", name },
		{ "value", shown },
		{ NULL, NULL },
	    });
}

static void
add_change(struct arena *arena, const struct change *change, size_t i,
    struct str *out)
{
	for (size_t k = 0; change->after[k] != NULL; k++) {
		str_adds(out, card_record(arena, i, change->zone, change->name,
		    change->type, change->after[k]));
		str_addc(out, '\n');
	}
}

const char *
card_text(struct arena *arena, const struct step *step, size_t i)
{
	struct str out;
	const char *text;

	str_init(&out, CARD_MAX);
	for (size_t k = 0; k < step->n_changes; k++)
		if (step->changes[k].kind == CHANGE_DNS)
			add_change(arena, &step->changes[k], i, &out);
	text = out.len == 0 ? NULL : arena_strndup(arena, out.text, out.len);
	str_free(&out);
	return text;
}
