/* SPDX-License-Identifier: ISC
 * The block lists that Postfix asks about who sends to it: do they answer the
 * resolver here, and do they tell anything (RFC 5782 5; knowledge.md 5.2 M26)?
 * Hides how restrictions name them. */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/checks/checking.h"

#define LISTS_MAX 8

struct asked {
	const char *zone, *parameter;
	const char *only;        /* the answer that counts; NULL: any */
	bool patterns;           /* … it has ranges: not looked into */
	bool domains;            /* a list of domains */
};

/* "zone", "zone=127.0.0.2", "zone=127.0.0.[2..11]*3" (postconf(5)). */
static struct asked
read_list(struct checking *c, const char *parameter, const char *word,
    size_t len)
{
	const char *text = arena_strndup(c->arena, word, len);
	size_t zone = strcspn(text, "=*");
	const char *only = text[zone] == '=' ? arena_strndup(c->arena,
	    text + zone + 1, strcspn(text + zone + 1, "*")) : NULL;

	return (struct asked){
		.zone = text_domain(c->arena, text, zone),
		.parameter = parameter,
		.only = only,
		.patterns = only != NULL && strpbrk(only, "[;") != NULL,
	};
}

/* A customer's key is part of such names; those lists answer any resolver. */
static bool
has_key(const char *zone)
{
	return strstr(zone, ".dq.spamhaus.") != NULL;
}

static void
add(struct asked *list, size_t *n, struct asked asked)
{
	if (*n == LISTS_MAX || asked.patterns || has_key(asked.zone) ||
	    strchr(asked.zone, '.') == NULL || strchr(asked.zone, '$') != NULL)
		return;
	for (size_t i = 0; i < *n; i++)
		if (text_same(list[i].zone, asked.zone))
			return;
	list[(*n)++] = asked;
}

/* reject_rbl_client ZONE, reject_rhsbl_sender ZONE … in restrictions. */
static void
add_restrictions(struct checking *c, struct asked *list, size_t *n,
    const char *parameter)
{
	const char *p = postfix_get(c->in->postfix, parameter), *word;
	bool next = false, domains = false;
	size_t len;

	while ((word = postfix_next_word(&p, &len)) != NULL) {
		if (next) {
			struct asked asked = read_list(c, parameter, word, len);

			asked.domains = domains;
			add(list, n, asked);
		}
		domains = text_starts(word, "reject_rhsbl_");
		next = domains || text_starts(word, "reject_rbl_client") ||
		    text_starts(word, "reject_rbl ");
	}
}

static void
add_postscreen(struct checking *c, struct asked *list, size_t *n)
{
	static const char name[] = "postscreen_dnsbl_sites";
	const char *p = postfix_get(c->in->postfix, name), *word;
	const struct postfix_service *services;
	size_t count = postfix_services(c->in->postfix, &services), len;
	bool runs = false;

	for (size_t i = 0; i < count; i++)
		runs = runs || strcmp(services[i].command, "postscreen") == 0;
	while (runs && (word = postfix_next_word(&p, &len)) != NULL)
		add(list, n, read_list(c, name, word, len));
}

static bool
counts(const struct asked *asked, const struct fact *fact)
{
	for (size_t i = 0; fact->status == FACT_OK && i < fact->n_values; i++)
		if (asked->only == NULL || strcmp(asked->only,
		    fact->values[i].text) == 0)
			return true;
	return false;
}

/* Codes by which lists say that they do not answer, not who is listed. */
static bool
is_refusal(const struct fact *fact)
{
	return fact->status == FACT_OK && fact->n_values != 0 &&
	    text_starts(fact->values[0].text, "127.255.255.");
}

static void
judge(struct checking *c, const struct asked *asked)
{
	const struct fact *listed = checking_dns(c, arena_printf(c->arena,
	    "%s.%s", asked->domains ? "test" : "2.0.0.127", asked->zone), DNS_A);
	const struct fact *clear = checking_dns(c, arena_printf(c->arena,
	    "%s.%s", asked->domains ? "invalid" : "1.0.0.127", asked->zone),
	    DNS_A);

	if (is_refusal(listed) && counts(asked, listed)) {
		finding_add(c, "postfix.list-refuses", FINDING_PROBLEM,
		    ROLE_ADVICE, asked->zone,
		    _("Postfix refuses mail because of %s, which does not "
		    "answer your resolver"), asked->zone);
		finding_detail(c, _("It says %s to everything: that it does not "
		    "answer those who ask through a public resolver or too "
		    "often. Postfix takes that for a listing."),
		    listed->values[0].text);
		finding_fact(c, listed->key);
	} else if (counts(asked, clear)) {
		finding_add(c, "postfix.list-everybody", FINDING_PROBLEM,
		    ROLE_ADVICE, asked->zone,
		    _("Postfix refuses all mail because of %s, which lists "
		    "everybody"), asked->zone);
		finding_detail(c, _("It lists an address that no list may hold "
		    "(RFC 5782): most likely it was given up."));
		finding_fact(c, clear->key);
	} else {
		return;
	}
	finding_detail(c, _("It is named in %s."), asked->parameter);
	finding_fact(c, arena_printf(c->arena, "postfix %s", asked->parameter));
}

void
check_asked_lists(struct checking *c)
{
	static const char *const parameters[] = {
		"smtpd_client_restrictions", "smtpd_helo_restrictions",
		"smtpd_sender_restrictions", "smtpd_relay_restrictions",
		"smtpd_recipient_restrictions", "smtpd_data_restrictions",
	};
	struct asked list[LISTS_MAX];
	size_t n = 0;

	if (c->in->no_blocklists)
		return;
	for (size_t i = 0; i < sizeof parameters / sizeof parameters[0]; i++)
		add_restrictions(c, list, &n, parameters[i]);
	add_postscreen(c, list, &n);
	for (size_t i = 0; i < n; i++)
		judge(c, &list[i]);
}
