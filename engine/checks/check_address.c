/* SPDX-License-Identifier: ISC
 * Names of the sending addresses (PTR, forward confirmation, RFC 8601 2.7.3)
 * and the HELO name. */
#include "config.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/checks/checking.h"

#define NAMES_MAX 10                 /* RFC 7208 4.6.4 follows as many */
#define OTHERS_MAX 65

/* Classes in which a missing name is a cause. Gmail's IPv6 rules ask for a
 * PTR (knowledge.md 1.1), so a rate limit over IPv6 counts. */
static enum finding_role
ptr_role(const struct checking *c, const char *ip)
{
	if (ip_is_v6(ip) && checking_class(c, "rate_limit"))
		return ROLE_CAUSE;
	return checking_role(c, "ptr", ROLE_CONTRIBUTING);
}

/* Does NAME look made from the address, as providers name home lines and
 * fresh servers? Two or more of the address's numbers stand in it. */
static bool
is_generic(const char *name, const char *ip)
{
	unsigned int octet[4];
	int found = 0;

	if (ip_is_v6(ip) || sscanf(ip, "%3u.%3u.%3u.%3u", &octet[0], &octet[1],
	    &octet[2], &octet[3]) != 4)
		return false;
	for (int i = 2; i < 4; i++) {
		for (const char *p = name; *p != '\0';) {
			unsigned int number = 0;

			if (!isdigit((unsigned char)*p)) {
				p++;
				continue;
			}
			while (isdigit((unsigned char)*p) && number < 100000)
				number = number * 10 + (unsigned int)(*p++ - '0');
			while (isdigit((unsigned char)*p))
				p++;
			if (number == octet[i]) {
				found++;
				break;
			}
		}
	}
	return found == 2;
}

/* What the names of one address say (RFC 8601 2.7.3: one that leads back is
 * enough). */
enum names { NAMES_WAITING, NAMES_UNKNOWN, NAMES_NONE, NAMES_LOST,
	NAMES_CONFIRMED };

struct naming {
	enum names state;
	const struct fact *ptr;
	const struct fact *forward;  /* of NAME */
	const char *name;            /* the confirmed one, else the first */
};

/* The address of one of the names. True: it leads back. */
static bool
look_forward(struct checking *c, const char *ip, const char *name,
    struct naming *n)
{
	const struct fact *forward = checking_address(c, name, ip);
	bool back = fact_has_address(forward, ip);

	if (back || n->name == NULL) {
		n->name = name;
		n->forward = forward;
	}
	if (back)
		n->state = NAMES_CONFIRMED;
	else if (forward->status == FACT_WANTED)
		n->state = NAMES_WAITING;
	else if (!fact_known(forward) && n->state == NAMES_LOST) {
		n->state = NAMES_UNKNOWN;
		n->name = name;
		n->forward = forward;
	}
	return back;
}

static struct naming
look_at_names(struct checking *c, const char *ip)
{
	struct naming n = {
		.state = NAMES_LOST,
		.ptr = checking_dns(c, dns_reverse(c->arena, ip, NULL), DNS_PTR),
	};

	if (n.ptr->status == FACT_WANTED)
		n.state = NAMES_WAITING;
	else if (!fact_known(n.ptr))
		n.state = NAMES_UNKNOWN;
	else if (fact_empty(n.ptr) || n.ptr->n_values == 0)
		n.state = NAMES_NONE;
	else
		for (size_t i = 0; i < n.ptr->n_values && i < NAMES_MAX; i++)
			if (look_forward(c, ip, n.ptr->values[i].text, &n))
				break;
	return n;
}

static void
unknown_name(struct checking *c, const char *ip, const struct naming *n)
{
	finding_add(c, "address.unreachable", FINDING_UNKNOWN,
	    ROLE_CONTRIBUTING, ip, n->name == NULL ?
	    _("The name of %s could not be looked up") :
	    _("The address of %s could not be looked up"),
	    n->name == NULL ? ip : n->name);
	finding_detail(c, "%s.", checking_why_unknown(c, n->name == NULL ?
	    n->ptr : n->forward));
}

static void
no_name(struct checking *c, const char *ip)
{
	finding_add(c, "address.no-ptr", FINDING_PROBLEM, ptr_role(c, ip), ip,
	    _("%s has no name (PTR record)"), ip);
	finding_detail(c, ip_is_v6(ip) ?
	    _("Gmail and others refuse or slow down mail from IPv6 addresses "
	    "without a name.") :
	    _("Many receivers refuse mail from addresses without a name."));
}

