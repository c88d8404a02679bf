/* SPDX-License-Identifier: ISC
 * Running a program to its end. Hides pipes, waiting and the ending of one that
 * does not end by itself. */
#include "config.h"

#include "engine/world/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/clock.h"

/* After its pipes are closed it has this long to end. */
#define REAP_STEP_MS 1

static void
close_both(int ends[2])
{
	close(ends[0]);
	close(ends[1]);
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
		long long left = deadline - clock_ms();

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
		if (clock_ms() >= deadline)
			return false;
		poll(NULL, 0, REAP_STEP_MS);
	}
}

enum child_end
child_run(const char *program, const char *const *argv, int timeout_ms,
    struct str *out, struct str *err)
{
	long long deadline = clock_ms() + timeout_ms;
	int out_pipe[2], err_pipe[2], status = 0;
	pid_t pid;
	bool done;

	if (pipe2(out_pipe, O_CLOEXEC) < 0)
		return CHILD_NOT_RUN;
	if (pipe2(err_pipe, O_CLOEXEC) < 0) {
		close_both(out_pipe);
		return CHILD_NOT_RUN;
	}
	pid = child_start(program, argv, out_pipe[1], err_pipe[1]);
	close(out_pipe[1]);
	close(err_pipe[1]);
	done = pid > 0 && collect(out_pipe[0], err_pipe[0], deadline, out,
	    err) && reap(pid, deadline, &status);
	close(out_pipe[0]);
	close(err_pipe[0]);
	if (pid <= 0)
		return CHILD_NOT_RUN;
	if (!done) {
		kill(-pid, SIGKILL);
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
		return CHILD_TIMEOUT;
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return CHILD_OK;
	/* 127: the C library's word for "could not be executed" */
	return WIFEXITED(status) && WEXITSTATUS(status) == 127 ?
	    CHILD_NOT_RUN : CHILD_FAILED;
}
