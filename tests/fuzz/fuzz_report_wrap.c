/* SPDX-License-Identifier: ISC
 * Any bytes through the wrapping of reports: it ends, nothing that acts on a
 * terminal comes out, and no line is too wide unless it is one single word. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/report/wrap.h"

#define OUT_MAX ((size_t)1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_line(const char *line, size_t len, int indent)
{
	const char *word = line;

	for (size_t i = 0; i < len; i++)
		if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
			abort();
	while (len > 0 && *word == ' ') {
		word++;
		len--;
	}
	if (word - line + wrap_width(word, len) > WRAP_COLUMNS &&
	    (word - line > indent || memchr(word, ' ', len) != NULL))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[4096];
	int indent = size > 0 ? data[0] % 40 : 0;
	struct str out;

	if (size >= sizeof text)
		size = sizeof text - 1;
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	str_init(&out, OUT_MAX);
	wrap_paragraph(&out, indent, text);
	for (const char *line = out.text; *line != '\0';) {
		size_t len = strcspn(line, "\n");

		check_line(line, len, indent);
		if (line[len] == '\0')
			abort();
		line += len + 1;
	}
	str_free(&out);
	return 0;
}
