/* SPDX-License-Identifier: ISC
 * What Postfix makes of a sender; tables that are asked, recorded and played
 * back; files that its settings name. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <utime.h>

#include "engine/world/postfix.h"
#include "tests/unit/fixture.h"

static struct arena *arena;

static int
setup(void **state)
{
	(void)state;
	arena = arena_new();
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

static struct postfix *
parse(const char *text)
{
	return postfix_parse(arena, text, strlen(text), "main.cf",
	    "mx.example.com", "3.7.11");
}

#define GENERIC(entries) "smtp_generic_maps = inline:{ " entries " }\n"
#define SENDERS(entries) "sender_canonical_maps = inline:{ " entries " }\n"
#define BOTH(entries) "canonical_maps = inline:{ " entries " }\n"

/* ADDRESS_REWRITING_README, canonical(5), generic(5), postconf(5) */
static const struct {
	const char *text, *address;
	bool queued;
	const char *want;
} cases[] = {
	{ "", "a@b.example", false, "a@b.example" },
	{ GENERIC("{ a@b.example = x@c.example }"), "a@b.example", true,
	  "x@c.example" },
	{ GENERIC("{ A@B.example = x@c.example }"), "a@b.EXAMPLE", true,
	  "x@c.example" },
	{ GENERIC("{ @b.example = x@c.example }"), "a@b.example", true,
	  "x@c.example" },
	{ GENERIC("{ @b.example = @c.example }"), "a@b.example", true,
	  "a@c.example" },
	{ GENERIC("{ @b.example = @c.example }, { a@b.example = z@z.z }"),
	  "a@b.example", true, "z@z.z" },
	{ GENERIC("{ a = x@c.example }"), "a@b.example", true,
	  "a@b.example" },
	{ GENERIC("{ a = x@c.example }"), "a@mx.example.com", true,
	  "x@c.example" },
	{ GENERIC("{ a = x }"), "a@mx.example.com", true,
	  "x@mx.example.com" },
	/* once only */
	{ GENERIC("{ a@b.example = b@b.example }, "
	  "{ b@b.example = c@b.example }"), "a@b.example", true,
	  "b@b.example" },
	/* again until nothing changes */
	{ SENDERS("{ a@b.example = b@b.example }, "
	  "{ b@b.example = c@b.example }"), "a@b.example", false,
	  "c@b.example" },
	{ SENDERS("{ a@b.example = b@b.example }, "
	  "{ b@b.example = a@b.example }"), "a@b.example", false,
	  "a@b.example" },
	{ SENDERS("{ a@b.example = c@b.example }"), "a@b.example", true,
	  "a@b.example" },
	{ SENDERS("{ a@b.example = c@b.example }")
	  "sender_canonical_classes = header_sender\n", "a@b.example",
	  false, "a@b.example" },
	{ SENDERS("{ a@b.example = c@b.example }") BOTH(
	  "{ c@b.example = d@b.example }") GENERIC(
	  "{ d@b.example = e@b.example }"), "a@b.example", false,
	  "e@b.example" },
	{ "recipient_delimiter = +\n" GENERIC("{ a@b.example = x@c.c }"),
	  "a+list@b.example", true, "x@c.c" },
	{ "recipient_delimiter = +\npropagate_unmatched_extensions = "
	  "generic\n" GENERIC("{ a@b.example = x@c.c }"),
	  "a+list@b.example", true, "x+list@c.c" },
	{ "recipient_delimiter = +\n" SENDERS("{ a@b.example = x@c.c }"),
	  "a+list@b.example", false, "x+list@c.c" },
	{ "recipient_delimiter = +\n" GENERIC("{ a+l@b.example = x@c.c }"),
	  "a+l@b.example", true, "x@c.c" },
	{ "masquerade_domains = example.com\n", "a@mx.example.com", false,
	  "a@example.com" },
	{ "masquerade_domains = example.com\n", "a@example.com", false,
	  "a@example.com" },
	{ "masquerade_domains = example.com\n", "a@notexample.com", false,
	  "a@notexample.com" },
	{ "masquerade_domains = !mx.example.com, example.com\n",
	  "a@x.mx.example.com", false, "a@x.mx.example.com" },
	{ "masquerade_domains = example.com\n"
	  "masquerade_exceptions = root\n", "root@mx.example.com", false,
	  "root@mx.example.com" },
	{ "masquerade_domains = example.com\n"
	  "masquerade_classes = header_sender\n", "a@mx.example.com",
	  false, "a@mx.example.com" },
	{ "masquerade_domains = $mydomain\n", "a@mx.example.com", false,
	  "a@example.com" },
	{ "smtp_generic_maps = static:x@c.c\n", "a@b.example", true,
	  "x@c.c" },
	{ "whybounce_services = smtp/unix n smtp {smtp_generic_maps="
	  "static:x@c.c}\n", "a@b.example", true, "x@c.c" },
	{ GENERIC("{ a@b.example = x@c.example }"), "", true, "" },
	{ GENERIC("{ a@b.example = x@c.example }"), "a", true, "a" },
};

