/* SPDX-License-Identifier: ISC
 * OpenDKIM's settings and tables, the rights of its keys, the milters of
 * main.cf: read, recorded, and read back. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/str.h"
#include "engine/world/host.h"
#include "engine/world/milter.h"
#include "engine/world/opendkim.h"
#include "tests/unit/fixture.h"

static struct arena *arena;
static char folder[] = "/tmp/opendkim.XXXXXX";

static int
set_up(void **state)
{
	(void)state;
	arena = arena_new();
	return mkdtemp(folder) == NULL;
}

static int
tear_down(void **state)
{
	char *rm = arena_printf(arena, "%s", folder);

	(void)state;
	rmdir(rm);
	arena_free(&arena);
	return 0;
}

static const char *
at(const char *name)
{
	return arena_printf(arena, "%s/%s", folder, name);
}

static const char *
write_file(const char *name, const char *text, mode_t mode)
{
	const char *path = at(name);

	fixture_file(path, text, mode);
	return path;
}

static void
test_matches(void **state)
{
	static const struct {
		const char *pattern, *address;
		bool patterns, whole;   /* matches as one, as the other */
	} rows[] = {
		{ "*@example.com", "a@example.com", true, false },
		{ "*@EXAMPLE.com", "a@example.COM", true, false },
		{ "*@example.com", "a@mail.example.com", false, false },
		{ "*@*.example.com", "a@mail.example.com", true, false },
		{ "example.com", "a@example.com", false, true },
		{ ".example.com", "a@mail.example.com", false, true },
		{ ".com", "a@mail.example.com", false, true },
		{ ".example.com", "a@example.com", false, false },
		{ "a@example.com", "a@example.com", true, true },
		{ "b@example.com", "a@example.com", false, false },
		{ "*", "a@example.com", true, true },
		{ "", "a@example.com", false, false },
		{ "*a*b*c", "aXbXcXabc", true, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (opendkim_matches(rows[i].pattern, rows[i].address, true) !=
		    rows[i].patterns)
			fail_msg("%s as a pattern", rows[i].pattern);
		if (opendkim_matches(rows[i].pattern, rows[i].address, false) !=
		    rows[i].whole)
			fail_msg("%s as a key", rows[i].pattern);
	}
}

/* A line of what was written and read back is the same. */
static const char *
recorded(const struct host *host)
{
	struct str out;
	const char *text;

	str_init(&out, 1u << 16);
	host_print(host, &out);
	text = arena_strndup(arena, out.text, out.len);
	str_free(&out);
	return text;
}

static void
test_record(void **state)
{
	const char *conf, *first, *line;
	struct host *host = host_unknown(arena), *again = host_unknown(arena);
	struct str err;

	(void)state;
	str_init(&err, 1000);
	write_file("keys", "k1 example.com:s1:/nowhere/x\n# no\n\n"
	    "k2 example.net:s2:MIIBinline\nk3 % : odd value\n", 0644);
	write_file("signing", "*@example.com k1\n", 0644);
	conf = write_file("conf", arena_printf(arena, " Mode\tv # only\n"
	    "keytable refile:%s\nSigningTable %s\nMode   sv\nEmpty\n"
	    "UserID a:b\nOther some words here\n", at("keys"),
	    at("signing")), 0644);
	host->known = true;
	host_read_opendkim(arena, host, conf);
	assert_string_equal(opendkim_option(host->opendkim, "mode"), "sv");
	assert_null(opendkim_option(host->opendkim, "Empty"));
	assert_string_equal(opendkim_user(arena, host->opendkim), "a");
	assert_int_equal(host->opendkim->keys.kind, OPENDKIM_REFILE);
	assert_int_equal(host->opendkim->signing.kind, OPENDKIM_FILE);
	assert_null(opendkim_signs(host->opendkim, "x@example.com"));
	host->month = "202611";
	host->milters = &(struct milter){ .address = "unix:a/b",
		.state = MILTER_ABSENT, .place = "/var/spool/postfix/a/b",
		.chroot = true };
	host->n_milters = 1;
	first = recorded(host);
	assert_null(strstr(first, "MIIB"));
	assert_non_null(strstr(first, "opendkim-key = k2 example.net:s2:-\n"));
	assert_non_null(strstr(first, "opendkim-option = Other some words"));
	assert_non_null(strstr(first, "opendkim-file = missing /nowhere/x"));
	for (line = first; *line != '\0'; line += strcspn(line, "\n") + 1)
		if (!host_parse_line(arena, again, arena_strndup(arena, line,
		    strcspn(line, "\n")), &err))
			fail_msg("%s: %s", line, err.text);
	assert_string_equal(recorded(again), first);
	str_free(&err);
	unlink(at("keys"));
	unlink(at("signing"));
	unlink(conf);
}

