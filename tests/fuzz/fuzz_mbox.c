/* SPDX-License-Identifier: ISC
 * Any bytes as an mbox: every message ends behind its start, the last one at
 * the end, and each but the first begins with "From " behind an empty line. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tui/load.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	size_t start = 0;

	while (start < size) {
		size_t end = load_message_end(text, size, start);

		if (end <= start || end > size)
			abort();
		if (end < size && (size - end < 5 || text[end - 1] != '\n' ||
		    memcmp(text + end, "From ", 5) != 0))
			abort();
		start = end;
	}
	return 0;
}
