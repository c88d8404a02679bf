/* SPDX-License-Identifier: ISC
 * Files, folders and keys of a transaction: what is there now, and what it
 * becomes. Hides how a line is put into a file. */
#include "config.h"

#include "engine/remedy/transaction_parts.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/digest.h"
#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/world/file.h"


static const char *
real_path(struct arena *arena, const char *path)
{
	char *real = realpath(path, NULL);
	const char *copy = arena_strdup(arena, real != NULL ? real : path);

	free(real);
	return copy;
}

bool
making_read_before(struct making *m, struct file_change *file, const char *path)
{
	struct stat status;
	struct str text;
	int fault;

	file->path = real_path(m->arena, path);
	file->mode = 0644;
	file->owner = geteuid();
	file->group = getegid();
	if (stat(file->path, &status) != 0 && errno == ENOENT)
		return true;
	str_init(&text, TRANSACTION_FILE_MAX);
	fault = file_read(file->path, &text);
	if (fault == 0 && text.cut)
		fault = EFBIG;
	if (fault == 0) {
		file->before = arena_strndup(m->arena, text.text, text.len);
		file->before_len = text.len;
		file->mode = status.st_mode & 07777;
		file->owner = status.st_uid;
		file->group = status.st_gid;
	} else {
		str_addf(m->err, _("%s cannot be read: %s."), file->path,
		    strerror(fault));
	}
	str_free(&text);
	return fault == 0;
}

struct file_change *
making_add_file(struct making *m)
{
	struct transaction *t = m->transaction;

	t->files = arena_grow(m->arena, t->files, t->n_files,
	    sizeof *t->files);
	memset(&t->files[t->n_files], 0, sizeof *t->files);
	return &t->files[t->n_files++];
}

bool
making_is_changed(const struct file_change *file)
{
	return file->before == NULL || file->before_len != file->after_len ||
	    memcmp(file->before, file->after, file->after_len) != 0;
}

/* ---------------------------------------------------------------- owners */

/* "user:group" as numbers. */
static bool
find_owner(struct making *m, const char *names, uid_t *owner, gid_t *group)
{
	size_t len = strcspn(names, ":");
	const char *user = arena_strndup(m->arena, names, len);
	const char *group_name = names[len] == ':' ? names + len + 1 : user;
	const struct passwd *p = getpwnam(user);
	const struct group *g = getgrnam(group_name);

	if (p == NULL)
		str_addf(m->err, _("There is no user %s on this machine."),
		    text_safe(m->arena, user));
	else if (g == NULL)
		str_addf(m->err, _("There is no group %s on this machine."),
		    text_safe(m->arena, group_name));
	if (p == NULL || g == NULL)
		return false;
	*owner = p->pw_uid;
	*group = g->gr_gid;
	return true;
}

/* ---------------------------------------------------------------- lines */


/* Does the line of LEN octets give a value to the KEY_LEN octets KEY? */
static bool
has_key(const char *line, size_t len, const char *key, size_t key_len)
{
	return len > key_len && strncasecmp(line, key, key_len) == 0 &&
	    strchr(" \t:=", line[key_len]) != NULL;
}

static bool
is_line(const char *text, size_t len, const char *line)
{
	return len == strlen(line) && memcmp(text, line, len) == 0;
}

/* TEXT with the line that CHANGE wants in it: in place of the line with the
 * same first word, or at the end. */
static void
put_line(struct making *m, struct file_change *file,
    const struct change *change)
{
	const char *line = change->text;
	size_t key_len = strcspn(line, " \t:");
	const char *text = file->after != NULL ? file->after : "";
	size_t left = file->after_len;
	bool placed = false;
	struct str out;

	str_init(&out, TRANSACTION_FILE_MAX);
	while (left > 0) {
		const char *end = memchr(text, '\n', left);
		size_t n = end != NULL ? (size_t)(end - text) : left;
		size_t whole = n + (end != NULL);

		if (change->anew || !has_key(text, n, line, key_len)) {
			placed = placed || (change->anew &&
			    is_line(text, n, line));
			str_add(&out, text, whole);
		} else {
			if (!placed)
				str_addf(&out, "%s\n", line);
			placed = true;
		}
		text += whole;
		left -= whole;
	}
	if (!placed) {
		if (out.len != 0 && out.text[out.len - 1] != '\n')
			str_addc(&out, '\n');
		str_addf(&out, "%s\n", line);
	}
	file->after = arena_strndup(m->arena, out.text, out.len);
	file->after_len = out.len;
	str_free(&out);
}

