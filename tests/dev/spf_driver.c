/* SPDX-License-Identifier: ISC
 * Development aid: judges SPF cases read from standard input, one answer line
 * each, so that another implementation can be compared. Each case is judged
 * twice, in a closed world and in waves over an empty cache.
 *
 * Lines, fields separated by tabs, octets as %XX where needed:
 *   zone NAME TYPE VALUE     (VALUE "!nodata", "!timeout", "!servfail")
 *   case IP SENDER HELO      answered by RESULT LOOKUPS VOIDS EXPLANATION
 *                            REASON; the zone is empty again */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/auth/spf.h"

#define MAX_FIELDS 5
#define MAX_WAVES 40

struct set {
	const char *name;
	enum dns_type type;
	enum fact_status status;
	struct fact_value *values;
	size_t n;
};

struct zone {
	struct arena *arena;
	struct set *sets;
	size_t n;
};

static int
hex_value(char c)
{
	static const char digits[] = "0123456789ABCDEF";
	const char *p = c != '\0' ? strchr(digits, c) : NULL;

	return p != NULL ? (int)(p - digits) : -1;
}

/* Undo %XX in place; the length of what is left. */
static size_t
unescape(char *text)
{
	char *out = text;

	for (char *p = text; *p != '\0'; p++) {
		int high = p[0] == '%' ? hex_value(p[1]) : -1;
		int low = high >= 0 ? hex_value(p[2]) : -1;

		*out++ = low >= 0 ? (char)(high * 16 + low) : *p;
		p += low >= 0 ? 2 : 0;
	}
	*out = '\0';
	return (size_t)(out - text);
}

static void
zone_add(struct zone *zone, char *name, enum dns_type type, char *value)
{
	struct set *set = NULL;
	size_t len = unescape(value);

	unescape(name);
	for (size_t i = 0; i < zone->n; i++)
		if (zone->sets[i].type == type &&
		    strcmp(zone->sets[i].name, name) == 0)
			set = &zone->sets[i];
	if (set == NULL) {
		zone->sets = arena_grow(zone->arena, zone->sets, zone->n,
		    sizeof *zone->sets);
		set = &zone->sets[zone->n++];
		*set = (struct set){ .name = arena_strdup(zone->arena, name),
			.type = type };
	}
	if (strcmp(value, "!nodata") == 0) {
		set->status = FACT_NODATA;
		return;
	}
	if (value[0] == '!') {
		set->status = strcmp(value, "!timeout") == 0 ? FACT_TIMEOUT :
			FACT_SERVFAIL;
		return;
	}
	set->status = FACT_OK;
	set->values = arena_grow(zone->arena, set->values, set->n,
	    sizeof *set->values);
	set->values[set->n++] = (struct fact_value){
		.text = arena_strndup(zone->arena, value, len), .len = len };
}

static struct facts *
closed_world(const struct zone *zone)
{
	struct facts *facts = facts_new(zone->arena);

	for (size_t i = 0; i < zone->n; i++)
		facts_store(facts, zone->sets[i].name, zone->sets[i].type,
		    zone->sets[i].status, zone->sets[i].values,
		    zone->sets[i].n, 300, "driver", 0, NULL, NULL);
	facts_set_world(facts, FACTS_CLOSED);
	return facts;
}

/* The judgement the live program would come to: passes over a cache that is
 * empty at first, all that is wanted answered after each. NULL: never ends, or
 * is unknown without wanting anything. */
static const struct spf_judgement *
judge_in_waves(struct arena *arena, struct facts *world,
    const struct spf_request *request)
{
	struct facts *facts = facts_new(arena);
	const struct spf_judgement *got;

	for (int wave = 0; wave < MAX_WAVES; wave++) {
		const struct fact *wanted;
		bool any = false;

		got = spf_judge(arena, facts, request);
		while ((wanted = facts_next_wanted(facts)) != NULL) {
			const struct fact *answer =
				facts_dns(world, wanted->name, wanted->type);

			any = true;
			facts_store(facts, wanted->name, wanted->type,
			    answer->status, answer->values, answer->n_values,
			    answer->ttl, "driver", 0, NULL, answer->note);
		}
		if (!any)
			return got->incomplete ? NULL : got;
	}
	return NULL;
}

static void
print_escaped(const char *text)
{
	for (; text != NULL && *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c <= ' ' || c > 0x7e || c == '%')
			printf("%%%02X", c);
		else
			putchar(c);
	}
}

static void
judge(struct zone *zone, char **field)
{
	struct spf_request request = { field[1], field[2], field[3],
		"receiver.example" };
	struct facts *facts = closed_world(zone);
	const struct spf_judgement *got, *waves;

	for (int i = 1; i <= 3; i++)
		unescape(field[i]);
	got = spf_judge(zone->arena, facts, &request);
	waves = judge_in_waves(zone->arena, facts, &request);
	if (waves == NULL || waves->result != got->result ||
	    waves->cause != got->cause || waves->voids != got->voids ||
	    waves->lookups != got->lookups ||
	    strcmp(waves->reason, got->reason) != 0)
		printf("waves-differ-%s", waves == NULL ? "unknown" :
		    spf_result_name(waves->result));
	else
		printf("%s", spf_result_name(got->result));
	printf("\t%d\t%d\t", got->lookups, got->voids);
	print_escaped(got->explanation);
	printf("\t%s\n", got->reason);
	fflush(stdout);
}

int
main(void)
{
	struct zone zone = { .arena = arena_new() };
	char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, stdin) > 0) {
		char *field[MAX_FIELDS] = { NULL }, *rest = line;
		enum dns_type type;
		int n = 0;

		line[strcspn(line, "\n")] = '\0';
		while (rest != NULL && n < MAX_FIELDS)
			field[n++] = strsep(&rest, "\t");
		if (n == 4 && strcmp(field[0], "zone") == 0 &&
		    dns_type_parse(field[2], &type)) {
			zone_add(&zone, field[1], type, field[3]);
		} else if (n == 4 && strcmp(field[0], "case") == 0) {
			judge(&zone, field);
			arena_free(&zone.arena);
			zone = (struct zone){ .arena = arena_new() };
		} else {
			fprintf(stderr, "spf_driver: bad line\n");
			return EXIT_FAILURE;
		}
	}
	free(line);
	arena_free(&zone.arena);
	return EXIT_SUCCESS;
}
