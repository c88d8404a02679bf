/* SPDX-License-Identifier: ISC
 * What the making of a transaction shares among its files. */
#ifndef WB_TRANSACTION_PARTS_H
#define WB_TRANSACTION_PARTS_H

#include "engine/base/str.h"
#include "engine/remedy/transaction.h"
#include "engine/world/run.h"

#define TRANSACTION_FILE_MAX ((size_t)4 << 20)

enum making_state { MAKING_GOES_ON, MAKING_DONE, MAKING_FAILED };

struct making {
	struct arena *arena;
	const struct postfix *postfix;
	struct transaction *transaction;
	const char *scratch;     /* folder of the copies */
	struct str *err;
	/* main.cf and master.cf, and what postconf(1) is still to do there */
	struct setting_file {
		struct file_change file;
		const char *const *edit;
		bool changed;
	} settings[2];
	const char *postconf;
	struct run *run;         /* the one at work; or NULL */
	size_t editing;          /* which of the two on */
	size_t check;            /* "postfix check" that no step has asked for */
	bool has_check;
	enum making_state state;
};

/* PATH as it is now. */
bool making_read_before(struct making *m, struct file_change *file,
    const char *path);
/* A further file of the transaction, empty. */
struct file_change *making_add_file(struct making *m);
bool making_is_changed(const struct file_change *file);

/* CHANGE_POSTCONF: copies of the files, and what is to be done with them; then,
 * until it does not go on any more, postconf(1) at work. Never waits. */
bool making_settings(struct making *m, const struct step *step);
enum making_state making_settings_io(struct making *m);

/* CHANGE_FILE, CHANGE_FOLDER, CHANGE_KEY. False: the reason is in m->err. */
bool making_file(struct making *m, const struct change *change);
bool making_folder(struct making *m, const struct change *change);
bool making_key(struct making *m, const struct change *change);

#endif
