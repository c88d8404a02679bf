/* SPDX-License-Identifier: ISC
 * SHA-256 of a text, to know it again without keeping it. */
#ifndef WB_DIGEST_H
#define WB_DIGEST_H

#include <stddef.h>

#include "engine/base/arena.h"

#define DIGEST_LEN 64            /* hexadecimal digits */

/* DIGEST_LEN lower-case hexadecimal digits. */
const char *digest_text(struct arena *arena, const char *text, size_t len);

#endif
