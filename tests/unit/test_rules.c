/* SPDX-License-Identifier: ISC
 * The wordings: each rule claims its own sample, ids are unique, classes
 * exist; the schema is checked with the place of the fault; matching. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/text.h"
#include "engine/base/yaml.h"
#include "engine/bounce/bounce.h"
#include "engine/bounce/classes.h"
#include "engine/bounce/rules.h"

static void
test_schema_of_builtin(void **state)
{
	struct arena *arena = arena_new();
	struct rules *rules = rules_new(arena);
	struct str err;
	size_t files = 0;

	(void)state;
	str_init(&err, 1000);
	for (size_t i = 0; data_trees[i] != NULL; i++) {
		if (!text_starts(data_trees[i]->file, "bounces/"))
			continue;
		files++;
		if (!rules_add(rules, data_trees[i], 0, true, &err))
			fail_msg("%s", err.text);
	}
	assert_true(files > 10);
	str_free(&err);
	arena_free(&arena);
}

/* What was made at build time is what data/ says. */
static void
test_embedded(void **state)
{
	struct arena *arena = arena_new();
	struct rules *want = rules_new(arena);
	const struct rules *got = rules_builtin();
	struct str err;

	(void)state;
	str_init(&err, 1000);
	assert_true(rules_add_embedded(want, false, &err));
	rules_prepare(want);
	assert_int_equal(got->n, want->n);
	assert_int_equal(got->n_texts, want->n_texts);
	assert_int_equal(got->n_literals, want->n_literals);
	assert_int_equal(got->n_providers, want->n_providers);
	for (size_t i = 0; i < want->n; i++) {
		const struct rule *a = &got->list[i], *b = &want->list[i];

		assert_string_equal(a->id, b->id);
		assert_string_equal(a->class_id, b->class_id);
		assert_string_equal(a->sample, b->sample);
		assert_true(text_same(a->regex, b->regex));
		assert_int_equal(a->tier, b->tier);
		assert_int_equal(a->stages, b->stages);
		assert_memory_equal(&a->any, &b->any, sizeof a->any);
		assert_memory_equal(&a->none, &b->none, sizeof a->none);
		assert_true((a->provider == NULL && b->provider == NULL) ||
		    text_same(a->provider->name, b->provider->name));
		for (size_t k = 0; b->also[k] != NULL; k++)
			assert_string_equal(a->also[k], b->also[k]);
	}
	for (size_t i = 0; i < want->n_literals; i++) {
		assert_string_equal(got->literals[i].text,
		    want->literals[i].text);
		assert_int_equal(got->literals[i].rule,
		    want->literals[i].rule);
	}
	assert_memory_equal(got->slots, want->slots,
	    (sizeof *got->slots) << GRAM_BITS);
	str_free(&err);
	arena_free(&arena);
}

static void
test_ids_unique(void **state)
{
	const struct rules *rules = rules_builtin();

	(void)state;
	assert_true(rules->n > 200);
	for (size_t i = 0; i < rules->n; i++)
		for (size_t k = 0; k < i; k++)
			if (strcmp(rules->list[i].id, rules->list[k].id) == 0)
				fail_msg("two rules '%s'", rules->list[i].id);
}

static void
test_samples(void **state)
{
	const struct rules *rules = rules_builtin();
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < rules->n; i++) {
		const struct rule *rule = &rules->list[i];
		struct arena *arena = arena_new();
		struct bounces got;
		const char *id = NULL;

		bounce_read(arena, rules, "-", rule->sample,
		    strlen(rule->sample), &got);
		if (got.n != 0)
			id = got.list[0].rule;
		/* a rule for "unknown" gives its nearest classes, no id */
		if (strcmp(rule->class_id, "unknown") == 0) {
			wrong += got.n != 1 || id != NULL ||
			    got.list[0].alternatives[0] == NULL;
		} else if (got.n != 1 || id == NULL ||
		    strcmp(id, rule->id) != 0) {
			print_message("%s: sample read as %zu, claimed by %s\n",
			    rule->id, got.n, id != NULL ? id : "no rule");
			wrong++;
		}
		arena_free(&arena);
	}
	assert_int_equal(wrong, 0);
}

