/* SPDX-License-Identifier: ISC
 * Running postqueue(1). Hides its process, its pipes, and that old ones have
 * no -j. */
#include "config.h"

#include "engine/world/mailqueue.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "engine/world/child.h"

#define ERR_MAX 2048
/* Octets taken at once, so that a call is short. */
#define SLICE 65536
/* Its pipes are closed and it has not ended: look again after this. */
#define REAP_MS 5

struct mailqueue {
	char *program, *directory;
	bool json;                 /* it runs with -j */
	long long deadline;
	pid_t pid;                 /* 0: it does not run */
	int out, err;              /* -1: closed */
	struct str text, why;
	enum mailqueue_state state;
};

static long long
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

const char *
mailqueue_find(struct arena *arena)
{
	return child_find(arena, "postqueue");
}

/* 0 when that fails: errno. */
static pid_t
spawn(const struct mailqueue *queue, int out, int err)
{
	const char *how = queue->json ? "-j" : "-p";
	const char *const plain[] = { "postqueue", how, NULL };
	const char *const other[] = { "postqueue", "-c", queue->directory, how,
		NULL };

	return child_start(queue->program,
	    queue->directory != NULL ? other : plain, out, err);
}

static void
close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void
start(struct mailqueue *queue)
{
	int out[2] = { -1, -1 }, err[2] = { -1, -1 };

	str_clear(&queue->text);
	str_clear(&queue->why);
	if (pipe2(out, O_CLOEXEC) == 0 && pipe2(err, O_CLOEXEC) == 0)
		queue->pid = spawn(queue, out[1], err[1]);
	if (queue->pid == 0) {
		str_adds(&queue->why, strerror(errno));
		queue->state = MAILQUEUE_FAILED;
	}
	close_end(&out[1]);
	close_end(&err[1]);
	queue->out = out[0];
	queue->err = err[0];
	if (queue->pid == 0)
		return;
	(void)fcntl(queue->out, F_SETFL, O_NONBLOCK);
	(void)fcntl(queue->err, F_SETFL, O_NONBLOCK);
	queue->state = MAILQUEUE_RUNNING;
}

struct mailqueue *
mailqueue_start(const char *program, const char *directory, int timeout_ms,
    size_t max)
{
	struct mailqueue *queue = mem_alloc(sizeof *queue);

	memset(queue, 0, sizeof *queue);
	queue->program = mem_strdup(program);
	queue->directory = directory != NULL ? mem_strdup(directory) : NULL;
	queue->json = true;
	queue->deadline = now_ms() + timeout_ms;
	str_init(&queue->text, max);
	str_init(&queue->why, ERR_MAX);
	start(queue);
	return queue;
}

/* End it at once. */
static void
stop(struct mailqueue *queue)
{
	int status;

	close_end(&queue->out);
	close_end(&queue->err);
	if (queue->pid == 0)
		return;
	kill(-queue->pid, SIGKILL);
	while (waitpid(queue->pid, &status, 0) < 0 && errno == EINTR)
		;
	queue->pid = 0;
}

void
mailqueue_close(struct mailqueue **queue)
{
	struct mailqueue *q = *queue;

	if (q == NULL)
		return;
	stop(q);
	str_free(&q->text);
	str_free(&q->why);
	free(q->program);
	free(q->directory);
	free(q);
	*queue = NULL;
}

size_t
mailqueue_poll(const struct mailqueue *queue,
    struct pollfd fds[MAILQUEUE_FDS], int *timeout)
{
	long long left = queue->deadline - now_ms();
	size_t n = 0;

	if (queue->state != MAILQUEUE_RUNNING)
		return 0;
	if (queue->out >= 0)
		fds[n++] = (struct pollfd){ .fd = queue->out,
			.events = POLLIN };
	if (queue->err >= 0)
		fds[n++] = (struct pollfd){ .fd = queue->err,
			.events = POLLIN };
	if (n == 0 && left > REAP_MS)
		left = REAP_MS;
	if (left < 0)
		left = 0;
	if (*timeout < 0 || left < *timeout)
		*timeout = (int)left;
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

/* It has ended with STATUS. */
static void
judge(struct mailqueue *queue, int status)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		queue->state = MAILQUEUE_DONE;
		return;
	}
	queue->state = MAILQUEUE_FAILED;
	if (!queue->json || queue->text.len != 0)
		return;
	/* before Postfix 3.1 there was no -j */
	queue->json = false;
	start(queue);
}

enum mailqueue_state
mailqueue_io(struct mailqueue *queue)
{
	int status = 0;
	pid_t got;

	if (queue->state != MAILQUEUE_RUNNING)
		return queue->state;
	drain(&queue->out, &queue->text);
	drain(&queue->err, &queue->why);
	if (queue->text.cut) {
		stop(queue);
		queue->state = MAILQUEUE_CUT;
	} else if (queue->out < 0 && queue->err < 0) {
		got = waitpid(queue->pid, &status, WNOHANG);
		if (got == queue->pid || (got < 0 && errno != EINTR)) {
			queue->pid = 0;
			judge(queue, got < 0 ? 0 : status);
		}
	}
	if (queue->state == MAILQUEUE_RUNNING && now_ms() >= queue->deadline) {
		stop(queue);
		queue->state = MAILQUEUE_TIMEOUT;
	}
	return queue->state;
}

const struct str *
mailqueue_text(const struct mailqueue *queue)
{
	return &queue->text;
}

const char *
mailqueue_why(const struct mailqueue *queue)
{
	char *end = strchr(queue->why.text, '\n');

	/* one line is enough; it is ours */
	if (end != NULL)
		*end = '\0';
	return queue->why.text;
}
