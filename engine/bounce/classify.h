/* SPDX-License-Identifier: ISC
 * From a draft's words to its class. Private to engine/bounce. */
#ifndef WB_BOUNCE_CLASSIFY_H
#define WB_BOUNCE_CLASSIFY_H

#include <stdbool.h>

#include "engine/bounce/draft.h"

/* Set class, alternatives, rule, provider and mark of the draft. */
void classify(const struct rules *rules, struct draft *draft);

/* Do TEXT's words alone tell a class? */
bool classify_line(const struct rules *rules, const char *text);

#endif
