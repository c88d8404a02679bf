/* SPDX-License-Identifier: ISC
 * One line typed by the user: the name of a file, a domain, where to save the
 * report. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/world/file_write.h"
#include "engine/report/report_text.h"
#include "tui/screen.h"

static const struct {
	const char *title, *explain, *label;
} questions[] = {
	[ASK_FILE] = {
		N_("Open a file"),
		N_("Type the name of a file with the bounce in it: a saved "
		    "mail, an mbox, a message from a Maildir, a mail log, or "
		    "any text."),
		N_("File")
	},
	[ASK_DOMAIN] = {
		N_("Check a server"),
		N_("Type the domain that this server sends mail for. whybounce "
		    "looks at DNS and at this server's Postfix and says "
		    "whether receivers will accept its mail."),
		N_("Domain")
	},
	[ASK_REPORT] = {
		N_("Save the report"),
		N_("Type the name of the file to write. A file of that name is "
		    "replaced."),
		N_("File")
	},
	[ASK_REASON] = {
		N_("Skip this step"),
		N_("Why? The reason stays in the report and in the saved "
		    "case, for whoever reads it later. Enter alone gives "
		    "none."),
		N_("Reason")
	},
	[ASK_INPUT] = {
		N_("Who else sends?"),
		N_("Type the address of another server that sends with this "
		    "domain, or a service that does, such as a newsletter tool, "
		    "a web shop or Microsoft 365: its name, or the domain of "
		    "its SPF include. The record is made anew, with it."),
		N_("Sender")
	},
	[ASK_VALUE] = {
		N_("Write it to a file"),
		N_("Type the name of the file to write. A file of that name is "
		    "replaced."),
		N_("File")
	},
	[ASK_RECIPIENT] = {
		N_("Send a test from this server"),
		N_("Type the address that the test message goes to. Best is one "
		    "of your own at the receiver that refused; its owner will "
		    "see the message. Nothing is sent yet."),
		N_("Recipient")
	},
	[ASK_SENDER] = {
		N_("Send a test from this server"),
		N_("Type the address that the test message comes from, the "
		    "envelope sender. It must be the one that your mail uses: "
		    "its domain is judged. Nothing is sent yet."),
		N_("Sender")
	}
};

static void
enter(struct app *app)
{
	str_clear(&app->typed);
	if (app->asking == ASK_REPORT)
		str_adds(&app->typed, "~/whybounce-report.txt");
	else if (app->asking == ASK_VALUE && step_current(app) != NULL)
		str_addf(&app->typed, "~/whybounce-%s.txt",
		    step_current(app)->id);
	else if (app->asking == ASK_RECIPIENT)
		str_adds(&app->typed, app->trying.recipient.text);
	else if (app->asking == ASK_SENDER)
		str_adds(&app->typed, app->trying.sender.text);
}

void
ask_test(struct app *app)
{
	trying_propose(app);
	app->asking = ASK_RECIPIENT;
	app_go(app, &screen_ask);
}

static void
draw(struct app *app, struct page *page)
{
	page_text(page, 0, LOOK_STRONG, _(questions[app->asking].title));
	page_gap(page);
	page_text(page, 0, LOOK_PLAIN, _(questions[app->asking].explain));
	page_gap(page);
	page_prompt(page, _(questions[app->asking].label), app->typed.text);
}

/* "~/x" as the shell would read it. */
static void
expand_home(const char *name, struct str *path)
{
	const char *home = getenv("HOME");

	if (strncmp(name, "~/", 2) == 0 && home != NULL)
		str_addf(path, "%s%s", home, name + 1);
	else
		str_adds(path, name);
}

static void
report(struct app *app, struct arena *arena, struct str *text)
{
	const struct report report = {
		.bounces = diagnosis_bounces(app->diagnosis),
		.bounce = session_bounce(app),
		.received = diagnosis_received(app->diagnosis),
		.findings = session_findings(app),
		.plan = session_plan(app),
		.facts = diagnosis_facts(app->diagnosis),
		.recording = diagnosis_recording(app->diagnosis),
		.stopped = app->stopped,
		.made = app->made.text,
		.steps = app->saved.steps, .n_steps = app->saved.n_steps
	};

	report_text(arena, &report, text);
}

