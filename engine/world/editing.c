/* SPDX-License-Identifier: ISC
 * Knows how editors mark what they edit. Hides marks that a crash left behind. */
#include "config.h"

#include "engine/world/editing.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/str.h"
#include "engine/world/file.h"

/* The head of vim's swap file, which nano writes as well (memline.c of vim,
 * struct block0): "b0", and at these places the process and the computer. */
#define VIM_PID 24
#define VIM_HOST 68
#define VIM_HOST_LEN 40
#define VIM_HEAD (VIM_HOST + VIM_HOST_LEN)

static bool
is_here(const char *host, size_t len)
{
	char own[HOST_NAME_MAX + 1] = "";

	return gethostname(own, sizeof own - 1) == 0 && strlen(own) == len &&
	    strncmp(own, host, len) == 0;
}

/* Only of a process that was here it can be known that it is gone. */
static bool
has_gone(long pid, const char *host, size_t len)
{
	return pid > 0 && pid <= INT_MAX && is_here(host, len) &&
	    kill((pid_t)pid, 0) != 0 && errno == ESRCH;
}

static bool
vim_edits(const char *lock)
{
	struct str head;
	bool edits;

	str_init(&head, VIM_HEAD);
	edits = file_read(lock, &head) == 0;
	if (edits && head.len == VIM_HEAD && strncmp(head.text, "b0", 2) == 0) {
		const unsigned char *pid =
		    (const unsigned char *)head.text + VIM_PID;
		const char *host = head.text + VIM_HOST;

		edits = !has_gone((long)pid[0] | (long)pid[1] << 8 |
		    (long)pid[2] << 16 | (long)pid[3] << 24, host,
		    strnlen(host, VIM_HOST_LEN));
	}
	str_free(&head);
	return edits;
}

/* A link to "user@host.pid", or "user@host.pid:boot". */
static bool
emacs_edits(const char *lock)
{
	char text[PATH_MAX];
	ssize_t len = readlink(lock, text, sizeof text - 1);
	const char *at, *dot;

	if (len < 0)
		return false;
	text[len] = '\0';
	at = strrchr(text, '@');
	dot = strrchr(text, '.');
	return at == NULL || dot == NULL || dot < at ||
	    !has_gone(strtol(dot + 1, NULL, 10), at + 1,
	    (size_t)(dot - at - 1));
}

const char *
editing_lock(struct arena *arena, const char *path)
{
	static const struct {
		const char *before, *behind;     /* of the file's name */
		bool (*edits)(const char *lock);
	} marks[] = {
		{ ".", ".swp", vim_edits },
		{ ".", ".swo", vim_edits },
		{ ".#", "", emacs_edits },
	};
	const char *slash = strrchr(path, '/');
	const char *name = slash != NULL ? slash + 1 : path;

	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
		const char *lock = arena_printf(arena, "%.*s%s%s%s",
		    (int)(name - path), path, marks[i].before, name,
		    marks[i].behind);

		if (marks[i].edits(lock))
			return lock;
	}
	return NULL;
}
