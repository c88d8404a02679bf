/* SPDX-License-Identifier: ISC
 * The character strings of a TXT value, one after another. Hides whether the
 * value says where they end. */
#include "config.h"

#include "engine/world/dns_text.h"

#include <string.h>

static void
cut_string(struct dns_text_walk *walk)
{
	size_t left = walk->value->len - walk->used;

	walk->text = walk->value->text + walk->used;
	walk->len = left < DNS_STRING_OCTETS ? left : DNS_STRING_OCTETS;
	if (!walk->split)
		walk->len = walk->value->strings[walk->index];
}

struct dns_text_walk
dns_text_first(const struct fact_value *value)
{
	struct dns_text_walk walk = { .value = value };
	size_t total = 0;

	walk.split = value->n_strings == 0;
	for (size_t i = 0; i < value->n_strings; i++) {
		total += value->strings[i];
		walk.split |= value->strings[i] > DNS_STRING_OCTETS;
	}
	walk.split |= total != value->len;
	cut_string(&walk);
	return walk;
}

bool
dns_text_next(struct dns_text_walk *walk)
{
	walk->used += walk->len;
	walk->index++;
	if (walk->split ? walk->used >= walk->value->len :
	    walk->index >= walk->value->n_strings)
		return false;
	cut_string(walk);
	return true;
}

const char *
dns_text_dot(const char *name)
{
	return strcmp(name, ".") == 0 ? "" : ".";
}