/* Write to PATH the text that MAKE makes, and go back. False: app_say() has
 * said why that cannot be. */
static bool
save(struct app *app, const char *path, void (*make)(struct app *app,
    struct arena *arena, struct str *text))
{
	struct arena *arena = arena_new();
	struct str text, err;
	bool saved;

	str_init(&text, 4u << 20);
	str_init(&err, 1024);
	make(app, arena, &text);
	app_back(app);
	saved = file_write(path, text.text, text.len, &err);
	if (!saved)
		app_say(app, "%s: %s", path, err.text);
	str_free(&err);
	str_free(&text);
	arena_free(&arena);
	return saved;
}

/* Back first: the step is below. */
static void
take_reason(struct app *app)
{
	char *reason = mem_strdup(app->typed.text);

	app_back(app);
	step_skip(app, *reason != '\0' ? reason : NULL);
	free(reason);
}

/* One of the test's addresses, and then the other when that is not known. */
static void
take_address(struct app *app, struct str *address)
{
	struct trying *trying = &app->trying;

	if (!letter_address(app->typed.text)) {
		app_say(app, _("%s is not an address that a test can use."),
		    app->typed.text);
		return;
	}
	str_clear(address);
	str_adds(address, app->typed.text);
	if (trying->sender.len == 0) {
		app->asking = ASK_SENDER;
		str_clear(&app->typed);
		app->dirty = true;
		return;
	}
	app_back(app);
	if (trying_write(app))
		app_go(app, &screen_test);
}

static void
take_sender(struct app *app)
{
	struct str err;

	str_init(&err, 4096);
	if (diagnosis_tell(app->diagnosis, app->typed.text, &err)) {
		app_back(app);
		app_say(app, _("Looking again, with %s ..."), app->typed.text);
	} else {
		app_say(app, "%s", err.text);
	}
	str_free(&err);
}

static void
answer(struct app *app)
{
	struct str path;

	if (app->asking == ASK_REASON)
		take_reason(app);
	if (app->typed.len == 0 || app->asking == ASK_REASON)
		return;
	str_init(&path, 8192);
	expand_home(app->typed.text, &path);
	switch (app->asking) {
	case ASK_FILE:
		session_file(app, path.text);
		break;
	case ASK_DOMAIN:
		if (session_domain(app, app->typed.text))
			app_go(app, &screen_checks);
		break;
	case ASK_REPORT:
		if (save(app, path.text, report))
			app_say(app, _("Saved: %s"), path.text);
		break;
	case ASK_VALUE:
		/* what the step wants typed elsewhere, as it is copied */
		if (save(app, path.text, step_values))
			app_say(app, _("Saved: scp %s:%s ."), app->host,
			    path.text);
		break;
	case ASK_RECIPIENT:
		take_address(app, &app->trying.recipient);
		break;
	case ASK_SENDER:
		take_address(app, &app->trying.sender);
		break;
	case ASK_INPUT:
		take_sender(app);
		break;
	case ASK_REASON:
		break;
	}
	str_free(&path);
}

static bool
act(struct app *app, enum action action, const struct key *key)
{
	(void)key;
	if (action != ACTION_OPEN)
		return false;
	answer(app);
	return true;
}

static struct str *
line(struct app *app)
{
	return &app->typed;
}

const struct screen screen_ask = {
	.name = "ask",
	.title = N_("A question"),
	.stage = 0,
	.text = true,
	.keys = {
		{ ACTION_OPEN, N_("OK") },
		{ ACTION_CLEAR, N_("Clear") },
		{ ACTION_BACK, N_("Back") },
		{ ACTION_QUIT, N_("Quit") }
	},
	.enter = enter,
	.draw = draw,
	.act = act,
	.line = line
};
