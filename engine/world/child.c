/* SPDX-License-Identifier: ISC
 * Knows posix_spawn(3). */
#include "config.h"

#include "engine/world/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

const char *
child_find(struct arena *arena, const char *name)
{
	const char *path = getenv("PATH");
	const char *all = arena_printf(arena, "%s:/usr/sbin:/usr/local/sbin",
	    path != NULL ? path : "");

	while (*all != '\0') {
		size_t len = strcspn(all, ":");
		const char *file;

		if (all[0] == '/') {
			file = arena_printf(arena, "%.*s/%s", (int)len, all,
			    name);
			if (access(file, X_OK) == 0)
				return file;
		}
		all += len + (all[len] == ':');
	}
	return NULL;
}

pid_t
child_start(const char *program, const char *const *argv, int out, int err)
{
	int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
	pid_t pid = 0;
	int error;

	if (nothing >= 0)
		pid = child_start_reading(program, argv, nothing, out, err);
	error = errno;
	if (nothing >= 0)
		close(nothing);
	errno = error;
	return pid;
}

/* ERR -1: ours. FRONT: in our process group. */
static pid_t
spawn(const char *program, const char *const *argv, const int fds[3],
    bool front)
{
	static const int ours[] = {
		SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGTSTP
	};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	struct arena *arena = arena_new();
	char **arguments;
	sigset_t none, defaults;
	size_t n = 0;
	pid_t pid = 0;
	int error;

	while (argv[n] != NULL)
		n++;
	/* posix_spawn() takes no constant strings */
	arguments = arena_array(arena, n + 1, sizeof *arguments);
	for (size_t i = 0; i < n; i++)
		arguments[i] = arena_strdup(arena, argv[i]);
	sigemptyset(&none);
	/* what is ignored here is not ignored there */
	sigemptyset(&defaults);
	for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
		sigaddset(&defaults, ours[i]);
	posix_spawn_file_actions_init(&actions);
	for (int i = 0; i < 3; i++)
		if (fds[i] >= 0)
			posix_spawn_file_actions_adddup2(&actions, fds[i], i);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setpgroup(&attributes, 0);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &defaults);
	posix_spawnattr_setflags(&attributes, (short)(POSIX_SPAWN_SETSIGMASK |
	    POSIX_SPAWN_SETSIGDEF | (front ? 0 : POSIX_SPAWN_SETPGROUP)));
	error = posix_spawn(&pid, program, &actions, &attributes, arguments,
	    environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	arena_free(&arena);
	if (error == 0)
		return pid;
	errno = error;
	return 0;
}

pid_t
child_start_reading(const char *program, const char *const *argv, int in,
    int out, int err)
{
	return spawn(program, argv, (const int[]){ in, out, err }, false);
}

pid_t
child_start_in_front(const char *program, const char *const *argv, int in,
    int out)
{
	return spawn(program, argv, (const int[]){ in, out, -1 }, true);
}
