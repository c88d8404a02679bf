/* SPDX-License-Identifier: ISC
 * The text of a DKIM key record (RFC 6376 3.6.1) and the key in it, read so
 * that it can be said what is wrong. Asks no questions. */
#ifndef WB_DKIM_RECORD_H
#define WB_DKIM_RECORD_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/auth/dkim.h"
#include "engine/base/arena.h"

struct dkim_record {
	enum dkim_result result;   /* OK, REVOKED, FAULTY or CUT */
	const char *fault;         /* half a sentence, translated; or NULL */
	const char *type;          /* "rsa", "ed25519", or NULL */
	int bits;                  /* of an RSA key; 0 when not known */
	bool version_late;         /* v= is there, but not first */
	bool test_mode;            /* t=y */
	bool sha1_only;            /* h= without sha256 */
	const unsigned char *key;  /* what p= decodes to */
	size_t key_len;
};

/* Read LEN octets of a record; any octets are allowed. */
void dkim_record_read(struct arena *arena, const char *text, size_t len,
    struct dkim_record *out);

enum dkim_match { DKIM_MATCH_YES, DKIM_MATCH_NO, DKIM_MATCH_NO_PRIVATE };

/* Does the private key in PEM belong to RECORD, whose result is OK? Never
 * asks for a password: an encrypted key cannot be read. */
enum dkim_match dkim_record_match(const struct dkim_record *record,
    const char *pem, size_t pem_len);

/* RECORD's key as a record without flaws, or NULL when it holds none. */
const char *dkim_record_write(struct arena *arena,
    const struct dkim_record *record);

/* The record that belongs to the private key in PEM; NULL when it cannot be
 * read or is too short to be of use. */
const char *dkim_record_for(struct arena *arena, const char *pem,
    size_t pem_len);

/* Do the two values of FACT make one key when they are put together? Then OUT
 * is that key. */
bool dkim_record_pieces(struct arena *arena, const struct fact *fact,
    struct dkim_record *out);

/* Is TEXT a key when quotation marks, backslashes and parentheses of a zone
 * file are taken out? Then OUT is that key. */
bool dkim_record_mend(struct arena *arena, const char *text, size_t len,
    struct dkim_record *out);

#endif
