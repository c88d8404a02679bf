/* SPDX-License-Identifier: ISC
 * DNS messages from and to octets. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/world/dns_wire.h"

static struct arena *arena;
static struct str err, out;

static int
begin(void **state)
{
	(void)state;
	arena = arena_new();
	str_init(&err, 512);
	str_init(&out, 1 << 20);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	arena_free(&arena);
	str_free(&err);
	str_free(&out);
	return 0;
}

/* ---- questions ---- */

static void
test_question(void **state)
{
	static const uint8_t tail[] = {
		0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 1,
		1, 'a', 7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 0, 0, 16, 0, 1,
		0, 0, 41, 0x04, 0xd0, 0, 0, 0, 0, 0, 0
	};
	uint8_t wire[512], other[512];
	int different = 0;

	(void)state;
	assert_int_equal(dns_wire_question("a.example", DNS_TXT, true, true,
		wire), sizeof tail + 2);
	assert_memory_equal(wire + 2, tail, sizeof tail);
	for (int i = 0; i < 8; i++) {
		dns_wire_question("a.example", DNS_TXT, true, true, other);
		different += memcmp(wire, other, 2) != 0;
	}
	assert_true(different >= 6);
	assert_int_equal(dns_wire_question("a.example", DNS_TXT, false, false,
		wire), sizeof tail + 2 - 11);
	assert_int_equal(wire[2], 0);
	assert_int_equal(wire[11], 0);
	assert_int_equal(dns_wire_question("a..b", DNS_TXT, true, true, wire),
	    0);
	assert_int_equal(dns_wire_question("", DNS_TXT, true, true, wire), 0);
}

/* ---- replies, octet by octet ---- */

struct message {
	uint8_t wire[70000];
	size_t len;
};

static void
put(struct message *m, const void *octets, size_t len)
{
	memcpy(m->wire + m->len, octets, len);
	m->len += len;
}

static void
put16(struct message *m, unsigned int n)
{
	uint8_t octets[2] = { (uint8_t)(n >> 8), (uint8_t)n };

	put(m, octets, 2);
}

static void
put32(struct message *m, uint32_t n)
{
	put16(m, n >> 16);
	put16(m, n & 0xffff);
}

static void
put_name(struct message *m, const char *name)
{
	while (*name != '\0') {
		uint8_t len = (uint8_t)strcspn(name, ".");

		put(m, &len, 1);
		put(m, name, len);
		name += len;
		name += *name == '.';
	}
	put(m, "", 1);
}

/* The header and the question "a.example A". */
static void
put_head(struct message *m, unsigned int flags, unsigned int answers,
    unsigned int authority)
{
	m->len = 0;
	put16(m, 0x1234);
	put16(m, flags);
	put16(m, 1);
	put16(m, answers);
	put16(m, authority);
	put16(m, 0);
	put_name(m, "a.example");
	put16(m, 1);
	put16(m, 1);
}

static void
put_record(struct message *m, const char *owner, unsigned int type,
    uint32_t ttl, const void *data, size_t len)
{
	put_name(m, owner);
	put16(m, type);
	put16(m, 1);
	put32(m, ttl);
	put16(m, (unsigned int)len);
	put(m, data, len);
}

static void
put_cname(struct message *m, const char *owner, const char *target)
{
	struct message data = { .len = 0 };

	put_name(&data, target);
	put_record(m, owner, 5, 300, data.wire, data.len);
}

static void
put_soa(struct message *m, const char *owner, uint32_t ttl, uint32_t minimum)
{
	struct message data = { .len = 0 };

	put_name(&data, "ns.example");
	put_name(&data, "root.example");
	for (int i = 0; i < 4; i++)
		put32(&data, 1);
	put32(&data, minimum);
	put_record(m, owner, 6, ttl, data.wire, data.len);
}

#define REPLY 0x8180             /* QR, RD, RA */
#define AUTHORITATIVE 0x8400

