/* SPDX-License-Identifier: ISC
 * What the making of a transaction shares among its files. */
#ifndef WB_TRANSACTION_PARTS_H
#define WB_TRANSACTION_PARTS_H

#include "engine/base/str.h"
#include "engine/remedy/transaction.h"

#define TRANSACTION_FILE_MAX ((size_t)4 << 20)

struct making {
	struct arena *arena;
	const struct postfix *postfix;
	struct transaction *transaction;
	const char *scratch;     /* folder of the copies */
	struct str *err;
};

/* PATH as it is now. */
bool making_read_before(struct making *m, struct file_change *file,
    const char *path);
/* A further file of the transaction, empty. */
struct file_change *making_add_file(struct making *m);
bool making_is_changed(const struct file_change *file);

/* CHANGE_FILE, CHANGE_FOLDER, CHANGE_KEY. False: the reason is in m->err. */
bool making_file(struct making *m, const struct change *change);
bool making_folder(struct making *m, const struct change *change);
bool making_key(struct making *m, const struct change *change);

#endif
