/* SPDX-License-Identifier: ISC
 * Is OpenDKIM on this server set up so that it can sign? Its settings, its
 * tables, the rights of its keys. */
#include "config.h"

#include <string.h>

#include "engine/auth/dkim_key.h"
#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/checks/checking.h"

#define SIGNER_CLASSES "dkim unauth dmarc alignment"

static const struct opendkim *
settings(const struct checking *c)
{
	const struct opendkim *o = c->in->host->opendkim;

	return o != NULL && o->n_options != 0 ? o : NULL;
}

static void
add(struct checking *c, const char *id, const char *subject, const char *title)
{
	finding_add(c, id, FINDING_PROBLEM, checking_role(c, SIGNER_CLASSES,
	    ROLE_CONTRIBUTING), subject, "%s", title);
}

static void
option_fact(struct checking *c, const char *name)
{
	finding_fact(c, arena_printf(c->arena, "opendkim %s", name));
}

static bool
has_tables(const struct opendkim *o)
{
	return o->keys.kind != OPENDKIM_NOT_SET &&
	    o->signing.kind != OPENDKIM_NOT_SET &&
	    o->signing.kind != OPENDKIM_DATABASE && o->signing.fault == NULL;
}

/* Without tables it signs for Domain alone, and what is below it with
 * SubDomains. */
static bool
is_other_domain(const struct checking *c, const struct opendkim *o,
    const char *domain)
{
	const struct host *host = c->in->host;

	if (o->keys.kind != OPENDKIM_NOT_SET ||
	    opendkim_option(o, "Domain") == NULL || host->n_signers == 0 ||
	    host->signer_note != NULL)
		return false;
	for (size_t i = 0; i < host->n_signers; i++)
		if (text_domain_below(domain, host->signers[i].domain) ||
		    strcmp(host->signers[i].domain, "*") == 0)
			return false;
	return true;
}

bool
signer_leaves_out(const struct checking *c, const char *domain)
{
	const struct opendkim *o = settings(c);

	if (o == NULL || domain == NULL)
		return false;
	if (is_other_domain(c, o, domain))
		return true;
	return has_tables(o) && opendkim_signs(o, arena_printf(c->arena,
	    "postmaster@%s", domain)) == NULL;
}

/* opendkim.conf(5): "s" signs, "v" verifies; both is the default. */
static void
check_mode(struct checking *c, const struct opendkim *o)
{
	const char *mode = opendkim_option(o, "Mode");

	if (mode == NULL || strchr(mode, 's') != NULL)
		return;
	add(c, "dkim.verify-only", NULL,
	    _("OpenDKIM is set to verify only, so it signs nothing"));
	finding_detail(c, _("%s says Mode %s; it has to be sv or s."),
	    text_safe(c->arena, o->conf), text_safe(c->arena, mode));
	option_fact(c, "Mode");
}

static void
check_tables(struct checking *c, const struct opendkim *o)
{
	const struct opendkim_table *both[] = { &o->keys, &o->signing };
	static const char *const names[] = { "KeyTable", "SigningTable" };

	for (size_t i = 0; i < 2; i++) {
		if (both[i]->fault == NULL || both[i]->missing)
			continue;
		finding_add(c, "dkim.table-unreadable", FINDING_UNKNOWN,
		    ROLE_CONTRIBUTING, NULL, _("OpenDKIM's %s could not be "
		    "read here"), names[i]);
		finding_detail(c, "%s: %s.", text_safe(c->arena,
		    both[i]->path), both[i]->fault);
		option_fact(c, names[i]);
	}
}

static bool
has_star(const char *pattern)
{
	return strchr(pattern, '*') != NULL && strcmp(pattern, "*") != 0;
}

/* "*@example.com" in a table that is not marked as one of patterns matches
 * nothing. */
static void
check_patterns(struct checking *c, const struct opendkim *o)
{
	const char *pattern = NULL;

	if (o->signing.kind != OPENDKIM_FILE)
		return;
	for (size_t i = 0; i < o->signing.n && pattern == NULL; i++)
		if (has_star(o->signing.rows[i].key))
			pattern = o->signing.rows[i].key;
	if (pattern == NULL)
		return;
	add(c, "dkim.table-not-refile", NULL,
	    _("OpenDKIM's SigningTable has patterns, but is not read as "
	    "patterns"));
	finding_detail(c, _("\"%s\" is taken literally and matches no sender: "
	    "SigningTable has to begin with \"refile:\"."),
	    text_safe(c->arena, pattern));
	option_fact(c, "SigningTable");
}

