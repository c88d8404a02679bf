/* SPDX-License-Identifier: ISC
 * The embedded data against the files it was made from: every tree equals what
 * the YAML reader says now, every text is byte-exact, nothing is missing. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/text.h"
#include "engine/base/yaml.h"

#define DATA TEST_SRCDIR "/data/"

static void
read_whole(const char *file, struct str *text)
{
	char path[4096], part[4096];
	size_t n;
	FILE *f;

	snprintf(path, sizeof path, DATA "%s", file);
	f = fopen(path, "rb");
	if (f == NULL)
		fail_msg("%s is embedded, but not there", path);
	for (n = fread(part, 1, sizeof part, f); n > 0;
	    n = fread(part, 1, sizeof part, f))
		str_add(text, part, n);
	fclose(f);
}

static void
test_texts(void **state)
{
	(void)state;
	for (const struct data_file *d = data_files; d->file != NULL; d++) {
		struct str want;

		str_init(&want, 64u << 20);
		read_whole(d->file, &want);
		assert_int_equal(d->len, want.len);
		assert_memory_equal(d->text, want.text, want.len);
		assert_int_equal(d->text[d->len], '\0');
		if (d[1].file != NULL)
			assert_true(strcmp(d->file, d[1].file) < 0);
		str_free(&want);
	}
}

static void
assert_same_tree(const struct yaml_tree *got, const struct yaml_tree *want)
{
	assert_string_equal(got->file, want->file);
	assert_int_equal(got->text_len, want->text_len);
	assert_memory_equal(got->text, want->text, want->text_len);
	assert_int_equal(got->n_nodes, want->n_nodes);
	for (size_t i = 0; i < want->n_nodes; i++) {
		assert_int_equal(got->nodes[i].kind, want->nodes[i].kind);
		assert_int_equal(got->nodes[i].key, want->nodes[i].key);
		assert_int_equal(got->nodes[i].value, want->nodes[i].value);
		assert_int_equal(got->nodes[i].first_child,
		    want->nodes[i].first_child);
		assert_int_equal(got->nodes[i].n_children,
		    want->nodes[i].n_children);
		assert_int_equal(got->nodes[i].line, want->nodes[i].line);
		assert_int_equal(got->nodes[i].column, want->nodes[i].column);
	}
}

static void
test_trees(void **state)
{
	(void)state;
	for (size_t i = 0; data_trees[i] != NULL; i++) {
		struct arena *arena = arena_new();
		struct yaml_tree *want;
		struct str text, err;

		str_init(&text, 64u << 20);
		str_init(&err, 1000);
		read_whole(data_trees[i]->file, &text);
		if (!yaml_parse(arena, data_trees[i]->file, text.text,
		    text.len, &want, &err))
			fail_msg("%s", err.text);
		assert_same_tree(data_trees[i], want);
		if (i > 0)
			assert_true(strcmp(data_trees[i - 1]->file,
			    data_trees[i]->file) < 0);
		str_free(&text);
		str_free(&err);
		arena_free(&arena);
	}
}

static bool
is_embedded(const char *file)
{
	for (size_t i = 0; data_trees[i] != NULL; i++)
		if (strcmp(data_trees[i]->file, file) == 0)
			return true;
	for (const struct data_file *d = data_files; d->file != NULL; d++)
		if (strcmp(d->file, file) == 0)
			return true;
	return false;
}

static int
look(const char *path, const struct stat *info, int type, struct FTW *ftw)
{
	const char *base = path + ftw->base;

	(void)info;
	if (type == FTW_F && base[0] != '.' && !text_ends(base, "~") &&
	    !is_embedded(path + strlen(DATA)))
		fail_msg("%s is not embedded", path);
	return 0;
}

static void
test_nothing_is_missing(void **state)
{
	(void)state;
	assert_int_equal(nftw(TEST_SRCDIR "/data", look, 16, FTW_PHYS), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_trees),
		cmocka_unit_test(test_nothing_is_missing)
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests_name("base_data", tests, NULL, NULL);
}
