/* SPDX-License-Identifier: ISC
 * Fuzz target: the SPF record editor. Lines are the TXT values of a domain.
 * What comes out must be a record that parses, and every letter and digit of
 * the input must belong to a term that is accounted for. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "engine/remedy/spf_edit.h"
#include "engine/auth/spf_words.h"

#define RECORDS_MAX 4

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool good)
{
	if (!good)
		abort();
}

static bool
accounted(const struct spf_draft *d, size_t record, size_t octet)
{
	for (size_t i = 0; i < d->n; i++) {
		const struct spf_draft_term *t = &d->terms[i];

		if (t->length != 0 && t->record == record &&
		    octet >= t->offset && octet < t->offset + t->length)
			return true;
	}
	return false;
}

static void
check_accounts(const struct spf_draft *d, const struct fact_value *value,
    size_t record)
{
	size_t at = spf_words_start(value->text, value->len);

	for (; at != 0 && at < value->len; at++) {
		char c = value->text[at];

		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			must(accounted(d, record, at));
	}
}

static void
check_text(struct spf_draft *d)
{
	const char *text = spf_draft_text(d);
	struct spf_record record;

	must(spf_is_record(text, strlen(text)));
	must(spf_parse(d->arena, text, strlen(text), &record));
}

static void
check_terms(const struct spf_draft *d)
{
	size_t unclear = 0;

	for (size_t i = 0; i < d->n; i++) {
		const struct spf_draft_term *t = &d->terms[i];

		unclear += t->fate == SPF_UNCLEAR;
		if (t->fate == SPF_UNCLEAR)
			must(t->why != NULL);
	}
	must(unclear == d->n_unclear);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct fact_value values[RECORDS_MAX];
	const char *p = arena_strndup(arena, (const char *)data, size);
	const char *end = p + size;
	struct spf_draft d;
	size_t n = 0;

	while (n < RECORDS_MAX && p <= end) {
		const char *line = memchr(p, '\n', (size_t)(end - p));
		size_t len = (size_t)((line != NULL ? line : end) - p);

		values[n++] = (struct fact_value){ .text = p, .len = len };
		p += len + 1;
	}
	spf_draft_read(&d, arena, values, n);
	check_text(&d);
	if (d.refused == NULL) {
		check_terms(&d);
		for (size_t i = 0; i < n; i++)
			check_accounts(&d, &values[i], i);
		spf_draft_add(&d, "ip4:192.0.2.1", "why");
		spf_draft_add(&d, "include:_spf.example.com", "why");
		spf_draft_all_last(&d);
		check_text(&d);
		must(spf_draft_has(&d, "ip4:192.0.2.1"));
		spf_draft_remove(&d, "ip4:192.0.2.1", "why");
		check_text(&d);
	}
	arena_free(&arena);
	return 0;
}
