/* SPDX-License-Identifier: ISC
 * Carries out one step of the plan of a diagnosis, for tests/postfix:
 * "plan_driver show|apply STEP ETC POSTFIX HISTORY FACTS DOMAIN". DNS is that
 * of FACTS (replay.h), the host is read from ETC and POSTFIX. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/arena.h"
#include "engine/base/str.h"
#include "engine/checks/check.h"
#include "engine/remedy/apply.h"
#include "engine/remedy/plan.h"
#include "engine/world/file.h"
#include "engine/world/milter.h"
#include "engine/world/replay.h"
#include "engine/world/run.h"
#include "engine/auth/dkim.h"

#define TEXT_MAX ((size_t)1 << 20)

static struct check_input
input_of(struct arena *arena, char **argv, struct recording *r)
{
	struct facts *facts = facts_new(arena);
	struct host *host = host_read(arena, argv[3]);
	struct postfix *postfix = postfix_read(arena,
	    &(struct postfix_options){ .directory = argv[4] });
	struct run *version = opendkim_ask(arena, host->opendkim);
	struct answer *answers;
	struct str text, err;

	if (version != NULL) {
		(void)run_wait(version);
		host->opendkim->no_algorithm = opendkim_lacks_algorithm(
		    host->opendkim, version);
		run_close(&version);
	}
	str_init(&text, TEXT_MAX);
	str_init(&err, 1000);
	if (file_read(argv[6], &text) != 0 || !replay_read(arena, argv[6],
	    arena_strndup(arena, text.text, text.len), text.len, facts, r,
	    &err))
		printf("facts: %s\n", err.text);
	dkim_read_keys(arena, host);
	host->month = "202611";
	host->milters = milters_look(arena, postfix, 500, &host->n_milters);
	str_free(&text);
	str_free(&err);
	answers = arena_array(arena, r->n_answers + 1, sizeof *answers);
	if (r->n_answers != 0)
		memcpy(answers, r->answers, r->n_answers * sizeof *answers);
	answers[r->n_answers++] = (struct answer){ "domain", argv[7] };
	r->answers = answers;
	return (struct check_input){ .arena = arena, .facts = facts,
		.postfix = postfix, .host = host, .recording = r,
		.no_blocklists = true, .finished = true };
}

static void
show_findings(const struct findings *findings)
{
	for (size_t i = 0; i < findings->n; i++)
		if (strncmp(findings->list[i].id, "dkim.", 5) == 0 ||
		    strncmp(findings->list[i].id, "postfix.milter", 14) == 0)
			printf("%s %s: %s %s\n", findings->list[i].id,
			    finding_status_name(findings->list[i].status),
			    findings->list[i].title, findings->list[i].detail !=
			    NULL ? findings->list[i].detail : "");
}

static void
show_step(const struct step *step)
{
	printf("step %s%s\n", step->id, step->proven ? " proven" : "");
	for (size_t i = 0; i < step->n_changes; i++) {
		const struct change *c = &step->changes[i];

		if (c->kind == CHANGE_DNS)
			printf("  dns %s %s\n", c->name, c->after[0]);
		else
			printf("  %s\n", c->text);
	}
	for (size_t i = 0; i < step->n_proofs; i++)
		printf("  proof %s %s -> %s\n", step->proofs[i].what,
		    step->proofs[i].before, step->proofs[i].after);
}

static int
carry_out(struct arena *arena, const struct step *step,
    const struct postfix *postfix, const char *directory, struct str *said)
{
	struct history *history = history_open(directory, said);
	struct transaction *t = transaction_make(arena, step, postfix, said);
	enum apply_end end = APPLY_NOTHING;
	struct apply *going;

	if (t != NULL && history != NULL) {
		transaction_diff(t, false, said);
		going = apply_start(history, arena, t);
		end = apply_finish(&going, said);
	}
	history_close(&history);
	return end == APPLY_NOTHING;
}

int
main(int argc, char **argv)
{
	struct arena *arena = arena_new();
	struct recording r;
	struct check_input in;
	const struct findings *findings;
	const struct plan *plan;
	struct str said;
	int status = 64;

	if (argc != 8)
		return 64;
	in = input_of(arena, argv, &r);
	findings = checks_run(&in);
	plan = plan_make(&in, findings);
	str_init(&said, TEXT_MAX);
	for (size_t i = 0; i < plan->n; i++) {
		if (strcmp(plan->steps[i].id, argv[2]) != 0)
			continue;
		status = 0;
		if (strcmp(argv[1], "show") == 0)
			show_step(&plan->steps[i]);
		else
			status = carry_out(arena, &plan->steps[i], in.postfix,
			    argv[5], &said);
	}
	if (strcmp(argv[1], "show") == 0)
		show_findings(findings);
	fwrite(said.text, 1, said.len, stdout);
	str_free(&said);
	arena_free(&arena);
	return status;
}
