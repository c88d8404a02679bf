/* SPDX-License-Identifier: ISC
 * Any octets as a message with signatures, and as the key that is published:
 * splitting and verifying end, and every verdict is one of those that there
 * are. The first octet says where the key ends. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/auth/dkim_library.h"
#include "engine/bounce/raw_message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_message(const struct raw_message *m)
{
	for (size_t i = 0; i < m->n_fields; i++)
		if (strchr(m->fields[i], ':') == NULL)
			abort();
	if (m->body_len < 2 ||
	    memcmp(m->body + m->body_len - 2, "\r\n", 2) != 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct facts *facts = facts_new(arena);
	struct dkim_signature found[DKIM_SIGNATURES_MAX];
	struct raw_message m;
	struct fact_value key;
	size_t n = 0;

	key.text = (const char *)data;
	key.len = size > 0 ? data[0] * (size_t)4 : 0;
	key.len = key.len > size ? size : key.len;
	key.n_strings = 0;
	facts_store(facts, "s._domainkey.example.com", DNS_TXT, FACT_OK, &key,
	    1, 300, "fuzz", 1, NULL, NULL);
	if (raw_message_split(arena, (const char *)data + key.len,
	    size - key.len, &m)) {
		check_message(&m);
		n = dkim_library_verify(arena, facts, &(struct dkim_message){
		    m.fields, m.n_fields, m.body, m.body_len }, found);
	}
	for (size_t i = 0; i < n; i++)
		if (found[i].verdict > DKIM_SIGNATURE_FAULTY ||
		    found[i].fact == NULL || found[i].name == NULL)
			abort();
	arena_free(&arena);
	return 0;
}