static void
test_rewriting(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct postfix_way way;

		print_message("%s %s\n", cases[i].text, cases[i].address);
		postfix_rewrite_sender(parse(cases[i].text), cases[i].address,
		    NULL, cases[i].queued, &way);
		assert_string_equal(way.address, cases[i].want);
		assert_null(way.why_unknown);
	}
}

/* trivial-rewrite(8); tests/postfix/sender.test asks Postfix itself. */
static const struct {
	const char *text, *address, *want;
} completions[] = {
	{ "", "root", "root@mx.example.com" },
	{ "", "a@b.example", "a@b.example" },
	{ "", "a@b", "a@b" },
	{ "append_dot_mydomain = yes\n", "a@b", "a@b.example.com" },
	{ "append_at_myorigin = no\n", "root", "root" },
	{ "myorigin = host\nappend_dot_mydomain = yes\n", "root",
	  "root@host.example.com" },
	{ "myorigin = /etc/mailname\n", "root", NULL },
	{ "myorigin =\n", "root", NULL },
	{ "", "b.example!a", "a@b.example" },
	{ "swap_bangpath = no\n", "b!a", "b!a@mx.example.com" },
	{ "", "a%b.example", "a@b.example" },
	{ "", "a%b@c.example", "a%b@c.example" },
	{ "", "\"a!b\"", "\"a!b\"@mx.example.com" },
	{ "", "a@b.example.", "a@b.example" },
	{ "", "a@b..", "a@b.." },
	{ "", "a@.", "a@." },
	{ "", "a@", "a@" },
	{ "", "!", "!@mx.example.com" },
};

static void
test_complete(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof completions / sizeof completions[0]; i++) {
		char text[256];
		const char *got;

		snprintf(text, sizeof text, "compatibility_level = 3.6\n%s",
		    completions[i].text);
		got = postfix_complete(parse(text), completions[i].address);
		print_message("%s %s\n", completions[i].text, completions[i].address);
		if (completions[i].want == NULL)
			assert_null(got);
		else
			assert_string_equal(got, completions[i].want);
	}
}

#define SERVICES "whybounce_services = smtp/unix y smtp relay/unix y smtp " \
	"list/unix n pipe\n"
#define ISP "relayhost = [isp.example]:587\n"

/* transport(5), postconf(5) */
static const struct {
	const char *text, *host, *service;
} routes[] = {
	{ "", NULL, "smtp/unix" },
	{ ISP, "isp.example", "smtp/unix" },
	{ SERVICES ISP "default_transport = relay\n", "isp.example",
	  "relay/unix" },
	{ SERVICES ISP "default_transport = smtp:[d.example]\n",
	  "d.example", "smtp/unix" },
	{ SERVICES ISP "default_transport = error:5.1.1 no mail\n", NULL,
	  "smtp/unix" },
	{ ISP "transport_maps = inline:{b.example=error:5.1.1 no}\n",
	  NULL, "smtp/unix" },
	{ ISP "transport_maps = inline:{b.example=lmtp:unix:private/l}\n",
	  NULL, "smtp/unix" },
	{ SERVICES ISP "transport_maps = inline:{b.example=list:x}\n",
	  NULL, "list/unix" },
	{ SERVICES ISP "transport_maps = inline:{b.example=relay:}\n",
	  NULL, "relay/unix" },
	{ SERVICES ISP "transport_maps = inline:{.b.example=relay:}\n",
	  "isp.example", "smtp/unix" },
	{ ISP "transport_maps = inline:{b.example=smtp:[t.example]}\n",
	  "t.example", "smtp/unix" },
	{ ISP "transport_maps = inline:{b.example=:[t.example]}\n",
	  "t.example", "smtp/unix" },
	{ ISP "transport_maps = inline:{b.example=:}\n", "isp.example",
	  "smtp/unix" },
	{ SERVICES ISP "sender_dependent_default_transport_maps = "
	  "inline:{@a.example=relay:}\n", "isp.example", "relay/unix" },
	{ SERVICES ISP "sender_dependent_default_transport_maps = "
	  "inline:{s@a.example=relay:[s.example]}\n", "s.example",
	  "relay/unix" },
	{ ISP "sender_dependent_relayhost_maps = "
	  "inline:{@a.example=[r.example]}\n", "r.example", "smtp/unix" },
	{ ISP "sender_dependent_relayhost_maps = "
	  "inline:{@a.example=DUNNO}\n", "isp.example", "smtp/unix" },
};

