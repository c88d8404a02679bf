/* SPDX-License-Identifier: ISC
 * A test message: the command and the text first, sent only when the user says
 * so, then its way through the log to the receiver's reply. */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "tui/screen.h"

#define LABEL 10

/* Before it is sent, after it was refused, and after anything else. */
enum choice { CHOICE_LEAVE, CHOICE_SEND, CHOICE_RECIPIENT, CHOICE_SENDER };
enum refused { REFUSED_OPEN, REFUSED_BACK };
enum ended { ENDED_PASTE, ENDED_BACK };

static bool
is_refusal(enum testmail_state state)
{
	return state == TESTMAIL_REFUSED || state == TESTMAIL_DEFERRED;
}

/* Or may have, where nobody can see it. */
static bool
has_arrived(enum testmail_state state)
{
	return state == TESTMAIL_ACCEPTED || state == TESTMAIL_UNSEEN ||
	    state == TESTMAIL_LATE;
}

static void
item(struct page *page, const char *text)
{
	const struct page_column column = { .text = text };

	page_item(page, TAG_NONE, &column, 1);
}

static void
draw_letter(struct app *app, struct page *page)
{
	const struct letter *letter = &app->trying.letter;

	page_text(page, 0, LOOK_STRONG, _("Send a test from this server"));
	page_gap(page);
	page_text(page, 0, LOOK_PLAIN, _("A short message leaves this server "
	    "as the refused one did, and whybounce watches the mail log for "
	    "the receiver's reply. This is the command:"));
	page_gap(page);
	page_value(page, letter->command);
	page_gap(page);
	item(page, _("Leave it: send nothing"));
	item(page, _("Send it now"));
	item(page, _("Another recipient"));
	item(page, _("Another sender"));
	page_gap(page);
	page_text(page, 0, LOOK_PLAIN, _("This is the message:"));
	for (const char *line = letter->text; *line != '\0';) {
		size_t len = strcspn(line, "\n");

		page_text(page, 3, LOOK_DIM, arena_strndup(page->arena, line,
		    len));
		line += len + (line[len] == '\n');
	}
}

/* Was it only the relay that took it? Its host's name stands in front of the
 * address; ports of submission (RFC 6409, 8314) are no receiver's. */
static bool
is_relays(struct app *app, const char *relay)
{
	const struct findings *findings = session_findings(app);
	const char *host = findings != NULL ?
	    findings->identity.relayhost : NULL;
	size_t len = relay != NULL ? strcspn(relay, "[") : 0;

	if (relay == NULL)
		return false;
	if (host != NULL && (findings->identity.relay_table == NULL ||
	    (strlen(host) == len && text_same_n(host, relay, len))))
		return true;
	return text_ends(relay, "]:587") || text_ends(relay, "]:465");
}

/* How far it has come: three rows. */
static void
draw_way(struct app *app, struct page *page, enum testmail_state state)
{
	struct arena *arena = page->arena;
	struct log_traced traced;
	const char *log, *id;
	bool sent = state > TESTMAIL_SENDING && state != TESTMAIL_NOT_SENT;

	testmail_result(app->trying.mail, &traced);
	(void)testmail_log(app->trying.mail, &log);
	page_tagged(page, sent ? TAG_OK : state == TESTMAIL_NOT_SENT ?
	    TAG_FAIL : TAG_RUNNING, sent ? _("handed to Postfix") :
	    state == TESTMAIL_NOT_SENT ? _("not taken by Postfix") :
	    _("being handed to Postfix"));
	if (!sent || log == NULL)
		return;
	id = text_safe(arena, traced.queue_id);
	page_tagged(page, id != NULL ? TAG_OK : state == TESTMAIL_LATE ?
	    TAG_UNKNOWN : TAG_RUNNING, id != NULL ?
	    arena_printf(arena, _("in the log as %s"), id) :
	    arena_printf(arena, _("looked for in %s"),
	    text_safe(arena, log)));
	if (id == NULL)
		return;
	page_tagged(page, state == TESTMAIL_ACCEPTED ||
	    state == TESTMAIL_HERE ? TAG_OK : is_refusal(state) ? TAG_FAIL :
	    state == TESTMAIL_LATE ? TAG_UNKNOWN : TAG_RUNNING,
	    traced.relay != NULL && state != TESTMAIL_UNDER_WAY ?
	    arena_printf(arena, state == TESTMAIL_ACCEPTED &&
	    is_relays(app, traced.relay) ? _("reply of the relay %s") :
	    _("reply of %s"), text_safe(arena, traced.relay)) :
	    _("the receiver's reply"));
}

static const char *
why_unseen(struct app *app)
{
	const char *name;

	switch (testmail_log(app->trying.mail, &name)) {
	case LOG_STREAM_DENIED:
		return _("Only root may read this server's mail log: what "
		    "becomes of the message cannot be seen from here. Look "
		    "into the recipient's mailbox, or start whybounce with "
		    "sudo.");
	case LOG_STREAM_UNUSABLE:
	case LOG_STREAM_NONE:
	case LOG_STREAM_OPEN:
		break;
	}
	return _("There is no mail log here that can be read: what becomes of "
	    "the message cannot be seen from here. Look into the recipient's "
	    "mailbox.");
}

