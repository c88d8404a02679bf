/* SPDX-License-Identifier: ISC
 * Block lists (RFC 5782), three-valued: listed, not listed, could not tell. A
 * list counts only when its test entries answer as they must. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/fill.h"
#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/checks/blocklist_ask.h"
#include "engine/checks/checking.h"

#define LIST_CLASSES "blocklist_ip reputation residential_ip spam_content policy"
#define DOMAIN_CLASSES "reputation spam_content policy"
#define ADDRESSES_MAX 16         /* asked about in one diagnosis */

/* {subject}: the names of the lists */
static const char *const reasons[] = {
	[VERDICT_REFUSED] = N_("Refuses to answer here: {subject}."),
	[VERDICT_EVERYTHING] = N_("Lists even what no list may list, so it is out "
	    "of service or something rewrites its answers: {subject}."),
	[VERDICT_NO_TEST] = N_("Does not list its own test entry, so that its "
	    "silence tells nothing: {subject}."),
	[VERDICT_FAILED] = N_("Gave no usable answer: {subject}."),
};

/* What the lists say about all addresses, or about the domain. */
struct tally {
	const char *subject[ADDRESSES_MAX];  /* those that a list cleared */
	size_t n_subjects;
	const char *clear[BLOCKLISTS_MAX];   /* the lists that did, each once */
	size_t n_clear;
	const struct fact *fact[ADDRESSES_MAX * BLOCKLISTS_MAX];
	size_t n_facts;
	struct inquiry open[BLOCKLISTS_MAX]; /* one for each list and reason */
	size_t n_open;
	size_t asked;                        /* subjects */
};

/* An address near IP: its last bit or the one that halves its /24 turned;
 * for IPv6 the first of its /64. NULL when it is IP itself. */
static const char *
neighbour(struct checking *c, const char *ip, int bit)
{
	unsigned int o[4];
	size_t groups = 0, used = 0;

	if (!ip_is_v6(ip)) {
		if (sscanf(ip, "%3u.%3u.%3u.%3u", &o[0], &o[1], &o[2], &o[3]) != 4)
			return NULL;
		return arena_printf(c->arena, "%u.%u.%u.%u", o[0], o[1], o[2],
		    o[3] ^ (unsigned int)bit);
	}
	while (ip[used] != '\0' && groups < 4) {
		if (ip[used] == ':') {
			groups++;
			if (ip[used + 1] == ':')
				break;
		}
		used++;
	}
	return ip_canonical(c->arena, arena_printf(c->arena, "%.*s::",
	    (int)(used - (groups == 4 && ip[used - 1] == ':')), ip));
}

/* Are the addresses around it listed for the same reason? Then the network
 * is meant, not this server. False also while that is not known. */
static bool
network_listed(struct checking *c, const struct inquiry *q, const char *code,
    const struct fact **evidence)
{
	static const int bits[] = { 1, 128 };
	size_t n = ip_is_v6(q->subject) ? 1 : 2;

	for (size_t i = 0; i < n; i++) {
		const char *near = neighbour(c, q->subject, bits[i]);
		const struct fact *fact;
		bool same = false;

		if (near == NULL || strcmp(near, q->subject) == 0)
			return false;
		fact = inquiry_ask(c, q, dns_reverse(c->arena, near,
		    q->list->zone), DNS_A);
		for (size_t k = 0; fact->status == FACT_OK &&
		    k < fact->n_values; k++)
			same = same || strcmp(fact->values[k].text, code) == 0;
		if (!same)
			return false;
		evidence[i] = fact;
	}
	return true;
}

static const char *
listed_id(const struct checking *c, const struct inquiry *q,
    const struct blocklist_code *code, bool network)
{
	const struct identity *id = &c->out->identity;

	if (q->list->domains)
		return "blocklist.domain-listed";
	if (id->owner == OWNER_RELAY && id->client_ip != NULL &&
	    strcmp(id->client_ip, q->subject) == 0)
		return "blocklist.relay-listed";
	if (text_same(code->kind, "policy"))
		return "blocklist.policy-listed";
	/* a /64 is one customer's */
	return network && !ip_is_v6(q->subject) ? "blocklist.network-listed" :
	    "blocklist.listed";
}

/* What the entry means for this address, beside the list's own words. */
static void
explain(struct checking *c, const struct inquiry *q, const char *id,
    const struct blocklist_code *code, bool around)
{
	const char *const see = q->list->remove;

	if (code->meaning != NULL)
		finding_detail(c, "%s", code->meaning);
	if (strcmp(id, "blocklist.relay-listed") == 0)
		finding_detail(c, _("The address is your relay's: other customers "
		    "send through it, too. Only the relay's provider can "
		    "cure this."));
	else if (around)
		finding_detail(c, ip_is_v6(q->subject) ?
		    _("The first address of the same /64 network is listed as "
		    "well, so another address of it would not help.") :
		    _("The addresses around it are listed as well: your "
		    "provider's network is meant, not this server alone."));
	if (q->server != NULL)
		finding_detail(c, _("The list's own server %s says so; it did not "
		    "answer through your resolver."), q->server);
	if (see != NULL)
		finding_detail(c, _("Look it up: %s"), see);
}

