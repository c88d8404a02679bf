/* SPDX-License-Identifier: ISC
 * Fuzz target: DMARC. The first line is the From domain, the others are TXT
 * records at the names of its tree walk, in turn. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "engine/auth/dmarc.h"
#include "engine/auth/dmarc_lint.h"
#include "engine/auth/dmarc_record.h"

#define MAX_RECORDS 16

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A mended record must be one that receivers use, and mended for good. */
static void
lint(struct arena *arena, const char *text, size_t len)
{
	struct dmarc_lint first, again;
	struct dmarc_tags tags;
	size_t n;

	dmarc_lint(arena, text, len, &first);
	n = strlen(first.mended);
	if (!dmarc_is_record(first.mended, n))
		abort();
	dmarc_record_read(arena, "example.com", first.mended, n, &tags);
	if (!tags.used)
		abort();
	dmarc_lint(arena, first.mended, n, &again);
	if (again.n_notes != 0 || again.n_address_notes != 0 ||
	    strcmp(first.mended, again.mended) != 0)
		abort();
}

static void
store_next(struct arena *arena, struct facts *facts, const char *text,
    size_t len)
{
	struct fact_value value = {
		.text = arena_strndup(arena, text, len), .len = len };
	const struct fact *wanted = facts_next_wanted(facts);

	if (wanted != NULL)
		facts_store(facts, wanted->name, wanted->type, FACT_OK, &value,
		    1, 300, "fuzz", 0, NULL, NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct facts *facts = facts_new(arena);
	const char *text = arena_strndup(arena, (const char *)data, size);
	size_t len = strcspn(text, "\n");
	const char *from = arena_strndup(arena, text, len);
	const struct dmarc_record *got;

	dmarc_lookup(arena, facts, from);
	for (int i = 0; i < MAX_RECORDS && len < size; i++) {
		const char *line = text + len + 1;
		const char *end = memchr(line, '\n', size - len - 1);
		size_t n = end != NULL ? (size_t)(end - line) : size - len - 1;

		lint(arena, line, n);
		store_next(arena, facts, line, n);
		len += n + 1;
	}
	facts_set_world(facts, FACTS_CLOSED);
	got = dmarc_lookup(arena, facts, from);
	if ((got->state == DMARC_OK) != (got->policy != NULL))
		abort();
	if (dmarc_org_domain(arena, facts, from, NULL) == NULL)
		abort();
	dmarc_aligned(arena, facts, from, "mail.example.com", false);
	arena_free(&arena);
	return 0;
}
