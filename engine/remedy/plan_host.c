/* SPDX-License-Identifier: ISC
 * The steps on the server: Postfix settings, the envelope sender, another way
 * out, and what to do with the mail itself. */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/bounce/classes.h"
#include "engine/remedy/planning.h"
#include "engine/remedy/proof.h"

static bool
postfix_here(const struct planning *p)
{
	return postfix_get_state(p->in->postfix) == POSTFIX_FOUND;
}

/* hash where Postfix has Berkeley DB, lmdb in newer packages. */
static const char *
table_type(const struct planning *p)
{
	const char *type = postfix_get(p->in->postfix, "default_database_type");

	return *type != '\0' ? type : "hash";
}

/* knowledge.md 0.5 V4ONLY: Postfix 2.11 can set it for the two clients alone
 * (postconf -P); before that inet_protocols of the whole server is the way,
 * and only a stop and start makes it known. */
bool
make_ipv4_only(struct planning *p)
{
	bool proven = false;

	if (!p->quick_way)
		return false;
	if (postfix_at_least(p->in->postfix, 2, 11)) {
		step_postconf(p, "smtp/unix/inet_protocols", "ipv4");
		step_postconf(p, "relay/unix/inet_protocols", "ipv4");
		step_command(p, "postfix reload");
	} else {
		step_postconf(p, "inet_protocols", "ipv4");
		step_command(p, "postfix stop");
		step_command(p, "postfix start");
	}
	for (size_t i = 0; i < planning_senders(p); i++) {
		const char *ip = planning_sender_ip(p, i);
		const struct spf_judgement *spf;

		if (ip_is_v6(ip))
			continue;
		spf = proof_now(p, ip, p->sender);
		step_proof(p, "spf", ip, p->sender, spf_result_name(spf->result),
		    spf_result_name(spf->result));
		proven = spf->result == SPF_PASS;
	}
	p->step->proven = proven;
	return true;
}

/* A policy list is no distrust of this address: receivers take mail from such
 * ranges only through a relay. */
static void
word_policy(struct planning *p)
{
	if (!finding_is_problem(p->findings, "blocklist.policy-listed") ||
	    finding_is_problem(p->findings, "identity.reputation") ||
	    finding_is_problem(p->findings, "blocklist.listed") ||
	    finding_is_problem(p->findings, "blocklist.network-listed"))
		return;
	p->step->title = _("Send through your provider's relay, or another one");
	p->step->why = arena_printf(p->arena, _("%s lies in a range that does not "
	    "send mail directly. Many receivers refuse such addresses, whatever "
	    "their records say; a relay sends from one that they take."),
	    finding_find(p->findings, "blocklist.policy-listed")->subject);
}

/* Set PARAMETER; where the relay is not KNOWN, only say how: a name that nobody
 * has must not get into main.cf. */
static void
relay_setting(struct planning *p, bool known, const char *parameter,
    const char *value)
{
	if (known)
		step_postconf(p, parameter, value);
	else
		step_command(p, "postconf -e '%s = %s'", parameter, value);
}

bool
make_other_way(struct planning *p)
{
	const struct recording *r = p->in->recording;
	const char *relay = NULL;
	bool known;

	if (p->id->owner == OWNER_RELAY || p->id->relayhost != NULL)
		return false;
	for (size_t i = 0; i < r->n_answers; i++)
		if (text_same(r->answers[i].name, "relay"))
			relay = r->answers[i].value;
	known = relay != NULL;
	if (!known) {
		relay = "smtp.relay.example";
		step_advice(p, _("Start whybounce again with --relay and the name "
		    "that your relay's provider gives you: it then takes the "
		    "relay into the SPF record, too, and can make these "
		    "changes."));
		step_advice(p, _("Put the name that your relay's provider gives "
		    "you in place of %s."), relay);
	}
	word_policy(p);
	relay_setting(p, known, "relayhost", arena_printf(p->arena,
	    "[%s]:587", relay));
	relay_setting(p, known, "smtp_sasl_auth_enable", "yes");
	relay_setting(p, known, "smtp_sasl_security_options", "noanonymous");
	relay_setting(p, known, "smtp_sasl_password_maps", arena_printf(p->arena,
	    "%s:/etc/postfix/sasl_passwd", table_type(p)));
	relay_setting(p, known, "smtp_tls_security_level", "encrypt");
	step_advice(p, _("Write one line into /etc/postfix/sasl_passwd: "
	    "[%s]:587 LOGIN:PASSWORD. Only root may read that file."), relay);
	advise_login_package(p);
	step_command(p, "chmod 600 /etc/postfix/sasl_passwd");
	step_command(p, "postmap %s:/etc/postfix/sasl_passwd", table_type(p));
	step_command(p, "postfix reload");
	return true;
}

/* Postfix rewrites senders of the domain OLD. */
static void
rewrite_sender(struct planning *p, const char *old)
{
	static const char maps[] = "smtp_generic_maps";
	const struct postfix_way *way = &p->id->way;
	const char *table;

	/* its entry goes before any other that could be added */
	for (size_t i = 0; i < way->n_steps; i++)
		if (strcmp(way->steps[i].parameter, maps) == 0) {
			step_advice(p, _("Change the entry %s of the table %s: "
			    "it makes %s."), way->steps[i].key,
			    way->steps[i].table, way->steps[i].after);
			return;
		}
	table = planning_table(p, maps, "generic");
	step_line(p, strchr(table, ':') + 1, arena_printf(p->arena, "@%s %s",
	    old, p->sender));
	planning_make_database(p, table);
	step_command(p, "postfix reload");
}

