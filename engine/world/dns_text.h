/* SPDX-License-Identifier: ISC
 * The character strings of a TXT value (RFC 1035 3.3.14): each of at most 255
 * octets. Shared by the message and the zone-line writers. */
#ifndef WB_DNS_TEXT_H
#define WB_DNS_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/world/facts.h"

#define DNS_STRING_OCTETS 255

/* One string of VALUE at a time: as its strings say, or split at 255 octets
 * when they are not known. There is always a first one, maybe empty. */
struct dns_text_walk {
	const struct fact_value *value;
	const char *text;        /* the string in hand, of LEN octets */
	size_t len;
	size_t index, used;
	bool split;              /* VALUE does not say where its strings end */
};
struct dns_text_walk dns_text_first(const struct fact_value *value);
bool dns_text_next(struct dns_text_walk *walk);

/* "." when NAME lacks its trailing dot, else "" (the root has it). */
const char *dns_text_dot(const char *name);

#endif
