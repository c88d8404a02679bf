/* SPDX-License-Identifier: ISC
 * Any octets as a main.cf: it ends, and what is printed of it reads back to
 * the same settings and answers. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/world/postfix.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
print(const struct postfix *postfix, struct str *out)
{
	str_init(out, (size_t)4 << 20);
	postfix_print(postfix, out);
}

/* Questions whose answers are not in the text are not recorded. */
static void
ask(const struct postfix *postfix)
{
	struct postfix_way way;
	struct postfix_route route;
	const char *whole = postfix_complete(postfix, postfix_get(postfix,
	    "relayhost"));

	if (whole != NULL)
		postfix_rewrite_sender(postfix, whole, whole, false, &way);
	postfix_rewrite_sender(postfix, "a+list@b.example", NULL, false, &way);
	postfix_rewrite_sender(postfix, "a@mx.example.com", NULL, true, &way);
	postfix_find_route(postfix, way.address, "x@y.b.example", &route);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct postfix *first, *second;
	struct str one, two;
	bool mx;

	first = postfix_parse(arena, (const char *)data, size, "main.cf",
	    size % 2 ? "mail.example.com" : NULL, size % 3 ? "3.7.11" : NULL);
	ask(first);
	print(first, &one);
	for (size_t i = 0; i < postfix_count(first); i++) {
		const struct postfix_value *row = postfix_at(first, i);

		if (row->value == NULL || row->raw == NULL ||
		    postfix_value(first, row->name) != row)
			abort();
		postfix_list_has(first, row->name, "x");
		postfix_nexthop(arena, row->value, &mx);
	}
	second = postfix_parse(arena, one.text, one.len, "again", NULL, NULL);
	ask(second);
	print(second, &two);
	if (one.len != two.len || memcmp(one.text, two.text, one.len) != 0)
		abort();
	str_free(&one);
	str_free(&two);
	arena_free(&arena);
	return 0;
}
