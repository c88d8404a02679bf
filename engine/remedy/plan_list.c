/* SPDX-License-Identifier: ISC
 * The step for mailing lists: how each list manager is told to send under the
 * list's own address. Knows the managers' settings (knowledge.md 5.6). */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/remedy/planning.h"

static const struct {
	const char *id, *advice;
} ways[] = {
	{ "mailman3", N_("Mailman 3: in the list's settings, DMARC mitigations: "
	    "dmarc_mitigate_action = munge_from and "
	    "dmarc_mitigate_unconditionally = true. Without the second, mail "
	    "of gmail.com stays as it is: its policy is none, and Gmail "
	    "refuses it all the same.") },
	{ "mailman2", N_("Mailman 2 (2.1.18 and later): from_is_list = Munge From "
	    "in the general options. dmarc_moderation_action = Munge From does "
	    "it only for members whose domain has a policy; gmail.com has "
	    "none, and Gmail refuses its mail all the same. 2.1.16 and 2.1.17 "
	    "want ALLOW_FROM_IS_LIST = Yes in mm_cfg.py first.") },
	{ "sympa", N_("Sympa: in the list's config, a paragraph "
	    "dmarc_protection with the lines \"mode all\" and \"phrase "
	    "name_via_list\".") },
	{ "fml", N_("fml 4: in the list's config.ph, $START_HOOK with "
	    "&DEFINE_FIELD_FORCED('from', $MAIL_LIST); and "
	    "&DEFINE_FIELD_FORCED('reply-to', $MAIL_LIST). fml 8: in the "
	    "list's config.cf, below \"=cut\", "
	    "$article_header_rewrite_end_hook = q{ $header->replace('From', "
	    "$config->{ article_post_address }); }; Try it on a copy of the "
	    "list first.") },
	{ "majordomo", N_("Majordomo cannot change From itself: let rspamd (3.0 "
	    "and later) do it for mail to the list (\"munging\" with list_map "
	    "in local.d/dmarc.conf), or move the list to another manager. Its "
	    "envelope sender (\"sender\" in the list's config) must be the "
	    "list owner's address.") },
	{ "mlmmj", N_("mlmmj: delete \"From:\" in control/delheaders and put "
	    "\"From: LIST ADDRESS\" into control/customheaders.") },
};

bool
make_list_from(struct planning *p)
{
	const struct finding *f = finding_find(p->findings, "list.manager");

	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
		if (f == NULL || strcmp(ways[i].id, f->subject) == 0)
			step_advice(p, "%s", _(ways[i].advice));
	return true;
}
