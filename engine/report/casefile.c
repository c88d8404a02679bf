/* SPDX-License-Identifier: ISC
 * Saved cases on the disk: where they lie, whose they must be, which is the
 * newest. Hides file names; what stands in a file is casefile_parse.c's. */
#include "config.h"

#include "engine/report/casefile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/world/file_write.h"
#include "engine/world/state_folder.h"

#define SUFFIX ".case"
/* Room for the sections of our own beside the facts (replay.c). */
#define FILE_MAX ((size_t)4 << 20)
#define HEAD_MAX ((size_t)64 << 10)
#define NAMES_MAX 10000
/* A temporary file that lay this long was left by a save that was killed. */
#define STALE_S 3600

size_t
casefile_settled(const struct casefile *saved)
{
	size_t n = 0;

	for (size_t i = 0; i < saved->n_steps; i++)
		n += saved->steps[i].state == STEP_DONE ||
		    saved->steps[i].state == STEP_SKIPPED;
	return n;
}

struct diagnosis_options
casefile_options(struct arena *arena, const struct casefile *saved,
    const struct diagnosis_options *given)
{
	const struct diagnosis_options *look = &saved->look;
	struct diagnosis_options options = *given;

	if (options.resolvers == NULL)
		options.resolvers = look->resolvers;
	if (options.selector == NULL)
		options.selector = look->selector;
	if (options.rules_file == NULL)
		options.rules_file = look->rules_file;
	if (options.timeout_s == 0)
		options.timeout_s = look->timeout_s;
	/* a recording has its main.cf and its answers in it */
	if (saved->recorded) {
		options.replay_file = casefile_path(arena, saved->name);
	} else {
		if (options.postfix_directory == NULL)
			options.postfix_directory = look->postfix_directory;
		if (options.own_facts == NULL)
			options.own_facts = look->own_facts;
		options.answers = look->answers;
		options.n_answers = look->n_answers;
	}
	options.no_blocklists |= look->no_blocklists;
	options.no_public |= look->no_public;
	options.check_only = look->check_only;
	return options;
}

const char *
casefile_time(struct arena *arena, time_t time, time_t now)
{
	struct tm then, today;
	char text[64] = "";

	if (localtime_r(&time, &then) == NULL ||
	    localtime_r(&now, &today) == NULL)
		return "";
	strftime(text, sizeof text, then.tm_year == today.tm_year &&
	    then.tm_yday == today.tm_yday ? "%H:%M" : "%Y-%m-%d %H:%M", &then);
	return arena_strdup(arena, text);
}

const char *
casefile_path(struct arena *arena, const char *name)
{
	const char *directory = state_folder(arena);

	if (strchr(name, '/') != NULL)
		return name;
	return directory != NULL ? arena_printf(arena, "%s/%s" SUFFIX,
	    directory, name) : NULL;
}

/* ---- names ---- */

/* Is NAME that of a case? SUFFIX is cut off. */
static const char *
case_name(struct arena *arena, const char *file)
{
	size_t len = strlen(file), end = strlen(SUFFIX);

	if (file[0] == '.' || len <= end ||
	    strcmp(file + len - end, SUFFIX) != 0)
		return NULL;
	return arena_strndup(arena, file, len - end);
}

/* "example.net-20261121-140210": of TITLE what can stand in a file name. */
static const char *
new_name(struct arena *arena, const struct casefile *saved)
{
	struct tm parts;
	char stamp[32] = "";
	char title[64];
	size_t n = 0;
	const char *name;
	struct stat status;

	for (const char *at = saved->title; at != NULL && *at != '\0' &&
	    n + 1 < sizeof title; at++) {
		char c = text_lower(*at);

		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		    (n != 0 && (c == '-' || c == '.')))
			title[n++] = c;
	}
	title[n] = '\0';
	if (gmtime_r(&saved->saved, &parts) != NULL)
		strftime(stamp, sizeof stamp, "%Y%m%d-%H%M%S", &parts);
	name = arena_printf(arena, "%s-%s", n != 0 ? title : "case", stamp);
	for (int i = 2; i < 1000; i++) {
		if (lstat(casefile_path(arena, name), &status) != 0)
			break;
		name = arena_printf(arena, "%s-%s-%d", n != 0 ? title : "case",
		    stamp, i);
	}
	return name;
}