static void
lost_name(struct checking *c, const char *ip, const struct naming *n)
{
	const struct fact *forward = n->forward;

	finding_add(c, "address.ptr-not-confirmed", FINDING_PROBLEM,
	    ptr_role(c, ip), ip, _("The name of %s does not lead back to it"), ip);
	if (strchr(n->name, '.') == NULL)
		finding_detail(c, _("Its name is %s, which is no name on the "
		    "Internet."), n->name);
	else if (fact_empty(forward))
		finding_detail(c, _("Its name is %s, which has no %s record."),
		    n->name, dns_type_name(forward->type));
	else
		finding_detail(c, _("Its name is %s, which has the address %s."),
		    n->name, forward->values[0].text);
	if (n->ptr->n_values > 1)
		finding_detail(c, _("It has %zu names, and none of them leads "
		    "back."), n->ptr->n_values);
}

static void
good_name(struct checking *c, const char *ip, const struct naming *n)
{
	if (is_generic(n->name, ip)) {
		finding_add(c, "address.ptr-generic", FINDING_PROBLEM,
		    ROLE_ADVICE, ip, _("The name of %s looks like a default: %s"),
		    ip, n->name);
		finding_detail(c, _("Some receivers distrust names that a "
		    "provider made from the address. Choose your mail server's "
		    "name."));
		return;
	}
	if (n->ptr->n_values == 1) {
		finding_add(c, "address.ok", FINDING_OK, ROLE_ADVICE, ip,
		    _("%s is named %s, and that leads back to it"), ip, n->name);
		return;
	}
	finding_add(c, "address.several-names", FINDING_PROBLEM, ROLE_ADVICE, ip,
	    _("%s has %zu names (PTR records)"), ip, n->ptr->n_values);
	finding_detail(c, _("One of them, %s, leads back to it. Receivers may take "
	    "any of them, in changing order: keep one."), n->name);
}

static void
check_name(struct checking *c, const char *ip)
{
	struct naming n = look_at_names(c, ip);

	switch (n.state) {
	case NAMES_WAITING:
		return;
	case NAMES_UNKNOWN:
		unknown_name(c, ip, &n);
		break;
	case NAMES_NONE:
		no_name(c, ip);
		break;
	case NAMES_LOST:
		lost_name(c, ip, &n);
		break;
	case NAMES_CONFIRMED:
		good_name(c, ip, &n);
		break;
	}
	if (n.forward != NULL)
		finding_fact(c, n.forward->key);
	finding_fact(c, n.ptr->key);
}

/* Is it an address of ours, beside the judged one, that receivers see? */
static bool
is_other_sender(const struct identity *id, const char *ip)
{
	for (size_t i = 1; i < id->n_senders; i++)
		if (strcmp(id->senders[i], ip) == 0)
			return strcmp(ip, id->client_ip) != 0;
	return false;
}

/* The other sending addresses: what is wrong in one finding, what could not
 * be told in another. */
static void
other_names(struct checking *c)
{
	const struct identity *id = &c->out->identity;
	const char *bad[OTHERS_MAX], *keys[OTHERS_MAX];
	const char *open[OTHERS_MAX], *open_keys[OTHERS_MAX];
	size_t n = 0, n_open = 0;

	for (size_t i = 0; i < id->n_own_ips && i < OTHERS_MAX; i++) {
		const char *ip = id->own_ips[i];
		struct naming found;

		if (!is_other_sender(id, ip))
			continue;
		found = look_at_names(c, ip);

		if (found.state == NAMES_NONE || found.state == NAMES_LOST) {
			keys[n] = found.ptr->key;
			bad[n++] = ip;
		} else if (found.state == NAMES_UNKNOWN) {
			open_keys[n_open] = found.name == NULL ?
			    found.ptr->key : found.forward->key;
			open[n_open++] = ip;
		}
	}
	if (n != 0) {
		finding_add(c, "address.others-unnamed", FINDING_PROBLEM,
		    ROLE_CONTRIBUTING, bad[0], P_("%zu other sending address has "
		    "no name that leads back to it", "%zu other sending addresses "
		    "have no name that leads back to them", n), n);
		finding_detail(c, "%s.", checking_join(c->arena, bad, n));
		finding_facts(c, keys, n);
	}
	if (n_open != 0) {
		finding_add(c, "address.others-unreachable", FINDING_UNKNOWN,
		    ROLE_CONTRIBUTING, open[0], P_("The name of %zu other sending "
		    "address could not be looked up", "The names of %zu other "
		    "sending addresses could not be looked up", n_open), n_open);
		finding_detail(c, "%s.", checking_join(c->arena, open, n_open));
		finding_facts(c, open_keys, n_open);
	}
}

void
check_address(struct checking *c)
{
	const struct identity *id = &c->out->identity;

	if (id->client_ip == NULL)
		return;
	/* a stranger's address is not ours to name */
	if (id->owner != OWNER_UNKNOWN && id->owner != OWNER_FORWARDER)
		check_name(c, id->client_ip);
	other_names(c);
}