/* What the state means; NULL while it is still open. */
static const char *
meaning(struct app *app, struct arena *arena, enum testmail_state state,
    const char *relay)
{
	switch (state) {
	case TESTMAIL_SENDING:
	case TESTMAIL_LOOKING:
	case TESTMAIL_UNDER_WAY:
		return NULL;
	case TESTMAIL_NOT_SENT:
		return _("The sendmail command failed; nothing was sent.");
	case TESTMAIL_UNSEEN:
		return why_unseen(app);
	case TESTMAIL_ACCEPTED:
		if (is_relays(app, relay))
			return arena_printf(arena, _("Your relay "
			    "took it; the receiver has not answered yet, and "
			    "its answer does not come into this log. A refusal "
			    "comes back as a bounce to %s, mostly within "
			    "minutes. Nothing there, and the message in the "
			    "recipient's mailbox: that is the proof."),
			    app->trying.letter.sender);
		return _("It was accepted. That is the proof that this server "
		    "may send there again. Whether it is in the inbox or among "
		    "the spam only the recipient can see: what the receiver "
		    "thought of it stands in the headers of the message that "
		    "arrived.");
	case TESTMAIL_HERE:
		return _("It stayed on this server, so it proves nothing about "
		    "others. Take a recipient elsewhere.");
	case TESTMAIL_DEFERRED:
		return _("It was not accepted now; Postfix keeps trying by "
		    "itself.");
	case TESTMAIL_REFUSED:
		return _("It was refused.");
	case TESTMAIL_LATE:
		return _("There was no reply within two minutes. The message "
		    "goes its way without being watched; the mail log will "
		    "tell.");
	}
	return NULL;
}

static void
draw_end(struct app *app, struct page *page, enum testmail_state state)
{
	struct arena *arena = page->arena;
	struct log_traced traced;

	testmail_result(app->trying.mail, &traced);
	page_text(page, 0, LOOK_PLAIN, meaning(app, arena, state,
	    traced.relay));
	page_gap(page);
	if (state == TESTMAIL_NOT_SENT)
		page_field(page, 0, LABEL, _("It says"),
		    text_safe(arena, testmail_why(app->trying.mail)));
	page_field(page, 0, LABEL, _("Reply"),
	    text_safe(arena, traced.words));
	page_gap(page);
	if (is_refusal(state))
		item(page, _("What this refusal means"));
	else if (has_arrived(state))
		item(page, is_relays(app, traced.relay) ?
		    _("Paste what came: the bounce, or the message that "
		    "arrived") :
		    _("Paste the message that arrived, or its headers"));
	item(page, _("Back"));
}

static void
draw(struct app *app, struct page *page)
{
	const struct testmail *mail = app->trying.mail;
	enum testmail_state state = app->trying.shown;

	if (mail == NULL) {
		draw_letter(app, page);
		return;
	}
	page_heading(page, arena_printf(page->arena, _("Test message to %s"),
	    app->trying.letter.recipient), NULL);
	page_gap(page);
	draw_way(app, page, state);
	page_gap(page);
	if (testmail_ended(mail))
		draw_end(app, page, state);
	else
		page_text(page, 0, LOOK_PLAIN, _("This can take two minutes. "
		    "You may go back at any time: the message goes its way."));
}

static void
ask_address(struct app *app, bool sender)
{
	app->asking = sender ? ASK_SENDER : ASK_RECIPIENT;
	app_go(app, &screen_ask);
}

static void
choose(struct app *app)
{
	int selected = app_place(app)->selected;

	if (app->trying.mail == NULL) {
		switch ((enum choice)selected) {
		case CHOICE_LEAVE:
			app_back(app);
			break;
		case CHOICE_SEND:
			if (trying_send(app))
				app_place(app)->selected = 0;
			break;
		case CHOICE_RECIPIENT:
		case CHOICE_SENDER:
			ask_address(app, selected == CHOICE_SENDER);
			break;
		}
		return;
	}
	if (!testmail_ended(app->trying.mail))
		return;
	if (is_refusal(app->trying.shown) && selected == REFUSED_OPEN)
		trying_take(app);
	else if (has_arrived(app->trying.shown) && selected == ENDED_PASTE)
		app_go(app, &screen_paste);
	else
		app_back(app);
}

static bool
busy(const struct app *app)
{
	return trying_goes_on(app);
}

static bool
act(struct app *app, enum action action, const struct key *key)
{
	(void)key;
	switch (action) {
	case ACTION_OPEN:
		choose(app);
		return true;
	case ACTION_BACK:
		trying_stop(app);
		return false;
	default:
		return false;
	}
}

const struct screen screen_test = {
	.name = "test",
	.title = N_("Test message"),
	.stage = 4,
	.keys = {
		{ ACTION_OPEN, N_("Choose") },
		{ ACTION_DIGIT, NULL },
		{ ACTION_BACK, N_("Back") },
		{ ACTION_QUIT, N_("Quit") }
	},
	.draw = draw,
	.busy = busy,
	.act = act
};
