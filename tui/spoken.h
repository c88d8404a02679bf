/* SPDX-License-Identifier: ISC
 * A page in words: whole sentences, numbered choices, nothing that depends on
 * where it stands. Pure text; plain.c says it. */
#ifndef WB_SPOKEN_H
#define WB_SPOKEN_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/base/str.h"
#include "tui/keys.h"
#include "tui/page.h"

/* Append the page's parts from number FIRST on, and what belongs to the foot
 * not at all. TOLD: items that were told before are left out (may be NULL).
 * Stops after about 40 parts where the next part begins anew; returns the
 * number of the part to go on with, 0 when that was all. */
size_t spoken_page(const struct page *page, size_t first, const bool *told,
    struct str *out);

/* Append one part. */
void spoken_part(const struct page *page, size_t part, struct str *out);

/* The question below PAGE for a screen that knows KEYS: what may be answered,
 * and in brackets what Enter alone takes. SELECTED: an item; MORE: there is
 * more to read. */
void spoken_question(const struct page *page, const struct screen_key *keys,
    int selected, bool more, struct str *out);

/* The page's item whose number or name is TEXT; -1: none. */
int spoken_item(const struct page *page, const char *text);

#endif
