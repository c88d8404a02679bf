/* SPDX-License-Identifier: ISC
 * Development aid: the wait for one record against real name servers, one pass
 * for each line of standard input ("look", or "again": whatever the time is).
 *
 * usage: watch_driver RESOLVER PORT NAME TYPE OLD NEW    (PORT: of the name
 *   servers; OLD "" for none; RESOLVER ADDR[@PORT])
 * Prints "row ROLE NAME ADDRESS STATE SERIAL|- MISTAKE|-" for each server and
 * "verdict VERDICT NEXT-SECONDS MS", NEXT counted from now, -1: never. */
#include "config.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/remedy/verify.h"
#include "engine/world/dns_fetch.h"

struct driver {
	struct arena *arena;
	struct facts *facts;
	struct dns_fetch *fetch;
	struct watch *watch;
};

static void
fetch_wanted(struct driver *d)
{
	struct pollfd fds[DNS_FETCH_MAX_FDS];
	int timeout;

	dns_fetch_start(d->fetch);
	while (dns_fetch_pending(d->fetch) != 0) {
		size_t n = dns_fetch_poll(d->fetch, fds, DNS_FETCH_MAX_FDS,
			&timeout);

		poll(fds, n, timeout);
		dns_fetch_io(d->fetch, fds, n);
	}
}

static void
print_row(const struct watch_row *row)
{
	printf("row %s %s %s %s ", watch_role_name(row->role),
	    row->name != NULL ? row->name : "-", row->address,
	    watch_state_name(row->state));
	if (row->has_serial)
		printf("%lu%s ", (unsigned long)row->serial,
		    row->behind ? "<" : "");
	else
		printf("- ");
	printf("%s\n", row->n_mistakes != 0 ? row->mistakes[0].id : "-");
	if (row->note != NULL)
		printf("# %s\n", row->note);
}

static void
look(struct driver *d)
{
	struct timespec start, end;
	const struct watch_view *view;
	int64_t now;

	clock_gettime(CLOCK_MONOTONIC, &start);
	for (;;) {
		now = time(NULL);
		view = watch_pass(d->watch, d->arena, now);
		if (view->settled)
			break;
		fetch_wanted(d);
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	for (size_t i = 0; i < view->n_records; i++) {
		for (size_t k = 0; k < view->records[i].n_rows; k++)
			print_row(&view->records[i].rows[k]);
		if (view->records[i].delegation != NULL)
			printf("# %s\n", view->records[i].delegation);
	}
	printf("verdict %s %ld %ld\n", watch_verdict_name(view->verdict),
	    view->next != 0 ? (long)(view->next - now) : -1L,
	    (long)(end.tv_sec - start.tv_sec) * 1000 +
	    (end.tv_nsec - start.tv_nsec) / 1000000);
	fflush(stdout);
}

static void
run(struct driver *d)
{
	char line[64];

	while (fgets(line, sizeof line, stdin) != NULL) {
		if (strcmp(line, "again\n") == 0)
			watch_again(d->watch);
		look(d);
	}
}

int
main(int argc, char **argv)
{
	struct driver d;
	struct resolvconf conf;
	struct str err;
	struct change change = { .kind = CHANGE_DNS };
	struct step step = { .changes = &change, .n_changes = 1 };
	struct watch_options options = { .no_public = true };

	str_init(&err, 512);
	resolvconf_init(&conf);
	conf.timeout_ms = 400;
	if (argc != 7 || !dns_type_parse(argv[4], &change.type) ||
	    !resolvconf_add(&conf, argv[1], &err)) {
		fprintf(stderr, "usage: watch_driver RESOLVER PORT NAME TYPE "
			"OLD NEW %s\n", err.text);
		return 2;
	}
	change.name = argv[3];
	change.before = (const char *[]){ *argv[5] != '\0' ? argv[5] : NULL,
		NULL };
	change.after = (const char *[]){ argv[6], NULL };
	options.port = (uint16_t)strtoul(argv[2], NULL, 10);
	options.resolvers = (const char *[]){ argv[1], NULL };
	d.arena = arena_new();
	d.facts = facts_new(d.arena);
	d.fetch = dns_fetch_new(d.facts, &conf);
	d.watch = watch_new(d.arena, &step, d.facts, &options, time(NULL));
	run(&d);
	dns_fetch_free(&d.fetch);
	arena_free(&d.arena);
	str_free(&err);
	return 0;
}
