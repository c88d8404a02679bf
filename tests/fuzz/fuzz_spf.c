/* SPDX-License-Identifier: ISC
 * Fuzz target: SPF judgements. The first line is the local part, each other
 * line a record: a letter for its type, one for its name, then its data. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "engine/auth/spf.h"

#define MAX_LINES 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REVERSE6 "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0." \
	"0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"

static const char *const names[] = {
	"example.com", "a.example", "b.example", "c.example", "d.example",
	"1.2.0.192.in-addr.arpa",
	REVERSE6,
};

#define N_NAMES (sizeof names / sizeof names[0])

struct line {
	const char *text;
	size_t len;
};

static size_t
split(const uint8_t *data, size_t size, struct line *lines)
{
	const char *p = (const char *)data;
	size_t n = 0;

	while (n < MAX_LINES) {
		const char *end = size != 0 ? memchr(p, '\n', size) : NULL;
		size_t len = end != NULL ? (size_t)(end - p) : size;

		lines[n++] = (struct line){ p, len };
		if (end == NULL)
			break;
		p += len + 1;
		size -= len + 1;
	}
	return n;
}

/* The data of a record, as the cache holds it for TYPE. */
static struct fact_value
value_of(struct arena *arena, enum dns_type type, const struct line *line)
{
	const char *text = line->len > 2 ? line->text + 2 : "";
	size_t len = line->len > 2 ? line->len - 2 : 0;
	unsigned int pick = len != 0 ? (unsigned char)text[0] : 0;
	struct fact_value value = { .text = text, .len = len };

	if (type == DNS_A)
		value.text = arena_printf(arena, "192.0.2.%u", pick % 4);
	else if (type == DNS_AAAA)
		value.text = arena_printf(arena, "2001:db8::%u", pick % 4);
	else if (type == DNS_MX)
		value.text = pick % 8 == 7 ? "0 ." : arena_printf(arena,
		    "10 %s", names[pick % N_NAMES]);
	else if (type == DNS_PTR)
		value.text = names[pick % N_NAMES];
	else
		value.text = arena_strndup(arena, text, len);
	if (type != DNS_TXT)
		value.len = strlen(value.text);
	return value;
}

static enum dns_type
type_of(const struct line *line)
{
	static const enum dns_type types[] = { DNS_TXT, DNS_TXT, DNS_TXT,
		DNS_A, DNS_AAAA, DNS_MX, DNS_PTR };

	return types[line->len != 0 ? (unsigned char)line->text[0] % 7 : 0];
}

static size_t
name_of(const struct line *line)
{
	return line->len > 1 ? (unsigned char)line->text[1] % N_NAMES : 0;
}

/* Gather the lines of one name and type into one fact. */
static void
store(struct arena *arena, struct facts *facts, const struct line *lines,
    size_t n, size_t which)
{
	struct fact_value values[MAX_LINES];
	enum dns_type type = type_of(&lines[which]);
	size_t name = name_of(&lines[which]), count = 0;
	enum fact_status status = FACT_OK;

	for (size_t i = 1; i < n; i++) {
		if (type_of(&lines[i]) != type || name_of(&lines[i]) != name)
			continue;
		values[count++] = value_of(arena, type, &lines[i]);
		if (lines[i].len > 2 && lines[i].text[2] == '!')
			status = lines[i].len % 2 ? FACT_TIMEOUT :
				FACT_SERVFAIL;
	}
	facts_store(facts, names[name], type, status, values, count, 300,
	    "fuzz", 0, NULL, NULL);
}

static void
check(const struct spf_judgement *got)
{
	if (got->reason == NULL || got->domain == NULL ||
	    got->incomplete != (got->result == SPF_UNKNOWN) ||
	    got->lookups > 64 || strlen(spf_result_name(got->result)) == 0)
		abort();
	for (size_t i = 0; i < got->n_steps; i++)
		if (got->steps[i].term == NULL ||
		    strlen(got->steps[i].term) != got->steps[i].length)
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const clients[] = { "192.0.2.1", "2001:db8::1" };
	struct arena *arena = arena_new();
	struct facts *facts = facts_new(arena);
	struct line lines[MAX_LINES];
	size_t n = split(data, size, lines);
	const char *sender = arena_printf(arena, "%s@example.com",
		arena_strndup(arena, lines[0].text, lines[0].len));

	for (size_t i = 1; i < n; i++)
		store(arena, facts, lines, n, i);
	/* live at first: whatever is not stored is wanted */
	for (int closed = 0; closed < 2; closed++) {
		for (size_t i = 0; i < 2; i++) {
			struct spf_request request = { clients[i], sender,
				"a.example", NULL };

			check(spf_judge(arena, facts, &request));
		}
		if (spf_worst_case(arena, facts, names[0]) > 64)
			abort();
		facts_set_world(facts, FACTS_CLOSED);
	}
	arena_free(&arena);
	return 0;
}
