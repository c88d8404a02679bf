/* SPDX-License-Identifier: ISC
 * Knows what can be a mail log and how far it may be read. Hides descriptors,
 * partial reads, and lines that do not fit into a block. */
#include "config.h"

#include "engine/world/maillog.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/arena.h"
#include "engine/base/i18n.h"
#include "engine/world/journal.h"
#include "engine/world/unpack.h"

#define RAW_SIZE 65536

const char *const maillog_host_files[] = {
	"/var/log/mail.log", "/var/log/maillog", NULL
};

struct maillog {
	char *name;
	int fd;
	bool own_fd, is_pipe, limited;
	struct journal *journal;     /* NULL: no program writes it */
	time_t modified;
	unsigned long long size;     /* when opened; 0: not known */
	struct maillog_progress progress;

	/* what was read but not unpacked: raw[raw_start … raw_len) */
	char raw[RAW_SIZE];
	size_t raw_start, raw_len;
	bool sniffed, raw_end, cut;
	struct unpacker *unpacker;   /* NULL: plain */

	/* the block: lines[0 … fill), of which GIVEN were handed out */
	char *lines;
	size_t fill, given;
	bool skipping;               /* the rest of a line that was too long */
	bool end;
};

/* What a reading came to, beside a number of octets. */
#define READ_AGAIN (-1)
#define READ_FAULT (-2)

static struct maillog *
new_log(const char *name, int fd)
{
	struct maillog *log = mem_alloc(sizeof *log);

	memset(log, 0, sizeof *log);
	log->name = mem_strdup(name);
	log->fd = fd;
	log->modified = time(NULL);
	log->lines = mem_alloc(MAILLOG_BLOCK);
	return log;
}

void
maillog_close(struct maillog **log)
{
	struct maillog *l = *log;

	if (l == NULL)
		return;
	unpack_free(&l->unpacker);
	if (l->own_fd)
		close(l->fd);
	journal_close(&l->journal);
	free(l->lines);
	free(l->name);
	free(l);
	*log = NULL;
}

static bool
look(struct maillog *log, struct str *err)
{
	struct stat status;
	off_t at;

	if (fstat(log->fd, &status) != 0) {
		str_adds(err, strerror(errno));
		return false;
	}
	if (S_ISDIR(status.st_mode)) {
		str_adds(err, _("is a directory"));
		return false;
	}
	log->is_pipe = S_ISFIFO(status.st_mode) && log->own_fd;
	if (!S_ISREG(status.st_mode))
		return true;
	log->modified = status.st_mtime;
	at = lseek(log->fd, 0, SEEK_CUR);
	/* the files of /proc say 0 and have something to read */
	if (status.st_size > 0 && at >= 0 && at <= status.st_size) {
		log->size = (unsigned long long)(status.st_size - at);
		log->limited = true;
	}
	return true;
}

