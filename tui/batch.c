/* SPDX-License-Identifier: ISC
 * Knows how a diagnosis is run to its end and reported; hides Ctrl-C and the
 * order of reading, looking, recording, printing. */
#include "config.h"

#include "tui/batch.h"

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/i18n.h"
#include "engine/world/file_write.h"
#include "engine/report/report_json.h"
#include "engine/report/report_text.h"
#include "tui/output.h"

#define REPORT_MAX ((size_t)64 << 20)

/* Set by Ctrl-C: the looking ends, what is known is printed. */
static volatile int interrupted;

static void
interrupt(int signal_number)
{
	(void)signal_number;
	interrupted = 1;
}

void
batch_complain_no_bounce(const char *file, bool not_bounce)
{
	if (not_bounce)
		output_complain(_("%s: not a bounce: a success notice, an "
		    "automatic reply or the like"), file);
	else
		output_complain(_("%s: no bounce found in it"), file);
}

int
batch_print(struct str *out, int status)
{
	bool whole = !out->cut;
	bool written = output_write(out->text, out->len);

	str_free(out);
	if (!written)
		return EXIT_CANNOT_WRITE;
	if (!whole) {
		output_complain(_("the report is too long"));
		return EXIT_OUR_FAULT;
	}
	return status;
}

int
batch_record_text(const char *file, const struct str *facts, int status)
{
	struct str err;
	bool done;

	str_init(&err, 1024);
	done = file_write(file, facts->text, facts->len, &err);
	if (!done)
		output_complain("%s: %s", file, err.text);
	str_free(&err);
	return done ? status : EXIT_CANNOT_WRITE;
}

int
batch_record(const struct options *options,
    const struct diagnosis *diagnosis, int status)
{
	struct str facts;

	if (options->record_facts == NULL)
		return status;
	str_init(&facts, REPORT_MAX);
	diagnosis_record(diagnosis, &facts);
	status = batch_record_text(options->record_facts, &facts, status);
	str_free(&facts);
	return status;
}

struct diagnosis *
batch_new_diagnosis(const struct options *options, int *status)
{
	struct diagnosis *diagnosis;
	struct str err;

	str_init(&err, 4096);
	diagnosis = diagnosis_new(&options->look, &err);
	output_complain_lines(err.text);
	str_free(&err);
	*status = EXIT_UNREADABLE;
	return diagnosis;
}

/* The second Ctrl-C ends the program as usual. */
static void
run(struct diagnosis *diagnosis)
{
	struct sigaction action, before;

	memset(&action, 0, sizeof action);
	action.sa_handler = interrupt;
	action.sa_flags = (int)SA_RESETHAND;
	sigaction(SIGINT, &action, &before);
	diagnosis_run(diagnosis, &interrupted);
	sigaction(SIGINT, &before, NULL);
}

static void
print_report(const struct options *options,
    const struct diagnosis *diagnosis, const char *file,
    const struct casefile *saved, struct str *out)
{
	struct arena *arena = arena_new();
	struct case_step steps[CASEFILE_STEPS_MAX];
	struct report report = {
		.bounces = diagnosis_bounces(diagnosis),
		.bounce = diagnosis_bounce(diagnosis),
		.received = diagnosis_received(diagnosis),
		.findings = diagnosis_findings(diagnosis),
		.plan = diagnosis_plan(diagnosis),
		.facts = diagnosis_facts(diagnosis),
		.recording = diagnosis_recording(diagnosis),
		.file = file,
		.stopped = interrupted != 0
	};

	if (saved != NULL) {
		report.case_name = saved->name;
		report.case_saved = saved->saved;
		report.steps = steps;
		report.n_steps = casefile_merge(arena, saved->steps,
		    saved->n_steps, report.plan, interrupted == 0 &&
		    report.findings->n_unknown == 0, steps);
	}
	if (options->json)
		report_json(&report, out);
	else
		report_text(arena, &report, out);
	arena_free(&arena);
}

