/* SPDX-License-Identifier: ISC
 * Knows when a log must be read anew and what is cheap enough to be read
 * unasked. Hides its blocks. */
#include "config.h"

#include "tui/list_model.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/clock.h"
#include "tui/app.h"

/* A log up to this size is read for the count on the start screen: that takes
 * less time than the user needs to read it. */
#define PEEK_MAX (16ull << 20)

void
log_model_init(struct log_model *log, const struct rules *rules,
    const char *file)
{
	*log = (struct log_model){ .rules = rules, .file = file };
	str_init(&log->err, 1024);
}

void
log_model_clear(struct log_model *log)
{
	log_stream_close(&log->stream);
	log_list_free(&log->list);
	str_free(&log->err);
}

/* Is the log as it was when it was read? */
static bool
unchanged(const struct log_model *log)
{
	struct stat status;

	return log->state != LIST_NONE && !log->stopped &&
	    log->progress.name != NULL &&
	    stat(log->progress.name, &status) == 0 &&
	    status.st_mtime == log->modified &&
	    (unsigned long long)status.st_size == log->progress.octets.size;
}

static void
open_log(struct log_model *log, const char *const *journals)
{
	log_stream_close(&log->stream);
	log_list_free(&log->list);
	str_clear(&log->err);
	log->stopped = log->peeking = false;
	log->state = LIST_NONE;
	log->progress = (struct list_progress){ .began = clock_ms() };
	log->end = log_stream_open(&log->stream, log->file,
	    maillog_host_files, journals, &log->progress.name, &log->err);
	if (log->end != LOG_STREAM_OPEN)
		return;
	log->list = log_list_new(log->rules);
	log->modified = log_stream_time(log->stream);
	log->state = LIST_READING;
}

void
log_model_read(struct log_model *log, bool again)
{
	log->peeking = false;
	if (again || (log->stream == NULL && !unchanged(log)))
		open_log(log, maillog_journals);
}

static bool
has_journal(void)
{
	for (size_t i = 0; maillog_journals[i] != NULL; i++)
		if (access(maillog_journals[i], X_OK) == 0)
			return true;
	return false;
}

/* It is more than may be read unasked. */
static void
give_up(struct log_model *log)
{
	log_stream_close(&log->stream);
	log_list_free(&log->list);
	log->state = LIST_NONE;
}

void
log_model_peek(struct log_model *log)
{
	static const char *const no_journals[] = { NULL };

	open_log(log, no_journals);
	log->peeking = true;
	/* how long the journal takes nobody knows */
	if (log->end == LOG_STREAM_NONE && log->file == NULL && has_journal())
		log->end = LOG_STREAM_OPEN;
	if (log->state == LIST_READING &&
	    log_stream_progress(log->stream).size > PEEK_MAX)
		give_up(log);
}

static void
end_reading(struct log_model *log)
{
	log_stream_close(&log->stream);
	log->state = LIST_SETTLING;
}

bool
log_model_stop(struct log_model *log)
{
	if (log->state != LIST_READING)
		return false;
	log->stopped = true;
	end_reading(log);
	return true;
}

static bool
read_block(struct log_model *log)
{
	const char *text;
	size_t len;
	enum maillog_state state = log_stream_next(log->stream, &text, &len,
	    &log->err);

	log->progress.octets = log_stream_progress(log->stream);
	if (log->peeking && log->progress.octets.text > PEEK_MAX) {
		/* it was a compressed one */
		give_up(log);
		return false;
	}
	if (state != MAILLOG_LINES) {
		end_reading(log);
		return true;
	}
	log_list_add(log->list, log->modified, text, len);
	return len != 0 || log_stream_descriptor(log->stream) < 0;
}

bool
log_model_work(struct log_model *log, bool *changed)
{
	if (log->state == LIST_READING)
		return read_block(log);
	if (log->state != LIST_SETTLING)
		return false;
	if (log_list_settle(log->list)) {
		log->state = LIST_READY;
		*changed = true;
	}
	return true;
}

size_t
log_model_poll(const struct log_model *log, struct pollfd *fds, int *timeout)
{
	int fd = log->stream != NULL ? log_stream_descriptor(log->stream) : -1;

	if (fd >= 0) {
		fds[0] = (struct pollfd){ .fd = fd, .events = POLLIN };
		return 1;
	}
	if (log_model_busy(log))
		*timeout = 0;
	return 0;
}

bool
log_model_busy(const struct log_model *log)
{
	return log->state == LIST_READING || log->state == LIST_SETTLING;
}
