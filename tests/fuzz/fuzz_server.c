/* SPDX-License-Identifier: ISC
 * Any octets as the facts of further servers. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/world/server.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct server *list = NULL;
	struct str err, out;
	size_t n = 0;

	str_init(&err, 1024);
	str_init(&out, (size_t)64 << 20);
	if (server_read(arena, "facts", (const char *)data, size, &list, &n,
		&err)) {
		if (n == 0 || n > SERVERS_MAX)
			abort();
		for (size_t i = 0; i < n; i++) {
			server_print(&list[i], &out);
			if (server_find(list, n, list[i].n_ips != 0 ?
			    list[i].ips[0] : NULL) == NULL &&
			    list[i].n_ips != 0)
				abort();
		}
	} else if (strncmp(err.text, "facts:", 6) != 0) {
		abort();
	}
	str_free(&out);
	str_free(&err);
	arena_free(&arena);
	return 0;
}
