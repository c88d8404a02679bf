/* SPDX-License-Identifier: ISC
 * DKIM key records (RFC 6376, 8301, 8463) judged on the cache. */
#ifndef WB_DKIM_H
#define WB_DKIM_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/base/arena.h"
#include "engine/world/facts.h"
#include "engine/world/host.h"

enum dkim_result {
	DKIM_KEY_UNKNOWN,       /* wanted, or DNS did not answer */
	DKIM_KEY_OK,
	DKIM_KEY_MISSING,       /* no record */
	DKIM_KEY_REVOKED,       /* p= is empty */
	DKIM_KEY_FAULTY,        /* syntax, base64, not a key */
	DKIM_KEY_CUT,           /* the key ends in the middle (255 octets …) */
	DKIM_KEY_SEVERAL,       /* more than one record at the name */
	DKIM_KEY_MISMATCH,      /* does not belong to the private key */
	DKIM_KEY_NO_PRIVATE     /* the private key could not be read */
};

struct dkim_judgement {
	enum dkim_result result;
	const char *name;        /* "s1._domainkey.example.com" */
	const char *reason;      /* one sentence, translated */
	const char *type;        /* "rsa", "ed25519", or NULL */
	int bits;                /* of an RSA key; 0 when not known */
	bool test_mode;          /* t=y */
	bool sha1_only;          /* h=sha1, RFC 8301 3.1 */
	const char *selector, *domain;  /* what was asked about */
	const char *fact;        /* key of the TXT fact */
	bool incomplete;
};

/* Judge the key record SELECTOR._domainkey.DOMAIN, and compare it with the
 * private key in PEM when that is not NULL. */
const struct dkim_judgement *dkim_judge(struct arena *arena,
    struct facts *facts, const char *selector, const char *domain,
    const char *pem, size_t pem_len);

/* The record at JUDGEMENT's name without its flaws (t=y, h=, quotation marks,
 * one key in two records), from what is published; NULL when the key itself
 * is not there, is damaged, or belongs to another private key. */
const char *dkim_mended(struct arena *arena, struct facts *facts,
    const struct dkim_judgement *judgement);

/* The key of a name that has none, where a panel has put it that adds the
 * domain by itself (NAME.DOMAIN); or NULL. */
const struct fact *dkim_misplaced(struct arena *arena, struct facts *facts,
    const struct dkim_judgement *judgement);

/* Read a private key file (at most 64 KiB, regular files only) into the arena.
 * NULL: ERR says why. The text must never be shown. */
const char *dkim_read_key(struct arena *arena, const char *path,
    size_t *len, struct str *err);

/* The keys of HOST's signers and spares: their text, or why it could not be
 * read, as a rule since only root may. */
void dkim_read_keys(struct arena *arena, struct host *host);

const char *dkim_result_name(enum dkim_result result);   /* "ok", "missing" … */

#endif
