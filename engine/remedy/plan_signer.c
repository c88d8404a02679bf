/* SPDX-License-Identifier: ISC
 * The step that lets mail be signed for the first time: which signer there is,
 * and what to do where there is none. */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/checks/rotation.h"
#include "engine/remedy/signing.h"

static bool
install_first(struct planning *p)
{
	p->step->title = _("Install OpenDKIM, which signs mail");
	step_command(p, "apt-get install opendkim opendkim-tools");
	step_advice(p, _("On RHEL, Alma or Rocky Linux instead: dnf install "
	    "epel-release, then dnf install opendkim opendkim-tools."));
	step_advice(p, _("Then start whybounce again: it makes the key and sets "
	    "up OpenDKIM and Postfix."));
	p->step->verify = "opendkim -V";
	return true;
}

static void
by_hand(struct planning *p, const char *selector)
{
	signing_by_hand(p, p->target, selector);
	step_advice(p, _("Publish the record that opendkim-genkey writes to "
	    "%s.txt at %s._domainkey.%s, then set smtpd_milters and "
	    "non_smtpd_milters, so that mail from programs is signed as well."),
	    selector, selector, p->target);
}

/* What calls for the step may be a key file of another domain alone. */
static bool
is_about_target(const struct planning *p, const struct opendkim *o)
{
	static const char *const ids[] = {
		"dkim.no-signer", "dkim.no-table-match", "dkim.no-key",
	};
	const struct host_signer *s = signing_signer(p);

	for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++)
		if (finding_is_problem(p->findings, ids[i]) &&
		    !signing_lacks_line(p, o))
			return true;
	for (size_t i = 0; s != NULL && s->key_file != NULL && i < o->n_files;
	    i++)
		if (o->files[i].rights == OPENDKIM_RIGHTS_MISSING &&
		    text_same(o->files[i].path, s->key_file) &&
		    text_same(s->domain, p->target))
			return true;
	return false;
}

bool
make_dkim_sign(struct planning *p)
{
	const struct opendkim *o = p->in->host->opendkim;
	const char *selector;

	if (p->target == NULL || !signing_is_plain(p->target) ||
	    (o != NULL && !is_about_target(p, o)))
		return false;
	selector = signing_new_selector(p, p->target);
	if (p->in->host->rspamd && (o == NULL || o->n_options == 0))
		return make_sign_rspamd(p, selector);
	if (signer_is_amavis(postfix_get(p->in->postfix, "content_filter")))
		return make_sign_amavis(p, selector);
	if (o == NULL || !opendkim_setup_possible(o)) {
		by_hand(p, selector);
		return true;
	}
	if (!o->installed && o->n_options == 0)
		return install_first(p);
	return make_sign_opendkim(p, o, selector);
}
