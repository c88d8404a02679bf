/* SPDX-License-Identifier: ISC
 * The main.cf reader: values, faults, limits, secrets, files that are none. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

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
	    "mail.example.com", "3.7.11");
}

/* ---- values ---- */

static void
test_values(void **state)
{
	static const struct {
		const char *text, *name, *want;
		bool unresolved;
	} cases[] = {
		{ "relayhost = a\n", "relayhost", "a", false },
		{ "relayhost=a", "relayhost", "a", false },
		{ "relayhost = a\n  b\n#c\n\td\n", "relayhost", "a b d",
		  false },
		{ "relayhost = a\r\n b\r\n", "relayhost", "a b", false },
		{ "relayhost = a\nrelayhost = b\n", "relayhost", "b", false },
		{ " x = y\nrelayhost = a\n", "relayhost", "a", false },
		{ "relayhost = [$mydomain]\n", "relayhost", "[example.com]",
		  false },
		{ "relayhost = ${x?a}${x:b}\n", "relayhost", "b", false },
		{ "x=\nrelayhost = ${x?{a}:{b}}\n", "relayhost", "b", false },
		{ "relayhost = $$x\n", "relayhost", "$x", false },
		{ "relayhost = $(mydomain)\n", "relayhost", "example.com",
		  false },
		{ "relayhost = <$nothing>\n", "relayhost", "<>", true },
		{ "relayhost = a$relayhost\n", "relayhost", "a$relayhost",
		  true },
		{ "a=$b\nb=$a\n", "a", "$b", true },
		{ "relayhost = ${x\n", "relayhost", "${x", true },
		{ "relayhost = ${{3.6} <level {3.10} ? {t} : {f}}\n",
		  "relayhost", "t", false },
		{ "", "mydestination",
		  "mail.example.com, localhost.example.com, localhost",
		  false },
		{ "", "append_dot_mydomain", "yes", false },
		{ "compatibility_level = 2\n", "append_dot_mydomain", "no",
		  false },
		{ "", "smtp_helo_name", "mail.example.com", false },
		{ "myhostname = example.net\n", "mydomain", "net", false },
		{ "myhostname = mail\n", "mydomain", "localdomain", false },
		{ "mydomain = example.org\n", "myhostname",
		  "mail.example.com", false },
		{ "myhostname = $h.example.org\nh = a\n", "mydomain",
		  "example.org", false },
		{ "luser_relay = $user@x\n", "luser_relay", "$user@x", false },
		{ "", "smtp_fallback_relay", "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct postfix_value *got = postfix_value(
		    parse(cases[i].text), cases[i].name);

		if (got->value == NULL || strcmp(got->value, cases[i].want) ||
		    got->unresolved != cases[i].unresolved)
			fail_msg("case %zu: got '%s'%s, want '%s'%s", i,
			    got->value, got->unresolved ? " unresolved" : "",
			    cases[i].want,
			    cases[i].unresolved ? " unresolved" : "");
	}
}

static void
test_origin_and_line(void **state)
{
	struct postfix *p = parse("# a\nrelayhost = x\n\nmyorigin = y\n z\n"
	    "relayhost =\n  w\n");
	const struct postfix_value *v = postfix_value(p, "relayhost");

	(void)state;
	assert_int_equal(v->origin, POSTFIX_MAIN_CF);
	assert_int_equal(v->line, 6);
	assert_string_equal(v->file, "main.cf");
	assert_int_equal(postfix_count(p), 2);
	assert_string_equal(postfix_at(p, 0)->name, "myorigin");
	assert_string_equal(postfix_at(p, 1)->name, "relayhost");
	assert_int_equal(postfix_at(p, 2)->origin, POSTFIX_UNSET);
	assert_int_equal(postfix_value(p, "mydestination")->origin,
	    POSTFIX_DEFAULT);
	assert_int_equal(postfix_value(p, "no_such")->origin, POSTFIX_UNSET);
	assert_null(postfix_value(p, "no_such")->value);
	assert_string_equal(postfix_get(p, "no_such"), "");
	assert_true(postfix_is_set(p, "relayhost"));
	assert_false(postfix_is_set(p, "mydestination"));
}

