/* SPDX-License-Identifier: ISC
 * Writes and reads templates. Hides how places are found in them. */
#include "config.h"

#include "engine/remedy/card_template.h"

#include <string.h>

#include "engine/remedy/card.h"

static const char *const names[N_PLACES] = {
	[PLACE_NAME] = "{name}", [PLACE_FULL] = "{full}",
	[PLACE_DOTTED] = "{dotted}", [PLACE_ZONE] = "{zone}",
	[PLACE_TYPE] = "{type}", [PLACE_VALUE] = "{value}",
	[PLACE_HOST] = "{host}", [PLACE_PRIORITY] = "{priority}",
	[PLACE_BODY] = "{body}", [PLACE_ITEMS] = "{items}",
};

/* The place that TEXT begins with, or N_PLACES. */
static enum card_place
place_at(const char *text)
{
	for (int i = 0; i < N_PLACES; i++)
		if (strncmp(text, names[i], strlen(names[i])) == 0)
			return (enum card_place)i;
	return N_PLACES;
}

/* The octets before the next place, or to the end. */
static size_t
literal_len(const char *text)
{
	size_t len = 0;

	while (text[len] != '\0' &&
	    (text[len] != '{' || place_at(text + len) == N_PLACES))
		len++;
	return len;
}

bool
card_template_has(const char *text, enum card_place place)
{
	return strstr(text, names[place]) != NULL;
}

/* {items}: each is coded by its own template, so they stand as they are. */
static bool
write_items(const struct card_template *template,
    const struct card_fields *fields, struct str *out)
{
	struct card_template item = { template->item, template->inside,
		NULL, NULL };

	if (template->item == NULL || fields->items == NULL)
		return false;
	for (size_t i = 0; fields->items[i] != NULL; i++) {
		struct card_fields one = *fields;

		one.at[PLACE_VALUE] = fields->items[i];
		if (i != 0)
			str_adds(out, template->between);
		if (!card_template_write(&item, &one, out))
			return false;
	}
	return true;
}

bool
card_template_write(const struct card_template *template,
    const struct card_fields *fields, struct str *out)
{
	const char *text = template->text;

	while (*text != '\0') {
		size_t len = literal_len(text);
		enum card_place place;

		str_add(out, text, len);
		text += len;
		if (*text == '\0')
			break;
		place = place_at(text);
		text += strlen(names[place]);
		if (place == PLACE_ITEMS) {
			if (!write_items(template, fields, out))
				return false;
			continue;
		}
		if (fields->at[place] == NULL)
			return false;
		template->inside->write(fields->at[place], out);
	}
	return !out->cut;
}

static bool
read_items(struct arena *arena, const struct card_template *template,
    const char **at, const char *stops, struct card_fields *fields)
{
	struct card_template item = { template->item, template->inside,
		NULL, NULL };
	const char **list = NULL;
	size_t n = 0, len;

	if (template->item == NULL)
		return false;
	len = strlen(template->between);
	do {
		struct card_fields one = { .items = NULL };

		if (n != 0)
			*at += len;
		if (!card_template_read(arena, &item, at, stops, &one))
			return false;
		list = arena_grow(arena, list, n, sizeof *list);
		list[n++] = one.at[PLACE_VALUE];
	} while (len != 0 && strncmp(*at, template->between, len) == 0);
	list = arena_grow(arena, list, n, sizeof *list);
	list[n] = NULL;
	fields->items = list;
	return true;
}

static bool
read_place(struct arena *arena, const struct card_code *inside,
    const char **at, const char *stops, const char **field)
{
	struct str text;
	const char *before = *field;
	bool ok;

	str_init(&text, CARD_MAX);
	ok = inside->read(at, stops, &text) && !text.cut;
	*field = arena_strndup(arena, text.text, text.len);
	str_free(&text);
	return ok && (before == NULL || strcmp(before, *field) == 0);
}

bool
card_template_read(struct arena *arena, const struct card_template *template,
    const char **at, const char *stops, struct card_fields *fields)
{
	const char *text = template->text;

	while (*text != '\0') {
		size_t len = literal_len(text);
		char next[2] = "";
		enum card_place place;
		bool ok;

		if (strncmp(*at, text, len) != 0)
			return false;
		*at += len;
		text += len;
		if (*text == '\0')
			break;
		place = place_at(text);
		text += strlen(names[place]);
		next[0] = *text;
		ok = place == PLACE_ITEMS ?
		    read_items(arena, template, at, template->between, fields) :
		    read_place(arena, template->inside, at,
			*next != '\0' ? next : stops, &fields->at[place]);
		if (!ok)
			return false;
	}
	return true;
}