static struct dns_answer answer;

static bool
read_reply(const struct message *m)
{
	/* a block of exactly this size, so that reading on is noticed */
	uint8_t *exact = malloc(m->len != 0 ? m->len : 1);
	bool ours;

	memcpy(exact, m->wire, m->len);
	ours = dns_wire_answer(arena, 0x1234, "A.example", DNS_A, exact,
		m->len, &answer);
	free(exact);
	return ours;
}

static void
test_whose_reply(void **state)
{
	struct message good, m;

	(void)state;
	put_head(&good, REPLY, 1, 0);
	put_record(&good, "a.EXAMPLE", 1, 300, "\300\0\2\1", 4);
	assert_true(read_reply(&good));
	assert_int_equal(answer.status, FACT_OK);
	assert_string_equal(answer.values[0].text, "192.0.2.1");
	assert_int_equal(answer.ttl, 300);

	m = good;
	m.wire[1] ^= 1;                  /* another id */
	assert_false(read_reply(&m));
	m = good;
	m.wire[2] ^= 0x80;               /* a question */
	assert_false(read_reply(&m));
	m = good;
	m.wire[2] |= 0x28;               /* UPDATE */
	assert_false(read_reply(&m));
	m = good;
	m.wire[5] = 2;                   /* two questions */
	assert_false(read_reply(&m));
	m = good;
	m.wire[5] = 0;                   /* none */
	assert_false(read_reply(&m));
	m = good;
	m.wire[13] = 'b';                /* another name */
	assert_false(read_reply(&m));
	m = good;
	m.wire[13] = 'A';                /* the same, in capitals */
	assert_true(read_reply(&m));
	m = good;
	m.wire[24] = 28;                 /* another type */
	assert_false(read_reply(&m));
	m = good;
	m.wire[26] = 3;                  /* another class */
	assert_false(read_reply(&m));
	m = good;
	m.len = 11;
	assert_false(read_reply(&m));
	m.len = 0;
	assert_false(read_reply(&m));
}

/* FORMERR often comes as a header alone. */
static void
test_header_alone(void **state)
{
	struct message m;

	(void)state;
	put_head(&m, REPLY | 1, 0, 0);
	m.wire[5] = 0;
	m.len = 12;
	assert_true(read_reply(&m));
	assert_true(answer.formerr);
	assert_int_equal(answer.status, FACT_INVALID);
	m.wire[3] = 0x83;
	assert_false(read_reply(&m));
}

static const struct {
	unsigned int flags;
	enum fact_status status;
	bool formerr, truncated, authoritative;
	const char *note;
} codes[] = {
	{ REPLY, FACT_NODATA, false, false, false, NULL },
	{ REPLY | 1, FACT_INVALID, true, false, false, "code 1" },
	{ REPLY | 2, FACT_SERVFAIL, false, false, false, NULL },
	{ REPLY | 3, FACT_NXDOMAIN, false, false, false, NULL },
	{ REPLY | 4, FACT_INVALID, true, false, false, "code 4" },
	{ REPLY | 5, FACT_REFUSED, false, false, false, NULL },
	{ REPLY | 9, FACT_INVALID, false, false, false, "code 9" },
	{ REPLY | 15, FACT_INVALID, false, false, false, "code 15" },
	{ REPLY | 0x200, FACT_INVALID, false, true, false, "cut off" },
	{ AUTHORITATIVE, FACT_NODATA, false, false, true, NULL },
};

static void
test_codes(void **state)
{
	struct message m;

	(void)state;
	for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
		put_head(&m, codes[i].flags, 0, 0);
		assert_true(read_reply(&m));
		assert_int_equal(answer.status, codes[i].status);
		assert_int_equal(answer.formerr, codes[i].formerr);
		assert_int_equal(answer.truncated, codes[i].truncated);
		assert_int_equal(answer.authoritative,
		    codes[i].authoritative);
		if (codes[i].note != NULL)
			assert_non_null(strstr(answer.note, codes[i].note));
		assert_int_equal(answer.ttl, 0);
		assert_int_equal(answer.n_values, 0);
	}
}

