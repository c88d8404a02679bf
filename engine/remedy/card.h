/* SPDX-License-Identifier: ISC
 * Record cards: the DNS changes of a step in the words of panels and tools. */
#ifndef WB_CARD_H
#define WB_CARD_H

#include "engine/remedy/planning.h"

/* Octets of one card. */
#define CARD_MAX 16384

/* Give STEP its cards: the panels that the user named, those that run the
 * zone's name servers, "generic" and "bind"; when nothing is wanted any more,
 * all others behind them. Only what reads back to the same records. */
void card_add(struct planning *p, struct step *step);

/* The answer that names a panel ("route53"), or all of them. */
#define CARD_ANSWER "panel"
#define CARD_ALL "all"

/* What the panel that changes the zone of NAME takes in a TXT record, in octets;
 * 0: the panel is not known, or nothing is known of a limit. */
size_t card_txt_limit(const struct planning *p, const char *name);

/* Is this the id of a panel, or CARD_ALL? */
bool card_is_panel(const char *id);

/* All of them, "all" first, for a message. Arena-owned. */
const char *card_panel_list(struct arena *arena);

#endif