static void
test_route(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
		struct postfix_route route;

		print_message("%s\n", routes[i].text);
		postfix_find_route(parse(routes[i].text), "s@a.example",
		    "x@b.example", &route);
		assert_null(route.why_unknown);
		assert_string_equal(route.service, routes[i].service);
		if (routes[i].host == NULL)
			assert_null(route.host);
		else
			assert_string_equal(route.host, routes[i].host);
	}
}

/* Was anything asked? Until all of it is answered. */
static bool
answer_asks(struct postfix *postfix)
{
	bool any = postfix_asks_go_on(postfix);

	while (postfix_asks_going(postfix)) {
		struct pollfd fds[POSTFIX_ASKS_FDS];
		int timeout = -1;
		size_t n = postfix_asks_poll(postfix, fds, &timeout);

		(void)poll(fds, n, timeout);
		any = postfix_asks_go_on(postfix) || any;
	}
	return any;
}

/* What a recording does not have is not known; what it has is. */
static void
test_recorded(void **state)
{
	static const char text[] = "smtp_generic_maps = pcre:/x, hash:/y\n"
	    "whybounce_asked = {pcre:/x - a@b.example} {hash:/y = a@b.example "
	    "x@c.c, second} {hash:/y ? f@b.example no permission} {bad} {} {a b c\n";
	struct postfix *postfix = parse(text);
	struct postfix_way way;

	(void)state;
	postfix_rewrite_sender(postfix, "a@b.example", NULL, true, &way);
	assert_string_equal(way.address, "x@c.c");
	assert_null(way.why_unknown);
	assert_string_equal(way.steps[0].table, "hash:/y");
	postfix_rewrite_sender(postfix, "f@b.example", NULL, true, &way);
	assert_string_equal(way.address, "f@b.example");
	assert_non_null(way.why_unknown);
	postfix_rewrite_sender(postfix, "z@b.example", NULL, true, &way);
	assert_non_null(way.why_unknown);
	assert_false(answer_asks(postfix));
}

/* The values of password tables are nowhere, not even in what was asked. */
static void
test_secret(void **state)
{
	struct postfix *postfix = parse("smtp_sasl_password_maps = inline:{ "
	    "{ [smtp.example.net]:587 = user:hunter2 } }\n");
	struct postfix_answer answer;
	struct str out;

	(void)state;
	assert_true(postfix_look_up(postfix, "smtp_sasl_password_maps",
	    "[smtp.example.net]:587", &answer));
	assert_non_null(answer.value);
	assert_null(strstr(answer.value, "hunter2"));
	str_init(&out, 1 << 20);
	postfix_print(postfix, &out);
	assert_null(strstr(out.text, "hunter2"));
	str_free(&out);
}

/* ---- this system's files ---- */

static void
set_age(const char *path, int seconds)
{
	time_t then = time(NULL) - seconds;

	assert_int_equal(utime(path, &(struct utimbuf){ then, then }), 0);
}

static const struct postfix_file *
file_of(const struct postfix *postfix, const char *path)
{
	const struct postfix_file *list;
	size_t n = postfix_files(postfix, &list);

	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i].path, path) == 0)
			return &list[i];
	return NULL;
}

#define FOLDER "/tmp/whybounce-way-XXXXXX"

/* A configuration folder. What main.cf says depends on where it is. */
enum {
	MAIN, GOOD, GOOD_DB, OLD, OLD_DB, BARE, ALIASES, POSTMAP, POSTCONF, END
};
static const struct {
	const char *name, *text;
	mode_t mode;
} parts[END] = {
	[MAIN] = { "main.cf", "", 0600 },
	[GOOD] = { "good", "k v\n", 0600 },
	[GOOD_DB] = { "good.db", "k v\n", 0600 },
	[OLD] = { "old", "k v\n", 0600 },
	[OLD_DB] = { "old.db", "k v\n", 0600 },
	[BARE] = { "bare", "k v\n", 0600 },
	[ALIASES] = { "aliases", "# no\nwww-data: root\n"
	    "\"root\": a@example.com,\n  b@example.com\n", 0600 },
	[POSTMAP] = { "postmap", "#!/bin/sh\n"
	    "[ \"$4\" = there@x ] && echo yes && exit 0\n"
	    "[ \"$4\" = broken@x ] && echo oops >&2\nexit 1\n", 0700 },
	[POSTCONF] = { "postconf", "#!/bin/sh\nexit 1\n", 0700 },
};

