/* SPDX-License-Identifier: ISC
 * Settings of a transaction: what main.cf and master.cf become. Hides the copy of
 * the configuration on which postconf(1) works, beside the poll loop. */
#include "config.h"

#include "engine/remedy/transaction_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/i18n.h"
#include "engine/base/str.h"
#include "engine/base/text.h"
#include "engine/world/child.h"
#include "engine/world/file.h"
#include "engine/world/file_write.h"

#define WORDS_MAX ((size_t)16 << 10)
#define POSTCONF_MS 10000

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

/* What postconf is told to do with the copy. */
static const char *const *
edit_command(struct making *m, const struct step *step, bool master)
{
	const char **argv = arena_array(m->arena, step->n_changes + 5,
	    sizeof *argv);
	size_t n = 0;

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
	return argv;
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

bool
making_settings(struct making *m, const struct step *step)
{
	if (!step_has_settings(step, false) && !step_has_settings(step, true))
		return true;
	m->postconf = child_find(m->arena, "postconf");
	if (m->postconf == NULL) {
		str_adds(m->err, _("postconf is not on this machine, so the "
		    "settings cannot be changed from here."));
		return false;
	}
	/* postconf -P wants a main.cf beside the master.cf */
	for (int master = 0; master <= step_has_settings(step, true);
	    master++) {
		struct setting_file *s = &m->settings[master];

		if (!read_original(m, master, &s->file) ||
		    !write_copy(m, main_cf_name(master), &s->file))
			return false;
		if (step_has_settings(step, master))
			s->edit = edit_command(m, step, master);
	}
	return true;
}

static void
say_failed(struct making *m)
{
	const struct str *errors = run_errors(m->run);

	str_addf(m->err, _("postconf could not make the change: %s"),
	    errors->len != 0 ? text_safe(m->arena, text_trimmed(m->arena,
	    errors->text, errors->text + errors->len)) :
	    _("it gave no reason."));
}

/* The run for the file EDITING has ended. */
static bool
take_edit(struct making *m)
{
	struct setting_file *s = &m->settings[m->editing];
	bool done = run_io(m->run) == RUN_DONE;

	if (!done)
		say_failed(m);
	run_close(&m->run);
	s->edit = NULL;
	if (!done || !read_copy(m, main_cf_name(m->editing), &s->file))
		return false;
	s->changed = making_is_changed(&s->file);
	return true;
}

enum making_state
making_settings_io(struct making *m)
{
	if (m->run != NULL) {
		if (run_io(m->run) == RUN_GOING)
			return MAKING_GOES_ON;
		if (!take_edit(m))
			return MAKING_FAILED;
	}
	for (size_t i = 0; i < 2; i++) {
		if (m->settings[i].edit == NULL)
			continue;
		m->editing = i;
		m->run = run_start(m->postconf, m->settings[i].edit, NULL,
		    POSTCONF_MS, WORDS_MAX);
		return MAKING_GOES_ON;
	}
	return MAKING_DONE;
}
