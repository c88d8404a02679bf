/* SPDX-License-Identifier: ISC
 * Reading a small file of this system. */
#ifndef WB_FILE_H
#define WB_FILE_H

#include "engine/base/str.h"

/* Append PATH's octets to OUT, as far as its cap allows (OUT->cut). Only
 * regular files are read, so that a pipe or a device cannot hold us up.
 * Returns 0 or an errno value: ENOENT, EACCES, EISDIR, ... */
int file_read(const char *path, struct str *out);

/* The same for a path that the user gave: a pipe is read, too, and waited for
 * ("<(ssh HOST ...)" of a shell). */
int file_read_given(const char *path, struct str *out);

/* The same from the open descriptor FD, to its end. */
int file_read_open(int fd, struct str *out);

#endif
