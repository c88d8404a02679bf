/* SPDX-License-Identifier: ISC
 * This system's Postfix: the file, and what postconf(1) says. Hides what may
 * be missing: the file, the permission, the program. */
#include "config.h"

#include "engine/world/postfix.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/world/child.h"
#include "engine/world/file.h"
#include "engine/world/postfix_parts.h"
#include "engine/world/run.h"

#define POSTCONF_OUT_MAX ((size_t)1 << 20)
/* Postfix' programs wait two seconds while main.cf is younger than that: it
 * might still be written. */
#define POSTCONF_MS 5000
#define FATAL_SHOWN 300
#define DISAGREEMENTS_MAX 50

/* A main.cf that is being read: postconf says first what the defaults are, then
 * what it makes of the file. */
struct postfix_asking {
	const char *program;                /* NULL: it is not asked */
	struct run *run;
	struct postfix_rows explicit_rows;  /* of main.cf */
	bool settled;                       /* all is read; compared is left */
};

static bool
same_text(const char *a, size_t len, const char *b)
{
	return strncmp(a, b, len) == 0 && b[len] == '\0';
}

/* "name = value" lines: call TAKE for each. */
static void
each_line(struct postfix *postfix, const struct str *text,
    void (*take)(struct postfix *postfix, const char *name, size_t name_len,
	const char *value, size_t value_len))
{
	const char *at = text->text;

	while (*at != '\0') {
		size_t len = strcspn(at, "\n");
		const char *equals = memchr(at, '=', len);
		size_t name, value;

		if (equals != NULL) {
			name = (size_t)(equals - at);
			while (name > 0 && at[name - 1] == ' ')
				name--;
			value = (size_t)(equals - at) + 1;
			while (value < len && at[value] == ' ')
				value++;
			if (name > 0)
				take(postfix, at, name, at + value,
				    len - value);
		}
		at += len + (at[len] == '\n');
	}
}

static void
take_default(struct postfix *postfix, const char *name, size_t name_len,
    const char *value, size_t value_len)
{
	struct postfix_value row = { .origin = POSTFIX_DEFAULT };

	/* those two are made from main.cf's own values, not from the build */
	if (same_text(name, name_len, "myhostname") ||
	    same_text(name, name_len, "mydomain"))
		return;
	row.name = arena_strndup(postfix->arena, name, name_len);
	row.raw = arena_strndup(postfix->arena, value, value_len);
	if (strcmp(row.name, "mail_version") == 0)
		postfix->version = row.raw;
	postfix_rows_add(&postfix->rows, row);
}

/* Start "postconf -c DIR OPTION FURTHER". */
static void
ask(struct postfix *postfix, const char *option, const char *further)
{
	const char *const argv[] = {
		"postconf", "-c", postfix->directory, option, further, NULL
	};
	struct postfix_asking *asking = postfix->asking;

	run_close(&asking->run);
	asking->run = run_start(asking->program, argv, NULL, POSTCONF_MS,
	    POSTCONF_OUT_MAX);
}

/* The sentence behind "fatal:" in what it said, or all of it. */
static void
note_failure(struct postfix *postfix, enum run_state state)
{
	const char *errors = run_errors(postfix->asking->run)->text;
	const char *fatal = strstr(errors, "fatal: ");
	const char *words = fatal != NULL ? fatal + 7 : errors;
	size_t len;

	switch (state) {
	case RUN_GOING:
		postfix_add_note(postfix, _("postconf(1) was stopped before it "
			"ended."));
		break;
	case RUN_DONE:
		break;
	case RUN_CUT:
	case RUN_FAILED:
		len = strcspn(words, "\n");
		postfix_add_note(postfix, _("postconf(1) stops with: %.*s."),
		    (int)(len < FATAL_SHOWN ? len : FATAL_SHOWN), words);
		break;
	case RUN_TIMEOUT:
		postfix_add_note(postfix, _("postconf(1) did not end within "
			"%d seconds."), POSTCONF_MS / 1000);
		break;
	case RUN_NOT_STARTED:
		postfix_add_note(postfix, _("postconf(1) could not be "
			"started."));
		break;
	}
}

