/* SPDX-License-Identifier: ISC
 * The steps on the signer: setting one up. */
#include "config.h"

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/remedy/card.h"
#include "engine/remedy/planning.h"
#include "engine/world/dns_text.h"

/* A key of 2048 bits makes a record of about 410 octets. */
static bool
long_key_fits(const struct planning *p)
{
	const struct recording *r = p->in->recording;
	size_t limit = card_txt_limit(p, p->target);

	for (size_t i = 0; i < r->n_answers; i++)
		if (text_same(r->answers[i].name, "txt-limit"))
			return false;
	return (limit == 0 || limit > DNS_STRING_OCTETS) &&
	    (p->in->host->txt_limit == 0 ||
	    p->in->host->txt_limit > DNS_STRING_OCTETS);
}

bool
make_dkim_sign(struct planning *p)
{
	if (p->target == NULL)
		return false;
	if (!long_key_fits(p)) {
		step_command(p, "opendkim-genkey -b 1024 -d %s -s s1", p->target);
		step_advice(p, _("Your DNS panel cuts TXT records at 255 "
		    "characters. A key of 1024 bits (about 240 characters) fits; "
		    "one of 2048 bits (about 410) does not."));
	} else {
		step_command(p, "opendkim-genkey -b 2048 -d %s -s s1", p->target);
		step_advice(p, _("The record of a 2048-bit key has about 410 "
		    "characters. If your DNS panel cuts at 255, take -b 1024: "
		    "that record has about 240 and fits."));
	}
	return true;
}
