/* SPDX-License-Identifier: ISC
 * Key pairs, what is wrong with a private key, and messages that are signed,
 * changed and verified. Keys are made here. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "engine/auth/dkim_key.h"
#include "engine/auth/dkim_record.h"
#include "tests/unit/fixture.h"

#define NAME "s1._domainkey.example.com"
#define N_FIELDS 4

static void
publish(struct fixture *f, const char *name, const char *record)
{
	struct fact_value value = { .text = record };

	value.len = record != NULL ? strlen(record) : 0;
	facts_store(f->facts, name, DNS_TXT, record != NULL ? FACT_OK :
	    FACT_NXDOMAIN, &value, record != NULL, 300, "test", 1, NULL, NULL);
}

static const struct pair {
	enum dkim_pair kind;
	const char *type;
	const char *begin;
	size_t least, most;      /* octets of the record */
} pairs[] = {
	{ DKIM_PAIR_RSA2048, "rsa", "v=DKIM1; k=rsa; p=", 400, 420 },
	{ DKIM_PAIR_RSA1024, "rsa", "v=DKIM1; k=rsa; p=", 220, 255 },
	{ DKIM_PAIR_ED25519, "ed25519", "v=DKIM1; k=ed25519; p=", 60, 70 },
};

static void
test_pairs(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		size_t len;
		const char *pem = dkim_pair_new(f->arena, pairs[i].kind, &len);
		const char *record, *reason;

		assert_non_null(pem);
		assert_int_equal(strlen(pem), len);
		assert_ptr_equal(strstr(pem, "-----BEGIN PRIVATE KEY-----"),
		    pem);
		assert_null(dkim_key_fault(f->arena, pem, len));
		assert_string_equal(dkim_key_type(pem, len), pairs[i].type);
		record = dkim_record_for(f->arena, pem, len);
		assert_ptr_equal(strstr(record, pairs[i].begin), record);
		assert_in_range(strlen(record), pairs[i].least, pairs[i].most);
		assert_string_not_equal(pem, dkim_pair_new(f->arena,
		    pairs[i].kind, &len));
		publish(f, NAME, record);
		assert_int_equal(dkim_key_prove(f->arena, f->facts, "s1",
		    "example.com", "a@example.com", pem, strlen(pem), &reason),
		    DKIM_SIGNATURE_VALID);
	}
	assert_null(dkim_pair_new(f->arena, DKIM_PAIR_NONE, &(size_t){ 0 }));
}

