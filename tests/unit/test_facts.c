/* SPDX-License-Identifier: ISC
 * The cache: keys, wants, worlds, overlays, marks, names. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "engine/world/facts.h"

static struct arena *arena;
static struct facts *facts;

static int
begin(void **state)
{
	(void)state;
	arena = arena_new();
	facts = facts_new(arena);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

static void
store(const char *name, enum dns_type type, enum fact_status status,
    const char *text)
{
	struct fact_value value = { .text = text };

	value.len = text != NULL ? strlen(text) : 0;
	facts_store(facts, name, type, status, text != NULL ? &value : NULL,
	    text != NULL, 300, "192.0.2.53@53", 12, NULL, NULL);
}

static enum fact_status
status_of(const char *name, enum dns_type type)
{
	return facts_dns(facts, name, type)->status;
}

static const char *
text_of(const char *name, enum dns_type type)
{
	const struct fact *fact = facts_dns(facts, name, type);

	return fact->n_values != 0 ? fact->values[0].text : "";
}

/* ---- resolvers that invent addresses ---- */

static void
test_invented_addresses(void **state)
{
	(void)state;
	store("typing-error.example", DNS_A, FACT_OK, "192.0.2.80");
	store("real.example", DNS_A, FACT_OK, "192.0.2.1");
	store("text.example", DNS_TXT, FACT_OK, "192.0.2.80");
	store(FACTS_PROBE, DNS_A, FACT_OK, "192.0.2.80");
	store("later.example", DNS_A, FACT_OK, "192.0.2.80");
	store("other.example", DNS_A, FACT_OK, "192.0.2.2");
	assert_int_equal(facts_dns(facts, "typing-error.example", DNS_A)->
	    status, FACT_INVALID);
	assert_int_equal(facts_dns(facts, "later.example", DNS_A)->status,
	    FACT_INVALID);
	assert_non_null(facts_dns(facts, "later.example", DNS_A)->note);
	assert_int_equal(facts_dns(facts, "later.example", DNS_A)->n_values,
	    0);
	assert_int_equal(facts_dns(facts, "real.example", DNS_A)->status,
	    FACT_OK);
	assert_int_equal(facts_dns(facts, "other.example", DNS_A)->status,
	    FACT_OK);
	assert_int_equal(facts_dns(facts, "text.example", DNS_TXT)->status,
	    FACT_OK);
}

static void
test_honest_resolver(void **state)
{
	(void)state;
	store(FACTS_PROBE, DNS_A, FACT_NXDOMAIN, NULL);
	store("a.example", DNS_A, FACT_OK, "192.0.2.80");
	store(FACTS_PROBE, DNS_A, FACT_TIMEOUT, NULL);
	store("b.example", DNS_A, FACT_OK, "192.0.2.80");
	assert_int_equal(facts_dns(facts, "a.example", DNS_A)->status,
	    FACT_OK);
	assert_int_equal(facts_dns(facts, "b.example", DNS_A)->status,
	    FACT_OK);
}

/* ---- keys ---- */

static void
test_one_fact_a_name(void **state)
{
	const struct fact *first = facts_dns(facts, "Mail.Example.COM.", DNS_A);

	(void)state;
	assert_string_equal(first->key, "dns mail.example.com A");
	assert_string_equal(first->name, "mail.example.com");
	assert_int_equal(first->type, DNS_A);
	assert_int_equal(first->status, FACT_WANTED);
	assert_int_equal(first->ms, -1);
	assert_null(first->scope);
	assert_ptr_equal(facts_dns(facts, "mail.example.com", DNS_A), first);
	assert_ptr_not_equal(facts_dns(facts, "mail.example.com", DNS_AAAA),
	    first);
	assert_ptr_equal(facts_named(facts, "dns mail.example.com A"), first);
	assert_null(facts_named(facts, "dns mail.example.com MX"));
	assert_int_equal(facts_count(facts), 2);
	assert_int_equal(facts_wanted(facts), 2);
}

