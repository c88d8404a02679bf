/* SPDX-License-Identifier: ISC
 * Hides the process, its pipes, and the ending of one that does not end by
 * itself. */
#include "config.h"

#include "engine/world/run.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/arena.h"
#include "engine/base/clock.h"
#include "engine/world/child.h"

#define ERR_MAX ((size_t)16 << 10)
/* Octets taken at once, so that a call is short. */
#define SLICE 65536
/* Its pipes are closed and it has not ended: look again after this. */
#define REAP_MS 5

struct run {
	long long deadline;
	pid_t pid;                 /* 0: it does not run */
	int out, err;              /* -1: closed */
	struct str text, errors;
	char *why;
	enum run_state state;
};

static void
close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* A descriptor from which INPUT can be read; -1: errno says why not. */
static int
input_end(const char *input)
{
	size_t len = strlen(input);
	int ends[2];
	ssize_t n;

	if (len > RUN_INPUT_MAX) {
		errno = E2BIG;
		return -1;
	}
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
		return -1;
	n = write(ends[1], input, len);
	close(ends[1]);
	/* the program expects to wait for what it reads */
	if (n != (ssize_t)len || fcntl(ends[0], F_SETFL, 0) != 0)
		close_end(&ends[0]);
	return ends[0];
}

/* 0 when that fails: errno. */
static pid_t
spawn(const char *program, const char *const *argv, const char *input,
    int out, int err)
{
	int in = input != NULL ? input_end(input) : -1;
	pid_t pid;

	if (input == NULL)
		return child_start(program, argv, out, err);
	if (in < 0)
		return 0;
	pid = child_start_reading(program, argv, in, out, err);
	close(in);
	return pid;
}

static void
start(struct run *run, const char *program, const char *const *argv,
    const char *input)
{
	int out[2] = { -1, -1 }, err[2] = { -1, -1 };

	if (pipe2(out, O_CLOEXEC) == 0 && pipe2(err, O_CLOEXEC) == 0)
		run->pid = spawn(program, argv, input, out[1], err[1]);
	if (run->pid == 0) {
		str_adds(&run->errors, strerror(errno));
		run->state = RUN_NOT_STARTED;
	}
	close_end(&out[1]);
	close_end(&err[1]);
	run->out = out[0];
	run->err = err[0];
	if (run->pid == 0) {
		close_end(&run->out);
		close_end(&run->err);
		return;
	}
	(void)fcntl(run->out, F_SETFL, O_NONBLOCK);
	(void)fcntl(run->err, F_SETFL, O_NONBLOCK);
}

struct run *
run_start(const char *program, const char *const *argv, const char *input,
    int timeout_ms, size_t max)
{
	struct run *run = mem_alloc(sizeof *run);

	*run = (struct run){ .deadline = clock_ms() + timeout_ms,
		.state = RUN_GOING };
	str_init(&run->text, max);
	str_init(&run->errors, ERR_MAX);
	if (program != NULL) {
		start(run, program, argv, input);
	} else {
		run->out = run->err = -1;
		str_adds(&run->errors, strerror(ENOENT));
		run->state = RUN_NOT_STARTED;
	}
	return run;
}

/* End it at once. */
static void
stop(struct run *run)
{
	int status;

	close_end(&run->out);
	close_end(&run->err);
	if (run->pid == 0)
		return;
	kill(-run->pid, SIGKILL);
	while (waitpid(run->pid, &status, 0) < 0 && errno == EINTR)
		;
	run->pid = 0;
}

void
run_close(struct run **run)
{
	struct run *r = *run;

	if (r == NULL)
		return;
	stop(r);
	str_free(&r->text);
	str_free(&r->errors);
	free(r->why);
	free(r);
	*run = NULL;
}

int
run_left_ms(const struct run *run)
{
	long long left = run->deadline - clock_ms();

	return left > 0 ? (int)left : 0;
}

size_t
run_poll(const struct run *run, struct pollfd fds[RUN_FDS], int *timeout)
{
	int left = run_left_ms(run);
	size_t n = 0;

	if (run->state != RUN_GOING)
		return 0;
	if (run->out >= 0)
		fds[n++] = (struct pollfd){ .fd = run->out,
			.events = POLLIN };
	if (run->err >= 0)
		fds[n++] = (struct pollfd){ .fd = run->err,
			.events = POLLIN };
	if (n == 0 && left > REAP_MS)
		left = REAP_MS;
	if (*timeout < 0 || left < *timeout)
		*timeout = left;
	return n;
}

/* Take what is there; the end of the pipe closes it. */
static void
drain(int *fd, struct str *to)
{
	char buf[8192];
	ssize_t n = 1;

	for (size_t taken = 0; *fd >= 0 && n > 0 && taken < SLICE;
	    taken += sizeof buf) {
		n = read(*fd, buf, sizeof buf);
		if (n > 0)
			str_add(to, buf, (size_t)n);
		else if (n == 0 || (errno != EAGAIN && errno != EINTR))
			close_end(fd);
	}
}

/* Its pipes are closed: has it ended, and how? */
static void
reap(struct run *run)
{
	int status = 0;
	pid_t got = waitpid(run->pid, &status, WNOHANG);

	if (got != run->pid && (got >= 0 || errno == EINTR))
		return;
	run->pid = 0;
	/* got < 0: somebody else has waited for it */
	if (got < 0 || (WIFEXITED(status) && WEXITSTATUS(status) == 0))
		run->state = RUN_DONE;
	else
		/* 127: the C library's word for "could not be executed" */
		run->state = WIFEXITED(status) && WEXITSTATUS(status) == 127 ?
		    RUN_NOT_STARTED : RUN_FAILED;
}

enum run_state
run_io(struct run *run)
{
	if (run->state != RUN_GOING)
		return run->state;
	drain(&run->out, &run->text);
	drain(&run->err, &run->errors);
	if (run->text.cut) {
		stop(run);
		run->state = RUN_CUT;
	} else if (run->out < 0 && run->err < 0) {
		reap(run);
	}
	if (run->state == RUN_GOING && run_left_ms(run) == 0) {
		stop(run);
		run->state = RUN_TIMEOUT;
	}
	return run->state;
}

enum run_state
run_wait(struct run *run)
{
	struct pollfd fds[RUN_FDS];

	while (run_io(run) == RUN_GOING) {
		int timeout = -1;
		size_t n = run_poll(run, fds, &timeout);

		(void)poll(fds, n, timeout);
	}
	return run->state;
}

const struct str *
run_text(const struct run *run)
{
	return &run->text;
}

const struct str *
run_errors(const struct run *run)
{
	return &run->errors;
}

const char *
run_why(struct run *run)
{
	size_t len = strcspn(run->errors.text, "\n");

	free(run->why);
	run->why = mem_strdup(run->errors.text);
	run->why[len] = '\0';
	return run->why;
}
