/* SPDX-License-Identifier: ISC
 * A message as octets: its fields whole and its body, with the line ends that
 * it had on its way. What is signed is signed in this form. */
#ifndef WB_RAW_MESSAGE_H
#define WB_RAW_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/base/arena.h"

struct raw_message {
	const char *const *fields;  /* "Name: value" each, CRLF only inside */
	size_t n_fields;
	const char *body;           /* lines end with CRLF */
	size_t body_len;
};

/* Split LEN octets of anything. Empty lines and mbox's "From " line before the
 * first field are passed over. False: there are no fields, or no body. */
bool raw_message_split(struct arena *arena, const char *text, size_t len,
    struct raw_message *out);

#endif
