/* SPDX-License-Identifier: ISC
 * What another user of this host may do with a file, from its rights and his
 * groups. */
#ifndef WB_RIGHTS_H
#define WB_RIGHTS_H

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "engine/base/arena.h"

#define RIGHTS_GROUPS_MAX 64

struct rights_user {
	uid_t uid;
	gid_t groups[RIGHTS_GROUPS_MAX];
	int n_groups;
};

/* False: there is no user of that NAME. */
bool rights_find(const char *name, struct rights_user *out);

/* Has USER the right BIT (4 read, 2 write, 1 search)? */
bool rights_permit(const struct rights_user *user, const struct stat *status,
    mode_t bit);

/* What stops USER on the way to PATH, or is PATH itself, for which he lacks
 * BIT. NULL: nothing, or it cannot be told. */
const char *rights_stop(struct arena *arena, const struct rights_user *user,
    const char *path, mode_t bit);

#endif
