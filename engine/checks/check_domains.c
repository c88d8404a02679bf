/* SPDX-License-Identifier: ISC
 * Which domains does this server take mail for: do their MX agree, is each in
 * one class only (ADDRESS_CLASS_README; knowledge.md 5.2 M03, M06-M08, M32)? */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/checks/checking.h"

#define DOMAINS_MAX 8

static const char *const classes[] = {
	"mydestination", "virtual_alias_domains", "virtual_mailbox_domains",
	"relay_domains",
};
#define N_CLASSES (sizeof classes / sizeof classes[0])

/* In which classes is DOMAIN? Returns how many; *UNKNOWN: a table could not be
 * asked. virtual_alias_domains' default is the table of aliases, whose other
 * keys are addresses. */
static size_t
classes_of(struct checking *c, const char *domain, const char **found,
    bool *unknown)
{
	size_t n = 0;

	*unknown = false;
	for (size_t i = 0; i < N_CLASSES; i++) {
		struct postfix_answer answer;

		/* it stands for mydestination here, for the sake of old set-ups */
		if (i == N_CLASSES - 1 && !postfix_is_set(c->in->postfix,
		    classes[i]))
			continue;
		postfix_look_up(c->in->postfix, classes[i], domain, &answer);
		*unknown = *unknown || answer.why_unknown != NULL;
		if (answer.value != NULL)
			found[n++] = classes[i];
	}
	return n;
}

/* M08; M03 is one case of it. Postfix warns and does as it likes. */
static void
one_class(struct checking *c, const char *domain)
{
	const char *found[N_CLASSES];
	bool unknown;

	/* relay_domains may repeat what is local: that was its default once */
	if (classes_of(c, domain, found, &unknown) < 2 ||
	    strcmp(found[1], "relay_domains") == 0)
		return;
	finding_add(c, "postfix.two-classes", FINDING_PROBLEM,
	    checking_role(c, "rcpt_unknown loop", ROLE_ADVICE), domain,
	    _("%s is in %s and in %s"), domain, found[0], found[1]);
	finding_detail(c, _("A domain may be in one of them only. Postfix logs "
	    "\"do not list domain in BOTH\" and may look for its mailboxes in "
	    "the wrong place."));
	finding_setting(c, found[0]);
	finding_setting(c, found[1]);
}

enum whose_mx { MX_UNKNOWN, MX_OURS, MX_ELSEWHERE };

/* Has A an address of ours: of this machine, or one that we send from, where
 * another machine may answer (NAT, further servers)? */
static enum whose_mx
whose_address(struct checking *c, const struct fact *a)
{
	enum whose_mx whose = MX_ELSEWHERE;

	if (!fact_known(a))
		return MX_UNKNOWN;
	for (size_t k = 0; k < c->out->identity.n_own_ips; k++) {
		const char *ip = c->out->identity.own_ips[k];

		if (!fact_has_address(a, ip))
			continue;
		if (host_has_address(c->in->host, ip, NULL))
			return MX_OURS;
		whose = MX_UNKNOWN;
	}
	return whose;
}

/* Do the MX of DOMAIN lead here? */
static enum whose_mx
whose_mx(struct checking *c, const char *domain, const struct fact **mx)
{
	const char *self = identity_hostname(c);
	enum whose_mx all = MX_ELSEWHERE;

	*mx = checking_dns(c, domain, DNS_MX);
	if ((*mx)->status != FACT_OK || c->out->identity.n_own_ips == 0)
		return MX_UNKNOWN;
	for (size_t i = 0; i < (*mx)->n_values; i++) {
		const char *host = mx_host(c->arena, &(*mx)->values[i]);
		enum whose_mx whose;

		if (*host == '\0')
			return MX_UNKNOWN;
		whose = text_same(host, self) ? MX_OURS :
		    whose_address(c, checking_dns(c, host, DNS_A));
		if (whose == MX_OURS)
			return MX_OURS;
		if (whose == MX_UNKNOWN)
			all = MX_UNKNOWN;
	}
	return all;
}

/* M06 for domains beside the server's own (check_postfix.c has that). */
static void
elsewhere(struct checking *c, const char *domain)
{
	const char *found[N_CLASSES];
	const struct fact *mx;
	bool unknown;

	if (classes_of(c, domain, found, &unknown) == 0 ||
	    strcmp(found[0], "relay_domains") == 0 ||
	    (strcmp(found[0], "mydestination") == 0 &&
	    text_same(domain, c->out->identity.org_domain)) ||
	    whose_mx(c, domain, &mx) != MX_ELSEWHERE)
		return;
	finding_add(c, "postfix.hosted-elsewhere", FINDING_PROBLEM,
	    checking_role(c, "rcpt_unknown loop", ROLE_ADVICE), domain,
	    _("%s holds %s, whose mailboxes are elsewhere"), found[0], domain);
	finding_detail(c, _("The MX of %s is %s. Mail from this server to %s "
	    "stays on it and is lost or refused."), domain,
	    mx_host(c->arena, &mx->values[0]), domain);
	finding_setting(c, found[0]);
	finding_fact(c, mx->key);
}

