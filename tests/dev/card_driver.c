/* SPDX-License-Identifier: ISC
 * Prints the cards for one change, for tests/cards/cards.test: each panel's id
 * on a line "= ID", then its card. Panels that refuse it are left out. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "engine/remedy/card.h"
#include "engine/remedy/card_record.h"
#include "engine/remedy/panel.h"

/* ZONE NAME TYPE KEPT… -- REMOVED… -- ADDED… */
int
main(int argc, char **argv)
{
	const char *lists[3][64] = { { NULL } };
	struct card_change change = { .existing = false };
	size_t list = 0, n[3] = { 0 };

	if (argc < 4 || !dns_type_parse(argv[3], &change.type))
		return 64;
	for (int i = 4; i < argc; i++) {
		if (strcmp(argv[i], "--") == 0) {
			if (++list == 3)
				return 64;
		} else if (n[list] < 31) {
			lists[list][n[list]++] = argv[i];
		}
	}
	change.zone = argv[1];
	change.name = argv[2];
	change.existing = n[0] + n[1] != 0;
	change.removed = lists[1];
	change.added = lists[2];
	for (size_t i = 0; i < n[2]; i++)
		lists[0][n[0]++] = lists[2][i];
	change.after = lists[0];
	for (size_t i = 0; i < panel_count(); i++) {
		struct str out;

		str_init(&out, CARD_MAX);
		if (card_record_write(panel_at(i), &change, &out))
			printf("= %s\n%s", panel_at(i)->id, out.text);
		str_free(&out);
	}
	return 0;
}
