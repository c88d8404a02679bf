/* SPDX-License-Identifier: ISC
 * Findings in main.cf and in the log's timings that bear on the refusal. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/checks/checking.h"

/* Postfix gives up on one address after smtp_connect_timeout, 30 s. */
#define CONNECT_TIMEOUT 30.0

static bool
here(const struct checking *c)
{
	return postfix_get_state(c->in->postfix) == POSTFIX_FOUND;
}

static void
state(struct checking *c)
{
	const char *note = postfix_note(c->in->postfix);

	switch (postfix_get_state(c->in->postfix)) {
	case POSTFIX_FOUND:
		if (c->out->identity.relayhost == NULL)
			break;
		finding_add(c, "postfix.relayhost", FINDING_OK, ROLE_ADVICE,
		    c->out->identity.relayhost, postfix_is_set(c->in->postfix,
		    "relayhost") && c->out->identity.relay_table == NULL ?
		    _("All mail leaves through the relay %s") :
		    _("This mail leaves through the relay %s"),
		    c->out->identity.relayhost);
		finding_detail(c, "%s", c->out->identity.relay_by);
		finding_fact(c, c->out->identity.relay_table != NULL ?
		    arena_printf(c->arena, "postfix %s",
			c->out->identity.relay_table) : "postfix relayhost");
		break;
	case POSTFIX_NOT_HERE:
		finding_add(c, "postfix.not-here", FINDING_OK, ROLE_ADVICE, NULL,
		    _("There is no Postfix here; its settings were not looked at"));
		if (note != NULL)
			finding_detail(c, "%s", note);
		finding_fact(c, "postfix state");
		break;
	case POSTFIX_UNREADABLE:
		finding_add(c, "postfix.unreadable", FINDING_UNKNOWN,
		    ROLE_CONTRIBUTING, NULL, _("main.cf could not be read"));
		if (note != NULL)
			finding_detail(c, "%s", note);
		finding_fact(c, "postfix state");
		break;
	}
}

/* delays=a/b/c/d: c is the time until the connection stood. Whole multiples
 * of 30 s mean that other addresses of the receiver timed out before. */
static void
connect_delay(struct checking *c)
{
	const struct bounce *b = c->in->bounce;
	int lost;

	if (b == NULL || b->connect_delay < CONNECT_TIMEOUT - 1)
		return;
	lost = (int)(b->connect_delay / CONNECT_TIMEOUT + 0.1);
	if (lost < 1)
		lost = 1;
	finding_add(c, "postfix.connect-delay", FINDING_PROBLEM,
	    ROLE_CONTRIBUTING, b->remote_host,
	    P_("%d address of the receiver timed out before one answered",
	    "%d addresses of the receiver timed out before one answered",
	    lost), lost);
	finding_detail(c, _("The log says delays=.../%g/...: connecting took %g "
	    "seconds, and Postfix waits 30 seconds for each address. Often "
	    "these are IPv6 addresses on a server without IPv6, or a firewall "
	    "in the way."), b->connect_delay, b->connect_delay);
	finding_fact(c, "bounce delays");
}

/* The user names an IPv6 address, and it is no further server's: then what the
 * interfaces show is not the whole truth. */
static bool
is_given_ipv6(const struct checking *c)
{
	const struct identity *id = &c->out->identity;

	for (size_t i = 0; i < id->n_own_ips; i++)
		if (ip_is_v6(id->own_ips[i]) &&
		    checking_server(c, id->own_ips[i]) == NULL)
			return true;
	return false;
}

/* knowledge.md 5.2 M13, M14 */
static void
ipv6(struct checking *c)
{
	const struct identity *id = &c->out->identity;
	const char *protocols = postfix_client_get(c->in->postfix,
	    "inet_protocols");

	if (!here(c) || (strstr(protocols, "all") == NULL &&
	    strstr(protocols, "ipv6") == NULL))
		return;
	if (id->client_ip != NULL && ip_is_v6(id->client_ip) &&
	    id->owner == OWNER_OWN) {
		finding_add(c, "postfix.ipv6-sends", FINDING_OK, ROLE_ADVICE,
		    id->client_ip, _("Postfix sends over IPv6 as well "
		    "(inet_protocols = %s)"), protocols);
		finding_fact(c, "postfix inet_protocols");
	} else if (checking_mail_host(c) && !c->in->host->has_ipv6_route &&
	    !is_given_ipv6(c)) {
		finding_add(c, "postfix.ipv6-unused", FINDING_PROBLEM,
		    ROLE_ADVICE, NULL, _("Postfix tries IPv6, but this server has "
		    "no IPv6 address"));
		finding_detail(c, _("inet_protocols is %s. Each attempt over IPv6 "
		    "fails first."), protocols);
		finding_fact(c, "postfix inet_protocols");
		finding_fact(c, "host address");
	}
}

/* RFC 6890: nothing leaves the machine from there; what stays on it (a filter,
 * a tunnel to the relay) may. */
static bool
is_loopback(const char *address)
{
	return strncmp(address, "127.", 4) == 0 || strcmp(address, "::1") == 0 ||
	    text_same(address, "localhost");
}

static bool
stays_here(const struct checking *c, const char *bound)
{
	const char *relay = c->out->identity.relayhost;

	return is_loopback(bound) && relay != NULL && is_loopback(relay);
}

