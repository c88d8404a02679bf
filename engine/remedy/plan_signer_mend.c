/* SPDX-License-Identifier: ISC
 * The step that mends OpenDKIM's settings: each fault that was found has its
 * change. */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/remedy/planning.h"

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
			continue;
		case OPENDKIM_RIGHTS_DENIED:
		case OPENDKIM_RIGHTS_OWNER:
		case OPENDKIM_RIGHTS_GROUP:
		case OPENDKIM_RIGHTS_OTHERS:
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

static void
mend_missing(struct planning *p, const struct opendkim *o)
{
	for (size_t i = 0; i < o->n_files; i++)
		if (o->files[i].rights == OPENDKIM_RIGHTS_MISSING)
			step_advice(p, _("%s is named in OpenDKIM's settings, but "
			    "is not there. Put the private key back, or take "
			    "its lines out of KeyTable and SigningTable."),
			    o->files[i].path);
}

/* The line for the host's own name uses the key of the domain. */
static void
mend_origin(struct planning *p, const struct opendkim *o)
{
	const char *origin = postfix_get(p->in->postfix, "myorigin");
	const struct opendkim_row *row = opendkim_signs(o,
	    arena_printf(p->arena, "postmaster@%s", p->target));

	if (row == NULL || o->signing.path == NULL)
		return;
	step_line(p, o->signing.path, arena_printf(p->arena, "%s%s %s",
	    o->signing.kind == OPENDKIM_REFILE ? "*@" : "", origin,
	    row->value));
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
		step_advice(p, _("The key file cannot be used. Put the right one "
		    "back, or make a new key under a new selector."));
	if (finding_is_problem(p->findings, "dkim.origin-unsigned"))
		mend_origin(p, o);
	if (finding_is_problem(p->findings, "dkim.not-asked"))
		mend_socket(p, o);
	if (p->step->n_changes == 0)
		return false;
	step_command(p, "opendkim -n -x %s", o->conf);
	step_command(p, "systemctl restart opendkim");
	step_command(p, "postfix reload");
	return true;
}
