/* SPDX-License-Identifier: ISC
 * A change handed over to another run of this program, which runs as root: the
 * whole of it as text, known again by its digest. */
#ifndef WB_HANDOVER_H
#define WB_HANDOVER_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/remedy/transaction.h"

#define HANDOVER_MAX ((size_t)32 << 20)

/* TRANSACTION as text. New files and folders that would be this user's become
 * root's. False: it is too large. */
bool handover_write(const struct transaction *transaction, struct str *out);

/* The transaction in TEXT, which must have DIGEST (digest.h). NULL: ERR says why
 * it is not taken: it is another one, or something in it is not as the plan makes
 * it: a file that is no more where it was, other rights, a command that no step
 * runs. Nothing is changed by that. All but ERR belongs to ARENA. */
struct transaction *handover_read(struct arena *arena, const char *text,
    size_t len, const char *digest, struct str *err);

#endif