static void
test_classes(void **state)
{
	static const char *const who[] = { "dns", "host", "app", "hoster",
		"recipient", "wait", "none" };

	(void)state;
	assert_int_equal(class_count(), 38);
	for (size_t i = 0; i < class_count(); i++) {
		const struct refusal_class *class = class_at(i);
		bool known = false;

		assert_non_null(class->id);
		assert_non_null(class->meaning);
		assert_non_null(class->plain);
		assert_non_null(class->first);
		for (size_t k = 0; k < sizeof who / sizeof *who; k++)
			known = known || text_same(class->who, who[k]);
		assert_true(known);
		assert_ptr_equal(class_find(class->id), class);
		assert_int_equal(class->first[strlen(class->first) - 1], '.');
	}
	assert_null(class_find("no_such_class"));
	assert_null(class_find(NULL));
	assert_null(class_at(class_count()));
}

/* Rules files with a fault, and what is said about it. */
static void
test_faults(void **state)
{
	static const struct {
		const char *yaml, *want;
	} cases[] = {
		{ "- a\n", "a rules file is a map" },
		{ "rulez: []\n", "x.yaml:1:" },
		{ "rules: a\n", "'rules' must be a list" },
		{ "rules:\n  - {class: spf, text: abcd, sample: abcd}\n",
		    "needs an 'id'" },
		{ "rules:\n  - {id: a, class: spf, text: abcd}\n",
		    "x.yaml:2:5: rule 'a' needs a 'sample'" },
		{ "rules:\n  - {id: a, class: nope, text: abcd, sample: b}\n",
		    "unknown class 'nope'" },
		{ "rules:\n  - {id: a, class: spf, also: [dkim, no], text: abcd,"
		    " sample: b}\n", "unknown class 'no'" },
		{ "rules:\n  - {id: a, class: spf, sample: b}\n",
		    "rule 'a' has nothing to match" },
		{ "rules:\n  - {id: a, class: spf, text: abc, sample: b}\n",
		    "'text' needs texts of at least 4 characters" },
		{ "rules:\n  - {id: a, class: spf, txt: abcd, sample: b}\n",
		    "txt" },
		{ "rules:\n  - {id: a, class: spf, stage: lunch, sample: b}\n",
		    "unknown stage 'lunch'" },
		{ "rules:\n  - {id: a, class: spf, regex: 'a', sample: b,"
		    " status: 5.1.1}\n", "'regex' needs 'text' or 'all'" },
		{ "rules:\n  - {id: a, class: spf, with: abcd, sample: b,"
		    " status: 5.1.1}\n", "'with' needs 'text' or 'all'" },
		{ "rules:\n  - {id: a, class: spf, regex: '(', text: abcd,"
		    " sample: b}\n", "bad regular expression" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct arena *arena = arena_new();
		struct yaml_tree *tree;
		struct str err;

		str_init(&err, 1000);
		assert_true(yaml_parse(arena, "x.yaml", cases[i].yaml,
		    strlen(cases[i].yaml), &tree, &err));
		assert_false(rules_add(rules_new(arena), tree, 0, true, &err));
		if (strstr(err.text, cases[i].want) == NULL)
			fail_msg("case %zu: got '%s', want '%s'", i, err.text,
			    cases[i].want);
		assert_non_null(strstr(err.text, "x.yaml:"));
		str_free(&err);
		arena_free(&arena);
	}
}

static const char *
class_with(struct arena *arena, const struct rules *rules, const char *text,
    const char **rule)
{
	struct bounces got;

	bounce_read(arena, rules, "-", text, strlen(text), &got);
	assert_int_equal(got.n, 1);
	if (rule != NULL)
		*rule = got.list[0].rule;
	return got.list[0].class_id;
}

static const struct rules *
load(struct arena *arena, const char *yaml, bool *ok, struct str *err)
{
	char path[] = "/tmp/test_rules.XXXXXX";
	int fd = mkstemp(path);
	const struct rules *rules;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, yaml, strlen(yaml)), (int)strlen(yaml));
	close(fd);
	str_clear(err);
	rules = rules_load(arena, NULL, path, err);
	*ok = err->len == 0;
	unlink(path);
	return rules;
}