static void
listed(struct checking *c, const struct inquiry *q, const char *answer)
{
	struct blocklist_code code = blocklist_code(q->list, answer);
	const struct fact *reason = inquiry_ask(c, q, q->answer->name, DNS_TXT);
	const struct fact *evidence[2] = { NULL, NULL };
	bool around = !q->list->domains && !text_same(code.kind, "policy") &&
	    network_listed(c, q, answer, evidence);
	const char *id = listed_id(c, q, &code, around ||
	    text_same(code.kind, "network"));

	finding_add(c, id, FINDING_PROBLEM, checking_role(c, q->list->domains ?
	    DOMAIN_CLASSES : LIST_CLASSES, ROLE_CONTRIBUTING), q->subject,
	    code.list != NULL ? _("%s is on the block list %s (%s)") :
	    _("%s is on the block list %s"), q->subject, q->list->name,
	    code.list);
	explain(c, q, id, &code, around);
	if (reason->status == FACT_OK && reason->n_values != 0)
		finding_detail(c, _("The list says: %s"),
		    text_cleaned(c->arena, reason->values[0].text,
			reason->values[0].len));
	if (code.way != NULL)
		c->current->way = q->list->remove == NULL ? code.way :
		    arena_printf(c->arena, "%s: %s %s", q->list->name, code.way,
			q->list->remove);
	finding_fact(c, q->answer->key);
	if (reason->status == FACT_OK)
		finding_fact(c, reason->key);
	for (size_t i = 0; i < 2; i++)
		if (evidence[i] != NULL)
			finding_fact(c, evidence[i]->key);
}

/* One finding for each part of the list: several codes of one part, or
 * several entries, are one. */
static void
all_listed(struct checking *c, const struct inquiry *q)
{
	const struct fact *a = q->answer;

	for (size_t i = 0; i < a->n_values && i < 8; i++) {
		struct blocklist_code code = blocklist_code(q->list,
		    a->values[i].text);
		bool before = false;

		for (size_t k = 0; k < i; k++) {
			const char *part = blocklist_code(q->list,
			    a->values[k].text).list;

			before = before || (part == NULL ? code.list == NULL :
			    text_same(part, code.list));
		}
		if (!before)
			listed(c, q, a->values[i].text);
	}
}

static void
note_clear(struct tally *t, const struct inquiry *q)
{
	size_t i = 0;

	while (i < t->n_clear && t->clear[i] != q->list->name)
		i++;
	if (i == t->n_clear)
		t->clear[t->n_clear++] = q->list->name;
	if (t->n_subjects == 0 ||
	    t->subject[t->n_subjects - 1] != q->subject)
		t->subject[t->n_subjects++] = q->subject;
	t->fact[t->n_facts++] = q->answer;
}

/* The same list gives the same reason for all addresses, as a rule. */
static void
note_open(struct tally *t, const struct inquiry *q)
{
	for (size_t i = 0; i < t->n_open; i++)
		if (t->open[i].list == q->list)
			return;
	t->open[t->n_open++] = *q;
}

static void
ask_list(struct checking *c, const struct blocklist *list,
    const char *subject, struct tally *t)
{
	struct inquiry q = blocklist_ask(c, list, subject);

	switch (q.verdict) {
	case VERDICT_WAITING:
		break;
	case VERDICT_LISTED:
		all_listed(c, &q);
		break;
	case VERDICT_CLEAR:
		note_clear(t, &q);
		break;
	case VERDICT_REFUSED:
	case VERDICT_EVERYTHING:
	case VERDICT_NO_TEST:
	case VERDICT_FAILED:
		note_open(t, &q);
		break;
	}
}

/* The answer that decided why Q tells nothing. */
static const struct fact *
deciding(const struct inquiry *q)
{
	const struct fact *asked[] = { q->answer, q->listed, q->clear };

	for (size_t i = 0; i < 3; i++)
		if (q->verdict == VERDICT_REFUSED ? inquiry_refused(q, asked[i]) :
		    q->verdict == VERDICT_FAILED && !fact_known(asked[i]))
			return asked[i];
	return q->verdict == VERDICT_EVERYTHING ? q->clear :
	    q->verdict == VERDICT_NO_TEST ? q->listed : q->answer;
}

/* What the answer itself says about its reason, or NULL. */
static const char *
own_reason(struct checking *c, const struct inquiry *q)
{
	const struct fact *fact = deciding(q);

	if (q->verdict == VERDICT_REFUSED)
		return blocklist_code(q->list, fact->values[0].text).meaning;
	if (q->verdict != VERDICT_FAILED || fact_known(fact))
		return NULL;
	return arena_printf(c->arena, _("%s."), checking_why_unknown(c, fact));
}

