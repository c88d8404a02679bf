/* SPDX-License-Identifier: ISC
 * Fuzz target: DKIM key records. The first octet says whether the rest is a
 * record, or a private key for a fine record. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "engine/auth/dkim.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An ed25519 key as in RFC 8463 A.2. */
static const char fine[] = "v=DKIM1; k=ed25519; "
	"p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct facts *facts = facts_new(arena);
	const struct dkim_judgement *got;
	bool as_key = size != 0 && data[0] == 'K';
	const char *rest = size != 0 ? (const char *)data + 1 : "";
	size_t len = size != 0 ? size - 1 : 0;
	struct fact_value value = { .text = as_key ? fine : rest,
		.len = as_key ? strlen(fine) : len };

	facts_store(facts, "s._domainkey.example.com", DNS_TXT, FACT_OK,
	    &value, 1, 300, "fuzz", 0, NULL, NULL);
	got = dkim_judge(arena, facts, "s", "example.com",
	    as_key ? rest : NULL, as_key ? len : 0);
	if (got->reason == NULL || got->result == DKIM_KEY_UNKNOWN)
		abort();
	arena_free(&arena);
	return 0;
}
