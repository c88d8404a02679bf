/* SPDX-License-Identifier: ISC
 * Is a record within the limits of RFC 7208 4.6.4 for every sender, not only
 * for those that it lists early? */
#ifndef WB_SPF_LIMITS_H
#define WB_SPF_LIMITS_H

#include "engine/auth/spf.h"

/* An address that nobody sends from and no record lists: class E (RFC 1112
 * section 4); for IPv6 the discard prefix (RFC 6666). */
#define SPF_STRANGER "240.0.0.1"
#define SPF_STRANGER6 "100::1"

struct spf_fit {
	bool known;              /* false: answers are missing or failed */
	bool wanted;             /* … and may come yet */
	int lookups;             /* in the worst case: nothing matches */
	int voids;               /* the larger of IPv4's and IPv6's; one too
	                            many ends the count */
	enum spf_cause cause;    /* of the error that a sender gets whom nothing
	                            lists, or SPF_CAUSE_NONE */
};

/* Measure DOMAIN's record as the cache has it. */
void spf_fit_measure(struct arena *arena, struct facts *facts,
    const char *domain, struct spf_fit *out);

/* Is it within the limits? True while that is not known. */
bool spf_fits(const struct spf_fit *fit);

#endif
