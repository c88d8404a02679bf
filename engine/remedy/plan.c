/* SPDX-License-Identifier: ISC
 * The plan: which steps the findings call for, in which order. A step's text
 * is an entry of data/fixes/, its changes come from one maker. */
#include "config.h"

#include "engine/remedy/plan.h"

#include <string.h>

#include "engine/base/fill.h"
#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/remedy/card.h"
#include "engine/remedy/planning.h"

/* In the order in which they are done. make NULL: the entry's own advice,
 * commands and settings are all of it. A step is wanted when one of the
 * findings that its entry settles is a problem. */
static const struct remedy {
	const char *id;
	bool (*make)(struct planning *p);
	bool always;          /* asked for by no finding */
	bool question;        /* asked for by what could not be told */
	bool doubt;           /* asked for by that as well */
	bool later;           /* nothing asks for it now */
} remedies[] = {
	{ .id = "refusal.answer", .make = make_refusal },
	{ .id = "identity.ask", .make = make_identity_ask, .question = true },
	{ .id = "envelope.ask", .question = true },
	{ .id = "postfix.ipv4-only", .make = make_ipv4_only },
	{ .id = "relay.other-way", .make = make_other_way },
	{ .id = "spf.publish", .make = make_spf_publish, .doubt = true },
	{ .id = "spf.mail-name", .make = make_spf_mail_name },
	{ .id = "envelope.own-domain", .make = NULL },
	{ .id = "envelope.sender", .make = make_envelope_sender },
	{ .id = "postfix.identity", .make = make_postfix_identity },
	{ .id = "address.ptr", .make = make_address_ptr },
	{ .id = "address.helo", .make = make_address_helo },
	/* a signature helps only when From is the list's own */
	{ .id = "list.from", .make = make_list_from },
	{ .id = "mx.publish", .make = NULL },
	{ .id = "mx.hosts", .make = NULL },
	{ .id = "dkim.sign", .make = make_dkim_sign },
	{ .id = "dkim.mend", .make = make_dkim_mend },
	{ .id = "dkim.record", .make = make_dkim_record },
	{ .id = "dkim.new-key", .make = make_dkim_new_key },
	{ .id = "dkim.new-record", .make = make_dkim_new_record },
	{ .id = "dkim.switch", .make = make_dkim_switch },
	{ .id = "dkim.retire", .make = make_dkim_retire },
	{ .id = "dkim.align", .make = NULL },
	{ .id = "dkim.programs", .make = NULL },
	{ .id = "dkim.unsigned", .make = make_dkim_unsigned },
	{ .id = "dkim.changed", .make = NULL },
	{ .id = "dkim.sha256", .make = NULL },
	{ .id = "dmarc.align", .make = NULL },
	{ .id = "dmarc.publish", .make = make_dmarc_publish },
	{ .id = "dmarc.report", .make = make_dmarc_report },
	{ .id = "blocklist.policy", .make = make_blocklist_policy },
	{ .id = "blocklist.removal", .make = make_blocklist },
	{ .id = "blocklist.relay", .make = NULL },
	{ .id = "blocklist.domain", .make = make_blocklist },
	{ .id = "postfix.no-ipv6", .make = NULL },
	{ .id = "envelope.alias", .make = make_alias },
	{ .id = "postfix.hostname", .make = make_hostname },
	{ .id = "postfix.origin", .make = make_origin_file },
	{ .id = "postfix.relay-submission", .make = make_relay_submission },
	{ .id = "postfix.relay-brackets", .make = make_relay_brackets },
	{ .id = "postfix.relay-port", .make = make_relay_port },
	{ .id = "postfix.login", .make = make_login },
	{ .id = "postfix.tables", .make = make_tables },
	{ .id = "postfix.master", .make = NULL },
	{ .id = "postfix.chroot", .make = make_chroot },
	{ .id = "postfix.with-dns", .make = make_with_dns },
	{ .id = "postfix.domains", .make = make_domains },
	{ .id = "postfix.proxy", .make = make_proxy },
	{ .id = "postfix.sendmail", .make = NULL },
	{ .id = "postfix.milter", .make = NULL },
	{ .id = "postfix.milter-action", .make = NULL },
	{ .id = "postfix.tls", .make = NULL },
	{ .id = "postfix.close-relay", .make = NULL },
	{ .id = "postfix.relay-rules", .make = make_relay_rules },
	{ .id = "postfix.services", .make = make_services },
	{ .id = "postfix.table-types", .make = make_table_types },
	{ .id = "postfix.asked-lists", .make = NULL },
	{ .id = "postfix.queue", .make = make_queue },
	{ .id = "postfix.bind", .make = NULL },
	{ .id = "postfix.connect", .make = NULL },
	{ .id = "forward.srs", .make = NULL },
	{ .id = "forward.dmarc", .make = NULL },
	{ .id = "forward.sign", .make = NULL },
	{ .id = "spf.drop-unused", .make = make_spf_drop_unused },
	{ .id = "mail.resend", .make = make_resend, .always = true },
	{ .id = "dmarc.reports", .make = make_dmarc_stage, .later = true },
	{ .id = "dmarc.subdomains", .make = make_dmarc_stage, .later = true },
	{ .id = "dmarc.quarantine-test", .make = make_dmarc_stage,
	  .later = true },
	{ .id = "dmarc.quarantine", .make = make_dmarc_stage, .later = true },
	{ .id = "dmarc.reject", .make = make_dmarc_stage, .later = true },
};

