/* SPDX-License-Identifier: ISC
 * Asking DNS in a command that has nothing else to wait for. */
#include "config.h"

#include <errno.h>
#include <poll.h>

#include "engine/base/clock.h"
#include "engine/base/i18n.h"
#include "engine/world/note.h"
#include "tui/batch.h"
#include "tui/output.h"

bool
batch_find_servers(const struct options *options, struct resolvconf *conf)
{
	struct str err;
	bool done = true;

	str_init(&err, 1024);
	resolvconf_init(conf);
	for (size_t i = 0; done && i < options->resolvers.n; i++)
		done = resolvconf_add(conf, options->resolvers.items[i], &err);
	if (options->resolvers.n == 0)
		done = resolvconf_read(conf, "/etc/resolv.conf", &err);
	if (!done)
		output_complain("%s", err.text);
	str_free(&err);
	return done;
}

void
batch_fetch(struct dns_fetch *fetch, int64_t deadline)
{
	struct pollfd fds[DNS_FETCH_MAX_FDS];

	dns_fetch_start(fetch);
	while (dns_fetch_pending(fetch) > 0) {
		int timeout = -1;
		size_t n = dns_fetch_poll(fetch, fds, DNS_FETCH_MAX_FDS,
		    &timeout);
		int64_t left = deadline - clock_ms();

		if (left <= 0) {
			dns_fetch_give_up(fetch, NOTE_TIME_LIMIT);
			return;
		}
		if (timeout < 0 || timeout > left)
			timeout = (int)left;
		if (poll(fds, (nfds_t)n, timeout) < 0 && errno != EINTR)
			return;
		(void)dns_fetch_io(fetch, fds, n);
	}
}