/* Equal but for the amount of white space, which postconf(1) evens out and
 * takes away at the beginning. */
static bool
same_words(const char *a, size_t len, const char *b)
{
	static const char blanks[] = " \t\r\n\v\f";
	size_t i = 0;

	while (i < len && strchr(blanks, a[i]) != NULL)
		i++;
	b += strspn(b, blanks);
	for (;;) {
		bool gap_a = false, gap_b = false;

		for (; i < len && strchr(blanks, a[i]) != NULL; i++)
			gap_a = true;
		for (; *b != '\0' && strchr(blanks, *b) != NULL; b++)
			gap_b = true;
		if (i == len || *b == '\0')
			return i == len && *b == '\0';
		if (gap_a != gap_b || a[i] != *b)
			return false;
		i++;
		b++;
	}
}

static void
disagree(struct postfix *postfix, const char *sentence)
{
	if (postfix->n_disagreements >= DISAGREEMENTS_MAX)
		return;
	postfix->disagreements = arena_grow(postfix->arena,
	    postfix->disagreements, postfix->n_disagreements,
	    sizeof *postfix->disagreements);
	postfix->disagreements[postfix->n_disagreements++] = sentence;
}

/* One line of postconf -n: is it what we read? */
static void
compare(struct postfix *postfix, const char *name, size_t name_len,
    const char *value, size_t value_len)
{
	const struct postfix_value *row = postfix_rows_find(&postfix->rows,
	    name, name_len);
	bool expanded = postfix_at_least(postfix, 2, 10);
	const char *ours;

	if (same_text(name, name_len, "config_directory"))
		return;
	if (row == NULL || row->origin != POSTFIX_MAIN_CF) {
		disagree(postfix, arena_printf(postfix->arena,
			_("postconf(1) lists %s, which was not found in "
			"main.cf."),
			text_cleaned(postfix->arena, name, name_len)));
		return;
	}
	ours = expanded ? row->value : row->raw;
	/* a file's content is what it stands for, not what postconf prints */
	if (strcmp(row->name, "myorigin") == 0 && row->raw[0] == '/')
		ours = row->raw;
	if (!same_words(value, value_len, ours))
		disagree(postfix, arena_printf(postfix->arena,
			_("postconf(1) takes %s for \"%s\", main.cf was read "
			"as \"%s\"."),
			text_cleaned(postfix->arena, name, name_len),
			text_cleaned(postfix->arena, value, value_len),
			text_safe(postfix->arena, ours)));
}

static void
note_unreadable(struct postfix *postfix, const char *path, int fault)
{
	if (fault == ENOENT || fault == ENOTDIR) {
		postfix->state = POSTFIX_NOT_HERE;
		postfix_add_note(postfix, _("There is no %s."), path);
	} else {
		postfix->state = POSTFIX_UNREADABLE;
		postfix_add_note(postfix, _("%s cannot be read: %s."), path,
		    fault == EINVAL ? _("it is not a file") : strerror(fault));
	}
}

/* Read the settings; false when there is nothing to go on with. */
static bool
read_main_cf(struct postfix *postfix, const char *path,
    struct postfix_rows *explicit_rows)
{
	struct postfix_faults faults = { .refused = 0 };
	struct str text;
	int fault;
	bool ok = false;

	str_init(&text, POSTFIX_MAIN_CF_MAX);
	fault = file_read(path, &text);
	if (fault != 0) {
		note_unreadable(postfix, path, fault);
	} else {
		postfix->state = POSTFIX_FOUND;
		if (text.cut)
			postfix_add_note(postfix, _("%s is too long; only its "
				"beginning was read."), path);
		ok = postfix_lines_read(explicit_rows, text.text, text.len,
		    path, &faults) > 0 || faults.refused == 0;
		postfix_note_faults(postfix, &faults);
	}
	str_free(&text);
	if (fault == 0 && !ok) {
		postfix->state = POSTFIX_UNREADABLE;
		postfix_add_note(postfix, _("%s has no setting in it; it does "
			"not look like a main.cf."), path);
	}
	return ok;
}

static const char *
own_hostname(struct arena *arena)
{
	char name[HOST_NAME_MAX + 1] = "";

	if (gethostname(name, sizeof name - 1) < 0)
		return NULL;
	return arena_strdup(arena, name);
}