/* RFC 6891 6.1.3: BADVERS is 16; its lower bits alone say "no error". */
static void
test_extended_code(void **state)
{
	struct message m;

	(void)state;
	put_head(&m, REPLY, 0, 0);
	m.wire[11] = 1;
	put(&m, "\0\0\51\4\320\1\0\0\0\0\0", 11);
	assert_true(read_reply(&m));
	assert_int_equal(answer.status, FACT_INVALID);
	assert_non_null(strstr(answer.note, "code 16"));
}

static void
test_only_what_was_asked(void **state)
{
	struct message m;

	(void)state;
	put_head(&m, REPLY, 5, 0);
	put_record(&m, "b.example", 1, 300, "\300\0\2\7", 4);
	put_record(&m, "a.example", 16, 300, "\1x", 2);
	put_record(&m, "a.example", 1, 100, "\300\0\2\1", 4);
	put_record(&m, "a.example", 1, 50, "\300\0\2\1", 4);   /* twice */
	put_record(&m, "a.example", 1, 0x80000000u, "\300\0\2\2", 4);
	assert_true(read_reply(&m));
	assert_int_equal(answer.status, FACT_OK);
	assert_int_equal(answer.n_values, 2);
	assert_string_equal(answer.values[1].text, "192.0.2.2");
	/* RFC 2181 8: the highest bit makes it 0 */
	assert_int_equal(answer.ttl, 0);
	assert_null(answer.alias);
}

static void
test_other_class(void **state)
{
	struct message m;

	(void)state;
	put_head(&m, REPLY, 1, 0);
	put_record(&m, "a.example", 1, 300, "\300\0\2\1", 4);
	m.wire[m.len - 4 - 2 - 4 - 1] = 3;
	assert_true(read_reply(&m));
	assert_int_equal(answer.status, FACT_NODATA);
}

static void
test_negative_ttl(void **state)
{
	static const struct { const char *owner; uint32_t ttl, minimum, want; }
	table[] = {
		{ "example", 300, 120, 120 }, { "example", 100, 120, 100 },
		{ "a.example", 300, 7, 7 }, { "", 300, 8, 8 },
		{ "other", 300, 120, 0 }, { "b.a.example", 300, 120, 0 },
		{ "example", 0x90000000u, 120, 0 },
	};
	struct message m;

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		put_head(&m, REPLY | 3, 0, 1);
		put_soa(&m, table[i].owner, table[i].ttl, table[i].minimum);
		assert_true(read_reply(&m));
		assert_int_equal(answer.status, FACT_NXDOMAIN);
		assert_int_equal(answer.ttl, table[i].want);
	}
}

static void
test_chain(void **state)
{
	struct message m;

	(void)state;
	/* in any order */
	put_head(&m, REPLY, 3, 0);
	put_record(&m, "c.example", 1, 20, "\300\0\2\1", 4);
	put_cname(&m, "B.example", "c.example");
	put_cname(&m, "a.example", "b.Example");
	assert_true(read_reply(&m));
	assert_int_equal(answer.status, FACT_OK);
	assert_string_equal(answer.alias, "c.example");
	assert_int_equal(answer.hops, 2);
	assert_int_equal(answer.ttl, 20);

	/* it leaves the reply */
	put_head(&m, REPLY, 1, 0);
	put_cname(&m, "a.example", "b.other");
	assert_true(read_reply(&m));
	assert_int_equal(answer.status, FACT_WANTED);
	assert_string_equal(answer.alias, "b.other");
	assert_int_equal(answer.ttl, 300);

	/* it ends in nothing, and the SOA says so */
	put_head(&m, REPLY, 1, 1);
	put_cname(&m, "a.example", "b.other");
	put_soa(&m, "other", 60, 30);
	assert_true(read_reply(&m));
	assert_int_equal(answer.status, FACT_NODATA);
	assert_int_equal(answer.ttl, 30);

	/* the SOA is somebody else's */
	put_head(&m, REPLY, 1, 1);
	put_cname(&m, "a.example", "b.other");
	put_soa(&m, "example", 60, 30);
	assert_true(read_reply(&m));
	assert_int_equal(answer.status, FACT_WANTED);

	/* RFC 6604 3: the code is about the last name */
	put_head(&m, REPLY | 3, 1, 0);
	put_cname(&m, "a.example", "b.other");
	assert_true(read_reply(&m));
	assert_int_equal(answer.status, FACT_NXDOMAIN);
	assert_string_equal(answer.alias, "b.other");
}

