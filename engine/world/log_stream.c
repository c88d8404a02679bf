/* SPDX-License-Identifier: ISC
 * Knows which logs can be read without waiting: files, and the journal as far
 * as it has come. Hides the difference. */
#include "config.h"

#include "engine/world/log_stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/arena.h"
#include "engine/base/i18n.h"
#include "engine/world/journal.h"

struct log_stream {
	struct maillog *log;       /* a file, or … */
	struct journal *journal;
	time_t opened;
	char *block;               /* what the journal's program has printed */
	size_t fill, given;
	unsigned long long read;
	bool skipping;             /* the rest of a line that was too long */
	bool end;
};

static struct log_stream *
new_stream(void)
{
	struct log_stream *stream = mem_alloc(sizeof *stream);

	memset(stream, 0, sizeof *stream);
	stream->opened = time(NULL);
	return stream;
}

void
log_stream_close(struct log_stream **stream)
{
	struct log_stream *s = *stream;

	if (s == NULL)
		return;
	maillog_close(&s->log);
	journal_close(&s->journal);
	free(s->block);
	free(s);
	*stream = NULL;
}

static enum log_stream_end
open_file(struct log_stream **stream, const char *file, struct str *err)
{
	struct stat status;
	struct maillog *log;

	if (stat(file, &status) != 0) {
		if (errno == ENOENT)
			return LOG_STREAM_NONE;
		if (errno == EACCES)
			return LOG_STREAM_DENIED;
		str_adds(err, strerror(errno));
		return LOG_STREAM_UNUSABLE;
	}
	if (!S_ISREG(status.st_mode)) {
		str_adds(err, _("is not a file"));
		return LOG_STREAM_UNUSABLE;
	}
	if (access(file, R_OK) != 0 && errno == EACCES)
		return LOG_STREAM_DENIED;
	log = maillog_open(file, err);
	if (log == NULL)
		return LOG_STREAM_UNUSABLE;
	*stream = new_stream();
	(*stream)->log = log;
	return LOG_STREAM_OPEN;
}

static enum log_stream_end
open_journal(struct log_stream **stream, const char *const *programs)
{
	struct journal *journal = NULL;

	for (size_t i = 0; journal == NULL && programs[i] != NULL; i++)
		journal = journal_open(programs[i]);
	if (journal == NULL)
		return LOG_STREAM_NONE;
	(void)fcntl(journal_descriptor(journal), F_SETFL, O_NONBLOCK);
	*stream = new_stream();
	(*stream)->journal = journal;
	(*stream)->block = mem_alloc(MAILLOG_BLOCK);
	return LOG_STREAM_OPEN;
}

enum log_stream_end
log_stream_open(struct log_stream **stream, const char *file,
    const char *const *files, const char *const *journals, const char **name,
    struct str *err)
{
	enum log_stream_end end = LOG_STREAM_NONE;

	*stream = NULL;
	*name = file;
	if (file != NULL)
		return open_file(stream, file, err);
	for (size_t i = 0; end == LOG_STREAM_NONE && files[i] != NULL; i++) {
		*name = files[i];
		end = open_file(stream, files[i], err);
	}
	if (end != LOG_STREAM_NONE)
		return end;
	end = open_journal(stream, journals);
	*name = end == LOG_STREAM_OPEN ? "journalctl" : NULL;
	return end;
}

int
log_stream_descriptor(const struct log_stream *stream)
{
	return stream->journal != NULL && !stream->end ?
	    journal_descriptor(stream->journal) : -1;
}

/* Hand out the whole lines of what the program has printed. */
static void
take_lines(struct log_stream *s, const char **text, size_t *len)
{
	const char *last = memrchr(s->block, '\n', s->fill);
	const char *first = memchr(s->block, '\n', s->fill);
	size_t from = 0, n = last != NULL ? (size_t)(last - s->block) + 1 : 0;

	if (s->end)
		n = s->fill;
	if (n == 0 && s->fill < MAILLOG_BLOCK)
		return;
	if (n == 0)
		n = s->fill;
	if (s->skipping)
		from = first != NULL ? (size_t)(first - s->block) + 1 : n;
	/* a line that fills the block goes out; its rest does not */
	s->skipping = s->block[n - 1] != '\n';
	s->given = n;
	*text = s->block + from;
	*len = n - from;
}

static enum maillog_state
next_of_journal(struct log_stream *s, const char **text, size_t *len,
    struct str *err)
{
	ssize_t n;

	*text = "";
	*len = 0;
	if (s->end)
		return journal_ended_well(s->journal, err) ? MAILLOG_END :
		    MAILLOG_FAULT;
	memmove(s->block, s->block + s->given, s->fill - s->given);
	s->fill -= s->given;
	s->given = 0;
	n = read(journal_descriptor(s->journal), s->block + s->fill,
	    MAILLOG_BLOCK - s->fill);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return MAILLOG_LINES;
	s->end = n <= 0;
	if (n > 0) {
		s->fill += (size_t)n;
		s->read += (unsigned long long)n;
	}
	if (s->fill != 0)
		take_lines(s, text, len);
	return MAILLOG_LINES;
}

enum maillog_state
log_stream_next(struct log_stream *stream, const char **text, size_t *len,
    struct str *err)
{
	return stream->log != NULL ? maillog_next(stream->log, text, len, err) :
	    next_of_journal(stream, text, len, err);
}

bool
log_stream_is_journal(const struct log_stream *stream)
{
	return stream->journal != NULL;
}

time_t
log_stream_time(const struct log_stream *stream)
{
	return stream->log != NULL ? maillog_time(stream->log) :
	    stream->opened;
}

struct maillog_progress
log_stream_progress(const struct log_stream *stream)
{
	return stream->log != NULL ? maillog_progress(stream->log) :
	    (struct maillog_progress){ .read = stream->read,
		.text = stream->read };
}
