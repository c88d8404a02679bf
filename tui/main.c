/* SPDX-License-Identifier: ISC
 * The start of the program: the command line, then the wizard or a command.
 * Hides where the wizard's bounce and its keys come from. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/i18n.h"
#include "engine/remedy/apply.h"
#include "tui/app.h"
#include "tui/batch.h"
#include "tui/batch_log.h"
#include "tui/language.h"
#include "tui/options.h"
#include "tui/output.h"

#define HELP_MAX 65536

struct wizard {
	const struct options *options;
	struct app_options app;
	struct diagnosis *diagnosis;
	const char *file;       /* the bounce: a path, "-", or NULL */
	int keys_fd;            /* /dev/tty, or -1: standard input */
	int record_status;
};

static void
record_on_leave(struct diagnosis *diagnosis, void *arg)
{
	struct wizard *wizard = arg;

	if (wizard->options->record_facts != NULL)
		diagnosis_wait(diagnosis);
	wizard->record_status = batch_record(wizard->options, diagnosis,
	    EXIT_NOTHING_WRONG);
}

/* When standard input is the bounce, keys come from the terminal itself. With
 * --plain it may be the answers. */
static bool
open_keys(struct wizard *wizard)
{
	wizard->keys_fd = -1;
	if (isatty(STDIN_FILENO) || (wizard->options->plain &&
	    (wizard->file == NULL || strcmp(wizard->file, "-") != 0)))
		return true;
	wizard->keys_fd = open("/dev/tty", O_RDWR | O_CLOEXEC);
	if (wizard->keys_fd >= 0)
		return true;
	output_complain("/dev/tty: %s", strerror(errno));
	return false;
}

/* The name under which a log can be read more than once; NULL: it cannot. */
static const char *
log_file(const char *file)
{
	struct stat status;

	if (strcmp(file, "-") == 0)
		file = "/dev/stdin";
	return stat(file, &status) == 0 && S_ISREG(status.st_mode) ? file :
	    NULL;
}

/* Take the bounce. A file without one is said here, on the normal screen; an
 * empty pipe only means that the wizard begins at its start. */
static int
take_bounce(struct wizard *wizard, const struct str *text, const char *to)
{
	const struct bounces *bounces;

	if (text->len == 0 && wizard->options->operands.n == 0)
		return EXIT_NOTHING_WRONG;
	wizard->app.first = APP_VERDICT;
	if (diagnosis_read(wizard->diagnosis, wizard->file, text->text,
	    text->len) != 0) {
		diagnosis_choose(wizard->diagnosis, bounces_find(
		    diagnosis_bounces(wizard->diagnosis), to));
		return EXIT_NOTHING_WRONG;
	}
	bounces = diagnosis_bounces(wizard->diagnosis);
	batch_complain_no_bounce(wizard->file, bounces != NULL &&
	    bounces->not_bounce);
	return EXIT_NO_BOUNCE;
}

/* Read the bounce; of a log that can be read again only its name is kept. */
static int
read_bounce(struct wizard *wizard)
{
	struct maillog *log;
	struct str text, to;
	int status = EXIT_UNREADABLE;
	bool done;

	str_init(&text, BOUNCE_INPUT_MAX);
	str_init(&to, 1024);
	done = batch_load(wizard->file, &text, &log);
	if (log != NULL) {
		wizard->app.log_file = log_file(wizard->file);
		if (wizard->app.log_file != NULL)
			maillog_close(&log);
		else
			done = batch_load_newest(wizard->file, log, &text,
			    &to);
	}
	if (wizard->app.log_file != NULL) {
		wizard->app.first = APP_LOG;
		status = EXIT_NOTHING_WRONG;
	} else if (done) {
		status = take_bounce(wizard, &text, to.text);
	}
	str_free(&to);
	str_free(&text);
	return status;
}

/* The diagnosis that the wizard opens with; a saved case brings its own.
 * Returns an exit status. */
static int
prepare(struct wizard *wizard)
{
	const struct recording *recording;
	int status;

	if (wizard->app.resume != NULL)
		return EXIT_NOTHING_WRONG;
	wizard->diagnosis = batch_new_diagnosis(wizard->options, &status);
	if (wizard->diagnosis == NULL)
		return status;
	recording = diagnosis_recording(wizard->diagnosis);
	if (recording->bounce != NULL)
		wizard->app.first = APP_VERDICT;
	if (wizard->options->look.demo != NULL)
		wizard->app.demo_title = recording->title;
	return wizard->file != NULL ? read_bounce(wizard) :
	    EXIT_NOTHING_WRONG;
}

/* Open the wizard; the terminal on standard output is there. */
static int
run_wizard(struct wizard *wizard)
{
	int status = prepare(wizard);

	if (status == EXIT_NOTHING_WRONG) {
		wizard->app.keys_fd = wizard->keys_fd;
		status = app_run(wizard->diagnosis, &wizard->app);
	}
	diagnosis_free(&wizard->diagnosis);
	return wizard->record_status != EXIT_NOTHING_WRONG ?
	    wizard->record_status : status;
}

/* A change on this server that an earlier run could not finish. */
static void
finish_interrupted(bool dry_run)
{
	struct str said;

	str_init(&said, HELP_MAX);
	apply_recover_any(dry_run, &said);
	output_complain_lines(said.text);
	str_free(&said);
}

