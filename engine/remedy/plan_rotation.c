/* SPDX-License-Identifier: ISC
 * Exchanging a DKIM key: make a new one, publish its record, let it sign, and
 * take the old record back when no mail needs it any more. Each is a step of
 * its own, since each waits for the one before. */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/checks/rotation.h"
#include "engine/remedy/proof.h"
#include "engine/remedy/signing.h"

#define SPARES_RETIRED 8

/* The key that is made to follow SIGNER's, or NULL. */
static const struct host_spare *
ready_spare(const struct planning *p, const struct host_signer *signer)
{
	const struct host *host = p->in->host;

	for (size_t i = 0; signer != NULL && i < host->n_spares; i++)
		if (host->spares[i].newer &&
		    text_same(host->spares[i].domain, signer->domain) &&
		    text_same(host->spares[i].program, signer->program) &&
		    rotation_usable(&host->spares[i], signer))
			return &host->spares[i];
	return NULL;
}

static const struct dkim_judgement *
judge(struct planning *p, const struct host_spare *spare)
{
	return dkim_judge(p->arena, p->facts, spare->selector, spare->domain,
	    spare->key, spare->key_len);
}

/* ---- a new key ---- */

static bool
is_about(const struct planning *p, const char *id, const char *subject)
{
	const struct finding *f = finding_find(p->findings, id);

	return f != NULL && f->status == FINDING_PROBLEM &&
	    text_same(f->subject, subject);
}

/* Nothing can be signed with the key as it is, so the new one need not wait for
 * its record. */
static bool
is_useless(const struct planning *p, const struct host_signer *s)
{
	return s->key_file != NULL && (is_about(p, "dkim.no-private-key",
	    s->key_file) || (is_about(p, "dkim.key-algorithm", s->key_file) &&
	    text_same(dkim_key_type(s->key, s->key_len), "ed25519")));
}

/* dkim.no-private-key and dkim.key-algorithm may be about another key, or about
 * what is mended without a new one. */
static bool
is_called_for(const struct planning *p, const struct host_signer *s)
{
	static const char *const ids[] = {
		"dkim.key-short", "dkim.ed25519-only", "dkim.key-exposed",
		"dkim.key-wanted", "dkim.revoked",
	};

	for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++)
		if (finding_is_problem(p->findings, ids[i]))
			return true;
	return s != NULL && is_useless(p, s);
}

/* How the exchange goes on, and why in this order. */
static void
say_order(struct planning *p)
{
	step_advice(p, _("The new key does not sign yet. Check again then: its "
	    "record comes next, proven by a signed message, and only when it is "
	    "published the new key takes over. A signature whose record nobody "
	    "can find is worth nothing."));
}

static void
say_old(struct planning *p)
{
	step_advice(p, _("Leave the old record for %d days: mail that it signed can "
	    "wait in your own queue (maximal_queue_lifetime) and then in that of "
	    "a relay or forwarder (RFC 5321 4.5.4.1)."),
	    rotation_days(p->in->postfix));
}

static void
by_commands(struct planning *p, const char *domain, const char *selector)
{
	signing_by_hand(p, domain, selector);
	step_advice(p, _("Publish the record that it writes to %s.txt at "
	    "%s._domainkey.%s, wait until every name server has it, and only "
	    "then let the signer use the new selector and key."), selector,
	    selector, domain);
	say_old(p);
}

static bool
new_opendkim_key(struct planning *p, const struct host_signer *s,
    const char *selector)
{
	const struct opendkim *o = p->in->host->opendkim;
	struct opendkim_setup setup;
	const char *file;

	opendkim_setup_begin(&setup, p, o, s->domain, selector);
	file = opendkim_setup_key(&setup);
	if (!is_useless(p, s)) {
		say_order(p);
	} else if (opendkim_setup_sign(&setup, file)) {
		opendkim_setup_restart(&setup);
		step_advice(p, _("The old key cannot sign, so the new one takes "
		    "over at once. The next diagnosis shows its record."));
	} else {
		return false;
	}
	return true;
}