/* M16: an address that is not this server's cannot be sent from. */
static void
bind_address(struct checking *c)
{
	for (int v6 = 0; v6 < 2; v6++) {
		const char *name = v6 ? "smtp_bind_address6" :
		    "smtp_bind_address";
		const char *bound = server_bound_to(c->arena,
		    c->in->postfix, v6);

		if (!here(c) || bound == NULL || !c->in->host->known ||
		    c->in->host->n_addresses == 0 ||
		    *postfix_client_get(c->in->postfix, name) == '\0' ||
		    host_has_address(c->in->host, bound, NULL) ||
		    stays_here(c, bound))
			continue;
		finding_add(c, "postfix.bind-address", FINDING_PROBLEM,
		    ROLE_CONTRIBUTING, bound,
		    _("Postfix is told to send from %s, which this server does "
		    "not have"), bound);
		finding_detail(c, _("Postfix warns in the log and sends from "
		    "another address, or cannot send."));
		finding_setting(c, name);
		finding_fact(c, "host address");
	}
}

/* M06: the server keeps mail for itself that belongs to the MX elsewhere. */
static void
local_domain(struct checking *c)
{
	const char *org = c->out->identity.org_domain;
	const char *self = postfix_get(c->in->postfix, "myhostname");
	const struct fact *mx;
	bool elsewhere = true;

	if (!here(c) || org == NULL ||
	    !postfix_list_has(c->in->postfix, "mydestination", org))
		return;
	mx = checking_dns(c, org, DNS_MX);
	if (mx->status != FACT_OK)
		return;
	for (size_t i = 0; i < mx->n_values; i++) {
		const char *host = mx_host(c->arena, &mx->values[i]);
		const struct fact *a;

		if (*host == '\0')
			return;
		a = checking_dns(c, host, DNS_A);
		if (text_same(host, self) || a->status == FACT_WANTED)
			elsewhere = false;
		for (size_t k = 0; k < c->out->identity.n_own_ips; k++)
			if (fact_has_address(a, c->out->identity.own_ips[k]))
				elsewhere = false;
	}
	if (!elsewhere)
		return;
	finding_add(c, "postfix.mydestination-elsewhere", FINDING_PROBLEM,
	    checking_role(c, "rcpt_unknown loop", ROLE_CONTRIBUTING), org,
	    _("mydestination holds %s, whose mailboxes are elsewhere"), org);
	finding_detail(c, _("The MX of %s is %s. Mail from this server to %s "
	    "stays on it and is lost or refused."), org,
	    mx_host(c->arena, &mx->values[0]), org);
	finding_fact(c, "postfix mydestination");
	finding_fact(c, mx->key);
}

static void
tls(struct checking *c)
{
	const char *level = postfix_client_get(c->in->postfix,
	    "smtp_tls_security_level");

	if (!here(c))
		return;
	if ((*level != '\0' && !text_same(level, "none")) ||
	    text_same(postfix_client_get(c->in->postfix, "smtp_use_tls"),
	    "yes")) {
		finding_add(c, "postfix.tls", FINDING_OK, ROLE_ADVICE, NULL,
		    _("Postfix encrypts where the receiver can"));
		finding_fact(c, "postfix smtp_tls_security_level");
		return;
	}
	finding_add(c, "postfix.tls-off", FINDING_PROBLEM,
	    checking_role(c, "tls", ROLE_ADVICE), NULL,
	    _("Postfix sends without encryption"));
	finding_detail(c, _("Gmail asks for TLS from everybody."));
	finding_setting(c, "smtp_tls_security_level");
}

/* M21: mail handed in by programs is not signed. */
static void
milters(struct checking *c)
{
	if (!here(c) || *postfix_get(c->in->postfix, "smtpd_milters") == '\0' ||
	    *postfix_get(c->in->postfix, "non_smtpd_milters") != '\0')
		return;
	finding_add(c, "postfix.milters-smtpd-only", FINDING_PROBLEM,
	    checking_role(c, "dkim unauth", ROLE_CONTRIBUTING), NULL,
	    _("Mail from programs on this server bypasses the signer"));
	finding_detail(c, _("smtpd_milters is set, non_smtpd_milters is not: "
	    "what comes by sendmail(1), PHP or cron is not signed."));
	finding_fact(c, "postfix smtpd_milters");
	finding_fact(c, "postfix non_smtpd_milters");
}

static void
disagreements(struct checking *c)
{
	const char *const *sentences;
	size_t n = postfix_disagreements(c->in->postfix, &sentences);

	if (n == 0)
		return;
	finding_add(c, "postfix.disagreement", FINDING_UNKNOWN,
	    ROLE_CONTRIBUTING, NULL,
	    _("postconf(1) reads main.cf differently"));
	for (size_t i = 0; i < n && i < 4; i++)
		finding_detail(c, "%s", sentences[i]);
	finding_fact(c, "postfix state");
}

void
check_postfix(struct checking *c)
{
	state(c);
	connect_delay(c);
	ipv6(c);
	bind_address(c);
	local_domain(c);
	tls(c);
	milters(c);
	if (here(c))
		check_milter(c);
	check_relay(c);
	if (here(c)) {
		check_login(c);
		check_domains(c);
		check_settings(c);
		check_master(c);
		check_services(c);
		check_asked_lists(c);
	}
	disagreements(c);
}