struct maillog *
maillog_open(const char *file, struct str *err)
{
	struct maillog *log;
	int fd = STDIN_FILENO;

	/* without O_NONBLOCK a pipe without writer would be waited for */
	if (strcmp(file, "-") != 0)
		fd = open(file, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (fd < 0) {
		str_adds(err, strerror(errno));
		return NULL;
	}
	log = new_log(file, fd);
	log->own_fd = fd != STDIN_FILENO;
	if (!look(log, err))
		maillog_close(&log);
	return log;
}

static struct maillog *
open_journal(const char *const *programs)
{
	struct journal *journal = NULL;
	struct maillog *log;

	for (size_t i = 0; journal == NULL && programs[i] != NULL; i++)
		journal = journal_open(programs[i]);
	if (journal == NULL)
		return NULL;
	log = new_log("journalctl", journal_descriptor(journal));
	log->journal = journal;
	return log;
}

struct maillog *
maillog_open_host(const char *const *files, const char *const *journals,
    struct str *err)
{
	struct maillog *log = NULL;
	struct str why;

	str_init(&why, 256);
	for (size_t i = 0; log == NULL && files[i] != NULL; i++) {
		bool there = access(files[i], F_OK) == 0;

		str_clear(&why);
		log = maillog_open(files[i], &why);
		if (log == NULL && there && err->len == 0)
			str_addf(err, "%s: %s", files[i], why.text);
	}
	str_free(&why);
	if (log == NULL)
		log = open_journal(journals);
	if (log != NULL)
		str_clear(err);
	else if (err->len == 0)
		str_adds(err, _("no mail log found on this host: name a file"));
	return log;
}

/* Octets of the file itself. */
static ssize_t
read_raw(struct maillog *log, char *to, size_t room, struct str *err)
{
	unsigned long long left = log->size - log->progress.read;
	ssize_t n;

	if (log->limited && left < room)
		room = (size_t)left;
	if (room == 0)
		return 0;
	n = read(log->fd, to, room);
	if (n > 0)
		log->progress.read += (unsigned long long)n;
	if (n == 0 && log->limited)
		log->cut = true;
	if (n >= 0)
		return n;
	if (errno == EAGAIN) {
		struct pollfd wait = { .fd = log->fd, .events = POLLIN };

		(void)poll(&wait, 1, -1);
		return READ_AGAIN;
	}
	if (errno == EINTR)
		return READ_AGAIN;
	str_adds(err, strerror(errno));
	return READ_FAULT;
}

/* More into raw[]; 1, 0 at the end, or what went wrong. */
static ssize_t
fill_raw(struct maillog *log, struct str *err)
{
	ssize_t n;

	if (log->raw_start == log->raw_len)
		log->raw_start = log->raw_len = 0;
	n = read_raw(log, log->raw + log->raw_len, RAW_SIZE - log->raw_len,
	    err);
	if (n == 0)
		log->raw_end = true;
	if (n > 0)
		log->raw_len += (size_t)n;
	return n > 0 ? 1 : n;
}

/* What is it? Decided once, when enough was read. */
static ssize_t
sniff(struct maillog *log, struct str *err)
{
	enum unpack_kind kind;

	while (log->raw_len < UNPACK_MAGIC && !log->raw_end) {
		ssize_t n = fill_raw(log, err);

		if (n < 0)
			return n;
	}
	if (log->raw_len == 0 && log->is_pipe) {
		str_adds(err, _("is a pipe that nobody writes to"));
		return READ_FAULT;
	}
	kind = unpack_kind(log->raw, log->raw_len);
	log->sniffed = true;
	if (kind == UNPACK_PLAIN)
		return 0;
	log->unpacker = unpack_new(kind);
	if (log->unpacker != NULL)
		return 0;
	str_adds(err, _("cannot be unpacked"));
	return READ_FAULT;
}

static ssize_t
read_packed(struct maillog *log, char *to, size_t room, struct str *err)
{
	for (;;) {
		size_t taken = log->raw_len - log->raw_start;
		long n = unpack_run(log->unpacker, log->raw + log->raw_start,
		    &taken, log->raw_end, to, room);
		ssize_t more;

		if (n < 0) {
			str_adds(err, _("the compressed data are broken"));
			return READ_FAULT;
		}
		log->raw_start += taken;
		if (n > 0)
			return n;
		if (taken > 0 && log->raw_start < log->raw_len)
			continue;
		if (log->raw_end) {
			if (unpack_ended(log->unpacker) || log->cut)
				return 0;
			str_adds(err, _("the compressed data end too early"));
			return READ_FAULT;
		}
		more = fill_raw(log, err);
		if (more < 0)
			return more;
	}
}

/* Octets of log text: their number, 0 at the end, or READ_…. */
static ssize_t
read_text(struct maillog *log, char *to, size_t room, struct str *err)
{
	size_t left;
	ssize_t n = log->sniffed ? 0 : sniff(log, err);

	if (n < 0)
		return n;
	if (log->unpacker != NULL)
		return read_packed(log, to, room, err);
	left = log->raw_len - log->raw_start;
	if (left == 0)
		return log->raw_end ? 0 : read_raw(log, to, room, err);
	if (left > room)
		left = room;
	memcpy(to, log->raw + log->raw_start, left);
	log->raw_start += left;
	return (ssize_t)left;
}

/* Drop what belongs to a line that was too long. */
static void
skip_line(struct maillog *log)
{
	char *end = memchr(log->lines, '\n', log->fill);

	log->given = log->fill;
	if (end == NULL)
		return;
	log->given = (size_t)(end - log->lines) + 1;
	log->skipping = false;
}

/* Hand out the whole lines of what is there. */
static void
take_lines(struct maillog *log, const char **text, size_t *len)
{
	const char *from = log->lines + log->given;
	size_t n = log->fill - log->given;
	const char *end = memrchr(from, '\n', n);

	if (end != NULL) {
		n = (size_t)(end - from) + 1;
	} else if (!log->end && log->fill - log->given < MAILLOG_BLOCK) {
		return;
	} else if (!log->end) {
		log->skipping = true;
	}
	*text = from;
	*len = n;
	log->given += n;
}

static enum maillog_state
at_end(struct maillog *log, struct str *err)
{
	if (log->journal != NULL && !journal_ended_well(log->journal, err))
		return MAILLOG_FAULT;
	if (!log->cut)
		return MAILLOG_END;
	str_adds(err, _("was cut short while it was read"));
	return MAILLOG_CUT;
}

/* More text into the block, unless a peek has filled it: READ_… when that went
 * wrong. */
static ssize_t
fill_block(struct maillog *log, struct str *err)
{
	ssize_t n;

	if (log->end || log->fill == MAILLOG_BLOCK)
		return 0;
	n = read_text(log, log->lines + log->fill,
	    MAILLOG_BLOCK - log->fill, err);
	if (n < 0)
		return n;
	log->end = log->end || n == 0;
	log->fill += (size_t)n;
	log->progress.text += (unsigned long long)n;
	return n;
}

bool
maillog_peek(struct maillog *log, const char **text, size_t *len,
    bool *whole, struct str *err)
{
	while (!log->end && log->fill < MAILLOG_PEEK)
		if (fill_block(log, err) == READ_FAULT)
			return false;
	*text = log->lines;
	*len = log->fill;
	*whole = log->end;
	return true;
}

enum maillog_state
maillog_rest(struct maillog *log, struct str *to, struct str *err)
{
	while (str_add(to, log->lines + log->given, log->fill - log->given)) {
		log->given = log->fill = 0;
		if (log->end)
			return at_end(log, err);
		if (fill_block(log, err) == READ_FAULT)
			return MAILLOG_FAULT;
	}
	return MAILLOG_END;
}

enum maillog_state
maillog_next(struct maillog *log, const char **text, size_t *len,
    struct str *err)
{
	ssize_t n;

	*text = "";
	*len = 0;
	if (log->end && log->given == log->fill)
		return at_end(log, err);
	memmove(log->lines, log->lines + log->given, log->fill - log->given);
	log->fill -= log->given;
	log->given = 0;
	n = fill_block(log, err);
	if (n == READ_FAULT)
		return MAILLOG_FAULT;
	if (n == READ_AGAIN)
		return MAILLOG_LINES;
	if (log->skipping)
		skip_line(log);
	if (log->given < log->fill)
		take_lines(log, text, len);
	return MAILLOG_LINES;
}

const char *
maillog_name(const struct maillog *log)
{
	return log->name;
}

time_t
maillog_time(const struct maillog *log)
{
	return log->modified;
}

struct maillog_progress
maillog_progress(const struct maillog *log)
{
	struct maillog_progress progress = log->progress;

	progress.size = log->size;
	return progress;
}
