/* SPDX-License-Identifier: ISC
 * Who has a file open in an editor. */
#ifndef WB_EDITING_H
#define WB_EDITING_H

#include "engine/base/arena.h"

/* The lock or swap file by which an editor that runs (vi, vim, nano, emacs) says
 * that it is editing PATH; NULL: none does. Arena-owned. */
const char *editing_lock(struct arena *arena, const char *path);

#endif
