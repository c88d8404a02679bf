/* SPDX-License-Identifier: ISC
 * A strict parser for SPF records: RFC 7208 section 12, with the octet at
 * which the first fault stands. */
#ifndef WB_SPF_PARSE_H
#define WB_SPF_PARSE_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/base/arena.h"

enum spf_kind {
	SPF_ALL, SPF_INCLUDE, SPF_A, SPF_MX, SPF_PTR, SPF_IP4, SPF_IP6, SPF_EXISTS,
	SPF_REDIRECT, SPF_EXP, SPF_UNKNOWN_MODIFIER
};

struct spf_term {
	enum spf_kind kind;
	char qualifier;            /* '+' '-' '~' '?'; '+' when not written */
	const char *text;          /* as written */
	size_t offset, length;     /* octets in the record */
	const char *argument;      /* domain-spec, address, or NULL */
	int prefix4, prefix6;      /* 32 and 128 when not written */
};

struct spf_record {
	const char *text;
	size_t length;
	const struct spf_term *terms;
	size_t n_terms;
	const struct spf_term *redirect, *exp;   /* or NULL */
	/* the first fault; error NULL when the record is valid. Terms before the
	 * fault are there all the same. */
	const char *error;         /* msgid, translated by the caller with _() */
	size_t error_offset;
};

/* Is this TXT an SPF record: "v=spf1" followed by a blank or its end?
 * (RFC 7208 4.5; the version is compared without regard to case.) */
bool spf_is_record(const char *text, size_t len);

/* Does TERM let every address pass: "+all", or a network of prefix length 0? */
bool spf_term_is_open(const struct spf_term *term);

/* Parse LEN octets; they must satisfy spf_is_record(). False when faulty. */
bool spf_parse(struct arena *arena, const char *text, size_t len,
    struct spf_record *out);

/* May "exp=" text be shown: macros valid, ASCII only (RFC 7208 6.2)? */
bool spf_explanation_valid(const char *text, size_t len);

/* Name of a mechanism or modifier: "include". */
const char *spf_kind_name(enum spf_kind kind);

#endif
