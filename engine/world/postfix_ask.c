/* SPDX-License-Identifier: ISC
 * Questions about a Postfix that has been read. Hides nothing but lists and
 * the syntax of next hops. */
#include "config.h"

#include "engine/world/postfix.h"

#include <string.h>

#include "engine/base/text.h"
#include "engine/world/postfix_parts.h"

static const struct postfix_value nothing = {
	.name = "", .origin = POSTFIX_UNSET
};

enum postfix_state
postfix_get_state(const struct postfix *postfix)
{
	return postfix->state;
}

const char *
postfix_note(const struct postfix *postfix)
{
	return postfix->note;
}

const char *
postfix_directory(const struct postfix *postfix)
{
	return postfix->directory;
}

const char *
postfix_version(const struct postfix *postfix)
{
	return postfix->version;
}

bool
postfix_at_least(const struct postfix *postfix, int major, int minor)
{
	int ours, ours_minor;

	if (!postfix_version_numbers(postfix->version, &ours, &ours_minor))
		return false;
	return ours > major || (ours == major && ours_minor >= minor);
}

const struct postfix_value *
postfix_value(const struct postfix *postfix, const char *name)
{
	const struct postfix_value *row = postfix_rows_find(&postfix->rows,
	    name, strlen(name));

	return row != NULL && row->origin != POSTFIX_UNSET ? row : &nothing;
}

const char *
postfix_get(const struct postfix *postfix, const char *name)
{
	const char *value = postfix_value(postfix, name)->value;

	return value != NULL ? value : "";
}

bool
postfix_is_set(const struct postfix *postfix, const char *name)
{
	return postfix_value(postfix, name)->origin == POSTFIX_MAIN_CF;
}

static bool
is_between(char c)
{
	return c == ',' || c == ' ' || (c >= '\t' && c <= '\r');
}

const char *
postfix_next_word(const char **at, size_t *len)
{
	const char *start = *at, *p;
	size_t depth = 0;

	while (is_between(*start))
		start++;
	for (p = start; *p != '\0' && (depth != 0 || !is_between(*p)); p++) {
		if (*p == '{')
			depth++;
		else if (*p == '}' && depth > 0)
			depth--;
	}
	*at = p;
	*len = (size_t)(p - start);
	return p != start ? start : NULL;
}

bool
postfix_list_has(const struct postfix *postfix, const char *name,
    const char *item)
{
	const char *at = postfix_get(postfix, name), *word;
	size_t wanted = strlen(item), len;

	while ((word = postfix_next_word(&at, &len)) != NULL)
		if (len == wanted && text_same_n(word, item, len))
			return true;
	return false;
}

size_t
postfix_disagreements(const struct postfix *postfix,
    const char *const **sentences)
{
	*sentences = postfix->disagreements;
	return postfix->n_disagreements;
}

size_t
postfix_count(const struct postfix *postfix)
{
	return postfix->n_explicit;
}

const struct postfix_value *
postfix_at(const struct postfix *postfix, size_t i)
{
	return i < postfix->n_explicit ? postfix->explicit_rows[i] : &nothing;
}

const char *
postfix_nexthop(struct arena *arena, const char *value, bool *mx)
{
	size_t len, end;

	value += strspn(value, ", \t\r\n");
	len = strcspn(value, ", \t\r\n");   /* the first of several */
	*mx = len > 0 && value[0] != '[';
	if (len == 0)
		return NULL;
	if (value[0] == '[') {
		value++;
		len--;
		end = strcspn(value, "]");
		if (end < len)
			len = end;
		/* postconf(5), transport(5): "[ipv6:2001:db8::1]" */
		if (len > 5 && text_starts(value, "ipv6:")) {
			value += 5;
			len -= 5;
		}
		return len > 0 ? arena_strndup(arena, value, len) : NULL;
	}
	end = strcspn(value, ":");
	if (end < len)
		len = end;
	return len > 0 ? arena_strndup(arena, value, len) : NULL;
}
