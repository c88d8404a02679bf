/* SPDX-License-Identifier: ISC
 * Knows the folders and files of the journal. A folder is made under another
 * name and renamed when all of it is on the disk. */
#include "config.h"

#include "engine/remedy/history.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "engine/base/i18n.h"
#include "engine/base/str.h"
#include "engine/base/text.h"
#include "engine/remedy/history_parts.h"
#include "engine/world/file.h"
#include "engine/world/file_write.h"
#include "engine/world/state_folder.h"

#define ENTRIES_MAX 10000

struct history {
	char *directory;
	int lock;
};

static const char *const states[] = {
	[HISTORY_PREPARED] = "prepared",
	[HISTORY_APPLYING] = "applying",
	[HISTORY_APPLIED] = "applied",
	[HISTORY_ROLLED_BACK] = "rolled-back",
	[HISTORY_UNDOING] = "undoing",
	[HISTORY_UNDONE] = "undone",
};

const char *
history_state_word(enum history_state state)
{
	return states[state];
}

bool
history_state_of(const char *word, enum history_state *state)
{
	for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
		if (strcmp(states[i], word) == 0) {
			*state = (enum history_state)i;
			return true;
		}
	return false;
}

/* ---------------------------------------------------------------- opening */

static char *
default_directory(void)
{
	struct arena *arena = arena_new();
	const char *state = getenv("XDG_STATE_HOME"), *own;
	char *path;

	own = geteuid() == 0 && (state == NULL || *state != '/') ?
	    LOCALSTATEDIR "/lib/whybounce" : state_folder(arena);
	path = mem_strdup(arena_printf(arena, "%s/changes",
	    own != NULL ? own : "/nowhere"));
	arena_free(&arena);
	return path;
}

static int
open_lock(const char *path)
{
	return open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
}

bool
history_exists(void)
{
	char *directory = default_directory();
	bool exists = access(directory, F_OK) == 0;

	free(directory);
	return exists;
}

/* Have the folder, nobody else's, and the lock in it. False: ERR. */
static bool
take(struct history *j, struct str *err)
{
	struct str lock;

	if (!folder_make(j->directory)) {
		str_addf(err, _("The journal of changes %s cannot be made: "
		    "%s."), j->directory, strerror(errno));
		return false;
	}
	if (!folder_is_ours(j->directory, err))
		return false;
	str_init(&lock, PATH_MAX);
	str_addf(&lock, "%s/lock", j->directory);
	j->lock = open_lock(lock.text);
	str_free(&lock);
	if (j->lock < 0)
		str_addf(err, _("The journal of changes %s cannot be opened: "
		    "%s."), j->directory, strerror(errno));
	else if (flock(j->lock, LOCK_EX | LOCK_NB) != 0)
		str_adds(err, _("Another whybounce is changing this server; "
		    "wait until it is done."));
	else
		return true;
	return false;
}

struct history *
history_open(const char *directory, struct str *err)
{
	struct history *j = mem_alloc(sizeof *j);

	j->lock = -1;
	j->directory = directory != NULL ? mem_strdup(directory) :
	    default_directory();
	if (!take(j, err))
		history_close(&j);
	return j;
}

void
history_close(struct history **history)
{
	struct history *j = *history;

	*history = NULL;
	if (j == NULL)
		return;
	if (j->lock >= 0)
		close(j->lock);
	free(j->directory);
	free(j);
}

/* ---------------------------------------------------------------- writing */

static const char *
entry_folder(struct arena *arena, const struct history *j, const char *id)
{
	return arena_printf(arena, "%s/%s", j->directory, id);
}

/* One copy; nothing for a file that is not there. */
static bool
write_copy(struct arena *arena, const char *folder, const char *which,
    size_t i, const char *text, size_t len, struct str *err)
{
	return text == NULL || file_write(arena_printf(arena, "%s/%s-%zu",
	    folder, which, i), text, len, err);
}

