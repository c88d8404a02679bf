/* SPDX-License-Identifier: ISC
 * JSON output. Hides jansson: a struct json is a json_t by another name. */
#include "config.h"

#include "engine/base/json.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/arena.h"
#include "engine/base/text.h"

#define STRING_MAX ((size_t)64 << 20)

static json_t *
inner(struct json *value)
{
	return (json_t *)(void *)value;
}

static struct json *
outer(json_t *value)
{
	return (struct json *)(void *)value;
}

/* Out of memory must end the program as everywhere else, not leave holes in
 * a report. */
static void
use_own_memory(void)
{
	json_set_alloc_funcs(mem_alloc, free);
}

struct json *
json_new_object(void)
{
	use_own_memory();
	return outer(json_object());
}

struct json *
json_new_array(void)
{
	use_own_memory();
	return outer(json_array());
}

void
json_free(struct json **value)
{
	json_decref(inner(*value));
	*value = NULL;
}

static void
put(struct json *to, const char *key, json_t *value)
{
	if (key != NULL)
		json_object_set_new(inner(to), key, value);
	else
		json_array_append_new(inner(to), value);
}

void
json_put_string(struct json *to, const char *key, const char *text)
{
	json_put_octets(to, key, text, text != NULL ? strlen(text) : 0);
}

void
json_put_octets(struct json *to, const char *key, const char *text,
    size_t len)
{
	struct str valid;

	if (text == NULL) {
		put(to, key, json_null());
		return;
	}
	str_init(&valid, STRING_MAX);
	text_add_valid(&valid, text, len);
	put(to, key, json_stringn(valid.text, valid.len));
	str_free(&valid);
}

void
json_put_integer(struct json *to, const char *key, long long number)
{
	put(to, key, json_integer(number));
}

void
json_put_boolean(struct json *to, const char *key, bool value)
{
	put(to, key, json_boolean(value));
}

void
json_put(struct json *to, const char *key, struct json *value)
{
	put(to, key, value != NULL ? inner(value) : json_null());
}

/* jansson leaves DEL as it is; outside a string it never writes one. */
static int
print_part(const char *part, size_t len, void *context)
{
	struct str *out = context;

	for (const char *end = part + len; part < end;) {
		const char *del = memchr(part, 0x7f, (size_t)(end - part));
		const char *stop = del != NULL ? del : end;

		str_add(out, part, (size_t)(stop - part));
		if (del != NULL)
			str_adds(out, "\\u007F");
		part = del != NULL ? del + 1 : end;
	}
	return 0;
}

void
json_print(const struct json *value, int indent, struct str *out)
{
	size_t flags = JSON_ENSURE_ASCII | JSON_ENCODE_ANY;

	if (indent > 0)
		flags |= JSON_INDENT((size_t)indent);
	else
		flags |= JSON_COMPACT;
	json_dump_callback((const json_t *)(const void *)value, print_part,
	    out, flags);
}
