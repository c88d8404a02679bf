/* SPDX-License-Identifier: ISC
 * The exchange of a DKIM key: why one is called for, the new key that is ready,
 * the old one that still has to stay. */
#include "config.h"

#include <string.h>

#include "engine/auth/dkim_key.h"
#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/checks/checking.h"
#include "engine/checks/rotation.h"

#define SPARES_LOOKED_AT 8
#define DAY 86400
#define OTHER_QUEUE 5           /* days; RFC 5321 4.5.4.1: at least 4 to 5 */
#define DAYS_MAX 60

int
rotation_days(const struct postfix *postfix)
{
	long own = checking_seconds(postfix_get(postfix,
	    "maximal_queue_lifetime"), DAY);
	long days = (own + DAY - 1) / DAY;

	if (own < 0 || days > DAYS_MAX)
		days = OTHER_QUEUE;
	return (int)days + OTHER_QUEUE;
}

bool
rotation_usable(const struct host_spare *spare,
    const struct host_signer *signer)
{
	struct arena *arena = arena_new();
	bool usable = spare->key != NULL &&
	    dkim_key_fault(arena, spare->key, spare->key_len) == NULL &&
	    dkim_key_bits(spare->key, spare->key_len) != 0 &&
	    (signer->key == NULL || dkim_key_bits(spare->key,
	    spare->key_len) >= dkim_key_bits(signer->key, signer->key_len));

	arena_free(&arena);
	return usable;
}

/* Could somebody else on this host have read the key that signs? */
static void
check_exposed(struct checking *c, const struct host_signer *s)
{
	const struct opendkim *o = c->in->host->opendkim;

	for (size_t i = 0; o != NULL && s->key_file != NULL &&
	    i < o->n_files; i++) {
		const struct opendkim_file *f = &o->files[i];

		if ((f->rights != OPENDKIM_RIGHTS_OTHERS &&
		    f->rights != OPENDKIM_RIGHTS_GROUP) ||
		    !text_same(f->path, s->key_file) ||
		    !text_same(f->culprit, f->path))
			continue;
		finding_add(c, "dkim.key-exposed", FINDING_PROBLEM, ROLE_ADVICE,
		    s->key_file, _("Others on this server could read the "
		    "private key %s"), text_safe(c->arena, s->key_file));
		finding_detail(c, _("Whoever has copied it can sign as %s, also "
		    "after its rights are mended. Only a new key ends that."),
		    text_safe(c->arena, s->domain));
		finding_fact(c, arena_printf(c->arena, "file %s", f->path));
	}
}

/* The user asked for it; done once another selector signs. */
static void
check_wish(struct checking *c, const struct host_signer *s)
{
	const struct recording *r = c->in->recording;

	for (size_t i = 0; r != NULL && i < r->n_answers; i++) {
		if (strcmp(r->answers[i].name, "new-key") != 0 ||
		    !text_same(r->answers[i].value, s->selector))
			continue;
		finding_add(c, "dkim.key-wanted", FINDING_PROBLEM, ROLE_ADVICE,
		    s->selector, _("You want to exchange the DKIM key %s"),
		    text_safe(c->arena, s->selector));
		finding_detail(c, _("The key can be used; a new one now and then "
		    "limits what a copied key is good for."));
		finding_fact(c, "answer new-key");
		return;
	}
}

static void
ready(struct checking *c, const struct dkim_judgement *key)
{
	finding_add(c, "dkim.key-ready", FINDING_PROBLEM, ROLE_ADVICE, key->name,
	    _("A new DKIM key is made, but does not sign yet: %s"), key->name);
	finding_detail(c, "%s", key->result == DKIM_KEY_OK ?
	    _("Its record is published: it can sign from now on.") :
	    _("Its record comes first, then it can sign."));
	finding_fact(c, key->fact);
}

static void
retired(struct checking *c, const struct host_spare *spare,
    const struct dkim_judgement *key)
{
	int left = rotation_days(c->in->postfix) - spare->days;

	finding_add(c, "dkim.key-retired", left > 0 ? FINDING_OK :
	    FINDING_PROBLEM, ROLE_ADVICE, key->name,
	    _("The old DKIM key %s is still published"), key->name);
	if (left > 0)
		finding_detail(c, P_("Leave it for %d more day: mail that it "
		    "signed can still be on its way.",
		    "Leave it for %d more days: mail that it signed can still "
		    "be on its way.", left), left);
	else
		finding_detail(c, _("No mail that it signed can be on its way any "
		    "more. While it is there, whoever has a copy of its private "
		    "key can sign as %s."), text_safe(c->arena,
		    spare->domain));
	finding_fact(c, key->fact);
}

static void
check_spare(struct checking *c, const struct host_signer *signer,
    const struct host_spare *spare)
{
	const struct dkim_judgement *key = dkim_judge(c->arena, c->in->facts,
	    spare->selector, spare->domain, spare->key, spare->key_len);

	if (key->incomplete)
		c->wanted = true;
	else if (spare->newer && rotation_usable(spare, signer) &&
	    key->result != DKIM_KEY_REVOKED)
		ready(c, key);
	else if (!spare->newer && (key->result == DKIM_KEY_OK ||
	    key->result == DKIM_KEY_NO_PRIVATE))
		retired(c, spare, key);
}

void
check_rotation(struct checking *c)
{
	const struct host_signer *s = signer_in_use(c);
	const struct host *host = c->in->host;

	if (s == NULL || strcmp(s->domain, "*") == 0)
		return;
	check_exposed(c, s);
	check_wish(c, s);
	for (size_t i = 0, n = 0; i < host->n_spares &&
	    n < SPARES_LOOKED_AT; i++) {
		if (!text_same(host->spares[i].domain, s->domain) ||
		    !text_same(host->spares[i].program, s->program))
			continue;
		check_spare(c, s, &host->spares[i]);
		n++;
	}
}
