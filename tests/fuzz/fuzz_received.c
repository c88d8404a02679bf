/* SPDX-License-Identifier: ISC
 * Any octets as the headers of a received message: it ends, and what comes out
 * is UTF-8. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/bounce/charset.h"
#include "engine/bounce/received.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_text(const char *text)
{
	if (text != NULL && !charset_is_utf8(text, strlen(text)))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct received r;

	if (received_read(arena, (const char *)data, size, &r)) {
		check_text(r.receiver);
		check_text(r.return_path);
		check_text(r.from);
		check_text(r.client_ip);
		check_text(r.helo);
		for (size_t i = 0; i < r.n_methods; i++) {
			if (r.methods[i].method == NULL ||
			    r.methods[i].result == NULL)
				abort();
			check_text(r.methods[i].words);
			check_text(r.methods[i].domain);
			check_text(r.methods[i].address);
			check_text(r.methods[i].selector);
		}
	}
	arena_free(&arena);
	return 0;
}
