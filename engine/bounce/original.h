/* SPDX-License-Identifier: ISC
 * What a returned message's header tells of it. Private to engine/bounce. */
#ifndef WB_BOUNCE_ORIGINAL_H
#define WB_BOUNCE_ORIGINAL_H

#include "engine/bounce/bounce.h"
#include "engine/bounce/mime.h"

/* Fill header_from, sender, dkim_selector, dkim_domain and list_mail. */
void original_read(struct arena *arena, const struct message *message,
    struct bounce *bounce);

#endif
