/* SPDX-License-Identifier: ISC
 * Knows the text file of one journal entry: a line for each thing, words
 * separated by tabs. The files' octets lie beside it as before-N and after-N. */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/digest.h"
#include "engine/base/i18n.h"
#include "engine/base/str.h"
#include "engine/base/text.h"
#include "engine/remedy/history_parts.h"
#include "engine/world/file.h"
#include "engine/world/file_write.h"

#define FORMAT "whybounce change 1"
#define ENTRY_MAX ((size_t)64 << 10)
#define COPY_MAX ((size_t)4 << 20)
#define WORDS_MAX 64
#define FILES_MAX 64

/* Behind a state: the commands have not all run. */
#define TELLING "commands-open"

/* For whoever reads it without the program. */
static const char explanation[] =
    "# Each \"file\" line is one file, with its mode, owner and group. The first\n"
    "# one was before-0 and became after-0, the next before-1 and after-1, and\n"
    "# so on; without a before-N there was no such file. To take the change\n"
    "# back by hand, copy the before-N to their places with those rights and\n"
    "# run the commands; \"whybounce undo\" does the same. A \"table\" line names\n"
    "# a text that had no table (.db, .lmdb, .cdb) yet: remove what it has now.\n";

/* ---------------------------------------------------------------- writing */

void
history_entry_print(const struct transaction *t, enum history_state state,
    bool telling, struct str *out)
{
	struct arena *arena = arena_new();

	str_addf(out, "%s\n%sstate\t%s%s\ntitle\t%s\n", FORMAT, explanation,
	    history_state_word(state), telling ? "\t" TELLING : "",
	    text_safe(arena, t->title));
	for (size_t i = 0; i < t->n_files; i++)
		str_addf(out, "file\t%04o\t%lu\t%lu\t%s%s%s\n",
		    (unsigned int)t->files[i].mode,
		    (unsigned long)t->files[i].owner,
		    (unsigned long)t->files[i].group, t->files[i].path,
		    t->files[i].secret ? "\tsha256:" : "",
		    t->files[i].secret ? t->files[i].digest : "");
	for (size_t i = 0; i < t->n_folders; i++)
		str_addf(out, "folder\t%04o\t%lu\t%lu\t%s\n",
		    (unsigned int)t->folders[i].mode,
		    (unsigned long)t->folders[i].owner,
		    (unsigned long)t->folders[i].group, t->folders[i].path);
	for (size_t i = 0; i < t->n_commands; i++) {
		str_adds(out, "command");
		for (const char *const *word = t->commands[i]; *word != NULL;
		    word++)
			str_addf(out, "\t%s", *word);
		str_addc(out, '\n');
	}
	for (size_t i = 0; i < t->n_tables; i++)
		str_addf(out, "table\t%s\n", t->tables[i]);
	arena_free(&arena);
}

bool
history_entry_write(struct arena *arena, const char *folder,
    const struct transaction *t, enum history_state state, bool telling,
    struct str *err)
{
	struct str text;
	bool done;

	str_init(&text, ENTRY_MAX);
	history_entry_print(t, state, telling, &text);
	done = !text.cut && file_write(arena_printf(arena, "%s/journal",
	    folder), text.text, text.len, err);
	if (text.cut)
		str_adds(err, strerror(EFBIG));
	str_free(&text);
	return done;
}

/* ---------------------------------------------------------------- reading */

/* The words of LINE between tabs, NULL-terminated; NULL: too many. */
static const char **
split_words(struct arena *arena, const char *line, size_t len)
{
	const char **words = arena_array(arena, WORDS_MAX + 1, sizeof *words);
	size_t n = 0;

	for (;;) {
		const char *tab = memchr(line, '\t', len);
		size_t word = tab != NULL ? (size_t)(tab - line) : len;

		if (n == WORDS_MAX)
			return NULL;
		words[n++] = arena_strndup(arena, line, word);
		if (tab == NULL)
			return words;
		line += word + 1;
		len -= word + 1;
	}
}

static bool
read_number(const char *word, int base, unsigned long max, unsigned long *value)
{
	char *end;

	if (word == NULL || *word < '0' || *word > '9')
		return false;
	errno = 0;
	*value = strtoul(word, &end, base);
	return errno == 0 && *end == '\0' && *value <= max;
}

/* One of the copies; a missing one says that there was no file. */
static bool
read_copy(struct arena *arena, const char *path, const char **text, size_t *len)
{
	struct str copy;
	int fault;

	str_init(&copy, COPY_MAX);
	fault = file_read(path, &copy);
	if (fault == 0 && !copy.cut) {
		*text = arena_strndup(arena, copy.text, copy.len);
		*len = copy.len;
	}
	str_free(&copy);
	return fault == ENOENT || (fault == 0 && *text != NULL);
}

/* "sha256:HEX" of a private key. */
static bool
read_digest(const char *word, struct file_change *file)
{
	static const char begin[] = "sha256:";
	size_t n = strlen(begin);

	file->secret = true;
	file->digest = word + n;
	return strncmp(word, begin, n) == 0 &&
	    strlen(word) == n + DIGEST_LEN &&
	    strspn(file->digest, "0123456789abcdef") == DIGEST_LEN;
}