static void
test_bad_lines(void **state)
{
	static const char *const rows[] = {
		"opendkim =", "opendkim = installed", "opendkim-option = Mode",
		"opendkim-file = fine /x", "opendkim-file = odd /x - -",
		"opendkim-fault =", "opendkim-strange = x y", "milter = x",
		"milter = inet:1 odd x", "milter = a answers b c d",
		"month = 2026-11", "month = 20261", "rspamd = maybe",
	};
	struct host *host = host_unknown(arena);
	struct str err;

	(void)state;
	str_init(&err, 1000);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (host_parse_line(arena, host, rows[i], &err))
			fail_msg("%s was taken", rows[i]);
	str_free(&err);
}

/* Rights as OpenDKIM's own check sees them; the owner can only be another one
 * for root. */
static void
test_rights(void **state)
{
	static const struct {
		mode_t folder, file;
		bool foreign;
		enum opendkim_rights want;
	} rows[] = {
		{ 0755, 0600, false, OPENDKIM_RIGHTS_FINE },
		{ 0755, 0644, false, OPENDKIM_RIGHTS_OTHERS },
		{ 0755, 0602, false, OPENDKIM_RIGHTS_OTHERS },
		{ 0757, 0600, false, OPENDKIM_RIGHTS_OTHERS },
		/* nobody else can enter, which OpenDKIM does not count */
		{ 0700, 0644, false, OPENDKIM_RIGHTS_LOOSE },
		{ 0755, 0600, true, OPENDKIM_RIGHTS_OWNER },
	};
	struct opendkim_file got;
	const char *file;

	(void)state;
	assert_int_equal(mkdir(at("d"), 0755), 0);
	file = write_file("d/key", "x", 0600);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (rows[i].foreign && geteuid() != 0)
			continue;
		assert_int_equal(chmod(at("d"), rows[i].folder), 0);
		assert_int_equal(chmod(file, rows[i].file), 0);
		if (rows[i].foreign)
			assert_int_equal(chown(file, 65534, 65534), 0);
		opendkim_look(arena, file, "root", folder, &got);
		if (geteuid() == 0 && got.rights != rows[i].want)
			fail_msg("%zu: got %s of %s", i,
			    opendkim_rights_name(got.rights), got.culprit);
	}
	if (geteuid() == 0) {
		chown(file, 0, 0);
		opendkim_look(arena, file, "nobody", folder, &got);
		assert_int_equal(got.rights, OPENDKIM_RIGHTS_DENIED);
	}
	opendkim_look(arena, file, "nobody-of-this-name", folder, &got);
	assert_int_equal(got.rights, OPENDKIM_RIGHTS_HIDDEN);
	unlink(file);
	rmdir(at("d"));
	opendkim_look(arena, file, "root", folder, &got);
	assert_int_equal(got.rights, OPENDKIM_RIGHTS_MISSING);
}

