/* SPDX-License-Identifier: ISC
 * explain: what each bounce in the inputs means, from its text alone. Hides
 * which inputs hold many messages. */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "engine/base/i18n.h"
#include "engine/bounce/classes.h"
#include "engine/maillog/log_join.h"
#include "engine/report/report_json.h"
#include "engine/report/report_text.h"
#include "tui/batch.h"
#include "tui/load.h"
#include "tui/output.h"

#define OUTPUT_MAX ((size_t)64 << 20)

struct explaining {
	const struct options *options;
	const struct rules *rules;
	bool several;          /* the file's name is worth showing */
	bool not_bounce;       /* in this input: a notice was among it */
	bool unreadable, unwritable;
	size_t n_here;         /* bounces in this input */
	size_t n_all;
	size_t *by_class;
	struct str out;
};

static void
count_class(struct explaining *e, const char *id)
{
	for (size_t i = 0; i < class_count(); i++)
		if (strcmp(class_at(i)->id, id) == 0)
			e->by_class[i]++;
}

/* Print what was gathered, so that it need not be kept. */
static void
flush(struct explaining *e)
{
	if (!e->unwritable)
		e->unwritable = !output_write(e->out.text, e->out.len);
	str_clear(&e->out);
}

static void
explain_message(struct explaining *e, const char *file, const char *text,
    size_t len)
{
	struct arena *arena = arena_new();
	struct bounces bounces;

	bounce_read(arena, e->rules, file, text, len, &bounces);
	for (size_t i = 0; i < bounces.n; i++) {
		if (e->options->json)
			report_json_bounce(&bounces.list[i], &e->out);
		else
			report_text_bounce(&bounces.list[i], e->several,
			    &e->out);
		count_class(e, bounces.list[i].class_id);
	}
	e->n_here += bounces.n;
	e->not_bounce |= bounces.not_bounce;
	arena_free(&arena);
	flush(e);
}

struct explaining_log {
	struct explaining *explaining;
	const char *file;
};

static void
explain_logged(void *arg, const char *text, size_t len)
{
	const struct explaining_log *log = arg;

	if (!log->explaining->unwritable)
		explain_message(log->explaining, log->file, text, len);
}

/* Read LOG, which is FILE, to its end and close it. */
static void
explain_log(struct explaining *e, const char *file, struct maillog *log)
{
	struct explaining_log explaining = { e, file };
	struct log_join *join = log_join_new(explain_logged, &explaining);
	enum maillog_state state = MAILLOG_LINES;
	struct str err;
	const char *text;
	size_t len;

	str_init(&err, 1024);
	while (state == MAILLOG_LINES && !e->unwritable) {
		state = maillog_next(log, &text, &len, &err);
		log_join_add(join, text, len);
	}
	log_join_end(join);
	if (err.len != 0)
		output_complain("%s: %s", file, err.text);
	e->unreadable |= state == MAILLOG_FAULT;
	str_free(&err);
	log_join_free(&join);
	maillog_close(&log);
}

static void
explain_file(struct explaining *e, const char *file)
{
	struct maillog *log;
	struct str text;
	size_t start = 0;

	str_init(&text, BOUNCE_INPUT_MAX);
	if (!batch_load(file, &text, &log))
		e->unreadable = true;
	else if (log != NULL)
		explain_log(e, file, log);
	else
		do {
			size_t end = load_message_end(text.text, text.len,
			    start);

			explain_message(e, file, text.text + start,
			    end - start);
			start = end;
		} while (start < text.len && !e->unwritable);
	str_free(&text);
}

static void
explain_maildir(struct explaining *e, const char *path)
{
	struct arena *arena = arena_new();
	const char *const *files;
	struct str err;

	str_init(&err, 1024);
	files = load_maildir(arena, path, &err);
	if (files == NULL) {
		output_complain("%s: %s", path, err.text);
		e->unreadable = true;
	}
	e->several = true;
	for (size_t i = 0; files != NULL && files[i] != NULL; i++)
		if (!e->unwritable)
			explain_file(e, files[i]);
	str_free(&err);
	arena_free(&arena);
}

/* One operand. */
static void
explain_input(struct explaining *e, const char *file)
{
	bool unreadable_before = e->unreadable;

	e->n_here = 0;
	e->not_bounce = false;
	e->unreadable = false;
	if (strcmp(file, "-") != 0 && load_is_directory(file))
		explain_maildir(e, file);
	else
		explain_file(e, file);
	if (e->n_here == 0 && !e->unreadable) {
		batch_complain_no_bounce(file, e->not_bounce);
		if (e->options->json)
			report_json_no_bounce(file, e->not_bounce, &e->out);
	}
	e->unreadable |= unreadable_before;
	e->n_all += e->n_here;
	flush(e);
}

/* "7 bounces: 5 unauth, 2 rcpt_unknown" */
static void
summarise(struct explaining *e)
{
	const char *separator = ": ";

	if (e->options->json || e->n_all < 2)
		return;
	str_addf(&e->out, P_("%zu bounce", "%zu bounces", e->n_all), e->n_all);
	for (size_t i = 0; i < class_count(); i++) {
		if (e->by_class[i] == 0)
			continue;
		str_addf(&e->out, "%s%zu %s", separator, e->by_class[i],
		    class_at(i)->id);
		separator = ", ";
	}
	str_addc(&e->out, '\n');
	flush(e);
}

static int
explain_all(struct explaining *e)
{
	const struct option_list *files = &e->options->operands;

	if (files->n == 0)
		explain_input(e, "-");
	for (size_t i = 0; i < files->n && !e->unwritable; i++)
		explain_input(e, files->items[i]);
	summarise(e);
	if (e->unwritable)
		return EXIT_CANNOT_WRITE;
	if (e->unreadable)
		return EXIT_UNREADABLE;
	/* that there are bounces is why it was called: no problem of ours */
	return e->n_all > 0 ? EXIT_NOTHING_WRONG : EXIT_NO_BOUNCE;
}

int
batch_explain(const struct options *options)
{
	struct explaining e = {
		.options = options,
		.several = options->operands.n > 1
	};
	struct arena *arena = arena_new();
	struct str err;
	int status;

	str_init(&err, 4096);
	str_init(&e.out, OUTPUT_MAX);
	e.by_class = arena_array(arena, class_count() + 1, sizeof *e.by_class);
	e.rules = rules_load(arena, RULES_DIRECTORY, options->look.rules_file,
	    &err);
	output_complain_lines(err.text);
	status = explain_all(&e);
	str_free(&e.out);
	str_free(&err);
	arena_free(&arena);
	return status;
}
