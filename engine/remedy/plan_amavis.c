/* SPDX-License-Identifier: ISC
 * The step that lets amavis sign. Its settings are a program, in Perl: so it is
 * said how they are to be changed. */
#include "config.h"

#include "engine/base/i18n.h"
#include "engine/remedy/signing.h"

bool
make_sign_amavis(struct planning *p, const char *selector)
{
	const char *file = arena_printf(p->arena,
	    "/var/lib/amavis/dkim-%s-%s.pem", p->target, selector);

	step_command(p, "amavisd-new genrsa %s %d", file,
	    signing_pair(p) == DKIM_PAIR_RSA1024 ? 1024 : 2048);
	step_command(p, "chown amavis:amavis %s", file);
	step_advice(p, _("Mail passes amavis, which can sign it. Put into its "
	    "settings (/etc/amavis/conf.d/50-user, on EL "
	    "/etc/amavisd/amavisd.conf): $enable_dkim_signing = 1; and "
	    "dkim_key('%s', '%s', '%s'); and the networks of your own hosts "
	    "into @mynetworks."), p->target, selector, file);
	signing_say_short(p);
	step_command(p, "systemctl restart amavis");
	step_command(p, "amavisd-new showkeys %s", p->target);
	step_advice(p, _("Publish the record that the last command shows: all "
	    "quoted parts joined, without quotation marks."));
	p->step->verify = arena_printf(p->arena, "amavisd-new testkeys %s",
	    p->target);
	return true;
}
