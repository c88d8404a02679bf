/* SPDX-License-Identifier: ISC
 * YAML trees: layout, positions, what is refused and where. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/yaml.h"

#define COUNT(a) (sizeof (a) / sizeof (a)[0])

struct world {
	struct arena *arena;
	struct str err;
};

static int
setup(void **state)
{
	struct world *w = mem_alloc(sizeof *w);

	w->arena = arena_new();
	str_init(&w->err, 1000);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	arena_free(&w->arena);
	str_free(&w->err);
	free(w);
	return 0;
}

static struct yaml_tree *
parse(struct world *w, const char *text)
{
	struct yaml_tree *tree;

	if (!yaml_parse(w->arena, "x.yaml", text, strlen(text), &tree,
	    &w->err))
		fail_msg("%s", w->err.text);
	return tree;
}

static const char example[] =
	"# comment\n"
	"- id: google.spf\n"
	"  host: [\"*.google.com\", 'b']\n"
	"  text: >\n"
	"    one\n"
	"    two\n"
	"  empty:\n"
	"- id: second\n"
	"  deep: {a: [x, [y]], b: {}}\n";

static void
test_reads(void **state)
{
	const struct yaml_tree *t = parse(*state, example);
	const struct yaml_node *rule = yaml_item(t, t->nodes, 0);
	const struct yaml_node *host = yaml_get(t, rule, "host");
	const struct yaml_node *deep =
		yaml_get(t, yaml_item(t, t->nodes, 1), "deep");

	assert_string_equal(t->file, "x.yaml");
	assert_int_equal(t->nodes[0].kind, YAML_LIST);
	assert_int_equal(yaml_count(t->nodes), 2);
	assert_null(yaml_item(t, t->nodes, 2));
	assert_string_equal(yaml_string(t, rule, "id"), "google.spf");
	assert_string_equal(yaml_text(t, yaml_item(t, host, 0)),
	    "*.google.com");
	assert_string_equal(yaml_text(t, yaml_item(t, host, 1)), "b");
	assert_string_equal(yaml_string(t, rule, "text"), "one two\n");
	assert_string_equal(yaml_string(t, rule, "empty"), "");
	assert_string_equal(yaml_key(t, host), "host");
	assert_null(yaml_string(t, rule, "host"));
	assert_null(yaml_get(t, rule, "none"));
	assert_null(yaml_get(t, NULL, "none"));
	assert_null(yaml_get(t, host, "none"));
	assert_null(yaml_text(t, NULL));
	assert_int_equal(yaml_count(NULL), 0);
	assert_int_equal(yaml_count(yaml_get(t, deep, "b")), 0);
	assert_string_equal(yaml_text(t, yaml_item(t, yaml_item(t,
	    yaml_get(t, deep, "a"), 1), 0)), "y");
	/* a scalar is a list of itself */
	assert_int_equal(yaml_count(yaml_get(t, rule, "id")), 1);
	assert_string_equal(yaml_text(t, yaml_item(t,
	    yaml_get(t, rule, "id"), 0)), "google.spf");
}

static void
test_positions(void **state)
{
	const struct yaml_tree *t = parse(*state, example);
	const struct yaml_node *rule = yaml_item(t, t->nodes, 0);
	const struct yaml_node *host = yaml_get(t, rule, "host");
	const struct yaml_node *empty = yaml_get(t, rule, "empty");

	assert_int_equal(rule->line, 2);
	assert_int_equal(rule->column, 3);
	assert_int_equal(yaml_get(t, rule, "id")->column, 7);
	assert_int_equal(yaml_item(t, host, 1)->line, 3);
	assert_int_equal(yaml_item(t, host, 1)->column, 26);
	assert_int_equal(empty->line, 7);
	assert_int_equal(yaml_item(t, t->nodes, 1)->line, 8);
}

static void
test_anchor_is_copied(void **state)
{
	const struct yaml_tree *t = parse(*state,
	    "a: &list [1, {x: y}]\nb: *list\nc: &one text\nd: [*one, *list]");
	const struct yaml_node *b = yaml_get(t, t->nodes, "b");
	const struct yaml_node *d = yaml_get(t, t->nodes, "d");

	assert_int_equal(yaml_count(b), 2);
	assert_string_equal(yaml_string(t, yaml_item(t, b, 1), "x"), "y");
	assert_string_equal(yaml_text(t, yaml_item(t, d, 0)), "text");
	assert_string_equal(yaml_string(t, yaml_item(t, yaml_item(t, d, 1), 1),
	    "x"), "y");
}

