/* SPDX-License-Identifier: ISC
 * The steps in DNS beside SPF and DMARC: names of addresses, and block
 * lists. */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/remedy/planning.h"
#include "engine/remedy/proof.h"

/* Forward-confirmed reverse DNS on what is laid now (RFC 8601 2.7.3). */
static const char *
ptr_state(struct planning *p, const char *ip)
{
	const struct fact *ptr = facts_dns(p->facts,
	    dns_reverse(p->arena, ip, NULL), DNS_PTR);
	const struct fact *forward;

	if (!fact_known(ptr))
		return "unknown";
	if (fact_empty(ptr) || ptr->n_values == 0)
		return "none";
	forward = facts_dns(p->facts, ptr->values[0].text,
	    ip_is_v6(ip) ? DNS_AAAA : DNS_A);
	return fact_has_address(forward, ip) ? "confirmed" : "not confirmed";
}

/* NAME's address RRset with IP added. */
static void
add_address(struct planning *p, const char *name, const char *ip)
{
	enum dns_type type = ip_is_v6(ip) ? DNS_AAAA : DNS_A;
	const struct fact *now = facts_dns(p->facts, name, type);
	const char **after;
	size_t n = 0;

	if (!fact_known(now) || fact_has_address(now, ip))
		return;
	after = arena_array(p->arena, now->n_values + 2, sizeof *after);
	for (size_t i = 0; now->status == FACT_OK && i < now->n_values; i++)
		after[n++] = now->values[i].text;
	after[n] = ip;
	step_dns(p, name, type, after);
}

/* The name that the address shall have: the HELO name when it is one of this
 * domain's, else mail.DOMAIN. */
static const char *
wanted_name(const struct planning *p)
{
	const char *helo = p->id->helo;

	if (helo != NULL && p->id->org_domain != NULL &&
	    strchr(helo, '.') != NULL &&
	    text_domain_below(helo, p->id->org_domain) &&
	    !text_same(helo, p->id->org_domain))
		return helo;
	return p->mail_name;
}

/* The PTR record of IP and the address record of NAME, and their proof. */
static void
name_address(struct planning *p, const char *ip, const char *name)
{
	const char *before = ptr_state(p, ip), *after;

	if (strcmp(before, "unknown") == 0)
		return;
	if (p->id->org_domain != NULL &&
	    text_domain_below(name, p->id->org_domain))
		add_address(p, name, ip);
	step_dns(p, dns_reverse(p->arena, ip, NULL), DNS_PTR,
	    (const char *const[]){ name, NULL });
	proof_lay(p);
	after = ptr_state(p, ip);
	proof_unlay(p);
	step_proof(p, "ptr", ip, NULL, before, after);
	if (strcmp(after, "confirmed") != 0)
		p->step->proven = false;
}

/* The other addresses, each with its server's name; NAME is this server's.
 * Returns how many there are whose name is not known. */
static size_t
name_others(struct planning *p, const char *name)
{
	const struct recording *r = p->in->recording;
	const struct server *s;
	size_t nameless = 0;

	for (size_t i = 0; i < p->id->n_own_ips; i++) {
		const char *ip = p->id->own_ips[i];

		if (strcmp(ip, p->id->client_ip) == 0 ||
		    strcmp(ptr_state(p, ip), "confirmed") == 0)
			continue;
		s = server_find(r->servers, r->n_servers, ip);
		/* the same server's address of the other family */
		if (s == NULL && fact_has_address(facts_dns(p->facts, name,
		    ip_is_v6(ip) ? DNS_AAAA : DNS_A), ip))
			name_address(p, ip, name);
		else if (s == NULL || s->helo == NULL ||
		    strchr(s->helo, '.') == NULL)
			nameless++;
		else
			name_address(p, ip, s->helo);
	}
	return nameless;
}

/* What is wrong decides; NULL: the entry's own title. */
static const char *
ptr_title(const struct planning *p)
{
	const char *ip = p->id->client_ip;

	if (p->step->n_proofs > 1 ||
	    finding_is_problem(p->findings, "address.others-unnamed"))
		return _("Give each sending address a name that leads back to "
		    "it");
	if (finding_is_problem(p->findings, "address.ptr-generic"))
		return arena_printf(p->arena, _("Give %s the name of your mail "
		    "server"), ip);
	if (finding_is_problem(p->findings, "address.several-names"))
		return arena_printf(p->arena, _("Leave %s only one name"), ip);
	return NULL;
}

bool
make_address_ptr(struct planning *p)
{
	const char *ip = p->id->client_ip;
	const char *name = wanted_name(p);
	size_t nameless;

	if (ip == NULL || name == NULL ||
	    (p->id->owner != OWNER_OWN && p->id->owner != OWNER_NAT) ||
	    strcmp(ptr_state(p, ip), "unknown") == 0)
		return false;
	p->step->proven = true;
	name_address(p, ip, name);
	nameless = name_others(p, name);
	p->step->title = ptr_title(p);
	if (nameless != 0)
		step_advice(p, _("Do the same for every other sending address, "
		    "each with the name of its own server."));
	step_advice(p, _("The PTR record is made where the address comes from "
	    "(hosting firm or Internet provider), not in the DNS panel of %s."),
	    p->id->org_domain);
	if (!fact_has_address(facts_dns(p->facts, name, ip_is_v6(ip) ? DNS_AAAA :
	    DNS_A), ip))
		step_advice(p, _("Create the address record of %s first: that "
		    "one belongs in the DNS panel of %s."), name,
		    p->id->org_domain);
	if (p->quick_way)
		p->step->alternative_to = "postfix.ipv4-only";
	return true;
}

