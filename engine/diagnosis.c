/* SPDX-License-Identifier: ISC
 * The pipeline: one pass of checks and plan over the cache, then the questions
 * that it wanted, then the next pass, until nothing is wanted. */
#include "config.h"

#include "engine/diagnosis.h"

#include <errno.h>
#include <stdlib.h>

#include "engine/base/clock.h"
#include "engine/diagnosis_parts.h"
#include "engine/world/note.h"

#define FACTS_MAX 800            /* names asked about in one diagnosis */
#define DEFAULT_TIMEOUT_S 30

static void
note_bounce(struct diagnosis *d)
{
	const struct bounce *b = d->chosen;

	if (b == NULL)
		return;
	facts_set(d->source.facts, "bounce text", b->text);
	facts_set(d->source.facts, "bounce sender", b->sender != NULL ? b->sender :
	    b->domain);
	if (b->connect_delay >= 0)
		facts_set(d->source.facts, "bounce delays", arena_printf(d->arena,
		    "%g s to connect", b->connect_delay));
}

struct diagnosis *
diagnosis_new(const struct diagnosis_options *options, struct str *err)
{
	struct diagnosis *d = mem_alloc(sizeof *d);
	bool ok;

	*d = (struct diagnosis){ .options = *options, .arena = arena_new() };
	d->rules = rules_load(d->arena, RULES_DIRECTORY, options->rules_file,
	    err);
	/* a bundled case knows the answers of the built-in lists only */
	d->blocklists = blocklists_load(d->arena, options->demo != NULL ? NULL :
	    RULES_DIRECTORY, err);
	ok = source_open(&d->source, d->arena, options, err);
	if (!ok) {
		diagnosis_free(&d);
		return NULL;
	}
	if (d->source.recording.bounce != NULL)
		diagnosis_read(d, options->demo != NULL ? "demo" :
		    options->replay_file, d->source.recording.bounce,
		    d->source.recording.bounce_len);
	return d;
}

void
diagnosis_free(struct diagnosis **diagnosis)
{
	struct diagnosis *d = *diagnosis;

	if (d == NULL)
		return;
	source_close(&d->source);
	arena_free(&d->pass);
	arena_free(&d->arena);
	free(d);
	*diagnosis = NULL;
}

/* No refusal in it: it may be a message that arrived, or its headers. */
static void
read_received(struct diagnosis *d, const char *file)
{
	struct received *received = arena_alloc(d->arena, sizeof *received);

	d->received = NULL;
	if (!received_read(d->arena, d->input, d->input_len, received))
		return;
	d->received = received;
	d->chosen = received_as_bounce(d->arena, file, received);
}

size_t
diagnosis_read(struct diagnosis *d, const char *file, const char *text,
    size_t len)
{
	if (len > BOUNCE_INPUT_MAX)
		len = BOUNCE_INPUT_MAX;
	d->input = arena_strndup(d->arena, text, len);
	d->input_len = len;
	d->source.recording.bounce = d->input;
	d->source.recording.bounce_len = len;
	bounce_read(d->arena, d->rules, file, d->input, len, &d->bounces);
	d->chosen = bounces_main(&d->bounces);
	if (d->bounces.n == 0)
		read_received(d, file);
	note_bounce(d);
	return d->received != NULL ? 1 : d->bounces.n;
}

void
diagnosis_choose(struct diagnosis *d, size_t index)
{
	if (index < d->bounces.n)
		d->chosen = &d->bounces.list[index];
	note_bounce(d);
}

void
diagnosis_reclass(struct diagnosis *d, const char *class_id)
{
	for (size_t i = 0; i < d->bounces.n; i++) {
		struct bounce *bounce = &d->bounces.list[i];

		if (bounce != d->chosen)
			continue;
		bounce->class_id = class_id;
		bounce->rule = RULE_TOLD;
		bounce->alternatives = NULL;
	}
	note_bounce(d);
}

static void
pass(struct diagnosis *d, bool finished)
{
	struct arena *fresh = arena_new();
	struct check_input input = {
		.arena = fresh,
		.bounce = d->options.check_only ? NULL : d->chosen,
		.bounces = d->options.check_only ? NULL : &d->bounces,
		.received = d->options.check_only ? NULL : d->received,
		.facts = d->source.facts,
		.postfix = d->source.postfix,
		.host = d->source.host,
		.recording = &d->source.recording,
		.selector = d->options.selector,
		.no_blocklists = d->options.no_blocklists,
		.blocklists = d->blocklists,
		.finished = finished,
	};

	d->judged = true;
	facts_begin_pass(d->source.facts);
	if (d->source.fetch != NULL)
		facts_dns(d->source.facts, FACTS_PROBE, DNS_A);
	d->findings = checks_run(&input);
	d->plan = plan_make(&input, d->findings);
	arena_free(&d->pass);
	d->pass = fresh;
}

/* Passes until the cache has all that it can have without an answer from
 * outside: a replay answers at once, so each pass may name new facts. */
static void
look(struct diagnosis *d)
{
	size_t before;

	if (facts_count(d->source.facts) > FACTS_MAX && d->source.fetch != NULL)
		dns_fetch_give_up(d->source.fetch, NOTE_MANY_NAMES);
	do {
		before = facts_count(d->source.facts);
		pass(d, false);
		while (postfix_asks_go_on(d->source.postfix))
			pass(d, false);
	} while (d->source.fetch == NULL && facts_count(d->source.facts) != before &&
	    facts_count(d->source.facts) < FACTS_MAX);
	if (d->source.fetch != NULL && facts_wanted(d->source.facts) != 0 &&
	    facts_count(d->source.facts) <= FACTS_MAX) {
		dns_fetch_start(d->source.fetch);
		return;
	}
	if (postfix_asks_going(d->source.postfix))
		return;
	d->done = true;
	pass(d, true);
}

