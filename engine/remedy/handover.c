/* SPDX-License-Identifier: ISC
 * Knows the text: a journal's entry, then the octets of each file before and
 * after. Hides what is made sure of before root takes it. */
#include "config.h"

#include "engine/remedy/handover.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/digest.h"
#include "engine/base/i18n.h"
#include "engine/base/str.h"
#include "engine/base/text.h"
#include "engine/remedy/history_parts.h"

/* Behind this line: for each file "LENGTH LENGTH", "-" for none, and the octets. */
static const char separator[] = "\noctets\n";

/* ---------------------------------------------------------------- writing */

static void
write_length(const char *text, size_t len, char end, struct str *out)
{
	if (text != NULL)
		str_addf(out, "%zu%c", len, end);
	else
		str_addf(out, "-%c", end);
}

bool
handover_write(const struct transaction *transaction, struct str *out)
{
	struct arena *arena = arena_new();
	struct transaction t = *transaction;

	t.files = arena_array(arena, t.n_files + 1, sizeof *t.files);
	t.folders = arena_array(arena, t.n_folders + 1, sizeof *t.folders);
	for (size_t i = 0; i < t.n_files; i++) {
		t.files[i] = transaction->files[i];
		if (t.files[i].before == NULL && t.files[i].owner == geteuid())
			t.files[i].owner = t.files[i].group = 0;
	}
	for (size_t i = 0; i < t.n_folders; i++) {
		t.folders[i] = transaction->folders[i];
		if (t.folders[i].owner == geteuid())
			t.folders[i].owner = t.folders[i].group = 0;
	}
	history_entry_print(&t, HISTORY_PREPARED, false, out);
	str_adds(out, separator + 1);
	for (size_t i = 0; i < t.n_files; i++) {
		const struct file_change *f = &t.files[i];

		write_length(f->before, f->before_len, ' ', out);
		write_length(f->after, f->after_len, '\n', out);
		str_add(out, f->before, f->before_len);
		str_add(out, f->after, f->after_len);
	}
	arena_free(&arena);
	return !out->cut;
}

/* ---------------------------------------------------------------- reading */

struct rest {
	const char *text;
	size_t len;
};

/* A length and the character END; false: it is none, or there is not so much. */
static bool
read_length(struct rest *rest, char end, bool *there, size_t *len)
{
	size_t n = 0;

	*there = rest->len != 0 && *rest->text != '-';
	*len = 0;
	if (!*there)
		n = 1;
	for (; *there && n < rest->len && rest->text[n] >= '0' &&
	    rest->text[n] <= '9' && *len <= HANDOVER_MAX; n++)
		*len = *len * 10 + (size_t)(rest->text[n] - '0');
	if (n == 0 || n >= rest->len || rest->text[n] != end)
		return false;
	rest->text += n + 1;
	rest->len -= n + 1;
	return *len <= rest->len;
}

static bool
take_octets(struct arena *arena, struct rest *rest, bool there, size_t len,
    const char **text)
{
	*text = there ? arena_strndup(arena, rest->text, len) : NULL;
	rest->text += len;
	rest->len -= len;
	return true;
}

static bool
read_octets(struct arena *arena, struct rest *rest, struct file_change *file)
{
	bool before, after;

	return read_length(rest, ' ', &before, &file->before_len) &&
	    read_length(rest, '\n', &after, &file->after_len) &&
	    file->before_len <= rest->len - file->after_len &&
	    take_octets(arena, rest, before, file->before_len,
	    &file->before) &&
	    take_octets(arena, rest, after, file->after_len, &file->after) &&
	    (!file->secret || (after && strcmp(digest_text(arena, file->after,
	    file->after_len), file->digest) == 0));
}

static struct transaction *
read_all(struct arena *arena, const char *text, size_t len)
{
	struct history_entry *entry = arena_alloc(arena, sizeof *entry);
	const char *octets = memmem(text, len, separator, strlen(separator));
	struct rest rest;

	if (octets == NULL || !history_entry_parse(arena, entry, text,
	    (size_t)(octets - text) + 1))
		return NULL;
	/* noted where the change is made */
	entry->transaction.n_tables = 0;
	rest.text = octets + strlen(separator);
	rest.len = len - (size_t)(rest.text - text);
	for (size_t i = 0; i < entry->transaction.n_files; i++)
		if (!read_octets(arena, &rest, &entry->transaction.files[i]))
			return NULL;
	return rest.len == 0 ? &entry->transaction : NULL;
}

/* ---------------------------------------------------------------- making sure */

/* Is PATH, or the folder that it is to be made in, reached without links? */
static bool
is_plain_path(struct arena *arena, const char *path)
{
	char *real = realpath(path, NULL);
	const char *slash = strrchr(path, '/');
	bool plain;

	if (real == NULL && errno == ENOENT && slash != path) {
		/* a folder that is new itself is looked at on its own */
		path = arena_strndup(arena, path, (size_t)(slash - path));
		real = realpath(path, NULL);
		plain = real == NULL ? errno == ENOENT :
		    strcmp(real, path) == 0;
	} else {
		plain = real != NULL && strcmp(real, path) == 0;
	}
	free(real);
	return plain && strstr(path, "/../") == NULL &&
	    strstr(path, "/./") == NULL;
}

/* An existing file keeps the rights that it has; a new one gets no special
 * ones. */
static bool
has_right_rights(const struct file_change *file)
{
	struct stat status;

	if (file->before == NULL)
		return (file->mode & 07000) == 0;
	return lstat(file->path, &status) == 0 && S_ISREG(status.st_mode) &&
	    (status.st_mode & 07777) == file->mode &&
	    status.st_uid == file->owner && status.st_gid == file->group;
}

static bool
is_sound(struct arena *arena, const struct transaction *t, struct str *err)
{
	for (size_t i = 0; i < t->n_files; i++)
		if (!is_plain_path(arena, t->files[i].path) ||
		    !has_right_rights(&t->files[i])) {
			str_addf(err, _("%s is not what it was when the change "
			    "was shown."),
			    text_safe(arena, t->files[i].path));
			return false;
		}
	for (size_t i = 0; i < t->n_folders; i++)
		if (!is_plain_path(arena, t->folders[i].path) ||
		    (t->folders[i].mode & 07000) != 0) {
			str_addf(err, _("%s is not what it was when the change "
			    "was shown."),
			    text_safe(arena, t->folders[i].path));
			return false;
		}
	for (size_t i = 0; i < t->n_commands; i++)
		if (!transaction_may_run(t->commands[i])) {
			str_addf(err, _("\"%s\" is not run: no step needs "
			    "it."), text_safe(arena, transaction_command(arena,
			    t->commands[i])));
			return false;
		}
	return true;
}

struct transaction *
handover_read(struct arena *arena, const char *text, size_t len,
    const char *digest, struct str *err)
{
	struct transaction *t = NULL;

	if (strcmp(digest_text(arena, text, len), digest) != 0) {
		str_adds(err, _("This is not the change that was shown."));
		return NULL;
	}
	t = read_all(arena, text, len);
	if (t == NULL)
		str_adds(err, _("This is no change that the wizard has handed "
		    "over."));
	return t != NULL && is_sound(arena, t, err) ? t : NULL;
}
