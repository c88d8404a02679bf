/* SPDX-License-Identifier: ISC
 * What the two halves of the SPF parser share: spf_parse.c splits a record
 * into terms, spf_argument.c reads what stands behind a name. */
#ifndef WB_SPF_SCAN_H
#define WB_SPF_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/auth/spf_parse.h"

/* A term being read: the octets AT to END of the record. */
struct spf_scanner {
	struct arena *arena;
	struct spf_record *out;
	struct spf_term *terms;
	struct spf_term *term;
	const char *text;
	size_t end;
};

bool spf_is_alpha(char c);
bool spf_is_digit(char c);

/* Note the first fault; always false. */
bool spf_scan_fault(struct spf_scanner *s, size_t offset,
    const char *message);

/* Is FROM to s->end a domain-spec (RFC 7208 7.1)? */
bool spf_scan_domain(struct spf_scanner *s, size_t from);

/* Keep the octets FROM to END as the term's argument. */
void spf_scan_keep(struct spf_scanner *s, size_t from, size_t end);

/* What may stand behind the name of a mechanism; AT is the place behind it. */
bool spf_scan_nothing(struct spf_scanner *s, size_t at);
bool spf_scan_needed(struct spf_scanner *s, size_t at);
bool spf_scan_host(struct spf_scanner *s, size_t at);
bool spf_scan_ptr(struct spf_scanner *s, size_t at);
bool spf_scan_address(struct spf_scanner *s, size_t at);

#endif
