/* SPDX-License-Identifier: ISC
 * Prints what our reader makes of DIR/main.cf, for tests/postfix/postconf.test:
 * "name = value" for each setting, "?name = value" when it is not resolved; the
 * services of DIR/master.cf; or our own table of defaults for a version. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/arena.h"
#include "engine/world/postfix.h"
#include "engine/world/postfix_parts.h"

static void
print_all(const struct postfix *postfix)
{
	const char *const *sentences;
	size_t n = postfix_disagreements(postfix, &sentences);

	for (size_t i = 0; i < postfix_count(postfix); i++) {
		const struct postfix_value *row = postfix_at(postfix, i);

		printf("%s%s = %s\n", row->unresolved ? "?" : "", row->name,
		    row->value);
	}
	printf("#state %d\n", (int)postfix_get_state(postfix));
	if (postfix_version(postfix) != NULL)
		printf("#version %s\n", postfix_version(postfix));
	if (postfix_note(postfix) != NULL)
		printf("#note %s\n", postfix_note(postfix));
	for (size_t i = 0; i < n; i++)
		printf("#disagreement %s\n", sentences[i]);
}

/* "smtp/unix - smtp" and "smtp/unix/name = value", like postconf -M and -P. */
static void
print_master(const struct postfix *postfix)
{
	const struct postfix_service *list;
	size_t n = postfix_services(postfix, &list);

	for (size_t i = 0; i < n; i++) {
		printf("%s %c %s\n", list[i].id, list[i].chroot,
		    list[i].command);
		for (size_t k = 0; k < list[i].n_overrides; k++)
			printf("%s/%s = %s\n", list[i].id,
			    list[i].overrides[k].name, list[i].overrides[k].raw);
	}
	if (postfix_master_refused(postfix) != 0)
		printf("#refused %u\n", postfix_master_refused(postfix));
}

/* "name = value" of what the table has for VERSION; '?' where the build
 * decides. */
static void
print_defaults(struct arena *arena, const char *version)
{
	struct postfix_rows rows = { .arena = arena };

	postfix_defaults_add(&rows, version);
	postfix_rows_settle(&rows);
	for (size_t i = 0; i < rows.n; i++)
		printf("%s%s = %s\n", rows.rows[i].assumed ? "?" : "",
		    rows.rows[i].name, rows.rows[i].raw);
}

int
main(int argc, char **argv)
{
	struct arena *arena = arena_new();
	struct postfix_options options = { .directory = NULL };

	if (argc < 2 || argc > 3) {
		fputs("usage: postfix_driver DIR [POSTCONF]\n"
		    "       postfix_driver --master DIR\n"
		    "       postfix_driver --defaults VERSION\n", stderr);
		return 64;
	}
	if (strcmp(argv[1], "--defaults") == 0) {
		print_defaults(arena, argc == 3 ? argv[2] : NULL);
		arena_free(&arena);
		return 0;
	}
	if (strcmp(argv[1], "--master") == 0 && argc == 3) {
		options.directory = argv[2];
		print_master(postfix_read(arena, &options));
		arena_free(&arena);
		return 0;
	}
	options.directory = argv[1];
	options.use_postconf = argc == 3;
	options.postconf = argc == 3 ? argv[2] : NULL;
	print_all(postfix_read(arena, &options));
	arena_free(&arena);
	return 0;
}
