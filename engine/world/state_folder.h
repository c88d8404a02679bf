/* SPDX-License-Identifier: ISC
 * The folder that keeps what this user's whybounce remembers, and whether a
 * folder or file can be trusted to be of one's own writing. */
#ifndef WB_STATE_FOLDER_H
#define WB_STATE_FOLDER_H

#include <stdbool.h>
#include <sys/stat.h>

#include "engine/base/arena.h"
#include "engine/base/str.h"

/* $XDG_STATE_HOME/whybounce, else ~/.local/state/whybounce (XDG base directory
 * specification). Nothing is made. NULL: there is no home directory. */
const char *state_folder(struct arena *arena);

/* Make PATH and what is missing above it, for its owner only. False: errno. */
bool folder_make(const char *path);

/* Is PATH a folder, no link to one, that nobody else may write to? False: ERR
 * gets a sentence. */
bool folder_is_ours(const char *path, struct str *err);

/* The same of what STATUS tells of PATH, whatever it is. */
bool owner_is_us(const char *path, const struct stat *status,
    struct str *err);

#endif