struct folder {
	char name[sizeof FOLDER];
	const char *path[END];
	struct postfix *postfix;
};

static void
open_folder(struct folder *f)
{
	struct postfix_options options = { .use_postconf = true };

	memcpy(f->name, FOLDER, sizeof FOLDER);
	assert_non_null(mkdtemp(f->name));
	for (size_t i = 0; i < END; i++) {
		f->path[i] = arena_printf(arena, "%s/%s", f->name,
		    parts[i].name);
		fixture_file(f->path[i], parts[i].text, parts[i].mode);
	}
	fixture_file(f->path[MAIN], arena_printf(arena,
	    "virtual_alias_maps = hash:%s hash:%s, proxy:hash:%s "
	    "regexp:%s/none\nalias_maps = hash:%s\nown_maps = pcre:/x\n",
	    f->path[GOOD], f->path[OLD], f->path[BARE], f->name,
	    f->path[ALIASES]), parts[MAIN].mode);
	set_age(f->path[OLD_DB], 1000);
	options.directory = f->name;
	options.postconf = f->path[POSTCONF];
	f->postfix = postfix_read(arena, &options);
}

static void
close_folder(const struct folder *f)
{
	for (size_t i = 0; i < END; i++)
		assert_int_equal(unlink(f->path[i]), 0);
	assert_int_equal(rmdir(f->name), 0);
}
static void
test_files(void **state)
{
	struct postfix_answer answer;
	struct folder f;

	(void)state;
	open_folder(&f);
	assert_null(file_of(f.postfix, f.path[GOOD_DB]));
	assert_int_equal(file_of(f.postfix, f.path[OLD_DB])->state,
	    POSTFIX_FILE_OLD);
	assert_int_equal(file_of(f.postfix, arena_printf(arena, "%s.db",
	    f.path[BARE]))->state, POSTFIX_FILE_NO_DATABASE);
	assert_int_equal(file_of(f.postfix, arena_printf(arena, "%s/none",
	    f.name))->state, POSTFIX_FILE_MISSING);
	assert_true(postfix_look_up(f.postfix, "alias_maps", "root", &answer));
	assert_string_equal(answer.value, "a@example.com,   b@example.com");
	assert_true(postfix_look_up(f.postfix, "alias_maps", "www-data",
	    &answer));
	assert_string_equal(answer.value, "root");
	close_folder(&f);
}

/* What is not in memory is noted, then asked, and recorded. */
static void
test_asked(void **state)
{
	struct postfix_answer answer;
	struct postfix *again;
	struct folder f;
	struct str out;

	(void)state;
	open_folder(&f);
	assert_false(postfix_look_up(f.postfix, "own_maps", "there@x",
	    &answer));
	assert_int_equal(setenv("PATH", f.name, 1), 0);
	assert_true(answer_asks(f.postfix));
	assert_true(postfix_look_up(f.postfix, "own_maps", "there@x", &answer));
	assert_string_equal(answer.value, "yes");
	/* a pattern sees whole addresses only */
	assert_true(postfix_look_up(f.postfix, "own_maps", "@x", &answer));
	assert_false(answer_asks(f.postfix));
	postfix_look_up(f.postfix, "own_maps", "broken@x", &answer);
	postfix_look_up(f.postfix, "own_maps", "absent@x", &answer);
	assert_true(answer_asks(f.postfix));
	assert_false(postfix_look_up(f.postfix, "own_maps", "broken@x",
	    &answer));
	assert_string_equal(answer.why_unknown, "oops");
	assert_true(postfix_look_up(f.postfix, "own_maps", "absent@x",
	    &answer));
	assert_null(answer.value);

	str_init(&out, 1 << 20);
	postfix_print(f.postfix, &out);
	again = postfix_parse(arena, out.text, out.len, "again", NULL, NULL);
	assert_int_equal(file_of(again, f.path[OLD_DB])->state,
	    POSTFIX_FILE_OLD);
	assert_true(postfix_look_up(again, "own_maps", "there@x", &answer));
	assert_string_equal(answer.value, "yes");
	assert_false(postfix_look_up(again, "own_maps", "new@x", &answer));
	str_free(&out);
	close_folder(&f);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_rewriting),
		T(test_complete),
		T(test_route),
		T(test_recorded),
		T(test_secret),
		T(test_files),
		T(test_asked),
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests_name("postfix_way", tests, NULL, NULL);
}
