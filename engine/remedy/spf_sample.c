/* SPDX-License-Identifier: ISC
 * Knows which addresses stand for a term. Hides the bounds. */
#include "config.h"

#include "engine/remedy/spf_sample.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

#include "engine/base/text.h"

#define SAMPLES_MAX 64        /* of a record */
#define TERM_MAX 8            /* of one term: enough for four networks */
#define DEPTH_MAX 10          /* RFC 7208 4.6.4: no deeper chain is valid */
/* Records that one term may lead to: itself costs one look-up, and each of them
 * another (RFC 7208 4.6.4). What leads to more is no valid record. */
#define RECORDS_MAX 10
#define HOSTS_MAX 20          /* of one mx term; 10 are valid (RFC 7208 4.6.4) */

struct place {
	const char *top;      /* the term of the domain's own record */
	const char *domain;   /* whose record is read */
	size_t end;           /* no more samples than this */
	int depth;
};

static void add_term(struct spf_samples *s, struct place place,
    const struct spf_term *term);

static void
add(struct spf_samples *s, const struct place *place, const char *ip)
{
	if (s->n >= place->end) {
		s->partial = true;
		return;
	}
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->list[i].ip, ip) == 0 &&
		    strcmp(s->list[i].term, place->top) == 0)
			return;
	s->list = arena_grow(s->arena, s->list, s->n, sizeof *s->list);
	s->list[s->n++] = (struct spf_sample){ .ip = ip, .term = place->top };
}

/* The first and the last address of the network IP/PREFIX: a range that holds
 * both holds all between them. */
static void
add_network(struct spf_samples *s, const struct place *place, const char *ip,
    int prefix)
{
	bool v6 = strchr(ip, ':') != NULL;
	int family = v6 ? AF_INET6 : AF_INET;
	unsigned char octets[16];
	int bits = v6 ? 128 : 32;

	if (inet_pton(family, ip, octets) != 1)
		return;
	for (int last = 0; last <= 1; last++) {
		char text[INET6_ADDRSTRLEN];

		for (int bit = prefix; bit < bits; bit++) {
			unsigned char mask = (unsigned char)(0x80 >> bit % 8);

			if (last != 0)
				octets[bit / 8] |= mask;
			else
				octets[bit / 8] &= (unsigned char)~mask;
		}
		inet_ntop(family, octets, text, sizeof text);
		ip = ip_canonical(s->arena, text);
		if (ip != NULL && ip_is_v6(ip) == v6)
			add(s, place, ip);
		if (prefix == bits)
			break;
	}
}

/* The addresses of HOST. */
static void
add_host(struct spf_samples *s, const struct place *place, const char *host,
    const struct spf_term *term)
{
	static const enum dns_type types[] = { DNS_A, DNS_AAAA };

	for (size_t k = 0; k < 2; k++) {
		const struct fact *f = facts_dns(s->facts, host, types[k]);
		int prefix = types[k] == DNS_A ? term->prefix4 : term->prefix6;

		s->missing = s->missing || !fact_known(f);
		for (size_t i = 0; f->status == FACT_OK && i < f->n_values; i++)
			add_network(s, place, f->values[i].text, prefix);
	}
}

static void
add_mx(struct spf_samples *s, const struct place *place, const char *name,
    const struct spf_term *term)
{
	const struct fact *mx = facts_dns(s->facts, name, DNS_MX);

	s->missing = s->missing || !fact_known(mx);
	s->partial |= mx->n_values > HOSTS_MAX;
	for (size_t i = 0; mx->status == FACT_OK && i < mx->n_values &&
	    i < HOSTS_MAX; i++) {
		const char *host = mx_host(s->arena, &mx->values[i]);

		if (*host != '\0')
			add_host(s, place, host, term);
	}
}

/* The terms of the record at NAME. */
static void
add_record(struct spf_samples *s, struct place place, const char *name)
{
	const struct fact *txt;
	const char *text;
	struct spf_record record;

	/* not even asked for beyond the bounds */
	if (place.depth == DEPTH_MAX || s->n_records++ >= RECORDS_MAX) {
		s->partial = true;
		return;
	}
	txt = facts_dns(s->facts, name, DNS_TXT);
	text = spf_find_record(s->arena, txt, NULL);
	s->missing = s->missing || !fact_known(txt);
	if (text == NULL || !spf_parse(s->arena, text, strlen(text), &record))
		return;
	place.domain = name;
	place.depth++;
	for (size_t i = 0; i < record.n_terms && s->n < place.end; i++)
		if (record.terms[i].qualifier == '+')
			add_term(s, place, &record.terms[i]);
}

static void
add_term(struct spf_samples *s, struct place place,
    const struct spf_term *term)
{
	const char *name = term->argument != NULL ? term->argument :
	    place.domain;

	if (strchr(name, '%') != NULL && term->kind != SPF_EXP &&
	    term->kind != SPF_UNKNOWN_MODIFIER) {
		s->partial = true;
		return;
	}
	switch (term->kind) {
	case SPF_IP4:
		add_network(s, &place, name, term->prefix4);
		return;
	case SPF_IP6:
		add_network(s, &place, name, term->prefix6);
		return;
	case SPF_A:
		add_host(s, &place, name, term);
		return;
	case SPF_MX:
		add_mx(s, &place, name, term);
		return;
	case SPF_INCLUDE:
	case SPF_REDIRECT:
		add_record(s, place, text_domain(s->arena, name, strlen(name)));
		return;
	case SPF_ALL:
	case SPF_EXISTS:
	case SPF_PTR:
		s->partial = true;
		return;
	case SPF_EXP:
	case SPF_UNKNOWN_MODIFIER:
		return;
	}
}

void
spf_sample_term(struct spf_samples *s, const char *domain,
    const struct spf_term *term)
{
	size_t end = s->n + (s->term_max != 0 ? s->term_max : TERM_MAX);

	if (term->qualifier != '+')
		return;
	s->n_records = 0;
	add_term(s, (struct place){ .top = term->text, .domain = domain,
	    .end = end < SAMPLES_MAX ? end : SAMPLES_MAX }, term);
}

void
spf_samples_take(struct planning *p, const char *domain,
    const struct spf_draft *draft, struct spf_samples *out)
{
	*out = (struct spf_samples){ .arena = p->arena, .facts = p->facts };
	for (size_t i = 0; i < draft->n; i++)
		if (spf_draft_stands(&draft->terms[i]))
			spf_sample_term(out, domain, &draft->terms[i].term);
}
