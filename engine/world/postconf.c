/* SPDX-License-Identifier: ISC
 * Running postconf(1). Hides pipes, waiting and the ending of a program that
 * does not end by itself. */
#include "config.h"

#include "engine/world/postconf.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

/* After its pipes are closed it has this long to end. */
#define REAP_STEP_MS 1

static long long
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

const char *
postconf_find(struct arena *arena)
{
	const char *path = getenv("PATH");
	const char *all = arena_printf(arena, "%s:/usr/sbin:/usr/local/sbin",
	    path != NULL ? path : "");

	while (*all != '\0') {
		size_t len = strcspn(all, ":");
		const char *file;

		/* only absolute directories: never the one we stand in */
		if (all[0] == '/') {
			file = arena_printf(arena, "%.*s/postconf", (int)len,
			    all);
			if (access(file, X_OK) == 0)
				return file;
		}
		all += len + (all[len] == ':');
	}
	return NULL;
}

static void
close_both(int ends[2])
{
	close(ends[0]);
	close(ends[1]);
}

/* Start it with its output in the two pipes; -1 when that fails. */
static pid_t
start(const char *program, const char *const *argv, const int out[2],
    const int err[2])
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none;
	pid_t pid = -1;
	char **arguments;
	size_t n = 0;

	while (argv[n] != NULL)
		n++;
	arguments = mem_alloc((n + 1) * sizeof *arguments);
	for (size_t i = 0; i < n; i++)
		arguments[i] = mem_strdup(argv[i]);
	arguments[n] = NULL;
	sigemptyset(&none);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null",
	    O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, err[1], STDERR_FILENO);
	posix_spawnattr_init(&attributes);
	/* a group of its own: a wrapper's children end with it, and the
	 * terminal's Ctrl-C does not reach it */
	posix_spawnattr_setpgroup(&attributes, 0);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setflags(&attributes,
	    POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
	if (posix_spawn(&pid, program, &actions, &attributes, arguments,
		environ) != 0)
		pid = -1;
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	for (size_t i = 0; i < n; i++)
		free(arguments[i]);
	free(arguments);
	return pid;
}

/* Take what is there; false at the end of the pipe. */
static bool
drain(int fd, struct str *to)
{
	char buf[8192];
	ssize_t n = read(fd, buf, sizeof buf);

	if (n > 0)
		str_add(to, buf, (size_t)n);
	return n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN));
}

/* Read both pipes until they end; false when time is over. */
static bool
collect(int out_fd, int err_fd, long long deadline, struct str *out,
    struct str *err)
{
	struct pollfd fds[2] = {
		{ .fd = out_fd, .events = POLLIN },
		{ .fd = err_fd, .events = POLLIN },
	};
	struct str *to[2] = { out, err };

	while (fds[0].fd >= 0 || fds[1].fd >= 0) {
		long long left = deadline - now_ms();

		if (left <= 0)
			return false;
		if (poll(fds, 2, (int)left) < 0 && errno != EINTR)
			return false;
		for (size_t i = 0; i < 2; i++) {
			if (fds[i].fd >= 0 && fds[i].revents != 0 &&
			    !drain(fds[i].fd, to[i]))
				fds[i].fd = -1;
			fds[i].revents = 0;
		}
	}
	return true;
}

/* Wait for its end without blocking beyond the deadline. */
static bool
reap(pid_t pid, long long deadline, int *status)
{
	for (;;) {
		pid_t got = waitpid(pid, status, WNOHANG);

		if (got == pid)
			return true;
		if (got < 0 && errno != EINTR) {
			/* somebody else has waited for it */
			*status = 0;
			return true;
		}
		if (now_ms() >= deadline)
			return false;
		poll(NULL, 0, REAP_STEP_MS);
	}
}

enum postconf_end
postconf_run(const char *program, const char *const *argv, int timeout_ms,
    struct str *out, struct str *err)
{
	long long deadline = now_ms() + timeout_ms;
	int out_pipe[2], err_pipe[2], status = 0;
	pid_t pid;
	bool done;

	if (pipe2(out_pipe, O_CLOEXEC) < 0)
		return POSTCONF_NOT_RUN;
	if (pipe2(err_pipe, O_CLOEXEC) < 0) {
		close_both(out_pipe);
		return POSTCONF_NOT_RUN;
	}
	pid = start(program, argv, out_pipe, err_pipe);
	close(out_pipe[1]);
	close(err_pipe[1]);
	done = pid > 0 && collect(out_pipe[0], err_pipe[0], deadline, out,
	    err) && reap(pid, deadline, &status);
	close(out_pipe[0]);
	close(err_pipe[0]);
	if (pid <= 0)
		return POSTCONF_NOT_RUN;
	if (!done) {
		kill(-pid, SIGKILL);
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
		return POSTCONF_TIMEOUT;
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return POSTCONF_OK;
	/* 127: the C library's word for "could not be executed" */
	return WIFEXITED(status) && WEXITSTATUS(status) == 127 ?
	    POSTCONF_NOT_RUN : POSTCONF_FAILED;
}
