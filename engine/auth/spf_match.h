/* SPDX-License-Identifier: ISC
 * One mechanism at a time through libspf2, whose DNS is our cache. Only
 * spf_match.c includes libspf2's headers. */
#ifndef WB_SPF_MATCH_H
#define WB_SPF_MATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/auth/spf.h"

struct spf_match;

/* A matcher for one client; IP is canonical text (ip_canonical()). Look-ups
 * go to FACTS; ADD_FACT (may be NULL) hears of every fact that is read. NULL
 * when IP is not an address. */
struct spf_match *spf_match_new(struct facts *facts, const char *ip,
    void (*add_fact)(void *arg, const struct fact *fact), void *arg);
void spf_match_free(struct spf_match **match);

/* What the look-ups of one mechanism showed. */
struct spf_match_log {
	int voids;              /* NXDOMAIN or empty answers, of those known */
	bool addresses;         /* some A or AAAA came back */
	bool too_many_names;    /* more than 10 MX names */
	bool wanted;            /* an answer is not there yet */
};

/* The name that stands in a mechanism for one that SPF's grammar cannot write
 * (an expanded macro may hold any octet). */
#define SPF_MATCH_STAND_IN "stand-in.invalid"   /* RFC 2606 section 2 */

/* Evaluate MECHANISM ("a:mail.example.com/24"), which must pass spf_parse() as
 * the only term of a record and holds no macro. TARGET is the name in the form
 * of facts_dns() that SPF_MATCH_STAND_IN means; NULL when it does not occur.
 * PASS: match; NEUTRAL: no match; TEMPERROR, PERMERROR. */
enum spf_result spf_match_mechanism(struct spf_match *match,
    const char *mechanism, const char *target, struct spf_match_log *log);

/* The validated name of the client (%{p}): DOMAIN itself, else one below it,
 * else the first, else "unknown"; RFC 7208 5.5 and 7.3. Owned by ARENA. */
const char *spf_match_client_name(struct spf_match *match,
    struct arena *arena, const char *domain, struct spf_match_log *log);

#endif
