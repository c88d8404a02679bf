/* SPDX-License-Identifier: ISC
 * The host: its [host] lines, its name in a hosts file, OpenDKIM's and
 * rspamd's settings. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/text.h"
#include "engine/world/facts.h"
#include "engine/world/host.h"
#include "engine/world/signer.h"
#include "tests/unit/fixture.h"

static struct arena *arena;
static const char *dir;

static int
setup(void **state)
{
	char *path;

	(void)state;
	arena = arena_new();
	path = arena_printf(arena, "%s/tests/host.XXXXXX", TEST_BUILDDIR);
	if (mkdtemp(path) == NULL) {
		path = arena_strdup(arena, "/tmp/whybounce-host.XXXXXX");
		if (mkdtemp(path) == NULL)
			return -1;
	}
	dir = path;
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	if (rmdir(dir) != 0)
		return -1;
	arena_free(&arena);
	return 0;
}

static const char *
at(const char *name)
{
	return arena_printf(arena, "%s/%s", dir, name);
}

static const char *
write_file(const char *name, const char *text)
{
	const char *path = at(name);

	fixture_file(path, text, 0600);
	return path;
}

/* All signers in one text: "PROGRAM DOMAIN SELECTOR KEYFILE|-;". */
static const char *
signers(const struct host *host)
{
	const char *all = "";

	for (size_t i = 0; i < host->n_signers; i++) {
		const struct host_signer *s = &host->signers[i];

		all = arena_printf(arena, "%s%s %s %s %s;", all, s->program,
		    s->domain, s->selector,
		    s->key_file != NULL ? s->key_file : "-");
	}
	return all;
}

/* ---- [host] lines ---- */

static void
test_lines(void **state)
{
	static const char *const lines[] = {
		"name = Mail.Example.COM.",
		"address = 192.0.2.1 eth0",
		"address = 2001:DB8:0::1",
		"address=192.0.2.1 eth1",
		"ipv6-route = yes",
		"signer = opendkim example.com s1 /etc/dkimkeys/s1.private",
		"signer = rspamd * s2",
		"spare = opendkim example.com s2 /etc/dkimkeys/s2.private "
		    "newer 3",
		"amavis = yes",
		"txt-limit = 255",
	};
	static const char want[] = "name = mail.example.com\n"
	    "address = 192.0.2.1 eth0\naddress = 2001:db8::1\n"
	    "ipv6-route = yes\n"
	    "signer = opendkim example.com s1 /etc/dkimkeys/s1.private\n"
	    "signer = rspamd * s2\n"
	    "spare = opendkim example.com s2 /etc/dkimkeys/s2.private newer 3\n"
	    "txt-limit = 255\n"
	    "amavis = yes\n";
	struct host *host = host_unknown(arena);
	struct str out, err;
	const char *interface = "x";

	(void)state;
	str_init(&err, 512);
	str_init(&out, 4096);
	host_print(host, &out);
	assert_string_equal(out.text, "");
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
		assert_true(host_parse_line(arena, host, lines[i], &err));
	host_print(host, &out);
	assert_string_equal(out.text, want);
	assert_true(host->known);
	assert_int_equal(host->txt_limit, 255);
	assert_true(host_has_address(host, "192.0.2.1", &interface));
	assert_string_equal(interface, "eth0");
	assert_true(host_has_address(host, "::ffff:192.0.2.1", NULL));
	assert_true(host_has_address(host, "2001:db8:0:0::1", &interface));
	assert_null(interface);
	assert_false(host_has_address(host, "192.0.2.2", NULL));
	assert_false(host_has_address(host, "rubbish", NULL));
	str_free(&out);
	str_free(&err);
}

