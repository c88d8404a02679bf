/* SPDX-License-Identifier: ISC
 * The step that lets OpenDKIM sign for a domain for the first time: its key, its
 * tables, its own settings, and Postfix asking it. */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/remedy/signing.h"

/* knowledge.md 6: where the packages of EL and upstream listen. */
#define OPENDKIM_SOCKET "inet:8891@127.0.0.1"

static void
option_if_none(struct opendkim_setup *s, const char *name, const char *value)
{
	if (opendkim_option(s->o, name) == NULL)
		opendkim_setup_option(s, name, value);
}

/* Whose mail is signed: what comes from here, unless it is set already. */
static void
trust_own_hosts(struct opendkim_setup *s)
{
	static const char *const hosts[] = { "127.0.0.1", "::1", "localhost" };
	const struct opendkim_table *t = &s->o->internal;
	const char *path = t->missing ? t->path :
	    arena_printf(s->p->arena, "%s/TrustedHosts", s->base);

	if (t->kind != OPENDKIM_NOT_SET && !t->missing)
		return;
	for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++)
		opendkim_setup_line(s, path, hosts[i], true);
	if (t->missing)
		return;
	opendkim_setup_option(s, "InternalHosts", path);
	option_if_none(s, "ExternalIgnoreList", path);
}

static void
set_options(struct opendkim_setup *s)
{
	const char *mode = opendkim_option(s->o, "Mode");

	if (mode != NULL && strchr(mode, 's') == NULL)
		opendkim_setup_option(s, "Mode", "sv");
	option_if_none(s, "Syslog", "yes");
	option_if_none(s, "SyslogSuccess", "yes");
	option_if_none(s, "LogWhy", "yes");
	option_if_none(s, "Canonicalization", "relaxed/simple");
	option_if_none(s, "UserID", "opendkim");
}

/* Is OpenDKIM's own socket answered already? */
static bool
is_asked(const struct planning *p, const char *address)
{
	for (size_t i = 0; i < p->in->host->n_milters; i++)
		if (p->in->host->milters[i].state == MILTER_ANSWERS &&
		    text_same(p->in->host->milters[i].address, address))
			return true;
	return false;
}

static void
connect_it(struct opendkim_setup *s)
{
	const char *address = planning_opendkim_address(s->p,
	    opendkim_option(s->o, "Socket"));

	if (address == NULL) {
		opendkim_setup_option(s, "Socket", OPENDKIM_SOCKET);
		address = planning_opendkim_address(s->p, OPENDKIM_SOCKET);
	}
	if (postfix_get_state(s->p->in->postfix) == POSTFIX_FOUND &&
	    !is_asked(s->p, address))
		planning_ask_milter(s->p, address);
}

/* A key that was there once, and may lie in a backup. */
static void
say_lost(struct planning *p, const struct opendkim *o)
{
	for (size_t i = 0; i < o->n_files; i++)
		if (o->files[i].rights == OPENDKIM_RIGHTS_MISSING)
			step_advice(p, _("If you have a copy of %s, put it back "
			    "instead: then neither its record nor its selector "
			    "has to change."), o->files[i].path);
}

bool
make_sign_opendkim(struct planning *p, const struct opendkim *o,
    const char *selector)
{
	struct opendkim_setup s;

	opendkim_setup_begin(&s, p, o, p->target, selector);
	opendkim_setup_base(&s);
	if (!opendkim_setup_sign(&s, opendkim_setup_key(&s))) {
		p->step->n_changes = 0;
		step_advice(p, _("A line of %s that means many domains takes the "
		    "mail of %s first. Put a line for this domain before it, "
		    "with a key of its own."), o->signing.path, p->target);
		signing_by_hand(p, p->target, selector);
		return true;
	}
	trust_own_hosts(&s);
	set_options(&s);
	connect_it(&s);
	opendkim_setup_restart(&s);
	step_command(p, "postfix reload");
	say_lost(p, o);
	step_advice(p, _("The private key is made on this server and stays "
	    "there. The next diagnosis shows the record that belongs to it, and "
	    "proves it before you publish it; until it is published, receivers "
	    "treat the mail as unsigned."));
	step_advice(p, _("No ed25519 key is made beside it: OpenDKIM 2.11 signs "
	    "with one kind of key only (SignatureAlgorithm), every receiver can "
	    "read RSA, and not every one ed25519 (RFC 8463)."));
	p->step->verify = "grep 'DKIM-Signature field added' /var/log/mail.log";
	return true;
}