static void
test_circles(void **state)
{
	struct message m;

	(void)state;
	put_head(&m, REPLY, 1, 0);
	put_cname(&m, "a.example", "a.example");
	assert_true(read_reply(&m));
	assert_int_equal(answer.status, FACT_INVALID);
	assert_non_null(strstr(answer.note, "circle"));
	put_head(&m, REPLY, 2, 0);
	put_cname(&m, "a.example", "b.example");
	put_cname(&m, "b.example", "a.example");
	assert_true(read_reply(&m));
	assert_int_equal(answer.status, FACT_INVALID);
}

/* 10 steps are followed, 11 are not. */
static void
test_long_chain(void **state)
{
	char owner[] = "a.example", target[] = "b.example";
	struct message m;

	(void)state;
	for (unsigned int steps = 10; steps <= 11; steps++) {
		put_head(&m, REPLY, steps + 1, 0);
		for (unsigned int i = 0; i < steps; i++) {
			owner[0] = (char)('a' + i);
			target[0] = (char)('b' + i);
			put_cname(&m, owner, target);
		}
		put_record(&m, target, 1, 20, "\300\0\2\1", 4);
		assert_true(read_reply(&m));
		assert_int_equal(answer.status, steps == 10 ? FACT_OK :
		    FACT_INVALID);
		assert_int_equal(answer.hops, 10);
	}
}

static void
test_referral(void **state)
{
	struct message data = { .len = 0 }, m;

	(void)state;
	put_name(&data, "ns.example");
	put_head(&m, 0x8000, 0, 1);
	put_record(&m, "example", 2, 300, data.wire, data.len);
	assert_true(read_reply(&m));
	assert_int_equal(answer.status, FACT_INVALID);
	assert_non_null(strstr(answer.note, "refers"));
	/* RFC 2308 2.2: so it is from one that resolves */
	put_head(&m, REPLY, 0, 1);
	put_record(&m, "example", 2, 300, data.wire, data.len);
	assert_true(read_reply(&m));
	assert_int_equal(answer.status, FACT_INVALID);
	/* and an authority's own NS records refer to nobody */
	put_head(&m, 0x8400, 0, 1);
	put_record(&m, "example", 2, 300, data.wire, data.len);
	assert_true(read_reply(&m));
	assert_int_equal(answer.status, FACT_NODATA);
	put_head(&m, REPLY, 0, 0);
	assert_true(read_reply(&m));
	assert_int_equal(answer.status, FACT_NODATA);
}

/* ---- replies that are wrong in themselves ---- */

static void
test_damage(void **state)
{
	struct message good, m;

	(void)state;
	put_head(&good, REPLY, 2, 0);
	put_record(&good, "a.example", 1, 300, "\300\0\2\1", 4);
	put_record(&good, "a.example", 1, 300, "\300\0\2\2", 4);
	for (m = good; m.len > 27; m.len--) {
		assert_true(read_reply(&m));
		assert_int_equal(answer.damaged, m.len != good.len);
		assert_int_equal(answer.status, answer.damaged ? FACT_INVALID :
		    FACT_OK);
	}
	/* an address of three octets, and of none */
	put_head(&m, REPLY, 1, 0);
	put_record(&m, "a.example", 1, 300, "\300\0\2", 3);
	assert_true(read_reply(&m));
	assert_int_not_equal(answer.status, FACT_OK);
	put_head(&m, REPLY, 1, 0);
	put_record(&m, "a.example", 1, 300, "", 0);
	assert_true(read_reply(&m));
	assert_int_equal(answer.n_values, 0);
	/* 65535 answers announced, none there */
	put_head(&m, REPLY, 65535, 65535);
	assert_true(read_reply(&m));
	assert_true(answer.damaged);
}

