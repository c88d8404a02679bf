/* SPDX-License-Identifier: ISC
 * Does a record fit: the limits of RFC 7208 4.6.4 and the sizes of DNS
 * answers; and making it fit without losing a sender. For engine/remedy/
 * only. */
#ifndef WB_SPF_FIT_H
#define WB_SPF_FIT_H

#include "engine/remedy/planning.h"
#include "engine/remedy/spf_edit.h"
#include "engine/remedy/spf_sample.h"

struct spf_fit {
	bool known;              /* false: answers are missing or failed */
	int lookups;             /* in the worst case: nothing matches */
	int voids;               /* the larger of IPv4's and IPv6's; one too
	                            many ends the count */
	enum spf_cause cause;    /* of the error that a sender gets whom nothing
	                            lists, or SPF_CAUSE_NONE */
};

/* Measure what is laid for DOMAIN (proof_lay()). */
void spf_fit_measure(struct planning *p, const char *domain,
    struct spf_fit *out);

/* Is the record within the limits? True while that is not known. */
bool spf_fits(const struct spf_fit *fit);

/* Measure DRAFT as the record of DOMAIN. */
void spf_fit_draft(struct planning *p, const char *domain,
    struct spf_draft *draft, struct spf_fit *out);

/* While DRAFT, to be the record of DOMAIN, does not fit: take out terms whose
 * addresses another term lists, terms that name nothing, "ptr"; then list the
 * addresses of DOMAIN's own hosts instead of asking for them. *FIT gets the
 * measure of the result. */
void spf_fit_reduce(struct planning *p, const char *domain,
    struct spf_draft *draft, struct spf_fit *fit);

/* Octets of the answer that carries VALUES as the TXT of NAME (RFC 1035 4.1),
 * without EDNS. */
size_t spf_answer_size(const char *name, const char *const *values);

#endif
