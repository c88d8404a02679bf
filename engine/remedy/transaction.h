/* SPDX-License-Identifier: ISC
 * What a step changes on this server: whole files before and after, and what
 * has to be run then. Nothing is changed by making one. */
#ifndef WB_TRANSACTION_H
#define WB_TRANSACTION_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "engine/remedy/plan.h"
#include "engine/world/postfix.h"

struct file_change {
	const char *path;        /* absolute, symbolic links resolved */
	const char *before;      /* octets; NULL: there is no such file */
	size_t before_len;
	const char *after;       /* octets; NULL: it is removed */
	size_t after_len;
	bool secret;             /* a private key: never shown, and not kept in
	                            the journal, where AFTER is NULL then */
	const char *digest;      /* of the secret's octets (digest.h) */
	mode_t mode;             /* kept from the old file */
	uid_t owner;
	gid_t group;
};

/* A folder that is made before the files, and goes with them when it is empty. */
struct folder_change {
	const char *path;
	mode_t mode;
	uid_t owner;
	gid_t group;
};

struct transaction {
	const char *id;          /* "20261121-230815", from the journal; or NULL */
	const char *title;       /* the step's */
	struct file_change *files;
	size_t n_files;
	struct folder_change *folders;   /* upper ones first */
	size_t n_folders;
	const char *const **commands;  /* argument vectors, in order */
	size_t n_commands;
	const char **tables;     /* the texts that the commands make tables from
	                            and that had none, from the journal */
	size_t n_tables;
};

/* Is there anything in STEP that the program could change by itself? */
bool transaction_possible(const struct step *step);

/* What carrying out STEP would change. Settings are worked out by the real
 * postconf(1) on a copy, so what is shown is what Postfix would write; it works
 * beside a poll loop: io() after each poll, until that is false. end(): NULL, and
 * ERR says in one sentence why not; also when it still goes on. All but ERR
 * belongs to ARENA; STEP and POSTFIX are not needed any more after begin(). */
struct making;
struct making *transaction_begin(struct arena *arena, const struct step *step,
    const struct postfix *postfix, struct str *err);
#define TRANSACTION_FDS 2
size_t transaction_poll(const struct making *making,
    struct pollfd fds[TRANSACTION_FDS], int *timeout);
bool transaction_io(struct making *making);
struct transaction *transaction_end(struct making **making);

/* All of the above at once. */
struct transaction *transaction_make(struct arena *arena,
    const struct step *step, const struct postfix *postfix, struct str *err);

/* The differences of all files in unified form, cleaned for showing: what the
 * transaction changes, or (BACK) what undoing it changes. */
void transaction_diff(const struct transaction *transaction, bool back,
    struct str *out);

/* "postfix reload": the words of a command, for reading. */
const char *transaction_command(struct arena *arena,
    const char *const *argv);

/* Is ARGV a command that a step may have run? */
bool transaction_may_run(const char *const *argv);

/* May this user replace all its files? False: WHY has a sentence, or nothing
 * when they are another user's. */
bool transaction_permitted(const struct transaction *transaction,
    struct str *why);

#endif
