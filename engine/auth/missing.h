/* SPDX-License-Identifier: ISC
 * Which answers are not there, as opposed to answers that say no. */
#ifndef WB_MISSING_H
#define WB_MISSING_H

#include <stdbool.h>

#include "engine/world/facts.h"

/* Is the answer to FACT not there, so that nothing can be said yet: it is
 * wanted, or the recording that is replayed lacks it? */
bool fact_missing(const struct facts *facts, const struct fact *fact);

/* The fact that gives no answer, in one sentence: who failed, for which
 * record. FACT is neither known nor missing. */
const char *fact_failure(struct arena *arena, const struct fact *fact);

/* The same for a missing one. FACT may be NULL. */
const char *fact_not_yet(struct arena *arena, const struct fact *fact);

#endif