bool
make_dkim_new_key(struct planning *p)
{
	const struct host_signer *s = signing_signer(p);
	const struct opendkim *o = p->in->host->opendkim;
	const char *domain = s != NULL ? s->domain : p->target, *selector;

	if (domain == NULL || !signing_is_plain(domain) ||
	    !is_called_for(p, s) || ready_spare(p, s) != NULL)
		return false;
	selector = signing_new_selector(p, domain);
	p->step->verify = arena_printf(p->arena, "dig +short TXT "
	    "%s._domainkey.%s", selector, domain);
	if (s != NULL && text_same(s->program, "opendkim") && o != NULL &&
	    opendkim_setup_possible(o)) {
		if (new_opendkim_key(p, s, selector))
			return true;
		p->step->n_changes = 0;
	} else if (s != NULL && text_same(s->program, "rspamd")) {
		(void)rspamd_new_key(p, domain, selector);
		say_order(p);
		return true;
	} else if (s != NULL && text_same(s->program, "amavis")) {
		say_old(p);
		return make_sign_amavis(p, selector);
	}
	by_commands(p, domain, selector);
	return true;
}

/* ---- its record ---- */

bool
make_dkim_new_record(struct planning *p)
{
	const struct host_spare *spare = ready_spare(p, signing_signer(p));
	const struct dkim_judgement *key;

	if (spare == NULL)
		return false;
	key = judge(p, spare);
	if (key->incomplete || key->result == DKIM_KEY_OK)
		return false;
	return planning_prove_key(p, key, spare->key, spare->key_len);
}

/* ---- the new key takes over ---- */

static void
switch_rspamd(struct planning *p, const struct host_signer *s,
    const struct host_spare *spare)
{
	step_command(p, "sed -i.old 's|%s|%s|; s|selector = \"%s\"|selector = "
	    "\"%s\"|' %s", s->key_file, spare->key_file, s->selector,
	    spare->selector, s->source != NULL ? s->source :
	    "/etc/rspamd/local.d/dkim_signing.conf");
	step_command(p, "systemctl restart rspamd");
	step_advice(p, _("In the block of the domain, path and selector become "
	    "those of the new key. Look at the file afterwards: where path or "
	    "selector are made of \"$domain\" and \"$selector\", or stand in a "
	    "map, change them there."));
}

static bool
switch_signer(struct planning *p, const struct host_signer *s,
    const struct host_spare *spare)
{
	const struct opendkim *o = p->in->host->opendkim;
	struct opendkim_setup setup;

	if (text_same(s->program, "rspamd")) {
		switch_rspamd(p, s, spare);
		return true;
	}
	if (o == NULL || !opendkim_setup_possible(o))
		return false;
	opendkim_setup_begin(&setup, p, o, s->domain, spare->selector);
	if (!opendkim_setup_sign(&setup, spare->key_file))
		return false;
	opendkim_setup_restart(&setup);
	return true;
}

bool
make_dkim_switch(struct planning *p)
{
	const struct host_signer *s = signing_signer(p);
	const struct host_spare *spare = ready_spare(p, s);
	const struct dkim_judgement *key;

	if (spare == NULL || s->key_file == NULL)
		return false;
	key = judge(p, spare);
	if (key->result != DKIM_KEY_OK || !switch_signer(p, s, spare))
		return false;
	planning_prove_signer(p, key, spare->key, spare->key_len);
	say_old(p);
	p->step->verify = arena_printf(p->arena,
	    "grep 's=%s' /var/log/mail.log", spare->selector);
	return true;
}

/* ---- the end of the old one ---- */

/* RFC 6376 3.6.1: an empty p= says that the key is revoked, so that whoever asks
 * does not wait for a record that might come. */
bool
make_dkim_retire(struct planning *p)
{
	const struct host *host = p->in->host;
	const struct host_signer *s = signing_signer(p);
	const struct dkim_judgement *key = s != NULL ?
	    p->findings->authentication[0].dkim : NULL;

	for (size_t i = 0; s != NULL && i < host->n_spares &&
	    i < SPARES_RETIRED; i++) {
		const struct host_spare *x = &host->spares[i];

		if (x->newer || !text_same(x->domain, s->domain) ||
		    x->days < rotation_days(p->in->postfix) ||
		    judge(p, x)->result != DKIM_KEY_OK)
			continue;
		step_dns(p, judge(p, x)->name, DNS_TXT,
		    (const char *const[]){ "v=DKIM1; p=", NULL });
		step_command(p, "rm %s", x->key_file);
	}
	if (p->step->n_changes == 0)
		return false;
	proof_lay(p);
	if (s->key != NULL)
		planning_prove_signer(p, key, s->key, s->key_len);
	proof_unlay(p);
	step_advice(p, _("Only when no other server signs with it: what signs "
	    "elsewhere cannot be seen from here."));
	step_advice(p, _("A record with an empty p= says that the key is revoked "
	    "(RFC 6376 3.6.1). After some months it can be removed; do not use "
	    "the selector again."));
	return true;
}