/* The names of further servers get the addresses that these send from. */
static void
name_servers(struct planning *p)
{
	const struct recording *r = p->in->recording;

	for (size_t i = 0; i < r->n_servers; i++) {
		const struct server *s = &r->servers[i];
		bool ours = s->helo != NULL && p->id->org_domain != NULL &&
		    strchr(s->helo, '.') != NULL &&
		    text_domain_below(s->helo, p->id->org_domain);

		for (size_t k = 0; ours && k < s->n_ips; k++)
			add_address(p, s->helo, s->ips[k]);
		if (s->helo != NULL && strchr(s->helo, '.') == NULL &&
		    s->n_ips != 0)
			step_advice(p, _("On %s, set myhostname to the full "
			    "name that its address leads to."), s->name);
	}
}

static bool
has_step(const struct planning *p, const char *id)
{
	return plan_step_number(p->plan, id) != 0;
}

/* HELO name and address name differ: the address's name is taken when it is
 * one of this domain's. A new PTR record makes them the same anyway. */
static bool
helo_is_set(const struct planning *p)
{
	const struct postfix_value *v = postfix_client_value(p->in->postfix,
	    "smtp_helo_name");

	return v->origin != POSTFIX_DEFAULT && v->value != NULL &&
	    *v->value != '\0';
}

static void
set_helo(struct planning *p, const char *name)
{
	if (helo_is_set(p))
		planning_set_client(p, "smtp_helo_name", name);
	else
		step_postconf(p, "myhostname", name);
	step_command(p, "postfix reload");
	p->step->who = "host";
}

static bool
make_same_name(struct planning *p)
{
	const char *name = p->id->ptr_name;

	if (has_step(p, "address.ptr") || name == NULL)
		return false;
	if (p->id->org_domain == NULL ||
	    !text_domain_below(name, p->id->org_domain)) {
		step_advice(p, _("Let the provider of %s change its PTR record to "
		    "%s."), p->id->client_ip, p->id->helo);
		return true;
	}
	set_helo(p, name);
	return true;
}

/* myhostname is right, only smtp_helo_name says otherwise (M15). */
static bool
helo_is_beside(struct planning *p)
{
	const char *self = postfix_get(p->in->postfix, "myhostname");

	return helo_is_set(p) && !text_same(self, p->id->helo) &&
	    fact_has_address(facts_dns(p->facts, self,
		ip_is_v6(p->id->client_ip) ? DNS_AAAA : DNS_A),
		p->id->client_ip);
}

/* The name that an unusable HELO name gives way to: the address's own when it
 * leads back and is one of this domain's. */
static const char *
better_helo(struct planning *p)
{
	const char *name = p->id->ptr_name;

	if (name != NULL && p->id->org_domain != NULL &&
	    text_domain_below(name, p->id->org_domain) &&
	    strcmp(ptr_state(p, p->id->client_ip), "confirmed") == 0)
		return name;
	return p->mail_name;
}

/* Is this server's own HELO name none, not a further server's? */
static bool
own_helo_is_bad(const struct planning *p)
{
	for (size_t i = 0; i < p->findings->n_problems; i++)
		if (strcmp(p->findings->list[i].id,
		    "address.helo-not-fqdn") == 0 &&
		    text_same(p->findings->list[i].subject, p->id->helo))
			return true;
	return false;
}

bool
make_address_helo(struct planning *p)
{
	const char *helo = p->id->helo;

	if (p->id->client_ip == NULL || helo == NULL)
		return false;
	if (helo_is_beside(p)) {
		set_helo(p, "$myhostname");
		p->step->verify = "postconf smtp_helo_name";
		return true;
	}
	if (finding_is_problem(p->findings, "address.helo-other-name") &&
	    !make_same_name(p))
		return false;
	if (own_helo_is_bad(p)) {
		helo = better_helo(p);
		if (helo == NULL)
			return false;
		set_helo(p, helo);
		p->step->verify = arena_printf(p->arena,
		    "postconf myhostname smtp_helo_name; dig +short A %s", helo);
	}
	if (p->id->org_domain != NULL &&
	    text_domain_below(helo, p->id->org_domain))
		add_address(p, helo, p->id->client_ip);
	name_servers(p);
	return p->step->n_changes != 0;
}

/* Each listing ends in its own way: the data says how. */
bool
make_blocklist(struct planning *p)
{
	const char *before = NULL;

	for (size_t i = 0; i < p->findings->n; i++) {
		const struct finding *f = &p->findings->list[i];
		bool settled = false;

		for (size_t k = 0; p->fix->settles[k] != NULL; k++)
			settled = settled ||
			    strcmp(p->fix->settles[k], f->id) == 0;
		if (!settled || f->status != FINDING_PROBLEM || f->way == NULL ||
		    (before != NULL && strcmp(before, f->way) == 0))
			continue;
		step_advice(p, "%s", f->way);
		before = f->way;
	}
	return true;
}

/* The relay comes first; taking the address off is for fixed addresses. */
bool
make_blocklist_policy(struct planning *p)
{
	if (has_step(p, "relay.other-way"))
		p->step->alternative_to = "relay.other-way";
	return make_blocklist(p);
}