static const struct {
	const char *name;
	const char *normal;      /* NULL: cannot be asked */
} names[] = {
	{ "example.com", "example.com" },
	{ "EXAMPLE.com.", "example.com" },
	{ "_dmarc.example.com", "_dmarc.example.com" },
	{ "a b.example", "a\\032b.example" },
	{ "a\\032b.example", "a\\032b.example" },
	{ "a\\.b.example", "a\\.b.example" },
	{ "a\\\\b.example", "a\\\\b.example" },
	{ "a;b(c)\"d.example", "a\\;b\\(c\\)\\\"d.example" },
	{ "a\tb\x7f\xff.example", "a\\009b\\127\\255.example" },
	{ "\\065.example", "a.example" },
	{ "*.example", "*.example" },
	{ "com", "com" },
	{ "a23456789012345678901234567890123456789012345678901234567890123"
		".example",
		"a23456789012345678901234567890123456789012345678901234567890"
		"123.example" },
	{ "", NULL },
	{ ".", NULL },
	{ "..", NULL },
	{ ".example.com", NULL },
	{ "a..example", NULL },
	{ "example.com..", NULL },
	{ "a\\", NULL },
	{ "a\\25.example", NULL },
	{ "a\\256.example", NULL },
	{ "a234567890123456789012345678901234567890123456789012345678901234"
		".example", NULL },
};

static void
test_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const struct fact *fact = facts_dns(facts, names[i].name,
			DNS_A);

		if (names[i].normal == NULL) {
			assert_int_equal(fact->status, FACT_INVALID);
			assert_non_null(fact->note);
		} else {
			assert_string_equal(fact->name, names[i].normal);
			assert_int_equal(fact->status, FACT_WANTED);
		}
	}
}

/* Labels of 63, 63, 63 and N octets with their dots. */
static const char *
long_name(int n)
{
	static char name[300];

	memset(name, 'a', sizeof name);
	name[63] = name[127] = name[191] = '.';
	name[192 + n] = '\0';
	return name;
}

static void
test_name_of_253_octets(void **state)
{
	(void)state;
	assert_int_equal(strlen(long_name(61)), 253);
	assert_int_equal(status_of(long_name(61), DNS_A), FACT_WANTED);
	assert_int_equal(status_of(long_name(62), DNS_A), FACT_INVALID);
}

static void
test_unaskable_is_not_asked(void **state)
{
	const struct fact *fact = facts_dns(facts, "a..b", DNS_TXT);
	char big[5000];

	(void)state;
	assert_string_equal(fact->key, "dns a..b TXT");
	assert_ptr_equal(facts_dns(facts, "a..b", DNS_TXT), fact);
	assert_int_equal(facts_wanted(facts), 0);
	assert_null(facts_next_wanted(facts));
	facts_retry_failed(facts);
	facts_forget(facts, "a..b", DNS_TXT);
	assert_int_equal(fact->status, FACT_INVALID);
	memset(big, '\033', sizeof big);
	big[sizeof big - 1] = '\0';
	fact = facts_dns(facts, big, DNS_A);
	assert_int_equal(fact->status, FACT_INVALID);
	assert_true(strlen(fact->key) < 1100);
	assert_null(strchr(fact->key, '\033'));
}

/* ---- wanting and storing ---- */

static void
test_order_of_first_want(void **state)
{
	struct fact *fact;

	(void)state;
	facts_dns(facts, "c.example", DNS_A);
	facts_set(facts, "postfix relayhost", "[smtp.example.net]:587");
	facts_dns(facts, "a.example", DNS_A);
	facts_dns(facts, "c.example", DNS_A);
	store("b.example", DNS_A, FACT_OK, "192.0.2.1");
	assert_int_equal(facts_count(facts), 4);
	assert_string_equal(facts_at(facts, 0)->name, "c.example");
	assert_string_equal(facts_at(facts, 1)->key, "postfix relayhost");
	assert_string_equal(facts_at(facts, 2)->name, "a.example");
	assert_string_equal(facts_at(facts, 3)->name, "b.example");
	assert_null(facts_at(facts, 4));

	assert_int_equal(facts_wanted(facts), 2);
	fact = facts_next_wanted(facts);
	assert_string_equal(fact->name, "c.example");
	assert_true(fact->asked);
	fact = facts_next_wanted(facts);
	assert_string_equal(fact->name, "a.example");
	assert_null(facts_next_wanted(facts));
	assert_int_equal(facts_wanted(facts), 2);
	facts_unask(facts, fact);
	assert_ptr_equal(facts_next_wanted(facts), fact);
	assert_null(facts_next_wanted(facts));
}

