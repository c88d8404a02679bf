/* SPDX-License-Identifier: ISC
 * Making a transaction from a step. Hides the copy of the configuration on which
 * postconf(1) works, and which commands of a step may be run. */
#include "config.h"

#include "engine/remedy/transaction.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/diff.h"
#include "engine/base/i18n.h"
#include "engine/base/str.h"
#include "engine/base/text.h"
#include "engine/remedy/transaction_parts.h"
#include "engine/world/child.h"
#include "engine/world/file.h"
#include "engine/world/file_write.h"

#define WORDS_MAX ((size_t)16 << 10)
#define POSTCONF_MS 10000

/* The commands of a step that are run after its files are written. What is not
 * here is for the user to run: it needs values that only he has, or only shows
 * something. DIRECTORY: it takes "-c DIR". */
static const struct runnable {
	const char *begin;       /* how its text begins, up to a blank or its
	                            end */
	bool directory;
} runnables[] = {
	{ "postmap", true },
	{ "postalias", true },
	{ "newaliases", false },
	{ "postfix", true },
	{ "opendkim -n -x", false },
	{ "systemctl restart opendkim", false },
	{ "systemctl restart rspamd", false },
};

static const struct runnable *
change_runs(const struct change *change)
{
	/* one plain command, nothing that a shell would have to read */
	if (change->kind != CHANGE_COMMAND ||
	    strpbrk(change->text, "'\"\\$`;&|<>()*?{}\n") != NULL)
		return NULL;
	for (size_t i = 0; i < sizeof runnables / sizeof runnables[0]; i++) {
		size_t n = strlen(runnables[i].begin);

		if (strncmp(change->text, runnables[i].begin, n) == 0 &&
		    (change->text[n] == ' ' || change->text[n] == '\0'))
			return &runnables[i];
	}
	return NULL;
}

bool
transaction_possible(const struct step *step)
{
	for (size_t i = 0; i < step->n_changes; i++)
		if (step->changes[i].kind == CHANGE_POSTCONF ||
		    step->changes[i].kind == CHANGE_FILE ||
		    step->changes[i].kind == CHANGE_KEY)
			return true;
	return false;
}

/* ---------------------------------------------------------------- main.cf */

/* Parameters of master.cf services are "service/type/parameter". */
static bool
in_master(const struct change *change)
{
	return strchr(change->parameter, '/') != NULL;
}

static const char *
main_cf_name(bool master)
{
	return master ? "master.cf" : "main.cf";
}

/* Run postconf on the copy for all changes of one file. */
static bool
edit_copy(struct making *m, const struct step *step, bool master)
{
	const char **argv = arena_array(m->arena, step->n_changes + 5,
	    sizeof *argv);
	const char *program = child_find(m->arena, "postconf");
	struct str out, err;
	size_t n = 0;
	enum child_end end;

	argv[n++] = "postconf";
	argv[n++] = "-c";
	argv[n++] = m->scratch;
	argv[n++] = master ? "-P" : "-e";
	for (size_t i = 0; i < step->n_changes; i++) {
		const struct change *change = &step->changes[i];

		if (change->kind == CHANGE_POSTCONF &&
		    in_master(change) == master)
			argv[n++] = arena_printf(m->arena, "%s=%s",
			    change->parameter, change->new_value);
	}
	if (program == NULL) {
		str_adds(m->err, _("postconf is not on this machine, so the "
		    "settings cannot be changed from here."));
		return false;
	}
	str_init(&out, WORDS_MAX);
	str_init(&err, WORDS_MAX);
	end = child_run(program, argv, POSTCONF_MS, &out, &err);
	if (end != CHILD_OK)
		str_addf(m->err, _("postconf could not make the change: %s"),
		    err.len != 0 ? text_cleaned(m->arena, err.text, err.len) :
		    _("it gave no reason."));
	str_free(&out);
	str_free(&err);
	return end == CHILD_OK;
}

static bool
ends_a_line(const char *text, size_t len)
{
	return len == 0 || text[len - 1] == '\n';
}

/* postconf(1) appends to a last line that has no end as if it had one: the new
 * setting would become a part of it. */
