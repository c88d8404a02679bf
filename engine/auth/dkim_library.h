/* SPDX-License-Identifier: ISC
 * libopendkim, fed from the cache: testing a key record, signing a message,
 * verifying the signatures of one. Only dkim_library.c includes its headers. */
#ifndef WB_DKIM_LIBRARY_H
#define WB_DKIM_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/base/arena.h"
#include "engine/world/facts.h"

/* A message as it is signed (RFC 6376 3.4): CRLF line ends everywhere. */
struct dkim_message {
	const char *const *fields;  /* "Name: value" each, without the last CRLF */
	size_t n_fields;
	const char *body;
	size_t body_len;
};

enum dkim_verdict {
	DKIM_SIGNATURE_UNKNOWN,   /* the key is wanted, or DNS did not answer */
	DKIM_SIGNATURE_VALID,
	DKIM_SIGNATURE_BODY,      /* the header's signature fits, the body is not
	                             the one that was signed */
	DKIM_SIGNATURE_HEADER,    /* a signed field was changed, or another key
	                             signed */
	DKIM_SIGNATURE_NO_KEY,    /* no key in DNS any more, or it is revoked */
	DKIM_SIGNATURE_BAD_KEY,   /* a key record that cannot be used */
	DKIM_SIGNATURE_EXPIRED,   /* x= has passed (RFC 6376 3.5) */
	DKIM_SIGNATURE_FAULTY     /* the field itself cannot be read */
};

struct dkim_signature {
	enum dkim_verdict verdict;
	const char *domain, *selector;   /* d=, s=; foreign, never NULL */
	const char *name;        /* of the key's record */
	const char *fact;        /* key of its TXT fact */
	const char *reason;      /* the library's words, cleaned; or NULL */
	int bits;                /* of an RSA key; 0 when not known */
	bool sha1;               /* a=rsa-sha1, which RFC 8301 3.1 forbids */
	bool partial;            /* l=: the end of the body is not signed */
};

#define DKIM_SIGNATURES_MAX 16

/* libopendkim's judgement of the record in FACT, and of the RSA private key in
 * PEM (may be NULL): 0 fine, 1 the keys differ, -1 faulty: REASON says why. */
int dkim_library_test(struct arena *arena, const struct fact *fact,
    const char *selector, const char *domain, const char *pem, size_t pem_len,
    const char **reason);

/* The DKIM-Signature field of MESSAGE, whole, made with the private key in PEM
 * (RSA of at least 1024 bits, or ed25519), as OpenDKIM would. NULL: REASON
 * says why not. */
const char *dkim_library_sign(struct arena *arena,
    const struct dkim_message *message, const char *selector,
    const char *domain, const char *pem, size_t pem_len, bool ed25519,
    const char **reason);

/* Verify the signatures of MESSAGE, at most DKIM_SIGNATURES_MAX, with the keys
 * in FACTS (the overlay first); keys that are not there are wanted then.
 * Returns how many are in OUT. */
size_t dkim_library_verify(struct arena *arena, struct facts *facts,
    const struct dkim_message *message,
    struct dkim_signature out[DKIM_SIGNATURES_MAX]);

#endif