static void
test_pointer_stays(void **state)
{
	const struct fact *fact = facts_dns(facts, "a.example", DNS_A);
	const char *old;
	char name[32];

	(void)state;
	store("A.Example", DNS_A, FACT_OK, "192.0.2.1");
	assert_int_equal(fact->status, FACT_OK);
	assert_string_equal(fact->values[0].text, "192.0.2.1");
	assert_int_equal(fact->ttl, 300);
	assert_int_equal(fact->ms, 12);
	assert_string_equal(fact->server, "192.0.2.53@53");
	old = fact->values[0].text;
	/* many others, so that the tables grow */
	for (int i = 0; i < 3000; i++) {
		snprintf(name, sizeof name, "n%d.example", i);
		store(name, DNS_A, FACT_OK, name);
	}
	store("a.example", DNS_A, FACT_OK, "192.0.2.2");
	assert_ptr_equal(facts_dns(facts, "a.example", DNS_A), fact);
	assert_string_equal(fact->values[0].text, "192.0.2.2");
	assert_string_equal(old, "192.0.2.1");
	for (int i = 0; i < 3000; i++) {
		snprintf(name, sizeof name, "n%d.example", i);
		assert_string_equal(text_of(name, DNS_A), name);
	}
	assert_int_equal(facts_wanted(facts), 0);
}

static void
test_values_are_copied(void **state)
{
	char text[] = "v=spf1\0-all";
	size_t strings[] = { 7, 4 };
	struct fact_value value = {
		.text = text, .len = 11, .strings = strings, .n_strings = 2,
	};
	const struct fact *fact;

	(void)state;
	facts_store(facts, "a.example", DNS_TXT, FACT_OK, &value, 1, 60, NULL,
	    -1, "b.example", "a note");
	memset(text, 'x', sizeof text);
	strings[0] = strings[1] = 99;
	fact = facts_dns(facts, "a.example", DNS_TXT);
	assert_int_equal(fact->values[0].len, 11);
	assert_memory_equal(fact->values[0].text, "v=spf1\0-all", 12);
	assert_int_equal(fact->values[0].strings[0], 7);
	assert_int_equal(fact->values[0].strings[1], 4);
	assert_string_equal(fact->alias, "b.example");
	assert_string_equal(fact->note, "a note");
	assert_null(fact->server);
	assert_true(fact->asked);
}

static void
test_too_many_names(void **state)
{
	char name[32];

	(void)state;
	for (int i = 0; i < 5000; i++) {
		snprintf(name, sizeof name, "n%d.example", i);
		facts_dns(facts, name, DNS_A);
	}
	assert_int_equal(facts_count(facts), 4096);
	assert_int_equal(status_of("one-more.example", DNS_A), FACT_INVALID);
	assert_non_null(facts_dns(facts, "one-more.example", DNS_A)->note);
	assert_int_equal(status_of("a..b", DNS_A), FACT_INVALID);
	assert_int_equal(facts_count(facts), 4096);
	assert_int_equal(status_of("n7.example", DNS_A), FACT_WANTED);
}

static void
test_forget_and_retry(void **state)
{
	static const enum fact_status all[] = {
		FACT_OK, FACT_NXDOMAIN, FACT_NODATA, FACT_SERVFAIL,
		FACT_TIMEOUT, FACT_REFUSED, FACT_INVALID
	};
	char name[32];

	(void)state;
	for (size_t i = 0; i < 7; i++) {
		snprintf(name, sizeof name, "n%zu.example", i);
		store(name, DNS_A, all[i], all[i] == FACT_OK ? "192.0.2.1" :
		    NULL);
		assert_int_equal(fact_known(facts_at(facts, i)), i < 3);
		assert_int_equal(fact_empty(facts_at(facts, i)),
		    i == 1 || i == 2);
	}
	facts_retry_failed(facts);
	assert_int_equal(facts_wanted(facts), 4);
	for (size_t i = 3; i < 7; i++) {
		snprintf(name, sizeof name, "n%zu.example", i);
		assert_string_equal(facts_next_wanted(facts)->name, name);
	}
	assert_null(facts_next_wanted(facts));
	facts_forget(facts, "N0.example", DNS_A);
	facts_forget(facts, "never-seen.example", DNS_A);
	assert_int_equal(facts_wanted(facts), 5);
	assert_int_equal(facts_at(facts, 0)->n_values, 0);
	assert_string_equal(facts_next_wanted(facts)->name, "n0.example");
	/* on its way: not to be asked twice */
	facts_forget(facts, "n0.example", DNS_A);
	assert_null(facts_next_wanted(facts));
}

