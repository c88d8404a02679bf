/* SPDX-License-Identifier: ISC
 * What it costs to read main.cf, master.cf and their tables without
 * postconf(1), and to run one pass of all checks on them. Prints the mean and
 * the longest of each.
 *
 * usage: bench_postfix DIR [ROUNDS]          (default: 200) */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/checks/check.h"

struct figure {
	double sum, longest;
};

static double
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void
add(struct figure *figure, double ms)
{
	figure->sum += ms;
	if (ms > figure->longest)
		figure->longest = ms;
}

int
main(int argc, char **argv)
{
	struct figure reading = { .sum = 0 }, judging = { .sum = 0 };
	int rounds = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 200;

	if (argc < 2 || rounds < 1) {
		fputs("usage: bench_postfix DIR [ROUNDS]\n", stderr);
		return 64;
	}
	for (int i = 0; i < rounds; i++) {
		struct arena *arena = arena_new();
		struct facts *facts = facts_new(arena);
		struct recording recording = { .title = NULL };
		struct check_input input = {
			.arena = arena, .facts = facts, .recording = &recording,
			.host = host_unknown(arena), .no_blocklists = true,
			.finished = true,
		};
		double start = now_ms();

		facts_set_world(facts, FACTS_CLOSED);
		input.postfix = postfix_read(arena, &(struct postfix_options){
			.directory = argv[1] });
		add(&reading, now_ms() - start);
		start = now_ms();
		checks_run(&input);
		add(&judging, now_ms() - start);
		arena_free(&arena);
	}
	printf("reading %.2f ms (longest %.2f), judging %.2f ms "
	    "(longest %.2f)\n", reading.sum / rounds, reading.longest,
	    judging.sum / rounds, judging.longest);
	return 0;
}
