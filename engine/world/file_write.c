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
#include <sys/xattr.h>
#include <unistd.h>

#include "engine/base/arena.h"

#define ATTRIBUTES_MAX 65536      /* xattr(7): Linux lists and values */

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
fill_and_close(int fd, const char *text, size_t len)
{
	bool done = file_write_all(fd, text, len) && fsync(fd) == 0;
	int reason = errno;

	if (close(fd) == 0)
		errno = reason;
	else
		done = false;
	return done;
}

/* TEMPORARY is in place and written when DONE: let it be PATH, or nothing. */
static bool
move_into_place(bool done, const char *temporary, const char *path)
{
	int reason;

	done = done && rename(temporary, path) == 0;
	reason = errno;
	if (done)
		sync_directory(path);
	else
		unlink(temporary);
	errno = reason;
	return done;
}

static bool
replace_file(const char *path, const char *text, size_t len)
{
	struct str temporary;
	bool done;
	int fd, reason;

	str_init(&temporary, PATH_MAX);
	str_addf(&temporary, "%s.XXXXXX", path);
	fd = mkostemp(temporary.text, O_CLOEXEC);   /* mode 0600 */
	done = fd >= 0 && move_into_place(fill_and_close(fd, text, len),
	    temporary.text, path);
	reason = errno;
	str_free(&temporary);
	errno = reason;
	return done;
}

/* Access lists and labels of FROM, if it is there. What the system sets by itself
 * on each new file may not be settable; an access list must be. */
static bool
copy_attributes(const char *from, int to)
{
	char names[ATTRIBUTES_MAX], value[ATTRIBUTES_MAX];
	ssize_t len = listxattr(from, names, sizeof names);

	if (len < 0)
		return errno == ENOENT || errno == ENOTSUP;
	for (const char *name = names; name < names + len;
	    name += strlen(name) + 1) {
		ssize_t n = getxattr(from, name, value, sizeof value);

		if ((n < 0 || fsetxattr(to, name, value, (size_t)n, 0) != 0) &&
		    strcmp(name, "system.posix_acl_access") == 0)
			return false;
	}
	return true;
}

bool
file_replace(const char *path, const char *temporary, const char *text,
    size_t len, const struct stat *rights)
{
	int fd;
	bool done;

	if (unlink(temporary) != 0 && errno != ENOENT)
		return false;
	fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	/* owner first: giving a file away takes set-id bits off */
	done = fchown(fd, rights->st_uid, rights->st_gid) == 0 &&
	    fchmod(fd, rights->st_mode & 07777) == 0 &&
	    copy_attributes(path, fd);
	if (!done) {
		int reason = errno;

		close(fd);
		unlink(temporary);
		errno = reason;
		return false;
	}
	return move_into_place(fill_and_close(fd, text, len), temporary, path);
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
