/* SPDX-License-Identifier: ISC
 * Record data between ldns and fact values. Only the files of this room that
 * know ldns include this header. */
#ifndef WB_DNS_RDATA_H
#define WB_DNS_RDATA_H

#include <ldns/ldns.h>
#include <stdbool.h>

#include "engine/base/arena.h"
#include "engine/world/facts.h"

/* The record's data as facts.h describes it; arena-owned. False when it does
 * not have the shape of its type. */
bool dns_rdata_read(struct arena *arena, const ldns_rr *rr,
    struct fact_value *out) __attribute__((warn_unused_result));

/* The same text, in the same strings? */
bool dns_rdata_same(const struct fact_value *a, const struct fact_value *b);

/* Push VALUE as the data of RR, whose type is TYPE. False: VALUE is not data
 * of that type. */
bool dns_rdata_write(ldns_rr *rr, enum dns_type type,
    const struct fact_value *value) __attribute__((warn_unused_result));

#endif
