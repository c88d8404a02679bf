/* SPDX-License-Identifier: ISC
 * Addresses: their one spelling, which are private, their names in DNS. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "engine/world/facts.h"
#include "tests/unit/fixture.h"

static const struct {
	const char *text, *canonical, *reverse;
	bool private;
} ips[] = {
	{ "157.7.156.7", "157.7.156.7", "7.156.7.157.in-addr.arpa", false },
	{ "192.0.2.1", "192.0.2.1", "1.2.0.192.in-addr.arpa", false },
	{ "::ffff:192.0.2.1", "192.0.2.1", "1.2.0.192.in-addr.arpa", false },
	{ "2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1",
		"1.0.0.0.0.0.0.0.0.0.0.0.1.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0."
		"0.2.ip6.arpa", false },
	{ "2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1", NULL, false },
	{ "::ffff:10.0.0.1", "10.0.0.1", NULL, true },
	{ "0.0.0.0", "0.0.0.0", NULL, true },
	{ "10.255.255.255", "10.255.255.255", NULL, true },
	{ "11.0.0.0", "11.0.0.0", NULL, false },
	{ "100.63.255.255", "100.63.255.255", NULL, false },
	{ "100.64.0.0", "100.64.0.0", NULL, true },
	{ "100.127.255.255", "100.127.255.255", NULL, true },
	{ "100.128.0.0", "100.128.0.0", NULL, false },
	{ "127.0.0.1", "127.0.0.1", NULL, true },
	{ "169.254.1.1", "169.254.1.1", NULL, true },
	{ "172.15.0.1", "172.15.0.1", NULL, false },
	{ "172.16.0.1", "172.16.0.1", NULL, true },
	{ "172.31.255.1", "172.31.255.1", NULL, true },
	{ "172.32.0.1", "172.32.0.1", NULL, false },
	{ "192.168.1.1", "192.168.1.1", NULL, true },
	{ "198.18.0.1", "198.18.0.1", NULL, true },
	{ "198.51.100.1", "198.51.100.1", NULL, false },
	{ "203.0.113.1", "203.0.113.1", NULL, false },
	{ "224.0.0.1", "224.0.0.1", NULL, true },
	{ "255.255.255.255", "255.255.255.255", NULL, true },
	{ "::", "::", NULL, true },
	{ "::1", "::1", NULL, true },
	{ "fe80::1", "fe80::1", NULL, true },
	{ "fd12::1", "fd12::1", NULL, true },
	{ "ff02::1", "ff02::1", NULL, true },
	{ "2401:2500:102:2b04:111:222:333:444",
		"2401:2500:102:2b04:111:222:333:444", NULL, false },
	/* beginning with the octets of special IPv4 networks */
	{ "a00:1::1", "a00:1::1", NULL, false },
	{ "c0a8:1::1", "c0a8:1::1", NULL, false },
	{ "192.0.2.1.", NULL, NULL, false },
	{ "192.0.2", NULL, NULL, false },
	{ "192.0.2.01", NULL, NULL, false },
	{ "192.0.2.256", NULL, NULL, false },
	{ " 192.0.2.1", NULL, NULL, false },
	{ "fe80::1%lo", NULL, NULL, false },
	{ "2001:db8", NULL, NULL, false },
	{ "mail.example.com", NULL, NULL, false },
	{ "", NULL, NULL, false },
};

static void
test_addresses(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof ips / sizeof ips[0]; i++) {
		const char *got = ip_canonical(f->arena, ips[i].text);

		if (ips[i].canonical == NULL) {
			assert_null(got);
			assert_null(dns_reverse(f->arena, ips[i].text, NULL));
			continue;
		}
		assert_string_equal(got, ips[i].canonical);
		if (ip_is_private(ips[i].text) != ips[i].private)
			fail_msg("%s", ips[i].text);
		assert_int_equal(ip_is_v6(ips[i].text),
		    strchr(ips[i].canonical, ':') != NULL);
		if (ips[i].reverse != NULL)
			assert_string_equal(dns_reverse(f->arena, ips[i].text,
				NULL), ips[i].reverse);
	}
	assert_null(ip_canonical(f->arena, NULL));
}

static void
test_block_list_names(void **state)
{
	struct fixture *f = *state;

	assert_string_equal(dns_reverse(f->arena, "192.0.2.99",
		"list.example"), "99.2.0.192.list.example");
	assert_string_equal(dns_reverse(f->arena, "2001:db8::25", "list.example"),
	    "5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2."
	    "list.example");
}

static void
test_mx_host(void **state)
{
	static const struct { const char *value, *host; } table[] = {
		{ "10 mail.example.com", "mail.example.com" },
		{ "0 .", "" }, { "", "" }, { "10", "" }, { "10 ", "" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct fact_value value = {
			.text = table[i].value, .len = strlen(table[i].value),
		};

		assert_string_equal(mx_host(f->arena, &value), table[i].host);
	}
}

#define TEST(f) \
	cmocka_unit_test_setup_teardown(f, fixture_set_up, fixture_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_addresses),
		TEST(test_block_list_names),
		TEST(test_mx_host),
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests_name("address", tests, NULL, NULL);
}
