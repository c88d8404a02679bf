/* SPDX-License-Identifier: ISC
 * Any text as a zone-file line: what is taken must print as a line that reads
 * as the same record, and prints the same again. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/world/dns_wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
same_value(const struct fact_value *a, const struct fact_value *b)
{
	return a->len == b->len && memcmp(a->text, b->text, a->len) == 0 &&
		a->n_strings == b->n_strings &&
		(a->n_strings == 0 || memcmp(a->strings, b->strings,
		a->n_strings * sizeof *a->strings) == 0);
}

static void
round_trip(struct arena *arena, const struct dns_line *line, struct str *err)
{
	struct dns_line again;
	struct str printed, twice;

	str_init(&printed, 1 << 20);
	str_init(&twice, 1 << 20);
	dns_wire_print_line(line->name, line->type, line->ttl, &line->value,
	    &printed);
	for (size_t i = 0; i < printed.len; i++) {
		if (printed.text[i] < ' ' || printed.text[i] > '~')
			abort();
	}
	if (!dns_wire_parse_line(arena, printed.text, &again, err) ||
	    strcmp(again.name, line->name) != 0 || again.type != line->type ||
	    again.ttl != line->ttl || !same_value(&again.value, &line->value))
		abort();
	dns_wire_print_line(again.name, again.type, again.ttl, &again.value,
	    &twice);
	if (strcmp(printed.text, twice.text) != 0)
		abort();
	str_free(&printed);
	str_free(&twice);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	char *text = arena_strndup(arena, (const char *)data, size);
	struct dns_line line;
	struct str err;

	str_init(&err, 512);
	if (dns_wire_parse_line(arena, text, &line, &err))
		round_trip(arena, &line, &err);
	else if (err.len == 0)
		abort();         /* refused without a reason */
	str_free(&err);
	arena_free(&arena);
	return 0;
}
