/* SPDX-License-Identifier: ISC
 * The fetcher: asks for wanted facts without ever blocking, on sockets that
 * the caller polls together with its own. Knows no curses and no checks. */
#ifndef WB_DNS_FETCH_H
#define WB_DNS_FETCH_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#include "engine/base/str.h"
#include "engine/world/facts.h"
#include "engine/world/resolvconf.h"

struct dns_fetch;

/* A fetcher that fills FACTS from the servers of CONF (copied), in rotation.
 * dns_fetch_free() closes all sockets; unanswered facts stay wanted. */
struct dns_fetch *dns_fetch_new(struct facts *facts,
    const struct resolvconf *conf);
void dns_fetch_free(struct dns_fetch **fetch);

/* Send questions for everything newly wanted (at most 64 in flight; the rest
 * follows as answers come in). */
void dns_fetch_start(struct dns_fetch *fetch);

/* Fill up to MAX pollfds; returns how many. *TIMEOUT becomes the milliseconds
 * until dns_fetch_io() must be called even without an event, -1 when nothing
 * is under way. */
size_t dns_fetch_poll(struct dns_fetch *fetch, struct pollfd *fds, size_t max,
    int *timeout);
#define DNS_FETCH_MAX_FDS 64

/* Handle what poll() returned for the FDS of dns_fetch_poll(), and deadlines.
 * Returns how many facts were settled by it. */
size_t dns_fetch_io(struct dns_fetch *fetch, const struct pollfd *fds,
    size_t n);

/* Questions without an answer yet. */
size_t dns_fetch_pending(const struct dns_fetch *fetch);

/* Settle everything that is still open as FACT_TIMEOUT with this note (the
 * overall time limit is over, or the user pressed Esc). */
void dns_fetch_give_up(struct dns_fetch *fetch, const char *note);

#endif