int
batch_look_and_report(const struct options *options,
    struct diagnosis *diagnosis, const char *file,
    const struct casefile *saved)
{
	struct str out;
	int status;

	run(diagnosis);
	str_init(&out, REPORT_MAX);
	print_report(options, diagnosis, file, saved, &out);
	status = batch_print(&out, diagnosis_exit_status(diagnosis));
	return batch_record(options, diagnosis, status);
}

/* Look, record, report. FILE is the bounce's, NULL when there is none. */
static int
look_and_report(const struct options *options, struct diagnosis *diagnosis,
    const char *file)
{
	return batch_look_and_report(options, diagnosis, file, NULL);
}

/* Nothing to look for: the JSON object says so, too. */
static int
report_no_bounce(const struct options *options, const char *file,
    const struct diagnosis *diagnosis)
{
	static const struct bounces none;
	const struct bounces *bounces = diagnosis_bounces(diagnosis);
	const struct report report = {
		.bounces = bounces != NULL ? bounces : &none, .file = file
	};
	struct str out;

	batch_complain_no_bounce(file, report.bounces->not_bounce);
	if (!options->json)
		return EXIT_NO_BOUNCE;
	str_init(&out, REPORT_MAX);
	report_json(&report, &out);
	return batch_print(&out, EXIT_NO_BOUNCE);
}

static int
diagnose_input(const struct options *options, struct diagnosis *diagnosis,
    const char *file)
{
	struct maillog *log;
	struct str text, to;
	int status = EXIT_UNREADABLE;
	bool done;

	str_init(&text, BOUNCE_INPUT_MAX);
	str_init(&to, 1024);
	done = batch_load(file, &text, &log);
	if (log != NULL)
		done = batch_load_newest(file, log, &text, &to);
	if (done && diagnosis_read(diagnosis, file, text.text, text.len) == 0) {
		status = report_no_bounce(options, file, diagnosis);
	} else if (done) {
		diagnosis_choose(diagnosis, bounces_find(
		    diagnosis_bounces(diagnosis), to.text));
		status = look_and_report(options, diagnosis, file);
	}
	str_free(&to);
	str_free(&text);
	return status;
}

int
batch_diagnose(const struct options *options)
{
	const char *file = options->operands.n > 0 ?
	    options->operands.items[0] : NULL;
	struct diagnosis *diagnosis;
	int status;

	diagnosis = batch_new_diagnosis(options, &status);
	if (diagnosis == NULL)
		return status;
	/* a recording brings its own bounce */
	if (file == NULL && diagnosis_recording(diagnosis)->bounce != NULL)
		status = look_and_report(options, diagnosis,
		    options->look.replay_file);
	else
		status = diagnose_input(options, diagnosis,
		    file != NULL ? file : "-");
	diagnosis_free(&diagnosis);
	return status;
}

int
batch_check(const struct options *options)
{
	struct diagnosis *diagnosis;
	int status;

	diagnosis = batch_new_diagnosis(options, &status);
	if (diagnosis == NULL)
		return status;
	status = look_and_report(options, diagnosis, NULL);
	diagnosis_free(&diagnosis);
	return status;
}

static int
list_demos(bool json)
{
	struct arena *arena = arena_new();
	struct str out;

	str_init(&out, REPORT_MAX);
	for (size_t i = 0; demo_id(i) != NULL; i++) {
		if (json)
			report_json_case(demo_id(i), demo_title(arena, i),
			    &out);
		else
			str_addf(&out, "%-4s%s\n", demo_id(i),
			    demo_title(arena, i));
	}
	arena_free(&arena);
	return batch_print(&out, EXIT_NOTHING_WRONG);
}

int
batch_demo(const struct options *options)
{
	struct diagnosis *diagnosis;
	int status;

	if (options->look.demo == NULL)
		return list_demos(options->json);
	diagnosis = batch_new_diagnosis(options, &status);
	if (diagnosis == NULL)
		return status;
	status = look_and_report(options, diagnosis, options->look.demo);
	diagnosis_free(&diagnosis);
	return status;
}