static void
helo_address(struct checking *c, const char *helo, const char *ip)
{
	const struct fact *address = checking_address(c, helo, ip);

	if (address->status == FACT_WANTED)
		return;
	if (!fact_known(address)) {
		finding_add(c, "address.helo-unreachable", FINDING_UNKNOWN,
		    ROLE_CONTRIBUTING, helo,
		    _("The address of %s could not be looked up"), helo);
		finding_detail(c, "%s.", checking_why_unknown(c, address));
	} else if (fact_has_address(address, ip)) {
		finding_add(c, "address.helo-ok", FINDING_OK, ROLE_ADVICE, helo,
		    _("%s leads to %s"), helo, ip);
	} else {
		finding_add(c, fact_empty(address) ? "address.helo-no-address" :
		    "address.helo-mismatch", FINDING_PROBLEM,
		    checking_role(c, "helo", fact_empty(address) ?
		    ROLE_CONTRIBUTING : ROLE_ADVICE), helo,
		    fact_empty(address) ?
		    _("%s, your HELO name, has no %s record") :
		    _("%s, your HELO name, has another %s record"), helo,
		    dns_type_name(address->type));
		finding_detail(c, _("The sending address is %s."), ip);
	}
	finding_fact(c, address->key);
}

/* Words for a name that is none: NULL when it is one. A literal is allowed by
 * RFC 5321 4.1.3, but receivers that ask for a name refuse it. */
static const char *
helo_fault(struct checking *c, const char *helo)
{
	static const char *const inside[] = {
		".localdomain", ".local", ".internal", ".lan", ".home", ".localhost",
		".home.arpa", ".corp", ".intranet",
	};

	if (helo[0] == '[' || ip_canonical(c->arena, helo) != NULL)
		return _("It is an address instead of a name.");
	if (strchr(helo, '.') == NULL)
		return _("It has no domain.");
	if (strspn(helo, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789.-") != strlen(helo))
		return _("Host names hold letters, digits and hyphens only "
		    "(RFC 1123 2.1); receivers refuse others, an underscore "
		    "among them.");
	for (size_t i = 0; i < sizeof inside / sizeof inside[0]; i++)
		if (text_ends(helo, inside[i]))
			return _("Such names exist inside a network only.");
	return NULL;
}

static void
helo_name(struct checking *c, const char *helo, const char *ip)
{
	const char *fault = helo_fault(c, helo);

	if (fault == NULL) {
		helo_address(c, helo, ip);
		return;
	}
	finding_add(c, "address.helo-not-fqdn", FINDING_PROBLEM,
	    checking_role(c, "helo sender_domain", ROLE_CONTRIBUTING),
	    helo, _("Your HELO name %s is not a name on the Internet"), helo);
	finding_detail(c, "%s", fault);
}

/* The further servers, each with its own name. */
static void
other_helos(struct checking *c)
{
	const struct recording *r = c->in->recording;

	for (size_t i = 0; i < r->n_servers; i++) {
		const struct server *s = &r->servers[i];

		for (size_t k = 0; s->helo != NULL && k < s->n_ips; k++) {
			if (text_same(s->ips[k], c->out->identity.client_ip))
				continue;
			helo_name(c, s->helo, s->ips[k]);
			finding_fact(c, arena_printf(c->arena, "server %s",
			    s->name));
		}
	}
}

/* This host's addresses of the other family use the same name. */
static void
other_family(struct checking *c, const struct identity *id)
{
	for (size_t i = 1; i < id->n_senders; i++)
		if (ip_is_v6(id->senders[i]) != ip_is_v6(id->client_ip) &&
		    host_has_address(c->in->host, id->senders[i], NULL) &&
		    helo_fault(c, id->helo) == NULL) {
			helo_address(c, id->helo, id->senders[i]);
			return;
		}
}

/* The HELO name may well differ from the address's name, as long as both lead
 * to the address; one name for both is what careful receivers like. */
static void
helo_other_name(struct checking *c, const struct identity *id)
{
	struct naming n = look_at_names(c, id->client_ip);

	if (helo_fault(c, id->helo) != NULL || !fact_has_address(
	    checking_address(c, id->helo, id->client_ip), id->client_ip))
		return;
	if (n.state != NAMES_CONFIRMED || text_same(n.name, id->helo))
		return;
	for (size_t i = 0; i < n.ptr->n_values; i++)
		if (text_same(n.ptr->values[i].text, id->helo))
			return;
	finding_add(c, "address.helo-other-name", FINDING_PROBLEM, ROLE_ADVICE,
	    id->helo, _("Your HELO name %s is not the name of %s, which is %s"),
	    id->helo, id->client_ip, n.name);
	finding_detail(c, _("Some receivers compare the two. Make them the same: "
	    "change the PTR record or myhostname."));
	finding_fact(c, n.ptr->key);
	finding_fact(c, "postfix myhostname");
}

void
check_helo(struct checking *c)
{
	const struct identity *id = &c->out->identity;

	if (id->helo != NULL && id->client_ip != NULL &&
	    (id->owner == OWNER_OWN || id->owner == OWNER_NAT)) {
		helo_name(c, id->helo, id->client_ip);
		finding_fact(c, "postfix myhostname");
		other_family(c, id);
		helo_other_name(c, id);
	}
	other_helos(c);
}