struct entry {
	const char *name;
	struct timespec changed;
};

static int
newest_first(const void *a, const void *b)
{
	const struct timespec *one = &((const struct entry *)a)->changed;
	const struct timespec *two = &((const struct entry *)b)->changed;

	if (one->tv_sec != two->tv_sec)
		return one->tv_sec < two->tv_sec ? 1 : -1;
	if (one->tv_nsec != two->tv_nsec)
		return one->tv_nsec < two->tv_nsec ? 1 : -1;
	return strcmp(((const struct entry *)a)->name,
	    ((const struct entry *)b)->name);
}

/* The names of all cases, newest first. */
static size_t
list_names(struct arena *arena, const char *directory, struct entry **names)
{
	DIR *opened = opendir(directory);
	const struct dirent *file;
	size_t n = 0;

	*names = NULL;
	file = opened != NULL ? readdir(opened) : NULL;
	while (file != NULL && n < NAMES_MAX) {
		const char *name = case_name(arena, file->d_name);
		struct stat status;

		if (name != NULL && fstatat(dirfd(opened), file->d_name,
		    &status, AT_SYMLINK_NOFOLLOW) == 0) {
			*names = arena_grow(arena, *names, n, sizeof **names);
			(*names)[n++] = (struct entry){ name, status.st_mtim };
		}
		file = readdir(opened);
	}
	if (opened != NULL)
		closedir(opened);
	if (n != 0)
		qsort(*names, n, sizeof **names, newest_first);
	return n;
}

/* ---- saving ---- */

/* What saves that were killed left behind. */
static void
remove_stale(const char *directory, time_t now)
{
	DIR *opened = opendir(directory);
	const struct dirent *file;

	file = opened != NULL ? readdir(opened) : NULL;
	while (file != NULL) {
		const char *suffix = strstr(file->d_name, SUFFIX ".");
		struct stat status;

		/* mkostemp()'s six letters (file_write.c) */
		if (suffix != NULL && strlen(suffix) == strlen(SUFFIX) + 7 &&
		    fstatat(dirfd(opened), file->d_name, &status,
			AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISREG(status.st_mode) && status.st_uid == geteuid() &&
		    status.st_mtime + STALE_S < now)
			unlinkat(dirfd(opened), file->d_name, 0);
		file = readdir(opened);
	}
	if (opened != NULL)
		closedir(opened);
}

static bool
write_case(const char *path, const struct str *text, struct str *err)
{
	struct stat status;
	struct str reason;
	bool done;

	if (lstat(path, &status) == 0 && S_ISLNK(status.st_mode)) {
		str_addf(err, _("%s is a symbolic link and is not used."),
		    path);
		return false;
	}
	str_init(&reason, 1024);
	done = file_write(path, text->text, text->len, &reason);
	if (!done)
		str_addf(err, "%s: %s", path, reason.text);
	str_free(&reason);
	return done;
}

bool
casefile_save(struct arena *arena, struct casefile *saved, const char *facts,
    size_t facts_len, struct str *err)
{
	const char *directory = state_folder(arena);
	struct str text;
	bool done;

	if (directory == NULL) {
		str_adds(err, _("There is no home directory to save it in."));
		return false;
	}
	if (!folder_make(directory)) {
		str_addf(err, "%s: %s", directory, strerror(errno));
		return false;
	}
	if (!folder_is_ours(directory, err))
		return false;
	if (saved->name == NULL)
		saved->name = new_name(arena, saved);
	remove_stale(directory, saved->saved);
	str_init(&text, FILE_MAX);
	casefile_print(saved, facts, facts_len, &text);
	if (text.cut)
		str_addf(err, _("%s: the case is too large to be saved."),
		    saved->name);
	done = !text.cut && write_case(casefile_path(arena, saved->name),
	    &text, err);
	str_free(&text);
	return done;
}

/* ---- loading ---- */

/* Append what FD has to TEXT, as far as its cap allows. */
static bool
read_all(int fd, struct str *text)
{
	char block[16384];
	ssize_t n = 1;

	while (n > 0 && !text->cut) {
		n = read(fd, block, sizeof block);
		if (n > 0)
			str_add(text, block, (size_t)n);
	}
	return n >= 0;
}

/* Append the file PATH to TEXT, if it is ours. */
static bool
read_case(const char *path, struct str *text, struct str *err)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC |
	    O_NOCTTY);
	struct stat status;
	bool done = false;

	if (fd < 0 && errno == ELOOP)
		str_addf(err, _("%s is a symbolic link and is not used."),
		    path);
	else if (fd < 0)
		str_addf(err, "%s: %s", path, strerror(errno));
	if (fd < 0)
		return false;
	if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
		str_addf(err, _("%s is not a file."), path);
	} else if (owner_is_us(path, &status, err)) {
		done = read_all(fd, text);
		if (!done)
			str_addf(err, "%s: %s", path, strerror(errno));
	}
	close(fd);
	return done;
}

