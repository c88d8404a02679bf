/* SPDX-License-Identifier: ISC
 * Signs messages for the tests: "dkim_driver KIND SELECTOR DOMAIN" reads a
 * message from standard input, makes a key pair, and prints the record, an
 * empty line, and the signed message. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "engine/auth/dkim_key.h"
#include "engine/auth/dkim_record.h"
#include "engine/base/str.h"
#include "engine/bounce/raw_message.h"

#define MESSAGE_MAX ((size_t)1 << 20)

static int
sign(struct arena *arena, const char *kind, const char *selector,
    const char *domain, const struct str *input)
{
	bool young = strcmp(kind, "ed25519") == 0;
	size_t len;
	const char *reason, *field, *pem = dkim_pair_new(arena, young ?
	    DKIM_PAIR_ED25519 : DKIM_PAIR_RSA2048, &len);
	struct raw_message m;

	if (!raw_message_split(arena, input->text, input->len, &m))
		return 1;
	field = dkim_library_sign(arena, &(struct dkim_message){ m.fields,
	    m.n_fields, m.body, m.body_len }, selector, domain, pem, len,
	    young, &reason);
	if (field == NULL) {
		printf("%s\n", reason);
		return 1;
	}
	printf("%s\n\n%s\r\n", dkim_record_for(arena, pem, len), field);
	for (size_t i = 0; i < m.n_fields; i++)
		printf("%s\r\n", m.fields[i]);
	printf("\r\n%s", m.body);
	return 0;
}

int
main(int argc, char **argv)
{
	struct arena *arena = arena_new();
	struct str input;
	char buf[8192];
	size_t n;
	int status;

	str_init(&input, MESSAGE_MAX);
	while ((n = fread(buf, 1, sizeof buf, stdin)) > 0)
		str_add(&input, buf, n);
	status = argc == 4 ? sign(arena, argv[1], argv[2], argv[3], &input) : 64;
	str_free(&input);
	arena_free(&arena);
	return status;
}
