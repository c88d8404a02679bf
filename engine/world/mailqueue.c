/* SPDX-License-Identifier: ISC
 * Running postqueue(1). Hides that old ones have no -j. */
#include "config.h"

#include "engine/world/mailqueue.h"

#include <stdbool.h>
#include <stdlib.h>

#include "engine/world/child.h"
#include "engine/world/run.h"

struct mailqueue {
	char *program, *directory;
	bool json;                 /* it runs with -j */
	size_t max;
	struct run *run;
	enum mailqueue_state state;
};

const char *
mailqueue_find(struct arena *arena)
{
	return child_find(arena, "postqueue");
}

static void
start(struct mailqueue *queue, int timeout_ms)
{
	const char *how = queue->json ? "-j" : "-p";
	const char *const plain[] = { "postqueue", how, NULL };
	const char *const other[] = { "postqueue", "-c", queue->directory, how,
		NULL };

	run_close(&queue->run);
	queue->run = run_start(queue->program,
	    queue->directory != NULL ? other : plain, NULL, timeout_ms,
	    queue->max);
	queue->state = MAILQUEUE_RUNNING;
}

struct mailqueue *
mailqueue_start(const char *program, const char *directory, int timeout_ms,
    size_t max)
{
	struct mailqueue *queue = mem_alloc(sizeof *queue);

	*queue = (struct mailqueue){ .program = mem_strdup(program),
		.directory = directory != NULL ? mem_strdup(directory) : NULL,
		.json = true, .max = max };
	start(queue, timeout_ms);
	return queue;
}

void
mailqueue_close(struct mailqueue **queue)
{
	struct mailqueue *q = *queue;

	if (q == NULL)
		return;
	run_close(&q->run);
	free(q->program);
	free(q->directory);
	free(q);
	*queue = NULL;
}

size_t
mailqueue_poll(const struct mailqueue *queue,
    struct pollfd fds[MAILQUEUE_FDS], int *timeout)
{
	if (queue->state != MAILQUEUE_RUNNING)
		return 0;
	/* it could not be started: say so at once */
	if (run_io(queue->run) != RUN_GOING)
		*timeout = 0;
	return run_poll(queue->run, fds, timeout);
}

/* It did not work: before Postfix 3.1 there was no -j. */
static enum mailqueue_state
failed(struct mailqueue *queue)
{
	int left = run_left_ms(queue->run);

	if (!queue->json || run_text(queue->run)->len != 0)
		return MAILQUEUE_FAILED;
	queue->json = false;
	start(queue, left);
	return MAILQUEUE_RUNNING;
}

enum mailqueue_state
mailqueue_io(struct mailqueue *queue)
{
	if (queue->state != MAILQUEUE_RUNNING)
		return queue->state;
	switch (run_io(queue->run)) {
	case RUN_GOING:
		break;
	case RUN_DONE:
		queue->state = MAILQUEUE_DONE;
		break;
	case RUN_CUT:
		queue->state = MAILQUEUE_CUT;
		break;
	case RUN_TIMEOUT:
		queue->state = MAILQUEUE_TIMEOUT;
		break;
	case RUN_FAILED:
	case RUN_NOT_STARTED:
		queue->state = failed(queue);
		break;
	}
	return queue->state;
}

const struct str *
mailqueue_text(const struct mailqueue *queue)
{
	return run_text(queue->run);
}

const char *
mailqueue_why(const struct mailqueue *queue)
{
	return run_why(queue->run);
}
