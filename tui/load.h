/* SPDX-License-Identifier: ISC
 * Inputs: files, standard input, the messages of an mbox or a Maildir. */
#ifndef WB_LOAD_H
#define WB_LOAD_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/base/arena.h"
#include "engine/base/str.h"
#include "engine/world/maillog.h"

/* Open PATH ("-": standard input), compressed or not, and look at what it
 * begins with: *IS_LOG is that of log_sniff(). A directory or a pipe that
 * nobody writes to is refused. NULL: ERR holds the reason, without the path. */
struct maillog *load_open(const char *path, bool *is_log, struct str *err);

bool load_is_directory(const char *path);

/* The message files of a Maildir (new/ and cur/), oldest first, NULL-
 * terminated, arena-owned. NULL: ERR holds the reason, without the path. */
const char *const *load_maildir(struct arena *arena, const char *path,
    struct str *err);
#define LOAD_MAILDIR_MAX 100000

/* Where the message that begins at START ends: the next "From " line of an
 * mbox (RFC 4155), or the end of anything else. */
size_t load_message_end(const char *text, size_t len, size_t start);

#endif