static void
test_local_file(void **state)
{
	static const char yaml[] =
		"rules:\n"
		"  - id: local.unknown\n"
		"    class: greylist\n"
		"    text: [user unknown]\n"
		"    sample: \"550 user unknown\"\n";
	struct arena *arena = arena_new();
	const struct rules *rules;
	const char *rule;
	struct str err;
	bool ok;

	(void)state;
	str_init(&err, 1000);
	rules = load(arena, yaml, &ok, &err);
	assert_true(ok);
	assert_string_equal(class_with(arena, rules,
	    "550 5.1.1 User unknown", &rule), "greylist");
	assert_string_equal(rule, "local.unknown");
	/* the built-in ones are still there, behind */
	assert_string_equal(class_with(arena, rules,
	    "552 5.2.2 mailbox is full", NULL), "rcpt_full");
	rules = load(arena, "rules:\n  - {id: x}\n", &ok, &err);
	assert_false(ok);
	assert_string_equal(class_with(arena, rules,
	    "550 5.1.1 User unknown", NULL), "rcpt_unknown");
	assert_non_null(strstr(err.text, ":2:"));
	str_clear(&err);
	rules = rules_load(arena, NULL, "/nonexistent/rules", &err);
	assert_ptr_equal(rules, rules_builtin());
	assert_true(err.len != 0);
	str_free(&err);
	arena_free(&arena);
}

/* A directory: a faulty file is said and left out, its neighbours count. */
static void
test_directory(void **state)
{
	static const struct {
		const char *name, *yaml;
	} files[] = {
		{ "a.yaml", "rules:\n  - {id: dir.a, class: greylist,"
		    " text: [first wording], sample: first wording}\n" },
		{ "b.yaml", "rules:\n  - {id: dir.b, klass: spf}\n" },
		{ "c.yaml", "rules:\n  - {id: dir.c, class: ptr,"
		    " text: [third wording], sample: third wording}\n" },
		{ "d.txt", "not rules" },
	};
	char folder[] = "/tmp/test_rules.XXXXXX";
	struct arena *arena = arena_new();
	const struct rules *rules;
	struct str err;

	(void)state;
	str_init(&err, 1000);
	assert_non_null(mkdtemp(folder));
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		FILE *f = fopen(arena_printf(arena, "%s/%s", folder,
		    files[i].name), "w");

		assert_non_null(f);
		fputs(files[i].yaml, f);
		fclose(f);
	}
	rules = rules_load(arena, folder, NULL, &err);
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
		unlink(arena_printf(arena, "%s/%s", folder, files[i].name));
	rmdir(folder);
	assert_non_null(strstr(err.text, "b.yaml:2:"));
	assert_null(strchr(err.text, '\n'));
	assert_string_equal(class_with(arena, rules, "550 first wording", NULL),
	    "greylist");
	assert_string_equal(class_with(arena, rules, "550 third wording", NULL),
	    "ptr");
	str_clear(&err);
	assert_ptr_equal(rules_load(arena, "/nonexistent", NULL, &err),
	    rules_builtin());
	assert_int_equal(err.len, 0);
	str_free(&err);
	arena_free(&arena);
}

static void
test_conditions(void **state)
{
	static const char yaml[] =
		"rules:\n"
		"  - {id: t.all, class: spf, all: [alpha, beta], sample: a}\n"
		"  - {id: t.not, class: dkim, text: [alpha], not: [gamma],"
		" sample: a}\n"
		"  - {id: t.stage, class: ptr, text: [delta], stage: [RCPT TO],"
		" sample: a}\n"
		"  - {id: t.regex, class: tls, text: [delta],"
		" regex: 'delta [0-9]+', sample: a}\n"
		"  - {id: t.host, class: helo, text: [delta],"
		" host: ['*.example.net'], sample: a}\n"
		"  - {id: t.status, class: loop, text: [delta],"
		" status: ['x.9.1*'], reply: ['55x'], sample: a}\n";
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "550 Beta comes after ALPHA", "t.all" },
		{ "550 alpha  alone", "t.not" },
		{ "550 alpha with gamma", NULL },
		{ "host a.example.com[192.0.2.1] said: 550 delta (in reply to "
		    "RCPT TO command)", "t.stage" },
		{ "550 delta 12", "t.regex" },
		{ "host a.example.net[192.0.2.1] said: 550 delta (in reply to "
		    "DATA command)", "t.host" },
		{ "554 5.9.123 delta", "t.status" },
		{ "544 5.9.123 delta", NULL },
		{ "554 5.8.123 delta", NULL },
	};
	struct arena *arena = arena_new();
	const struct rules *rules;
	struct str err;
	bool ok;

	(void)state;
	str_init(&err, 1000);
	rules = load(arena, yaml, &ok, &err);
	assert_true(ok);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *rule;

		class_with(arena, rules, cases[i].text, &rule);
		if (!text_same(rule, cases[i].want) &&
		    !(cases[i].want == NULL && (rule == NULL ||
		    rule[1] != '.')))
			fail_msg("%s: got %s", cases[i].text,
			    rule != NULL ? rule : "none");
	}
	str_free(&err);
	arena_free(&arena);
}

