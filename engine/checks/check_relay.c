/* SPDX-License-Identifier: ISC
 * May strangers send through this Postfix? What mynetworks lets in
 * (knowledge.md 5.2 M18). */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/checks/checking.h"

/* Shorter prefixes of public addresses are more than one customer's network:
 * an IPv4 /24 and an IPv6 /48 are what a site is given (RFC 6177). */
#define SITE_V4 24
#define SITE_V6 48

/* "address/bits", "[address]/bits" or an address. False: something else, a
 * table or a pattern. */
static bool
read_network(struct arena *arena, const char *word, const char **address,
    long *bits)
{
	const char *slash = strchr(word, '/');
	size_t len = slash != NULL ? (size_t)(slash - word) : strlen(word);

	if (len > 1 && word[0] == '[' && word[len - 1] == ']') {
		word++;
		len -= 2;
	}
	*address = ip_canonical(arena, arena_strndup(arena, word, len));
	if (*address == NULL)
		return false;
	*bits = slash != NULL ? strtol(slash + 1, NULL, 10) :
	    ip_is_v6(*address) ? 128 : 32;
	return true;
}

static bool
too_wide(const char *address, long bits)
{
	if (bits == 0)
		return true;
	return !ip_is_private(address) &&
	    bits < (ip_is_v6(address) ? SITE_V6 : SITE_V4);
}

void
check_relay(struct checking *c)
{
	const struct postfix_value *networks =
	    postfix_value(c->in->postfix, "mynetworks");
	const char *p = networks->value, *wide = NULL;

	if (postfix_get_state(c->in->postfix) != POSTFIX_FOUND ||
	    networks->origin == POSTFIX_UNSET || networks->unresolved)
		return;
	while (*p != '\0' && wide == NULL) {
		const char *word, *address;
		size_t len;
		long bits;

		p += strspn(p, ", \t\r\n");
		len = strcspn(p, ", \t\r\n");
		word = arena_strndup(c->arena, p, len);
		p += len;
		if (read_network(c->arena, word, &address, &bits) &&
		    too_wide(address, bits))
			wide = word;
	}
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
