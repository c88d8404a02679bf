/* SPDX-License-Identifier: ISC
 * What a what-if costs on a warm cache: a proposed SPF record laid over a domain
 * with everything (nine includes, a, mx, both families) and judged. Prints the
 * mean and the longest, and how many answers it would have asked the network
 * for, which must be none.
 *
 * usage: bench_spf [ROUNDS]          (default: 2000) */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/auth/spf.h"

#define INCLUDES 9
#define PUBLISHED "v=spf1 mx include:i0.example include:i1.example " \
	"include:i2.example include:i3.example include:i4.example " \
	"include:i5.example include:i6.example include:i7.example " \
	"include:i8.example ~all"
#define PROPOSED "v=spf1 ip4:198.51.100.9 include:i0.example " \
	"include:i1.example include:i2.example include:i3.example " \
	"include:i4.example include:i5.example include:i6.example " \
	"include:i7.example include:i8.example mx ~all"

static double
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void
store(struct facts *facts, const char *name, enum dns_type type,
    const char *text)
{
	const struct fact_value value = { .text = text, .len = strlen(text) };

	facts_store(facts, name, type, FACT_OK, &value, 1, 300, "bench", 0,
	    NULL, NULL);
}

static struct facts *
warm_cache(struct arena *arena)
{
	struct facts *facts = facts_new(arena);

	store(facts, "example.com", DNS_TXT, PUBLISHED);
	store(facts, "example.com", DNS_MX, "10 mail.example.com");
	store(facts, "mail.example.com", DNS_A, "192.0.2.25");
	store(facts, "mail.example.com", DNS_AAAA, "2001:db8::25");
	for (int i = 0; i < INCLUDES; i++)
		store(facts, arena_printf(arena, "i%d.example", i), DNS_TXT,
		    arena_printf(arena, "v=spf1 ip4:203.0.113.%d/28 "
			"ip4:198.51.%d.0/24 ip6:2001:db8:%d::/48 -all", i * 16,
			101 + i, i + 1));
	return facts;
}

/* One what-if: four addresses, each before and after. */
static bool
what_if(struct facts *facts)
{
	static const char *const ips[] = { "192.0.2.25", "2001:db8::25",
		"198.51.100.9", "203.0.113.250" };
	static const char *const proposed = PROPOSED;
	struct arena *arena = arena_new();
	bool same = true;

	for (int after = 0; after <= 1; after++) {
		if (after != 0) {
			facts_overlay_begin(facts);
			facts_overlay_set(facts, "example.com", DNS_TXT,
			    &proposed, 1);
		}
		for (size_t i = 0; i < 4; i++) {
			enum spf_result want = i < 2 || (i == 2 && after != 0) ?
			    SPF_PASS : SPF_SOFTFAIL;

			same = spf_judge(arena, facts, &(struct spf_request){
				.ip = ips[i], .sender = "info@example.com" })
			    ->result == want && same;
		}
	}
	facts_overlay_end(facts);
	arena_free(&arena);
	return same;
}

int
main(int argc, char **argv)
{
	long rounds = argc > 1 ? strtol(argv[1], NULL, 10) : 2000;
	struct arena *arena = arena_new();
	struct facts *facts = warm_cache(arena);
	double longest = 0, begin, all;
	bool good = what_if(facts);

	begin = now_ms();
	for (long i = 0; i < rounds; i++) {
		double start = now_ms(), took;

		good = what_if(facts) && good;
		took = now_ms() - start;
		if (took > longest)
			longest = took;
	}
	all = now_ms() - begin;
	printf("what-if, 4 addresses before and after: %.3f ms (longest %.3f)\n",
	    all / (double)rounds, longest);
	printf("one judgement: %.3f ms\n", all / (double)rounds / 8);
	printf("answers wanted from the network: %zu\n", facts_wanted(facts));
	if (!good)
		printf("a result is wrong\n");
	good = good && facts_wanted(facts) == 0;
	arena_free(&arena);
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
