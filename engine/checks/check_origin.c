/* SPDX-License-Identifier: ISC
 * Where the envelope sender comes from: the program, what it is set to, and
 * what Postfix makes of it. Can that address receive bounces? */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/checks/naming.h"

static void rewriting(struct checking *c, const struct postfix_rewriting *step);

/* The program's user became the sender of the queue (qmgr from=): by tables
 * that cleanup(8) asked, or because the program named it itself. */
static void
queued_as(struct checking *c, const struct identity *id, const char *made)
{
	struct postfix_way way;
	size_t n = 0;

	if (text_same(made, id->given_sender))
		return;
	postfix_rewrite_sender(c->in->postfix, made, c->in->bounce->recipient,
	    false, &way);
	while (n < way.n_steps && !text_same(way.steps[n].after,
	    id->given_sender))
		n++;
	for (size_t i = 0; n < way.n_steps && i <= n; i++)
		rewriting(c, &way.steps[i]);
	if (n == way.n_steps)
		finding_detail(c, _("It was queued as %s: the program named that "
		    "sender (-f), or a table changed it."), id->given_sender);
}

/* The first step of the way: who gave the address, or where it was made. */
static void
where_from(struct checking *c, const struct identity *id)
{
	const struct bounce *b = c->in->bounce;
	const char *made = b != NULL && b->login != NULL ?
	    postfix_complete(c->in->postfix, b->login) : NULL;

	if (b != NULL && b->login != NULL) {
		if (strchr(b->login, '@') != NULL) {
			finding_detail(c, _("A program on this server named the "
			    "sender %s itself (pickup, from=<%s>)."), b->login,
			    b->login);
		} else {
			finding_detail(c, _("A program that runs as user %s "
			    "handed the message in (pickup, from=<%s>)."),
			    b->login, b->login);
			finding_detail(c, _("To a name without a domain Postfix "
			    "adds myorigin."));
			finding_setting(c, "myorigin");
		}
		if (made != NULL)
			queued_as(c, id, made);
		finding_fact(c, "bounce sender");
	} else if (b != NULL && b->sender != NULL && *b->sender != '\0') {
		finding_detail(c, _("The message was queued with the sender "
		    "%s."), id->given_sender);
		finding_fact(c, "bounce sender");
	} else if (checking_answer(c, "sender", 0) != NULL) {
		finding_detail(c, _("It is the one that you named."));
		finding_fact(c, "answer sender");
	} else {
		finding_detail(c, _("A program without a sender of its own gets "
		    "its login name and myorigin."));
		finding_setting(c, "myorigin");
	}
}

static void
rewriting(struct checking *c, const struct postfix_rewriting *step)
{
	if (step->table != NULL)
		finding_detail(c, _("%s makes %s of %s (table %s, entry %s)."),
		    step->parameter, step->after, step->before, step->table,
		    step->key);
	else
		finding_detail(c, _("%s makes %s of %s (%s)."), step->parameter,
		    step->after, step->before, step->key);
	finding_fact(c, arena_printf(c->arena, "postfix %s", step->parameter));
}

static void
way(struct checking *c, const struct identity *id)
{
	finding_add(c, "envelope.origin", FINDING_OK, ROLE_ADVICE, id->sender,
	    _("Receivers see %s as the envelope sender"), id->sender);
	where_from(c, id);
	for (size_t i = 0; i < id->way.n_steps; i++)
		rewriting(c, &id->way.steps[i]);
	if (id->way.why_unknown == NULL)
		return;
	finding_add(c, "envelope.rewrite-unknown", FINDING_UNKNOWN,
	    ROLE_CONTRIBUTING, id->sender,
	    _("A table may give mail another sender than %s"), id->sender);
	finding_detail(c, _("%s."), id->way.why_unknown);
	finding_fact(c, "postfix smtp_generic_maps");
	finding_fact(c, "postfix sender_canonical_maps");
	finding_fact(c, "postfix canonical_maps");
}

/* M01, M05: nobody can answer there. */
static void
inside_domain(struct checking *c, const char *domain)
{
	if (domain == NULL || (strchr(domain, '.') != NULL &&
	    !naming_is_inside(domain)))
		return;
	finding_add(c, "envelope.inside-domain", FINDING_PROBLEM,
	    checking_role(c, "sender_domain sender_refused unauth spf",
		ROLE_CONTRIBUTING), domain,
	    _("Mail leaves with the sender domain %s, which is no name on the "
	    "Internet"), domain);
	finding_detail(c, _("Receivers look the domain up, do not find it and "
	    "refuse the mail."));
	finding_setting(c, "myorigin");
	finding_setting(c, "myhostname");
	finding_setting(c, "mydomain");
}

/* Without a message at hand: what cron jobs and web applications send as. */
static void
programs(struct checking *c)
{
	const char *root = postfix_complete(c->in->postfix, "root");
	struct postfix_way made;

	if (root == NULL)
		return;
	postfix_rewrite_sender(c->in->postfix, root, NULL, false, &made);
	finding_add(c, "envelope.origin", FINDING_OK, ROLE_ADVICE, made.address,
	    _("Programs that name no sender send as %s"), made.address);
	finding_setting(c, "myorigin");
	for (size_t i = 0; i < made.n_steps; i++)
		rewriting(c, &made.steps[i]);
	inside_domain(c, text_address_domain(made.address));
}

