/* SPDX-License-Identifier: ISC
 * The files of a change: which version is there, and putting another in its
 * place. Hides temporary names and the digest of what is secret. */
#include "config.h"

#include "engine/remedy/apply_parts.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/diff.h"
#include "engine/base/digest.h"
#include "engine/base/i18n.h"
#include "engine/base/str.h"
#include "engine/base/text.h"
#include "engine/world/editing.h"
#include "engine/world/file.h"
#include "engine/world/file_write.h"

#define FILE_MAX ((size_t)4 << 20)

static bool
is_version(const struct str *now, int fault, const char *text, size_t len)
{
	if (text == NULL)
		return fault == ENOENT;
	return fault == 0 && !now->cut && now->len == len &&
	    memcmp(now->text, text, len) == 0;
}

/* The same of a private key, of which only the digest is known. */
static bool
is_secret(const struct str *now, int fault, const struct file_change *file)
{
	struct arena *arena = arena_new();
	bool same = fault == 0 && !now->cut && strcmp(digest_text(arena,
	    now->text, now->len), file->digest) == 0;

	arena_free(&arena);
	return same;
}

/* Which version of the file is in place; its octets in NOW. */
static enum version
version_now(const struct file_change *file, struct str *now, int *fault)
{
	str_clear(now);
	*fault = file_read(file->path, now);
	if (file->secret ? is_secret(now, *fault, file) :
	    is_version(now, *fault, file->after, file->after_len))
		return VERSION_AFTER;
	if (is_version(now, *fault, file->before, file->before_len))
		return VERSION_BEFORE;
	return VERSION_OTHER;
}

static bool
put_version(struct arena *arena, const struct transaction *t,
    const struct file_change *file, enum version version, struct str *said)
{
	const char *text = version == VERSION_AFTER ? file->after :
	    file->before;
	size_t len = version == VERSION_AFTER ? file->after_len :
	    file->before_len;
	struct stat rights = {
		.st_mode = file->mode, .st_uid = file->owner,
		.st_gid = file->group,
	};
	bool done;

	if (text == NULL)
		done = unlink(file->path) == 0 || errno == ENOENT;
	else
		done = file_replace(file->path, history_temporary(arena, t,
		    file), text, len, &rights);
	if (!done)
		str_addf(said, _("%s cannot be written: %s.\n"), file->path,
		    strerror(errno));
	return done;
}

/* Put VERSION in place of every file that has not got it. */
bool
apply_put_all(struct arena *arena, const struct transaction *t,
    enum version version, struct str *said)
{
	struct str now;
	bool done = true;
	int fault;

	str_init(&now, FILE_MAX);
	for (size_t i = 0; i < t->n_files; i++)
		if (version_now(&t->files[i], &now, &fault) != version &&
		    !put_version(arena, t, &t->files[i], version, said))
			done = false;
	str_free(&now);
	return done;
}

/* Those of them that are not there. */
bool
apply_make_folders(const struct transaction *t, struct str *said)
{
	for (size_t i = 0; i < t->n_folders; i++) {
		const struct folder_change *f = &t->folders[i];

		if (mkdir(f->path, 0700) == 0 ?
		    chown(f->path, f->owner, f->group) == 0 &&
		    chmod(f->path, f->mode) == 0 : errno == EEXIST)
			continue;
		str_addf(said, _("%s cannot be made: %s.\n"), f->path,
		    strerror(errno));
		return false;
	}
	return true;
}

/* Those that this change has made, unless something is in them now. */
void
apply_remove_folders(const struct transaction *t)
{
	for (size_t i = t->n_folders; i > 0; i--)
		(void)rmdir(t->folders[i - 1].path);
}

static void
add_difference(const char *path, const char *text, size_t len,
    const struct str *now, struct str *said)
{
	struct str raw;

	str_init(&raw, FILE_MAX);
	(void)diff_unified(path, text != NULL ? text : "", len, path,
	    now->text, now->len, &raw);
	text_clean(said, raw.text, raw.len, true);
	str_free(&raw);
}

/* Is every file still what it was when the change was worked out? */
bool
apply_all_are(const struct transaction *t, enum version version, struct str *said)
{
	struct str now;
	bool same = true;

	str_init(&now, FILE_MAX);
	for (size_t i = 0; i < t->n_files; i++) {
		const struct file_change *file = &t->files[i];
		const char *text = version == VERSION_AFTER ? file->after :
		    file->before;
		size_t len = version == VERSION_AFTER ? file->after_len :
		    file->before_len;
		int fault;

		if (version_now(file, &now, &fault) == version)
			continue;
		same = false;
		if (fault != 0 && fault != ENOENT) {
			str_addf(said, _("%s cannot be read: %s.\n"),
			    file->path, strerror(fault));
			continue;
		}
		str_addf(said, _("%s has been changed meanwhile; nothing was "
		    "done. The difference:\n"), file->path);
		if (!file->secret)
			add_difference(file->path, text, len, &now, said);
	}
	str_free(&now);
	return same;
}

bool
apply_nobody_edits(struct arena *arena, const struct transaction *t,
    struct str *said)
{
	bool nobody = true;

	for (size_t i = 0; i < t->n_files; i++) {
		const char *lock = editing_lock(arena, t->files[i].path);

		if (lock == NULL)
			continue;
		str_addf(said, _("%s is open in an editor, as %s says; save "
		    "it and leave the editor first.\n"), t->files[i].path,
		    lock);
		nobody = false;
	}
	return nobody;
}

/* Whoever has changed a file since knows better: leave it. */
bool
apply_only_ours(const struct transaction *t, struct str *said)
{
	struct str now;
	bool ours = true;
	int fault;

	str_init(&now, FILE_MAX);
	for (size_t i = 0; i < t->n_files; i++)
		if (version_now(&t->files[i], &now, &fault) ==
		    VERSION_OTHER) {
			str_addf(said, _("The change %s was interrupted, and "
			    "%s has been changed since. The old version is in "
			    "the journal.\n"), t->id, t->files[i].path);
			ours = false;
		}
	str_free(&now);
	return ours;
}