/* The evidence of where the sender comes from, as part of the reason. */
static void
tell_origin(struct planning *p)
{
	const struct finding *f = finding_find(p->findings, "envelope.origin");

	if (f != NULL && *f->detail != '\0')
		p->step->why = arena_printf(p->arena, "%s %s", _(p->fix->why),
		    f->detail);
}

/* knowledge.md 5.3: the cure nearest to the cause first. */
bool
make_envelope_sender(struct planning *p)
{
	const char *old = p->id->envelope_domain;

	if (p->sender == NULL || p->target == NULL)
		return false;
	tell_origin(p);
	step_command(p, "sendmail -f %s RECIPIENT", p->sender);
	if (!planning_application(p) && p->moves_sender && old != NULL &&
	    !text_same(old, p->target)) {
		step_advice(p, _("When the application cannot be changed, Postfix "
		    "can rewrite the sender on the way out."));
		rewrite_sender(p, old);
	}
	step_advice(p, _("%s must be a mailbox that somebody reads: bounces go "
	    "there. Take another one of %s if you like."), p->sender,
	    p->target);
	proof_senders(p, p->id->sender != NULL ? p->id->sender : p->sender,
	    p->sender);
	return true;
}

/* mydestination without ORG, which $mydomain will stand for; the default when
 * nothing else is left in it. */
static const char *
destinations_without(struct planning *p, const char *org)
{
	static const char *const usual[] = {
		"$myhostname", "localhost.$mydomain", "localhost",
	};
	const char *raw = postfix_value(p->in->postfix, "mydestination")->raw;
	const char *rest = raw != NULL ? planning_list_without(p, raw, org) : "";
	const char *word;

	rest = planning_list_without(p, rest, "$mydomain");
	word = rest;
	for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
		word = planning_list_without(p, word, usual[i]);
	return *word != '\0' ? rest :
	    "$myhostname, localhost.$mydomain, localhost";
}

static void
own_destinations(struct planning *p, const char *org)
{
	bool elsewhere = finding_is_problem(p->findings,
	    "postfix.mydestination-elsewhere");

	if (postfix_list_has(p->in->postfix, "mydestination", org) && !elsewhere)
		return;
	step_postconf(p, "mydestination", destinations_without(p, org));
	step_advice(p, _("Put %s (or $mydomain) into mydestination only when its "
	    "mailboxes are on this server. When they are elsewhere, for example "
	    "at Google, do not list it in mydestination unless you want mail to "
	    "it to stay here and be lost."), org);
}

/* Advice alone does not make a step: all may be set, and the bounce still tell
 * of the time before. */
static bool
has_settings(const struct step *step)
{
	for (size_t i = 0; i < step->n_changes; i++)
		if (step->changes[i].kind == CHANGE_POSTCONF ||
		    step->changes[i].kind == CHANGE_FILE)
			return true;
	return false;
}

/* Debian: myorigin names a file, and other programs read that, too. */
static void
set_origin(struct planning *p, const char *org)
{
	const struct postfix_value *now = postfix_value(p->in->postfix,
	    "myorigin");

	if (now->raw != NULL && now->raw[0] == '/' &&
	    text_same(now->value, org))
		return;
	if (now->raw != NULL && now->raw[0] == '/')
		step_whole(p, now->raw, arena_printf(p->arena, "%s\n", org));
	else
		step_postconf(p, "myorigin", org);
}

bool
make_postfix_identity(struct planning *p)
{
	const char *org = p->id->org_domain;

	if (!postfix_here(p) || org == NULL)
		return false;
	if (finding_is_problem(p->findings, "envelope.host-name")) {
		step_postconf(p, "mydomain", org);
		set_origin(p, org);
	}
	own_destinations(p, org);
	if (!has_settings(p->step))
		return false;
	step_command(p, "postfix reload");
	return true;
}

/* What happens to this very message. */
bool
make_resend(struct planning *p)
{
	const struct bounce *b = p->in->bounce;

	if (b == NULL || p->in->received != NULL)
		return false;
	switch (b->outcome) {
	case OUTCOME_SENT:
		step_advice(p, _("This message was delivered in the end; nothing "
		    "needs to be sent again."));
		return true;
	case OUTCOME_DEFERRED:
		step_advice(p, _("This message is still in the queue. Do not send "
		    "it again."));
		step_command(p, "postqueue -f");
		return true;
	case OUTCOME_BOUNCED:
	case OUTCOME_EXPIRED:
	case OUTCOME_UNKNOWN:
		break;
	}
	if (p->plan->n == 0) {
		p->step->title = _("Send the message again");
		step_advice(p, _("This message is lost for the recipient. "
		    "Nothing was found that has to be changed first."));
		return true;
	}
	step_advice(p, _("This message is lost for the recipient. Send it again "
	    "when the steps above are done."));
	return true;
}

/* Nothing can be listed in SPF before it is clear whose address it is. */
bool
make_identity_ask(struct planning *p)
{
	if (p->in->bounce == NULL) {
		p->step->title = _("Find out which address this server sends "
		    "from");
		p->step->why = _("Receivers judge the address that connects to "
		    "them: its name, and whether SPF lists it.");
		p->step->verify = "whybounce check --own-ip ADDRESS";
	}
	return p->id->owner == OWNER_UNKNOWN;
}

/* Refusals whose cure is none of the other steps: the class's own advice. */
bool
make_refusal(struct planning *p)
{
	const struct refusal_class *class = p->in->bounce != NULL ?
	    class_find(p->in->bounce->class_id) : NULL;

	/* what is not reached through the relay tells nothing of others */
	if (class == NULL || finding_is_problem(p->findings,
	    "postfix.relay-port-25"))
		return false;
	p->step->title = _(class->first);
	p->step->why = _(class->plain);
	p->step->who = class->who;
	step_advice(p, "%s", _(class->first));
	return true;
}
