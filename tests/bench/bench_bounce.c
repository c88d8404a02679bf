/* SPDX-License-Identifier: ISC
 * How fast bounces are read: the time until the rules are ready, and texts a
 * second over the samples of all rules. Prints figures; fails far below them
 * only (a loaded machine is no fault of ours). */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/bounce/bounce.h"
#include "engine/bounce/rules.h"

/* At least this many in the measured time. */
#define TEXTS 60000
/* The aims are 2 ms and 20,000; the limits leave room for others' load. */
#define SETUP_LIMIT_MS 20.0
#define RATE_LIMIT 4000.0

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

int
main(void)
{
	double start = now_ms(), setup, rate;
	const struct rules *rules = rules_builtin();
	size_t done = 0, found = 0;

	setup = now_ms() - start;
	start = now_ms();
	while (done < TEXTS)
		for (size_t i = 0; i < rules->n; i++, done++) {
			struct arena *arena = arena_new();
			struct bounces got;
			const char *text = rules->list[i].sample;

			bounce_read(arena, rules, "-", text, strlen(text),
			    &got);
			found += got.n;
			arena_free(&arena);
		}
	rate = (double)done / (now_ms() - start) * 1e3;
	printf("rules ready: %.2f ms (%zu rules, %zu wordings)\n", setup,
	    rules->n, rules->n_literals);
	printf("texts read: %.0f a second (%zu of %zu are bounces)\n", rate,
	    found, done);
	return setup > SETUP_LIMIT_MS || rate < RATE_LIMIT;
}