static void
test_refused(void **state)
{
	static const struct {
		const char *text;
		const char *want;    /* how the message begins */
	} rows[] = {
		{ "a: *.google.com\n", "x.yaml:1:4: unknown alias '*.google" },
		{ "ok: 1\nhost:\n  - *x\n", "x.yaml:3:5: unknown alias '*x'" },
		{ "&a [*a]", "x.yaml:1:5: unknown alias" },
		{ "a: 1\nb: 2\na: 3\n", "x.yaml:3:1: key 'a' stands here tw" },
		{ "{x: {a: 1, a: 2}}", "x.yaml:1:12: key 'a'" },
		{ "{[1]: 2}", "x.yaml:1:2: a key must be" },
		{ "a: \"b\\0c\"", "x.yaml:1:4: NUL" },
		{ "a: b: c", "x.yaml:1:5: " },
		{ "a: \"open", "x.yaml:1:" },
		{ "- a\nb", "x.yaml:" },
		{ "a: [1, 2\n", "x.yaml:2:1: " },
		{ "a\n---\nb\n", "x.yaml:2:1: a second document" },
		{ "", "x.yaml:1:1: nothing in it" },
		{ "# only a comment\n", "x.yaml:1:1: nothing in it" },
		{ "a: 1\nb: \xff\n", "x.yaml:2:4: not UTF-8" },
		{ "a: 1\nb: \033[m\n", "x.yaml:2:4: control character U+001B" },
		{ "a: \xc2\x9b", "x.yaml:1:4: control character U+009B" },
		{ "\xfe\xff", "x.yaml:1:1: not UTF-8" }
	};
	struct world *w = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct yaml_tree *tree;

		str_clear(&w->err);
		assert_false(yaml_parse(w->arena, "x.yaml", rows[i].text,
		    strlen(rows[i].text), &tree, &w->err));
		assert_null(tree);
		if (strncmp(w->err.text, rows[i].want,
		    strlen(rows[i].want)) != 0)
			fail_msg("got '%s' want '%s'", w->err.text,
			    rows[i].want);
		assert_null(strchr(w->err.text, '\n'));
	}
}

/* A few lines that would become millions of nodes, or deeper than the stack:
 * refused in no time. */
static void
test_bombs(void **state)
{
	struct world *w = *state;
	struct yaml_tree *tree;
	struct str text;

	str_init(&text, 1000000);
	str_adds(&text, "- &a0 [x, x, x, x, x, x, x, x, x, x]\n");
	for (int i = 1; i < 20; i++) {
		str_addf(&text, "- &a%d [", i);
		for (int j = 0; j < 10; j++)
			str_addf(&text, "*a%d,", i - 1);
		str_adds(&text, "]\n");
	}
	assert_false(yaml_parse(w->arena, "x.yaml", text.text, text.len,
	    &tree, &w->err));
	assert_non_null(strstr(w->err.text, "too large"));
	str_clear(&text);
	for (int i = 0; i < 100000; i++)
		str_addc(&text, '[');
	assert_false(yaml_parse(w->arena, "x.yaml", text.text, text.len,
	    &tree, &w->err));
	str_clear(&text);
	for (int i = 0; i < 2000; i++)
		str_addf(&text, "k%d: v\n", i);
	assert_false(yaml_parse(w->arena, "x.yaml", text.text, text.len,
	    &tree, &w->err));
	assert_non_null(strstr(w->err.text, "x.yaml:1001:1: too many keys"));
	str_free(&text);
}

static void
test_only(void **state)
{
	static const char *const allowed[] = { "id", "host", "text", "empty",
		NULL };
	struct world *w = *state;
	const struct yaml_tree *t = parse(w, example);

	assert_true(yaml_only(t, yaml_item(t, t->nodes, 0), allowed, &w->err));
	assert_string_equal(w->err.text, "");
	assert_false(yaml_only(t, yaml_item(t, t->nodes, 1), allowed,
	    &w->err));
	assert_string_equal(w->err.text, "x.yaml:9:9: unknown key 'deep'");
	str_clear(&w->err);
	yaml_fault(t, NULL, &w->err, "odd %s", "x\033y");
	assert_string_equal(w->err.text, "x.yaml:1:1: odd x^[y");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_reads, setup, teardown),
		cmocka_unit_test_setup_teardown(test_positions, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_anchor_is_copied, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bombs, setup, teardown),
		cmocka_unit_test_setup_teardown(test_only, setup, teardown)
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests_name("base_yaml", tests, NULL, NULL);
}
