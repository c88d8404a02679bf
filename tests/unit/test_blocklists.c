/* SPDX-License-Identifier: ISC
 * Which block lists are asked, and when their answers count: local files, the
 * list's own servers, every kind of silence. */
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

#include "engine/checks/blocklists.h"
#include "engine/checks/check.h"
#include "engine/world/replay.h"
#include "tests/unit/fixture.h"

/* One list, so that each row says it all. */
#define ONLY "- {zone: zen.spamhaus.org, name: ZEN, ask: \"no\"}\n" \
	"- {zone: bl.spamcop.net, ask: \"no\"}\n" \
	"- {zone: psbl.surriel.com, ask: \"no\"}\n" \
	"- {zone: dnsbl.dronebl.org, ask: \"no\"}\n" \
	"- {zone: bl.mailspike.net, ask: \"no\"}\n" \
	"- {zone: dbl.spamhaus.org, ask: \"no\"}\n" \
	"- {zone: bl.example, name: One, way: \"Wait.\", codes: " \
	"{\"127.0.0.3\": {list: Part, meaning: \"Spam.\"}}}\n"

#define GOOD_TESTS "2.0.0.127.bl.example. A 127.0.0.2\n"
#define SERVER "bl.example. NS ns.bl.example.\n" \
	"ns.bl.example. A 198.51.100.53\n"
#define AT "@198.51.100.53 +aa "

struct folder {
	char path[64], file[96];
};

static int
make_folder(void **state)
{
	static struct folder f;

	snprintf(f.path, sizeof f.path, "/tmp/test_blocklists.XXXXXX");
	if (mkdtemp(f.path) == NULL)
		return -1;
	snprintf(f.file, sizeof f.file, "%s/blocklists.yaml", f.path);
	*state = &f;
	return 0;
}

static int
drop_folder(void **state)
{
	struct folder *f = *state;

	unlink(f->file);
	return rmdir(f->path);
}

static const struct blocklists *
load(struct arena *arena, const struct folder *f, const char *yaml,
    struct str *err)
{
	fixture_file(f->file, yaml, 0600);
	return blocklists_load(arena, f->path, err);
}

static const struct blocklist *
find(const struct blocklists *all, const char *zone)
{
	for (size_t i = 0; i < all->n; i++)
		if (strcmp(all->list[i].zone, zone) == 0)
			return &all->list[i];
	return NULL;
}

static void
test_local(void **state)
{
	struct arena *arena = arena_new();
	const struct blocklists *all = blocklists_load(arena, NULL, NULL);
	size_t built_in = all->n;
	struct str err;

	str_init(&err, 4096);
	assert_true(built_in >= 5);
	assert_non_null(find(all, "zen.spamhaus.org"));
	assert_string_equal(find(all, "dbl.spamhaus.org")->listed, "dbltest.com");
	all = load(arena, *state, ONLY, &err);
	assert_int_equal(err.len, 0);
	assert_int_equal(all->n, 1);
	assert_string_equal(all->list[0].name, "One");
	all = load(arena, *state, "- {zone: BL.spamcop.net, name: Mine}\n", &err);
	assert_int_equal(all->n, built_in);
	assert_string_equal(find(all, "BL.spamcop.net")->name, "Mine");
	all = blocklists_load(arena, "/nonexistent", &err);
	assert_int_equal(all->n, built_in);
	assert_int_equal(err.len, 0);
	str_free(&err);
	arena_free(&arena);
}

/* A fault leaves the whole file out, and is said with its place. */
static void
test_faults(void **state)
{
	static const struct {
		const char *yaml, *error;
	} rows[] = {
		{ "- {name: Nameless}\n", ":1:" },
		{ "- word\n", "zone" },
		{ "- {zone: one}\n", "zone" },
		{ "- {zone: a.example, colour: red}\n", "colour" },
		{ "- {zone: a.example, codes: [1]}\n", "map" },
		{ "- {zone: a.example, codes: {\"127.0.0.2\": x}}\n", "map" },
		{ "- {zone: a.example, refuse: {\"127.0.0.2\": {wai: x}}}\n",
		    "wai" },
		{ "- {zone: a.example\n", "blocklists.yaml:" },
	};
	struct arena *arena = arena_new();
	size_t built_in = blocklists_load(arena, NULL, NULL)->n;
	struct str err;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		str_init(&err, 4096);
		assert_int_equal(load(arena, *state, rows[i].yaml, &err)->n,
		    built_in);
		if (strstr(err.text, rows[i].error) == NULL)
			fail_msg("%s: %s", rows[i].yaml, err.text);
		str_free(&err);
	}
	arena_free(&arena);
}

