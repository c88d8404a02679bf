/* SPDX-License-Identifier: ISC
 * Knows Maildir and mbox conventions; hides how the octets come. */
#include "config.h"

#include "tui/load.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "engine/base/i18n.h"
#include "engine/maillog/log_sniff.h"

struct maillog *
load_open(const char *path, bool *is_log, struct str *err)
{
	struct maillog *input = maillog_open(path, err);
	const char *text;
	size_t len;
	bool whole;

	if (input == NULL)
		return NULL;
	if (maillog_peek(input, &text, &len, &whole, err))
		*is_log = log_sniff(text, len, whole);
	else
		maillog_close(&input);
	return input;
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