static void
test_host_unknown(void **state)
{
	struct postfix *p = postfix_parse(arena, "relayhost = $mydomain\n", 22,
	    NULL, NULL, NULL);

	(void)state;
	assert_int_equal(postfix_value(p, "myhostname")->origin,
	    POSTFIX_UNSET);
	assert_int_equal(postfix_value(p, "mydomain")->origin, POSTFIX_UNSET);
	assert_true(postfix_value(p, "relayhost")->unresolved);
	assert_true(postfix_value(p, "myorigin")->unresolved);
}

/* ---- versions ---- */

static void
test_versions(void **state)
{
	static const struct {
		const char *version, *name, *want;
		bool assumed;
	} cases[] = {
		{ "2.6.6", "inet_protocols", "ipv4", false },
		{ "2.9.0", "inet_protocols", "all", false },
		{ NULL, "inet_protocols", "all", true },
		{ "2.8.1", "smtp_address_preference", "ipv6", false },
		{ "3.7.11", "smtp_address_preference", "any", false },
		{ "2.6.6", "smtp_address_preference", NULL, false },
		{ "3.2.0", "smtp_balance_inet_protocols", NULL, false },
		{ "3.3.0", "smtp_balance_inet_protocols", "yes", false },
		{ "3.6", "smtp_bind_address_enforce", NULL, false },
		{ "3.7", "smtp_bind_address_enforce", "no", false },
		{ "2.5.0", "milter_protocol", "2", false },
		{ "2.6.0", "milter_protocol", "6", false },
		{ "3.10.1", "milter_default_action", "tempfail", false },
		{ "3.11-20250101", "milter_default_action", "shutdown",
		  false },
		{ "3.11.0", "smtp_tls_security_level", "", false },
		{ "2.11.1", "append_dot_mydomain", "yes", false },
		{ "2.11.1", "mynetworks_style", "subnet", false },
		{ NULL, "smtp_connect_timeout", "30s", false },
		{ "rubbish", "mynetworks_style", "subnet", true },
		{ "3.7.11", "default_database_type", "hash", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct postfix *p = postfix_parse(arena, "", 0, "main.cf",
		    "mail.example.com", cases[i].version);
		const struct postfix_value *got = postfix_value(p,
		    cases[i].name);
		const char *want = cases[i].want;

		if ((want == NULL) != (got->value == NULL) ||
		    (want != NULL && strcmp(want, got->value) != 0) ||
		    got->assumed != cases[i].assumed)
			fail_msg("case %zu: got '%s'%s, want '%s'", i,
			    got->value != NULL ? got->value : "-",
			    got->assumed ? " assumed" : "",
			    want != NULL ? want : "-");
	}
}

static void
test_at_least(void **state)
{
	static const struct {
		const char *version;
		int major, minor;
		bool want;
	} cases[] = {
		{ "3.7.11", 3, 7, true }, { "3.7.11", 3, 8, false },
		{ "3.10.2", 3, 9, true }, { "3.7.11", 2, 11, true },
		{ "2.11.3", 3, 0, false }, { "3.11-20250101", 3, 11, true },
		{ NULL, 2, 0, false }, { "x", 2, 0, false },
		{ "99999999999999999999.1", 3, 0, true }, { "3", 3, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct postfix *p = postfix_parse(arena, "", 0, NULL, NULL,
		    cases[i].version);

		if (postfix_at_least(p, cases[i].major, cases[i].minor) !=
		    cases[i].want)
			fail_msg("case %zu", i);
	}
}

/* compatibility_level decides what Postfix 3.11 does without a setting */
static void
test_compatibility(void **state)
{
	static const char text[] = "compatibility_level = 3.11\n";
	struct postfix *p = postfix_parse(arena, text, sizeof text - 1, NULL,
	    NULL, "3.11.0");

	(void)state;
	assert_string_equal(postfix_get(p, "smtp_tls_security_level"), "may");
	assert_string_equal(postfix_get(p, "relay_domains"), "");
}

/* ---- what else is asked ---- */

static void
test_list_has(void **state)
{
	struct postfix *p = parse("mydestination = $myhostname,\tlocalhost\n"
	    "  Example.NET, hash:/etc/postfix/more\n");

	(void)state;
	assert_true(postfix_list_has(p, "mydestination", "mail.example.com"));
	assert_true(postfix_list_has(p, "mydestination", "example.net"));
	assert_true(postfix_list_has(p, "mydestination", "localhost"));
	assert_false(postfix_list_has(p, "mydestination", "example.com"));
	assert_false(postfix_list_has(p, "mydestination", "local"));
	assert_false(postfix_list_has(p, "mydestination", ""));
	assert_false(postfix_list_has(p, "no_such", "x"));
}

static void
test_nexthop(void **state)
{
	static const struct {
		const char *value, *want;
		bool mx;
	} cases[] = {
		{ "[smtp.example.net]:587", "smtp.example.net", false },
		{ "[smtp.example.net]", "smtp.example.net", false },
		{ "smtp.example.net:587", "smtp.example.net", true },
		{ "example.net", "example.net", true },
		{ "[192.0.2.1]:25", "192.0.2.1", false },
		{ "[ipv6:2001:db8::1]:25", "2001:db8::1", false },
		{ "[2001:db8::1]", "2001:db8::1", false },
		{ " [a.example], [b.example]", "a.example", false },
		{ "a.example b.example", "a.example", true },
		{ "", NULL, false }, { " ,", NULL, false },
		{ "[]", NULL, false }, { "[", NULL, false },
		{ ":25", NULL, true }, { "[a.example", "a.example", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		bool mx = !cases[i].mx;
		const char *got = postfix_nexthop(arena, cases[i].value, &mx);

		if (mx != cases[i].mx || (got == NULL) !=
		    (cases[i].want == NULL) || (got != NULL &&
			strcmp(got, cases[i].want) != 0))
			fail_msg("case %zu: got '%s'", i,
			    got != NULL ? got : "-");
	}
}

/* ---- recordings ---- */

static const char *
printed(const struct postfix *p)
{
	struct str out;
	const char *copy;

	str_init(&out, 1 << 20);
	postfix_print(p, &out);
	copy = arena_strndup(arena, out.text, out.len);
	str_free(&out);
	return copy;
}

static void
test_print(void **state)
{
	struct postfix *p = parse("myhostname = a.example\n"
	    "relayhost =\n [b.example]\nrelayhost = [c.example]\n"
	    "myorigin = /etc/mailname\nempty =\n");
	const char *text = printed(p);

	(void)state;
	assert_string_equal(text, "myhostname = a.example\n"
	    "relayhost = [c.example]\nmyorigin = /etc/mailname\nempty =\n");
	assert_string_equal(printed(parse(text)), text);
}

/* What only this host knows goes along and is used when read again. */
static void
test_print_host(void **state)
{
	struct postfix *p = parse("whybounce_hostname = short\n"
	    "whybounce_mailname = example.org\nmyorigin = /etc/mailname\n");

	(void)state;
	assert_string_equal(postfix_get(p, "myhostname"), "short.localdomain");
	assert_string_equal(postfix_get(p, "myorigin"), "example.org");
	assert_false(postfix_value(p, "myorigin")->unresolved);
	assert_string_equal(postfix_value(p, "myorigin")->raw,
	    "/etc/mailname");
	assert_int_equal(postfix_count(p), 1);
	assert_string_equal(printed(p), "myorigin = /etc/mailname\n"
	    "whybounce_hostname = short\nwhybounce_mailname = example.org\n");
	assert_true(postfix_value(parse("myorigin = /etc/mailname\n"),
	    "myorigin")->unresolved);
}

/* "hunter2" stands for every secret. */
static void
test_secrets(void **state)
{
	static const struct {
		const char *text, *kept;
	} cases[] = {
		{ "smtp_sasl_password_maps = static:user:hunter2\n",
		  "static:REMOVED" },
		{ "smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd, "
		  "inline:{ [a.example]=user:hunter2, b=hunter2:x }\n",
		  "hash:/etc/postfix/sasl_passwd, inline:REMOVED" },
		{ "smtp_sasl_password_maps = static:{user:hunter2}\n",
		  "static:REMOVED" },
		{ "smtp_sasl_password_maps = user:hunter2\n", "= REMOVED" },
		{ "smtp_sasl_password_maps = static:$secret_one\n"
		  "secret_one = user:hunter2\n", "static:REMOVED" },
		{ "smtp_sasl_password_maps = static:${a}\na = $b\n"
		  "b = hunter2\n", "static:REMOVED" },
		{ "smtp_sasl_password_maps = "
		  "$default_database_type:/etc/postfix/sasl\n",
		  "$default_database_type:/etc/postfix/sasl" },
		{ "smtp_sasl_password_maps = proxy:mysql:/etc/postfix/m.cf\n",
		  "proxy:mysql:/etc/postfix/m.cf" },
		{ "smtp_sasl_password_maps = unionmap:{static:hunter2}\n",
		  "unionmap:REMOVED" },
		{ "lmtp_sasl_password_maps = static:u:hunter2\n",
		  "static:REMOVED" },
		{ "relayhost = user:hunter2@a.example\n",
		  "relayhost = REMOVED@a.example" },
		{ "proxy = http://user:hunter2@a.example/x\n",
		  "http://REMOVED@a.example/x" },
		{ "smtpd_client_restrictions = reject_rbl_client "
		  "hunter2.zen.dq.spamhaus.net=127.0.0.[2..11]\n",
		  "reject_rbl_client REMOVED.zen.dq.spamhaus.net=127.0.0." },
		{ "accounts_bind_pw = hunter2\n",
		  "accounts_bind_pw = REMOVED" },
		{ "users_password = hunter2\n", "users_password = REMOVED" },
		{ "smtp_generic_maps = static:info@example.com\n",
		  "static:info@example.com" },
		{ "virtual_alias_maps = hash:/etc/a@b:c\n",
		  "hash:/etc/a@b:c" },
		{ "smtpd_milters = inet:127.0.0.1:8891\n",
		  "inet:127.0.0.1:8891" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const char *got = printed(parse(cases[i].text));

		if (strstr(got, "hunter2") != NULL ||
		    strstr(got, cases[i].kept) == NULL)
			fail_msg("case %zu: got '%s'", i, got);
	}
}

static void
test_print_octets(void **state)
{
	const char *text = printed(parse("myhostname = h\n"
	    "relayhost = a\x1b[31m\x7f b\n"
	    "[dns] = x\n[bounce]=\n\x1b = c\n"));

	(void)state;
	assert_string_equal(text, "myhostname = h\nrelayhost = a?[31m? b\n");
}

/* ---- faults and limits ---- */

static void
test_notes(void **state)
{
	static const struct {
		const char *text, *note;
		size_t len;
	} cases[] = {
		{ "a = b\nrelayhost x\n", "Line 2 is not a setting", 0 },
		{ "= b\n", "Line 1 is not a setting", 0 },
		{ "\n  a = b\n", "Line 2 begins with a blank", 0 },
		{ "a = b\0c\n", "Line 1 has a NUL", 8 },
		{ "a = b\n", NULL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		size_t len = cases[i].len > 0 ? cases[i].len :
		    strlen(cases[i].text);
		const char *note = postfix_note(postfix_parse(arena,
			cases[i].text, len, NULL, NULL, NULL));

		if ((note == NULL) != (cases[i].note == NULL) ||
		    (note != NULL && strstr(note, cases[i].note) == NULL))
			fail_msg("case %zu: got '%s'", i,
			    note != NULL ? note : "-");
	}
}

static double
seconds(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

/* Texts that would take for ever or for all memory. */
static void
test_bombs(void **state)
{
	struct str text;
	double start = seconds();
	struct postfix *p;

	(void)state;
	str_init(&text, 1 << 20);
	for (int i = 0; i < 60; i++)
		str_addf(&text, "a%d = $a%d$a%d\n", i, i + 1, i + 1);
	str_adds(&text, "a60 = x\nb = ok\n");
	p = postfix_parse(arena, text.text, text.len, NULL, NULL, NULL);
	assert_true(postfix_value(p, "a0")->unresolved);
	assert_string_equal(postfix_get(p, "a58"), "xxxx");
	str_clear(&text);
	for (int i = 0; i < 60; i++)
		str_addf(&text, "a%d = $a%d$a%d\n", i, i + 1, i + 1);
	str_adds(&text, "a60 =\n");
	p = postfix_parse(arena, text.text, text.len, NULL, NULL, NULL);
	assert_true(postfix_value(p, "a0")->unresolved);
	str_clear(&text);
	str_adds(&text, "a = ");
	for (int i = 0; i < 200000; i++)
		str_adds(&text, "${x?");
	p = postfix_parse(arena, text.text, text.len, NULL, NULL, NULL);
	assert_true(postfix_value(p, "a")->unresolved);
	str_clear(&text);
	for (int i = 0; i < 100000; i++)
		str_addf(&text, "a%d=\n", i);
	p = postfix_parse(arena, text.text, text.len, NULL, NULL, NULL);
	assert_int_equal(postfix_count(p), 20000);
	assert_non_null(strstr(postfix_note(p), "more settings"));
	str_free(&text);
	assert_true(seconds() - start < 20);
}

/* ---- this system's file ---- */

static const char *
folder(const char *name)
{
	char *path = arena_printf(arena, "%s/tests/%s.XXXXXX", TEST_BUILDDIR,
	    name);

	if (mkdtemp(path) == NULL) {
		path = arena_printf(arena, "/tmp/%s.XXXXXX", name);
		assert_non_null(mkdtemp(path));
	}
	return path;
}

static struct postfix *
read_folder(const char *path, const char *postconf)
{
	return postfix_read(arena, &(struct postfix_options){
		.directory = path,
		.use_postconf = postconf != NULL,
		.postconf = postconf,
	});
}

static void
test_files(void **state)
{
	const char *dir = folder("postfix");
	const char *main_cf = arena_printf(arena, "%s/main.cf", dir);
	const char *mailname = arena_printf(arena, "%s/mailname", dir);
	const char *text;
	struct postfix *p;

	(void)state;
	p = read_folder(dir, NULL);
	assert_int_equal(postfix_get_state(p), POSTFIX_NOT_HERE);
	assert_non_null(strstr(postfix_note(p), "There is no"));
	assert_string_equal(postfix_get(p, "relayhost"), "");
	assert_int_equal(postfix_count(p), 0);
	assert_string_equal(printed(p), "");

	assert_int_equal(mkdir(main_cf, 0700), 0);
	assert_int_equal(postfix_get_state(read_folder(dir, NULL)),
	    POSTFIX_UNREADABLE);
	assert_int_equal(rmdir(main_cf), 0);

	assert_int_equal(mkfifo(main_cf, 0600), 0);
	assert_int_equal(postfix_get_state(read_folder(dir, NULL)),
	    POSTFIX_UNREADABLE);
	assert_int_equal(unlink(main_cf), 0);

	assert_int_equal(symlink("main.cf", main_cf), 0);
	assert_int_equal(postfix_get_state(read_folder(dir, NULL)),
	    POSTFIX_UNREADABLE);
	assert_int_equal(unlink(main_cf), 0);

	fixture_octets(main_cf, "\x7f\x45LF\0\1\2\n\xff\xfe\0\n", 12, 0600);
	p = read_folder(dir, NULL);
	assert_int_equal(postfix_get_state(p), POSTFIX_UNREADABLE);
	assert_non_null(strstr(postfix_note(p), "no setting"));

	fixture_octets(main_cf, "", 0, 0600);
	assert_int_equal(postfix_get_state(read_folder(dir, NULL)),
	    POSTFIX_FOUND);

	fixture_octets(mailname, "example.org \nmore\n", 18, 0600);
	text = arena_printf(arena, "myorigin = %s\n", mailname);
	fixture_file(main_cf, text, 0600);
	p = read_folder(dir, NULL);
	assert_string_equal(postfix_get(p, "myorigin"), "example.org");
	assert_string_equal(postfix_value(p, "myorigin")->raw, mailname);
	assert_int_equal(unlink(mailname), 0);
	p = read_folder(dir, NULL);
	assert_true(postfix_value(p, "myorigin")->unresolved);

	assert_int_equal(unlink(main_cf), 0);
	assert_int_equal(rmdir(dir), 0);
}

/* A postconf of our own that answers with a script. */
static void
test_postconf(void **state)
{
	static const char good[] = "#!/bin/sh\ncase \"$3\" in\n"
	    "-d) printf 'mail_version = 3.4.5\\nrelay = d\\n"
	    "myorigin = $myhostname\\nmyhostname = wrong\\n' ;;\n"
	    "-n) [ \"$4\" = -x ] && printf 'relayhost = [a.example]\\n"
	    "myorigin = other\\nextra = 1\\n' ;;\nesac\n";
	static const char bad[] = "#!/bin/sh\n[ \"$3\" = -d ] && exit 0\n"
	    "echo 'postconf: fatal: it is broken' >&2\nexit 1\n";
	static const char slow[] = "#!/bin/sh\nsleep 100\n";
	static const char text[] = "relayhost =   [a.example]\n"
	    "myorigin = mine.example\nmyhostname = h.example\n";
	const char *dir = folder("postconf");
	const char *main_cf = arena_printf(arena, "%s/main.cf", dir);
	const char *program = arena_printf(arena, "%s/run", dir);
	const char *const *sentences;
	struct postfix *p;
	time_t start;

	(void)state;
	fixture_octets(main_cf, text, sizeof text - 1, 0600);
	fixture_octets(program, good, sizeof good - 1, 0700);
	p = read_folder(dir, program);
	assert_null(postfix_note(p));
	assert_string_equal(postfix_version(p), "3.4.5");
	assert_string_equal(postfix_get(p, "relay"), "d");
	assert_string_equal(postfix_get(p, "myhostname"), "h.example");
	assert_int_equal(postfix_disagreements(p, &sentences), 2);
	assert_non_null(strstr(sentences[0], "myorigin"));
	assert_non_null(strstr(sentences[1], "extra"));

	fixture_octets(program, bad, sizeof bad - 1, 0700);
	p = read_folder(dir, program);
	assert_non_null(strstr(postfix_note(p), "it is broken"));
	assert_int_equal(postfix_get_state(p), POSTFIX_FOUND);

	fixture_octets(program, slow, sizeof slow - 1, 0700);
	start = time(NULL);
	p = read_folder(dir, program);
	assert_true(time(NULL) - start < 30);
	assert_non_null(strstr(postfix_note(p), "did not end"));
	assert_string_equal(postfix_get(p, "smtp_helo_name"), "h.example");

	p = read_folder(dir, "/nonexistent/postconf");
	assert_non_null(strstr(postfix_note(p), "could not be started"));
	assert_int_equal(unlink(program), 0);
	assert_int_equal(unlink(main_cf), 0);
	assert_int_equal(rmdir(dir), 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_values),
		T(test_origin_and_line),
		T(test_host_unknown),
		T(test_versions),
		T(test_at_least),
		T(test_compatibility),
		T(test_list_has),
		T(test_nexthop),
		T(test_print),
		T(test_print_host),
		T(test_secrets),
		T(test_print_octets),
		T(test_notes),
		T(test_bombs),
		T(test_files),
		T(test_postconf),
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests_name("postfix", tests, NULL, NULL);
}