/* What is said about 192.0.2.1 when DNS has these lines. */
static const struct {
	const char *dns;
	const char *id;      /* of the only finding about lists */
	const char *words;   /* of its title or detail */
} answers[] = {
	{ GOOD_TESTS, "blocklist.clear", "One" },
	{ GOOD_TESTS "1.2.0.192.bl.example. A 127.0.0.3\n", "blocklist.listed",
	    "(Part)" },
	{ GOOD_TESTS "1.2.0.192.bl.example. A 127.0.0.4\n", "blocklist.listed",
	    "on the block list One" },
	/* without its test entry only a documented answer counts */
	{ "1.2.0.192.bl.example. A 127.0.0.3\n", "blocklist.listed", "(Part)" },
	{ "1.2.0.192.bl.example. A 127.0.0.4\n", "blocklist.could-not-tell",
	    "no usable answer" },
	{ "", "blocklist.could-not-tell", "own test entry" },
	{ GOOD_TESTS "1.0.0.127.bl.example. A 127.0.0.2\n"
	    "1.2.0.192.bl.example. A 127.0.0.3\n", "blocklist.could-not-tell",
	    "no list may list" },
	{ GOOD_TESTS "1.2.0.192.bl.example. A 192.0.2.99\n",
	    "blocklist.could-not-tell", "no usable answer" },
	{ GOOD_TESTS "1.2.0.192.bl.example. A timeout\n",
	    "blocklist.could-not-tell", "in time" },
	{ GOOD_TESTS "1.0.0.127.bl.example. A servfail\n"
	    "1.2.0.192.bl.example. A 127.0.0.3\n", "blocklist.could-not-tell",
	    "SERVFAIL" },
	{ GOOD_TESTS "1.2.0.192.bl.example. A 127.255.255.254\n",
	    "blocklist.could-not-tell", "Refuses" },
	/* the resolver is refused, the list's own server is not */
	{ SERVER "2.0.0.127.bl.example. A 127.255.255.254\n"
	    "1.0.0.127.bl.example. A 127.255.255.254\n"
	    "1.2.0.192.bl.example. A 127.255.255.254\n"
	    AT "2.0.0.127.bl.example. A 127.0.0.2\n"
	    AT "1.0.0.127.bl.example. A nxdomain\n"
	    AT "1.2.0.192.bl.example. A 127.0.0.3\n", "blocklist.listed",
	    "own server 198.51.100.53" },
	{ SERVER "2.0.0.127.bl.example. A 127.255.255.254\n"
	    "1.2.0.192.bl.example. A 127.255.255.254\n"
	    AT "2.0.0.127.bl.example. A 127.0.0.2\n"
	    AT "1.0.0.127.bl.example. A nxdomain\n"
	    AT "1.2.0.192.bl.example. A nxdomain\n", "blocklist.clear", "One" },
	{ SERVER "1.2.0.192.bl.example. A 127.255.255.254\n"
	    AT "2.0.0.127.bl.example. A timeout\n", "blocklist.could-not-tell",
	    "Refuses" },
};

static void
check_answer(const struct folder *folder, size_t row)
{
	struct arena *arena = arena_new();
	const char *text = arena_printf(arena, "[answers]\nown-ip = 192.0.2.1\n"
	    "domain = example.com\n[dns]\nworld = closed\n%s", answers[row].dns);
	struct facts *facts = facts_new(arena);
	const struct finding *found = NULL;
	const struct findings *all;
	struct recording recording;
	struct str err;

	str_init(&err, 256);
	if (!replay_read(arena, "-", text, strlen(text), facts, &recording,
		&err))
		fail_msg("%s", err.text);
	all = checks_run(&(struct check_input){
		.arena = arena, .facts = facts, .recording = &recording,
		.finished = true, .host = recording.host,
		.postfix = postfix_read(arena, &(struct postfix_options){
		    .directory = "/nonexistent" }),
		.blocklists = load(arena, folder, ONLY, &err) });
	for (size_t i = 0; i < all->n; i++) {
		if (strncmp(all->list[i].id, "blocklist.", 10) != 0)
			continue;
		assert_null(found);
		found = &all->list[i];
	}
	assert_non_null(found);
	if (strcmp(found->id, answers[row].id) != 0 ||
	    (strstr(found->title, answers[row].words) == NULL &&
	    strstr(found->detail, answers[row].words) == NULL))
		fail_msg("row %zu: %s: %s: %s", row, found->id, found->title,
		    found->detail);
	assert_non_null(found->facts[0]);
	str_free(&err);
	arena_free(&arena);
}

static void
test_answers(void **state)
{
	for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++)
		check_answer(*state, i);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_local),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_answers),
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests_name("blocklists", tests, make_folder,
	    drop_folder);
}
