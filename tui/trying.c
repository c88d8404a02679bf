/* SPDX-License-Identifier: ISC
 * Knows from whom a test must come to be judged like the mail that was refused,
 * and what of one case is remembered in the next. */
#include "config.h"

#include "tui/trying.h"

#include <string.h>
#include <sys/random.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/bounce/classes.h"
#include "engine/world/child.h"
#include "engine/world/host.h"
#include "tui/screen.h"

#define ADDRESS_MAX 512

void
trying_init(struct trying *trying)
{
	*trying = (struct trying){ .arena = arena_new() };
	str_init(&trying->sender, ADDRESS_MAX);
	str_init(&trying->recipient, ADDRESS_MAX);
}

void
trying_clear(struct trying *trying)
{
	testmail_free(&trying->mail);
	str_free(&trying->sender);
	str_free(&trying->recipient);
	arena_free(&trying->arena);
}

static bool
set_address(struct str *to, const char *address)
{
	if (address == NULL || !letter_address(address))
		return false;
	str_clear(to);
	return str_adds(to, address);
}

void
trying_propose(struct app *app)
{
	struct trying *trying = &app->trying;
	const struct findings *findings = session_findings(app);
	const struct bounce *bounce = session_bounce(app);
	const struct identity *identity = findings != NULL ?
	    &findings->identity : NULL;
	const char *domain = identity != NULL ? identity->own_domain : NULL;

	trying_stop(app);
	str_clear(&trying->sender);
	str_clear(&trying->recipient);
	if (bounce != NULL)
		set_address(&trying->recipient, bounce->recipient);
	if ((identity != NULL && set_address(&trying->sender,
	    identity->sender)) ||
	    (bounce != NULL && set_address(&trying->sender, bounce->sender)))
		return;
	if (domain == NULL)
		domain = session_options(app)->domain;
	if (domain != NULL)
		str_addf(&trying->sender, "postmaster@%s", domain);
}

bool
trying_write(struct app *app)
{
	struct trying *trying = &app->trying;
	const struct findings *findings = session_findings(app);
	const struct host *host = diagnosis_host(app->diagnosis);
	struct letter_options options = {
		.sender = trying->sender.text,
		.recipient = trying->recipient.text,
		.from_domain = findings != NULL &&
		    !findings->identity.from_foreign ?
		    findings->identity.from_domain : NULL,
		.host = host != NULL ? host->name : NULL,
		.directory = session_options(app)->postfix_directory,
		.time = app_time(app)
	};
	struct str err;
	bool written;

	trying_stop(app);
	arena_free(&trying->arena);
	trying->arena = arena_new();
	/* 0 is good enough where there is no chance to be had */
	if (app->fixed_time == 0)
		(void)!getrandom(&options.unique, sizeof options.unique,
		    GRND_NONBLOCK);
	str_init(&err, 1024);
	written = letter_write(trying->arena, &options, &trying->letter,
	    &err);
	if (!written)
		app_say(app, "%s", err.text);
	str_free(&err);
	return written;
}

bool
trying_send(struct app *app)
{
	struct trying *trying = &app->trying;
	const char *program = child_find(trying->arena, "sendmail");

	if (program == NULL) {
		app_say(app, "%s", _("There is no sendmail command on this "
		    "server."));
		return false;
	}
	trying_stop(app);
	trying->mail = testmail_start(&trying->letter, program,
	    app->lists->own_log, maillog_host_files, maillog_journals);
	trying->shown = TESTMAIL_SENDING;
	app->dirty = true;
	return true;
}

void
trying_stop(struct app *app)
{
	testmail_free(&app->trying.mail);
}

bool
trying_goes_on(const struct app *app)
{
	return app->trying.mail != NULL && !testmail_ended(app->trying.mail);
}

void
trying_take(struct app *app)
{
	struct trying *trying = &app->trying;
	const struct bounce *bounce = session_bounce(app);
	const struct refusal_class *class = bounce != NULL ?
	    class_find(bounce->class_id) : NULL;
	struct testmail *mail = trying->mail;
	const char *name, *text;
	size_t len;

	/* it outlives the case that it belongs to */
	trying->mail = NULL;
	(void)testmail_log(mail, &name);
	text = testmail_text(mail, &len);
	/* the case that was worked on is kept */
	if (session_touched(app))
		session_save(app);
	if (session_text(app, name, text, len)) {
		diagnosis_choose(app->diagnosis, bounces_find(
		    diagnosis_bounces(app->diagnosis),
		    trying->letter.recipient));
		app->before = class;
		app_go(app, &screen_verdict);
	}
	testmail_free(&mail);
}

size_t
trying_poll(const struct app *app, struct pollfd *fds, int *timeout)
{
	return app->trying.mail != NULL ?
	    testmail_poll(app->trying.mail, fds, timeout) : 0;
}

void
trying_io(struct app *app)
{
	struct trying *trying = &app->trying;
	enum testmail_state state;

	if (!trying_goes_on(app))
		return;
	/* the user has gone elsewhere, with a paste for example */
	if (app_screen(app) != &screen_test &&
	    app_screen(app) != &screen_help) {
		trying_stop(app);
		return;
	}
	/* once: what a second call finds out would not be drawn */
	state = testmail_io(trying->mail);
	if (state != trying->shown)
		app->dirty = true;
	trying->shown = state;
}
