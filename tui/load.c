/* SPDX-License-Identifier: ISC
 * Knows what can be read and what cannot; hides descriptors, Maildir and mbox
 * conventions. */
#include "config.h"

#include "tui/load.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/i18n.h"

#define BLOCK 65536

/* A pipe was opened without waiting for its writer: wait for data here. */
static bool
wait_for_data(int fd)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

	return poll(&poll_fd, 1, -1) >= 0 || errno == EINTR;
}

static bool
read_all(int fd, struct str *text)
{
	char block[BLOCK];

	for (;;) {
		ssize_t n = read(fd, block, sizeof block);

		if (n == 0)
			return true;
		if (n > 0 && !str_add(text, block, (size_t)n))
			return true;
		if (n >= 0 || errno == EINTR)
			continue;
		if (errno != EAGAIN || !wait_for_data(fd))
			return false;
	}
}

static bool
read_opened(int fd, struct str *text, struct str *err)
{
	size_t before = text->len;
	struct stat status;

	if (fstat(fd, &status) != 0) {
		str_adds(err, strerror(errno));
		return false;
	}
	if (S_ISDIR(status.st_mode)) {
		str_adds(err, _("is a directory"));
		return false;
	}
	if (!read_all(fd, text)) {
		str_adds(err, strerror(errno));
		return false;
	}
	if (S_ISFIFO(status.st_mode) && fd != STDIN_FILENO &&
	    text->len == before) {
		str_adds(err, _("is a pipe that nobody writes to"));
		return false;
	}
	return true;
}

bool
load_file(const char *path, struct str *text, struct str *err)
{
	bool done;
	int fd;

	if (strcmp(path, "-") == 0)
		return read_opened(STDIN_FILENO, text, err);
	/* without O_NONBLOCK a pipe without writer would be waited for */
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (fd < 0) {
		str_adds(err, strerror(errno));
		return false;
	}
	done = read_opened(fd, text, err);
	close(fd);
	return done;
}

bool
load_is_directory(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

struct names {
	const char **items;
	size_t n;
};

/* False: there is no such folder. */
static bool
add_folder(struct arena *arena, const char *path, const char *folder,
    struct names *names)
{
	const char *place = arena_printf(arena, "%s/%s", path, folder);
	DIR *directory = opendir(place);
	const struct dirent *entry;

	if (directory == NULL)
		return false;
	entry = readdir(directory);
	while (entry != NULL && names->n < LOAD_MAILDIR_MAX) {
		if (entry->d_name[0] != '.') {
			names->items = arena_grow(arena, names->items,
			    names->n, sizeof *names->items);
			names->items[names->n++] = arena_printf(arena,
			    "%s/%s", place, entry->d_name);
		}
		entry = readdir(directory);
	}
	closedir(directory);
	return true;
}

/* Maildir names begin with the time of delivery. */
static int
by_name(const void *a, const void *b)
{
	const char *const *name_a = a, *const *name_b = b;

	return strcmp(strrchr(*name_a, '/'), strrchr(*name_b, '/'));
}

const char *const *
load_maildir(struct arena *arena, const char *path, struct str *err)
{
	struct names names = { NULL, 0 };
	bool has_new = add_folder(arena, path, "new", &names);
	int reason = errno;

	if (!add_folder(arena, path, "cur", &names) && !has_new) {
		if (reason == EACCES)
			str_adds(err, strerror(reason));
		else
			str_adds(err, _("is a directory, but not a Maildir"));
		return NULL;
	}
	if (names.n > 0)
		qsort(names.items, names.n, sizeof *names.items, by_name);
	names.items = arena_grow(arena, names.items, names.n,
	    sizeof *names.items);
	names.items[names.n] = NULL;
	return names.items;
}

static bool
starts(const char *text, size_t len, const char *with)
{
	size_t n = strlen(with);

	return len >= n && memcmp(text, with, n) == 0;
}

size_t
load_message_end(const char *text, size_t len, size_t start)
{
	size_t at = start;

	if (!starts(text + start, len - start, "From "))
		return len;
	while (at < len) {
		const char *end = memchr(text + at, '\n', len - at);
		size_t length;

		if (end == NULL)
			return len;
		length = (size_t)(end - (text + at));
		at += length + 1;
		/* only behind an empty line (RFC 4155 appendix A) */
		if ((length == 0 || (length == 1 && end[-1] == '\r')) &&
		    starts(text + at, len - at, "From "))
			return at;
	}
	return len;
}
