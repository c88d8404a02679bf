/* SPDX-License-Identifier: ISC
 * What the bounce says, in plain words: who refused, when, whether for good,
 * and how sure we are. */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/bounce/classes.h"
#include "tui/screen.h"

#define LABEL 16

static const char *
safe(struct page *page, const char *text)
{
	return text_safe(page->arena, text);
}

static const char *
who_refused(struct page *page, const struct bounce *bounce)
{
	const char *host = safe(page, bounce->remote_host);
	const char *ip = safe(page, bounce->remote_ip);

	if (host == NULL)
		return ip;
	return ip == NULL ? host : arena_printf(page->arena, "%s [%s]", host,
	    ip);
}

static const char *
stage_text(enum stage stage)
{
	switch (stage) {
	case STAGE_UNKNOWN:
		return NULL;
	case STAGE_CONNECT:
		return _("when your server connected");
	case STAGE_HELO:
		return _("when your server said its name (HELO)");
	case STAGE_AUTH:
		return _("when your server logged in (AUTH)");
	case STAGE_STARTTLS:
		return _("when encryption was to begin (STARTTLS)");
	case STAGE_MAIL:
		return _("when the sender was named (MAIL FROM)");
	case STAGE_RCPT:
		return _("when the recipient was named (RCPT TO)");
	case STAGE_DATA:
		return _("before the message was sent (DATA)");
	case STAGE_END_OF_DATA:
		return _("after the whole message was sent (end of DATA)");
	}
	return NULL;
}

static const char *
outcome_text(const struct bounce *bounce)
{
	switch (bounce->outcome) {
	case OUTCOME_SENT:
		return _("no: it was delivered in the end, on another try. "
		    "This is a warning");
	case OUTCOME_DEFERRED:
		return _("not yet: your server keeps trying");
	case OUTCOME_EXPIRED:
		return _("yes: your server tried until the time was over");
	case OUTCOME_BOUNCED:
		return _("yes (5xx): sending again will fail until the cause "
		    "is gone");
	case OUTCOME_UNKNOWN:
		break;
	}
	if (bounce->reply != NULL && bounce->reply[0] == '4')
		return _("no (4xx): a later try may get through");
	if (bounce->reply != NULL && bounce->reply[0] == '5')
		return _("yes (5xx): sending again will fail until the cause "
		    "is gone");
	return NULL;
}

/* The words that decided, or NULL. */
static const char *
marked_words(struct page *page, const struct bounce *bounce)
{
	if (bounce->mark_len == 0 || bounce->text == NULL ||
	    bounce->mark_start + bounce->mark_len > strlen(bounce->text))
		return NULL;
	return text_cleaned(page->arena, bounce->text + bounce->mark_start,
	    bounce->mark_len);
}

/* What else it may mean, or NULL. */
static const char *
other_meanings(struct page *page, const struct bounce *bounce)
{
	const char *all = NULL;

	for (size_t i = 0; bounce->alternatives != NULL &&
	    bounce->alternatives[i] != NULL; i++) {
		const struct refusal_class *other =
		    class_find(bounce->alternatives[i]);

		if (other != NULL)
			all = all == NULL ? _(other->meaning) :
			    arena_printf(page->arena, _("%s, or %s"), all,
			    _(other->meaning));
	}
	return all;
}

static const char *
how_sure(struct page *page, const struct bounce *bounce)
{
	const char *marked = marked_words(page, bounce);
	const char *others = other_meanings(page, bounce);
	const char *sure;

	if (bounce->rule == NULL)
		return _("not sure: no known wording in it");
	if (strcmp(bounce->rule, RULE_TOLD) == 0)
		return _("you chose it");
	if (marked != NULL)
		sure = arena_printf(page->arena, others == NULL ?
		    _("high: rule %s, the words \"%s\"") :
		    _("fairly: rule %s, the words \"%s\""), bounce->rule,
		    marked);
	else
		sure = arena_printf(page->arena, others == NULL ?
		    _("high: rule %s") : _("fairly: rule %s"), bounce->rule);
	return others == NULL ? sure :
	    arena_printf(page->arena, _("%s; or else %s"), sure, others);
}

/* The first sentence: the plan's, as soon as there is one. */
static const char *
headline(struct app *app, struct page *page, const struct bounce *bounce,
    const struct refusal_class *class)
{
	const struct plan *plan = session_plan(app);
	const char *host = bounce->remote_host != NULL ?
	    safe(page, bounce->remote_host) : _("The other server");

	if (plan != NULL && plan->headline != NULL)
		return plan->headline;
	if (class == NULL)
		return arena_printf(page->arena, _("%s refused your message."),
		    host);
	return arena_printf(page->arena, _("%s refused your message, because "
	    "%s."), host, _(class->meaning));
}

static size_t
position(const struct bounces *bounces, const struct bounce *bounce)
{
	return bounce >= bounces->list && bounce < bounces->list + bounces->n ?
	    (size_t)(bounce - bounces->list) : 0;
}

static const char *
corner(struct page *page, const struct bounces *bounces,
    const struct bounce *bounce)
{
	if (bounce->reply == NULL && bounce->status == NULL)
		return arena_printf(page->arena, _("%zu of %zu"),
		    position(bounces, bounce) + 1, bounces->n);
	return arena_printf(page->arena, _("%s %s   %zu of %zu"),
	    bounce->reply != NULL ? safe(page, bounce->reply) : "",
	    bounce->status != NULL ? safe(page, bounce->status) : "",
	    position(bounces, bounce) + 1, bounces->n);
}