#define N_REMEDIES (sizeof remedies / sizeof remedies[0])

/* Without a bounce there is no cause to begin with: then these come first, in
 * the order in which receivers ask for them (knowledge.md 2). */
static const char *const first_without_bounce[] = {
	"identity.ask", "postfix.ipv4-only", "postfix.close-relay",
	"address.ptr", "spf.publish", "spf.mail-name", "envelope.own-domain",
	"envelope.sender", "postfix.identity", "dkim.sign", "dkim.mend",
	"dkim.record", "dkim.new-key", "dkim.new-record", "dkim.switch",
	"dkim.align", "dkim.programs", "dmarc.publish",
	"postfix.tls", "address.helo",
};

#define N_FIRST (sizeof first_without_bounce / sizeof first_without_bounce[0])

/* A finding about records of a mailbox provider's domain: nobody can change
 * those. */
static bool
out_of_reach(const struct planning *p, const struct finding *f)
{
	const struct finding *theirs =
	    finding_find(p->findings, "envelope.mailbox-domain");

	return theirs != NULL && f != theirs && f->subject != NULL &&
	    text_same(f->subject, theirs->subject);
}

static bool
called_for(const struct planning *p, const struct remedy *remedy,
    const struct fix *fix)
{
	enum finding_status status = remedy->question ? FINDING_UNKNOWN :
	    FINDING_PROBLEM;

	for (size_t i = 0; fix->settles[i] != NULL; i++) {
		const struct finding *f =
		    finding_find(p->findings, fix->settles[i]);

		if (f == NULL || out_of_reach(p, f) ||
		    (p->faults_only && f->role == ROLE_ADVICE))
			continue;
		if (f->status == status || (remedy->doubt &&
		    f->status == FINDING_UNKNOWN))
			return true;
	}
	return (remedy->always || remedy->later) && !p->faults_only;
}

/* The subject of the finding that calls for the step, for its text. */
static const char *
subject_of(const struct planning *p, const struct fix *fix)
{
	for (size_t i = 0; fix->settles[i] != NULL; i++) {
		const struct finding *f =
		    finding_find(p->findings, fix->settles[i]);

		if (f != NULL && f->status == FINDING_PROBLEM &&
		    f->subject != NULL)
			return f->subject;
	}
	return NULL;
}

