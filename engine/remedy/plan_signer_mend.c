/* SPDX-License-Identifier: ISC
 * The step that mends OpenDKIM's settings: each fault that was found has its
 * change. */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/remedy/signing.h"

static void
option(struct planning *p, const struct opendkim *o, const char *name,
    const char *value)
{
	step_line(p, o->conf, arena_printf(p->arena, "%s %s", name, value));
}

/* Of every key file with the finding ID. */
static void
mend_rights(struct planning *p, const struct opendkim *o)
{
	const char *user = opendkim_user(p->arena, o);

	for (size_t i = 0; i < o->n_files; i++) {
		const struct opendkim_file *f = &o->files[i];

		switch (f->rights) {
		case OPENDKIM_RIGHTS_FINE:
		case OPENDKIM_RIGHTS_HIDDEN:
		case OPENDKIM_RIGHTS_MISSING:
		case OPENDKIM_RIGHTS_NO_FILE:
			continue;
		case OPENDKIM_RIGHTS_DENIED:
		case OPENDKIM_RIGHTS_OWNER:
		case OPENDKIM_RIGHTS_GROUP:
		case OPENDKIM_RIGHTS_OTHERS:
		case OPENDKIM_RIGHTS_LOOSE:
			break;
		}
		if (text_same(f->culprit, f->path)) {
			step_command(p, "chown %s %s", user, f->path);
			step_command(p, "chmod 600 %s", f->path);
		} else if (f->rights == OPENDKIM_RIGHTS_DENIED) {
			step_advice(p, _("Let the user %s enter the folder %s: "
			    "chown it to %s, or chmod o+x."), user, f->culprit,
			    user);
		} else {
			step_command(p, "chmod go-w %s", f->culprit);
			if (f->rights == OPENDKIM_RIGHTS_OWNER)
				step_command(p, "chown %s %s", user,
				    f->culprit);
		}
	}
}

/* The step that signs makes a new one for the domain itself. */
static void
mend_missing(struct planning *p, const struct opendkim *o)
{
	const struct host_signer *s = signing_signer(p);

	for (size_t i = 0; i < o->n_files; i++)
		if ((o->files[i].rights == OPENDKIM_RIGHTS_MISSING ||
		    o->files[i].rights == OPENDKIM_RIGHTS_NO_FILE) &&
		    (s == NULL || !text_same(s->key_file, o->files[i].path)))
			step_advice(p, _("%s is named in OpenDKIM's settings, but "
			    "is not there. Put the private key back, or take "
			    "its lines out of KeyTable and SigningTable."),
			    o->files[i].path);
}

/* "domain selector /path", however it is divided. NULL: it is not that. */
static const char *
right_value(struct planning *p, const char *value)
{
	static const char between[] = ": \t";
	const char *part[3];
	size_t n = 0;

	while (n < 3 && *(value += strspn(value, between)) != '\0') {
		size_t len = strcspn(value, between);

		part[n++] = arena_strndup(p->arena, value, len);
		value += len;
	}
	return n == 3 && part[2][0] == '/' ? arena_printf(p->arena,
	    "%s:%s:%s", part[0], part[1], part[2]) : NULL;
}

static void
mend_row(struct planning *p, const struct opendkim *o)
{
	const char *sender = arena_printf(p->arena, "postmaster@%s", p->target);
	const struct opendkim_row *row = opendkim_signs(o, sender), *key;
	const char *value;

	if (row == NULL) {
		row = opendkim_nearly_signs(p->arena, o, sender);
		if (row != NULL && o->signing.path != NULL)
			step_line(p, o->signing.path, arena_printf(p->arena,
			    "*@%s %s", p->target, row->value));
		return;
	}
	key = opendkim_key(o, row, NULL);
	value = key != NULL ? right_value(p, key->value) : NULL;
	if (value != NULL && o->keys.path != NULL)
		step_line(p, o->keys.path, arena_printf(p->arena, "%s %s",
		    key->key, value));
	else if (key != NULL)
		step_advice(p, _("Write the line of \"%s\" in the KeyTable as "
		    "NAME DOMAIN:SELECTOR:/PATH, with the whole path of the "
		    "private key and no blanks but the one behind the name."),
		    key->key);
}

