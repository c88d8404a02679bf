/* SPDX-License-Identifier: ISC
 * Record cards: a DNS change in the words of a panel or a name server, from
 * data/panels/. */
#ifndef WB_CARD_H
#define WB_CARD_H

#include "engine/remedy/plan.h"

/* The panels known, in the file's order: id and title (translated). */
size_t card_panels(void);
const char *card_panel_id(size_t i);
const char *card_panel_title(size_t i);

/* All DNS changes of STEP for the I-th panel; NULL when there are none.
 * Arena-owned. */
const char *card_text(struct arena *arena, const struct step *step, size_t i);

/* One record for the I-th panel, for tests. */
const char *card_record(struct arena *arena, size_t i, const char *zone,
    const char *name, enum dns_type type, const char *value);

#endif
