/* SPDX-License-Identifier: ISC
 * Does a record fit: the limits of RFC 7208 4.6.4 and the sizes of DNS
 * answers; and making it fit without losing a sender. For engine/remedy/
 * only. */
#ifndef WB_SPF_FIT_H
#define WB_SPF_FIT_H

#include "engine/auth/spf_limits.h"
#include "engine/remedy/planning.h"
#include "engine/remedy/spf_edit.h"
#include "engine/remedy/spf_sample.h"

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
