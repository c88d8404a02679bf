/* SPDX-License-Identifier: ISC
 * Does Postfix reach its relay, and may it send through it: next hop, port,
 * encryption, login (knowledge.md 5.2 M09, M10; 5.4)? */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/checks/checking.h"

#define LOGIN_CLASSES "relay_denied smtp_auth"

/* "587" of "[host]:587"; "smtp" and its like and nothing are the SMTP port. */
static const char *
port_of(const char *relayhost)
{
	const char *from = strrchr(relayhost, ']');
	const char *colon = strchr(from != NULL ? from : relayhost, ':');

	if (colon == NULL)
		return "25";
	colon++;
	return text_same(colon, "submission") ? "587" :
	    text_same(colon, "smtps") || text_same(colon, "submissions") ?
	    "465" : text_same(colon, "smtp") ? "25" : colon;
}

/* RFC 6409, RFC 8314: ports for customers, who log in there. */
static bool
is_submission(const char *port)
{
	return strcmp(port, "587") == 0 || strcmp(port, "465") == 0;
}

static const char *
bracketed(struct checking *c, const char *relayhost, const char *host)
{
	return arena_printf(c->arena, "[%s]:%s", host, port_of(relayhost));
}

/* M10: a name without brackets stands for its MX hosts, which take mail for the
 * domain at port 25 and are no submission servers. */
static void
by_mx(struct checking *c, const char *relayhost, const char *host)
{
	const struct fact *mx;

	if (relayhost[strspn(relayhost, " \t")] == '[' ||
	    !is_submission(port_of(relayhost)))
		return;
	mx = checking_dns(c, host, DNS_MX);
	if (mx->status != FACT_OK || mx->n_values == 0)
		return;
	for (size_t i = 0; i < mx->n_values; i++)
		if (text_same(mx_host(c->arena, &mx->values[i]), host))
			return;
	finding_add(c, "postfix.relay-by-mx", FINDING_PROBLEM,
	    checking_role(c, "connect rcpt_domain smtp_auth relay_denied",
		ROLE_CONTRIBUTING), bracketed(c, relayhost, host),
	    _("The relay's name stands without brackets, so Postfix asks its "
	    "MX"));
	finding_detail(c, _("So mail goes to %s, where %s receives mail, and not "
	    "to the relay. In brackets the name stands for itself."),
	    mx_host(c->arena, &mx->values[0]), host);
	finding_setting(c, "relayhost");
	finding_fact(c, mx->key);
}

/* M10: providers close port 25 for their customers' lines (OP25B). */
static void
port_25(struct checking *c, const char *relayhost, const char *host)
{
	if (!checking_class(c, "connect") || !identity_refused_by_relay(c) ||
	    strcmp(port_of(relayhost), "25") != 0)
		return;
	finding_add(c, "postfix.relay-port-25", FINDING_PROBLEM, ROLE_CAUSE,
	    arena_printf(c->arena, "[%s]:587", host),
	    _("The relay %s was not reached at port 25"), host);
	finding_detail(c, _("Many providers close port 25 for all lines but "
	    "those of mail servers. Relays take their customers' mail at port "
	    "587, with a login."));
	finding_setting(c, "relayhost");
}

/* At 465 TLS comes first (RFC 8314 3.3); else both sides wait. */
static void
wrapper(struct checking *c, const char *relayhost)
{
	bool on = text_same(postfix_client_get(c->in->postfix,
	    "smtp_tls_wrappermode"), "yes");
	bool wanted = strcmp(port_of(relayhost), "465") == 0;

	/* another service may set it for itself (master.cf) */
	if (!text_same(postfix_get(c->in->postfix, "default_transport"),
	    "smtp"))
		return;
	if (on == wanted || (on && !is_submission(port_of(relayhost)) &&
	    strcmp(port_of(relayhost), "25") != 0))
		return;
	finding_add(c, wanted ? "postfix.relay-tls-first" :
	    "postfix.relay-tls-later", FINDING_PROBLEM,
	    checking_role(c, "connect tls", ROLE_CONTRIBUTING), relayhost,
	    wanted ? _("Port 465 wants TLS from the first byte, and Postfix "
	    "waits for a greeting") :
	    _("Postfix begins with TLS at a port that greets first"));
	finding_detail(c, _("Both sides wait for each other until the connection "
	    "times out."));
	finding_setting(c, "smtp_tls_wrappermode");
	finding_setting(c, "relayhost");
}