/* Into the list, whatever it is. */
static void
mend_internal(struct planning *p, const struct opendkim *o)
{
	const struct finding *f = finding_find(p->findings,
	    "dkim.not-internal");
	const struct opendkim_table *t = &o->internal;
	struct change *change;

	if (t->path == NULL) {
		option(p, o, "InternalHosts", arena_printf(p->arena, "%s,%s",
		    opendkim_option(o, "InternalHosts"), f->subject));
		return;
	}
	change = step_change(p, CHANGE_FILE);
	change->path = t->path;
	change->text = f->subject;
	change->anew = true;
}

/* One for all keys; an ed25519 key among them gets a successor. */
static void
mend_algorithm(struct planning *p, const struct opendkim *o)
{
	if (opendkim_option(o, "SignatureAlgorithm") != NULL)
		option(p, o, "SignatureAlgorithm", "rsa-sha256");
}

static const struct opendkim_row *
target_row(const struct planning *p, const struct opendkim *o)
{
	return opendkim_signs(o, arena_printf(p->arena, "postmaster@%s",
	    p->target));
}

bool
signing_lacks_line(const struct planning *p, const struct opendkim *o)
{
	return finding_is_problem(p->findings, "dkim.no-table-match") &&
	    target_row(p, o) != NULL && o->signing.path != NULL;
}

/* The line for a name below the domain uses the key of the domain. */
static void
mend_below(struct planning *p, const struct opendkim *o, const char *name)
{
	const struct opendkim_row *row = target_row(p, o);

	if (row == NULL || o->signing.path == NULL || !signing_is_plain(name))
		return;
	step_line(p, o->signing.path, arena_printf(p->arena, "%s%s %s",
	    o->signing.kind == OPENDKIM_REFILE ? "*@" : "", name, row->value));
}

static void
mend_socket(struct planning *p, const struct opendkim *o)
{
	static const char reachable[] = "inet:8891@127.0.0.1";
	const char *address = planning_opendkim_address(p,
	    opendkim_option(o, "Socket"));

	if (address == NULL) {
		option(p, o, "Socket", reachable);
		address = planning_opendkim_address(p, reachable);
	}
	planning_ask_milter(p, address);
}

bool
make_dkim_mend(struct planning *p)
{
	const struct opendkim *o = p->in->host->opendkim;

	if (o == NULL || p->target == NULL)
		return false;
	if (finding_is_problem(p->findings, "dkim.verify-only"))
		option(p, o, "Mode", "sv");
	if (finding_is_problem(p->findings, "dkim.table-not-refile"))
		option(p, o, "SigningTable", arena_printf(p->arena,
		    "refile:%s", o->signing.path));
	if (finding_is_problem(p->findings, "dkim.key-rights"))
		mend_rights(p, o);
	mend_missing(p, o);
	if (finding_is_problem(p->findings, "dkim.no-private-key"))
		step_advice(p, _("The key file cannot be used. If you have the "
		    "right one, put it back; otherwise a new key follows it."));
	if (finding_is_problem(p->findings, "dkim.table-row"))
		mend_row(p, o);
	if (finding_is_problem(p->findings, "dkim.not-internal") &&
	    !(o->internal.missing &&
	    finding_is_problem(p->findings, "dkim.no-key")))
		mend_internal(p, o);
	if (finding_is_problem(p->findings, "dkim.key-algorithm"))
		mend_algorithm(p, o);
	if (finding_is_problem(p->findings, "dkim.origin-unsigned"))
		mend_below(p, o, postfix_get(p->in->postfix, "myorigin"));
	if (signing_lacks_line(p, o))
		mend_below(p, o, p->id->own_domain);
	if (finding_is_problem(p->findings, "dkim.not-asked"))
		mend_socket(p, o);
	if (p->step->n_changes == 0)
		return false;
	step_command(p, "opendkim -n -x %s", o->conf);
	step_command(p, "systemctl restart opendkim");
	step_command(p, "postfix reload");
	return true;
}
