/* SPDX-License-Identifier: ISC
 * Any octets as a TXT record, in the words of every panel; a zone-file line is
 * read by the code that reads zone files and must give the same octets. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/remedy/card.h"
#include "engine/remedy/card_record.h"
#include "engine/remedy/panel.h"
#include "engine/world/dns_wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
compare(struct arena *arena, struct str *card, const char *value)
{
	struct dns_line line;
	struct str err;

	str_init(&err, 512);
	card->text[card->len - 1] = '\0';
	if (!dns_wire_parse_line(arena, card->text, &line, &err) ||
	    line.value.len != strlen(value) ||
	    memcmp(line.value.text, value, line.value.len) != 0)
		abort();
	str_free(&err);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	const char *value = arena_strndup(arena, (const char *)data, size);
	const char *const values[] = { value, "v=spf1 -all", NULL };
	const char *const none[] = { NULL };
	struct card_change change = {
		.name = "example.com", .type = DNS_TXT, .added = values,
		.removed = none, .after = values, .zone = "example.com",
	};

	for (size_t i = 0; i < panel_count(); i++) {
		struct str out;

		str_init(&out, CARD_MAX);
		if (!card_record_write(panel_at(i), &change, &out)) {
			if (out.len != 0)
				abort();
		} else if (strcmp(panel_at(i)->id, "bind") == 0) {
			struct str first;

			str_init(&first, CARD_MAX);
			str_adds(&first, "example.com.");
			str_add(&first, out.text + 1,
			    strcspn(out.text, "\n"));
			compare(arena, &first, value);
			str_free(&first);
		}
		str_free(&out);
	}
	arena_free(&arena);
	return 0;
}
