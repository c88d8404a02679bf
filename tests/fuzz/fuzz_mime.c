/* SPDX-License-Identifier: ISC
 * Any octets as a mail: lines and parts stay inside the input; decoders and
 * character sets take anything. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/bounce/charset.h"
#include "engine/bounce/mime.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const struct lines *lines, size_t size)
{
	for (size_t i = 0; i < lines->n; i++)
		if (lines->list[i].start > lines->list[i].end ||
		    lines->list[i].end > size)
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const sets[] = { "utf-8", "shift_jis", "euc-jp",
		"iso-8859-1", "koi8-r", "nonsense" };
	struct arena *arena = arena_new();
	struct span text = span_make((const char *)data, size);
	struct messages messages;
	struct lines lines, plain;
	bool repaired = false;
	size_t len;

	lines_split(arena, text.text, text.len, &lines, &repaired);
	check(&lines, size);
	mime_read(arena, &lines, &messages, &repaired);
	for (size_t i = 0; i < messages.n; i++)
		for (size_t k = 0; k < messages.list[i].n_parts; k++)
			check(&messages.list[i].parts[k].lines, size);
	lines_from_html(arena, &lines, &plain);
	mime_decode_base64(arena, text, &len);
	mime_decode_quoted(arena, text, false, &len);
	mime_decode_words(arena, arena_strndup(arena, text.text, size));
	for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
		lines_split(arena, text.text, text.len, &lines, &repaired);
		lines_to_utf8(arena, sets[i], &lines);
		for (size_t k = 0; k < lines.n; k++)
			if (!charset_is_utf8(lines.list[k].text,
			    lines.list[k].len))
				abort();
	}
	arena_free(&arena);
	return 0;
}
