/* SPDX-License-Identifier: ISC
 * Reads the files of private keys. What is in them never goes further than into
 * memory. */
#include "config.h"

#include "engine/auth/dkim.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include "engine/auth/dkim_key.h"
#include "engine/base/i18n.h"

#define KEY_FILE_MAX 65536

static bool
read_file(int fd, char *buf, size_t size, size_t *len)
{
	*len = 0;
	while (*len < size) {
		ssize_t n = read(fd, buf + *len, size - *len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		if (n == 0)
			break;
		*len += (size_t)n;
	}
	return true;
}

static const char *
refuse(struct str *err, int fd, const char *path, const char *why)
{
	if (fd >= 0)
		close(fd);
	str_adds(err, path);
	str_adds(err, ": ");
	str_adds(err, why);
	return NULL;
}

const char *
dkim_read_key(struct arena *arena, const char *path, size_t *len,
    struct str *err)
{
	/* a pipe or a device must not hold us up */
	int fd = open(path, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	const char *pem = NULL;
	struct stat st;
	char *text;

	*len = 0;
	if (fd < 0 || fstat(fd, &st) != 0)
		return refuse(err, fd, path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return refuse(err, fd, path, _("not a regular file"));
	if (st.st_size > KEY_FILE_MAX)
		return refuse(err, fd, path, _("too large for a key"));
	text = arena_alloc(arena, KEY_FILE_MAX + 1);
	if (!read_file(fd, text, KEY_FILE_MAX, len))
		return refuse(err, fd, path, strerror(errno));
	close(fd);
	if (text[0] != '-')
		pem = dkim_key_from_base64(arena, text, *len, len);
	return pem != NULL ? pem : text;
}

void
dkim_read_keys(struct arena *arena, struct host *host)
{
	struct host_signer *signers = arena_array(arena, host->n_signers + 1,
	    sizeof *signers);
	struct host_spare *spares = arena_array(arena, host->n_spares + 1,
	    sizeof *spares);
	struct str err;

	str_init(&err, 512);
	for (size_t i = 0; i < host->n_signers; i++) {
		signers[i] = host->signers[i];
		if (signers[i].key_file == NULL)
			continue;
		str_clear(&err);
		signers[i].key = dkim_read_key(arena, signers[i].key_file,
		    &signers[i].key_len, &err);
		if (signers[i].key == NULL)
			signers[i].key_note = arena_strdup(arena, err.text);
	}
	for (size_t i = 0; i < host->n_spares; i++) {
		spares[i] = host->spares[i];
		spares[i].key = dkim_read_key(arena, spares[i].key_file,
		    &spares[i].key_len, &err);
	}
	str_free(&err);
	host->signers = signers;
	host->spares = spares;
}
