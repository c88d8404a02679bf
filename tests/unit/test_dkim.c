/* SPDX-License-Identifier: ISC
 * DKIM key records are judged right: good ones, the ways in which people break
 * them, and whether they belong to a private key. Keys are made here. */
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
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "engine/auth/dkim.h"
#include "tests/unit/auth_zone.h"
#include "tests/unit/fixture.h"

#define NAME "s1._domainkey.example.com"

/* A key pair as the world sees it. */
struct pair {
	char *public;           /* base64 of p= */
	char *private;          /* PEM */
};

static struct pair rsa2048, rsa1024, rsa512, other, ed25519;

static struct pair
make_pair(EVP_PKEY *key)
{
	struct pair pair = { calloc(1, 2048), NULL };
	unsigned char der[1024], *p = der;
	size_t raw_len = sizeof der;
	BIO *bio = BIO_new(BIO_s_mem());
	char *pem;
	long n;
	int len;

	if (EVP_PKEY_is_a(key, "ED25519")) {
		EVP_PKEY_get_raw_public_key(key, der, &raw_len);
		len = (int)raw_len;
	} else {
		len = i2d_PUBKEY(key, &p);
	}
	EVP_EncodeBlock((unsigned char *)pair.public, der, len);
	PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL);
	n = BIO_get_mem_data(bio, &pem);
	pair.private = calloc(1, (size_t)n + 1);
	memcpy(pair.private, pem, (size_t)n);
	BIO_free(bio);
	EVP_PKEY_free(key);
	return pair;
}

static int
make_keys(void **state)
{
	(void)state;
	rsa2048 = make_pair(EVP_RSA_gen(2048));
	rsa1024 = make_pair(EVP_RSA_gen(1024));
	rsa512 = make_pair(EVP_RSA_gen(512));
	other = make_pair(EVP_RSA_gen(1024));
	ed25519 = make_pair(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"));
	return 0;
}

static int
drop_keys(void **state)
{
	struct pair *pairs[] = { &rsa2048, &rsa1024, &rsa512, &other,
		&ed25519 };

	(void)state;
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		free(pairs[i]->public);
		free(pairs[i]->private);
	}
	return 0;
}

/* Judge TEXT as the only record, octets LEN. */
static const struct dkim_judgement *
judge_text(struct fixture *f, const char *text, size_t len, const char *pem)
{
	struct fact_value value = { .text = text, .len = len };

	facts_store(f->facts, NAME, DNS_TXT, FACT_OK, &value, 1, 300, "test",
	    1, NULL, NULL);
	return dkim_judge(f->arena, f->facts, "s1", "example.com", pem,
	    pem != NULL ? strlen(pem) : 0);
}

static const struct dkim_judgement *
judge(struct fixture *f, const char *before, const char *key,
    const char *after, const char *pem)
{
	const char *text = arena_printf(f->arena, "%s%s%s", before, key, after);

	return judge_text(f, text, strlen(text), pem);
}

static void
expect(const struct dkim_judgement *got, enum dkim_result want,
    const char *words)
{
	if (got->result != want || strstr(got->reason, words) == NULL)
		fail_msg("got %s: %s; want %s: %s",
		    dkim_result_name(got->result), got->reason,
		    dkim_result_name(want), words);
}

static void
test_good(void **state)
{
	struct fixture *f = *state;
	const struct dkim_judgement *got;

	got = judge(f, "v=DKIM1; k=rsa; p=", rsa2048.public, "", NULL);
	expect(got, DKIM_KEY_OK, "The key at " NAME " is fine.");
	assert_string_equal(got->name, NAME);
	assert_string_equal(got->type, "rsa");
	assert_int_equal(got->bits, 2048);
	assert_string_equal(got->fact, "dns " NAME " TXT");
	assert_false(got->incomplete || got->test_mode || got->sha1_only);
	expect(judge(f, "p=", rsa1024.public, "", NULL), DKIM_KEY_OK, "fine");
	expect(judge(f, "v=DKIM1;p=", rsa1024.public, ";", NULL), DKIM_KEY_OK,
	    "fine");
	expect(judge(f, "v=DKIM1; h=sha256:sha1; s=email; n=a note; x=1; p=",
	    rsa1024.public, " ;", NULL), DKIM_KEY_OK, "fine");
	got = judge(f, "v=DKIM1; k=ed25519; p=", ed25519.public, "", NULL);
	expect(got, DKIM_KEY_OK, "fine");
	assert_string_equal(got->type, "ed25519");
	assert_int_equal(got->bits, 0);
}

static void
test_blanks_in_key(void **state)
{
	struct fixture *f = *state;
	char *key = arena_strdup(f->arena, rsa2048.public);
	const char *text;

	text = arena_printf(f->arena, "v=DKIM1; k=rsa; p=%.60s \t%.60s %s", key,
	    key + 60, key + 120);
	expect(judge_text(f, text, strlen(text), rsa2048.private), DKIM_KEY_OK,
	    "belongs to the private key");
}

