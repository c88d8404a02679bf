/* SPDX-License-Identifier: ISC
 * Findings about mailing lists: whose From they send, and which list manager
 * it is, from the message and from this server's files. */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/checks/checking.h"

/* Names as in host.h, and as people call them. */
static const struct {
	const char *id, *name;
} managers[] = {
	{ "mailman3", "Mailman 3" }, { "mailman2", "Mailman 2" },
	{ "sympa", "Sympa" }, { "fml", "fml" }, { "majordomo", "Majordomo" },
	{ "mlmmj", "mlmmj" },
};

/* The message itself knows best; else this server, when it has only one. */
static const char *
list_manager(struct checking *c, const char **from)
{
	const struct host *host = c->in->host;
	const char *found = c->in->bounce != NULL ?
	    c->in->bounce->list_manager : NULL;

	*from = "bounce text";
	if (found != NULL)
		return found;
	for (size_t i = 0; i < host->n_settings; i++) {
		if (strcmp(host->settings[i].program, "list") != 0)
			continue;
		if (found != NULL && strcmp(found,
		    host->settings[i].value) != 0)
			return NULL;
		found = host->settings[i].value;
		*from = arena_printf(c->arena, "host %s:0",
		    host->settings[i].file);
	}
	return found;
}

static void
add_manager(struct checking *c)
{
	const char *from, *id = list_manager(c, &from);

	for (size_t i = 0; id != NULL && i < sizeof managers /
	    sizeof managers[0]; i++) {
		if (strcmp(managers[i].id, id) != 0)
			continue;
		finding_add(c, "list.manager", FINDING_OK, ROLE_ADVICE, id,
		    _("The list is run by %s"), managers[i].name);
		finding_fact(c, from);
	}
}

/* SRS (postsrsd) gives forwarded mail a sender of this server's own. */
static bool
has_srs(const struct checking *c)
{
	const char *maps = postfix_get(c->in->postfix, "sender_canonical_maps");

	return strstr(maps, "srs") != NULL || strstr(maps, ":1000") != NULL;
}

static bool
is_ours(struct checking *c, const char *domain)
{
	static const char *const classes[] = {
		"mydestination", "virtual_alias_domains",
		"virtual_mailbox_domains", "relay_domains",
	};
	const char *const names[] = {
		identity_hostname(c), checking_answer(c, "domain", 0),
		postfix_get(c->in->postfix, "myorigin"),
	};
	struct postfix_answer answer;

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (names[i] != NULL && strchr(names[i], '.') != NULL &&
		    strcmp(psl_org_domain(c->arena, domain),
		    psl_org_domain(c->arena, names[i])) == 0)
			return true;
	for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
		postfix_look_up(c->in->postfix, classes[i], domain, &answer);
		if (answer.value != NULL || answer.why_unknown != NULL)
			return true;
	}
	return false;
}

/* The sender that SRS makes: "SRS0=…@", "SRS1+…@". */
static bool
is_srs(const char *sender)
{
	return sender != NULL && (text_starts(sender, "SRS0") ||
	    text_starts(sender, "SRS1")) && strchr("=+-", sender[4]) != NULL;
}

/* An alias or .forward sends a stranger's mail on: with the stranger's sender,
 * whose SPF record cannot name this server, or with one by SRS. */
static bool
is_forwarded(struct checking *c)
{
	const struct bounce *b = c->in->bounce;
	const char *domain = c->out->identity.envelope_domain;

	if (b == NULL || b->form != FORM_LOG || b->login != NULL ||
	    b->list_manager != NULL || domain == NULL)
		return false;
	if (is_srs(b->sender))
		return true;
	return b->list_mail && !has_srs(c) &&
	    postfix_get_state(c->in->postfix) == POSTFIX_FOUND &&
	    !is_ours(c, domain);
}

/* SRS makes SPF pass for this server's domain, which says nothing about the
 * author's. Then only the author's own signature can pass DMARC. */