static void
test_bad_lines(void **state)
{
	static const char *const lines[] = {
		"", "name", "= x", "name =", "name = a b", "name = ..", "colour = red",
		"address =", "address = x", "address = 192.0.2.256",
		"address = 192.0.2.1 eth0 more", "ipv6-route = perhaps",
		"ipv6-route =", "signer = opendkim example.com",
		"signer = a b c d e", "spare = a b c d e", "amavis = x",
		"spare = a b c d newer -1", "spare = a b c d newer x",
		"txt-limit = -1", "txt-limit = x",
		"txt-limit = 99999999999999999999", "txt-limit = 10x",
		"name x = y",
	};
	struct str err;

	(void)state;
	str_init(&err, 512);
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		str_clear(&err);
		if (host_parse_line(arena, host_unknown(arena), lines[i],
			&err) || err.len == 0)
			fail_msg("'%s' was taken", lines[i]);
	}
	str_free(&err);
}

/* ---- this system ---- */

static void
test_read(void **state)
{
	char name[HOST_NAME_MAX + 1] = "";
	struct host *host;

	(void)state;
	assert_int_equal(gethostname(name, sizeof name - 1), 0);
	name[strcspn(name, ".")] = '\0';
	write_file("hosts", arena_printf(arena, "# 192.0.2.9 %s.wrong.example\n"
	    "127.0.0.1 localhost\n192.0.2.1\t%s  %s.Example.NET # x\n", name,
	    name, name));
	host = host_read(arena, dir);
	assert_true(host->known);
	gethostname(name, sizeof name - 1);
	if (strchr(name, '.') == NULL)
		assert_string_equal(host->name, text_domain(arena,
		    arena_printf(arena, "%s.example.net", name),
		    strlen(name) + 12));
	assert_int_equal(host->n_signers, 0);
	assert_null(host->signer_note);
	for (size_t i = 0; i < host->n_addresses; i++) {
		assert_non_null(host->addresses[i].interface);
		assert_string_equal(ip_canonical(arena,
		    host->addresses[i].ip), host->addresses[i].ip);
		assert_string_not_equal(host->addresses[i].ip, "127.0.0.1");
		assert_string_not_equal(host->addresses[i].ip, "::1");
	}
	assert_int_equal(unlink(at("hosts")), 0);
}

/* ---- OpenDKIM ---- */

static struct host *
read_opendkim(const char *conf)
{
	struct host *host = host_unknown(arena);

	host_read_opendkim(arena, host, write_file("opendkim.conf", conf));
	assert_int_equal(unlink(at("opendkim.conf")), 0);
	return host;
}