static void
test_used_marks(void **state)
{
	(void)state;
	store("a.example", DNS_A, FACT_OK, "192.0.2.1");
	store("b.example", DNS_A, FACT_OK, "192.0.2.1");
	facts_set(facts, "host name", "mail.example.com");
	facts_dns(facts, "a.example", DNS_A);
	assert_true(facts_at(facts, 0)->used);
	assert_false(facts_at(facts, 1)->used);
	facts_begin_pass(facts);
	assert_false(facts_at(facts, 0)->used);
	facts_dns(facts, "b.example", DNS_A);
	facts_named(facts, "host name");
	assert_false(facts_at(facts, 0)->used);
	assert_true(facts_at(facts, 1)->used);
	assert_true(facts_at(facts, 2)->used);
}

static void
test_named(void **state)
{
	const struct fact *fact;

	(void)state;
	assert_null(facts_named(facts, "postfix relayhost"));
	facts_set(facts, "postfix relayhost", "smtp.example.net");
	fact = facts_named(facts, "postfix relayhost");
	assert_string_equal(fact->key, "postfix relayhost");
	assert_int_equal(fact->status, FACT_OK);
	assert_string_equal(fact->values[0].text, "smtp.example.net");
	facts_set(facts, "postfix relayhost", NULL);
	assert_int_equal(fact->status, FACT_NODATA);
	assert_int_equal(fact->n_values, 0);
	assert_int_equal(facts_wanted(facts), 0);
	facts_retry_failed(facts);
	assert_null(facts_next_wanted(facts));
}

/* ---- worlds ---- */

static void
fill_world(void)
{
	store("example.com", DNS_TXT, FACT_OK, "v=spf1 -all");
	store("a.b.example.com", DNS_A, FACT_OK, "192.0.2.1");
	store("www.example.com", DNS_CNAME, FACT_OK, "a.b.example.com");
	store("ftp.example.com", DNS_CNAME, FACT_OK, "www.example.com");
	store("gone.example.com", DNS_CNAME, FACT_OK, "away.example.net");
	store("x.example.com", DNS_CNAME, FACT_OK, "y.example.com");
	store("y.example.com", DNS_CNAME, FACT_OK, "x.example.com");
	store("broken.example.com", DNS_A, FACT_SERVFAIL, NULL);
	store("empty.example.com", DNS_A, FACT_NODATA, NULL);
}

static const struct {
	const char *name;
	enum dns_type type;
	enum fact_status closed, recorded;
	const char *text, *alias;
} worlds[] = {
	{ "example.com", DNS_TXT, FACT_OK, FACT_OK, "v=spf1 -all", NULL },
	{ "example.com", DNS_A, FACT_NODATA, FACT_TIMEOUT, NULL, NULL },
	{ "com", DNS_A, FACT_NODATA, FACT_TIMEOUT, NULL, NULL },
	{ "b.example.com", DNS_A, FACT_NODATA, FACT_TIMEOUT, NULL, NULL },
	{ "c.example.com", DNS_A, FACT_NXDOMAIN, FACT_TIMEOUT, NULL, NULL },
	{ "xexample.com", DNS_A, FACT_NXDOMAIN, FACT_TIMEOUT, NULL, NULL },
	{ "www.example.com", DNS_A, FACT_OK, FACT_OK, "192.0.2.1",
		"a.b.example.com" },
	{ "ftp.example.com", DNS_A, FACT_OK, FACT_OK, "192.0.2.1",
		"a.b.example.com" },
	{ "ftp.example.com", DNS_CNAME, FACT_OK, FACT_OK, "www.example.com",
		NULL },
	{ "a.b.example.com", DNS_CNAME, FACT_NODATA, FACT_TIMEOUT, NULL,
		NULL },
	{ "www.example.com", DNS_MX, FACT_NODATA, FACT_TIMEOUT, NULL,
		"a.b.example.com" },
	{ "gone.example.com", DNS_A, FACT_NXDOMAIN, FACT_TIMEOUT, NULL,
		"away.example.net" },
	{ "x.example.com", DNS_A, FACT_INVALID, FACT_INVALID, NULL, NULL },
	{ "broken.example.com", DNS_A, FACT_SERVFAIL, FACT_SERVFAIL, NULL,
		NULL },
	{ "broken.example.com", DNS_MX, FACT_NXDOMAIN, FACT_TIMEOUT, NULL,
		NULL },
	{ "empty.example.com", DNS_A, FACT_NODATA, FACT_NODATA, NULL, NULL },
	{ "empty.example.com", DNS_MX, FACT_NODATA, FACT_TIMEOUT, NULL, NULL },
};