/* This system is read: now it can be judged. */
static void
begin(struct diagnosis *d)
{
	int seconds = d->options.timeout_s > 0 ? d->options.timeout_s :
	    DEFAULT_TIMEOUT_S;

	d->deadline = clock_ms() + seconds * 1000LL;
	look(d);
}

/* Until there is something to show. */
static void
show_none(struct diagnosis *d)
{
	arena_free(&d->pass);
	d->pass = arena_new();
	d->findings = checks_none(d->pass);
	d->plan = arena_alloc(d->pass, sizeof *d->plan);
}

void
diagnosis_start(struct diagnosis *d)
{
	d->started = true;
	d->done = false;
	if (source_is_read(&d->source))
		begin(d);
	else if (!d->judged)
		show_none(d);
}

size_t
diagnosis_poll(struct diagnosis *d, struct pollfd *fds, size_t max,
    int *timeout)
{
	long long left = d->deadline - clock_ms();
	size_t n;

	*timeout = -1;
	if (!source_is_read(&d->source))
		return source_poll(&d->source, fds, timeout);
	if (!d->started || d->done || d->source.fetch == NULL)
		return 0;
	n = dns_fetch_poll(d->source.fetch, fds, max - POSTFIX_ASKS_FDS,
	    timeout);
	n += postfix_asks_poll(d->source.postfix, fds + n, timeout);
	if (left < 0)
		left = 0;
	if (*timeout < 0 || left < *timeout)
		*timeout = (int)left;
	return n;
}

bool
diagnosis_io(struct diagnosis *d, const struct pollfd *fds, size_t n)
{
	bool learned;

	if (!source_is_read(&d->source)) {
		if (!source_io(&d->source, d->arena))
			return false;
		if (d->started && !d->done)
			begin(d);
		return true;
	}
	if (!d->started || d->done || d->source.fetch == NULL)
		return false;
	learned = dns_fetch_io(d->source.fetch, fds, n) != 0;
	if (postfix_asks_going(d->source.postfix))
		learned = postfix_asks_go_on(d->source.postfix) || learned;
	if (clock_ms() >= d->deadline) {
		diagnosis_stop(d);
		return true;
	}
	if (!learned)
		return false;
	look(d);
	return true;
}

bool
diagnosis_done(const struct diagnosis *d)
{
	return d->done;
}

void
diagnosis_stop(struct diagnosis *d)
{
	if (d->done)
		return;
	source_stop(&d->source, d->arena);
	if (!d->judged)
		pass(d, false);
	postfix_asks_stop(d->source.postfix,
	    _("stopped before an answer came"));
	/* each pass may want more; none of it is asked any more */
	for (int i = 0; i < 20 && facts_wanted(d->source.facts) != 0; i++) {
		if (d->source.fetch != NULL)
			dns_fetch_give_up(d->source.fetch,
			    NOTE_STOPPED);
		pass(d, false);
	}
	d->done = true;
	pass(d, true);
}

void
diagnosis_wait(struct diagnosis *d)
{
	struct pollfd fds[SOURCE_FDS];

	while (!source_io(&d->source, d->arena)) {
		int timeout = -1;
		size_t n = source_poll(&d->source, fds, &timeout);

		(void)poll(fds, (nfds_t)n, timeout);
	}
}

void
diagnosis_run(struct diagnosis *d, const volatile int *cancel)
{
	struct pollfd fds[DIAGNOSIS_MAX_FDS];
	int timeout;

	diagnosis_start(d);
	while (!d->done) {
		size_t n = diagnosis_poll(d, fds, DIAGNOSIS_MAX_FDS, &timeout);

		if (poll(fds, n, timeout) < 0 && errno != EINTR)
			break;
		if (cancel != NULL && *cancel)
			break;
		diagnosis_io(d, fds, n);
	}
	diagnosis_stop(d);
}

void
diagnosis_reword(struct diagnosis *d)
{
	if (d->judged)
		pass(d, d->done);
	else if (d->started)
		show_none(d);
}

const struct bounces *
diagnosis_bounces(const struct diagnosis *d)
{
	return &d->bounces;
}

const struct bounce *
diagnosis_bounce(const struct diagnosis *d)
{
	return d->options.check_only ? NULL : d->chosen;
}

const struct received *
diagnosis_received(const struct diagnosis *d)
{
	return d->options.check_only ? NULL : d->received;
}

const struct findings *
diagnosis_findings(const struct diagnosis *d)
{
	return d->findings;
}

const struct plan *
diagnosis_plan(const struct diagnosis *d)
{
	return d->plan;
}

const struct facts *
diagnosis_facts(const struct diagnosis *d)
{
	return d->source.facts;
}

const struct recording *
diagnosis_recording(const struct diagnosis *d)
{
	return &d->source.recording;
}

const struct host *
diagnosis_host(const struct diagnosis *d)
{
	return d->source.host;
}

const struct postfix *
diagnosis_postfix(const struct diagnosis *d)
{
	return d->source.postfix;
}

const char *
diagnosis_input(const struct diagnosis *d, size_t *len)
{
	*len = d->input_len;
	return d->input;
}

void
diagnosis_record(const struct diagnosis *d, struct str *out)
{
	source_record(&d->source, out);
}

int
diagnosis_exit_status(const struct diagnosis *d)
{
	if (!d->judged)
		return 2;
	if (d->findings->n_problems != 0)
		return 1;
	return d->findings->n_unknown != 0 ? 2 : 0;
}