static int
open_wizard(const struct options *options, const char *file,
    const char *resume)
{
	struct wizard wizard = {
		.options = options, .file = file,
		.app = {
			.first = APP_START, .diagnosis = &options->look,
			.notice = options->notice, .resume = resume,
			.plain = options->plain,
			.leave = record_on_leave
		}
	};
	int status;

	wizard.app.leave_arg = &wizard;
	finish_interrupted(options->look.dry_run);
	if (!open_keys(&wizard))
		return EXIT_UNREADABLE;
	status = run_wizard(&wizard);
	if (wizard.keys_fd >= 0)
		close(wizard.keys_fd);
	return status;
}

/* Will this end in open_wizard()? */
static bool
opens_wizard(const struct options *options)
{
	return (options->command == COMMAND_WIZARD ||
	    options->command == COMMAND_DEMO ||
	    options->command == COMMAND_RESUME) && !options->json &&
	    !options->help && !options->version &&
	    (options->plain || isatty(STDOUT_FILENO));
}

/* No command: the wizard where there is a terminal, else the report. */
static int
without_command(const struct options *options)
{
	const char *file = options->operands.n > 0 ?
	    options->operands.items[0] : NULL;

	if (file == NULL && !isatty(STDIN_FILENO) && !options->plain &&
	    options->look.replay_file == NULL)
		file = "-";
	if (opens_wizard(options))
		return open_wizard(options, file, NULL);
	if (file == NULL && options->look.replay_file == NULL) {
		output_complain("%s", _("the wizard needs a terminal; name a "
		    "command or a bounce ('whybounce --help')"));
		return EXIT_USAGE;
	}
	return batch_diagnose(options);
}

static bool
is_demo(const char *id)
{
	for (size_t i = 0; demo_id(i) != NULL; i++)
		if (strcmp(demo_id(i), id) == 0)
			return true;
	return false;
}

static int
demo(const struct options *options)
{
	const char *id = options->look.demo;

	if (id != NULL && !is_demo(id)) {
		output_complain(_("'%s' is not a demo case ('whybounce demo' "
		    "lists them)"), id);
		return EXIT_USAGE;
	}
	if (opens_wizard(options))
		return open_wizard(options, NULL, NULL);
	return batch_demo(options);
}

/* What is wrong with the case is said before the screen opens. */
static int
resume(const struct options *options)
{
	struct arena *arena;
	struct casefile saved;
	int status = EXIT_UNREADABLE;

	if (!opens_wizard(options))
		return batch_resume(options);
	arena = arena_new();
	if (batch_load_case(options, arena, &saved))
		status = open_wizard(options, NULL, saved.name);
	arena_free(&arena);
	return status;
}

static int
run_command(const struct options *options)
{
	switch (options->command) {
	case COMMAND_WIZARD:
		return without_command(options);
	case COMMAND_EXPLAIN:
		return batch_explain(options);
	case COMMAND_DIAGNOSE:
		return batch_diagnose(options);
	case COMMAND_CHECK:
		return batch_check(options);
	case COMMAND_LOG:
		return batch_log(options);
	case COMMAND_SPF:
		return batch_spf(options);
	case COMMAND_DEMO:
		return demo(options);
	case COMMAND_FACTS:
		return batch_facts(options);
	case COMMAND_UNDO:
		return batch_undo(options);
	case COMMAND_APPLY:
		return batch_apply(options);
	case COMMAND_RESUME:
		return resume(options);
	}
	return EXIT_OUR_FAULT;
}

static int
print_help(bool version)
{
	struct str out;

	str_init(&out, HELP_MAX);
	if (version)
		str_adds(&out, PACKAGE_NAME " " PACKAGE_VERSION "\n");
	else
		options_help(&out);
	return batch_print(&out, EXIT_NOTHING_WRONG);
}

/* What --lang asks for. What cannot be had is said once: by the wizard on its
 * first screen, by the other commands here, unless a program reads along. */
static void
choose_language(struct arena *arena, struct options *options)
{
	const char *notice;

	if (options->lang == NULL)
		notice = language_complaint(arena);
	else
		notice = language_set(options->lang) ? NULL :
		    arena_printf(arena, _("the character set of this "
		    "terminal, %s, cannot show '--lang %s'; this is English"),
		    language_charset(), options->lang);
	if (opens_wizard(options))
		options->notice = notice;
	else if (notice != NULL && !options->json)
		output_complain("%s", notice);
}

/* What is wrong is said in the language that was asked for before it. */
static bool
parse(struct arena *arena, int argc, char **argv, struct options *options,
    struct str *err)
{
	if (options_parse(arena, argc, argv, options, err))
		return true;
	if (options->lang == NULL || !language_set(options->lang))
		return false;
	str_clear(err);
	return options_parse(arena, argc, argv, options, err);
}

int
main(int argc, char **argv)
{
	struct options options;
	struct arena *arena;
	struct str err;
	int status = EXIT_USAGE;

	output_prepare();
	arena = arena_new();
	str_init(&err, 4096);
	if (!parse(arena, argc, argv, &options, &err))
		output_complain("%s", err.text);
	else {
		choose_language(arena, &options);
		status = options.help || options.version ?
		    print_help(!options.help) : run_command(&options);
	}
	str_free(&err);
	arena_free(&arena);
	return status;
}