static void
fields(struct page *page, const struct bounce *bounce,
    const struct refusal_class *class)
{
	page_field(page, 2, LABEL, _("Who refused"),
	    who_refused(page, bounce));
	page_field(page, 2, LABEL, _("Recipient"),
	    safe(page, bounce->recipient));
	page_field(page, 2, LABEL, _("When"), stage_text(bounce->stage));
	page_field(page, 2, LABEL, _("For good?"), outcome_text(bounce));
	page_field(page, 2, LABEL, _("They judged"),
	    bounce->client_ip != NULL && bounce->domain != NULL ?
	    arena_printf(page->arena, _("the address %s for the domain %s"),
	    safe(page, bounce->client_ip), safe(page, bounce->domain)) :
	    bounce->client_ip != NULL ? safe(page, bounce->client_ip) :
	    safe(page, bounce->domain));
	if (class != NULL)
		page_field(page, 2, LABEL, _("Plain words"), _(class->plain));
	page_field(page, 2, LABEL, _("Their words"), safe(page, bounce->text));
	page_field(page, 2, LABEL, _("How sure"), how_sure(page, bounce));
}

/* It is the test that was sent after the changes: what have they done? */
static void
draw_before(struct app *app, struct page *page,
    const struct refusal_class *class)
{
	page_gap(page);
	page_text(page, 0, LOOK_STRONG, class == app->before ?
	    _("The test was refused for the same reason as the mail before: "
	    "the steps have not taken effect yet, or they are not enough.") :
	    arena_printf(page->arena, _("Before, mail was refused because %s. "
	    "That reason is gone: this part is solved. What is left is another "
	    "one."), _(app->before->meaning)));
}

enum choice { CHOICE_WHY, CHOICE_VIEW, CHOICE_KIND, CHOICE_OTHER };

static void
choices(struct page *page, const struct bounces *bounces)
{
	struct page_column column = { .text = _("Find out why") };

	page_item(page, TAG_NONE, &column, 1);
	column.text = _("Show the message with the deciding lines marked");
	page_item(page, TAG_NONE, &column, 1);
	column.text = _("Not what happened? Choose another kind of problem");
	page_item(page, TAG_NONE, &column, 1);
	if (bounces->n > 1) {
		column.text = _("Not this one? Look at the next refusal");
		page_item(page, TAG_NONE, &column, 1);
	}
}

static void
enter(struct app *app)
{
	/* questions go out while the user reads */
	session_look(app);
}

static void
draw(struct app *app, struct page *page)
{
	const struct bounce *bounce = session_bounce(app);
	const struct bounces *bounces;
	const struct refusal_class *class;

	if (bounce == NULL) {
		page_text(page, 0, LOOK_PLAIN, _("There is no bounce here."));
		return;
	}
	if (session_is_received(app)) {
		received_rows(app, page);
		return;
	}
	bounces = diagnosis_bounces(app->diagnosis);
	class = class_find(bounce->class_id);
	if (app->demo != NULL && app->options->demo_title != NULL &&
	    app->own == NULL)
		page_text(page, 0, LOOK_DIM, _(app->options->demo_title));
	page_heading(page, _("What the bounce says"),
	    corner(page, bounces, bounce));
	page_gap(page);
	page_text(page, 0, LOOK_PLAIN, headline(app, page, bounce, class));
	if (app->before != NULL)
		draw_before(app, page, class);
	page_gap(page);
	choices(page, bounces);
	page_gap(page);
	fields(page, bounce, class);
}

/* Look at the refusal BY places further on; from the last to the first. */
static void
choose(struct app *app, size_t by)
{
	const struct bounces *bounces = diagnosis_bounces(app->diagnosis);
	size_t n = bounces->n, now = position(bounces, session_bounce(app));

	if (n < 2) {
		app_say(app, _("There is only this one refusal."));
		return;
	}
	diagnosis_choose(app->diagnosis, (now + by) % n);
	session_afresh(app);
	app_place(app)->top = 0;
	app->dirty = true;
}

static bool
act(struct app *app, enum action action, const struct key *key)
{
	(void)key;
	if (session_bounce(app) == NULL)
		return false;
	switch (action) {
	case ACTION_OPEN:
		switch ((enum choice)app_place(app)->selected) {
		case CHOICE_WHY:
			app_go(app, &screen_checks);
			break;
		case CHOICE_VIEW:
			app_go(app, &screen_view);
			break;
		case CHOICE_KIND:
			app_go(app, &screen_kind);
			break;
		case CHOICE_OTHER:
			choose(app, 1);
			break;
		}
		return true;
	case ACTION_VIEW:
		app_go(app, &screen_view);
		return true;
	case ACTION_EVIDENCE:
		app->about = EVIDENCE_ALL;
		app_go(app, &screen_evidence);
		return true;
	case ACTION_NEXT:
		choose(app, 1);
		return true;
	case ACTION_PREVIOUS:
		choose(app, diagnosis_bounces(app->diagnosis)->n - 1);
		return true;
	default:
		return false;
	}
}

const struct screen screen_verdict = {
	.name = "verdict",
	.title = N_("What the bounce says"),
	.stage = 1,
	.keys = {
		{ ACTION_OPEN, N_("Find out why") },
		{ ACTION_VIEW, N_("View message") },
		{ ACTION_EVIDENCE, N_("Evidence") },
		{ ACTION_BACK, N_("Back") },
		{ ACTION_NEXT, NULL },
		{ ACTION_PREVIOUS, NULL },
		{ ACTION_DIGIT, NULL },
		{ ACTION_QUIT, N_("Quit") }
	},
	.enter = enter,
	.draw = draw,
	.act = act
};
