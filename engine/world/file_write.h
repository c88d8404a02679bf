/* SPDX-License-Identifier: ISC
 * Writing a file whole or not at all (design.md 6). */
#ifndef WB_FILE_WRITE_H
#define WB_FILE_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "engine/base/str.h"

/* Put TEXT into the file PATH, readable by its owner only: a temporary file
 * beside it, fsync, rename. A symbolic link stays and what it points to is
 * replaced; a device or pipe is written to. False: ERR holds the reason
 * (without the path), and an existing file is as it was. */
bool file_write(const char *path, const char *text, size_t len,
    struct str *err) __attribute__((warn_unused_result));

/* The same for a file of the system: TEMPORARY, in the same folder, is the new
 * version's name until it takes PATH's place (a left one is removed first), and
 * it gets the owner, group and mode of RIGHTS, and the access list and labels of
 * the old version. PATH is not a link; a hard link to the old version keeps that,
 * as with postconf(1). False: errno. */
bool file_replace(const char *path, const char *temporary, const char *text,
    size_t len, const struct stat *rights)
	__attribute__((warn_unused_result));

/* Write all LEN octets to FD, however many calls that takes. False: errno. */
bool file_write_all(int fd, const char *text, size_t len);

#endif
