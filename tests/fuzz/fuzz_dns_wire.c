/* SPDX-License-Identifier: ISC
 * Any octets as a reply: read them, and send what was read around again. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "engine/world/dns_wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const enum dns_type types[] = {
	DNS_A, DNS_NS, DNS_CNAME, DNS_SOA, DNS_PTR, DNS_MX, DNS_TXT, DNS_AAAA
};

/* What was understood must be sayable, and be understood again. */
static void
say_again(struct arena *arena, enum dns_type type,
    const struct dns_answer *answer)
{
	static uint8_t wire[200000];
	struct dns_answer again;
	struct fact fact = {
		.name = "a.example", .type = type, .status = answer->status,
		.values = answer->values, .n_values = answer->n_values,
		.ttl = answer->ttl,
	};
	size_t len = dns_wire_reply(&fact, wire, sizeof wire);

	if (len == 0) {
		if (answer->n_values < 100)
			abort();
		return;
	}
	if (len > UINT16_MAX)
		return;
	if (!dns_wire_answer(arena, (uint16_t)(wire[0] << 8 | wire[1]),
		"a.example", type, wire, len, &again) ||
	    again.status != answer->status ||
	    again.n_values != answer->n_values)
		abort();
	for (size_t i = 0; i < again.n_values; i++) {
		if (again.values[i].len != answer->values[i].len ||
		    memcmp(again.values[i].text, answer->values[i].text,
		    again.values[i].len) != 0)
			abort();
	}
}

/* The first octet chooses the type; the rest follows a good id, so that the
 * fuzzer gets past the first look. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dns_answer answer;
	struct arena *arena;
	uint8_t *wire;
	enum dns_type type;

	if (size < 1)
		return 0;
	type = types[data[0] % (sizeof types / sizeof types[0])];
	arena = arena_new();
	wire = mem_alloc(size + 1);
	wire[0] = wire[1] = 0;
	memcpy(wire + 2, data + 1, size - 1);
	if (dns_wire_answer(arena, 0, "a.example", type, wire, size + 1,
		&answer) && (answer.status == FACT_OK ||
	    answer.status == FACT_NXDOMAIN || answer.status == FACT_NODATA))
		say_again(arena, type, &answer);
	free(wire);
	arena_free(&arena);
	return 0;
}
