/* SPDX-License-Identifier: ISC
 * Writes records for panels and reads them back. Knows the forms of names and
 * hosts; hides that every text is compared with its record. */
#include "config.h"

#include "engine/remedy/card_record.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/text.h"
#include "engine/remedy/card.h"

struct writing {
	struct arena *arena;
	const struct panel *panel;
	const struct card_change *change;
	struct str *out;
};

static bool
has_host(enum dns_type type)
{
	return type == DNS_PTR || type == DNS_CNAME || type == DNS_MX ||
	    type == DNS_NS;
}

/* ---- names ---- */

/* Letters, digits, and what mail's names need; anything else is for zone
 * files only. */
static bool
is_plain_name(const char *name)
{
	return name[strspn(name, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.*")] == '\0';
}

static const char *
relative(const struct writing *w)
{
	const char *name = w->change->name, *zone = w->change->zone;

	if (zone != NULL && text_same(name, zone))
		return w->panel->apex;
	if (zone != NULL && text_domain_below(name, zone))
		return arena_strndup(w->arena, name,
		    strlen(name) - strlen(zone) - 1);
	return w->panel->absolute ? arena_printf(w->arena, "%s.", name) : NULL;
}

static const char *
name_form(const struct writing *w)
{
	switch (w->panel->names) {
	case NAMES_RELATIVE:
		return relative(w);
	case NAMES_FULL:
		return w->change->name;
	case NAMES_DOTTED:
		return arena_printf(w->arena, "%s.", w->change->name);
	}
	return NULL;
}

/* The name that the panel makes of what it reads. */
static const char *
read_name(const struct writing *w, const char *text)
{
	size_t len = strlen(text);

	if (w->panel->names == NAMES_FULL)
		return text;
	if (len > 0 && text[len - 1] == '.')
		return arena_strndup(w->arena, text, len - 1);
	if (w->panel->names == NAMES_DOTTED || w->change->zone == NULL)
		return NULL;
	if (strcmp(text, w->panel->apex) == 0)
		return w->change->zone;
	return arena_printf(w->arena, "%s.%s", text, w->change->zone);
}

/* ---- values ---- */

static const char *
host_form(const struct writing *w, const char *host)
{
	size_t len = strlen(host);

	if (!w->panel->dotted_hosts || (len > 0 && host[len - 1] == '.'))
		return host;
	return arena_printf(w->arena, "%s.", host);
}

static const char *
read_host(const struct writing *w, const char *text)
{
	size_t len = strlen(text);

	if (!w->panel->dotted_hosts || strcmp(text, ".") == 0)
		return text;
	return len > 1 && text[len - 1] == '.' ?
	    arena_strndup(w->arena, text, len - 1) : NULL;
}

static const char *
taken(struct arena *arena, struct str *text, bool ok)
{
	const char *copy = ok && !text->cut && strlen(text->text) == text->len ?
	    arena_strndup(arena, text->text, text->len) : NULL;

	str_free(text);
	return copy;
}

/* {value}: a TXT value in quotes, a host with its dot. NULL: not possible. */
static const char *
value_form(const struct writing *w, const char *value)
{
	const char *host = strchr(value, ' ');
	struct str text;
	bool ok;

	if (w->change->type == DNS_MX)
		return host == NULL ? NULL : arena_printf(w->arena, "%.*s %s",
		    (int)(host - value), value, host_form(w, host + 1));
	if (has_host(w->change->type))
		return host_form(w, value);
	if (w->change->type != DNS_TXT)
		return value;
	if (w->panel->limit != 0 && strlen(value) > w->panel->limit)
		return NULL;
	str_init(&text, CARD_MAX);
	ok = w->panel->quotes->write(value, &text);
	return taken(w->arena, &text, ok);
}

/* The record's data as the panel understands {value}. */
static const char *
read_value(const struct writing *w, const char *value)
{
	const char *host = strchr(value, ' ');
	struct str text;
	bool ok;

	if (w->change->type == DNS_MX) {
		const char *name = host != NULL ? read_host(w, host + 1) : NULL;

		return name == NULL ? NULL : arena_printf(w->arena, "%.*s %s",
		    (int)(host - value), value, name);
	}
	if (has_host(w->change->type))
		return read_host(w, value);
	if (w->change->type != DNS_TXT)
		return value;
	str_init(&text, CARD_MAX);
	ok = w->panel->quotes->read(value, &text);
	return taken(w->arena, &text, ok);
}

/* ---- a template's fields, there and back ---- */

static struct card_fields
fields_for(const struct writing *w, const char *value)
{
	const struct card_change *c = w->change;
	const char *type = dns_type_name(c->type);
	const char *host = value;
	struct card_fields f = { .items = NULL };

	f.at[PLACE_NAME] = name_form(w);
	f.at[PLACE_FULL] = c->name;
	f.at[PLACE_DOTTED] = arena_printf(w->arena, "%s.", c->name);
	f.at[PLACE_ZONE] = c->zone;
	f.at[PLACE_TYPE] = w->panel->lower_types ?
	    text_domain(w->arena, type, strlen(type)) : type;
	f.at[PLACE_VALUE] = value != NULL ? value_form(w, value) : NULL;
	if (value == NULL || !has_host(c->type))
		return f;
	if (c->type == DNS_MX) {
		size_t len = strcspn(value, " ");

		f.at[PLACE_PRIORITY] = arena_strndup(w->arena, value, len);
		host = value[len] == ' ' ? value + len + 1 : value;
	}
	f.at[PLACE_HOST] = host_form(w, host);
	return f;
}

static bool
same_place(const struct card_fields *got, enum card_place place,
    const char *want)
{
	return got->at[place] == NULL ||
	    (want != NULL && strcmp(got->at[place], want) == 0);
}

/* Do the places that were read mean the record's name, type and zone? */
static bool
means_name(const struct writing *w, const struct card_fields *got)
{
	const struct card_change *c = w->change;
	const char *name = got->at[PLACE_NAME];

	if (name == NULL && got->at[PLACE_FULL] == NULL &&
	    got->at[PLACE_DOTTED] == NULL)
		return false;
	if (name != NULL && !text_same(read_name(w, name), c->name))
		return false;
	return same_place(got, PLACE_FULL, c->name) &&
	    same_place(got, PLACE_DOTTED,
		arena_printf(w->arena, "%s.", c->name)) &&
	    same_place(got, PLACE_ZONE, c->zone) &&
	    (got->at[PLACE_TYPE] == NULL ||
	    text_same(got->at[PLACE_TYPE], dns_type_name(c->type)));
}

static bool
means_value(const struct writing *w, const struct card_fields *got,
    const char *value)
{
	const char *text = got->at[PLACE_VALUE];
	const char *host = got->at[PLACE_HOST];

	if (text == NULL && host != NULL) {
		text = read_host(w, host);
		if (text != NULL && w->change->type == DNS_MX)
			text = got->at[PLACE_PRIORITY] == NULL ? NULL :
			    arena_printf(w->arena, "%s %s",
			    got->at[PLACE_PRIORITY], text);
	} else if (text != NULL) {
		text = read_value(w, text);
	}
	return text != NULL && strcmp(text, value) == 0;
}

static bool
means_items(const struct writing *w, const struct card_fields *got)
{
	const char *const *after = w->change->after;
	size_t i;

	for (i = 0; after[i] != NULL; i++) {
		struct card_fields one = { .items = NULL };

		if (got->items == NULL || got->items[i] == NULL)
			return false;
		one.at[PLACE_VALUE] = got->items[i];
		if (!means_value(w, &one, after[i]))
			return false;
	}
	return i != 0 && got->items[i] == NULL;
}

/* ---- one template, written and read ---- */

static struct card_template
template_of(const struct writing *w, const char *text, bool body)
{
	return (struct card_template){
		.text = text,
		.inside = body ? w->panel->body_inside : w->panel->inside,
		.item = panel_text(w->panel, "item", w->change->type),
		.between = panel_text(w->panel, "between", w->change->type),
	};
}

/* All that the places say, those of a {body} included, is the record? */
static bool
reads_back(const struct writing *w, const char *text, const char *body,
    const char *written, const char *value)
{
	struct card_template template = template_of(w, text, false);
	struct card_fields got = { .items = NULL };
	const char *at = written;

	if (!card_template_read(w->arena, &template, &at, "", &got) ||
	    *at != '\0')
		return false;
	if (got.at[PLACE_BODY] != NULL) {
		template = template_of(w, body, true);
		at = got.at[PLACE_BODY];
		if (!card_template_read(w->arena, &template, &at, "", &got) ||
		    *at != '\0')
			return false;
	}
	if (!means_name(w, &got))
		return false;
	return got.items != NULL ? means_items(w, &got) :
	    value == NULL || means_value(w, &got, value);
}

static const char *const *
item_forms(const struct writing *w)
{
	const char **list = NULL;
	size_t n = 0;

	for (; w->change->after[n] != NULL; n++) {
		list = arena_grow(w->arena, list, n, sizeof *list);
		list[n] = value_form(w, w->change->after[n]);
		if (list[n] == NULL)
			return NULL;
	}
	list = arena_grow(w->arena, list, n, sizeof *list);
	list[n] = NULL;
	return list;
}

static bool
write_body(const struct writing *w, const char *body,
    struct card_fields *fields)
{
	struct card_template template = template_of(w, body, true);
	struct str text;
	bool ok;

	str_init(&text, CARD_MAX);
	ok = card_template_write(&template, fields, &text);
	fields->at[PLACE_BODY] = taken(w->arena, &text, ok);
	return fields->at[PLACE_BODY] != NULL;
}

/* The panel's template KEY for VALUE (NULL: for the whole set). */
static bool
write_one(const struct writing *w, const char *key, const char *value)
{
	const char *text = panel_text(w->panel, key, w->change->type);
	const char *body = panel_text(w->panel, "body", w->change->type);
	struct card_template template;
	struct card_fields fields = fields_for(w, value);
	size_t before;

	if (text == NULL)
		return false;
	/* what has several lines is parted from what stands above it */
	if (w->out->len != 0 && text[strcspn(text, "\n")] != '\0')
		str_addc(w->out, '\n');
	before = w->out->len;
	template = template_of(w, text, false);
	if (w->panel->whole_set)
		fields.items = item_forms(w);
	if (card_template_has(text, PLACE_BODY) &&
	    (body == NULL || !write_body(w, body, &fields)))
		return false;
	if (!card_template_write(&template, &fields, w->out) ||
	    !reads_back(w, text, body, w->out->text + before, value))
		return false;
	if (w->out->text[w->out->len - 1] != '\n')
		str_addc(w->out, '\n');
	return true;
}

static bool
write_all(const struct writing *w)
{
	const struct card_change *c = w->change;
	const char *close = panel_text(w->panel, "close", c->type);
	bool removes = panel_text(w->panel, "remove", c->type) != NULL;
	size_t before = w->out->len;

	if (w->panel->whole_set)
		return c->after[0] == NULL || write_one(w, !c->existing &&
		    panel_text(w->panel, "create", c->type) != NULL ?
		    "create" : "record", NULL);
	for (size_t i = 0; removes && c->removed[i] != NULL; i++)
		if (!write_one(w, "remove", c->removed[i]))
			return false;
	for (size_t i = 0; c->added[i] != NULL; i++)
		if (!write_one(w, "record", c->added[i]))
			return false;
	if (close != NULL && w->out->len != before)
		str_addf(w->out, "%s\n", close);
	return true;
}

bool
card_record_write(const struct panel *panel, const struct card_change *change,
    struct str *out)
{
	struct arena *arena;
	size_t before = out->len;
	struct writing w = { .panel = panel, .change = change, .out = out };
	bool ok;

	if (!panel_takes(panel, change->type) ||
	    (panel->whole_set && change->unknown) ||
	    (!panel->absolute && !is_plain_name(change->name)))
		return false;
	arena = arena_new();
	w.arena = arena;
	ok = write_all(&w) && !out->cut;
	arena_free(&arena);
	if (!ok) {
		out->len = before;
		out->text[before] = '\0';
	}
	return ok;
}