static void
test_faults(void **state)
{
	static const struct {
		const char *pem, *words;
	} rows[] = {
		{ "", "is empty" },
		{ "\n \t\r\n", "is empty" },
		{ "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n", "encrypted" },
		{ "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n",
		    "encrypted" },
		{ "-----BEGIN PUBLIC KEY-----\nMIIB\n", "public key instead" },
		{ "-----BEGIN PRIVATE KEY-----\nMIIB\n", "ends in the middle" },
		{ "-----BEGIN PRIVATE KEY-----\nMIIB\n"
		  "-----END PRIVATE KEY-----\n", "no private key" },
		{ "\x30\x82\x04\xbf\x02\x01", "binary form" },
		{ "v=DKIM1; p=MIIB", "no private key" },
		/* an X25519 key */
		{ "-----BEGIN PRIVATE KEY-----\n"
		  "MC4CAQAwBQYDK2VuBCIEIJDcvSMX5BjvBjf7W6mZ9Yk6YpVnvDbmbQmQmFEhN3d1\n"
		  "-----END PRIVATE KEY-----\n", "another kind" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const char *reason, *got = dkim_key_fault(f->arena, rows[i].pem,
		    strlen(rows[i].pem));

		if (got == NULL || strstr(got, rows[i].words) == NULL)
			fail_msg("%zu: got %s, want %s", i, got, rows[i].words);
		assert_int_equal(dkim_key_prove(f->arena, f->facts, "s1",
		    "example.com", "a@example.com", rows[i].pem,
		    strlen(rows[i].pem), &reason), DKIM_SIGNATURE_FAULTY);
		assert_non_null(reason);
	}
}

/* Keys without the lines of PEM: as DER, and as rspamd writes ed25519. */
static void
test_base64(void **state)
{
	static const struct {
		const char *text, *type;       /* NULL: it is no key */
	} rows[] = {
		/* RFC 8032 7.1, test 1: the seed; and the public key with it */
		{ "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=\n", "ed25519" },
		{ "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2DXWpgBgrEKt9VL"
		  "/tPJZAc6DuFy89qmIyWv\nAhpo9wdRGg==\n", "ed25519" },
		/* PKCS #8 of the same seed */
		{ "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7"
		  "rAMcrn9g", "ed25519" },
		{ "", NULL }, { "=", NULL }, { "====", NULL }, { "QUJD", NULL },
		{ "not base64 at all", NULL }, { "MC4CAQAwBQYDK2Vw", NULL },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		size_t len = 0;
		const char *pem = dkim_key_from_base64(f->arena, rows[i].text,
		    strlen(rows[i].text), &len);

		if ((pem != NULL) != (rows[i].type != NULL))
			fail_msg("%zu", i);
		if (pem != NULL)
			assert_string_equal(dkim_key_type(pem, len),
			    rows[i].type);
	}
}

/* What the key in DNS does to the same proof. */
static void
test_proof(void **state)
{
	struct fixture *f = *state;
	size_t len;
	const char *pem = dkim_pair_new(f->arena, DKIM_PAIR_RSA1024, &len);
	const char *record = dkim_record_for(f->arena, pem, len);
	size_t len2;
	const char *pem2 = dkim_pair_new(f->arena, DKIM_PAIR_RSA1024, &len2);
	const char *other = dkim_record_for(f->arena, pem2, len2);
	const struct {
		const char *record;
		enum dkim_verdict verdict;
	} rows[] = {
		{ record, DKIM_SIGNATURE_VALID },
		{ other, DKIM_SIGNATURE_HEADER },
		{ NULL, DKIM_SIGNATURE_NO_KEY },
		{ "v=DKIM1; p=", DKIM_SIGNATURE_NO_KEY },
		{ "v=DKIM1; p=AAAA", DKIM_SIGNATURE_BAD_KEY },
		{ "well", DKIM_SIGNATURE_BAD_KEY },
	};
	const char *reason;

	assert_int_equal(dkim_key_prove(f->arena, f->facts, "s1", "example.com",
	    "a@example.com", pem, len, &reason), DKIM_SIGNATURE_UNKNOWN);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		enum dkim_verdict got;

		publish(f, NAME, rows[i].record);
		got = dkim_key_prove(f->arena, f->facts, "s1", "example.com",
		    "a@example.com", pem, len, &reason);
		if (got != rows[i].verdict)
			fail_msg("%s: got %d (%s)", rows[i].record, got,
			    reason);
	}
	publish(f, NAME, NULL);
	facts_overlay_begin(f->facts);
	facts_overlay_set(f->facts, NAME, DNS_TXT, &record, 1);
	assert_int_equal(dkim_key_prove(f->arena, f->facts, "s1", "example.com",
	    "a@example.com", pem, len, &reason), DKIM_SIGNATURE_VALID);
	facts_overlay_end(f->facts);
	facts_store(f->facts, NAME, DNS_TXT, FACT_SERVFAIL, NULL, 0, 0, "test",
	    1, NULL, NULL);
	assert_int_equal(dkim_key_prove(f->arena, f->facts, "s1", "example.com",
	    "a@example.com", pem, len, &reason), DKIM_SIGNATURE_UNKNOWN);
}