/* A line is there, with another fault that is told. */
static bool
has_faulty_line(const struct checking *c, const struct opendkim *o,
    const char *domain)
{
	const char *sender = arena_printf(c->arena, "postmaster@%s", domain);

	for (size_t i = 0; o->signing.kind == OPENDKIM_FILE &&
	    i < o->signing.n; i++)
		if (has_star(o->signing.rows[i].key) &&
		    opendkim_matches(o->signing.rows[i].key, sender, true))
			return true;
	return opendkim_nearly_signs(c->arena, o, sender) != NULL;
}

static void
check_domain(struct checking *c, const struct opendkim *o)
{
	const char *domain = c->out->identity.own_domain;

	if (!signer_leaves_out(c, domain) || o->keys.missing ||
	    has_faulty_line(c, o, domain))
		return;
	add(c, "dkim.no-table-match", domain, arena_printf(c->arena,
	    _("OpenDKIM does not sign for %s"), domain));
	if (o->signing.kind == OPENDKIM_NOT_SET) {
		finding_detail(c, _("Its setting Domain is %s."),
		    text_safe(c->arena, opendkim_option(o, "Domain")));
		option_fact(c, "Domain");
		return;
	}
	finding_detail(c, _("No line of %s fits senders of %s, so its mail leaves "
	    "unsigned (\"no signing table match\" in the log)."),
	    text_safe(c->arena, o->signing.path != NULL ? o->signing.path :
	    "SigningTable"), domain);
	option_fact(c, "SigningTable");
}

/* A sender that main.cf makes has the host's name behind the @. */
static void
check_programs_origin(struct checking *c, const struct opendkim *o)
{
	const char *domain = c->out->identity.own_domain;
	const char *origin = postfix_get(c->in->postfix, "myorigin");

	if (domain == NULL || strchr(origin, '.') == NULL ||
	    text_same(origin, domain) || !has_tables(o) ||
	    signer_leaves_out(c, domain) || !signer_leaves_out(c, origin) ||
	    postfix_get_state(c->in->postfix) != POSTFIX_FOUND)
		return;
	finding_add(c, "dkim.origin-unsigned", FINDING_PROBLEM, ROLE_ADVICE,
	    origin, _("Mail that programs send from %s is not signed"), origin);
	finding_detail(c, _("What comes without a domain gets the one of myorigin, "
	    "and no line of the SigningTable fits it."));
	option_fact(c, "SigningTable");
	finding_fact(c, "postfix myorigin");
}

static const char *
rights_words(struct checking *c, const struct opendkim_file *file)
{
	const char *culprit = text_safe(c->arena, file->culprit);
	const char *who = text_safe(c->arena, file->who);

	switch (file->rights) {
	case OPENDKIM_RIGHTS_FINE:
	case OPENDKIM_RIGHTS_HIDDEN:
	case OPENDKIM_RIGHTS_MISSING:
	case OPENDKIM_RIGHTS_NO_FILE:
		break;
	case OPENDKIM_RIGHTS_DENIED:
		return arena_printf(c->arena, _("Its user %s may not read or "
		    "enter %s."), who, culprit);
	case OPENDKIM_RIGHTS_OWNER:
		return arena_printf(c->arena, _("%s belongs to %s; it has to "
		    "belong to OpenDKIM's user or to root."), culprit, who);
	case OPENDKIM_RIGHTS_GROUP:
		return arena_printf(c->arena, _("The group of %s has others in "
		    "it (%s), who could read or change the key."), culprit,
		    who);
	case OPENDKIM_RIGHTS_LOOSE:
		return arena_printf(c->arena, _("The rights of %s let others "
		    "read or change it; that a folder above keeps them out does "
		    "not count."), culprit);
	case OPENDKIM_RIGHTS_OTHERS:
		return arena_printf(c->arena, _("Everybody may read or change "
		    "%s."), culprit);
	}
	return "";
}

