/* SPDX-License-Identifier: ISC
 * Names of the sending addresses (PTR, forward confirmation, RFC 8601 2.7.3). */
#include "config.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/checks/naming.h"

#define OTHERS_MAX 130

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

static void
unknown_name(struct checking *c, const char *ip, const struct naming *n)
{
	finding_add(c, "address.unreachable", FINDING_UNKNOWN,
	    ROLE_CONTRIBUTING, ip, n->name == NULL ?
	    _("The name of %s could not be looked up") :
	    _("The address of %s could not be looked up"),
	    n->name == NULL ? ip : n->name);
	finding_detail(c, _("%s."), checking_why_unknown(c, n->name == NULL ?
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
	struct naming n = naming_find(c, ip);

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

/* Addresses about which the same is to be said, and what shows it. */
struct others {
	const char *ip[OTHERS_MAX], *key[OTHERS_MAX];
	size_t n;
};

static void
add_other(struct others *others, const char *ip, const struct fact *fact)
{
	others->key[others->n] = fact->key;
	others->ip[others->n++] = ip;
}

static void
list_others(struct checking *c, const struct others *others)
{
	finding_detail(c, _("%s."), checking_join(c->arena, others->ip,
	    others->n));
	finding_facts(c, others->key, others->n);
}

static void
report_others(struct checking *c, const struct others *bad,
    const struct others *open, const struct others *good)
{
	if (bad->n != 0) {
		finding_add(c, "address.others-unnamed", FINDING_PROBLEM,
		    ROLE_CONTRIBUTING, bad->ip[0], P_("%zu other sending address "
		    "has no name that leads back to it", "%zu other sending "
		    "addresses have no name that leads back to them", bad->n),
		    bad->n);
		list_others(c, bad);
	}
	if (open->n != 0) {
		finding_add(c, "address.others-unreachable", FINDING_UNKNOWN,
		    ROLE_CONTRIBUTING, open->ip[0], P_("The name of %zu other "
		    "sending address could not be looked up", "The names of %zu "
		    "other sending addresses could not be looked up", open->n),
		    open->n);
		list_others(c, open);
	}
	if (good->n != 0) {
		finding_add(c, "address.others-ok", FINDING_OK, ROLE_ADVICE,
		    good->ip[0], P_("%zu other sending address has a name that "
		    "leads back to it", "%zu other sending addresses have names "
		    "that lead back to them", good->n), good->n);
		list_others(c, good);
	}
}

static void
other_names(struct checking *c)
{
	const struct identity *id = &c->out->identity;
	struct others bad = { .n = 0 }, open = { .n = 0 }, good = { .n = 0 };

	for (size_t i = 0; i < id->n_own_ips && i < OTHERS_MAX; i++) {
		const char *ip = id->own_ips[i];
		struct naming found;

		if (!is_other_sender(id, ip))
			continue;
		found = naming_find(c, ip);
		if (found.state == NAMES_NONE || found.state == NAMES_LOST)
			add_other(&bad, ip, found.ptr);
		else if (found.state == NAMES_UNKNOWN)
			add_other(&open, ip, found.name == NULL ? found.ptr :
			    found.forward);
		else if (found.state == NAMES_CONFIRMED)
			add_other(&good, ip, found.ptr);
	}
	report_others(c, &bad, &open, &good);
}

void
check_address(struct checking *c)
{
	const struct identity *id = &c->out->identity;

	if (id->client_ip == NULL)
		return;
	/* a stranger's address is not ours to name, and where a relay takes mail
	 * nobody looks */
	if (id->owner != OWNER_UNKNOWN && id->owner != OWNER_FORWARDER &&
	    !id->guessed)
		check_name(c, id->client_ip);
	other_names(c);
}