static bool
load_file(struct arena *arena, const char *name, bool head_only,
    struct casefile *out, struct str *err)
{
	const char *path = casefile_path(arena, name);
	struct str text;
	bool done;

	str_init(&text, head_only ? HEAD_MAX : FILE_MAX);
	done = path != NULL && read_case(path, &text, err);
	if (done && text.cut && !head_only) {
		str_addf(err, _("%s is too large for a saved case."), path);
		done = false;
	}
	done = done && casefile_parse(arena, path, text.text, text.len,
	    head_only, out, err);
	out->name = name;
	str_free(&text);
	return done;
}

/* The full name of the case meant by NAME; NULL: said why not. */
static const char *
find_name(struct arena *arena, const char *directory, const char *name,
    struct str *err)
{
	struct entry *names;
	size_t n = list_names(arena, directory, &names);

	for (size_t i = 0; name != NULL && i < n; i++)
		if (strcmp(names[i].name, name) == 0)
			return names[i].name;
	for (size_t i = 0; i < n; i++)
		if (name == NULL || strncmp(names[i].name, name,
		    strlen(name)) == 0)
			return names[i].name;
	if (n == 0) {
		str_addf(err, _("There is no saved case in %s."), directory);
		return NULL;
	}
	str_addf(err, P_("There is no saved case named '%s'; there is:",
	    "There is no saved case named '%s'; there are:", n), name);
	for (size_t i = 0; i < n && i < 10; i++)
		str_addf(err, " %s", names[i].name);
	if (n > 10)
		str_adds(err, " ...");
	return NULL;
}

bool
casefile_load(struct arena *arena, const char *name, struct casefile *out,
    struct str *err)
{
	const char *directory = state_folder(arena);
	struct stat status;

	*out = (struct casefile){ .name = name };
	if (name != NULL && strchr(name, '/') != NULL)
		return load_file(arena, name, false, out, err);
	if (directory == NULL || lstat(directory, &status) != 0) {
		str_addf(err, _("There is no saved case in %s."),
		    directory != NULL ? directory : "~/.local/state");
		return false;
	}
	if (!folder_is_ours(directory, err))
		return false;
	name = find_name(arena, directory, name, err);
	return name != NULL && load_file(arena, name, false, out, err);
}

size_t
casefile_list(struct arena *arena, struct casefile **list, size_t *left_out,
    const char **fault)
{
	const char *directory = state_folder(arena);
	struct entry *names;
	size_t n = 0, n_names = 0;
	struct str err;

	*list = NULL;
	*left_out = 0;
	*fault = NULL;
	str_init(&err, 8192);
	if (directory != NULL && access(directory, F_OK) == 0) {
		if (folder_is_ours(directory, &err))
			n_names = list_names(arena, directory, &names);
		else
			*fault = arena_strdup(arena, err.text);
	}
	for (size_t i = 0; i < n_names && n < CASEFILE_LIST_MAX; i++) {
		struct casefile head;

		str_clear(&err);
		if (!load_file(arena, names[i].name, true, &head, &err)) {
			if (*fault == NULL)
				*fault = arena_strdup(arena, err.text);
			++*left_out;
			continue;
		}
		*list = arena_grow(arena, *list, n, sizeof **list);
		(*list)[n++] = head;
	}
	str_free(&err);
	return n;
}
