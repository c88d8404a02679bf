/* SPDX-License-Identifier: ISC
 * Knows how a file is replaced in one move; hides the temporary file. */
#include "config.h"

#include "engine/world/file_write.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/arena.h"

bool
file_write_all(int fd, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		text += n;
		len -= (size_t)n;
	}
	return true;
}

/* The rename itself is only safe once the directory is on the disk, too. A
 * file system that cannot do it has done what it can. */
static void
sync_directory(const char *path)
{
	char *copy = mem_strdup(path);
	char *slash = strrchr(copy, '/');
	int fd;

	if (slash == copy)
		slash[1] = '\0';
	else if (slash != NULL)
		*slash = '\0';
	fd = open(slash != NULL ? copy : ".",
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		(void)fsync(fd);
		close(fd);
	}
	free(copy);
}

static bool
replace_file(const char *path, const char *text, size_t len)
{
	struct str temporary;
	bool done = false;
	int fd, reason = 0;

	str_init(&temporary, PATH_MAX);
	str_addf(&temporary, "%s.XXXXXX", path);
	fd = mkostemp(temporary.text, O_CLOEXEC);   /* mode 0600 */
	if (fd < 0) {
		reason = errno;
		str_free(&temporary);
		errno = reason;
		return false;
	}
	done = file_write_all(fd, text, len) && fsync(fd) == 0;
	if (!done)
		reason = errno;
	if (close(fd) != 0 && done) {
		reason = errno;
		done = false;
	}
	if (done && rename(temporary.text, path) != 0) {
		reason = errno;
		done = false;
	}
	if (done)
		sync_directory(path);
	else
		unlink(temporary.text);
	str_free(&temporary);
	errno = reason;
	return done;
}

/* /dev/stdout and the like: never replaced by a file. */
static bool
write_into(const char *path, const char *text, size_t len)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	int reason;
	bool done;

	if (fd < 0)
		return false;
	done = file_write_all(fd, text, len);
	reason = errno;
	close(fd);
	errno = reason;
	return done;
}

bool
file_write(const char *path, const char *text, size_t len, struct str *err)
{
	struct stat status;
	char *target = NULL;
	bool done;

	if (stat(path, &status) != 0) {
		done = replace_file(path, text, len);
	} else if (S_ISDIR(status.st_mode)) {
		errno = EISDIR;
		done = false;
	} else if (!S_ISREG(status.st_mode)) {
		done = write_into(path, text, len);
	} else {
		target = realpath(path, NULL);
		done = target != NULL && replace_file(target, text, len);
	}
	if (!done)
		str_adds(err, strerror(errno));
	free(target);
	return done;
}