/* With RequireSafeKeys, which is the default, it refuses such a key. */
static bool
must_be_safe(const struct opendkim *o)
{
	const char *safe = opendkim_option(o, "RequireSafeKeys");

	return safe == NULL || strchr("nNfF0", safe[0]) == NULL;
}

static void
check_file(struct checking *c, const struct opendkim *o,
    const struct opendkim_file *file)
{
	if (file->rights == OPENDKIM_RIGHTS_FINE ||
	    file->rights == OPENDKIM_RIGHTS_HIDDEN)
		return;
	if (file->rights == OPENDKIM_RIGHTS_MISSING ||
	    file->rights == OPENDKIM_RIGHTS_NO_FILE) {
		add(c, "dkim.key-file", file->path, arena_printf(c->arena,
		    file->rights == OPENDKIM_RIGHTS_MISSING ?
		    _("OpenDKIM's private key %s is not there") :
		    _("OpenDKIM's private key %s is not a file"),
		    text_safe(c->arena, file->path)));
		finding_detail(c, "%s", o->keys.kind == OPENDKIM_NOT_SET ?
		    _("OpenDKIM does not start without it.") :
		    _("OpenDKIM puts off the mail that this key should sign."));
	} else if (file->rights == OPENDKIM_RIGHTS_DENIED || must_be_safe(o)) {
		add(c, "dkim.key-rights", file->path, arena_printf(c->arena,
		    _("OpenDKIM refuses its private key %s for its rights"),
		    text_safe(c->arena, file->path)));
		finding_detail(c, "%s", rights_words(c, file));
		finding_detail(c, "%s", o->keys.kind == OPENDKIM_NOT_SET ?
		    _("OpenDKIM does not start until this is mended.") :
		    _("Until then OpenDKIM puts off the mail that this key "
		    "should sign."));
	} else {
		return;
	}
	finding_fact(c, arena_printf(c->arena, "file %s", file->path));
}

/* Key files that were read, and hold no key that a signer could use. */
static void
check_keys(struct checking *c)
{
	for (size_t i = 0; i < c->in->host->n_signers; i++) {
		const struct host_signer *s = &c->in->host->signers[i];
		const char *fault = s->key == NULL ? NULL :
		    dkim_key_fault(c->arena, s->key, s->key_len);

		if (fault == NULL)
			continue;
		add(c, "dkim.no-private-key", s->key_file, arena_printf(
		    c->arena, _("The private key %s cannot be used"),
		    text_safe(c->arena, s->key_file)));
		finding_detail(c, _("The signer cannot sign for %s with it: "
		    "%s."), text_safe(c->arena, s->domain), fault);
		if (text_same(s->program, "opendkim"))
			finding_detail(c, _("OpenDKIM refuses the mail of that "
			    "domain, as a rule for the time being (451)."));
		finding_fact(c, "host signer");
	}
}

/* OpenDKIM is ready, and nobody asks it. */
static void
check_connected(struct checking *c, const struct opendkim *o)
{
	if (postfix_get_state(c->in->postfix) != POSTFIX_FOUND ||
	    *postfix_get(c->in->postfix, "smtpd_milters") != '\0' ||
	    *postfix_get(c->in->postfix, "non_smtpd_milters") != '\0' ||
	    *postfix_get(c->in->postfix, "content_filter") != '\0' ||
	    (o->keys.kind == OPENDKIM_NOT_SET &&
	    opendkim_option(o, "KeyFile") == NULL))
		return;
	add(c, "dkim.not-asked", NULL,
	    _("OpenDKIM is set up, but Postfix does not ask it"));
	finding_detail(c, _("smtpd_milters and non_smtpd_milters are empty, so no "
	    "mail passes the signer."));
	finding_fact(c, "postfix smtpd_milters");
	option_fact(c, "Socket");
}

void
check_signer(struct checking *c)
{
	const struct opendkim *o = settings(c);

	check_keys(c);
	if (o == NULL)
		return;
	check_mode(c, o);
	check_signer_keys(c, o);
	check_tables(c, o);
	check_patterns(c, o);
	check_domain(c, o);
	check_programs_origin(c, o);
	for (size_t i = 0; i < o->n_files; i++)
		check_file(c, o, &o->files[i]);
	check_connected(c, o);
}