/* The rows of all defaults are in: now those of main.cf, and what follows from
 * both. */
static void
settle(struct postfix *postfix, bool live)
{
	const struct postfix_rows *rows = &postfix->asking->explicit_rows;

	/* what is no main.cf has no master.cf beside it */
	if (postfix->state == POSTFIX_FOUND)
		postfix_master_read(postfix);
	postfix_add_name_defaults(postfix);
	for (size_t i = 0; i < rows->n; i++)
		postfix_rows_add(&postfix->rows, rows->rows[i]);
	postfix_settle(postfix, true);
	postfix_tables_read(postfix, true);
	postfix_files_look(postfix);
	postfix->live = postfix->state == POSTFIX_FOUND && live;
}

static void
finish(struct postfix *postfix)
{
	postfix_close_note(postfix);
	run_close(&postfix->asking->run);
	postfix->asking = NULL;
}

/* postconf -d ended with STATE. True: it can be asked further. */
static bool
take_defaults(struct postfix *postfix, enum run_state state)
{
	if (state == RUN_DONE) {
		each_line(postfix, run_text(postfix->asking->run),
		    take_default);
	} else {
		note_failure(postfix, state);
		postfix_defaults_add(&postfix->rows, NULL);
	}
	settle(postfix, true);
	postfix->asking->settled = true;
	return state == RUN_DONE;
}

/* A run of postconf ended with STATE; RUN_GOING: it is not waited for. */
static void
take(struct postfix *postfix, enum run_state state)
{
	if (!postfix->asking->settled) {
		/* postconf -x came with Postfix 2.10; before it values are
		 * compared as they are written */
		if (take_defaults(postfix, state))
			ask(postfix, "-n", postfix_at_least(postfix, 2, 10) ?
			    "-x" : NULL);
		else
			finish(postfix);
		return;
	}
	if (state == RUN_DONE)
		each_line(postfix, run_text(postfix->asking->run), compare);
	else
		note_failure(postfix, state);
	finish(postfix);
}

struct postfix *
postfix_begin(struct arena *arena, const struct postfix_options *options)
{
	const char *directory = options->directory != NULL ?
	    options->directory : "/etc/postfix";
	struct postfix *postfix = postfix_new(arena, directory);
	struct postfix_asking *asking = arena_alloc(arena, sizeof *asking);
	bool ok;

	asking->explicit_rows.arena = arena;
	postfix->asking = asking;
	ok = read_main_cf(postfix, arena_printf(arena, "%s/main.cf",
		directory), &asking->explicit_rows);
	if (ok)
		postfix->hostname = own_hostname(arena);
	if (ok && options->use_postconf)
		asking->program = options->postconf != NULL ?
		    options->postconf : child_find(arena, "postconf");
	if (asking->program != NULL) {
		ask(postfix, "-d", NULL);
		return postfix;
	}
	if (ok)
		postfix_defaults_add(&postfix->rows, NULL);
	settle(postfix, options->use_postconf);
	finish(postfix);
	return postfix;
}

bool
postfix_is_read(const struct postfix *postfix)
{
	return postfix->asking == NULL;
}

size_t
postfix_begin_poll(const struct postfix *postfix,
    struct pollfd fds[POSTFIX_BEGIN_FDS], int *timeout)
{
	return postfix->asking == NULL ? 0 :
	    run_poll(postfix->asking->run, fds, timeout);
}

bool
postfix_begin_io(struct postfix *postfix)
{
	while (postfix->asking != NULL) {
		enum run_state state = run_io(postfix->asking->run);

		if (state == RUN_GOING)
			return false;
		take(postfix, state);
	}
	return true;
}

void
postfix_begin_stop(struct postfix *postfix)
{
	if (!postfix_begin_io(postfix))
		take(postfix, RUN_GOING);
}

struct postfix *
postfix_read(struct arena *arena, const struct postfix_options *options)
{
	struct postfix *postfix = postfix_begin(arena, options);

	while (!postfix_begin_io(postfix))
		(void)run_wait(postfix->asking->run);
	return postfix;
}