static void
test_pointers(void **state)
{
	struct message m;

	(void)state;
	/* a name that points at itself */
	put_head(&m, REPLY, 1, 0);
	put16(&m, 0xc000 | (unsigned int)m.len);
	put(&m, "\0\1\0\1\0\0\0\1\0\4\300\0\2\1", 14);
	assert_true(read_reply(&m));
	assert_true(answer.damaged);
	/* and one past the end */
	put_head(&m, REPLY, 1, 0);
	put16(&m, 0xffff);
	put(&m, "\0\1\0\1\0\0\0\1\0\4\300\0\2\1", 14);
	assert_true(read_reply(&m));
	assert_true(answer.damaged);
}

/* As many records as fit, each with its name at the end of a long chain of
 * pointers: bounded work, and no answer. */
static void
test_flood(void **state)
{
	static struct message chain, m;
	unsigned int first;

	(void)state;
	put_head(&m, REPLY, 4000, 0);
	first = (unsigned int)m.len + 11;
	for (unsigned int i = 0; i < 16000; i += 2)
		put16(&chain, 0xc000 | (i == 0 ? 12 : first + i - 2));
	put_record(&m, "", 10, 300, chain.wire, chain.len);
	while (m.len + 20 < 65535) {
		put16(&m, 0xc000 | (first + 15998));
		put(&m, "\0\1\0\1\0\0\0\1\0\4\300\0\2\1", 14);
	}
	assert_true(read_reply(&m));
	assert_int_equal(answer.status, FACT_INVALID);
}

static void
test_mutations(void **state)
{
	struct message good, m;
	uint32_t seed = 7;

	(void)state;
	put_head(&good, REPLY, 4, 1);
	put_cname(&good, "a.example", "b.example");
	put_record(&good, "b.example", 1, 300, "\300\0\2\1", 4);
	put_record(&good, "b.example", 16, 300, "\3abc\0\1x", 7);
	put_record(&good, "b.example", 15, 300, "\0\1\1b\0", 5);
	put_soa(&good, "example", 300, 60);
	for (int i = 0; i < 20000; i++) {
		m = (struct message){ .len = good.len };
		memcpy(m.wire, good.wire, good.len);
		for (int j = 0; j < 1 + i % 4; j++) {
			seed = seed * 1664525 + 1013904223;
			m.wire[2 + (seed >> 8) % (m.len - 2)] =
				(uint8_t)(seed >> 24);
		}
		if (read_reply(&m) && answer.status == FACT_OK)
			assert_true(answer.n_values > 0);
	}
}

/* ---- a fact as a reply, read back ---- */

static void
check_reply(const char *line_text)
{
	struct dns_line line;
	struct fact fact = { .status = FACT_OK, .n_values = 1 };
	uint8_t wire[70000];
	size_t len;

	assert_true(dns_wire_parse_line(arena, line_text, &line, &err));
	fact.name = line.name;
	fact.type = line.type;
	fact.ttl = line.ttl;
	fact.values = &line.value;
	len = dns_wire_reply(&fact, wire, sizeof wire);
	assert_int_not_equal(len, 0);
	assert_true(dns_wire_answer(arena, (uint16_t)(wire[0] << 8 | wire[1]),
		line.name, line.type, wire, len, &answer));
	assert_int_equal(answer.status, FACT_OK);
	assert_int_equal(answer.n_values, 1);
	assert_int_equal(answer.ttl, line.ttl);
	assert_int_equal(answer.values[0].len, line.value.len);
	assert_memory_equal(answer.values[0].text, line.value.text,
	    line.value.len);
	assert_int_equal(answer.values[0].n_strings, line.value.n_strings);
	assert_int_equal(dns_wire_reply(&fact, wire, len), len);
	assert_int_equal(dns_wire_reply(&fact, wire, len - 1), 0);
}

