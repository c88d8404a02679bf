/* SPDX-License-Identifier: ISC
 * The ports at which programs and phones hand mail in (submission, smtps):
 * what master.cf sets for them alone. Hides how a service is named. */
#include "config.h"

#include "engine/checks/services.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"

/* "10025" of "127.0.0.1:10025/inet", "smtps" of "smtps/inet". */
static const char *
port_of(const struct checking *c, const struct postfix_service *service)
{
	size_t len = (size_t)(strrchr(service->id, '/') - service->id);
	size_t from = len;

	while (from > 0 && service->id[from - 1] != ':')
		from--;
	return arena_strndup(c->arena, service->id + from, len - from);
}

static bool
is_loopback(const char *id)
{
	return text_starts(id, "127.") || text_starts(id, "[127.") ||
	    text_starts(id, "localhost:") || text_starts(id, "::1:") ||
	    text_starts(id, "[::1]:");
}

bool
service_takes_mail(const struct checking *c,
    const struct postfix_service *service)
{
	return text_ends(service->id, "/inet") &&
	    strcmp(service->command, "smtpd") == 0 &&
	    !is_loopback(service->id) && (strchr(service->id, ':') != NULL ||
	    !text_same(postfix_get(c->in->postfix, "inet_interfaces"),
		"loopback-only"));
}

static const char *
setting(const struct checking *c, const struct postfix_service *service,
    const char *name)
{
	const char *value = postfix_service_value(c->in->postfix, service->id,
	    name)->value;

	return value != NULL ? value : "";
}

/* Set by the service itself. */
static const char *
own_setting(const struct checking *c, const struct postfix_service *service,
    const char *name)
{
	return postfix_service_value(c->in->postfix, service->id,
	    name)->origin == POSTFIX_MASTER_CF ? setting(c, service, name) :
	    NULL;
}

/* RFC 6409, RFC 8314 */
static bool
is_for_people(const char *port)
{
	static const char *const ports[] = {
		"submission", "submissions", "smtps", "587", "465",
	};

	for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++)
		if (strcmp(ports[i], port) == 0)
			return true;
	return false;
}

/* What people send is signed like everything else, or not at all: behind a
 * content filter another service may do it. */
static void
unsigned_mail(struct checking *c, const struct postfix_service *s)
{
	const char *milters = own_setting(c, s, "smtpd_milters");
	const char *options = own_setting(c, s, "receive_override_options");
	const char *name = milters != NULL && *milters == '\0' ?
	    "smtpd_milters" : options != NULL && strstr(options,
	    "no_milters") != NULL ? "receive_override_options" : NULL;

	if (name == NULL || *setting(c, s, "content_filter") != '\0' ||
	    *postfix_get(c->in->postfix, "smtpd_milters") == '\0' ||
	    !is_for_people(port_of(c, s)))
		return;
	finding_add(c, "postfix.service-unsigned", FINDING_PROBLEM,
	    checking_role(c, "dkim unauth", ROLE_CONTRIBUTING), s->id,
	    _("What comes in at the service %s bypasses the signer"), s->id);
	finding_detail(c, _("Other mail passes the filters of smtpd_milters; "
	    "this service sets them aside for itself."));
	finding_setting_of(c, s->id, name);
	finding_setting(c, "smtpd_milters");
}

/* It lets those in who log in, and offers no login. */
static void
no_login(struct checking *c, const struct postfix_service *s)
{
	static const char *const lists[] = {
		"smtpd_relay_restrictions", "smtpd_recipient_restrictions",
		"smtpd_client_restrictions",
	};

	if (text_same(setting(c, s, "smtpd_sasl_auth_enable"), "yes"))
		return;
	for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
		const char *list = own_setting(c, s, lists[i]);

		if (list == NULL || strstr(list, "permit_sasl_authenticated") ==
		    NULL || strstr(list, "permit_mynetworks") != NULL ||
		    strstr(list, "permit_tls_") != NULL ||
		    strstr(list, "check_") != NULL)
			continue;
		finding_add(c, "postfix.service-no-login", FINDING_PROBLEM,
		    checking_role(c, "relay_denied smtp_auth", ROLE_ADVICE),
		    s->id, _("Nobody can send through the service %s: it wants "
		    "a login and offers none"), s->id);
		finding_setting_of(c, s->id, lists[i]);
		finding_setting_of(c, s->id, "smtpd_sasl_auth_enable");
		return;
	}
}

/* RFC 8314 3.3; a proxy in front may have taken the TLS off. */
static void
wrong_tls(struct checking *c, const struct postfix_service *s)
{
	const char *port = port_of(c, s);
	bool on = text_same(setting(c, s, "smtpd_tls_wrappermode"), "yes");
	bool wanted = strcmp(port, "submission") != 0 &&
	    strcmp(port, "587") != 0;

	if (!is_for_people(port) || on == wanted ||
	    *setting(c, s, "smtpd_upstream_proxy_protocol") != '\0')
		return;
	finding_add(c, "postfix.service-tls", FINDING_PROBLEM, ROLE_ADVICE, s->id,
	    wanted ? _("Programs begin with TLS at the service %s, and Postfix "
	    "does not expect it") :
	    _("Postfix expects TLS first at the service %s, where programs wait "
	    "for a greeting"), s->id);
	finding_detail(c, _("Both sides wait for each other until the connection "
	    "times out."));
	finding_setting_of(c, s->id, "smtpd_tls_wrappermode");
}

void
check_services(struct checking *c)
{
	const struct postfix_service *list;
	size_t n = postfix_services(c->in->postfix, &list);

	for (size_t i = 0; i < n; i++) {
		if (!service_takes_mail(c, &list[i]))
			continue;
		unsigned_mail(c, &list[i]);
		no_login(c, &list[i]);
		wrong_tls(c, &list[i]);
	}
}