/* Where mail to LOCAL goes that belongs to a user of this server. */
static void
local_mailbox(struct checking *c, const char *local)
{
	struct postfix_answer alias, user;

	postfix_look_up(c->in->postfix, "alias_maps", local, &alias);
	if (alias.value != NULL) {
		finding_add(c, "envelope.alias", FINDING_OK, ROLE_ADVICE, local,
		    _("Bounces to %s go to %s (alias)"), local, alias.value);
		finding_fact(c, "postfix alias_maps");
		return;
	}
	/* an empty list, or a place for unknown users, takes them all */
	if (alias.why_unknown != NULL ||
	    *postfix_get(c->in->postfix, "local_recipient_maps") == '\0' ||
	    *postfix_get(c->in->postfix, "luser_relay") != '\0')
		return;
	postfix_look_up(c->in->postfix, "local_recipient_maps", local, &user);
	if (user.value != NULL && envelope_of_program(local)) {
		finding_add(c, "envelope.no-alias", FINDING_PROBLEM, ROLE_ADVICE,
		    local, _("Bounces to %s stay in a mailbox on this server"),
		    local);
		finding_detail(c, _("No alias says who reads mail for this "
		    "user."));
		finding_fact(c, "postfix alias_maps");
	}
	if (user.value != NULL || user.why_unknown != NULL)
		return;
	finding_add(c, "envelope.no-mailbox", FINDING_PROBLEM,
	    ROLE_CONTRIBUTING, local,
	    _("There is no mailbox and no alias for %s"), local);
	finding_detail(c, _("Bounces come back to this server and are lost; "
	    "receivers that check the sender refuse the mail."));
	finding_setting(c, "local_recipient_maps");
	finding_fact(c, "postfix alias_maps");
}

/* Virtual domains have the address in a table, or all of the domain. */
static void
virtual_mailbox(struct checking *c, const char *sender, const char *domain)
{
	static const char *const maps[] = {
		"virtual_alias_maps", "virtual_mailbox_maps",
	};
	const char *const keys[] = {
		sender, arena_printf(c->arena, "@%s", domain),
	};
	struct postfix_answer answer;

	for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++)
		for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++) {
			postfix_look_up(c->in->postfix, maps[i], keys[k],
			    &answer);
			if (answer.value != NULL || answer.why_unknown != NULL)
				return;
		}
	finding_add(c, "envelope.no-mailbox", FINDING_PROBLEM,
	    ROLE_CONTRIBUTING, sender,
	    _("There is no mailbox and no alias for %s"), sender);
	finding_detail(c, _("Bounces come back to this server and are lost; "
	    "receivers that check the sender refuse the mail."));
	for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++)
		finding_setting(c, maps[i]);
}

/* M33. Elsewhere's mailboxes cannot be seen from here. */
static void
mailbox(struct checking *c, const struct identity *id)
{
	const char *at = strrchr(id->sender, '@');
	struct postfix_answer local, aliases, mailboxes;
	const char *user;

	if (at == NULL || at == id->sender)
		return;
	user = arena_strndup(c->arena, id->sender, (size_t)(at - id->sender));
	postfix_look_up(c->in->postfix, "mydestination", at + 1, &local);
	postfix_look_up(c->in->postfix, "virtual_alias_domains", at + 1,
	    &aliases);
	postfix_look_up(c->in->postfix, "virtual_mailbox_domains", at + 1,
	    &mailboxes);
	if (aliases.value != NULL || mailboxes.value != NULL)
		virtual_mailbox(c, id->sender, at + 1);
	else if (local.value != NULL)
		local_mailbox(c, user);
}

/* Does the value name an envelope sender ("-f ADDRESS")? */
static bool
names_sender(const char *value)
{
	const char *f = strstr(value, "-f");

	return f != NULL && (f == value || f[-1] == ' ') &&
	    f[2 + strspn(f + 2, " ")] != '\0';
}

/* What PHP is set to, where it bears on the sender: the last of each file
 * counts, pools over php.ini. */
static void
php(struct checking *c)
{
	for (size_t i = 0; i < c->in->host->n_settings; i++) {
		const struct host_setting *s = &c->in->host->settings[i];
		bool named;

		if (strcmp(s->program, "php") != 0 || *s->value == '\0')
			continue;
		named = names_sender(s->value);
		if (strcmp(s->name, "sendmail_path") != 0 && !named)
			continue;
		finding_add(c, "envelope.php", FINDING_OK, ROLE_ADVICE, s->file,
		    named ? _("PHP names an envelope sender (%s)") :
		    _("PHP hands mail in without an envelope sender (%s)"),
		    s->file);
		finding_detail(c, _("%s, line %u: %s = %s."), s->file, s->line,
		    s->name, s->value);
		finding_fact(c, arena_printf(c->arena, "host %s:%u", s->file,
		    s->line));
	}
}

static void
cron(struct checking *c)
{
	for (size_t i = 0; i < c->in->host->n_settings; i++) {
		const struct host_setting *s = &c->in->host->settings[i];

		if (strcmp(s->program, "cron") != 0)
			continue;
		finding_add(c, "envelope.cron", FINDING_OK, ROLE_ADVICE, s->value,
		    _("Jobs in %s send as %s (MAILFROM)"), s->file, s->value);
		finding_fact(c, arena_printf(c->arena, "host %s:%u", s->file,
		    s->line));
	}
}

void
check_origin(struct checking *c)
{
	const struct identity *id = &c->out->identity;

	if (postfix_get_state(c->in->postfix) != POSTFIX_FOUND)
		return;
	if (id->sender != NULL) {
		way(c, id);
		mailbox(c, id);
		inside_domain(c, id->envelope_domain);
	} else if (checking_mail_host(c)) {
		programs(c);
	}
	php(c);
	cron(c);
}