static bool
write_entry(struct arena *arena, const char *folder,
    const struct transaction *t, struct str *err)
{
	for (size_t i = 0; i < t->n_files; i++) {
		const struct file_change *file = &t->files[i];

		if (!write_copy(arena, folder, "before", i, file->before,
		    file->before_len, err) || !write_copy(arena, folder,
		    "after", i, file->secret ? NULL : file->after,
		    file->after_len, err))
			return false;
	}
	return history_entry_write(arena, folder, t, HISTORY_PREPARED, false,
	    err);
}

/* A name by the clock, so that folders sort by age; another second when there
 * are two in one. */
static const char *
new_id(struct arena *arena, const struct history *j)
{
	time_t now = time(NULL);

	for (int i = 0; i < 1000; i++, now++) {
		struct tm tm;
		char id[32];

		if (gmtime_r(&now, &tm) == NULL ||
		    strftime(id, sizeof id, "%Y%m%d-%H%M%S", &tm) == 0)
			return NULL;
		if (access(entry_folder(arena, j, id), F_OK) != 0)
			return arena_strdup(arena, id);
	}
	return NULL;
}

bool
history_add(struct history *history, struct arena *arena,
    struct transaction *transaction, struct str *err)
{
	const char *making = entry_folder(arena, history, ".making");
	struct str reason;
	bool done;

	transaction->id = new_id(arena, history);
	str_init(&reason, PATH_MAX);
	history_folder_remove(arena, making);
	done = transaction->id != NULL && (mkdir(making, 0700) == 0 ||
	    errno == EEXIST);
	if (!done)
		str_adds(&reason, strerror(errno));
	done = done && write_entry(arena, making, transaction, &reason);
	if (done && rename(making, entry_folder(arena, history,
	    transaction->id)) != 0) {
		str_adds(&reason, strerror(errno));
		done = false;
	}
	if (!done) {
		history_folder_remove(arena, making);
		str_addf(err, _("The change cannot be written into the journal "
		    "%s, so it is not made: %s."), history->directory,
		    reason.text);
	}
	str_free(&reason);
	return done;
}

bool
history_set_state(struct history *history,
    const struct transaction *transaction, enum history_state state,
    bool telling, struct str *err)
{
	struct arena *arena = arena_new();
	struct str reason;
	bool done;

	str_init(&reason, PATH_MAX);
	done = history_entry_write(arena, entry_folder(arena, history,
	    transaction->id), transaction, state, telling, &reason);
	if (!done)
		str_addf(err, _("The journal %s cannot be written: %s."),
		    history->directory, reason.text);
	str_free(&reason);
	arena_free(&arena);
	return done;
}

const char *
history_temporary(struct arena *arena, const struct transaction *transaction,
    const struct file_change *file)
{
	return arena_printf(arena, "%s.whybounce-%s", file->path,
	    transaction->id);
}

/* ---------------------------------------------------------------- reading */

/* Newest first: ids begin with the time. */
static int
by_age(const void *a, const void *b)
{
	const struct history_entry *one = a, *two = b;

	return strcmp(two->transaction.id, one->transaction.id);
}

struct history_entry *
history_read(struct history *history, struct arena *arena, size_t *n,
    struct str *err)
{
	struct history_entry *entries = NULL;
	DIR *folder = opendir(history->directory);
	struct dirent *found;

	*n = 0;
	while (folder != NULL && *n < ENTRIES_MAX &&
	    (found = readdir(folder)) != NULL) {
		if (found->d_name[0] < '0' || found->d_name[0] > '9')
			continue;
		entries = arena_grow(arena, entries, *n, sizeof *entries);
		memset(&entries[*n], 0, sizeof *entries);
		entries[*n].folder = entry_folder(arena, history,
		    found->d_name);
		entries[*n].transaction.id = arena_strdup(arena,
		    found->d_name);
		if (history_entry_read(arena, &entries[*n], err))
			(*n)++;
	}
	if (folder != NULL)
		closedir(folder);
	if (*n != 0)
		qsort(entries, *n, sizeof *entries, by_age);
	return entries;
}
