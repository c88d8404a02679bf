/* SPDX-License-Identifier: ISC
 * Any octets as facts text; and what was read is written and read again
 * without a difference. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/world/replay.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
write_and_compare(struct arena *arena, const struct recording *first,
    const struct facts *facts, struct str *err)
{
	struct recording second;
	struct facts *again = facts_new(arena);
	struct str one, two;

	str_init(&one, (size_t)64 << 20);
	str_init(&two, (size_t)64 << 20);
	replay_write(first, facts, &one);
	if (one.len <= (size_t)4 << 20) {
		if (!replay_read(arena, "again", one.text, one.len, again,
			&second, err))
			abort();
		replay_write(&second, again, &two);
		if (one.len != two.len ||
		    memcmp(one.text, two.text, one.len) != 0)
			abort();
		if (first->bounce_len != second.bounce_len ||
		    (first->bounce_len > 0 && memcmp(first->bounce,
			second.bounce, first->bounce_len) != 0))
			abort();
	}
	str_free(&one);
	str_free(&two);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct facts *facts = facts_new(arena);
	struct recording recording;
	struct str err;

	str_init(&err, 1024);
	if (replay_read(arena, "facts", (const char *)data, size, facts,
		&recording, &err))
		write_and_compare(arena, &recording, facts, &err);
	else if (strncmp(err.text, "facts:", 6) != 0)
		abort();
	str_free(&err);
	arena_free(&arena);
	return 0;
}
