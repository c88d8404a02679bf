/* SPDX-License-Identifier: ISC
 * The exchange of a DKIM key: what checks and steps have to agree on. */
#ifndef WB_ROTATION_H
#define WB_ROTATION_H

#include <stdbool.h>

#include "engine/world/host.h"
#include "engine/world/postfix.h"

/* So many days the record of a key that no longer signs has to stay: mail can
 * wait in the own queue for maximal_queue_lifetime, and as long again, five days
 * as a rule (RFC 5321 4.5.4.1), at a relay or a forwarder behind it. */
int rotation_days(const struct postfix *postfix);

/* Is FILTER, a content_filter, amavis, by its name or its usual port? */
bool signer_is_amavis(const char *filter);

/* Can SPARE follow the key with which SIGNER signs: RSA, no shorter, readable
 * here? */
bool rotation_usable(const struct host_spare *spare,
    const struct host_signer *signer);

#endif
