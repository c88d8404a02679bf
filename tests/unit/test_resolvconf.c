/* SPDX-License-Identifier: ISC
 * resolv.conf as the C library reads it, and addresses with ports. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/world/resolvconf.h"
#include "tests/unit/fixture.h"

static const struct {
	const char *text;
	const char *want;        /* NULL: refused */
} addresses[] = {
	{ "192.0.2.53", "192.0.2.53@53" },
	{ "192.0.2.53@5300", "192.0.2.53@5300" },
	{ "192.0.2.53:5300", "192.0.2.53@5300" },
	{ "2001:DB8::0:1", "2001:db8::1@53" },
	{ "2001:db8::1@5300", "2001:db8::1@5300" },
	{ "[2001:db8::1]", "2001:db8::1@53" },
	{ "[2001:db8::1]:5300", "2001:db8::1@5300" },
	{ "[2001:db8::1]@5300", "2001:db8::1@5300" },
	{ "[192.0.2.53]:5300", "192.0.2.53@5300" },
	{ "fe80::1%lo", "fe80::1%lo@53" },
	{ "fe80::1%lo@5300", "fe80::1%lo@5300" },
	{ "[fe80::1%lo]:5300", "fe80::1%lo@5300" },
	{ "192.0.2.53@65535", "192.0.2.53@65535" },
	{ "192.0.2.53@0", NULL },
	{ "192.0.2.53@65536", NULL },
	{ "192.0.2.53@", NULL },
	{ "192.0.2.53@dns", NULL },
	{ "192.0.2.53@53x", NULL },
	{ "192.0.2.53@-1", NULL },
	{ "192.0.2.53@000000053", NULL },
	{ "192.0.2.256", NULL },
	{ "192.0.2", NULL },
	{ "127.1", NULL },
	{ "2130706433", NULL },
	{ "2001:db8::1::2", NULL },
	{ "fe80::1%no-such-interface", NULL },
	{ "[2001:db8::1", NULL },
	{ "[2001:db8::1]5300", NULL },
	{ "2001:db8::1]", NULL },
	{ "[]:53", NULL },
	{ "ns.example.com", NULL },
	{ "localhost", NULL },
	{ "", NULL },
	{ "@53", NULL },
	{ " 192.0.2.53", NULL },
};

static void
test_add(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
		struct resolvconf conf;
		struct str err;
		bool good;

		str_init(&err, 512);
		resolvconf_init(&conf);
		good = resolvconf_add(&conf, addresses[i].text, &err);
		if (good != (addresses[i].want != NULL))
			fail_msg("'%s': %s", addresses[i].text, err.text);
		assert_int_equal(conf.n, good);
		assert_int_equal(err.len != 0, !good);
		if (good)
			assert_string_equal(conf.servers[0].text,
			    addresses[i].want);
		str_free(&err);
	}
}

static void
test_socket_address(void **state)
{
	const struct sockaddr_in *v4;
	const struct sockaddr_in6 *v6;
	struct resolvconf conf;
	struct str err;

	(void)state;
	str_init(&err, 512);
	resolvconf_init(&conf);
	assert_true(resolvconf_add(&conf, "192.0.2.53@5300", &err));
	assert_true(resolvconf_add(&conf, "fe80::1%lo", &err));
	v4 = (const struct sockaddr_in *)(const void *)
		&conf.servers[0].address;
	v6 = (const struct sockaddr_in6 *)(const void *)
		&conf.servers[1].address;
	assert_int_equal(v4->sin_family, AF_INET);
	assert_int_equal(conf.servers[0].len, sizeof *v4);
	assert_int_equal(v4->sin_port, htons(5300));
	assert_int_equal(ntohl(v4->sin_addr.s_addr), 0xc0000235);
	assert_int_equal(v6->sin6_family, AF_INET6);
	assert_int_equal(v6->sin6_scope_id, if_nametoindex("lo"));
	str_free(&err);
}

