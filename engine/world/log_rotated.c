/* SPDX-License-Identifier: ISC
 * Knows how rotated logs are named. Hides their order: numbers grow with age,
 * dates do not. */
#include "config.h"

#include "engine/world/log_rotated.h"

#include <dirent.h>
#include <stdbool.h>
#include <string.h>

/* Entries of a folder that are looked at; a log's folder has some hundred. */
#define ENTRIES_MAX 10000

/* Longer numbers are dates. */
#define NUMBER_DIGITS 4

/* A name as its parts: "mail.log", "2". */
struct rotated {
	const char *name;
	size_t stem;          /* octets of it */
	bool dated;
	const char *mark;     /* "" for the log that is being written */
	size_t mark_len;
};

static size_t
without_packing(const char *name)
{
	static const char *const ends[] = { ".gz", ".xz", ".zst" };
	size_t len = strlen(name);

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		size_t n = strlen(ends[i]);

		if (len > n && strcmp(name + len - n, ends[i]) == 0)
			return len - n;
	}
	return len;
}

/* "20260201", "20260201-1769904000": digits, and '-' between them */
static size_t
mark_length(const char *name, size_t len)
{
	size_t n = 0;

	while (n < len && ((name[len - n - 1] >= '0' &&
	    name[len - n - 1] <= '9') || name[len - n - 1] == '-'))
		n++;
	/* the one that sets it off */
	while (n != 0 && name[len - n] == '-')
		n--;
	return n;
}

static struct rotated
parse(const char *name)
{
	size_t len = without_packing(name), n = mark_length(name, len);
	struct rotated r = { .name = name, .stem = len, .mark = "" };

	if (n == 0 || n + 1 >= len || (name[len - n - 1] != '.' &&
	    name[len - n - 1] != '-') || (n > NUMBER_DIGITS && n < 8))
		return r;
	r.dated = n > NUMBER_DIGITS;
	if (!r.dated && name[len - n - 1] == '-')
		return r;
	r.stem = len - n - 1;
	r.mark = name + len - n;
	r.mark_len = n;
	return r;
}

static int
compare_marks(const struct rotated *a, const struct rotated *b)
{
	size_t n = a->mark_len < b->mark_len ? a->mark_len : b->mark_len;
	int order = memcmp(a->mark, b->mark, n);

	/* a number with more digits is the greater one */
	if (order == 0 || (!a->dated && a->mark_len != b->mark_len))
		return (a->mark_len > b->mark_len) -
		    (a->mark_len < b->mark_len);
	return order;
}

/* Was A closed before B? The one without a mark is still written to. */
static bool
is_older(const struct rotated *a, const struct rotated *b)
{
	if (a->mark_len == 0 || b->mark_len == 0)
		return a->mark_len > b->mark_len;
	if (a->dated != b->dated)
		return a->dated;
	return a->dated ? compare_marks(a, b) < 0 : compare_marks(a, b) > 0;
}

static bool
same_mark(const struct rotated *a, const struct rotated *b)
{
	return !is_older(a, b) && !is_older(b, a);
}

/* Put it at its place among the newest ones; N of them are there. */
static size_t
insert(struct rotated *best, size_t n, const struct rotated *r)
{
	size_t at = 0;

	while (at < n && is_older(r, &best[at]))
		at++;
	/* packed and unpacked: the same lines */
	if (at == LOG_ROTATED_MAX || (at < n && same_mark(r, &best[at])))
		return n;
	if (n < LOG_ROTATED_MAX)
		n++;
	for (size_t i = n - 1; i > at; i--)
		best[i] = best[i - 1];
	best[at] = *r;
	return n;
}

size_t
log_rotated(struct arena *arena, const char *file,
    const char *names[LOG_ROTATED_MAX])
{
	const char *slash = strrchr(file, '/');
	size_t folder = slash != NULL ? (size_t)(slash - file) + 1 : 0;
	struct rotated own = parse(file + folder), best[LOG_ROTATED_MAX];
	const char *place = folder != 0 ? arena_strndup(arena, file, folder) :
	    "./";
	DIR *directory = opendir(place);
	const struct dirent *entry;
	size_t n = 0;

	if (directory == NULL)
		return 0;
	for (int i = 0; i < ENTRIES_MAX; i++) {
		struct rotated r;

		entry = readdir(directory);
		if (entry == NULL)
			break;
		r = parse(entry->d_name);
		if (r.stem != own.stem || memcmp(r.name, own.name,
		    own.stem) != 0 || !is_older(&r, &own))
			continue;
		/* the entry goes with the next readdir(3) */
		r = parse(arena_strdup(arena, entry->d_name));
		n = insert(best, n, &r);
	}
	closedir(directory);
	for (size_t i = 0; i < n; i++)
		names[i] = arena_printf(arena, "%s%s", folder != 0 ? place :
		    "", best[i].name);
	return n;
}