/* The file at PATH that the transaction changes already, or NULL. */
static struct file_change *
file_in_hand(struct making *m, const char *path)
{
	struct transaction *t = m->transaction;

	for (size_t i = 0; i < t->n_files; i++)
		if (strcmp(t->files[i].path, path) == 0)
			return &t->files[i];
	return NULL;
}

static bool
start_file(struct making *m, const struct change *change,
    struct file_change *file)
{
	if (!making_read_before(m, file, change->path))
		return false;
	file->after = file->before;
	file->after_len = file->before_len;
	if (file->before != NULL)
		return true;
	if (change->mode != 0)
		file->mode = change->mode;
	return change->owner == NULL || find_owner(m, change->owner,
	    &file->owner, &file->group);
}

bool
making_file(struct making *m, const struct change *change)
{
	struct file_change file = { .path = NULL }, *known;

	if (!start_file(m, change, &file))
		return false;
	known = file_in_hand(m, file.path);
	if (known != NULL)
		file = *known;
	if (change->whole) {
		file.after = arena_strdup(m->arena, change->text);
		file.after_len = strlen(change->text);
	} else {
		put_line(m, &file, change);
	}
	if (known != NULL)
		*known = file;
	else if (making_is_changed(&file))
		*making_add_file(m) = file;
	return true;
}

/* ---------------------------------------------------------------- folders */

bool
making_folder(struct making *m, const struct change *change)
{
	struct transaction *t = m->transaction;
	struct folder_change folder = {
		.path = arena_strdup(m->arena, change->path),
		.mode = change->mode != 0 ? change->mode : 0755,
		.owner = geteuid(), .group = getegid(),
	};
	struct stat status;

	if (stat(folder.path, &status) == 0) {
		if (S_ISDIR(status.st_mode))
			return true;
		str_addf(m->err, _("%s is there, but it is no folder."),
		    folder.path);
		return false;
	}
	if (errno != ENOENT) {
		str_addf(m->err, _("%s cannot be looked at: %s."), folder.path,
		    strerror(errno));
		return false;
	}
	if (change->owner != NULL && !find_owner(m, change->owner,
	    &folder.owner, &folder.group))
		return false;
	t->folders = arena_grow(m->arena, t->folders, t->n_folders,
	    sizeof *t->folders);
	t->folders[t->n_folders++] = folder;
	return true;
}

/* ---------------------------------------------------------------- keys */

bool
making_key(struct making *m, const struct change *change)
{
	struct file_change file = { .path = NULL };
	struct stat status;

	/* never over a key that somebody may sign with */
	if (lstat(change->path, &status) == 0)
		return true;
	if (errno != ENOENT) {
		str_addf(m->err, _("%s cannot be looked at: %s."),
		    change->path, strerror(errno));
		return false;
	}
	if (!start_file(m, change, &file))
		return false;
	file.secret = true;
	file.after = dkim_pair_new(m->arena, change->key, &file.after_len);
	if (file.after == NULL) {
		str_adds(m->err, _("A private key could not be made."));
		return false;
	}
	file.digest = digest_text(m->arena, file.after, file.after_len);
	*making_add_file(m) = file;
	return true;
}

/* ---------------------------------------------------------------- permission */

/* The nearest folder above PATH that is there. */
static char *
folder_above(const char *path)
{
	char *folder = mem_strdup(path), *slash;

	do {
		slash = strrchr(folder, '/');
		if (slash == NULL)
			break;
		slash[slash == folder] = '\0';
	} while (slash != folder && access(folder, F_OK) != 0);
	return folder;
}

bool
transaction_permitted(const struct transaction *transaction, struct str *why)
{
	for (size_t i = 0; i < transaction->n_files; i++) {
		const struct file_change *file = &transaction->files[i];
		char *folder = folder_above(file->path);
		int fault = access(folder, W_OK) == 0 ? 0 : errno;

		/* what keeps root out keeps sudo out, too */
		if (fault != 0 && (fault != EACCES || geteuid() == 0))
			str_addf(why, _("%s cannot be written to: %s."),
			    folder, strerror(fault));
		free(folder);
		if (fault != 0 ||
		    (geteuid() != 0 && file->owner != geteuid()))
			return false;
	}
	return true;
}