static void
test_too_many(void **state)
{
	struct resolvconf conf;
	char text[32];
	struct str err;

	(void)state;
	str_init(&err, 512);
	resolvconf_init(&conf);
	for (int i = 0; i < RESOLV_MAX_SERVERS; i++) {
		snprintf(text, sizeof text, "192.0.2.%d", i + 1);
		assert_true(resolvconf_add(&conf, text, &err));
	}
	assert_false(resolvconf_add(&conf, "192.0.2.99", &err));
	assert_int_equal(conf.n, RESOLV_MAX_SERVERS);
	str_free(&err);
}

/* ---- files ---- */

static const struct {
	const char *text;
	const char *servers;     /* joined by blanks */
	int timeout_ms, attempts;
	bool rotate, use_tcp;
} files[] = {
	{ "nameserver 192.0.2.1\n", "192.0.2.1@53", 1500, 2, false, false },
	{ "nameserver 192.0.2.1\nnameserver\t2001:db8::2  \n",
		"192.0.2.1@53 2001:db8::2@53", 1500, 2, false, false },
	{ "", "127.0.0.1@53 ::1@53", 1500, 2, false, false },
	{ "# nameserver 192.0.2.1\n; nameserver 192.0.2.2\n",
		"127.0.0.1@53 ::1@53", 1500, 2, false, false },
	/* one bad line does not spoil the others */
	{ "nameserver 192.0.2.300\nnameserver\nnameserver ns.example\n"
		"nameserverx 192.0.2.9\nnameserver 192.0.2.1 # mine\n",
		"192.0.2.1@53", 1500, 2, false, false },
	/* the C library looks at the line's beginning only */
	{ "  nameserver 192.0.2.9\nnameserver 192.0.2.1\n", "192.0.2.1@53",
		1500, 2, false, false },
	{ "nameserver 192.0.2.1", "192.0.2.1@53", 1500, 2, false, false },
	{ "nameserver 192.0.2.1\r\noptions rotate\r\n", "192.0.2.1@53", 1500,
		2, true, false },
	{ "nameserver fe80::1%lo\n", "fe80::1%lo@53", 1500, 2, false, false },
	{ "nameserver 192.0.2.1@5300\n", "127.0.0.1@53 ::1@53", 1500, 2, false,
		false },
	{ "options timeout:3 attempts:4\nnameserver 192.0.2.1\n",
		"192.0.2.1@53", 3000, 4, false, false },
	{ "options timeout:99 attempts:99\nnameserver 192.0.2.1\n",
		"192.0.2.1@53", 30000, 5, false, false },
	{ "options timeout:0 attempts:0\nnameserver 192.0.2.1\n",
		"192.0.2.1@53", 1500, 2, false, false },
	{ "options timeout:-1 attempts:x\nnameserver 192.0.2.1\n",
		"192.0.2.1@53", 1500, 2, false, false },
	{ "options timeout:99999999999999999999\nnameserver 192.0.2.1\n",
		"192.0.2.1@53", 30000, 2, false, false },
	{ "options rotate use-vc edns0 trust-ad ndots:5\n"
		"nameserver 192.0.2.1\n", "192.0.2.1@53", 1500, 2, true, true },
	{ "options rotates use-vcs\nnameserver 192.0.2.1\n", "192.0.2.1@53",
		1500, 2, false, false },
	{ "options rotate\noptions use-vc\nnameserver 192.0.2.1\n",
		"192.0.2.1@53", 1500, 2, true, true },
	{ "search example.com\ndomain example.net\nsortlist 192.0.2.0\n"
		"nameserver 192.0.2.1\n", "192.0.2.1@53", 1500, 2, false,
		false },
	{ "nameserver 192.0.2.1\nnameserver 192.0.2.2\nnameserver 192.0.2.3\n"
		"nameserver 192.0.2.4\nnameserver 192.0.2.5\n"
		"nameserver 192.0.2.6\nnameserver 192.0.2.7\n"
		"nameserver 192.0.2.8\nnameserver 192.0.2.9\n",
		"192.0.2.1@53 192.0.2.2@53 192.0.2.3@53 192.0.2.4@53 "
		"192.0.2.5@53 192.0.2.6@53 192.0.2.7@53 192.0.2.8@53",
		1500, 2, false, false },
};

