/* SPDX-License-Identifier: ISC
 * Knows how a log goes on when it is rotated: under its name is another file
 * then, or the same one is shorter. Hides lines that are not whole yet. */
#include "config.h"

#include "engine/world/log_follow.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "engine/base/arena.h"
#include "engine/base/i18n.h"
#include "engine/world/journal.h"

/* A file is looked at this often. */
#define LOOK_MS 100
/* A longer line is given out in pieces. */
#define BLOCK ((size_t)64 << 10)
/* What was not written to for so long has been left behind, when there is a
 * journal: Debian 12 has no syslog daemon any more. Seconds. */
#define STALE (24 * 60 * 60)

struct log_follow {
	const char *name;
	struct journal *journal;   /* NULL: a file */
	int fd;                    /* -1: it has ended, or is not there now */
	off_t at;                  /* how far the file has been read */
	char *block;               /* block[given … fill) is still to come */
	size_t fill, given;
};

static struct log_follow *
new_follow(const char *name, int fd)
{
	struct log_follow *follow = mem_alloc(sizeof *follow);

	*follow = (struct log_follow){ .name = name, .fd = fd,
		.block = mem_alloc(BLOCK) };
	return follow;
}

void
log_follow_close(struct log_follow **follow)
{
	struct log_follow *f = *follow;

	if (f == NULL)
		return;
	if (f->journal != NULL)
		journal_close(&f->journal);
	else if (f->fd >= 0)
		close(f->fd);
	free(f->block);
	free(f);
	*follow = NULL;
}

static enum log_stream_end
open_file(struct log_follow **follow, const char *file, struct str *err)
{
	/* without O_NONBLOCK a pipe without writer would be waited for */
	int fd = open(file, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	struct stat status;

	if (fd < 0 && errno == ENOENT)
		return LOG_STREAM_NONE;
	if (fd < 0 && errno == EACCES)
		return LOG_STREAM_DENIED;
	if (fd < 0 || fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
		str_adds(err, fd < 0 ? strerror(errno) : _("is not a file"));
		if (fd >= 0)
			close(fd);
		return LOG_STREAM_UNUSABLE;
	}
	*follow = new_follow(file, fd);
	(*follow)->at = status.st_size;
	return LOG_STREAM_OPEN;
}

static enum log_stream_end
open_journal(struct log_follow **follow, const char *const *programs)
{
	struct journal *journal = NULL;

	for (size_t i = 0; journal == NULL && programs[i] != NULL; i++)
		journal = journal_follow(programs[i]);
	if (journal == NULL)
		return LOG_STREAM_NONE;
	(void)fcntl(journal_descriptor(journal), F_SETFL, O_NONBLOCK);
	*follow = new_follow("journalctl", journal_descriptor(journal));
	(*follow)->journal = journal;
	return LOG_STREAM_OPEN;
}

static bool
is_stale(const struct log_follow *follow)
{
	struct stat status;

	return fstat(follow->fd, &status) == 0 &&
	    status.st_mtime + STALE < time(NULL);
}

enum log_stream_end
log_follow_open(struct log_follow **follow, const char *file,
    const char *const *files, const char *const *journals, struct str *err)
{
	enum log_stream_end end = LOG_STREAM_NONE;

	*follow = NULL;
	if (file != NULL)
		return open_file(follow, file, err);
	for (size_t i = 0; end == LOG_STREAM_NONE && files[i] != NULL; i++)
		end = open_file(follow, files[i], err);
	if (end == LOG_STREAM_OPEN && is_stale(*follow)) {
		struct log_follow *left_behind = *follow;

		if (open_journal(follow, journals) != LOG_STREAM_OPEN)
			*follow = left_behind;
		else
			log_follow_close(&left_behind);
		return end;
	}
	return end != LOG_STREAM_NONE ? end : open_journal(follow, journals);
}

const char *
log_follow_name(const struct log_follow *follow)
{
	return follow->name;
}

size_t
log_follow_poll(const struct log_follow *follow,
    struct pollfd fds[LOG_FOLLOW_FDS], int *timeout)
{
	if (follow->journal != NULL && follow->fd >= 0) {
		fds[0] = (struct pollfd){ .fd = follow->fd,
			.events = POLLIN };
		return 1;
	}
	if (follow->journal == NULL && (*timeout < 0 || *timeout > LOOK_MS))
		*timeout = LOOK_MS;
	return 0;
}

/* What there is of the file beyond what was read; 0: nothing now. */
static size_t
read_file(struct log_follow *f)
{
	struct stat now = { .st_size = 0 }, named;
	ssize_t n = f->fd >= 0 ? pread(f->fd, f->block + f->fill,
	    BLOCK - f->fill, f->at) : 0;

	if (n > 0) {
		f->at += n;
		return (size_t)n;
	}
	if (f->fd >= 0 && fstat(f->fd, &now) == 0 && now.st_size < f->at) {
		f->at = 0;		/* copied away and cut */
		f->fill = f->given = 0;
		return 0;
	}
	if (stat(f->name, &named) != 0 || (f->fd >= 0 &&
	    named.st_ino == now.st_ino && named.st_dev == now.st_dev))
		return 0;
	/* moved away: all of it was read, here is the next one */
	if (f->fd >= 0)
		close(f->fd);
	f->fd = open(f->name, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	f->at = 0;
	return 0;
}

static size_t
read_journal(struct log_follow *f)
{
	ssize_t n;

	if (f->fd < 0)
		return 0;
	n = read(f->fd, f->block + f->fill, BLOCK - f->fill);
	if (n > 0)
		return (size_t)n;
	if (n == 0 || (errno != EAGAIN && errno != EINTR))
		f->fd = -1;		/* the journal closes it */
	return 0;
}

void
log_follow_next(struct log_follow *follow, const char **text, size_t *len)
{
	const char *last;

	memmove(follow->block, follow->block + follow->given,
	    follow->fill - follow->given);
	follow->fill -= follow->given;
	follow->fill += follow->journal != NULL ? read_journal(follow) :
	    read_file(follow);
	last = memrchr(follow->block, '\n', follow->fill);
	follow->given = last != NULL ? (size_t)(last - follow->block) + 1 :
	    follow->fill == BLOCK ? BLOCK : 0;
	*text = follow->block;
	*len = follow->given;
}
