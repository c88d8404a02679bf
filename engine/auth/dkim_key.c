/* SPDX-License-Identifier: ISC
 * Knows how private keys are made and read with libcrypto, and the message
 * that proves one. */
#include "config.h"

#include "engine/auth/dkim_key.h"

#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"

#define PEM_MAX 65536
#define MIN_RSA_BITS 1024       /* RFC 8301 3.2 */

/* ---- making one ---- */

static EVP_PKEY *
generated(enum dkim_pair kind)
{
	switch (kind) {
	case DKIM_PAIR_RSA2048:
		return EVP_RSA_gen(2048);
	case DKIM_PAIR_RSA1024:
		return EVP_RSA_gen(1024);
	case DKIM_PAIR_ED25519:
		return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	case DKIM_PAIR_NONE:
		break;
	}
	return NULL;
}

const char *
dkim_pair_new(struct arena *arena, enum dkim_pair kind, size_t *len)
{
	EVP_PKEY *key = generated(kind);
	BIO *bio = BIO_new(BIO_s_secmem());
	const char *pem = NULL;
	char *text;
	long n;

	*len = 0;
	if (key != NULL && bio != NULL && PEM_write_bio_PrivateKey(bio, key,
	    NULL, NULL, 0, NULL, NULL) == 1) {
		n = BIO_get_mem_data(bio, &text);
		*len = (size_t)n;
		pem = arena_strndup(arena, text, *len);
	}
	BIO_free(bio);
	EVP_PKEY_free(key);
	return pem;
}

/* ---- reading one ---- */

/* Without it, libcrypto would ask for the password on the terminal. */
static int
no_password(char *buf, int size, int writing, void *arg)
{
	(void)buf;
	(void)size;
	(void)writing;
	(void)arg;
	return -1;
}

EVP_PKEY *
dkim_private_key(const char *pem, size_t pem_len)
{
	BIO *bio = pem_len <= PEM_MAX ?
		BIO_new_mem_buf(pem, (int)pem_len) : NULL;
	EVP_PKEY *key = NULL;

	if (bio != NULL)
		key = PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL);
	BIO_free(bio);
	return key;
}

static bool
has_text(const char *pem, size_t len, const char *words)
{
	size_t n = strlen(words);

	for (size_t i = 0; i + n <= len; i++)
		if (memcmp(pem + i, words, n) == 0)
			return true;
	return false;
}

static bool
is_blank(const char *pem, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (strchr(" \t\r\n", pem[i]) == NULL || pem[i] == '\0')
			return false;
	return true;
}

const char *
dkim_key_fault(struct arena *arena, const char *pem, size_t pem_len)
{
	EVP_PKEY *key;
	int bits;

	if (is_blank(pem, pem_len))
		return _("the file is empty");
	/* PKCS #8, and the older form (RFC 1421 4.6.1.1) */
	if (has_text(pem, pem_len, "BEGIN ENCRYPTED PRIVATE KEY") ||
	    has_text(pem, pem_len, "Proc-Type: 4,ENCRYPTED"))
		return _("it is encrypted, and a signer cannot ask for a "
		    "password");
	key = dkim_private_key(pem, pem_len);
	if (key == NULL)
		return has_text(pem, pem_len, "BEGIN PUBLIC KEY") ?
		    _("it holds the public key instead of the private one") :
		    _("it holds no private key in PEM form");
	bits = EVP_PKEY_is_a(key, "RSA") ? EVP_PKEY_get_bits(key) :
	    EVP_PKEY_is_a(key, "ED25519") ? MIN_RSA_BITS : 0;
	EVP_PKEY_free(key);
	if (bits == 0)
		return _("DKIM knows only RSA and ed25519 keys, and it holds "
		    "another kind");
	if (bits < MIN_RSA_BITS)
		return arena_printf(arena, _("it has only %d bits, and "
		    "receivers want at least %d"), bits, MIN_RSA_BITS);
	return NULL;
}

const char *
dkim_key_type(const char *pem, size_t pem_len)
{
	EVP_PKEY *key = dkim_private_key(pem, pem_len);
	const char *type = NULL;

	if (key != NULL && EVP_PKEY_is_a(key, "RSA"))
		type = "rsa";
	else if (key != NULL && EVP_PKEY_is_a(key, "ED25519"))
		type = "ed25519";
	EVP_PKEY_free(key);
	return type;
}

/* ---- the proof ---- */

enum dkim_verdict
dkim_key_prove(struct arena *arena, struct facts *facts, const char *selector,
    const char *domain, const char *sender, const char *pem, size_t pem_len,
    const char **reason)
{
	static const char body[] = "This message proves a key.\r\n";
	const char *type = dkim_key_type(pem, pem_len);
	const char *fields[] = {
		NULL,
		arena_printf(arena, "From: %s", sender),
		"To: postmaster@example.com",
		"Subject: a proof",
		"Date: Thu, 01 Jan 2026 00:00:00 +0000",
		arena_printf(arena, "Message-ID: <proof@%s>", domain),
		"MIME-Version: 1.0",
	};
	const size_t n = sizeof fields / sizeof fields[0];
	struct dkim_message plain = { fields + 1, n - 1, body,
		sizeof body - 1 };
	struct dkim_message whole = { fields, n, body, sizeof body - 1 };
	struct dkim_signature found[DKIM_SIGNATURES_MAX];

	*reason = NULL;
	if (type == NULL) {
		*reason = dkim_key_fault(arena, pem, pem_len);
		return DKIM_SIGNATURE_FAULTY;
	}
	fields[0] = dkim_library_sign(arena, &plain, selector, domain, pem,
	    pem_len, strcmp(type, "ed25519") == 0, reason);
	if (fields[0] == NULL ||
	    dkim_library_verify(arena, facts, &whole, found) != 1)
		return DKIM_SIGNATURE_FAULTY;
	*reason = found[0].reason;
	return found[0].verdict;
}
