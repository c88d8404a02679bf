/* SPDX-License-Identifier: ISC
 * The step that lets rspamd sign for a domain. Its settings are merged by rspamd
 * itself: a file of ours is only made where there is none. */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/remedy/signing.h"

/* knowledge.md 6.4 */
#define RSPAMD_MILTER "inet:127.0.0.1:11332"
#define KEY_FOLDER "/var/lib/rspamd/dkim"
#define OWNER "_rspamd:_rspamd"

const char *
rspamd_new_key(struct planning *p, const char *domain, const char *selector)
{
	const char *file = arena_printf(p->arena, KEY_FOLDER "/%s.%s.key",
	    domain, selector);

	step_path(p, CHANGE_FOLDER, KEY_FOLDER, OWNER, 0750);
	step_key(p, file, OWNER, signing_pair(p));
	signing_say_short(p);
	return file;
}

/* rspamd keeps ed25519 keys in a form of its own, and takes several selectors
 * for a domain (its dkim_signing module). */
static void
say_ed25519(struct planning *p, const char *selector)
{
	step_advice(p, _("Optional: an ed25519 key beside it, under a second "
	    "selector, never alone, since not every receiver can read it (RFC "
	    "8463): rspamadm dkim_keygen -t ed25519 -d %s -s %se -k %s. Then "
	    "give the domain both in dkim_signing.conf: selectors [ { selector "
	    "= ...; path = ... }, { ... } ], and publish the record that the "
	    "command prints."), p->target, selector, arena_printf(p->arena,
	    KEY_FOLDER "/%s.%se.key", p->target, selector));
}

bool
make_sign_rspamd(struct planning *p, const char *selector)
{
	const char *conf = arena_printf(p->arena,
	    "%s/rspamd/local.d/dkim_signing.conf",
	    opendkim_setup_etc(p->arena, p->in->host->opendkim));
	const char *file = rspamd_new_key(p, p->target, selector);
	struct change *change;

	if (p->in->host->n_signers == 0) {
		change = step_change(p, CHANGE_FILE);
		change->path = conf;
		change->text = arena_printf(p->arena, "domain {\n  %s {\n    "
		    "path = \"%s\";\n    selector = \"%s\";\n  }\n}\n"
		    "sign_local = true;\nsign_authenticated = true;\n"
		    "allow_username_mismatch = true;\nuse_domain = \"header\";\n",
		    p->target, file, selector);
		change->whole = true;
	} else {
		step_advice(p, _("Put this into the block \"domain\" of %s: %s { "
		    "path = \"%s\"; selector = \"%s\"; }"), conf, p->target,
		    file, selector);
	}
	planning_ask_milter(p, RSPAMD_MILTER);
	step_command(p, "systemctl restart rspamd");
	step_command(p, "postfix reload");
	step_advice(p, _("The next diagnosis shows the record that belongs to the "
	    "new key."));
	say_ed25519(p, selector);
	return true;
}
