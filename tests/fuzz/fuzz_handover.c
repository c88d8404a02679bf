/* SPDX-License-Identifier: ISC
 * Any octets as a change that is handed over to root: what is taken is sound. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/arena.h"
#include "engine/base/digest.h"
#include "engine/base/str.h"
#include "engine/remedy/handover.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every octet of what was taken can be read. */
static void
look_through(const struct transaction *t)
{
	struct arena *arena = arena_new();

	for (size_t i = 0; i < t->n_files; i++) {
		const struct file_change *f = &t->files[i];

		if (f->path[0] != '/' || f->before_len > HANDOVER_MAX)
			abort();
		if (f->before != NULL)
			digest_text(arena, f->before, f->before_len);
		if (f->after != NULL)
			digest_text(arena, f->after, f->after_len);
	}
	for (size_t i = 0; i < t->n_commands; i++)
		if (!transaction_may_run(t->commands[i]))
			abort();
	arena_free(&arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	const char *text = arena_strndup(arena, (const char *)data, size);
	struct transaction *t;
	struct str err, out;

	str_init(&err, 65536);
	str_init(&out, HANDOVER_MAX);
	t = handover_read(arena, text, size, digest_text(arena, text, size),
	    &err);
	if ((t == NULL) == (err.len == 0))
		abort();
	if (t != NULL) {
		look_through(t);
		(void)handover_write(t, &out);
	}
	str_free(&out);
	str_free(&err);
	arena_free(&arena);
	return 0;
}
