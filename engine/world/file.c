/* SPDX-License-Identifier: ISC
 * Reading a small file of this system. Hides interrupted and short reads. */
#include "config.h"

#include "engine/world/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

int
file_read_open(int fd, struct str *out)
{
	char buf[16384];

	while (!out->cut) {
		ssize_t n = read(fd, buf, sizeof buf);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		if (n == 0)
			return 0;
		str_add(out, buf, (size_t)n);
	}
	return 0;
}

static int
read_path(const char *path, int flags, bool pipes, struct str *out)
{
	struct stat info;
	int fd, fault = 0;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | flags);
	if (fd < 0)
		return errno;
	if (fstat(fd, &info) < 0)
		fault = errno;
	else if (S_ISDIR(info.st_mode))
		fault = EISDIR;
	else if (!S_ISREG(info.st_mode) && !(pipes && S_ISFIFO(info.st_mode)))
		fault = EINVAL;
	else
		fault = file_read_open(fd, out);
	close(fd);
	return fault;
}

int
file_read(const char *path, struct str *out)
{
	return read_path(path, O_NONBLOCK, false, out);
}

int
file_read_given(const char *path, struct str *out)
{
	return read_path(path, 0, true, out);
}
