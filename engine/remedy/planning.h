/* SPDX-License-Identifier: ISC
 * What the makers of steps share. For engine/remedy/ only. */
#ifndef WB_PLANNING_H
#define WB_PLANNING_H

#include "engine/remedy/fix.h"
#include "engine/remedy/plan.h"

struct planning {
	const struct check_input *in;
	const struct findings *findings;
	const struct identity *id;
	struct arena *arena;
	struct facts *facts;
	struct plan *plan;
	struct step *step;             /* the one being made */
	const struct fix *fix;         /* its text */

	const char *target;            /* the domain that mail shall come from */
	const char *sender;            /* the envelope sender that it shall have */
	const char *mail_name;         /* a name for the mail server: mail.TARGET */
	bool moves_sender;             /* SENDER differs from today's */
	bool faults_only;              /* this round is not about advice */
	bool quick_way;                /* IPv4 alone is the recommended way */
	bool by_name;                  /* spf.publish lists one name for all */
	struct change **laid;          /* DNS changes of the steps so far */
	size_t n_laid;
	struct judged {                /* what proof_now() has judged already */
		const char *ip, *sender;
		const struct spf_judgement *spf;
	} *judged;
	size_t n_judged;
};

/* Add to the step in hand. */
struct change *step_change(struct planning *p, enum change_kind kind);
void step_advice(struct planning *p, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void step_command(struct planning *p, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* PARAMETER of main.cf, or "smtp/unix/inet_protocols" for one service. */
void step_postconf(struct planning *p, const char *parameter,
    const char *value);
/* LINE stands in the file PATH, in place of one with the same first word. */
void step_line(struct planning *p, const char *path, const char *line);
/* TEXT becomes all of the file PATH. */
void step_whole(struct planning *p, const char *path, const char *text);
/* The same with all that a change of a file or folder can say; the TEXT of a
 * folder is made here: what to type instead. OWNER is "user:group". */
struct change *step_path(struct planning *p, enum change_kind kind,
    const char *path, const char *owner, unsigned int mode);
/* A new RSA key of KIND for OWNER alone. */
struct change *step_key(struct planning *p, const char *path,
    const char *owner, enum dkim_pair kind);
/* The RRset NAME TYPE becomes AFTER (NULL-terminated); what it is now is taken
 * from the cache. Nothing is added when it is so already. */
void step_dns(struct planning *p, const char *name, enum dns_type type,
    const char *const *after);
void step_proof(struct planning *p, const char *what, const char *ip,
    const char *sender, const char *before, const char *after);

/* The step cannot be marked done: why, in one short sentence. The first
 * reason stands. */
void step_block(struct planning *p, const char *why);

/* The zone that NAME is in: the longest of its parents, down to the
 * organisational domain, that is known to have name servers. NULL for a PTR: a
 * reverse zone belongs to the owner of the address. */
const char *planning_zone(const struct planning *p, const char *name,
    enum dns_type type);

/* plan_headline.c: the plan's first sentence and first thing, once its steps
 * are made. */
void planning_headline(struct planning *p);

/* plan_spf.c */
bool make_spf_publish(struct planning *p);
bool make_spf_mail_name(struct planning *p);
/* plan_spf_unused.c */
bool make_spf_drop_unused(struct planning *p);
/* plan_prefetch.c: ask for what the steps will look at, while it is still open
 * whose address it is: the questions do not depend on that answer. */
void planning_prefetch(struct planning *p);
/* spf_wrong.c: advice about records that do not help; RELAY may be NULL. And
 * the receiver as a sender with an include of its own, or NULL. */
struct relay_search;
void planning_wrong_fixes(struct planning *p,
    const struct relay_search *relay);
const struct known_sender *planning_receiver(const struct planning *p);
/* spf_faults.c: take out of D, the target's record, what makes all of it an
 * error. */
struct spf_draft;
void spf_drop_faults(struct planning *p, struct spf_draft *d);
/* plan_dns.c */
bool make_address_ptr(struct planning *p);
bool make_address_helo(struct planning *p);
bool make_blocklist(struct planning *p);
bool make_blocklist_policy(struct planning *p);
/* plan_dmarc.c */
bool make_dmarc_publish(struct planning *p);
bool make_dmarc_report(struct planning *p);
/* RECORD at _dmarc.DOMAIN in place of all that is, or was meant as, a DMARC
 * record; other texts at that name are left alone. */
void planning_dmarc(struct planning *p, const char *domain,
    const char *record);
/* plan_dmarc_way.c */
bool make_dmarc_stage(struct planning *p);
/* plan_dkim.c */
bool make_dkim_unsigned(struct planning *p);
bool make_dkim_record(struct planning *p);
/* The record of KEY becomes that of the private key in PEM, proven by a signed
 * message. False: there is nothing to publish. */
bool planning_prove_key(struct planning *p, const struct dkim_judgement *key,
    const char *pem, size_t pem_len);
/* A message signed with the private key in PEM can be verified with the records
 * as they are, and those laid over them. */
void planning_prove_signer(struct planning *p,
    const struct dkim_judgement *key, const char *pem, size_t pem_len);
/* plan_rotation.c */
bool make_dkim_new_key(struct planning *p);
bool make_dkim_new_record(struct planning *p);
bool make_dkim_switch(struct planning *p);
bool make_dkim_retire(struct planning *p);
/* plan_signer.c */
bool make_dkim_sign(struct planning *p);
/* plan_signer_mend.c */
bool make_dkim_mend(struct planning *p);
/* plan_milter.c: a milter's ADDRESS beside those that Postfix asks already, for
 * mail by SMTP and by programs. */
void planning_ask_milter(struct planning *p, const char *address);
/* The address by which Postfix here reaches OpenDKIM's Socket as it is set now,
 * or NULL: it cannot. */
const char *planning_opendkim_address(const struct planning *p,
    const char *socket);
/* plan_host.c */
bool make_ipv4_only(struct planning *p);
bool make_other_way(struct planning *p);
bool make_envelope_sender(struct planning *p);
bool make_postfix_identity(struct planning *p);
bool make_resend(struct planning *p);
/* plan_postfix.c. A setting of the SMTP client, where that sets its own; LIST
 * without the words that are, or stand for, DOMAIN. */
void planning_set_client(struct planning *p, const char *name,
    const char *value);
/* What logging in at a relay takes beside the settings. */
void advise_login_package(struct planning *p);
const char *planning_list_without(struct planning *p, const char *list,
    const char *domain);
/* Where a line of PARAMETER's tables belongs: into the one that it has already,
 * else a new one of that NAME in Postfix' directory, behind what it has. And
 * the command that makes the table's database. */
const char *planning_table(struct planning *p, const char *parameter,
    const char *name);
void planning_make_database(struct planning *p, const char *table);
bool make_tables(struct planning *p);
bool make_domains(struct planning *p);
bool make_login(struct planning *p);
bool make_relay_submission(struct planning *p);
bool make_relay_brackets(struct planning *p);
bool make_relay_port(struct planning *p);
bool make_relay_rules(struct planning *p);
bool make_with_dns(struct planning *p);
bool make_queue(struct planning *p);
bool make_proxy(struct planning *p);
bool make_hostname(struct planning *p);
bool make_alias(struct planning *p);
bool make_origin_file(struct planning *p);
bool make_chroot(struct planning *p);
/* plan_services.c */
bool make_services(struct planning *p);
bool make_table_types(struct planning *p);
/* plan_list.c */
bool make_list_from(struct planning *p);
bool make_refusal(struct planning *p);
bool make_identity_ask(struct planning *p);

/* All sending addresses that must pass: those of the authentication table. */
size_t planning_senders(const struct planning *p);
const char *planning_sender_ip(const struct planning *p, size_t i);

/* Where the program that hands the mail in is told the sender, as far as its user
 * shows which one it is (plan_application.c). True: the step changes it. */
bool planning_application(struct planning *p);

#endif