static void
test_reply_of_fact(void **state)
{
	static const char *const lines[] = {
		"example.com. 300 IN A 192.0.2.1",
		"example.com. 60 IN AAAA 2001:db8::1",
		"example.com. 60 IN MX 10 mail.example.com.",
		"example.com. 60 IN MX 0 .",
		"example.com. 60 IN NS ns.example.com.",
		"www.example.com. 60 IN CNAME example.com.",
		"1.2.0.192.in-addr.arpa. 60 IN PTR p7.dyn.isp.example.",
		". 60 IN SOA ns.test. root.test. 1 3600 900 604800 4294967295",
		"example.com. 60 IN TXT \"v=spf1 ip4:192.0.2.1 ~all\"",
		"example.com. 60 IN TXT \"a\" \"\" \"b c\"",
		"example.com. 60 IN TXT \"\"",
		"example.com. 60 IN TXT \"a\\\"b\\\\c;dA\\200\"",
		"a\\032b.example. 60 IN A 192.0.2.1",
	};

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
		check_reply(lines[i]);
}

static void
test_reply_of_nothing(void **state)
{
	static const struct { enum fact_status status; int rcode; } table[] = {
		{ FACT_NXDOMAIN, 3 }, { FACT_NODATA, 0 }, { FACT_WANTED, -1 },
		{ FACT_SERVFAIL, -1 }, { FACT_TIMEOUT, -1 },
		{ FACT_REFUSED, -1 }, { FACT_INVALID, -1 },
	};
	uint8_t wire[512];

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct fact fact = {
			.name = "a.example", .type = DNS_TXT,
			.status = table[i].status,
		};
		size_t len = dns_wire_reply(&fact, wire, sizeof wire);

		assert_int_equal(len != 0, table[i].rcode >= 0);
		if (len != 0)
			assert_int_equal(wire[3] & 15, table[i].rcode);
	}
}

/* What cannot be data of its type makes no message. */
static void
test_reply_of_nonsense(void **state)
{
	static const struct { enum dns_type type; const char *text; } bad[] = {
		{ DNS_A, "2001:db8::1" }, { DNS_AAAA, "192.0.2.1" },
		{ DNS_MX, "mail.example" }, { DNS_MX, "10" },
		{ DNS_MX, "70000 a.example" }, { DNS_PTR, "a..b" },
		{ DNS_CNAME, "" }, { DNS_SOA, "a. b" },
	};
	uint8_t wire[512];

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct fact_value value = {
			.text = bad[i].text, .len = strlen(bad[i].text),
		};
		struct fact fact = {
			.name = "a.example", .type = bad[i].type,
			.status = FACT_OK, .values = &value, .n_values = 1,
		};

		assert_int_equal(dns_wire_reply(&fact, wire, sizeof wire), 0);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_question),
		TEST(test_whose_reply),
		TEST(test_header_alone),
		TEST(test_codes),
		TEST(test_extended_code),
		TEST(test_only_what_was_asked),
		TEST(test_other_class),
		TEST(test_negative_ttl),
		TEST(test_chain),
		TEST(test_circles),
		TEST(test_long_chain),
		TEST(test_referral),
		TEST(test_damage),
		TEST(test_pointers),
		TEST(test_flood),
		TEST(test_mutations),
		TEST(test_reply_of_fact),
		TEST(test_reply_of_nothing),
		TEST(test_reply_of_nonsense),
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests_name("dns_wire", tests, NULL, NULL);
}
