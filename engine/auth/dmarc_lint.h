/* SPDX-License-Identifier: ISC
 * What in a DMARC record has no effect, or another one than was meant, and the
 * record mended. Beside dmarc_record.h, which reads it as receivers do. */
#ifndef WB_DMARC_LINT_H
#define WB_DMARC_LINT_H

#include <stddef.h>

#include "engine/base/arena.h"

#define DMARC_NOTES_MAX 16
#define DMARC_REPORTS_MAX 16

struct dmarc_lint {
	/* whole sentences, translated */
	const char *notes[DMARC_NOTES_MAX];
	size_t n_notes;
	/* about addresses of rua= and ruf= that nothing can be sent to */
	const char *address_notes[DMARC_NOTES_MAX];
	size_t n_address_notes;
	/* the domains that reports go to, each once */
	const char *reports[DMARC_REPORTS_MAX];
	size_t n_reports;
	/* the same meaning without the faults: v and p first, historic and
	 * unknown tags out, the first of two; never NULL */
	const char *mended;
};

/* Look at LEN octets that are meant as a record (RFC 9989 4.7, 4.8; what RFC
 * 7489 had and is historic now). Takes any octets. */
void dmarc_lint(struct arena *arena, const char *text, size_t len,
    struct dmarc_lint *out);

struct dmarc_tag_value {
	const char *name, *value;   /* NULL: the tag goes away */
};

/* The record mended, with other VALUES (a NULL name ends them) of some tags. */
const char *dmarc_rewrite(struct arena *arena, const char *text, size_t len,
    const struct dmarc_tag_value *values);

#endif
