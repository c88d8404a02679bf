/* SPDX-License-Identifier: ISC
 * Making a transaction from a step. Hides which commands of a step may be
 * run. */
#include "config.h"

#include "engine/remedy/transaction.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/diff.h"
#include "engine/base/i18n.h"
#include "engine/base/str.h"
#include "engine/base/text.h"
#include "engine/remedy/transaction_parts.h"

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
	{ "systemctl reload", false },
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
transaction_may_run(const char *const *argv)
{
	static const char *const verbs[] = {
		"check", "reload", "stop", "start",
	};
	struct arena *arena = arena_new();
	struct change change = { .kind = CHANGE_COMMAND };
	const char *text = argv[0];
	bool may;
	size_t n = 1, last = 0;

	/* added by add_command() */
	if (argv[1] != NULL && strcmp(argv[1], "-c") == 0 && argv[2] != NULL)
		n = 3;
	for (; argv[n] != NULL; n++) {
		text = arena_printf(arena, "%s %s", text, argv[n]);
		last = n;
	}
	change.text = text;
	may = change_runs(&change) != NULL;
	if (strcmp(argv[0], "postfix") == 0) {
		may = false;
		for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
			may = may || (last != 0 && last + 1 == n &&
			    strcmp(argv[last], verbs[i]) == 0);
	}
	arena_free(&arena);
	return may;
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

/* ---------------------------------------------------------------- commands */

/* It is undone from another folder than the one we stand in. */
static const char *
absolute(struct arena *arena, const char *directory)
{
	char *real = *directory != '/' ? realpath(directory, NULL) : NULL;
	const char *copy = arena_strdup(arena, real != NULL ? real : directory);

	free(real);
	return copy;
}

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
			argv[n++] = absolute(m->arena,
			    postfix_directory(m->postfix));
		}
	}
	t->commands = arena_grow(m->arena, t->commands, t->n_commands,
	    sizeof *t->commands);
	t->commands[t->n_commands++] = argv;
}

/* Postfix looks at its new settings before it takes them. */
static void
add_commands(struct making *m, const struct step *step)
{
	bool checked = false;

	for (size_t i = 0; i < step->n_changes; i++) {
		const char *text = step->changes[i].text;
		const struct runnable *runnable =
		    change_runs(&step->changes[i]);

		if (runnable == NULL)
			continue;
		if (!checked && strncmp(text, "postfix ", 8) == 0) {
			checked = true;
			if (strcmp(text, "postfix check") != 0) {
				m->check = m->transaction->n_commands;
				add_command(m, runnable, "postfix check");
				m->has_check = true;
			}
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

/* All but what postconf(1) is to do. */
static bool
make_files(struct making *m, const struct step *step)
{
	bool done = making_settings(m, step);

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
	return done;
}

/* Postfix does it for root only. */
static void
drop_check(struct making *m)
{
	struct transaction *t = m->transaction;

	t->n_commands--;
	for (size_t i = m->check; i < t->n_commands; i++)
		t->commands[i] = t->commands[i + 1];
}

static bool
is_permitted(const struct transaction *t)
{
	struct str why;
	bool permitted;

	str_init(&why, PATH_MAX);
	permitted = transaction_permitted(t, &why);
	str_free(&why);
	return permitted;
}

static bool
has_control(const char *name)
{
	for (; *name != '\0'; name++)
		if ((unsigned char)*name < ' ' || *name == 0x7f)
			return true;
	return false;
}

/* The journal, and whoever reads along, could not tell such a name from a line
 * end. */
static bool
has_plain_names(struct making *m)
{
	const struct transaction *t = m->transaction;
	const char *strange = NULL;

	for (size_t i = 0; i < t->n_files; i++)
		if (has_control(t->files[i].path))
			strange = t->files[i].path;
	for (size_t i = 0; i < t->n_folders; i++)
		if (has_control(t->folders[i].path))
			strange = t->folders[i].path;
	if (strange != NULL)
		str_addf(m->err, _("The name %s has control characters in it; "
		    "such a file has to be changed by hand."),
		    text_safe(m->arena, strange));
	return strange == NULL;
}

/* The changed settings, before the other files. */
static bool
put_together(struct making *m)
{
	struct transaction *t = m->transaction;
	const struct file_change *others = t->files;
	size_t n_others = t->n_files;

	t->files = NULL;
	t->n_files = 0;
	for (size_t i = 0; i < 2; i++)
		if (m->settings[i].changed)
			*making_add_file(m) = m->settings[i].file;
	for (size_t i = 0; i < n_others; i++)
		*making_add_file(m) = others[i];
	if (m->has_check && geteuid() != 0 && is_permitted(t))
		drop_check(m);
	if (t->n_files == 0)
		str_adds(m->err, _("All of this is set already; there is "
		    "nothing to change."));
	return t->n_files != 0 && has_plain_names(m);
}

struct making *
transaction_begin(struct arena *arena, const struct step *step,
    const struct postfix *postfix, struct str *err)
{
	const char *temporary = getenv("TMPDIR");
	char *scratch = arena_printf(arena, "%s/whybounce.XXXXXX",
	    temporary != NULL && *temporary == '/' ? temporary : "/tmp");
	struct making *m = arena_alloc(arena, sizeof *m);

	*m = (struct making){
		.arena = arena, .postfix = postfix, .err = err,
		.transaction = arena_alloc(arena, sizeof *m->transaction),
		.state = MAKING_FAILED,
	};
	m->transaction->title = arena_strdup(arena, step->title);
	if (mkdtemp(scratch) == NULL) {     /* mode 0700 */
		str_addf(err, _("A folder for copies cannot be made: %s."),
		    strerror(errno));
		return m;
	}
	m->scratch = scratch;
	if (make_files(m, step))
		m->state = making_settings_io(m);
	return m;
}

bool
transaction_io(struct making *m)
{
	if (m->state == MAKING_GOES_ON)
		m->state = making_settings_io(m);
	return m->state == MAKING_GOES_ON;
}

size_t
transaction_poll(const struct making *m, struct pollfd fds[TRANSACTION_FDS],
    int *timeout)
{
	if (m->run != NULL)
		return run_poll(m->run, fds, timeout);
	*timeout = 0;
	return 0;
}

struct transaction *
transaction_end(struct making **making)
{
	struct making *m = *making;
	bool done;

	*making = NULL;
	run_close(&m->run);
	if (m->scratch != NULL)
		remove_scratch(m);
	done = m->state == MAKING_DONE && put_together(m);
	return done ? m->transaction : NULL;
}

struct transaction *
transaction_make(struct arena *arena, const struct step *step,
    const struct postfix *postfix, struct str *err)
{
	struct making *making = transaction_begin(arena, step, postfix, err);

	while (transaction_io(making))
		(void)run_wait(making->run);
	return transaction_end(&making);
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
