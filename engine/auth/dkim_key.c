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
#define ED25519_OCTETS 32       /* RFC 8032 5.1.5; rspamd may put the public
                                   key behind it */

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

static const char *
written(struct arena *arena, EVP_PKEY *key, size_t *len)
{
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
	return pem;
}

const char *
dkim_pair_new(struct arena *arena, enum dkim_pair kind, size_t *len)
{
	EVP_PKEY *key = generated(kind);
	const char *pem = written(arena, key, len);

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

/* What the base64 in TEXT stands for, blanks left out; 0: it is none. */
static size_t
decoded(struct arena *arena, const char *text, size_t text_len,
    unsigned char **out)
{
	unsigned char *plain = arena_alloc(arena, text_len + 1);
	size_t n = 0, pads = 0;
	int len;

	for (size_t i = 0; i < text_len; i++)
		if (!text_is_space(text[i]))
			plain[n++] = (unsigned char)text[i];
	while (pads < n && pads < 2 && plain[n - 1 - pads] == '=')
		pads++;
	if (n == 0 || n % 4 != 0 || n > PEM_MAX)
		return 0;
	*out = arena_alloc(arena, n + 1);
	len = EVP_DecodeBlock(*out, plain, (int)n);
	return len < 0 ? 0 : (size_t)len - pads;
}

const char *
dkim_key_from_base64(struct arena *arena, const char *text, size_t text_len,
    size_t *len)
{
	unsigned char *octets = NULL;
	size_t n = decoded(arena, text, text_len, &octets);
	const unsigned char *der = octets;
	EVP_PKEY *key = NULL;
	const char *pem = NULL;

	if (n == ED25519_OCTETS || n == ED25519_OCTETS + ED25519_OCTETS)
		key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL,
		    octets, ED25519_OCTETS);
	else if (n != 0)
		key = d2i_AutoPrivateKey(NULL, &der, (long)n);
	if (key != NULL)
		pem = written(arena, key, len);
	if (octets != NULL)
		OPENSSL_cleanse(octets, n);
	EVP_PKEY_free(key);
	return pem;
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

/* Why no key can be read from it. */
static const char *
unreadable(const char *pem, size_t len)
{
	if (has_text(pem, len, "BEGIN PUBLIC KEY"))
		return _("it holds the public key instead of the private one");
	if (has_text(pem, len, "-----BEGIN ") &&
	    !has_text(pem, len, "-----END "))
		return _("it ends in the middle: its last line is missing");
	/* an ASN.1 SEQUENCE of 256 to 65535 octets */
	if (len > 2 && (unsigned char)pem[0] == 0x30 &&
	    (unsigned char)pem[1] == 0x82)
		return _("it is in binary form (DER), and signers want PEM");
	return _("it holds no private key in PEM form");
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
		return unreadable(pem, pem_len);
	bits = EVP_PKEY_is_a(key, "RSA") ? EVP_PKEY_get_bits(key) :
	    EVP_PKEY_is_a(key, "ED25519") ? MIN_RSA_BITS : 0;
	EVP_PKEY_free(key);
	if (pem[0] != '-')
		return _("something stands before its first line, -----BEGIN, "
		    "and signers do not skip it");
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

int
dkim_key_bits(const char *pem, size_t pem_len)
{
	EVP_PKEY *key = dkim_private_key(pem, pem_len);
	int bits = key != NULL && EVP_PKEY_is_a(key, "RSA") ?
	    EVP_PKEY_get_bits(key) : 0;

	EVP_PKEY_free(key);
	return bits;
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