/* The lists that could not tell for the reason VERDICT, in one sentence. */
static void
why_open(struct checking *c, const struct tally *t, enum verdict verdict)
{
	const char *names[BLOCKLISTS_MAX], *said = NULL;
	size_t n = 0;

	for (size_t i = 0; i < t->n_open; i++)
		if (t->open[i].verdict == verdict)
			names[n++] = t->open[i].list->name;
	if (n == 0)
		return;
	finding_detail(c, "%s", fill_subject(c->arena, reasons[verdict],
	    checking_join(c->arena, names, n)));
	for (size_t i = 0; i < t->n_open; i++) {
		const char *why;

		if (t->open[i].verdict != verdict)
			continue;
		finding_fact(c, deciding(&t->open[i])->key);
		why = own_reason(c, &t->open[i]);
		if (why != NULL && (said == NULL || strcmp(said, why) != 0))
			finding_detail(c, "%s", why);
		said = why != NULL ? why : said;
	}
}

static void
add_open(struct checking *c, const struct tally *t, const char *subject)
{
	if (t->asked == 1)
		finding_add(c, "blocklist.could-not-tell", FINDING_UNKNOWN,
		    ROLE_ADVICE, subject,
		    P_("%zu block list could not be asked about %s",
		    "%zu block lists could not be asked about %s", t->n_open),
		    t->n_open, subject);
	else
		finding_add(c, "blocklist.could-not-tell", FINDING_UNKNOWN,
		    ROLE_ADVICE, subject,
		    P_("%zu block list could not be asked about your addresses",
		    "%zu block lists could not be asked about your addresses",
		    t->n_open), t->n_open);
	for (int v = VERDICT_REFUSED; v <= VERDICT_FAILED; v++)
		why_open(c, t, (enum verdict)v);
	finding_detail(c, _("That is no listing."));
}

static void
add_clear(struct checking *c, const struct tally *t)
{
	if (t->n_subjects == 1)
		finding_add(c, "blocklist.clear", FINDING_OK, ROLE_ADVICE,
		    t->subject[0], P_("%s is not on the block list that was asked",
		    "%s is on none of the %zu block lists that answered",
		    t->n_clear), t->subject[0], t->n_clear);
	else
		finding_add(c, "blocklist.clear", FINDING_OK, ROLE_ADVICE,
		    t->subject[0], _("%zu sending addresses are on none of the "
		    "block lists that answered"), t->n_subjects);
	if (t->n_subjects > 1)
		finding_detail(c, _("%s."), checking_join(c->arena, t->subject,
		    t->n_subjects));
	finding_detail(c, _("%s."), checking_join(c->arena, t->clear,
	    t->n_clear));
	for (size_t i = 0; i < t->n_facts; i++)
		finding_fact(c, t->fact[i]->key);
}

static void
check_subject(struct checking *c, const struct blocklists *all,
    const char *subject, bool domain, struct tally *t)
{
	size_t findings = c->out->n, facts = t->n_facts;
	size_t subjects = t->n_subjects;

	t->asked++;
	for (size_t i = 0; i < all->n; i++) {
		const struct blocklist *list = &all->list[i];

		if (list->domains == domain &&
		    (domain || list->ipv6 || !ip_is_v6(subject)))
			ask_list(c, list, subject, t);
	}
	/* what is listed somewhere is not called clear elsewhere */
	if (c->out->n != findings) {
		t->n_facts = facts;
		t->n_subjects = subjects;
	}
}

static void
add_tally(struct checking *c, const struct tally *t, const char *subject)
{
	if (t->n_open != 0)
		add_open(c, t, subject);
	if (t->n_subjects != 0)
		add_clear(c, t);
}

void
check_blocklist(struct checking *c)
{
	const struct identity *id = &c->out->identity;
	const struct blocklists *all = c->in->blocklists;
	struct tally addresses = { .n_open = 0 }, domain = { .n_open = 0 };

	if (c->in->no_blocklists)
		return;
	if (all == NULL)
		all = blocklists_load(c->arena, NULL, NULL);
	for (size_t i = 0; i < id->n_senders &&
	    addresses.asked < ADDRESSES_MAX; i++)
		if (!ip_is_private(id->senders[i]) &&
		    !(id->guessed && i == 0))
			check_subject(c, all, id->senders[i], false, &addresses);
	add_tally(c, &addresses, id->client_ip);
	if (id->n_senders > ADDRESSES_MAX && c->current != NULL)
		finding_detail(c, _("Only the first %d addresses were asked "
		    "about."), ADDRESSES_MAX);
	if (id->org_domain != NULL)
		check_subject(c, all, id->org_domain, true, &domain);
	add_tally(c, &domain, id->org_domain);
}
