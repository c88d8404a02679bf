/* SPDX-License-Identifier: ISC
 * Runs a watch: passes, questions, sleep. Hides its fetcher and what a pass
 * leaves behind. */
#include "config.h"

#include "engine/waiting.h"

#include <stdlib.h>
#include <string.h>

#include "engine/world/dns_fetch.h"
#include "engine/world/note.h"
#include "engine/world/resolvconf.h"

/* For tests: the port of name servers; then no public resolver is asked. */
#define PORT_VARIABLE "WHYBOUNCE_NS_PORT"
/* Names and servers asked about in one wait; then the cache is begun anew. */
#define FACTS_MAX 4000

struct waiting {
	struct arena *arena;           /* the watch, its facts */
	struct arena *pass;            /* the view */
	struct facts *facts;
	struct dns_fetch *fetch;
	struct watch *watch;
	struct watch_options options;
	const struct watch_view *view;
	int64_t when;                  /* of the view */
	bool begun;
};

static bool
find_resolvers(struct resolvconf *conf, const struct diagnosis_options *options,
    struct str *err)
{
	bool ok = true;

	resolvconf_init(conf);
	if (options->resolvers == NULL)
		return resolvconf_read(conf, "/etc/resolv.conf", err);
	for (size_t i = 0; ok && options->resolvers[i] != NULL; i++)
		ok = resolvconf_add(conf, options->resolvers[i], err);
	return ok;
}

static struct watch_options
watch_options(struct arena *arena, const struct resolvconf *conf,
    bool no_public)
{
	const char *port = getenv(PORT_VARIABLE);
	const char **resolvers = arena_array(arena, conf->n + 1,
	    sizeof *resolvers);
	struct watch_options options = {
		.resolvers = resolvers, .no_public = no_public,
	};

	for (size_t i = 0; i < conf->n; i++)
		resolvers[i] = arena_strdup(arena, conf->servers[i].text);
	if (port != NULL) {
		options.port = (uint16_t)strtoul(port, NULL, 10);
		options.no_public = true;
	}
	return options;
}

/* What was so once stays the view until all answers are there again. True: the
 * view is another. */
static bool
look(struct waiting *w, int64_t now)
{
	struct arena *fresh = arena_new();
	const struct watch_view *view = watch_pass(w->watch, fresh, now);

	if (w->view->settled && !view->settled) {
		arena_free(&fresh);
		return false;
	}
	w->when = now;
	w->view = view;
	arena_free(&w->pass);
	w->pass = fresh;
	return true;
}

/* One pass; then questions go out for what it wants. True: the view is
 * another. */
static bool
pass(struct waiting *w, int64_t now)
{
	bool other = look(w, now);

	w->begun = true;
	if (facts_wanted(w->facts) == 0)
		return other;
	if (facts_count(w->facts) > FACTS_MAX)
		dns_fetch_give_up(w->fetch, NOTE_MANY_NAMES);
	else
		dns_fetch_start(w->fetch);
	return other;
}

struct waiting *
waiting_new(const struct diagnosis_options *options,
    const struct change *changes, size_t n, int64_t since, struct str *err)
{
	static const struct watch_view nothing = { .verdict = WATCH_WAITING };
	struct waiting *w = mem_alloc(sizeof *w);
	struct change *copy;
	struct step step = { .id = "", .n_changes = n };
	struct resolvconf conf;

	*w = (struct waiting){ .arena = arena_new(), .view = &nothing };
	if (!find_resolvers(&conf, options, err)) {
		waiting_free(&w);
		return NULL;
	}
	copy = arena_array(w->arena, n + 1, sizeof *copy);
	memcpy(copy, changes, n * sizeof *copy);
	step.changes = copy;
	w->facts = facts_new(w->arena);
	w->fetch = dns_fetch_new(w->facts, &conf);
	w->options = watch_options(w->arena, &conf, options->no_public);
	w->watch = watch_new(w->arena, &step, w->facts, &w->options, since);
	return w;
}

void
waiting_free(struct waiting **waiting)
{
	struct waiting *w = *waiting;

	if (w == NULL)
		return;
	if (w->fetch != NULL)
		dns_fetch_free(&w->fetch);
	arena_free(&w->pass);
	arena_free(&w->arena);
	free(w);
	*waiting = NULL;
}

/* Seconds until the next pass; -1: there is none to come. */
static int64_t
left(const struct waiting *w, int64_t now)
{
	int64_t next = w->begun ? watch_next(w->watch) : now;

	return next == 0 && w->begun ? -1 : next > now ? next - now : 0;
}

bool
waiting_asking(const struct waiting *w)
{
	return !w->begun || facts_wanted(w->facts) != 0;
}

size_t
waiting_poll(struct waiting *w, struct pollfd *fds, size_t max, int64_t now,
    int *timeout)
{
	int64_t seconds;
	size_t n = 0;

	*timeout = -1;
	if (w->begun && waiting_asking(w))
		return dns_fetch_poll(w->fetch, fds, max, timeout);
	seconds = left(w, now);
	if (seconds >= 0)
		*timeout = seconds > 3600 ? 3600 * 1000 : (int)seconds * 1000;
	return n;
}

bool
waiting_io(struct waiting *w, const struct pollfd *fds, size_t n, int64_t now)
{
	if (!w->begun || !waiting_asking(w)) {
		if (left(w, now) != 0)
			return false;
		/* that it asks now is to be seen, too */
		pass(w, now);
		return true;
	}
	return dns_fetch_io(w->fetch, fds, n) != 0 && pass(w, now);
}

void
waiting_again(struct waiting *w, int64_t now)
{
	watch_again(w->watch);
	pass(w, now);
}

void
waiting_reword(struct waiting *w)
{
	/* at the same time it wants nothing that is not being asked */
	if (w->begun)
		look(w, w->when);
}

const struct watch_view *
waiting_view(const struct waiting *w)
{
	return w->view;
}

int64_t
waiting_when(const struct waiting *w)
{
	return w->when;
}
