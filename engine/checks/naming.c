/* SPDX-License-Identifier: ISC
 * Follows an address to its names and back (RFC 8601 2.7.3). */
#include "config.h"

#include "engine/checks/naming.h"

#include "engine/base/text.h"

#define NAMES_MAX 10                 /* RFC 7208 4.6.4 follows as many */

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

struct naming
naming_find(struct checking *c, const char *ip)
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

bool
naming_is_inside(const char *name)
{
	static const char *const inside[] = {
		".localdomain", ".local", ".internal", ".lan", ".localhost",
		".home.arpa", ".intranet", ".corp", ".home",
	};

	for (size_t i = 0; i < sizeof inside / sizeof inside[0]; i++)
		if (text_ends(name, inside[i]))
			return true;
	return false;
}