static bool
read_file(struct arena *arena, struct history_entry *entry,
    const char *const *words)
{
	struct transaction *t = &entry->transaction;
	struct file_change file = { .path = NULL };
	unsigned long mode, owner, group;

	if (t->n_files == FILES_MAX ||
	    !read_number(words[1], 8, 07777, &mode) ||
	    !read_number(words[2], 10, UINT_MAX - 1, &owner) ||
	    !read_number(words[3], 10, UINT_MAX - 1, &group) ||
	    words[4] == NULL || words[4][0] != '/')
		return false;
	file.path = words[4];
	file.mode = (mode_t)mode;
	file.owner = (uid_t)owner;
	file.group = (gid_t)group;
	if (entry->folder != NULL &&
	    (!read_copy(arena, arena_printf(arena, "%s/before-%zu",
	    entry->folder, t->n_files), &file.before, &file.before_len) ||
	    !read_copy(arena, arena_printf(arena, "%s/after-%zu",
	    entry->folder, t->n_files), &file.after, &file.after_len)))
		return false;
	if (words[5] != NULL && !read_digest(words[5], &file))
		return false;
	t->files = arena_grow(arena, t->files, t->n_files, sizeof *t->files);
	t->files[t->n_files++] = file;
	return true;
}

/* Only its path is of use: a folder is never made from here. */
static bool
read_folder(struct arena *arena, struct history_entry *entry,
    const char *const *words)
{
	struct transaction *t = &entry->transaction;
	unsigned long mode, owner, group;

	if (t->n_folders == FILES_MAX ||
	    !read_number(words[1], 8, 07777, &mode) ||
	    !read_number(words[2], 10, UINT_MAX - 1, &owner) ||
	    !read_number(words[3], 10, UINT_MAX - 1, &group) ||
	    words[4] == NULL || words[4][0] != '/')
		return false;
	t->folders = arena_grow(arena, t->folders, t->n_folders,
	    sizeof *t->folders);
	t->folders[t->n_folders++] = (struct folder_change){
		.path = words[4], .mode = (mode_t)mode,
		.owner = (uid_t)owner, .group = (gid_t)group };
	return true;
}

static bool
read_line(struct arena *arena, struct history_entry *entry,
    const char *const *words)
{
	struct transaction *t = &entry->transaction;

	if (words != NULL && words[0][0] == '#')
		return true;
	if (words == NULL || words[1] == NULL)
		return false;
	if (strcmp(words[0], "state") == 0) {
		entry->telling = words[2] != NULL;
		return (words[2] == NULL || strcmp(words[2], TELLING) == 0) &&
		    history_state_of(words[1], &entry->state);
	}
	if (strcmp(words[0], "title") == 0) {
		t->title = words[1];
		return true;
	}
	if (strcmp(words[0], "file") == 0)
		return read_file(arena, entry, words);
	if (strcmp(words[0], "folder") == 0)
		return read_folder(arena, entry, words);
	if (strcmp(words[0], "table") == 0 && words[1][0] == '/') {
		t->tables = arena_grow(arena, t->tables, t->n_tables,
		    sizeof *t->tables);
		t->tables[t->n_tables++] = words[1];
		return true;
	}
	if (strcmp(words[0], "command") == 0) {
		t->commands = arena_grow(arena, t->commands, t->n_commands,
		    sizeof *t->commands);
		t->commands[t->n_commands++] = words + 1;
		return true;
	}
	return false;
}

bool
history_entry_parse(struct arena *arena, struct history_entry *entry,
    const char *text, size_t len)
{
	size_t format = strlen(FORMAT);

	if (len <= format || memcmp(text, FORMAT, format) != 0 ||
	    text[format] != '\n' || text[len - 1] != '\n')
		return false;
	text += format + 1;
	len -= format + 1;
	while (len > 0) {
		size_t n = (size_t)((const char *)memchr(text, '\n', len) -
		    text);

		if (!read_line(arena, entry, split_words(arena, text, n)))
			return false;
		text += n + 1;
		len -= n + 1;
	}
	return entry->transaction.title != NULL &&
	    entry->transaction.n_files != 0;
}

bool
history_entry_read(struct arena *arena, struct history_entry *entry,
    struct str *err)
{
	const char *path = arena_printf(arena, "%s/journal", entry->folder);
	struct str text;
	int fault;
	bool done;

	str_init(&text, ENTRY_MAX);
	fault = file_read(path, &text);
	done = fault == 0 && !text.cut &&
	    history_entry_parse(arena, entry, text.text, text.len);
	if (!done)
		str_addf(err, "%s: %s\n", path, fault != 0 ? strerror(fault) :
		    _("this is not a journal of changes, or it is damaged."));
	str_free(&text);
	return done;
}

void
history_folder_remove(struct arena *arena, const char *folder)
{
	DIR *files = opendir(folder);
	struct dirent *found;

	if (files == NULL)
		return;
	while ((found = readdir(files)) != NULL)
		if (found->d_name[0] != '.')
			unlink(arena_printf(arena, "%s/%s", folder,
			    found->d_name));
	closedir(files);
	rmdir(folder);
}