static void
test_milter_names(void **state)
{
	static const struct {
		const char *value, *want;
	} rows[] = {
		{ "", "" },
		{ "inet:localhost:8891", "inet:localhost:8891|" },
		{ "unix:a/b, inet:127.0.0.1:1\n\tinet:h:2",
		    "unix:a/b|inet:127.0.0.1:1|inet:h:2|" },
		{ "{ inet:h:1, connect_timeout=10s, default_action=accept }, "
		    "unix:x", "inet:h:1|unix:x|" },
		{ "{inet:h:1", "inet:h:1|" },
		{ ", {} ,{", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const char *found[MILTERS_MAX], *got = "";
		size_t n = milters_split(arena, rows[i].value, found);

		for (size_t k = 0; k < n; k++)
			got = arena_printf(arena, "%s%s|", got, found[k]);
		assert_string_equal(got, rows[i].want);
	}
}

static enum milter_state
state_of(const char *address, const char *master, bool *chroot)
{
	const char *text;
	const struct milter *m;
	size_t n;

	write_file("master.cf", master, 0644);
	text = arena_printf(arena, "queue_directory = %s\nsmtpd_milters = %s\n",
	    folder, address);
	write_file("main.cf", text, 0644);
	m = milters_look(arena, postfix_read(arena, &(struct postfix_options){
		.directory = folder }), 50, &n);
	unlink(at("main.cf"));
	unlink(at("master.cf"));
	assert_int_equal(n, 1);
	*chroot = m->chroot;
	return m->state;
}

static void
test_milters(void **state)
{
	static const char plain[] = "smtp inet n - n - - smtpd\n";
	static const char jailed[] = "# smtp\nsmtp inet n - y - - smtpd\n";
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	bool chroot;

	(void)state;
	assert_true(strlen(at("sock")) < sizeof address.sun_path);
	memcpy(address.sun_path, at("sock"), strlen(at("sock")));
	assert_int_equal(bind(fd, (const struct sockaddr *)&address,
	    sizeof address), 0);
	/* bound, but nobody listens */
	assert_int_equal(state_of("unix:sock", plain, &chroot),
	    MILTER_REFUSES);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(state_of("unix:sock", plain, &chroot), MILTER_HANGS);
	assert_int_equal(state_of(arena_printf(arena, "unix:%s", at("sock")),
	    jailed, &chroot), MILTER_ABSENT);
	assert_true(chroot);
	assert_int_equal(state_of("unix:/no/such/socket", plain, &chroot),
	    MILTER_ABSENT);
	assert_false(chroot);
	assert_int_equal(state_of("inet:127.0.0.1:1", plain, &chroot),
	    MILTER_REFUSES);
	assert_int_equal(state_of("inet:192.0.2.1:25", plain, &chroot),
	    MILTER_UNTRIED);
	assert_int_equal(state_of("inet:127.0.0.1:x", plain, &chroot),
	    MILTER_UNTRIED);
	close(fd);
	unlink(at("sock"));
}

/* One connection, answered as a milter does. */
static pid_t
answer(int fd)
{
	static const char hello[] = { 0, 0, 0, 13, 'O', 0, 0, 0, 6 };
	pid_t child = fork();
	char buf[64];
	int peer;

	if (child != 0)
		return child;
	peer = accept(fd, NULL, NULL);
	_exit(read(peer, buf, sizeof buf) <= 0 ||
	    write(peer, hello, sizeof hello) != (ssize_t)sizeof hello);
}

/* A socket that answers, but not to Postfix's user. */
static void
test_milter_rights(void **state)
{
	static const struct {
		mode_t folder, socket;
		enum milter_state want;
	} rows[] = {
		{ 0755, 0777, MILTER_ANSWERS },
		{ 0755, 0755, MILTER_DENIED },
		{ 0700, 0777, MILTER_DENIED },
	};
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	bool chroot;

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(mkdir(at("m"), 0755), 0);
	memcpy(address.sun_path, at("m/s"), strlen(at("m/s")));
	assert_int_equal(bind(fd, (const struct sockaddr *)&address,
	    sizeof address), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(chmod(folder, 0755), 0);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		pid_t child = answer(fd);

		assert_int_equal(chmod(at("m/s"), rows[i].socket), 0);
		assert_int_equal(chmod(at("m"), rows[i].folder), 0);
		assert_int_equal(state_of("unix:m/s\nmail_owner = nobody",
		    "smtp inet n - n - - smtpd\n", &chroot), rows[i].want);
		waitpid(child, NULL, 0);
	}
	close(fd);
	unlink(at("m/s"));
	rmdir(at("m"));
}

/* Measured with opendkim 2.11. */
static void
test_trusts(void **state)
{
	static const struct {
		const char *value, *ip;
		enum opendkim_trust want;
	} rows[] = {
		{ NULL, "127.0.0.1", OPENDKIM_TRUSTS },
		{ NULL, "192.0.2.1", OPENDKIM_TRUSTS_NOT },
		{ "127.0.0.1", "127.0.0.1", OPENDKIM_TRUSTS },
		{ "csl:192.0.2.1, 127.0.0.0/8", "127.0.0.1", OPENDKIM_TRUSTS },
		{ "127.0.0.1/8", "127.0.0.1", OPENDKIM_TRUSTS_NOT },
		{ "192.0.2.1 127.0.0.1", "127.0.0.1", OPENDKIM_TRUSTS_NOT },
		{ "127.0.0.0/8,!127.0.0.1", "127.0.0.1", OPENDKIM_TRUSTS_NOT },
		{ "localhost", "127.0.0.1", OPENDKIM_TRUSTS },
		{ "0.0.0.0/0", "192.0.2.1", OPENDKIM_TRUSTS },
		{ "192.0.2.0/24", "192.0.3.1", OPENDKIM_TRUSTS_NOT },
		{ "192.0.2.1,2001:db8::/32", "2001:db8::1", OPENDKIM_TRUSTS },
		{ "192.0.2.1/33x,/,192.0.2.0/999", "192.0.2.1",
		    OPENDKIM_TRUSTS_NOT },
		{ "ldap://192.0.2.1/x", "127.0.0.1", OPENDKIM_TRUST_UNKNOWN },
		{ "::1,127.0.0.1", "127.0.0.1", OPENDKIM_TRUST_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const char *conf = write_file("opendkim.conf",
		    rows[i].value == NULL ? "Mode sv\n" : arena_printf(arena,
		    "InternalHosts %s\n", rows[i].value), 0644);

		if (opendkim_trusts(opendkim_read(arena, conf), rows[i].ip) !=
		    rows[i].want)
			fail_msg("%zu: %s", i, rows[i].value);
		unlink(conf);
	}
}

static void
test_key_rows(void **state)
{
	static const struct {
		const char *value, *want;      /* "domain selector file" */
	} rows[] = {
		{ "example.com:s1:/k", "example.com s1 /k" },
		{ "%:s1:/k:x", "% s1 /k:x" },
		{ "example.com:s1:MIIB", "example.com s1 -" },
		{ "example.com:/k", NULL }, { "", NULL }, { "::", NULL },
		{ "example.com s1 /k", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const char *domain, *selector, *file;
		bool done = opendkim_key_parts(arena, rows[i].value, &domain,
		    &selector, &file);

		assert_int_equal(done, rows[i].want != NULL);
		if (done)
			assert_string_equal(arena_printf(arena, "%s %s %s",
			    domain, selector, file != NULL ? file : "-"),
			    rows[i].want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_matches),
		cmocka_unit_test(test_record),
		cmocka_unit_test(test_bad_lines),
		cmocka_unit_test(test_rights),
		cmocka_unit_test(test_milter_names),
		cmocka_unit_test(test_milters),
		cmocka_unit_test(test_milter_rights),
		cmocka_unit_test(test_trusts),
		cmocka_unit_test(test_key_rows),
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests_name("opendkim", tests, set_up,
	    tear_down);
}