static void
test_flags(void **state)
{
	struct fixture *f = *state;
	const struct dkim_judgement *got;

	got = judge(f, "v=DKIM1; t=s:y; p=", rsa1024.public, "", NULL);
	assert_true(got->test_mode);
	expect(got, DKIM_KEY_OK, "t=y");
	got = judge(f, "v=DKIM1; t=s; p=", rsa1024.public, "", NULL);
	assert_false(got->test_mode);
	got = judge(f, "v=DKIM1; h=sha1; p=", rsa1024.public, "", NULL);
	assert_true(got->sha1_only);
	expect(got, DKIM_KEY_OK, "SHA-1");
	expect(judge(f, "k=rsa; v=DKIM1; p=", rsa1024.public, "", NULL),
	    DKIM_KEY_OK, "must be the first tag");
}

static void
test_faulty(void **state)
{
	static const struct {
		const char *text;
		enum dkim_result want;
		const char *words;
	} cases[] = {
		{ "v=DKIM1; p=", DKIM_KEY_REVOKED, "revoked" },
		{ "v=DKIM1; k=rsa; p= ;", DKIM_KEY_REVOKED, "revoked" },
		{ "v=DKIM1; k=rsa", DKIM_KEY_FAULTY, "p= is missing" },
		{ "hello world", DKIM_KEY_FAULTY, "not a list of tags" },
		{ "v=spf1 -all", DKIM_KEY_FAULTY, "SPF record" },
		{ "v=DKIM2; p=AAAA", DKIM_KEY_FAULTY, "version is \"DKIM2\"" },
		{ "v=DKIM1\\; p=AAAA", DKIM_KEY_FAULTY, "backslash" },
		{ "\"v=DKIM1; p=AAAA\"", DKIM_KEY_FAULTY, "quotation marks" },
		{ "v=DKIM1; p=AAAA\" \"AAAA", DKIM_KEY_FAULTY,
		    "quotation marks" },
		{ "v=DKIM1; k=dsa; p=AAAA", DKIM_KEY_FAULTY, "\"dsa\"" },
		{ "v=DKIM1; s=tlsrpt; p=AAAA", DKIM_KEY_FAULTY, "for mail" },
		{ "v=DKIM1; p=AA!A", DKIM_KEY_FAULTY, "\"!\"" },
		{ "v=DKIM1; p=AA==AA", DKIM_KEY_FAULTY, "in the middle" },
		{ "v=DKIM1; p=AAAA; p=BBBB", DKIM_KEY_FAULTY, "twice" },
		{ "v=DKIM1; p=AAAAAAAA", DKIM_KEY_FAULTY, "not an RSA key" },
		{ "v=DKIM1; k=ed25519; p=AAAA", DKIM_KEY_CUT, "middle" },
		{ "v=DKIM1; p=caf\xc3\xa9", DKIM_KEY_FAULTY, "ASCII" },
		{ "", DKIM_KEY_FAULTY, "p= is missing" },
		{ ";;;", DKIM_KEY_FAULTY, "p= is missing" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		expect(judge_text(f, cases[i].text, strlen(cases[i].text),
		    NULL), cases[i].want, cases[i].words);
	expect(judge_text(f, "p=A\0A", 5, NULL), DKIM_KEY_FAULTY, "ASCII");
	expect(judge(f, "v=DKIM1; p=", rsa512.public, "", NULL),
	    DKIM_KEY_FAULTY, "512 bits");
	expect(judge(f, "v=DKIM1; k=ed25519; p=", rsa1024.public, "", NULL),
	    DKIM_KEY_FAULTY, "44 characters");
	expect(judge(f, "v=DKIM1; p=", rsa1024.public, "AAAA", NULL),
	    DKIM_KEY_FAULTY, "not an RSA key");
}

/* Wherever a key is cut it is said to be cut. */
static void
test_cut(void **state)
{
	struct fixture *f = *state;
	const char *text = arena_printf(f->arena, "v=DKIM1; k=rsa; p=%s",
		rsa2048.public);
	size_t start = strlen("v=DKIM1; k=rsa; p=");

	for (size_t len = start + 8; len < strlen(text); len++)
		expect(judge_text(f, text, len, NULL), DKIM_KEY_CUT,
		    len == 255 ? "exactly 255 characters" :
		    "ends in the middle");
	text = arena_printf(f->arena, "v=DKIM1; k=ed25519; p=%s",
		ed25519.public);
	expect(judge_text(f, text, strlen(text) - 1, NULL), DKIM_KEY_FAULTY,
	    "\"=\" is missing");
	expect(judge_text(f, text, strlen(text) - 2, NULL), DKIM_KEY_CUT,
	    "ends in the middle");
}

static void
test_private(void **state)
{
	struct fixture *f = *state;

	expect(judge(f, "v=DKIM1; p=", rsa1024.public, "", rsa1024.private),
	    DKIM_KEY_OK, "belongs to the private key");
	expect(judge(f, "v=DKIM1; p=", rsa1024.public, "", other.private),
	    DKIM_KEY_MISMATCH, "does not belong");
	expect(judge(f, "v=DKIM1; p=", rsa1024.public, "", ed25519.private),
	    DKIM_KEY_MISMATCH, "does not belong");
	expect(judge(f, "v=DKIM1; k=ed25519; p=", ed25519.public, "",
	    ed25519.private), DKIM_KEY_OK, "belongs to the private key");
	expect(judge(f, "v=DKIM1; k=ed25519; p=", ed25519.public, "",
	    rsa1024.private), DKIM_KEY_MISMATCH, "does not belong");
	expect(judge(f, "v=DKIM1; p=", rsa1024.public, "", "no key"),
	    DKIM_KEY_NO_PRIVATE, "cannot be used");
	/* a broken record says more than a key that cannot be read */
	expect(judge(f, "v=DKIM1; p=", "", "", "no key"), DKIM_KEY_REVOKED,
	    "revoked");
}

/* Longer than libopendkim can take: judged by our own reading alone. */
static void
test_long_record(void **state)
{
	struct fixture *f = *state;
	char note[1200];

	memset(note, 'x', sizeof note);
	note[sizeof note - 1] = '\0';
	expect(judge(f, arena_printf(f->arena, "v=DKIM1; n=%s; p=", note),
	    rsa1024.public, "", rsa1024.private), DKIM_KEY_OK, "belongs");
	expect(judge(f, arena_printf(f->arena, "v=DKIM1; n=%s; p=", note),
	    rsa1024.public, "", other.private), DKIM_KEY_MISMATCH, "belong");
}

static void
test_dns(void **state)
{
	static const struct {
		enum fact_status status;
		enum dkim_result want;
		const char *words;
	} cases[] = {
		{ FACT_NXDOMAIN, DKIM_KEY_MISSING, "no DKIM key at " NAME },
		{ FACT_NODATA, DKIM_KEY_MISSING, "no DKIM key at " NAME },
		{ FACT_SERVFAIL, DKIM_KEY_UNKNOWN, "SERVFAIL" },
		{ FACT_TIMEOUT, DKIM_KEY_UNKNOWN, "in time" },
		{ FACT_REFUSED, DKIM_KEY_UNKNOWN, "refused" },
		{ FACT_INVALID, DKIM_KEY_UNKNOWN, "of no use" },
	};
	struct fixture *f = *state;
	const struct dkim_judgement *got;

	got = dkim_judge(f->arena, f->facts, "s1", "example.com", NULL, 0);
	expect(got, DKIM_KEY_UNKNOWN, "not there yet");
	assert_true(got->incomplete);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		facts_store(f->facts, NAME, DNS_TXT, cases[i].status, NULL, 0,
		    0, "test", 1, NULL, NULL);
		got = dkim_judge(f->arena, f->facts, "S1", "Example.COM.",
		    NULL, 0);
		expect(got, cases[i].want, cases[i].words);
		assert_false(got->incomplete);
	}
	got = dkim_judge(f->arena, f->facts, "a..b", "example.com", NULL, 0);
	expect(got, DKIM_KEY_UNKNOWN, "of no use");
}

static void
test_several(void **state)
{
	static const char *const zone[] = {
		NAME " TXT v=DKIM1; k=rsa; p=AAAA",
		NAME " TXT BBBB",
		NULL
	};
	struct fixture *f = *state;

	auth_zone_load(f->arena, f->facts, zone, FACTS_CLOSED);
	expect(dkim_judge(f->arena, f->facts, "s1", "example.com", NULL, 0),
	    DKIM_KEY_SEVERAL, "2 TXT records");
}

static void
test_read_key(void **state)
{
	struct fixture *f = *state;
	char dir[] = "/tmp/whybounce-dkim-XXXXXX";
	char path[64], big[64];
	const char *text;
	struct str err;
	FILE *file;
	size_t len;

	str_init(&err, 1000);
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/key", dir);
	snprintf(big, sizeof big, "%s/big", dir);
	assert_null(dkim_read_key(f->arena, path, &len, &err));
	assert_non_null(strstr(err.text, path));
	str_clear(&err);
	assert_null(dkim_read_key(f->arena, dir, &len, &err));
	assert_non_null(strstr(err.text, "not a regular file"));
	str_clear(&err);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_null(dkim_read_key(f->arena, path, &len, &err));
	unlink(path);
	file = fopen(path, "w");
	fputs(rsa1024.private, file);
	fclose(file);
	text = dkim_read_key(f->arena, path, &len, &err);
	assert_string_equal(text, rsa1024.private);
	assert_int_equal(len, strlen(rsa1024.private));
	file = fopen(big, "w");
	assert_int_equal(ftruncate(fileno(file), 65537), 0);
	fclose(file);
	str_clear(&err);
	assert_null(dkim_read_key(f->arena, big, &len, &err));
	assert_non_null(strstr(err.text, "too large"));
	unlink(big);
	unlink(path);
	rmdir(dir);
	str_free(&err);
}

#define TEST(f) \
	cmocka_unit_test_setup_teardown(f, fixture_set_up, fixture_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_good),
		TEST(test_blanks_in_key),
		TEST(test_flags),
		TEST(test_faulty),
		TEST(test_cut),
		TEST(test_private),
		TEST(test_long_record),
		TEST(test_dns),
		TEST(test_several),
		TEST(test_read_key),
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests_name("dkim", tests, make_keys,
	    drop_keys);
}
