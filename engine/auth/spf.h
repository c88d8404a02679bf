/* SPDX-License-Identifier: ISC
 * SPF (RFC 7208) for one sender, judged on the cache alone: the walk over
 * terms, includes and redirects, the counting, the trace. libspf2 matches one
 * validated mechanism at a time (spf_match.c). */
#ifndef WB_SPF_H
#define WB_SPF_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/auth/spf_parse.h"
#include "engine/base/arena.h"
#include "engine/world/facts.h"

enum spf_result {
	SPF_NONE, SPF_NEUTRAL, SPF_PASS, SPF_FAIL, SPF_SOFTFAIL, SPF_TEMPERROR,
	SPF_PERMERROR,
	SPF_UNKNOWN          /* some answer is still wanted; or the address is
	                        none (then not incomplete) */
};

/* Why the result is what it is, for code that decides; reason is for people. */
enum spf_cause {
	SPF_CAUSE_NONE,
	SPF_CAUSE_NO_RECORD,        /* none */
	SPF_CAUSE_BAD_DOMAIN,       /* none: the name cannot be a domain */
	SPF_CAUSE_MATCH,            /* a term matched */
	SPF_CAUSE_NO_MATCH,         /* neutral by default, RFC 7208 4.7 */
	SPF_CAUSE_DNS,              /* temperror: a look-up failed */
	SPF_CAUSE_SYNTAX,
	SPF_CAUSE_TWO_RECORDS,
	SPF_CAUSE_INCLUDE_NO_RECORD,  /* include or redirect of a name without SPF */
	SPF_CAUSE_SELF_INCLUDE,     /* the record includes itself */
	SPF_CAUSE_LOOP,             /* a longer circle of includes or redirects */
	SPF_CAUSE_TOO_MANY_LOOKUPS, /* more than 10, RFC 7208 4.6.4 */
	SPF_CAUSE_TOO_MANY_VOID,    /* more than 2, RFC 7208 4.6.4 */
	SPF_CAUSE_TOO_MANY_NAMES    /* more than 10 MX names, RFC 7208 4.6.4 */
};

struct spf_step {
	int depth;                  /* 0: the sender domain's own record */
	const char *domain;         /* whose record */
	const char *term;           /* as written */
	size_t offset, length;      /* octets in that record */
	const char *target;         /* the expanded name or address asked about */
	enum spf_result outcome;    /* of the term alone: SPF_PASS = it matches,
	                               SPF_NEUTRAL = it does not; of redirect=,
	                               SPF_PASS = its target decided */
	int lookups, voids;         /* counters after this term */
};

struct spf_request {
	const char *ip;             /* any text form */
	const char *sender;         /* MAIL FROM; "" means postmaster@HELO (2.4) */
	const char *helo;           /* may be NULL */
	const char *receiver;       /* for the %{r} macro; may be NULL */
};

struct spf_judgement {
	enum spf_result result;
	enum spf_cause cause;
	const char *domain;         /* whose record was asked for */
	const char *record;         /* its text, or NULL */
	const char *reason;         /* one sentence, translated */
	const char *matched;        /* the top-level term that decided, or NULL */
	const char *blamed;         /* the domain where it went wrong: the include
	                               without record, the loop's start …; or NULL */
	int lookups;                /* DNS-querying terms, RFC 7208 4.6.4 */
	int voids;
	const char *explanation;    /* exp= text on fail, or NULL */
	const struct spf_step *steps;   /* the trace, in the order of evaluation */
	size_t n_steps;
	const char *error_domain;   /* where a syntax fault stands; or NULL */
	size_t error_offset;
	const char *error_message;
	const char *const *facts;   /* keys of the facts it rests on */
	size_t n_facts;
	bool incomplete;            /* something is wanted: result is UNKNOWN, and
	                               what stands above is what is known so far */
};

/* Judge REQUEST on the cache. Never waits; missing answers are noted as wanted
 * and walked past, so that one call names all that can be named (design.md 2).
 * The judgement is owned by ARENA. */
const struct spf_judgement *spf_judge(struct arena *arena,
    struct facts *facts, const struct spf_request *request);

/* The static worst case of DOMAIN's record: how many look-ups when nothing
 * matches (includes followed), as checkers count it. -1 while answers are
 * missing or when the record is faulty. */
int spf_worst_case(struct arena *arena, struct facts *facts,
    const char *domain);

/* The one SPF record of a TXT fact, or NULL: none or several. *COUNT gets how
 * many there are (may be NULL). */
const char *spf_find_record(struct arena *arena, const struct fact *txt,
    size_t *count);

const char *spf_result_name(enum spf_result result);   /* "softfail" */

#endif
