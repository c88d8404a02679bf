/* SPDX-License-Identifier: ISC
 * Collecting what DKIM signers on this host are set up to use. */
#ifndef WB_SIGNER_H
#define WB_SIGNER_H

#include "engine/base/arena.h"
#include "engine/world/host.h"

/* Append a signer, unless the same one is there already or there are very
 * many. The strings are copied; KEY_FILE may be NULL. */
void signer_add(struct arena *arena, struct host *host,
    const struct host_signer *signer);

/* Add a sentence to HOST's signer_note. */
void signer_note(struct arena *arena, struct host *host, const char *sentence);

/* amavis's settings below ETC. */
void host_read_amavis(struct arena *arena, struct host *host,
    const char *etc);

/* Fill in HOST's spares, once its signers are known. */
void host_find_spares(struct arena *arena, struct host *host);

/* rspamd's local.d/dkim_signing.conf at PATH. */
void host_read_rspamd(struct arena *arena, struct host *host,
    const char *path);

#endif
