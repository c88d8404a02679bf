/* SPDX-License-Identifier: ISC
 * Single settings that decide over delivery whatever the receiver says: DNS
 * switched off, no real bounces, a queue that gives up at once, backscatter. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/checks/checking.h"

#define MINUTE 60L
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
/* RFC 5321 4.5.4.1 asks for four or five days; greylisting alone wants more
 * than some minutes. */
#define LIFETIME_SHORT (4 * HOUR)

#define NO_DNS_CLASSES "rcpt_domain connect dns_temp local_error"

static bool
is_yes(const struct checking *c, const char *name)
{
	return text_same(postfix_client_get(c->in->postfix, name), "yes");
}

/* postconf(5): a number and a unit, DEFAULT_UNIT where there is none; -1: it is
 * none. */
long
checking_seconds(const char *text, long default_unit)
{
	static const struct {
		char letter;
		long unit;
	} units[] = {
		{ 's', 1 }, { 'm', MINUTE }, { 'h', HOUR }, { 'd', DAY },
		{ 'w', 7 * DAY },
	};
	char *end;
	long n = strtol(text, &end, 10);

	if (end == text || n < 0 || n > 100000)
		return -1;
	if (*end == '\0')
		return n * default_unit;
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
		if (text_lower(*end) == units[i].letter && end[1] == '\0')
			return n * units[i].unit;
	return -1;
}

/* M27: without MX records mail goes to the A record of the recipient's domain,
 * mostly a web server. Behind a relay that is as it should be. */
static void
no_dns(struct checking *c)
{
	const char *name = is_yes(c, "disable_dns_lookups") ?
	    "disable_dns_lookups" : text_same(postfix_client_get(
		c->in->postfix, "smtp_dns_support_level"), "disabled") ?
	    "smtp_dns_support_level" : checking_class(c, NO_DNS_CLASSES) &&
	    text_same(postfix_client_get(c->in->postfix, "smtp_host_lookup"),
		"native") ? "smtp_host_lookup" : NULL;

	if (name == NULL || c->out->identity.relayhost != NULL ||
	    c->out->identity.route_unknown != NULL)
		return;
	finding_add(c, "postfix.no-dns", FINDING_PROBLEM,
	    checking_role(c, NO_DNS_CLASSES, ROLE_CONTRIBUTING), name,
	    strcmp(name, "smtp_host_lookup") == 0 ?
	    _("Postfix asks /etc/hosts before DNS for the addresses of "
	    "receivers") :
	    _("Postfix sends without looking at MX records"));
	finding_detail(c, strcmp(name, "smtp_host_lookup") == 0 ?
	    _("An old line there leads mail to the wrong server.") :
	    _("Mail goes to the address of the recipient's domain itself, which "
	    "is often a web server."));
	finding_setting(c, name);
}

/* M29 */
static void
soft_bounce(struct checking *c)
{
	if (!is_yes(c, "soft_bounce"))
		return;
	finding_add(c, "postfix.soft-bounce", FINDING_PROBLEM, ROLE_ADVICE, NULL,
	    _("Postfix tries again what was refused for good (soft_bounce)"));
	finding_detail(c, _("The setting is for trying out. Senders hear of a "
	    "failure only after days, and receivers see the same refused "
	    "message again and again."));
	finding_setting(c, "soft_bounce");
}

/* M30 */
static void
lifetime(struct checking *c)
{
	static const char name[] = "maximal_queue_lifetime";
	const struct postfix_value *v = postfix_value(c->in->postfix, name);
	long s = v->origin == POSTFIX_MAIN_CF ?
	    checking_seconds(v->value, DAY) : -1;

	if (s < 0 || s >= LIFETIME_SHORT)
		return;
	finding_add(c, "postfix.short-lifetime", FINDING_PROBLEM,
	    checking_role(c, "greylist rate_limit connect dns_temp expired "
		"rcpt_full", ROLE_ADVICE), NULL,
	    _("Postfix gives up on a message after %s"), v->value);
	finding_detail(c, _("Receivers that put mail off for a while (greylists, "
	    "rate limits) never get it. RFC 5321 asks for four to five days."));
	finding_setting(c, name);
}

/* M30: unknown users are taken and bounced later, to whatever sender a spammer
 * made up. */
static void
backscatter(struct checking *c)
{
	static const char name[] = "local_recipient_maps";

	if (!postfix_is_set(c->in->postfix, name) ||
	    *postfix_get(c->in->postfix, name) != '\0' ||
	    strchr(postfix_get(c->in->postfix, "mydestination"), '.') == NULL ||
	    *postfix_get(c->in->postfix, "luser_relay") != '\0' ||
	    *postfix_get(c->in->postfix, "mailbox_transport") != '\0' ||
	    *postfix_get(c->in->postfix, "fallback_transport") != '\0' ||
	    text_same(postfix_get(c->in->postfix, "inet_interfaces"),
		"loopback-only"))
		return;
	finding_add(c, "postfix.backscatter", FINDING_PROBLEM,
	    checking_role(c, "blocklist_ip reputation", ROLE_ADVICE), NULL,
	    _("Postfix takes mail for users that do not exist"));
	finding_detail(c, _("It bounces it afterwards, to senders that spammers "
	    "made up. Such bounces bring a server onto block lists."));
	finding_setting(c, name);
}

/* M31: when the receiver cannot be reached. */
static void
fallback_relay(struct checking *c)
{
	const char *value = postfix_client_get(c->in->postfix,
	    "smtp_fallback_relay");
	const char *host;
	bool mx;

	host = postfix_nexthop(c->arena, value, &mx);
	if (host == NULL)
		return;
	finding_add(c, "postfix.fallback-relay", FINDING_OK, ROLE_ADVICE, host,
	    _("Mail leaves through %s when the receiver cannot be reached"),
	    host);
	finding_detail(c, _("Its address must pass SPF as well."));
	finding_setting(c, "smtp_fallback_relay");
}

void
check_settings(struct checking *c)
{
	no_dns(c);
	soft_bounce(c);
	lifetime(c);
	backscatter(c);
	fallback_relay(c);
}
