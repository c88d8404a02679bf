/* SPDX-License-Identifier: ISC
 * May strangers send through this Postfix? What mynetworks lets in
 * (knowledge.md 5.2 M18). */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/checks/services.h"

/* Shorter prefixes of public addresses are more than one customer's network:
 * an IPv4 /24 and an IPv6 /48 are what a site is given (RFC 6177). */
#define SITE_V4 24
#define SITE_V6 48

/* Could "address/bits" or "[address]/bits" be too wide? A long list of hosts
 * shall cost nothing. */
static bool
has_few_bits(const char *word, size_t len, long *bits)
{
	const char *slash = memchr(word, '/', len);

	if (slash == NULL)
		return false;
	*bits = strtol(slash + 1, NULL, 10);
	return *bits < (memchr(word, ':', len) != NULL ? SITE_V6 : SITE_V4);
}

/* The address before the "/"; NULL: something else, a table or a pattern. */
static const char *
network_address(struct arena *arena, const char *word)
{
	size_t len = strcspn(word, "/");

	if (len > 1 && word[0] == '[' && word[len - 1] == ']') {
		word++;
		len -= 2;
	}
	return ip_canonical(arena, arena_strndup(arena, word, len));
}

/* The last address of an IPv4 network; of an IPv6 one the first, which is
 * enough to tell the private ranges apart. */
static const char *
far_end(struct arena *arena, const char *address, long bits)
{
	unsigned int o[4], rest = bits >= 32 ? 0 : 0xffffffffu >> bits;

	if (ip_is_v6(address) || sscanf(address, "%3u.%3u.%3u.%3u", &o[0], &o[1],
	    &o[2], &o[3]) != 4)
		return address;
	return arena_printf(arena, "%u.%u.%u.%u", o[0] | rest >> 24,
	    o[1] | (rest >> 16 & 0xff), o[2] | (rest >> 8 & 0xff),
	    o[3] | (rest & 0xff));
}

static bool
too_wide(struct arena *arena, const char *address, long bits)
{
	if (bits <= 0)
		return true;
	if (ip_is_private(address) &&
	    ip_is_private(far_end(arena, address, bits)))
		return false;
	return bits < (ip_is_v6(address) ? SITE_V6 : SITE_V4);
}

/* The first network of the LIST that is too wide, or NULL. */
static const char *
wide_network(struct checking *c, const char *list)
{
	const char *at;
	size_t len;

	while ((at = postfix_next_word(&list, &len)) != NULL) {
		const char *word, *address;
		long bits;

		if (!has_few_bits(at, len, &bits))
			continue;
		word = arena_strndup(c->arena, at, len);
		address = network_address(c->arena, word);
		if (address != NULL && too_wide(c->arena, address, bits))
			return word;
	}
	return NULL;
}

static void
networks(struct checking *c)
{
	const struct postfix_value *networks =
	    postfix_value(c->in->postfix, "mynetworks");
	const char *wide;

	if (postfix_get_state(c->in->postfix) != POSTFIX_FOUND ||
	    networks->origin == POSTFIX_UNSET || networks->unresolved)
		return;
	wide = wide_network(c, networks->value);
	if (wide == NULL) {
		if (networks->origin != POSTFIX_MAIN_CF)
			return;
		finding_add(c, "postfix.relay-closed", FINDING_OK, ROLE_ADVICE,
		    NULL, _("Only your own networks may send through this "
		    "server (mynetworks)"));
	} else {
		finding_add(c, "postfix.open-relay", FINDING_PROBLEM,
		    checking_role(c, "blocklist_ip reputation",
			ROLE_CONTRIBUTING), wide,
		    _("Strangers may send through this server: mynetworks "
		    "holds %s"), wide);
		finding_detail(c, _("Whoever sends from such an address may "
		    "use this server for any recipient. Spammers find that "
		    "within hours, and block lists soon after."));
	}
	finding_fact(c, "postfix mynetworks");
}

/* The first word of LIST that decides for everybody, or NULL: "permit" lets all
 * pass, the others end the list for strangers. So may a restriction class of
 * the user's own, which is not looked into. */
static const char *
decides(struct checking *c, const char *list)
{
	static const char *const ends[] = {
		"reject_unauth_destination", "defer_unauth_destination",
		"reject", "defer", "permit",
	};

	const char *at;
	size_t len;

	while ((at = postfix_next_word(&list, &len)) != NULL) {
		const char *word = arena_strndup(c->arena, at, len);

		for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
			if (strcmp(ends[i], word) == 0)
				return word;
		if (postfix_list_has(c->in->postfix, "smtpd_restriction_classes",
		    word))
			return word;
	}
	return NULL;
}

