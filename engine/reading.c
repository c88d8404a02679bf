/* SPDX-License-Identifier: ISC
 * Knows which programs of this system are asked, and in which order: milters
 * are known only when main.cf is read. */
#include "config.h"

#include "engine/reading.h"

#include "engine/auth/dkim.h"

#define MILTER_MS 1000           /* for those that do not answer */

struct reading *
reading_begin(struct arena *arena, const char *etc, const char *directory)
{
	struct reading *r = arena_alloc(arena, sizeof *r);

	r->arena = arena;
	r->postfix = postfix_begin(arena, &(struct postfix_options){
		.directory = directory, .use_postconf = true });
	r->host = host_read(arena, etc);
	r->version = opendkim_ask(arena, r->host->opendkim);
	dkim_read_keys(arena, r->host);
	return r;
}

size_t
reading_poll(const struct reading *r, struct pollfd fds[READING_FDS],
    int *timeout)
{
	size_t n = postfix_begin_poll(r->postfix, fds, timeout);

	if (r->version != NULL)
		n += run_poll(r->version, fds + n, timeout);
	if (r->milters != NULL)
		n += milters_poll(r->milters, fds + n, timeout);
	return n;
}

bool
reading_io(struct reading *r)
{
	bool read = postfix_begin_io(r->postfix);

	if (read && r->milters == NULL)
		r->milters = milters_begin(r->arena, r->postfix, MILTER_MS);
	if (read)
		read = milters_io(r->milters);
	return (r->version == NULL || run_io(r->version) != RUN_GOING) && read;
}

void
reading_stop(struct reading *r)
{
	struct host *host = r->host;

	postfix_begin_stop(r->postfix);
	if (r->version != NULL)
		host->opendkim->no_algorithm = opendkim_lacks_algorithm(
		    host->opendkim, r->version);
	run_close(&r->version);
	if (r->milters == NULL)
		return;
	milters_stop(r->milters);
	host->milters = milters_list(r->milters, &host->n_milters);
}
