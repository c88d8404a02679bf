/* SPDX-License-Identifier: ISC
 * How long N look-ups take against a name server that answers after MS
 * milliseconds: our fetcher, beside ldns' own resolver asking one after
 * another, and beside the least that is possible (one answer's delay).
 *
 * usage: bench_dns [N [MS]]         (default: 40 look-ups, 50 ms) */
#include "config.h"

#include <ldns/ldns.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "engine/world/dns_fetch.h"
#include "tests/fakedns_run.h"

#define ADDRESS "127.0.0.30"
#define MAX_LOOKUPS 2000

static double
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static double
cpu_ms(void)
{
	struct timespec used;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	return (double)used.tv_sec * 1e3 + (double)used.tv_nsec / 1e6;
}

static void
name_of(int i, char out[32])
{
	snprintf(out, 32, "n%d.example", i);
}

static bool
start_server(struct fakedns *fake, int n, int delay)
{
	char config[256], name[32];
	struct str zone;
	bool good;

	snprintf(config, sizeof config, "server " ADDRESS
	    " 0 rec delay=%d zone=z\n", delay);
	str_init(&zone, 1 << 20);
	for (int i = 0; i < n; i++) {
		name_of(i, name);
		str_addf(&zone, "%s. 300 IN A 192.0.2.%d\n", name, i % 256);
	}
	good = fakedns_start(fake, TEST_BUILDDIR "/tests/fakedns", config,
		zone.text);
	str_free(&zone);
	return good;
}

/* All at once, the way a diagnosis does it; returns how many were answered. */
static int
with_fetcher(const struct fakedns *fake, int n)
{
	struct arena *arena = arena_new();
	struct facts *facts = facts_new(arena);
	struct resolvconf conf;
	struct dns_fetch *fetch;
	struct pollfd fds[DNS_FETCH_MAX_FDS];
	char name[32];
	int answered = 0, timeout;

	resolvconf_init(&conf);
	fakedns_use(fake, 0, ADDRESS, &conf);
	fetch = dns_fetch_new(facts, &conf);
	for (int i = 0; i < n; i++) {
		name_of(i, name);
		facts_dns(facts, name, DNS_A);
	}
	dns_fetch_start(fetch);
	while (dns_fetch_pending(fetch) != 0) {
		size_t used = dns_fetch_poll(fetch, fds, DNS_FETCH_MAX_FDS,
			&timeout);

		poll(fds, used, timeout);
		dns_fetch_io(fetch, fds, used);
	}
	for (size_t i = 0; i < facts_count(facts); i++)
		answered += facts_at(facts, i)->status == FACT_OK;
	dns_fetch_free(&fetch);
	arena_free(&arena);
	return answered;
}

static int
with_ldns(const struct fakedns *fake, int n)
{
	ldns_resolver *resolver = ldns_resolver_new();
	ldns_rdf *server = ldns_rdf_new_frm_str(LDNS_RDF_TYPE_A, ADDRESS);
	char name[32];
	int answered = 0;

	ldns_resolver_push_nameserver(resolver, server);
	ldns_resolver_set_port(resolver, (uint16_t)fake->ports[0]);
	ldns_resolver_set_recursive(resolver, true);
	for (int i = 0; i < n; i++) {
		ldns_rdf *owner;
		ldns_pkt *reply;

		name_of(i, name);
		owner = ldns_dname_new_frm_str(name);
		reply = ldns_resolver_query(resolver, owner, LDNS_RR_TYPE_A,
			LDNS_RR_CLASS_IN, LDNS_RD);
		answered += reply != NULL && ldns_pkt_ancount(reply) == 1;
		ldns_pkt_free(reply);
		ldns_rdf_deep_free(owner);
	}
	ldns_rdf_deep_free(server);
	ldns_resolver_deep_free(resolver);
	return answered;
}

struct result {
	double wall, cpu;
	int answered;
};

static struct result
measure(int (*run)(const struct fakedns *, int), const struct fakedns *fake,
    int n)
{
	double wall = now_ms(), cpu = cpu_ms();
	struct result result = { .answered = run(fake, n) };

	result.wall = now_ms() - wall;
	result.cpu = cpu_ms() - cpu;
	return result;
}

int
main(int argc, char **argv)
{
	int n = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 40;
	int delay = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 50;
	struct result ours, ldns;
	struct fakedns fake;

	if (n < 1 || n > MAX_LOOKUPS || delay < 0 || delay > 1000) {
		fprintf(stderr, "usage: bench_dns [N [MS]]\n");
		return 64;
	}
	if (!start_server(&fake, n, delay))
		return 1;
	ours = measure(with_fetcher, &fake, n);
	ldns = measure(with_ldns, &fake, n);
	fakedns_stop(&fake);
	printf("%d look-ups, each answered after %d ms\n", n, delay);
	printf("fetcher        %8.1f ms  cpu %6.1f ms  %d answered\n",
	    ours.wall, ours.cpu, ours.answered);
	printf("ldns resolver  %8.1f ms  cpu %6.1f ms  %d answered\n",
	    ldns.wall, ldns.cpu, ldns.answered);
	printf("ratio to ldns resolver %.3f, to one answer's delay %.2f\n",
	    ours.wall / ldns.wall, delay > 0 ? ours.wall / delay : 0.0);
	return ours.answered == n ? 0 : 1;
}