static void
check_world(enum facts_world world)
{
	fill_world();
	/* one wanted before the world is known */
	facts_dns(facts, "example.com", DNS_A);
	facts_set_world(facts, world);
	assert_int_equal(facts_get_world(facts), world);
	for (size_t i = 0; i < sizeof worlds / sizeof worlds[0]; i++) {
		const struct fact *fact = facts_dns(facts, worlds[i].name,
			worlds[i].type);

		if (fact->status != (world == FACTS_CLOSED ? worlds[i].closed :
		    worlds[i].recorded))
			fail_msg("%s is %s", fact->key,
			    fact_status_name(fact->status));
		if (worlds[i].text != NULL)
			assert_string_equal(fact->values[0].text,
			    worlds[i].text);
		if (worlds[i].alias != NULL)
			assert_string_equal(fact->alias, worlds[i].alias);
		if (fact->status == FACT_TIMEOUT)
			assert_non_null(strstr(fact->note, "recording"));
	}
	assert_int_equal(facts_wanted(facts), 0);
	assert_null(facts_next_wanted(facts));
	/* a replay has nothing new to say */
	facts_forget(facts, "example.com", DNS_TXT);
	facts_retry_failed(facts);
	assert_string_equal(text_of("example.com", DNS_TXT), "v=spf1 -all");
	assert_int_equal(status_of("broken.example.com", DNS_A),
	    FACT_SERVFAIL);
}

static void
test_closed_world(void **state)
{
	(void)state;
	check_world(FACTS_CLOSED);
}

static void
test_recorded_world(void **state)
{
	(void)state;
	check_world(FACTS_RECORDED);
}

/* ---- overlays ---- */

static void
overlay(const char *name, enum dns_type type, const char *value)
{
	facts_overlay_set(facts, name, type, &value, value != NULL);
}

static void
test_overlay(void **state)
{
	const struct fact *fact;

	(void)state;
	store("example.com", DNS_TXT, FACT_OK, "v=spf1 ~all");
	store("mail.example.com", DNS_A, FACT_OK, "192.0.2.1");
	overlay("example.com", DNS_TXT, "ignored: no overlay is open");
	facts_overlay_begin(facts);
	overlay("Example.COM.", DNS_TXT, "v=spf1 -all");
	overlay("new.example.com", DNS_A, "192.0.2.7");
	fact = facts_dns(facts, "example.com", DNS_TXT);
	assert_string_equal(fact->values[0].text, "v=spf1 -all");
	assert_string_equal(fact->key, "dns example.com TXT");
	assert_string_equal(fact->server, "overlay");
	assert_string_equal(text_of("new.example.com", DNS_A), "192.0.2.7");
	assert_string_equal(text_of("mail.example.com", DNS_A), "192.0.2.1");

	facts_overlay_begin(facts);
	overlay("example.com", DNS_TXT, "v=spf1 mx -all");
	overlay("mail.example.com", DNS_A, NULL);
	assert_string_equal(text_of("example.com", DNS_TXT), "v=spf1 mx -all");
	assert_int_equal(status_of("mail.example.com", DNS_A), FACT_NODATA);
	assert_string_equal(text_of("new.example.com", DNS_A), "192.0.2.7");
	overlay("example.com", DNS_TXT, "v=spf1 a -all");
	assert_string_equal(text_of("example.com", DNS_TXT), "v=spf1 a -all");
	facts_overlay_end(facts);

	assert_string_equal(text_of("example.com", DNS_TXT), "v=spf1 -all");
	assert_string_equal(text_of("mail.example.com", DNS_A), "192.0.2.1");
	facts_overlay_end(facts);
	facts_overlay_end(facts);
	assert_string_equal(text_of("example.com", DNS_TXT), "v=spf1 ~all");
	assert_int_equal(fact->n_values, 1);   /* still readable */
	/* what only the overlay had was never wanted */
	assert_int_equal(facts_wanted(facts), 0);
	assert_int_equal(facts_count(facts), 2);
	assert_int_equal(status_of("new.example.com", DNS_A), FACT_WANTED);
}

