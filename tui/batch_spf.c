/* SPDX-License-Identifier: ISC
 * spf: one SPF judgement, asked for until nothing is missing. Hides the loop of
 * judging and fetching. */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "engine/auth/spf.h"
#include "engine/base/clock.h"
#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/report/report_json.h"
#include "engine/report/report_text.h"
#include "engine/world/dns_fetch.h"
#include "engine/world/replay.h"
#include "engine/world/resolvconf.h"
#include "tui/batch.h"
#include "tui/load.h"
#include "tui/output.h"

#define OUTPUT_MAX ((size_t)64 << 20)
#define TIMEOUT_S 30
#define PASSES_MAX 64

struct judging {
	struct arena *arena;
	const struct options *options;
	struct spf_request request;
	struct facts *facts;
	struct recording recording;
	const struct spf_judgement *judgement;
};

/* Judge, ask for what was missing, judge again (design.md 2). */
static void
judge(struct judging *j, struct dns_fetch *fetch)
{
	int seconds = j->options->look.timeout_s;
	int64_t deadline = clock_ms() +
	    (int64_t)(seconds > 0 ? seconds : TIMEOUT_S) * 1000;

	for (int pass = 0; pass < PASSES_MAX; pass++) {
		facts_begin_pass(j->facts);
		j->judgement = spf_judge(j->arena, j->facts, &j->request);
		if (facts_wanted(j->facts) == 0 || fetch == NULL)
			return;
		batch_fetch(fetch, deadline);
	}
}

static bool
read_replay(struct judging *j)
{
	const char *file = j->options->look.replay_file;
	struct str text, err;
	bool done;

	str_init(&text, BOUNCE_INPUT_MAX);
	str_init(&err, 4096);
	done = batch_load(file, &text, NULL);
	if (done && !replay_read(j->arena, file, text.text, text.len,
	    j->facts, &j->recording, &err)) {
		output_complain("%s", err.text);
		done = false;
	}
	str_free(&err);
	str_free(&text);
	return done;
}

/* --record: as if the sender's domain had this record and no other. */
static void
lay_over(struct judging *j)
{
	const char *domain = text_address_domain(j->request.sender);

	if (j->options->record == NULL)
		return;
	/* RFC 7208 2.4 and 4.3: without a domain the HELO name is judged */
	if (j->request.sender[0] == '\0')
		domain = j->request.helo;
	else if (domain == NULL)
		domain = j->request.sender;
	facts_overlay_begin(j->facts);
	facts_overlay_set(j->facts, text_domain(j->arena, domain,
	    strlen(domain)), DNS_TXT, &j->options->record, 1);
}

static bool
look(struct judging *j)
{
	struct dns_fetch *fetch = NULL;
	struct resolvconf conf;

	if (j->options->look.replay_file != NULL) {
		if (!read_replay(j))
			return false;
	} else {
		if (!batch_find_servers(j->options, &conf))
			return false;
		fetch = dns_fetch_new(j->facts, &conf);
	}
	lay_over(j);
	judge(j, fetch);
	if (j->options->record != NULL)
		facts_overlay_end(j->facts);
	if (fetch != NULL)
		dns_fetch_free(&fetch);
	return true;
}

static int
exit_status(enum spf_result result)
{
	switch (result) {
	case SPF_PASS:
		return EXIT_NOTHING_WRONG;
	case SPF_TEMPERROR:
	case SPF_UNKNOWN:
		return EXIT_COULD_NOT_TELL;
	case SPF_NONE:
	case SPF_NEUTRAL:
	case SPF_FAIL:
	case SPF_SOFTFAIL:
	case SPF_PERMERROR:
		return EXIT_PROBLEM;
	}
	return EXIT_OUR_FAULT;
}

static int
report(struct judging *j)
{
	int status = exit_status(j->judgement->result);
	struct str out;

	str_init(&out, OUTPUT_MAX);
	if (j->options->json)
		report_json_spf(j->judgement, &out);
	else
		report_text_spf(j->judgement, &j->request, &out);
	status = batch_print(&out, status);
	if (j->options->record_facts == NULL)
		return status;
	str_init(&out, OUTPUT_MAX);
	replay_write(&j->recording, j->facts, &out);
	status = batch_record_text(j->options->record_facts, &out, status);
	str_free(&out);
	return status;
}

int
batch_spf(const struct options *options)
{
	struct judging j = {
		.arena = arena_new(), .options = options,
		.request = { .ip = options->ip, .sender = options->sender,
		    .helo = options->helo }
	};
	int status;

	j.facts = facts_new(j.arena);
	j.recording.host = host_unknown(j.arena);
	status = look(&j) ? report(&j) : EXIT_UNREADABLE;
	arena_free(&j.arena);
	return status;
}
