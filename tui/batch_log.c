/* SPDX-License-Identifier: ISC
 * log: mail logs by class. Knows what is told while it reads; hides Ctrl-C and
 * the line of progress. */
#include "config.h"

#include "tui/batch_log.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/clock.h"
#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/maillog/log_summary.h"
#include "engine/report/report_log.h"
#include "engine/world/maillog.h"
#include "tui/batch.h"
#include "tui/output.h"

#define OUTPUT_MAX ((size_t)64 << 20)
#define PROGRESS_MS 200
#define PROGRESS_COLUMNS 78

/* Set by Ctrl-C: the reading ends, what is known is printed. */
static volatile sig_atomic_t interrupted;

struct logging {
	const struct options *options;
	struct log_summary *summary;
	unsigned long long bytes;      /* of the logs before this one */
	bool unreadable, any_mail;
	bool terminal;                 /* progress is shown */
	bool shown;                    /* a line of it stands there */
	long long began_ms, shown_ms;
};

static void
interrupt(int signal_number)
{
	(void)signal_number;
	interrupted = 1;
}

/* Put LINE where the last one stood. */
static void
show_line(struct logging *l, const char *line)
{
	fprintf(stderr, "\r%-*.*s\r%s", PROGRESS_COLUMNS, PROGRESS_COLUMNS,
	    "", line);
	fflush(stderr);
	l->shown = line[0] != '\0';
}

static void
hide_progress(struct logging *l)
{
	if (l->shown)
		show_line(l, "");
}

/* "mail.log: 120 of 200 MB (60 %), 850 MB/s" */
static void
show_progress(struct logging *l, const struct maillog *log)
{
	struct maillog_progress progress = maillog_progress(log);
	long long now = clock_ms();
	const char *name = strrchr(maillog_name(log), '/');
	struct str line;

	if (!l->terminal || now - l->shown_ms < PROGRESS_MS)
		return;
	l->shown_ms = now;
	str_init(&line, PROGRESS_COLUMNS);
	name = name != NULL ? name + 1 : maillog_name(log);
	text_clean(&line, name, strnlen(name, 24), false);
	if (progress.size != 0)
		str_addf(&line, ": %llu/%llu MB (%llu %%)",
		    progress.read / 1000000, progress.size / 1000000,
		    progress.read * 100 / progress.size);
	else
		str_addf(&line, ": %llu MB", progress.read / 1000000);
	str_addf(&line, ", %llu MB/s", (l->bytes + progress.text) / 1000 /
	    (unsigned long long)(now - l->began_ms + 1));
	show_line(l, line.text);
	str_free(&line);
}

static void
complain(struct logging *l, const struct maillog *log, const char *why)
{
	hide_progress(l);
	output_complain("%s: %s", maillog_name(log), why);
}

/* Read LOG to its end, and free it. */
static void
read_log(struct logging *l, struct maillog *log)
{
	enum maillog_state state = MAILLOG_LINES;
	const char *text;
	struct str err;
	size_t len;

	str_init(&err, 2048);
	log_summary_begin(l->summary, maillog_time(log));
	while (state == MAILLOG_LINES && !interrupted) {
		state = maillog_next(log, &text, &len, &err);
		if (state == MAILLOG_LINES && len != 0)
			log_summary_add(l->summary, text, len);
		show_progress(l, log);
	}
	l->bytes += maillog_progress(log).text;
	if (state == MAILLOG_FAULT)
		l->unreadable = true;
	if (state == MAILLOG_FAULT || state == MAILLOG_CUT)
		complain(l, log, err.text);
	else if (!interrupted && !log_summary_is_mail(l->summary))
		complain(l, log, _("no mail log lines in it"));
	l->any_mail = l->any_mail || log_summary_is_mail(l->summary);
	str_free(&err);
	hide_progress(l);
	maillog_close(&log);
}

static void
read_file(struct logging *l, const char *file)
{
	struct maillog *log;
	struct str err;

	str_init(&err, 2048);
	log = maillog_open(file, &err);
	if (log == NULL) {
		output_complain("%s: %s", file, err.text);
		l->unreadable = true;
	}
	str_free(&err);
	if (log != NULL)
		read_log(l, log);
}

static void
read_host_log(struct logging *l)
{
	struct maillog *log;
	struct str err;

	str_init(&err, 2048);
	log = maillog_open_host(maillog_host_files, maillog_journals, &err);
	if (log == NULL) {
		output_complain("%s", err.text);
		l->unreadable = true;
	}
	str_free(&err);
	if (log != NULL)
		read_log(l, log);
}

/* The second Ctrl-C ends the program as usual. */
static void
read_all(struct logging *l)
{
	const struct option_list *files = &l->options->operands;
	struct sigaction action, before;

	memset(&action, 0, sizeof action);
	action.sa_handler = interrupt;
	action.sa_flags = (int)SA_RESETHAND;
	sigaction(SIGINT, &action, &before);
	if (files->n == 0)
		read_host_log(l);
	for (size_t i = 0; i < files->n && !interrupted; i++)
		read_file(l, files->items[i]);
	sigaction(SIGINT, &before, NULL);
}

static int
report(const struct logging *l)
{
	struct log_result result;
	struct str out;
	int status = EXIT_NOTHING_WRONG;

	log_summary_result(l->summary, &result);
	str_init(&out, OUTPUT_MAX);
	if (l->options->json)
		report_json_log(&result, l->bytes, interrupted, &out);
	else if (l->any_mail)
		report_text_log(&result, l->bytes, interrupted, &out);
	if (result.n_classes != 0)
		status = EXIT_PROBLEM;
	if (l->unreadable)
		status = EXIT_UNREADABLE;
	else if (!l->any_mail && !interrupted)
		status = EXIT_NO_BOUNCE;
	return batch_print(&out, status);
}

int
batch_log(const struct options *options)
{
	struct logging l = { .options = options,
		.terminal = isatty(STDERR_FILENO), .began_ms = clock_ms() };
	const struct rules *rules;
	struct arena *arena = arena_new();
	enum log_by by = LOG_BY_NOTHING;
	struct str err;
	int status;

	l.shown_ms = l.began_ms;
	str_init(&err, 4096);
	rules = rules_load(arena, RULES_DIRECTORY, options->look.rules_file,
	    &err);
	output_complain_lines(err.text);
	if (options->by != NULL && !log_by_find(options->by, &by)) {
		status = EXIT_OUR_FAULT;    /* options.c has looked at it */
	} else {
		l.summary = log_summary_new(rules, by);
		read_all(&l);
		status = report(&l);
		log_summary_free(&l.summary);
	}
	str_free(&err);
	arena_free(&arena);
	return status;
}
