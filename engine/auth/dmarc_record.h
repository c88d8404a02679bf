/* SPDX-License-Identifier: ISC
 * The text of a DMARC policy record (RFC 9989 4.7, 4.8). Asks no questions. */
#ifndef WB_DMARC_RECORD_H
#define WB_DMARC_RECORD_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/base/arena.h"

struct dmarc_tags {
	/* "none", "quarantine", "reject"; NULL when not there or not valid.
	 * Only p is never NULL in a record that receivers use. */
	const char *p, *sp, *np;
	char psd;                    /* 'y', 'n', or 'u' */
	bool strict_spf, strict_dkim;
	bool test_mode;
	bool reports;                /* rua= with an address to send to */
	bool used;                   /* false: receivers ignore the record */
	const char *fault;           /* one sentence, translated, or NULL */
};

/* Does TEXT begin with "v=DMARC1" and end or go on with ";" there? What does
 * not is discarded before anything else is looked at (RFC 9989 4.7). */
bool dmarc_is_record(const char *text, size_t len);

/* Is TEXT no record, but meant as one? The sentence that says what is wrong,
 * or NULL. DOMAIN goes into sentences as it is. */
const char *dmarc_mistaken(struct arena *arena, const char *domain,
    const char *text, size_t len);

/* Read the record at DOMAIN, which must satisfy dmarc_is_record(). */
void dmarc_record_read(struct arena *arena, const char *domain,
    const char *text, size_t len, struct dmarc_tags *out);

#endif
