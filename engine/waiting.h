/* SPDX-License-Identifier: ISC
 * Waiting for the DNS records of a step, over the network: a watch
 * (engine/remedy/verify.h) with a cache and a fetcher of its own, so that it
 * can go on beside the diagnosis and asks afresh. */
#ifndef WB_WAITING_H
#define WB_WAITING_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/diagnosis.h"
#include "engine/remedy/verify.h"

struct waiting;

/* Wait for the N CHANGES (copied), made at SINCE (seconds since 1970), with the
 * resolvers of OPTIONS. Sends nothing yet. NULL: ERR says why. */
struct waiting *waiting_new(const struct diagnosis_options *options,
    const struct change *changes, size_t n, int64_t since, struct str *err);
void waiting_free(struct waiting **waiting);

/* As diagnosis_poll(): what to poll, and when to call waiting_io() at the
 * latest. NOW: seconds since 1970. */
size_t waiting_poll(struct waiting *waiting, struct pollfd *fds, size_t max,
    int64_t now, int *timeout);
#define WAITING_MAX_FDS 64

/* Take what came, and ask what it is time for. True: the view is another, or
 * asking has begun. */
bool waiting_io(struct waiting *waiting, const struct pollfd *fds, size_t n,
    int64_t now);

/* Ask the name servers now. */
void waiting_again(struct waiting *waiting, int64_t now);

/* The language is another: the same view in it. Asks nothing. */
void waiting_reword(struct waiting *waiting);

/* How things stand; never NULL. Once it is settled it stays as it was while the
 * servers are asked again. Borrowed until the next io() or again(). */
const struct watch_view *waiting_view(const struct waiting *waiting);
/* When it was so, seconds since 1970. */
int64_t waiting_when(const struct waiting *waiting);
/* Are answers on their way? */
bool waiting_asking(const struct waiting *waiting);

#endif
