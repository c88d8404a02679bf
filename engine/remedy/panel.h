/* SPDX-License-Identifier: ISC
 * The DNS panels and tools of data/panels/: how each wants a record. docs/ADDING
 * says what the keys mean. */
#ifndef WB_PANEL_H
#define WB_PANEL_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/base/yaml.h"
#include "engine/remedy/card_template.h"
#include "engine/world/facts.h"

enum panel_names { NAMES_RELATIVE, NAMES_FULL, NAMES_DOTTED };

struct panel {
	const char *id;
	const char *title;           /* not translated yet */
	enum panel_names names;      /* what {name} is */
	const char *apex;            /* {name} of the zone itself */
	bool absolute;               /* names outside the zone, with a dot */
	bool dotted_hosts;           /* {host} ends with a dot */
	bool lower_types;            /* "txt" */
	bool words;                  /* its texts are words, translated */
	bool whole_set;              /* a card replaces all records of the name
	                                and type */
	size_t limit;                /* octets of a TXT value; 0: none known */
	const struct card_quotes *quotes;
	const struct card_code *inside, *body_inside;
	const struct yaml_tree *tree;
};

/* All of them: "generic" and "bind", then by title. */
size_t panel_count(void);
const struct panel *panel_at(size_t i);
const struct panel *panel_find(const char *id);      /* or NULL */

/* Does the panel run the name server NAME (an NS record's value)? */
bool panel_runs(const struct panel *panel, const char *name);

/* Can the panel hold records of this type? */
bool panel_takes(const struct panel *panel, enum dns_type type);

/* The text of KEY, which may differ by type ("record: {TXT: …, any: …}");
 * NULL: there is none. */
const char *panel_text(const struct panel *panel, const char *key,
    enum dns_type type);

/* The I-th sentence about the panel that applies when CONDITIONS (words that
 * hold now: "TXT", "long", "existing", "removed") do; translated. NULL: no
 * more. */
const char *panel_note(const struct panel *panel,
    const char *const *conditions, size_t i);

#endif