static void
test_pattern(void **state)
{
	static const struct {
		const char *pattern, *text;
		bool digits, want;
	} cases[] = {
		{ "*.google.com", "aspmx.l.google.com", false, true },
		{ "*.google.com", "google.com", false, false },
		{ "*.google.com", "a.google.com.example", false, false },
		{ "x.7.26", "5.7.26", true, true },
		{ "x.7.26", "5.7.2", true, false },
		{ "x.com", "5.com", false, false },
		{ "5.7.6*", "5.7.606", true, true },
		{ "55x", "550", true, true },
		{ "55x", "540", true, false },
		{ "*", "", false, true },
		{ "a*b*c", "aXXbYYbZc", false, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (pattern_match(cases[i].pattern, cases[i].text,
		    cases[i].digits) != cases[i].want)
			fail_msg("%s / %s", cases[i].pattern, cases[i].text);
}

static void
test_fold(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "", " " },
		{ "A  B\tC", " a b c " },
		{ "doesn?t", " doesn't " },
		{ "doesn\xe2\x80\x99t \xe2\x80\x9cx\xe2\x80\x9d",
		    " doesn't \"x\" " },
		{ "http://x/?p=NoSuchUser", " http://x/?p=nosuchuser " },
		{ "<Full.Box@example.com>: over", " <@>: over " },
		{ "Empf\xc3\xa4nger \xc3\x9c" "BERF\xc3\x9cLLT",
		    " empfanger uberfullt " },
		{ "\xd0\xaf\xd1\x89\xd0\xb8\xd0\xba \xd1\x91 \xd0",
		    " asik e \xd0 " },
		{ "ch\xc5\x82opa\xc5\xba \xc3", " chlopaz \xc3 " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct arena *arena = arena_new();
		struct folded got;

		fold_text(arena, span_of(cases[i].text), &got);
		assert_string_equal(got.text, cases[i].want);
		arena_free(&arena);
	}
}

/* Two lists: one of each must be there, accents or not. */
static void
test_with(void **state)
{
	static const char yaml[] =
		"rules:\n"
		"  - id: local.both\n"
		"    class: greylist\n"
		"    text: [\"bo\xc3\xaete\", mailbox]\n"
		"    with: [purple, yellow]\n"
		"    sample: \"450 purple mailbox\"\n";
	static const struct {
		const char *text, *rule;
	} cases[] = {
		{ "450 purple mailbox", "local.both" },
		{ "450 yellow boite", "local.both" },
		{ "450 yellow bo\xc3\xaete", "local.both" },
		{ "450 yellow box", NULL },
		{ "450 mailbox boite", NULL },
	};
	struct arena *arena = arena_new();
	const struct rules *rules;
	const char *rule;
	struct str err;
	bool ok;

	(void)state;
	str_init(&err, 1000);
	rules = load(arena, yaml, &ok, &err);
	assert_true(ok);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		class_with(arena, rules, cases[i].text, &rule);
		if (text_same(rule, "local.both") != (cases[i].rule != NULL))
			fail_msg("%s: %s", cases[i].text,
			    rule != NULL ? rule : "no rule");
	}
	str_free(&err);
	arena_free(&arena);
}

/* The mark is where the deciding words stand in the text. */
static void
test_mark(void **state)
{
	static const char text[] =
		"550 5.1.1 <user@example.net>: sorry, NO  such User here";
	struct arena *arena = arena_new();
	struct bounces got;
	char *marked;

	(void)state;
	bounce_read(arena, rules_builtin(), "-", text, strlen(text), &got);
	assert_int_equal(got.n, 1);
	marked = arena_strndup(arena, got.list[0].text +
	    got.list[0].mark_start, got.list[0].mark_len);
	assert_string_equal(marked, "NO such User");
	arena_free(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_schema_of_builtin),
		cmocka_unit_test(test_embedded),
		cmocka_unit_test(test_ids_unique),
		cmocka_unit_test(test_samples),
		cmocka_unit_test(test_classes),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_local_file),
		cmocka_unit_test(test_directory),
		cmocka_unit_test(test_conditions),
		cmocka_unit_test(test_pattern),
		cmocka_unit_test(test_fold),
		cmocka_unit_test(test_with),
		cmocka_unit_test(test_mark),
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests_name("rules", tests, NULL, NULL);
}
