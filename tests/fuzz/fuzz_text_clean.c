/* SPDX-License-Identifier: ISC
 * Any bytes through text_clean() and text_add_valid(): valid UTF-8 comes out,
 * without anything that acts on a terminal, and cleaning is done once. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>

#include "engine/base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const struct str *s, bool lines, bool cleaned)
{
	for (size_t i = 0; i < s->len;) {
		uint32_t code;
		int n = text_decode(s->text + i, s->len - i, &code);

		if (n <= 0)
			abort();
		i += (size_t)n;
		if (!cleaned || (lines && code == '\n'))
			continue;
		if (code < 0x20 || (code >= 0x7f && code < 0xa0) ||
		    (code >= 0x200b && code <= 0x200f) ||
		    (code >= 0x2028 && code <= 0x202e) ||
		    (code >= 0x2060 && code <= 0x206f) || code == 0xfeff)
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct str out;

	str_init(&out, size > 0 ? data[0] * 16u : 0);
	for (int lines = 0; lines < 2; lines++) {
		str_clear(&out);
		text_clean(&out, text, size, lines);
		check(&out, lines, true);
	}
	str_clear(&out);
	text_add_valid(&out, text, size);
	check(&out, false, false);
	str_free(&out);
	return 0;
}
