/* SPDX-License-Identifier: ISC
 * Templates of data/panels/: text with {places}. The same template writes a
 * record and reads it back. */
#ifndef WB_CARD_TEMPLATE_H
#define WB_CARD_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/base/arena.h"
#include "engine/base/str.h"
#include "engine/remedy/card_code.h"

enum card_place {
	PLACE_NAME,      /* {name}: as the panel wants names */
	PLACE_FULL,      /* {full}: mail.example.com */
	PLACE_DOTTED,    /* {dotted}: mail.example.com. */
	PLACE_ZONE,      /* {zone}: example.com */
	PLACE_TYPE,      /* {type} */
	PLACE_VALUE,     /* {value}: of an MX with its preference */
	PLACE_HOST,      /* {host}: of an MX, CNAME, PTR */
	PLACE_PRIORITY,  /* {priority}: of an MX */
	PLACE_BODY,      /* {body}: a template in a template */
	PLACE_ITEMS,     /* {items}: one of {value} each, with "between" */
	N_PLACES
};

struct card_template {
	const char *text;
	const struct card_code *inside;
	const char *item, *between;   /* what {items} is made of, or NULL */
};

/* What stands at the places: fields[PLACE_X], NULL where there is nothing. */
struct card_fields {
	const char *at[N_PLACES];
	const char *const *items;     /* the values of {items}, NULL-terminated */
};

/* Does the template have this place? */
bool card_template_has(const char *text, enum card_place place);

/* Append TEMPLATE with FIELDS in it. False: a place has no field. */
bool card_template_write(const struct card_template *template,
    const struct card_fields *fields, struct str *out)
	__attribute__((warn_unused_result));

/* Read what TEMPLATE wrote at *AT, which moves behind it. STOPS: characters
 * that end a place that stands last. A place that comes twice must say the
 * same. False: it does not read as that template. Arena-owned. */
bool card_template_read(struct arena *arena,
    const struct card_template *template, const char **at, const char *stops,
    struct card_fields *fields) __attribute__((warn_unused_result));

#endif
