/* SPDX-License-Identifier: ISC
 * The last resort: words alone, as somebody typed them. Private to
 * engine/bounce. */
#ifndef WB_BOUNCE_TYPED_H
#define WB_BOUNCE_TYPED_H

#include "engine/bounce/draft.h"

/* Add a draft for each paragraph whose words tell a class. */
void typed_read(struct drafts *drafts, const struct rules *rules,
    const struct message *message);

#endif
