/* SPDX-License-Identifier: ISC
 * Private DKIM keys: making them, what is wrong with one, and the proof that
 * one signs what its record verifies. Their text must never be shown, logged
 * or recorded. */
#ifndef WB_DKIM_KEY_H
#define WB_DKIM_KEY_H

#include <stddef.h>

#include "engine/auth/dkim_library.h"
#include "engine/base/arena.h"
#include "engine/world/facts.h"

/* RSA of 2048 bits, as RFC 8301 3.2 recommends; of 1024 bits, the least that
 * receivers must accept, whose record fits into 255 octets; RFC 8463. */
enum dkim_pair {
	DKIM_PAIR_NONE,
	DKIM_PAIR_RSA2048,
	DKIM_PAIR_RSA1024,
	DKIM_PAIR_ED25519
};

/* A new private key in PEM form (PKCS #8, no password), which OpenDKIM and
 * rspamd read. dkim_record_for() gives its record. NULL: libcrypto cannot. */
const char *dkim_pair_new(struct arena *arena, enum dkim_pair kind,
    size_t *len);

/* The key in PEM, for EVP_PKEY_free(); NULL: dkim_key_fault() says why. Never
 * asks for a password. */
struct evp_pkey_st *dkim_private_key(const char *pem, size_t pem_len);

/* A key that stands in the file without the lines of PEM, in base64: as DER, as
 * OpenDKIM takes it, or the 32 or 64 octets of an ed25519 key that rspamd
 * makes. In PEM, with its *LEN; NULL: TEXT is none of these. */
const char *dkim_key_from_base64(struct arena *arena, const char *text,
    size_t text_len, size_t *len);

/* Why a signer cannot use the private key in PEM, half a sentence, translated:
 * empty, encrypted, no key, in DER, cut, too short. NULL: it can. */
const char *dkim_key_fault(struct arena *arena, const char *pem,
    size_t pem_len);

/* "rsa", "ed25519", or NULL. */
const char *dkim_key_type(const char *pem, size_t pem_len);

/* Of an RSA key; 0: it is none, or cannot be read. */
int dkim_key_bits(const char *pem, size_t pem_len);

/* Sign a message of SENDER with the private key in PEM and verify it against
 * SELECTOR._domainkey.DOMAIN in FACTS, the overlay first: the proof before
 * publishing. REASON becomes the library's words where it is not valid. */
enum dkim_verdict dkim_key_prove(struct arena *arena, struct facts *facts,
    const char *selector, const char *domain, const char *sender,
    const char *pem, size_t pem_len, const char **reason);

#endif