/* A signed message, changed on its way. */
static void
test_changed(void **state)
{
	struct fixture *f = *state;
	size_t len;
	const char *pem = dkim_pair_new(f->arena, DKIM_PAIR_RSA2048, &len);
	const char *reason;
	const char *fields[N_FIELDS + 1] = { NULL, "From: a@example.com",
		"To: b@example.net", "Subject: hello", "Date: today" };
	static const char body[] = "One line.\r\nAnother.\r\n";
	struct dkim_message m = { fields + 1, N_FIELDS, body,
		sizeof body - 1 };
	const struct {
		const char *subject, *body;
		enum dkim_verdict verdict;
	} rows[] = {
		{ "Subject: hello", body, DKIM_SIGNATURE_VALID },
		{ "subject:  hello\r\n ", body, DKIM_SIGNATURE_VALID },
		{ "Subject: hello", "One line. \r\nAnother.\r\n\r\n",
		    DKIM_SIGNATURE_VALID },
		{ "Subject: hello", "One line.\r\nAnother.\r\n-- \r\nList\r\n",
		    DKIM_SIGNATURE_BODY },
		{ "Subject: [list] hello", body, DKIM_SIGNATURE_HEADER },
	};
	struct dkim_signature found[DKIM_SIGNATURES_MAX];

	fields[0] = dkim_library_sign(f->arena, &m, "s1", "example.com", pem,
	    len, false, &reason);
	assert_non_null(fields[0]);
	publish(f, NAME, dkim_record_for(f->arena, pem, len));
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		fields[3] = rows[i].subject;
		m = (struct dkim_message){ fields, N_FIELDS + 1, rows[i].body,
			strlen(rows[i].body) };
		assert_int_equal(dkim_library_verify(f->arena, f->facts, &m,
		    found), 1);
		assert_string_equal(found[0].name, NAME);
		assert_string_equal(found[0].fact, "dns " NAME " TXT");
		assert_false(found[0].sha1 || found[0].partial);
		if (found[0].verdict != rows[i].verdict)
			fail_msg("%zu: got %d (%s)", i, found[0].verdict,
			    found[0].reason);
	}
	assert_int_equal(found[0].bits, 2048);
	m.n_fields = 0;
	assert_int_equal(dkim_library_verify(f->arena, f->facts, &m, found), 0);
}

/* Two signatures, and one that nobody can read: each for itself. */
static void
test_several(void **state)
{
	struct fixture *f = *state;
	size_t len, other_len;
	const char *pem = dkim_pair_new(f->arena, DKIM_PAIR_RSA1024, &len);
	const char *young = dkim_pair_new(f->arena, DKIM_PAIR_ED25519,
	    &other_len);
	const char *fields[5] = { NULL, NULL, NULL, "From: a@example.com",
		"Date: today" };
	struct dkim_message m = { fields + 3, 2, "x\r\n", 3 };
	struct dkim_signature found[DKIM_SIGNATURES_MAX];
	const char *reason;

	fields[1] = dkim_library_sign(f->arena, &m, "s1", "example.com", pem,
	    len, false, &reason);
	fields[2] = dkim_library_sign(f->arena, &m, "e1", "example.com", young,
	    other_len, true, &reason);
	fields[0] = "DKIM-Signature: v=1; a=rsa-sha256; d=example.net; s=x";
	publish(f, NAME, NULL);
	publish(f, "e1._domainkey.example.com", dkim_record_for(f->arena, young,
	    other_len));
	m = (struct dkim_message){ fields, 5, "x\r\n", 3 };
	assert_int_equal(dkim_library_verify(f->arena, f->facts, &m, found), 3);
	assert_int_equal(found[0].verdict, DKIM_SIGNATURE_UNKNOWN);
	assert_int_equal(found[1].verdict, DKIM_SIGNATURE_NO_KEY);
	assert_int_equal(found[2].verdict, DKIM_SIGNATURE_VALID);
	publish(f, "x._domainkey.example.net", NULL);
	assert_int_equal(dkim_library_verify(f->arena, f->facts, &m, found), 3);
	assert_int_equal(found[0].verdict, DKIM_SIGNATURE_FAULTY);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_pairs,
		    fixture_set_up, fixture_tear_down),
		cmocka_unit_test_setup_teardown(test_faults,
		    fixture_set_up, fixture_tear_down),
		cmocka_unit_test_setup_teardown(test_base64,
		    fixture_set_up, fixture_tear_down),
		cmocka_unit_test_setup_teardown(test_proof,
		    fixture_set_up, fixture_tear_down),
		cmocka_unit_test_setup_teardown(test_changed,
		    fixture_set_up, fixture_tear_down),
		cmocka_unit_test_setup_teardown(test_several,
		    fixture_set_up, fixture_tear_down),
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests_name("dkim key", tests, NULL, NULL);
}
