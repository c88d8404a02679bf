/* SPDX-License-Identifier: ISC
 * The names of an address, and whether one leads back to it. For the checks of
 * names and HELO names. */
#ifndef WB_NAMING_H
#define WB_NAMING_H

#include "engine/checks/checking.h"

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

/* Look at the PTR records of IP, an address, and at the addresses of their
 * names. */
struct naming naming_find(struct checking *c, const char *ip);

/* Does the name exist inside a network at most (RFC 6761, RFC 6762, and what
 * people make up)? */
bool naming_is_inside(const char *name);

#endif
