/* SPDX-License-Identifier: ISC
 * Hides libcrypto. */
#include "config.h"

#include "engine/base/digest.h"

#include <string.h>

#include <openssl/sha.h>

const char *
digest_text(struct arena *arena, const char *text, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char raw[SHA256_DIGEST_LENGTH];
	char *out = arena_alloc(arena, DIGEST_LEN + 1);

	SHA256((const unsigned char *)text, len, raw);
	for (size_t i = 0; i < sizeof raw; i++) {
		out[2 * i] = digits[raw[i] >> 4];
		out[2 * i + 1] = digits[raw[i] & 15];
	}
	return out;
}
