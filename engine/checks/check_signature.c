/* SPDX-License-Identifier: ISC
 * The DKIM signatures of a message that arrived, verified here with the keys
 * that are published now. */
#include "config.h"

#include <string.h>

#include "engine/auth/dkim_library.h"
#include "engine/base/fill.h"
#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/checks/checking.h"

/* What is wrong with a signature. */
static const struct verdict_text {
	const char *id;
	enum finding_status status;
	const char *title;           /* {subject}: the signing domain */
	const char *detail;
} outcomes[] = {
	[DKIM_SIGNATURE_BODY] = {
		"dkim.signature-body", FINDING_PROBLEM,
		N_("The body was changed after {subject} had signed it"),
		N_("The signed headers fit the signature, the body does not: a "
		"footer, a mailing list, a filter or another encoding has "
		"changed it.") },
	[DKIM_SIGNATURE_HEADER] = {
		"dkim.signature-header", FINDING_PROBLEM,
		N_("The headers do not fit the signature of {subject}"),
		N_("One of the signed headers was changed on the way, for example "
		"Subject by a mailing list, or another private key than that of "
		"the published record has signed.") },
	[DKIM_SIGNATURE_NO_KEY] = {
		"dkim.signature-key", FINDING_PROBLEM,
		N_("The key with which {subject} signed is not published"),
		N_("It is missing in DNS or revoked. Signatures can be verified "
		"only as long as the key's record stays; a week after the last "
		"message is usual.") },
	[DKIM_SIGNATURE_BAD_KEY] = {
		"dkim.signature-key", FINDING_PROBLEM,
		N_("The key with which {subject} signed cannot be used"),
		N_("A record is there, but receivers cannot take a key from "
		"it.") },
	[DKIM_SIGNATURE_EXPIRED] = {
		"dkim.signature-faulty", FINDING_UNKNOWN,
		N_("The signature of {subject} has expired"),
		N_("It has an end (x=) that has passed; that says nothing about "
		"new messages.") },
	[DKIM_SIGNATURE_FAULTY] = {
		"dkim.signature-faulty", FINDING_PROBLEM,
		N_("The signature of {subject} cannot be read"),
		N_("The DKIM-Signature field lacks something or was damaged.") },
};

/* Did the receiver find a signature of DOMAIN valid? */
static bool
valid_there(const struct checking *c, const char *domain)
{
	const struct received *r = c->in->received;

	for (size_t i = 0; i < r->n_methods; i++)
		if (!r->methods[i].foreign &&
		    strcmp(r->methods[i].method, "dkim") == 0 &&
		    strcmp(r->methods[i].result, "pass") == 0 &&
		    text_same(r->methods[i].domain, domain))
			return true;
	return false;
}

/* Would a text that lost blanks or line ends look like this? */
static bool
may_be_damage(enum dkim_verdict verdict)
{
	return verdict == DKIM_SIGNATURE_BODY ||
	    verdict == DKIM_SIGNATURE_HEADER ||
	    verdict == DKIM_SIGNATURE_FAULTY;
}

static void
say_damage(struct checking *c, const struct dkim_signature *s,
    bool damaged_here)
{
	if (damaged_here)
		finding_detail(c, _("Its receiver found it valid, so the text "
		    "that was given here is not quite the one that arrived: "
		    "copying and saving change line ends and blanks. Give the "
		    "message as a file that the mail program has saved."));
	else if (may_be_damage(s->verdict))
		finding_detail(c, _("Copying a message changes line ends and "
		    "blanks, too. To be sure, give it as a file that the mail "
		    "program has saved."));
}

static void
report_fault(struct checking *c, const struct dkim_signature *s,
    enum finding_role role)
{
	const struct verdict_text *o = &outcomes[s->verdict];
	bool damaged_here = may_be_damage(s->verdict) &&
	    valid_there(c, s->domain);

	finding_add(c, o->id, damaged_here ? FINDING_UNKNOWN : o->status, role,
	    text_safe(c->arena, s->domain), "%s", fill_subject(c->arena, _(o->title),
	    text_safe(c->arena, s->domain)));
	finding_detail(c, "%s", _(o->detail));
	say_damage(c, s, damaged_here);
}

static void
report_valid(struct checking *c, const struct dkim_signature *s)
{
	finding_add(c, "dkim.signature-valid", FINDING_OK, ROLE_ADVICE,
	    text_safe(c->arena, s->domain), _("The signature of %s is valid"),
	    text_safe(c->arena, s->domain));
	finding_detail(c, _("The signed headers and the body are as they were "
	    "signed, and the key is published at %s."),
	    text_safe(c->arena, s->name));
	if (s->partial)
		finding_detail(c, _("Only a part of the body is signed (l=): "
		    "anybody could add to it."));
}

/* libopendkim takes SHA-1 still. */
static void
report_sha1(struct checking *c, const struct dkim_signature *s,
    enum finding_role role)
{
	finding_add(c, "dkim.signature-sha1", FINDING_PROBLEM, role,
	    text_safe(c->arena, s->domain),
	    _("The signature of %s was made with SHA-1"),
	    text_safe(c->arena, s->domain));
	finding_detail(c, _("Receivers must treat such a signature as not there "
	    "(RFC 8301 3.1). Set the signer to rsa-sha256."));
	finding_fact(c, "bounce text");
}

static void
report(struct checking *c, const struct dkim_signature *s)
{
	enum finding_role role = text_same(s->domain,
	    c->out->identity.own_domain) ? ROLE_CONTRIBUTING : ROLE_ADVICE;

	if (s->sha1) {
		report_sha1(c, s, role);
		return;
	}
	if (s->verdict == DKIM_SIGNATURE_UNKNOWN)
		finding_add(c, "dkim.signature-unknown", FINDING_UNKNOWN, role,
		    text_safe(c->arena, s->domain), _("The signature of %s "
		    "could not be verified here, since its key could not be "
		    "looked up"),
		    text_safe(c->arena, s->domain));
	else if (s->verdict == DKIM_SIGNATURE_VALID)
		report_valid(c, s);
	else
		report_fault(c, s, role);
	finding_fact(c, s->fact);
	finding_fact(c, "bounce text");
}

void
check_signature(struct checking *c)
{
	const struct received *r = c->in->received;
	struct dkim_signature found[DKIM_SIGNATURES_MAX];
	size_t n;

	if (r == NULL || r->n_signatures == 0 || r->message == NULL)
		return;
	n = dkim_library_verify(c->arena, c->in->facts, &(struct dkim_message){
		r->message->fields, r->message->n_fields, r->message->body,
		r->message->body_len }, found);
	for (size_t i = 0; i < n; i++) {
		const struct fact *key = facts_named(c->in->facts,
		    found[i].fact);

		if (key != NULL && key->status == FACT_WANTED)
			c->wanted = true;
		else
			report(c, &found[i]);
	}
}
