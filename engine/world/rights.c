/* SPDX-License-Identifier: ISC
 * Knows how the system looks at rights: owner, else group, else others. */
#include "config.h"

#include "engine/world/rights.h"

#include <grp.h>
#include <pwd.h>
#include <string.h>

bool
rights_find(const char *name, struct rights_user *out)
{
	const struct passwd *p = getpwnam(name);

	if (p == NULL)
		return false;
	out->uid = p->pw_uid;
	out->n_groups = RIGHTS_GROUPS_MAX;
	if (getgrouplist(name, p->pw_gid, out->groups, &out->n_groups) < 0)
		out->n_groups = RIGHTS_GROUPS_MAX;
	return true;
}

bool
rights_permit(const struct rights_user *user, const struct stat *s, mode_t bit)
{
	if (user->uid == 0)
		return true;
	if (s->st_uid == user->uid)
		return (s->st_mode & bit << 6) != 0;
	for (int i = 0; i < user->n_groups; i++)
		if (user->groups[i] == s->st_gid)
			return (s->st_mode & bit << 3) != 0;
	return (s->st_mode & bit) != 0;
}

const char *
rights_stop(struct arena *arena, const struct rights_user *user,
    const char *path, mode_t bit)
{
	const char *end = path;
	struct stat s;

	while (end != NULL && *end == '/') {
		const char *part;

		end = strchr(end + 1, '/');
		part = end != NULL ? arena_strndup(arena, path,
		    (size_t)(end - path)) : path;
		if (stat(part, &s) != 0)
			return NULL;
		if (!rights_permit(user, &s, end != NULL ? 1 : bit))
			return part;
	}
	return NULL;
}
