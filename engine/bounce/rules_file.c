/* SPDX-License-Identifier: ISC
 * The built-in rules, which mkrules has made ready for matching, and local
 * rule files in front of them. Hides how files are read. */
#include "config.h"

#include "engine/bounce/rules.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

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
		    "too long for a rules file" : strerror(errno));
	n = !ferror(f) && !text->cut;
	fclose(f);
	return n != 0;
}

bool
rules_with_file(struct arena *arena, const char *file,
    const struct rules **out, struct str *err)
{
	struct rules *rules = rules_new(arena);
	struct yaml_tree *tree;
	struct str text;
	bool ok;

	*out = rules_builtin();
	str_init(&text, FILE_SIZE_MAX);
	/* a local file's rules come before all others of their tier */
	ok = read_file(file, &text, err) &&
	    yaml_parse(arena, file, text.text, text.len, &tree, err) &&
	    rules_add(rules, tree, -10000, true, err) &&
	    rules_add_embedded(rules, false, err);
	str_free(&text);
	if (!ok)
		return false;
	rules_prepare(rules);
	*out = rules;
	return true;
}