/* What comes before reject_unauth_destination in both lists lets strangers send
 * to anywhere; the others can only keep them out. The list of SERVICE that
 * permits it, or NULL. */
static const char *
open_list(struct checking *c, const char *service)
{
	static const char *const lists[] = {
		"smtpd_client_restrictions", "smtpd_helo_restrictions",
		"smtpd_sender_restrictions", "smtpd_relay_restrictions",
		"smtpd_recipient_restrictions",
	};
	const size_t inner = 3;
	const char *open = NULL;

	for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
		const char *list = postfix_service_value(c->in->postfix,
		    service, lists[i])->value;
		const char *word = list != NULL ? decides(c, list) : NULL;

		if (word != NULL && strcmp(word, "permit") != 0)
			return NULL;
		if (word != NULL && i >= inner)
			open = lists[i];
	}
	return open;
}

/* M18 */
static void
permits_all(struct checking *c)
{
	const char *open = open_list(c, "");

	if (open == NULL)
		return;
	finding_add(c, "postfix.relay-permit", FINDING_PROBLEM,
	    checking_role(c, "blocklist_ip reputation", ROLE_CONTRIBUTING), open,
	    _("Strangers may send through this server: %s permits everything"),
	    open);
	finding_detail(c, _("\"permit\" stands before "
	    "reject_unauth_destination, which would keep them out."));
	finding_setting(c, open);
}

/* M18 at a port of its own (master.cf). */
static void
services(struct checking *c)
{
	const struct postfix_service *list;
	size_t n = postfix_services(c->in->postfix, &list);

	for (size_t i = 0; i < n; i++) {
		const struct postfix_service *s = &list[i];
		const struct postfix_value *v;
		const char *name;

		if (!service_takes_mail(c, s))
			continue;
		name = open_list(c, s->id);
		v = postfix_service_value(c->in->postfix, s->id, "mynetworks");
		if (name == NULL && v->origin == POSTFIX_MASTER_CF &&
		    wide_network(c, v->value) != NULL)
			name = v->name;
		if (name == NULL || postfix_service_value(c->in->postfix, s->id,
		    name)->origin != POSTFIX_MASTER_CF)
			continue;
		finding_add(c, "postfix.service-open", FINDING_PROBLEM,
		    checking_role(c, "blocklist_ip reputation",
			ROLE_CONTRIBUTING), s->id,
		    _("Strangers may send through this server at its service "
		    "%s"), s->id);
		finding_detail(c, _("Spammers find that within hours, and block "
		    "lists soon after."));
		finding_setting_of(c, s->id, name);
	}
}

/* M18, M28: the default of old compatibility levels trusts the neighbours of a
 * rented server, who are strangers. */
static void
subnet(struct checking *c)
{
	const char *style = postfix_get(c->in->postfix, "mynetworks_style");
	const char *public = NULL;

	if (postfix_is_set(c->in->postfix, "mynetworks") ||
	    postfix_value(c->in->postfix, "mynetworks_style")->unresolved ||
	    postfix_value(c->in->postfix, "mynetworks_style")->assumed ||
	    (!text_same(style, "subnet") && !text_same(style, "class")) ||
	    !checking_mail_host(c))
		return;
	for (size_t i = 0; i < c->in->host->n_addresses; i++)
		if (!ip_is_private(c->in->host->addresses[i].ip))
			public = c->in->host->addresses[i].ip;
	if (public == NULL)
		return;
	finding_add(c, "postfix.subnet-trusted", FINDING_PROBLEM,
	    checking_role(c, "blocklist_ip reputation", ROLE_ADVICE), style,
	    _("Servers in the same network as %s may send through this one"),
	    public);
	finding_detail(c, _("mynetworks is not set, so mynetworks_style decides. "
	    "In a rented network the neighbours are strangers."));
	finding_setting(c, "mynetworks_style");
	finding_setting(c, "compatibility_level");
}

void
check_relay(struct checking *c)
{
	networks(c);
	if (postfix_get_state(c->in->postfix) != POSTFIX_FOUND)
		return;
	permits_all(c);
	services(c);
	subnet(c);
}
