/* SPDX-License-Identifier: ISC
 * Finds the home directory, and mistrusts what others could have written. */
#include "config.h"

#include "engine/world/state_folder.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/i18n.h"

/* $HOME, unless it is another user's: with sudo it may be. */
static const char *
home_directory(void)
{
	const char *home = getenv("HOME");
	const struct passwd *user;
	struct stat status;

	if (home != NULL && home[0] == '/' && stat(home, &status) == 0 &&
	    status.st_uid == geteuid())
		return home;
	user = getpwuid(geteuid());
	return user != NULL && user->pw_dir != NULL &&
	    user->pw_dir[0] == '/' ? user->pw_dir : NULL;
}

const char *
state_folder(struct arena *arena)
{
	const char *state = getenv("XDG_STATE_HOME");
	const char *home;

	/* the XDG base directory specification wants it absolute */
	if (state != NULL && state[0] == '/')
		return arena_printf(arena, "%s/whybounce", state);
	home = home_directory();
	return home != NULL ? arena_printf(arena,
	    "%s/.local/state/whybounce", home) : NULL;
}

bool
folder_make(const char *path)
{
	char *copy = mem_strdup(path);
	bool done = true;

	for (char *at = strchr(copy + 1, '/'); done && at != NULL;
	    at = strchr(at + 1, '/')) {
		*at = '\0';
		done = mkdir(copy, 0700) == 0 || errno == EEXIST ||
		    access(copy, X_OK) == 0;
		*at = '/';
	}
	done = done && (mkdir(path, 0700) == 0 || errno == EEXIST);
	free(copy);
	return done;
}

bool
owner_is_us(const char *path, const struct stat *status, struct str *err)
{
	if (status->st_uid != geteuid()) {
		str_addf(err, _("%s belongs to another user and is not used."),
		    path);
		return false;
	}
	if ((status->st_mode & (S_IWGRP | S_IWOTH)) != 0) {
		str_addf(err, _("%s can be written to by other users and is "
		    "not used."), path);
		return false;
	}
	return true;
}

bool
folder_is_ours(const char *path, struct str *err)
{
	struct stat status;

	if (lstat(path, &status) != 0) {
		str_addf(err, "%s: %s", path, strerror(errno));
		return false;
	}
	if (S_ISLNK(status.st_mode)) {
		str_addf(err, _("%s is a symbolic link and is not used."),
		    path);
		return false;
	}
	if (!S_ISDIR(status.st_mode)) {
		str_addf(err, "%s: %s", path, strerror(ENOTDIR));
		return false;
	}
	return owner_is_us(path, &status, err);
}