static bool
write_copy(struct making *m, const char *name, const struct file_change *file)
{
	struct str reason, text;
	bool done;

	str_init(&reason, WORDS_MAX);
	str_init(&text, TRANSACTION_FILE_MAX + 1);
	str_add(&text, file->before, file->before_len);
	if (!ends_a_line(text.text, text.len))
		str_addc(&text, '\n');
	done = file_write(arena_printf(m->arena, "%s/%s", m->scratch, name),
	    text.text, text.len, &reason);
	str_free(&text);
	if (!done)
		str_addf(m->err, _("A copy of %s cannot be written: %s."),
		    file->path, reason.text);
	str_free(&reason);
	return done;
}

static bool
read_copy(struct making *m, const char *name, struct file_change *file)
{
	struct str text;
	int fault;

	str_init(&text, TRANSACTION_FILE_MAX);
	fault = file_read(arena_printf(m->arena, "%s/%s", m->scratch, name),
	    &text);
	if (fault == 0 && text.cut)
		fault = EFBIG;
	/* the line end that write_copy() has added is no change by itself */
	if (!ends_a_line(file->before, file->before_len) &&
	    text.len == file->before_len + 1 &&
	    memcmp(text.text, file->before, file->before_len) == 0)
		text.len--;
	file->after = arena_strndup(m->arena, text.text, text.len);
	file->after_len = text.len;
	str_free(&text);
	if (fault != 0)
		str_addf(m->err, _("%s cannot be read: %s."), name,
		    strerror(fault));
	return fault == 0;
}

static bool
step_has_settings(const struct step *step, bool master)
{
	for (size_t i = 0; i < step->n_changes; i++)
		if (step->changes[i].kind == CHANGE_POSTCONF &&
		    in_master(&step->changes[i]) == master)
			return true;
	return false;
}

static bool
read_original(struct making *m, bool master, struct file_change *file)
{
	memset(file, 0, sizeof *file);
	if (!making_read_before(m, file, arena_printf(m->arena, "%s/%s",
	    postfix_directory(m->postfix), main_cf_name(master))))
		return false;
	if (file->before == NULL)
		str_addf(m->err, _("%s is not there."), file->path);
	return file->before != NULL;
}

static bool
make_settings(struct making *m, const struct step *step)
{
	struct file_change original[2];

	if (!step_has_settings(step, false) && !step_has_settings(step, true))
		return true;
	/* postconf -P wants a main.cf beside the master.cf */
	for (int master = 0; master <= step_has_settings(step, true); master++)
		if (!read_original(m, master, &original[master]) ||
		    !write_copy(m, main_cf_name(master), &original[master]))
			return false;
	for (int master = 0; master <= 1; master++) {
		if (!step_has_settings(step, master))
			continue;
		if (!edit_copy(m, step, master) ||
		    !read_copy(m, main_cf_name(master), &original[master]))
			return false;
		if (making_is_changed(&original[master]))
			*making_add_file(m) = original[master];
	}
	return true;
}

/* ---------------------------------------------------------------- commands */

static void
add_command(struct making *m, const struct runnable *runnable,
    const char *text)
{
	struct transaction *t = m->transaction;
	const char **argv = arena_array(m->arena, strlen(text) / 2 + 5,
	    sizeof *argv);
	const char *rest = text;
	size_t n = 0;

	while (*(rest += strspn(rest, " ")) != '\0') {
		size_t len = strcspn(rest, " ");

		argv[n++] = arena_strndup(m->arena, rest, len);
		rest += len;
		if (n == 1 && runnable->directory) {
			argv[n++] = "-c";
			argv[n++] = postfix_directory(m->postfix);
		}
	}
	t->commands = arena_grow(m->arena, t->commands, t->n_commands,
	    sizeof *t->commands);
	t->commands[t->n_commands++] = argv;
}

/* Postfix looks at its new settings before it takes them. It does so for root
 * only. */
static void
add_commands(struct making *m, const struct step *step)
{
	bool checked = geteuid() != 0;

	for (size_t i = 0; i < step->n_changes; i++) {
		const char *text = step->changes[i].text;
		const struct runnable *runnable =
		    change_runs(&step->changes[i]);

		if (runnable == NULL)
			continue;
		if (!checked && strncmp(text, "postfix ", 8) == 0) {
			checked = true;
			if (strcmp(text, "postfix check") != 0)
				add_command(m, runnable, "postfix check");
		}
		add_command(m, runnable, text);
	}
}