static void
temporary(char path[64])
{
	int fd;

	snprintf(path, 64, "/tmp/resolvconf.XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	close(fd);
}

static void
join(const struct resolvconf *conf, struct str *out)
{
	str_clear(out);
	for (size_t i = 0; i < conf->n; i++)
		str_addf(out, "%s%s", i != 0 ? " " : "",
		    conf->servers[i].text);
}

static void
test_read(void **state)
{
	char path[64];
	struct str err, got;

	(void)state;
	str_init(&err, 512);
	str_init(&got, 4096);
	temporary(path);
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		struct resolvconf conf;

		fixture_file(path, files[i].text, 0600);
		resolvconf_init(&conf);
		assert_true(resolvconf_read(&conf, path, &err));
		join(&conf, &got);
		assert_string_equal(got.text, files[i].servers);
		assert_int_equal(conf.timeout_ms, files[i].timeout_ms);
		assert_int_equal(conf.attempts, files[i].attempts);
		assert_int_equal(conf.rotate, files[i].rotate);
		assert_int_equal(conf.use_tcp, files[i].use_tcp);
	}
	unlink(path);
	str_free(&err);
	str_free(&got);
}

/* The second half of an overlong line is no line of its own. */
static void
test_overlong_line(void **state)
{
	static char text[6000];
	struct resolvconf conf;
	struct str err, got;
	char path[64];

	(void)state;
	/* wherever the reader cuts it, a keyword stands at the cut */
	for (size_t at = 0; at + 25 < 5000; at++)
		text[at] = ' ';
	for (size_t cut = 1023; cut < 4000; cut += 1023)
		memcpy(text + cut, "nameserver 192.0.2.99 ", 22);
	memcpy(text, "search", 6);
	snprintf(text + 4500, sizeof text - 4500, "\nnameserver 192.0.2.1\n");
	str_init(&err, 512);
	str_init(&got, 4096);
	temporary(path);
	fixture_octets(path, text, strlen(text), 0600);
	resolvconf_init(&conf);
	assert_true(resolvconf_read(&conf, path, &err));
	join(&conf, &got);
	assert_string_equal(got.text, "192.0.2.1@53");
	unlink(path);
	str_free(&err);
	str_free(&got);
}

static void
test_any_octets(void **state)
{
	struct resolvconf conf;
	char path[64], text[4096];
	struct str err;
	uint32_t seed = 1;

	(void)state;
	str_init(&err, 512);
	temporary(path);
	for (int round = 0; round < 200; round++) {
		for (size_t i = 0; i < sizeof text; i++) {
			seed = seed * 1664525 + 1013904223;
			text[i] = (char)(seed >> 24);
		}
		memcpy(text, "options ", 8);
		memcpy(text + 100, "\nnameserver ", 12);
		fixture_octets(path, text, sizeof text, 0600);
		resolvconf_init(&conf);
		assert_true(resolvconf_read(&conf, path, &err));
		assert_true(conf.n >= 1);
	}
	unlink(path);
	str_free(&err);
}

static void
test_missing_and_unreadable(void **state)
{
	struct resolvconf conf;
	struct str err;

	(void)state;
	str_init(&err, 512);
	resolvconf_init(&conf);
	assert_true(resolvconf_read(&conf, "/nonexistent/resolv.conf", &err));
	assert_int_equal(conf.n, 2);
	assert_string_equal(conf.servers[0].text, "127.0.0.1@53");
	assert_int_equal(err.len, 0);
	resolvconf_init(&conf);
	assert_false(resolvconf_read(&conf, "/", &err));
	assert_non_null(strstr(err.text, "/: "));
	assert_int_equal(conf.n, 0);
	str_free(&err);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_add),
		cmocka_unit_test(test_socket_address),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_overlong_line),
		cmocka_unit_test(test_any_octets),
		cmocka_unit_test(test_missing_and_unreadable),
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests_name("resolvconf", tests, NULL, NULL);
}