static void
test_opendkim_single(void **state)
{
	static const struct {
		const char *conf, *want;
	} cases[] = {
		{ "Domain example.com\nSelector s1\nKeyFile /k/s1.private\n",
		  "opendkim example.com s1 /k/s1.private;" },
		{ "domain\tExample.COM # x\r\n selector  S1\r\n",
		  "opendkim example.com s1 -;" },
		{ "Domain a.example, b.example\nSelector s\n",
		  "opendkim a.example s -;opendkim b.example s -;" },
		{ "Domain csl:a.example,b.example\nSelector s\n",
		  "opendkim a.example s -;opendkim b.example s -;" },
		{ "#Domain example.com\nSelector s1\n", "" },
		{ "Domain example.com\n", "" },
		{ "", "" }, { "Domain", "" }, { "\n\n#\n", "" },
		{ "Domain old.example\nDomain new.example\nSelector s\n",
		  "opendkim new.example s -;" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_string_equal(signers(read_opendkim(cases[i].conf)),
		    cases[i].want);
}

static void
test_opendkim_tables(void **state)
{
	struct host *host;

	(void)state;
	write_file("KeyTable", "# keys\nk1 example.com:s1:/k/s1.private\n"
	    "k2\t%:s2:/k/s2.private  \nk3 c.example:s3:MIIEsecret\n"
	    "bad a:b\nworse\n");
	write_file("SigningTable", "*@example.com k1\n*@*.b.example k2\n"
	    "info@c.example k3 # x\n*@example.com k1\n.d.example k2:y@d.example\n"
	    "e.example nokey\n*@f.example bad\n");
	host = read_opendkim(arena_printf(arena, "Domain not.example\n"
	    "Selector no\nKeyTable file:%s\nSigningTable refile:%s\n",
	    at("KeyTable"), at("SigningTable")));
	assert_string_equal(signers(host),
	    "opendkim example.com s1 /k/s1.private;"
	    "opendkim b.example s2 /k/s2.private;"
	    "opendkim c.example s3 -;"
	    "opendkim d.example s2 /k/s2.private;");
	assert_null(host->signer_note);
	host = read_opendkim(arena_printf(arena, "KeyTable %s\n",
	    at("KeyTable")));
	assert_string_equal(signers(host),
	    "opendkim example.com s1 /k/s1.private;"
	    "opendkim * s2 /k/s2.private;opendkim c.example s3 -;");
	host = read_opendkim("KeyTable csl:k=a.example:s:/k/x,j=%:t:/k/y\n"
	    "SigningTable csl:a.example=k,*@b.example=j\n");
	assert_string_equal(signers(host), "opendkim a.example s /k/x;"
	    "opendkim b.example t /k/y;");
	assert_int_equal(unlink(at("KeyTable")), 0);
	assert_int_equal(unlink(at("SigningTable")), 0);
}

static void
test_opendkim_unreadable(void **state)
{
	struct host *host = host_unknown(arena);

	(void)state;
	host_read_opendkim(arena, host, at("nothing"));
	assert_null(host->signer_note);
	host_read_opendkim(arena, host, dir);
	assert_non_null(host->signer_note);
	/* what is not there is no secret: the checks say it */
	host = read_opendkim(arena_printf(arena, "KeyTable %s\n", at("gone")));
	assert_null(host->signer_note);
	assert_true(host->opendkim->keys.missing);
	host = read_opendkim(arena_printf(arena, "KeyTable %s\n", dir));
	assert_non_null(strstr(host->signer_note, "cannot be read"));
	host = read_opendkim("KeyTable ldap://192.0.2.1/x\n");
	assert_non_null(strstr(host->signer_note, "database"));
	assert_int_equal(host->n_signers, 0);
}

/* ---- rspamd ---- */

static void
test_rspamd(void **state)
{
	static const struct {
		const char *conf, *want;
	} cases[] = {
		{ "domain { example.com { path = \"/k/a.key\"; "
		  "selector = \"s1\"; } }  sign_local = true;\n",
		  "rspamd example.com s1 /k/a.key;" },
		{ "# x\nselector = \"s\";\npath = "
		  "\"/var/lib/rspamd/dkim/$domain.$selector.key\";\n",
		  "rspamd * s /var/lib/rspamd/dkim/$domain.$selector.key;" },
		{ "domain {\n  a.example {\n selectors [\n { path: \"/k/1\"; "
		  "selector: \"s1\" },\n { path = /k/2; selector = s2 }\n ]\n"
		  " }\n \"b.example\" { selector = 's3' }\n}\npath = /k/all;\n",
		  "rspamd a.example s1 /k/1;rspamd a.example s2 /k/2;"
		  "rspamd b.example s3 /k/all;" },
		{ "domain = \"c.example\"; selector = s; /* path = x */\n",
		  "rspamd c.example s -;" },
		{ "enabled = false", "" }, { "", "" }, { "{{{{{{{{{{{{", "" },
		{ "}}}}]]]]", "" }, { "domain { x { selector = \"", "" },
		{ "/*", "" }, { "selector", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct host *host = host_unknown(arena);

		host_read_rspamd(arena, host, write_file("dkim.conf",
		    cases[i].conf));
		assert_string_equal(signers(host), cases[i].want);
	}
	assert_int_equal(unlink(at("dkim.conf")), 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_lines),
		T(test_bad_lines),
		T(test_read),
		T(test_opendkim_single),
		T(test_opendkim_tables),
		T(test_opendkim_unreadable),
		T(test_rspamd),
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests_name("host", tests, NULL, NULL);
}
