/* SPDX-License-Identifier: ISC
 * The diagnosis that the screens look at: making one from a paste, a file, a
 * demo or a domain. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "engine/base/clock.h"
#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/world/dns_name.h"
#include "tui/load.h"
#include "tui/screen.h"

void
session_close(struct app *app)
{
	waits_end(app);
	diagnosis_free(&app->own);
	app->diagnosis = NULL;
	app->started = app->stopped = false;
	arena_free(&app->kept);
	app->kept = arena_new();
	app->saved = (struct casefile){ .name = NULL };
	app->steps_seen = app->resumed = app->is_saved = false;
	str_clear(&app->checking);
	app->step = app->copied = 0;
	app->demo = NULL;
	app->before = NULL;
	trying_stop(app);
	app->paste.read = false;
	free(app->asked_text);
	app->asked_text = NULL;
}

/* The command line's options without what said which bounce to look at. */
static struct diagnosis_options
fresh_options(const struct app *app)
{
	struct diagnosis_options options = *app->options->diagnosis;

	options.demo = NULL;
	options.check_only = false;
	return options;
}

bool
session_new(struct app *app, const struct diagnosis_options *options)
{
	struct str err;
	struct diagnosis *diagnosis;

	str_init(&err, 4096);
	diagnosis = diagnosis_new(options, &err);
	if (diagnosis == NULL)
		app_say(app, "%s", err.text);
	str_free(&err);
	if (diagnosis == NULL)
		return false;
	session_close(app);
	app->asked = *options;
	app->own = app->diagnosis = diagnosis;
	return true;
}

bool
session_paste(struct app *app)
{
	struct diagnosis_options options = fresh_options(app);
	struct paste *paste = &app->paste;

	if (paste->read)
		return true;
	paste->text.len = input_fix_line_ends(paste->text.text,
	    paste->text.len);
	paste->text.text[paste->text.len] = '\0';
	if (!session_new(app, &options))
		return false;
	diagnosis_read(app->diagnosis, "-", paste->text.text, paste->text.len);
	paste->read = true;
	return true;
}

bool
session_text(struct app *app, const char *name, const char *text, size_t len)
{
	struct diagnosis_options options = fresh_options(app);

	if (!session_new(app, &options))
		return false;
	app->asked_text = mem_strdup(name);
	if (diagnosis_read(app->diagnosis, app->asked_text, text, len) != 0)
		return true;
	app_say(app, diagnosis_bounces(app->diagnosis)->not_bounce ?
	    _("%s is a notice, not a bounce: nothing was refused in it.") :
	    _("No bounce was found in %s."), name);
	session_close(app);
	return false;
}

/* Open the regular file NAME. NULL: said why. */
static struct maillog *
open_file(struct app *app, const char *name, bool *is_log)
{
	struct maillog *input = NULL;
	struct stat status;
	struct str err;

	if (stat(name, &status) == 0 && !S_ISREG(status.st_mode)) {
		app_say(app, _("%s is not a file."), name);
		return NULL;
	}
	str_init(&err, 1024);
	input = load_open(name, is_log, &err);
	if (input == NULL)
		app_say(app, "%s: %s", name, err.text);
	str_free(&err);
	return input;
}

void
session_file(struct app *app, const char *name)
{
	bool is_log = false;
	struct maillog *input = open_file(app, name, &is_log);
	struct str text, err;

	if (input == NULL)
		return;
	str_init(&text, BOUNCE_INPUT_MAX);
	str_init(&err, 1024);
	if (is_log) {
		lists_open(app, name);
		app_go(app, &screen_logfile);
	} else if (maillog_rest(input, &text, &err) == MAILLOG_FAULT) {
		app_say(app, "%s: %s", name, err.text);
	} else if (session_text(app, name, text.text, text.len)) {
		app_go(app, &screen_verdict);
	}
	maillog_close(&input);
	str_free(&err);
	str_free(&text);
}

bool
session_demo(struct app *app, size_t index)
{
	struct diagnosis_options options = fresh_options(app);
	const char *id = demo_id(index);
	char *copy;

	if (id == NULL)
		return false;
	copy = mem_strdup(id);
	options.demo = copy;
	options.replay_file = NULL;
	if (!session_new(app, &options)) {
		free(copy);
		return false;
	}
	app->demo = app->asked_text = copy;
	return true;
}

bool
session_domain(struct app *app, const char *domain)
{
	struct diagnosis_options options = fresh_options(app);
	struct arena *arena = arena_new();
	const char *fault = dns_name_fault(arena, domain);
	char *copy;

	if (fault != NULL)
		app_say(app, "%s", fault);
	arena_free(&arena);
	if (fault != NULL)
		return false;
	copy = mem_strdup(domain);
	options.domain = copy;
	options.check_only = true;
	if (!session_new(app, &options)) {
		free(copy);
		return false;
	}
	app->asked_text = copy;
	return true;
}

void
session_look(struct app *app)
{
	if (app->diagnosis == NULL || app->started)
		return;
	app->started = true;
	app->started_at = clock_ms();
	diagnosis_start(app->diagnosis);
}

void
session_afresh(struct app *app)
{
	app->started = app->stopped = false;
	app->saved = (struct casefile){ .name = NULL };
	session_look(app);
}

void
session_again(struct app *app, bool all)
{
	if (app->diagnosis == NULL)
		return;
	app->stopped = false;
	app->started_at = clock_ms();
	if (app->started)
		diagnosis_again(app->diagnosis, all);
	else
		session_look(app);
}

void
session_refresh(struct app *app, const struct change *changes, size_t n)
{
	app->stopped = false;
	app->started_at = clock_ms();
	diagnosis_refresh(app->diagnosis, changes, n);
}

void
session_stop(struct app *app)
{
	if (!session_looking(app))
		return;
	diagnosis_stop(app->diagnosis);
	app->stopped = true;
}

bool
session_looking(const struct app *app)
{
	return app->diagnosis != NULL && app->started &&
	    !diagnosis_done(app->diagnosis);
}

size_t
session_pending(const struct app *app)
{
	size_t wanted;

	if (!session_looking(app))
		return 0;
	wanted = facts_wanted(diagnosis_facts(app->diagnosis));
	return wanted != 0 ? wanted : 1;
}

const struct findings *
session_findings(const struct app *app)
{
	return app->diagnosis != NULL && app->started ?
	    diagnosis_findings(app->diagnosis) : NULL;
}

const struct plan *
session_plan(const struct app *app)
{
	return app->diagnosis != NULL && app->started ?
	    diagnosis_plan(app->diagnosis) : NULL;
}

const struct bounce *
session_bounce(const struct app *app)
{
	return app->diagnosis != NULL ? diagnosis_bounce(app->diagnosis) :
	    NULL;
}

bool
session_is_received(const struct app *app)
{
	return app->diagnosis != NULL &&
	    diagnosis_received(app->diagnosis) != NULL;
}

bool
session_has_message(const struct app *app)
{
	return app->diagnosis != NULL && (session_is_received(app) ||
	    diagnosis_bounces(app->diagnosis)->n != 0);
}
