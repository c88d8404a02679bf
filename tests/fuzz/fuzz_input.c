/* SPDX-License-Identifier: ISC
 * The input decoder on any octets, in reads of any size at any time: it always
 * drains, and what it says is a paste is well formed. */
#include "config.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "tui/input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
drain(struct input *input, int64_t now, bool *pasting)
{
	struct input_event event;
	size_t events = 0;

	while (input_next(input, now, &event) != INPUT_NONE) {
		/* each event but the owed ones takes at least one octet */
		if (++events > 2 * sizeof input->buf)
			abort();
		if (event.kind == INPUT_PASTE_BEGIN && *pasting)
			abort();
		if ((event.kind == INPUT_PASTE_DATA ||
		    event.kind == INPUT_PASTE_END) && !*pasting)
			abort();
		if (event.kind == INPUT_PASTE_BEGIN)
			*pasting = true;
		if (event.kind == INPUT_PASTE_END)
			*pasting = false;
		if (event.kind == INPUT_PASTE_DATA && event.len == 0)
			abort();
		if (event.kind == INPUT_KEY && event.key.n_bytes > 4)
			abort();
	}
	if (input_room(input) == 0)
		abort();
}

/* Two octets say how long the next read is and how much later it comes. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input *input = malloc(sizeof *input);
	bool pasting = false;
	int64_t now = 0;

	if (input == NULL)
		return 0;
	input_init(input);
	while (size > 2) {
		size_t n = data[0];

		now += data[1] * 16;
		data += 2;
		size -= 2;
		if (n > size)
			n = size;
		input_feed(input, data, n, now);
		drain(input, now, &pasting);
		data += n;
		size -= n;
	}
	now += 10000;
	drain(input, now, &pasting);
	if (input_timeout(input, now) == 0)
		abort();
	free(input);
	return 0;
}