static const char *
fill(struct planning *p, const char *template)
{
	const struct bounce *b = p->in->bounce;
	const char *receiver = b != NULL && b->remote_host != NULL ?
	    b->remote_host : _("The receiver");

	return fill_text(p->arena, template, (const struct placeholder[]){
		{ "domain", p->target != NULL ? p->target : "?" },
		{ "ip", p->id->client_ip != NULL ? p->id->client_ip : "?" },
		{ "sender", p->sender != NULL ? p->sender : "?" },
		{ "receiver", receiver },
		{ "subject", subject_of(p, p->fix) },
		{ "helo", p->id->helo != NULL ? p->id->helo : "?" },
		{ "mail", p->mail_name != NULL ? p->mail_name : "?" },
		{ NULL, NULL },
	});
}

static void
add_entry(struct planning *p)
{
	const struct fix *fix = p->fix;

	for (size_t i = 0; fix->postconf[i] != NULL; i++) {
		const char *equals = strchr(fix->postconf[i], '=');
		const char *end = equals;

		if (equals == NULL)
			continue;
		while (end > fix->postconf[i] && end[-1] == ' ')
			end--;
		planning_set_client(p, arena_strndup(p->arena, fix->postconf[i],
		    (size_t)(end - fix->postconf[i])),
		    equals + 1 + strspn(equals + 1, " "));
	}
	for (size_t i = 0; fix->commands[i] != NULL; i++)
		step_command(p, "%s", fill(p, fix->commands[i]));
	for (size_t i = 0; fix->advice[i] != NULL; i++)
		step_advice(p, "%s", fill(p, fix->advice[i]));
}

/* Later steps are proven on top of the earlier ones, but not on top of one
 * that is an alternative. */
static void
lay_down(struct planning *p, struct step *s)
{
	if (s->alternative_to != NULL &&
	    strcmp(s->alternative_to, "postfix.ipv4-only") != 0)
		return;
	for (size_t i = 0; i < s->n_changes; i++) {
		p->laid = arena_grow(p->arena, p->laid, p->n_laid,
		    sizeof(struct change *));
		p->laid[p->n_laid++] = &s->changes[i];
	}
}

/* Is every setting that the entry asks for in force, or set by another step? */
static bool
is_done(const struct fix *fix, const struct step *step)
{
	for (size_t i = 0; i < step->n_changes; i++)
		if (step->changes[i].kind == CHANGE_POSTCONF)
			return false;
	return fix->postconf[0] != NULL;
}

/* Returns false when it is not called for. */
static bool
make_step(struct planning *p, const struct remedy *remedy)
{
	struct step *s = arena_alloc(p->arena, sizeof *s);

	p->fix = fix_find(remedy->id);
	if (p->fix == NULL || !called_for(p, remedy, p->fix))
		return false;
	p->step = s;
	s->id = p->fix->id;
	s->settles = p->fix->settles;
	s->later = remedy->later;
	s->who = p->fix->who;
	if (remedy->make != NULL && !remedy->make(p))
		return true;
	add_entry(p);
	if (is_done(p->fix, s))
		return true;
	if (s->title == NULL)
		s->title = fill(p, p->fix->title);
	if (s->why == NULL)
		s->why = fill(p, p->fix->why);
	s->time = fill(p, p->fix->time);
	if (s->verify == NULL)
		s->verify = fill(p, p->fix->verify);
	card_add(p, s);
	lay_down(p, s);
	p->plan->steps = arena_grow(p->arena, p->plan->steps, p->plan->n,
	    sizeof *p->plan->steps);
	p->plan->steps[p->plan->n++] = *s;
	return true;
}

/* The domain that mail shall come from: the From domain when the envelope does
 * not fit it; the organisational domain when the envelope is the server's own
 * name, or From a mailbox provider's; else today's envelope domain. */