static bool
forwards_dmarc(struct checking *c)
{
	const struct identity *id = &c->out->identity;
	const char *from = id->from_domain;

	if (!checking_class(c, "dmarc alignment") || from == NULL)
		return false;
	finding_add(c, "list.forwards-dmarc", FINDING_PROBLEM, ROLE_CAUSE,
	    from, _("This server forwards mail of %s, whose DMARC policy is "
	    "not met here"), from);
	finding_detail(c, _("SPF can pass only for the server that sends, which "
	    "is this one. For DMARC only the author's DKIM signature is left: "
	    "either %s does not sign, or the message was changed here before "
	    "it was sent on."), from);
	finding_fact(c, "bounce sender");
	finding_fact(c, "bounce text");
	return true;
}

static bool
forwards_foreign(struct checking *c)
{
	const char *domain = c->out->identity.envelope_domain;

	if (!is_forwarded(c))
		return false;
	if (forwards_dmarc(c))
		return true;
	/* with SRS the sender's domain is one of ours: nothing to say of it */
	if (is_srs(c->in->bounce->sender))
		return true;
	finding_add(c, "list.forwards-foreign", FINDING_PROBLEM,
	    checking_role(c, "unauth spf", ROLE_CONTRIBUTING),
	    domain, _("This server forwards mail of %s under that name"),
	    domain);
	finding_detail(c, _("The log shows an address that was expanded "
	    "(orig_to=). The receiver judges SPF for %s, whose record does not "
	    "list this server and never will. Nothing in your own DNS changes "
	    "that."), domain);
	finding_fact(c, "bounce sender");
	finding_setting(c, "sender_canonical_maps");
	return true;
}

/* The senders that list managers give their mail, so that bounces come back to
 * them. */
static bool
is_list_sender(const char *sender)
{
	static const char *const marks[] = {
		"-bounce", "-owner", "-admin", "-return", "-request", "-error",
	};
	const char *at = sender != NULL ? strchr(sender, '@') : NULL;

	if (at == NULL)
		return false;
	if (text_starts(sender, "owner-"))
		return true;
	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
		for (const char *p = sender; p < at; p++)
			if (text_starts(p, marks[i]))
				return true;
	return false;
}

/* A form's mail to an alias looks like a list's in the log. */
static bool
is_programs(struct checking *c, const struct bounce *b)
{
	return !b->list_header && ((b->sender != NULL &&
	    envelope_of_program(b->sender)) || (b->login != NULL &&
	    envelope_of_program(arena_printf(c->arena, "%s@localhost",
		b->login))));
}

/* Only an address that was expanded may be an alias, for root's mail say. */
static bool
is_list(struct checking *c)
{
	const struct bounce *b = c->in->bounce;
	const char *answer = checking_answer(c, "list", 0), *from;

	if (answer != NULL)
		return text_same(answer, "yes");
	return b != NULL && !is_programs(c, b) && b->list_mail &&
	    (b->list_header ||
	    c->out->identity.from_foreign || is_list_sender(b->sender) ||
	    list_manager(c, &from) != NULL);
}

bool
list_explains_from(struct checking *c)
{
	return is_forwarded(c) || is_list(c);
}

void
check_list(struct checking *c)
{
	const char *answer = checking_answer(c, "list", 0);

	if (forwards_foreign(c) || !is_list(c))
		return;
	finding_add(c, "list.foreign-from", FINDING_PROBLEM,
	    c->out->identity.from_foreign ? checking_role(c,
		"dmarc alignment", ROLE_ADVICE) : ROLE_ADVICE,
	    c->out->identity.org_domain,
	    _("A mailing list sends its members' From addresses"));
	finding_detail(c, _("SPF passes only for the list's own envelope domain, "
	    "and the list's changes break the members' DKIM signatures. Where "
	    "the members' domains have a DMARC policy, the mail is refused."));
	finding_fact(c, answer != NULL ? "answer list" : "bounce text");
	add_manager(c);
}
