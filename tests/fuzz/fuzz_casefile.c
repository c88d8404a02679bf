/* SPDX-License-Identifier: ISC
 * Any octets as a saved case, whole or only its head; and what was read is
 * written and read again without a difference. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/report/casefile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char facts[] = "[case]\n";

static void
write_and_compare(struct arena *arena, const struct casefile *first,
    struct str *err)
{
	struct casefile second;
	struct str one, two;

	str_init(&one, (size_t)64 << 20);
	str_init(&two, (size_t)64 << 20);
	casefile_print(first, facts, sizeof facts - 1, &one);
	if (!casefile_parse(arena, "again", one.text, one.len, false, &second,
	    err))
		abort();
	casefile_print(&second, facts, sizeof facts - 1, &two);
	if (one.len != two.len || memcmp(one.text, two.text, one.len) != 0)
		abort();
	str_free(&one);
	str_free(&two);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct casefile saved;
	struct str err;

	for (int head_only = 0; head_only < 2; head_only++) {
		str_init(&err, 1024);
		if (casefile_parse(arena, "case", (const char *)data, size,
		    head_only != 0, &saved, &err))
			write_and_compare(arena, &saved, &err);
		else if (strncmp(err.text, "case", 4) != 0)
			abort();
		str_free(&err);
	}
	arena_free(&arena);
	return 0;
}
