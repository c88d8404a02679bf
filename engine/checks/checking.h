/* SPDX-License-Identifier: ISC
 * What the checks share while they run: the input, the findings they add, and
 * whether an answer was missing. For engine/checks/ only. */
#ifndef WB_CHECKING_H
#define WB_CHECKING_H

#include <stdarg.h>

#include "engine/checks/check.h"
#include "engine/world/facts_server.h"

struct checking {
	const struct check_input *in;
	struct arena *arena;
	struct findings *out;
	struct finding *current;   /* the one that detail and facts go to */
	size_t n_facts;            /* of the current one */
	bool wanted;               /* the running check met a missing answer */
};

/* Start a finding. SUBJECT may be NULL; TITLE is translated text, formatted.
 * Detail and evidence are added to the newest finding. */
void finding_add(struct checking *c, const char *id,
    enum finding_status status, enum finding_role role, const char *subject,
    const char *title, ...) __attribute__((format(printf, 6, 7)));
void finding_detail(struct checking *c, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void finding_fact(struct checking *c, const char *key);
/* The setting NAME as evidence: its fact, and a sentence with its value (for
 * the SMTP client) and where it stands. Not for secrets. */
void finding_setting(struct checking *c, const char *name);
/* The same for a service of master.cf. */
void finding_setting_of(struct checking *c, const char *service,
    const char *name);
void finding_facts(struct checking *c, const char *const *keys, size_t n);

/* The DNS fact; a missing one marks the check as still running. */
const struct fact *checking_dns(struct checking *c, const char *name,
    enum dns_type type);
/* The same of one server (facts_server.h). */
const struct fact *checking_dns_at(struct checking *c, const char *server,
    const char *name, enum dns_type type);
/* A, then AAAA, by the family of IP. */
const struct fact *checking_address(struct checking *c, const char *name,
    const char *ip);

/* The user's answer NAME, or NULL; the I-th of several. */
const char *checking_answer(const struct checking *c, const char *name,
    size_t i);

/* Is the bounce's class one of IDS (blank-separated)? False without bounce. */
bool checking_class(const struct checking *c, const char *ids);
/* ROLE_CAUSE when the class is one of IDS, else OTHERWISE. */
enum finding_role checking_role(const struct checking *c, const char *ids,
    enum finding_role otherwise);

/* "servfail from 192.0.2.53@53": why FACT tells nothing. Translated. */
const char *checking_why_unknown(struct checking *c, const struct fact *fact);

/* Is this computer the mail server (or a recording of it), so that its
 * addresses and settings say something about the mail? */
bool checking_mail_host(const struct checking *c);

/* The further server that sends from IP, or NULL (engine/world/server.h). */
const struct server *checking_server(const struct checking *c, const char *ip);

/* Comma-separated addresses, for a sentence. */
const char *checking_join(struct arena *arena, const char *const *items,
    size_t n);

/* check_spf_record.c: for check_spf(). */
void check_spf_record(struct checking *c, const struct spf_judgement *spf);

/* check_identity.c: the first stage, before all other checks. */
void identity_find(struct checking *c);
/* Its parts. A sentence of evidence; a further address of ours; the name of
 * this server, or NULL. */
void identity_evidence(struct checking *c, const char *sentence);
void identity_add_ip(struct checking *c, const char *ip);
const char *identity_hostname(const struct checking *c);
/* owner.c: identity.owner, when client_ip is known. */
void owner_find(struct checking *c);
/* Is the relay the one who said no, or was not reached? What it saw is this
 * server then. */
bool identity_refused_by_relay(const struct checking *c);
/* route.c: identity.relayhost, when the sender is known. */
void route_find(struct checking *c);
/* senders.c: identity.senders, after identity_find(). */
void senders_find(struct checking *c);
/* Does POSTFIX let its client send from IP (inet_protocols, smtp_bind_address,
 * a single address in inet_interfaces)? */
bool senders_may_be(struct arena *arena, const struct postfix *postfix,
    const char *ip);
/* authentication.c: SPF, DKIM, DMARC for each sending address. */
void authentication_judge(struct checking *c);

/* Part of check_identity(): the further servers of --own-facts. */
void check_servers(struct checking *c);

/* check_signer.c: is OpenDKIM here set up for other domains than DOMAIN only? */
bool signer_leaves_out(const struct checking *c, const char *domain);
/* check_settings.c: "5d" of main.cf in seconds, DEFAULT_UNIT where it has no
 * unit; -1: it is no time. */
long checking_seconds(const char *text, long default_unit);
/* check_signer_keys.c: has OpenDKIM here, which O is about, what it needs to sign
 * for the domain: a key of the right kind, lines that can be used, this host
 * among those that it signs for? And: is it told what it lacks? */
void check_signer_keys(struct checking *c, const struct opendkim *o);
bool signer_is_faulty(const struct checking *c);
/* check_rotation.c: a key that is to be exchanged, the new one, the old one. */
void check_rotation(struct checking *c);
/* authentication.c: the signer here that signs for the domain, or NULL. */
const struct host_signer *signer_in_use(const struct checking *c);

/* check_dkim.c: is it known that nothing signs mail here? */
bool dkim_is_unsigned(const struct checking *c);

/* The checks of the table in check.c, one file a family. */
void check_identity(struct checking *c);
void check_spf(struct checking *c);
void check_dkim(struct checking *c);
void check_signer(struct checking *c);
void check_milter(struct checking *c);
void check_dmarc(struct checking *c);
void check_address(struct checking *c);
void check_helo(struct checking *c);
void check_mx(struct checking *c);
void check_blocklist(struct checking *c);
void check_envelope(struct checking *c);
void check_postfix(struct checking *c);
void check_list(struct checking *c);
/* Parts of check_postfix(): may strangers send through this server; the way
 * through a relay; the domains that it takes mail for; single settings; what is
 * around main.cf. */
void check_relay(struct checking *c);
void check_login(struct checking *c);
void check_domains(struct checking *c);
void check_settings(struct checking *c);
void check_master(struct checking *c);
/* The ports at which mail is handed in; the block lists that it asks. */
void check_services(struct checking *c);
void check_asked_lists(struct checking *c);
/* Has a list's member, or somebody whose mail is forwarded, written the From
 * line? */
bool list_explains_from(struct checking *c);
/* Is SENDER a user under which web servers and system jobs run? */
bool envelope_of_program(const char *sender);
/* Part of check_envelope(): where the sender comes from. */
void check_origin(struct checking *c);
void check_received(struct checking *c);
/* Part of check_received(): the signatures of a whole message. */
void check_signature(struct checking *c);

#endif