/* ---------------------------------------------------------------- all */

static void
remove_scratch(struct making *m)
{
	unlink(arena_printf(m->arena, "%s/main.cf", m->scratch));
	unlink(arena_printf(m->arena, "%s/master.cf", m->scratch));
	rmdir(m->scratch);
}

static bool
make_all(struct making *m, const struct step *step)
{
	bool done = make_settings(m, step);

	for (size_t i = 0; done && i < step->n_changes; i++) {
		switch (step->changes[i].kind) {
		case CHANGE_FILE:
			done = making_file(m, &step->changes[i]);
			break;
		case CHANGE_FOLDER:
			done = making_folder(m, &step->changes[i]);
			break;
		case CHANGE_KEY:
			done = making_key(m, &step->changes[i]);
			break;
		case CHANGE_COMMAND:
		case CHANGE_POSTCONF:
		case CHANGE_DNS:
		case CHANGE_ADVICE:
			break;
		}
	}
	add_commands(m, step);
	if (done && m->transaction->n_files == 0) {
		str_adds(m->err, _("All of this is set already; there is "
		    "nothing to change."));
		done = false;
	}
	return done;
}

struct transaction *
transaction_make(struct arena *arena, const struct step *step,
    const struct postfix *postfix, struct str *err)
{
	const char *temporary = getenv("TMPDIR");
	char *scratch = arena_printf(arena, "%s/whybounce.XXXXXX",
	    temporary != NULL && *temporary == '/' ? temporary : "/tmp");
	struct making m = {
		.arena = arena,
		.postfix = postfix,
		.transaction = arena_alloc(arena, sizeof *m.transaction),
		.err = err,
	};
	bool done;

	m.transaction->title = step->title;
	if (mkdtemp(scratch) == NULL) {     /* mode 0700 */
		str_addf(err, _("A folder for copies cannot be made: %s."),
		    strerror(errno));
		return NULL;
	}
	m.scratch = scratch;
	done = make_all(&m, step);
	remove_scratch(&m);
	return done ? m.transaction : NULL;
}

static void
add_diff(const char *path, const char *old, size_t old_len, const char *new,
    size_t new_len, struct str *out)
{
	(void)diff_unified(old != NULL ? path : "/dev/null",
	    old != NULL ? old : "", old_len, new != NULL ? path : "/dev/null",
	    new != NULL ? new : "", new_len, out);
}

/* What a private key is to be told of. */
static void
add_secret(const struct file_change *f, bool back, struct str *out)
{
	str_addf(out, "--- %s\n+++ %s\n@@ @@\n%c%s\n", back ? f->path :
	    "/dev/null", back ? "/dev/null" : f->path, back ? '-' : '+',
	    _("(a new private key, which is not shown)"));
}

void
transaction_diff(const struct transaction *transaction, bool back,
    struct str *out)
{
	struct str raw;

	str_init(&raw, out->cap);
	for (size_t i = 0; i < transaction->n_files; i++) {
		const struct file_change *f = &transaction->files[i];

		if (f->secret)
			add_secret(f, back, &raw);
		else if (back)
			add_diff(f->path, f->after, f->after_len, f->before,
			    f->before_len, &raw);
		else
			add_diff(f->path, f->before, f->before_len, f->after,
			    f->after_len, &raw);
	}
	text_clean(out, raw.text, raw.len, true);
	str_free(&raw);
}

const char *
transaction_command(struct arena *arena, const char *const *argv)
{
	const char *text = argv[0];

	for (size_t i = 1; argv[i] != NULL; i++)
		text = arena_printf(arena, "%s %s", text, argv[i]);
	return text;
}

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
transaction_permitted(const struct transaction *transaction)
{
	for (size_t i = 0; i < transaction->n_files; i++) {
		const struct file_change *file = &transaction->files[i];
		char *folder = folder_above(file->path);
		bool permitted;

		permitted = access(folder, W_OK) == 0 &&
		    (geteuid() == 0 || file->owner == geteuid());
		free(folder);
		if (!permitted)
			return false;
	}
	return true;
}
