/* SPDX-License-Identifier: ISC
 * Knows how long postqueue(1) may take and how much it may say, asked or
 * unasked. Hides its run. */
#include "config.h"

#include "tui/list_model.h"

/* A long queue is not counted on the start screen. */
#define PEEK_MAX ((size_t)1 << 20)
#define PEEK_MS 1000
#define READ_MAX ((size_t)16 << 20)
#define READ_MS 30000

void
queue_model_init(struct queue_model *queue, const struct rules *rules,
    const char *directory)
{
	*queue = (struct queue_model){ .rules = rules, .directory = directory,
		.arena = arena_new() };
	str_init(&queue->err, 1024);
}

void
queue_model_clear(struct queue_model *queue)
{
	mailqueue_close(&queue->run);
	queue_list_free(&queue->list);
	str_free(&queue->err);
	arena_free(&queue->arena);
}

static void
start(struct queue_model *queue, int timeout_ms, size_t max)
{
	const char *program = mailqueue_find(queue->arena);

	mailqueue_close(&queue->run);
	queue_list_free(&queue->list);
	str_clear(&queue->err);
	queue->state = LIST_NONE;
	queue->missing = program == NULL;
	if (program == NULL)
		return;
	queue->run = mailqueue_start(program, queue->directory, timeout_ms,
	    max);
	queue->state = LIST_READING;
}

void
queue_model_read(struct queue_model *queue)
{
	queue->peeking = false;
	start(queue, READ_MS, READ_MAX);
}

void
queue_model_peek(struct queue_model *queue)
{
	queue->peeking = true;
	start(queue, PEEK_MS, PEEK_MAX);
}

bool
queue_model_stop(struct queue_model *queue)
{
	if (queue->run == NULL)
		return false;
	mailqueue_close(&queue->run);
	queue->state = LIST_NONE;
	queue->end = MAILQUEUE_TIMEOUT;
	return true;
}

/* Take what postqueue has said meanwhile. */
static void
listen(struct queue_model *queue, bool *changed)
{
	const struct str *text;

	queue->end = mailqueue_io(queue->run);
	if (queue->end == MAILQUEUE_RUNNING)
		return;
	*changed = true;
	text = mailqueue_text(queue->run);
	str_adds(&queue->err, mailqueue_why(queue->run));
	queue->state = LIST_NONE;
	if (queue->end != MAILQUEUE_FAILED &&
	    (queue->end == MAILQUEUE_DONE || !queue->peeking)) {
		queue->list = queue_list_new(queue->rules, text->text,
		    text->len);
		queue->state = LIST_SETTLING;
	}
	mailqueue_close(&queue->run);
}

bool
queue_model_work(struct queue_model *queue, bool *changed)
{
	if (queue->state == LIST_READING)
		listen(queue, changed);
	if (queue->state != LIST_SETTLING)
		return false;
	if (queue_list_settle(queue->list)) {
		queue->state = LIST_READY;
		*changed = true;
	}
	return true;
}

size_t
queue_model_poll(const struct queue_model *queue, struct pollfd *fds,
    int *timeout)
{
	if (queue->state == LIST_SETTLING)
		*timeout = 0;
	return queue->run != NULL ?
	    mailqueue_poll(queue->run, fds, timeout) : 0;
}

bool
queue_model_busy(const struct queue_model *queue)
{
	return queue->state == LIST_READING || queue->state == LIST_SETTLING;
}
