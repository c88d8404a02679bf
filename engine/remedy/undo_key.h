/* SPDX-License-Identifier: ISC
 * What taking a change back does to mail that is signed, or will be verified,
 * with a private key that the change has made. */
#ifndef WB_UNDO_KEY_H
#define WB_UNDO_KEY_H

#include "engine/remedy/transaction.h"
#include "engine/world/facts.h"
#include "engine/world/host.h"

#define UNDO_KEYS_MAX 8

struct undo_key {
	const char *file;
	const char *domain;
	const char *name;        /* of its record */
	bool signs;              /* a signer here is set up to use it */
	bool with_settings;      /* that is taken back as well */
};

/* The keys that undoing TRANSACTION removes; HOST is as it is now. Returns how
 * many. Their records are wanted in FACTS then. */
size_t undo_keys(struct arena *arena, const struct transaction *transaction,
    const struct host *host, struct facts *facts,
    struct undo_key keys[UNDO_KEYS_MAX]);

/* Sentences for the user, a line each, before he says yes; nothing where the
 * keys are in no use. A record that could not be looked up is told as such. */
void undo_keys_warn(struct arena *arena, const struct undo_key *keys, size_t n,
    struct facts *facts, struct str *out);

#endif