static void
find_target(struct planning *p)
{
	const struct identity *id = p->id;
	const char *current = id->sender != NULL ?
	    text_address_domain(id->sender) : NULL;

	p->target = id->envelope_domain;
	if (finding_is_problem(p->findings, "envelope.mailbox-domain"))
		p->target = id->org_domain;
	else if (finding_is_problem(p->findings, "envelope.not-aligned"))
		p->target = id->from_domain;
	else if (finding_is_problem(p->findings, "envelope.host-name"))
		p->target = id->org_domain;
	if (p->target != NULL && finding_is_problem(p->findings,
	    "envelope.mailbox-domain") && text_same(p->target,
	    finding_find(p->findings, "envelope.mailbox-domain")->subject))
		p->target = NULL;
	/* nothing can be published for a stranger's domain, or for one that
	 * does not exist */
	if (finding_is_problem(p->findings, "list.forwards-foreign") ||
	    finding_is_problem(p->findings, "list.forwards-dmarc") ||
	    (p->target != NULL && finding_is_problem(p->findings,
	    "envelope.inside-domain") && text_same(p->target,
	    finding_find(p->findings, "envelope.inside-domain")->subject)))
		p->target = NULL;
	if (p->target == NULL)
		return;
	p->mail_name = arena_printf(p->arena, "mail.%s",
	    id->org_domain != NULL ? id->org_domain : p->target);
	p->moves_sender = finding_is_problem(p->findings,
	    "envelope.web-user") || (current != NULL ?
	    !text_same(current, p->target) :
	    !text_same(id->envelope_domain, p->target));
	if (!p->moves_sender && p->findings->n_authentication != 0)
		p->sender = p->findings->authentication[0].sender;
	else if (!p->moves_sender)
		p->sender = id->sender;
	else if (p->in->bounce != NULL && p->in->bounce->header_from != NULL &&
	    text_same(text_address_domain(p->in->bounce->header_from),
	    p->target))
		p->sender = p->in->bounce->header_from;
	else
		p->sender = arena_printf(p->arena, "info@%s", p->target);
}

/* IPv4 alone cures it when only an IPv6 address of ours is in disorder. */
static bool
has_quick_way(const struct planning *p)
{
	const struct identity *id = p->id;

	if (id->owner != OWNER_OWN || id->client_ip == NULL ||
	    !ip_is_v6(id->client_ip))
		return false;
	for (size_t i = 0; i < planning_senders(p); i++)
		if (!ip_is_v6(planning_sender_ip(p, i)) &&
		    p->findings->authentication[i].spf->result == SPF_PASS)
			return finding_is_problem(p->findings,
			    "spf.ipv6-not-listed") ||
			    finding_is_problem(p->findings, "address.no-ptr");
	return false;
}

size_t
plan_step_number(const struct plan *plan, const char *id)
{
	for (size_t i = 0; i < plan->n; i++)
		if (strcmp(plan->steps[i].id, id) == 0)
			return i + 1;
	return 0;
}

size_t
plan_step_for(const struct plan *plan, const char *id)
{
	for (size_t i = 0; i < plan->n; i++)
		for (size_t k = 0; plan->steps[i].settles != NULL &&
		    plan->steps[i].settles[k] != NULL; k++)
			if (strcmp(plan->steps[i].settles[k], id) == 0)
				return i + 1;
	return 0;
}

/* The steps that are called for and not MADE yet, in their order. */
static void
make_round(struct planning *p, bool *made)
{
	for (size_t i = 0; p->in->bounce == NULL && i < N_FIRST; i++)
		for (size_t k = 0; k < N_REMEDIES; k++)
			if (!made[k] && strcmp(remedies[k].id,
			    first_without_bounce[i]) == 0)
				made[k] = make_step(p, &remedies[k]);
	for (size_t k = 0; k < N_REMEDIES; k++)
		if (!made[k])
			made[k] = make_step(p, &remedies[k]);
}

/* Faults come before what is only worth doing. */
static void
make_steps(struct planning *p)
{
	bool made[N_REMEDIES] = { false };

	p->faults_only = true;
	make_round(p, made);
	p->faults_only = false;
	make_round(p, made);
}

struct plan *
plan_make(const struct check_input *input, const struct findings *findings)
{
	struct planning p = {
		.in = check_input_through(input, findings->identity.service),
		.findings = findings,
		.id = &findings->identity,
		.arena = input->arena,
		.facts = input->facts,
		.plan = arena_alloc(input->arena, sizeof *p.plan),
	};

	find_target(&p);
	planning_prefetch(&p);
	p.quick_way = has_quick_way(&p);
	make_steps(&p);
	planning_headline(&p);
	return p.plan;
}