/* smtp(8) looks for the server's name and for the next hop as it is written. */
static bool
has_login(struct checking *c, const char *relayhost, const char *host,
    const char **why)
{
	const char *const keys[] = {
		relayhost, host, c->out->identity.sender != NULL &&
		    text_same(postfix_client_get(c->in->postfix,
			"smtp_sender_dependent_authentication"), "yes") ?
		    c->out->identity.sender : NULL,
	};
	struct postfix_answer answer;

	*why = NULL;
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		if (keys[i] == NULL)
			continue;
		postfix_look_up(c->in->postfix, "smtp_sasl_password_maps",
		    keys[i], &answer);
		if (answer.value != NULL)
			return true;
		if (answer.why_unknown != NULL)
			*why = answer.why_unknown;
	}
	return false;
}

/* Without brackets the names of the MX hosts are looked for as well, and some
 * logins belong to senders that are not known here. */
static bool
login_is_open(const struct checking *c, const char *relayhost)
{
	return relayhost[strspn(relayhost, " \t")] != '[' ||
	    (c->out->identity.sender == NULL &&
	    text_same(postfix_client_get(c->in->postfix,
		"smtp_sender_dependent_authentication"), "yes"));
}

static void
password(struct checking *c, const char *relayhost, const char *host)
{
	const char *why;

	if (has_login(c, relayhost, host, &why) ||
	    login_is_open(c, relayhost))
		return;
	if (why != NULL && !checking_class(c, LOGIN_CLASSES))
		return;
	if (why != NULL) {
		finding_add(c, "postfix.relay-login-unknown", FINDING_UNKNOWN,
		    ROLE_CONTRIBUTING, relayhost,
		    _("It could not be seen whether there is a password for %s"),
		    relayhost);
		finding_detail(c, _("%s."), why);
	} else {
		finding_add(c, "postfix.relay-no-password", FINDING_PROBLEM,
		    checking_role(c, LOGIN_CLASSES, ROLE_CONTRIBUTING),
		    relayhost, _("There is no password for the relay %s"),
		    relayhost);
		finding_detail(c, _("smtp_sasl_password_maps must have a line "
		    "that begins with exactly %s, as relayhost is written."),
		    relayhost);
	}
	finding_fact(c, "postfix smtp_sasl_password_maps");
	finding_setting(c, "relayhost");
}

/* What has come out of the relay went in without a login: it knows the line. */
static bool
was_let_in(const struct checking *c)
{
	const struct identity *id = &c->out->identity;

	return id->owner == OWNER_RELAY && id->client_ip != NULL &&
	    !id->guessed;
}

static void
login(struct checking *c, const char *relayhost, const char *host)
{
	if (text_same(postfix_client_get(c->in->postfix,
	    "smtp_sasl_auth_enable"), "yes")) {
		password(c, relayhost, host);
		return;
	}
	if (!checking_class(c, LOGIN_CLASSES) &&
	    (!is_submission(port_of(relayhost)) || was_let_in(c)))
		return;
	finding_add(c, "postfix.relay-no-login", FINDING_PROBLEM,
	    checking_role(c, LOGIN_CLASSES, ROLE_ADVICE), relayhost,
	    _("Postfix does not log in at the relay %s"), host);
	finding_detail(c, _("A relay takes mail from customers only when they "
	    "log in, or from their own lines."));
	finding_setting(c, "smtp_sasl_auth_enable");
	finding_setting(c, "relayhost");
}

/* Nearly all relays know PLAIN and LOGIN only, which the default leaves out.
 * One that takes CRAM-MD5 works, so the refusal decides. */
static void
mechanisms(struct checking *c)
{
	static const char name[] = "smtp_sasl_tls_security_options";
	const char *text = c->in->bounce != NULL ? c->in->bounce->text : NULL;

	if (!text_same(postfix_client_get(c->in->postfix,
	    "smtp_sasl_auth_enable"), "yes") ||
	    strstr(postfix_client_get(c->in->postfix, name), "noplaintext") ==
	    NULL || text == NULL || strstr(text, "mechanism") == NULL)
		return;
	finding_add(c, "postfix.relay-plaintext", FINDING_PROBLEM, ROLE_CAUSE,
	    NULL, _("Postfix does not use the only kinds of login that the relay "
	    "offers"));
	finding_detail(c, _("noplaintext rules out PLAIN and LOGIN. Inside TLS "
	    "they are safe."));
	finding_setting(c, "smtp_sasl_security_options");
	finding_setting(c, name);
}

void
check_login(struct checking *c)
{
	const char *relayhost = postfix_get(c->in->postfix, "relayhost");
	const char *host;
	bool mx;

	host = postfix_nexthop(c->arena, relayhost, &mx);
	if (host == NULL)
		return;
	by_mx(c, relayhost, host);
	port_25(c, relayhost, host);
	wrapper(c, relayhost);
	login(c, relayhost, host);
	mechanisms(c);
}
