/* SPDX-License-Identifier: ISC
 * A refusal as Python's smtplib shows it: "SMTPDataError: (550, b'5.7.1 …')".
 * Private to engine/bounce. */
#ifndef WB_BOUNCE_TUPLE_H
#define WB_BOUNCE_TUPLE_H

#include <stdbool.h>

#include "engine/base/str.h"
#include "engine/bounce/bounce.h"
#include "engine/bounce/scan.h"

struct tuple {
	enum stage stage;                /* by the exception's name */
	struct span recipient, sender;   /* empty when not told */
	struct span rest;                /* what stands behind it */
	bool open;                       /* its text ends with the span */
};

/* The first such refusal in S; REPLY becomes "550 5.7.1 …". False when there
 * is none. TUPLE points into S. */
bool tuple_read(struct span s, struct tuple *tuple, struct str *reply);

#endif
