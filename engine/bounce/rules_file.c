/* SPDX-License-Identifier: ISC
 * The built-in rules, which mkrules has made ready for matching, and local
 * rule files in front of them. Hides how files are read. */
#include "config.h"

#include "engine/bounce/rules.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"

#define FILE_SIZE_MAX ((size_t)4 << 20)

const struct rules *
rules_builtin(void)
{
	return &rules_embedded;
}

static bool
read_file(const char *file, struct str *text, struct str *err)
{
	char part[16384];
	FILE *f = fopen(file, "rb");
	size_t n;

	if (f == NULL) {
		str_addf(err, "%s: %s", file, strerror(errno));
		return false;
	}
	do {
		n = fread(part, 1, sizeof part, f);
		str_add(text, part, n);
	} while (n != 0 && !text->cut);
	if (ferror(f) || text->cut)
		str_addf(err, "%s: %s", file, text->cut ?
		    _("too long for a rules file") : strerror(errno));
	n = !ferror(f) && !text->cut;
	fclose(f);
	return n != 0;
}

/* Local rules come before all others of their tier: those of --rules first,
 * then those of the directory, in the order of their names. */
#define ORDER_FILE (-20000)
#define ORDER_DIRECTORY (-10000)

struct local {
	const struct yaml_tree *tree;
	int order;
};

/* FILE's tree, when all its rules are good; NULL: a line in ERR. */
static const struct yaml_tree *
read_rules(struct arena *arena, const char *file, struct str *err)
{
	struct yaml_tree *tree = NULL;
	struct str text, reason;
	bool ok;

	str_init(&text, FILE_SIZE_MAX);
	str_init(&reason, 4096);
	ok = read_file(file, &text, &reason) &&
	    yaml_parse(arena, file, text.text, text.len, &tree, &reason) &&
	    rules_add(rules_new(arena), tree, 0, true, &reason);
	if (!ok)
		str_addf(err, "%s%s", err->len != 0 ? "\n" : "", reason.text);
	str_free(&reason);
	str_free(&text);
	return ok ? tree : NULL;
}

/* blocklists.yaml in the same folder is another reader's. */
static int
is_rules_name(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && text_ends(entry->d_name, ".yaml") &&
	    strcmp(entry->d_name, "blocklists.yaml") != 0;
}

/* The good rule files of DIRECTORY; one that is not there is no fault. */
static struct local *
read_directory(struct arena *arena, const char *directory, size_t *n,
    struct str *err)
{
	struct dirent **names = NULL;
	int count = directory != NULL ? scandir(directory, &names,
	    is_rules_name, alphasort) : 0;
	struct local *list;

	list = arena_array(arena, (size_t)(count > 0 ? count : 0) + 1,
	    sizeof *list);
	for (int i = 0; i < count; i++) {
		const struct yaml_tree *tree = read_rules(arena,
		    arena_printf(arena, "%s/%s", directory,
			names[i]->d_name), err);

		if (tree != NULL)
			list[(*n)++] = (struct local){ tree, ORDER_DIRECTORY };
		free(names[i]);
	}
	free(names);
	return list;
}

const struct rules *
rules_load(struct arena *arena, const char *directory, const char *file,
    struct str *err)
{
	size_t n = 0;
	struct local *list = read_directory(arena, directory, &n, err);
	const struct yaml_tree *tree = file != NULL ?
	    read_rules(arena, file, err) : NULL;
	struct rules *rules;

	if (tree != NULL)
		list[n++] = (struct local){ tree, ORDER_FILE };
	if (n == 0)
		return rules_builtin();
	rules = rules_new(arena);
	for (size_t i = 0; i < n; i++)
		if (!rules_add(rules, list[i].tree, list[i].order, false, err))
			return rules_builtin();
	if (!rules_add_embedded(rules, false, err))
		return rules_builtin();
	rules_prepare(rules);
	return rules;
}