/* M07 */
static void
not_taken(struct checking *c, const char *domain)
{
	const char *found[N_CLASSES];
	const struct fact *mx;
	struct postfix_answer answer;
	bool unknown;

	if (whose_mx(c, domain, &mx) != MX_OURS ||
	    classes_of(c, domain, found, &unknown) != 0 || unknown)
		return;
	postfix_look_up(c->in->postfix, "transport_maps", domain, &answer);
	if (answer.value != NULL || answer.why_unknown != NULL)
		return;
	finding_add(c, "postfix.not-taken", FINDING_PROBLEM,
	    checking_role(c, "loop relay_denied rcpt_unknown", ROLE_ADVICE),
	    domain,
	    _("The MX of %s leads here, but Postfix does not take its mail"),
	    domain);
	finding_detail(c, _("Answers and bounces to %s are refused (\"Relay "
	    "access denied\") or go round in a circle (\"loops back to "
	    "myself\")."), domain);
	finding_setting(c, "mydestination");
	finding_fact(c, mx->key);
}

/* M32: a backup MX behind a router tries to deliver to its own public
 * address. */
static void
proxy_interfaces(struct checking *c, const char *domain)
{
	const struct identity *id = &c->out->identity;
	const struct fact *mx;
	bool others;

	if (id->owner != OWNER_NAT || id->client_ip == NULL ||
	    postfix_list_has(c->in->postfix, "proxy_interfaces", id->client_ip))
		return;
	mx = checking_dns(c, domain, DNS_MX);
	others = mx->status == FACT_OK && mx->n_values > 1;
	if (!checking_class(c, "loop") && !others)
		return;
	for (size_t i = 0; mx->status == FACT_OK && i < mx->n_values; i++) {
		const struct fact *a = checking_dns(c, mx_host(c->arena,
		    &mx->values[i]), DNS_A);

		if (!fact_has_address(a, id->client_ip))
			continue;
		finding_add(c, "postfix.proxy-interfaces", FINDING_PROBLEM,
		    checking_role(c, "loop", ROLE_CONTRIBUTING), id->client_ip,
		    _("Postfix does not know that %s is its own address"),
		    id->client_ip);
		finding_detail(c, _("The router hands that address on to this "
		    "server, and an MX of %s leads there: Postfix would "
		    "deliver to itself."), domain);
		finding_setting(c, "proxy_interfaces");
		finding_fact(c, mx->key);
		return;
	}
}

static void
add_domain(const char **list, size_t *n, const char *domain)
{
	if (domain == NULL || *n == DOMAINS_MAX || strchr(domain, '.') == NULL)
		return;
	for (size_t i = 0; i < *n; i++)
		if (text_same(list[i], domain))
			return;
	list[(*n)++] = domain;
}

/* The plain words of the lists that are names on the Internet. */
static void
add_listed(struct checking *c, const char **list, size_t *n,
    const char *parameter)
{
	const char *p = postfix_get(c->in->postfix, parameter), *word;
	size_t len;

	while (*n < DOMAINS_MAX && (word = postfix_next_word(&p, &len)) != NULL)
		if (memchr(word, '.', len) != NULL &&
		    memchr(word, ':', len) == NULL &&
		    memchr(word, '/', len) == NULL &&
		    !text_starts(word, "localhost"))
			add_domain(list, n, text_domain(c->arena, word, len));
}

void
check_domains(struct checking *c)
{
	const struct identity *id = &c->out->identity;
	const struct bounce *b = c->in->bounce;
	const char *list[DOMAINS_MAX];
	size_t n = 0, own;

	add_domain(list, &n, id->own_domain);
	add_domain(list, &n, id->org_domain);
	add_domain(list, &n, id->envelope_domain);
	own = n;
	if (b != NULL && b->recipient != NULL)
		add_domain(list, &n, text_address_domain(b->recipient));
	for (size_t i = 0; i < N_CLASSES - 1; i++)
		add_listed(c, list, &n, classes[i]);
	for (size_t i = 0; i < n; i++) {
		one_class(c, list[i]);
		elsewhere(c, list[i]);
		if (i < own && checking_mail_host(c)) {
			not_taken(c, list[i]);
			proxy_interfaces(c, list[i]);
		}
	}
}
