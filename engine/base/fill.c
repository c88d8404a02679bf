/* SPDX-License-Identifier: ISC
 * Fills placeholders in. */
#include "config.h"

#include "engine/base/fill.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/str.h"

#define TEXT_MAX 8192

static const char *
lookup(const struct placeholder *table, const char *name, size_t len)
{
	for (; table->name != NULL; table++)
		if (strlen(table->name) == len &&
		    strncmp(table->name, name, len) == 0)
			return table->value;
	return NULL;
}

const char *
fill_text(struct arena *arena, const char *template,
    const struct placeholder *table)
{
	struct str out;
	const char *filled;

	if (template == NULL)
		return NULL;
	template = *template != '\0' ? _(template) : template;
	str_init(&out, TEXT_MAX);
	while (*template != '\0') {
		size_t plain = strcspn(template, "{");
		size_t len;
		const char *value = NULL;

		str_add(&out, template, plain);
		template += plain;
		if (*template == '\0')
			break;
		len = strcspn(template, "}");
		if (template[len] == '}')
			value = lookup(table, template + 1, len - 1);
		if (value != NULL) {
			str_adds(&out, value);
			template += len + 1;
		} else {
			str_addc(&out, *template++);
		}
	}
	filled = arena_strndup(arena, out.text, out.len);
	str_free(&out);
	return filled;
}

const char *
fill_subject(struct arena *arena, const char *template, const char *subject)
{
	return fill_text(arena, template, (const struct placeholder[]){
		{ "subject", subject }, { NULL, NULL } });
}