static void
test_overlay_wants_the_rest(void **state)
{
	(void)state;
	facts_overlay_begin(facts);
	overlay("example.com", DNS_TXT, "v=spf1 include:other.example -all");
	assert_int_equal(status_of("other.example", DNS_TXT), FACT_WANTED);
	facts_overlay_end(facts);
	assert_string_equal(facts_next_wanted(facts)->name, "other.example");
}

static const struct {
	enum dns_type type;
	const char *given, *want;
} proposals[] = {
	{ DNS_A, "192.0.2.1", "192.0.2.1" },
	{ DNS_AAAA, "2001:0DB8:0::1", "2001:db8::1" },
	{ DNS_MX, "10  Mail.Example.Com.", "10 mail.example.com" },
	{ DNS_MX, "0 .", "0 ." },
	{ DNS_PTR, "Mail.Example.Com.", "mail.example.com" },
	{ DNS_CNAME, "www", "www" },
	{ DNS_TXT, "V=spf1 A:Mail.Example.com.", "V=spf1 A:Mail.Example.com." },
	/* nonsense stays as it is: judging it is not done here */
	{ DNS_A, "2001:db8::1", "2001:db8::1" },
	{ DNS_MX, "mail.example.com", "mail.example.com" },
	{ DNS_NS, "a..b", "a..b" },
};

static void
test_overlay_values(void **state)
{
	(void)state;
	facts_overlay_begin(facts);
	for (size_t i = 0; i < sizeof proposals / sizeof proposals[0]; i++) {
		overlay("example.com", proposals[i].type, proposals[i].given);
		assert_string_equal(text_of("example.com", proposals[i].type),
		    proposals[i].want);
	}
}

/* ---- names of things ---- */

static void
test_type_names(void **state)
{
	static const char *const all[] = {
		"A", "NS", "CNAME", "SOA", "PTR", "MX", "TXT", "AAAA"
	};
	enum dns_type type;

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		assert_true(dns_type_parse(all[i], &type));
		assert_string_equal(dns_type_name(type), all[i]);
	}
	assert_true(dns_type_parse("txt", &type));
	assert_int_equal(type, DNS_TXT);
	assert_false(dns_type_parse("SRV", &type));
	assert_false(dns_type_parse("", &type));
	assert_string_equal(fact_status_name(FACT_NXDOMAIN), "nxdomain");
}

static void
test_has_address(void **state)
{
	const struct fact *fact;

	(void)state;
	store("a.example", DNS_AAAA, FACT_OK, "2001:db8::1");
	store("a.example", DNS_TXT, FACT_OK, "2001:db8::1");
	fact = facts_dns(facts, "a.example", DNS_AAAA);
	assert_true(fact_has_address(fact, "2001:DB8:0::1"));
	assert_false(fact_has_address(fact, "2001:db8::2"));
	assert_false(fact_has_address(fact, "192.0.2.1"));
	assert_false(fact_has_address(fact, "nonsense"));
	assert_false(fact_has_address(facts_dns(facts, "a.example", DNS_TXT),
		"2001:db8::1"));
	assert_false(fact_has_address(facts_dns(facts, "b.example", DNS_A),
		"192.0.2.1"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_invented_addresses),
		TEST(test_honest_resolver),
		TEST(test_one_fact_a_name),
		TEST(test_names),
		TEST(test_name_of_253_octets),
		TEST(test_unaskable_is_not_asked),
		TEST(test_order_of_first_want),
		TEST(test_pointer_stays),
		TEST(test_values_are_copied),
		TEST(test_too_many_names),
		TEST(test_forget_and_retry),
		TEST(test_used_marks),
		TEST(test_named),
		TEST(test_closed_world),
		TEST(test_recorded_world),
		TEST(test_overlay),
		TEST(test_overlay_wants_the_rest),
		TEST(test_overlay_values),
		TEST(test_type_names),
		TEST(test_has_address),
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests_name("facts", tests, NULL, NULL);
}
