/* SPDX-License-Identifier: ISC
 * What the decoder's parts share: input.c knows pastes, input_keys.c keys. */
#ifndef WB_INPUT_PARTS_H
#define WB_INPUT_PARTS_H

#include "tui/input.h"

/* What a bracketed paste begins with; the mark of its end is as long. */
extern const char input_mark[];
#define INPUT_MARK_LEN 6

/* N octets are done with. */
void input_take(struct input *input, size_t n);

/* The key that the octets begin with, or the beginning of a bracketed paste.
 * There is at least one octet. */
enum input_kind input_next_key(struct input *input, int64_t now,
    struct input_event *event);

/* How long what is there so far waits for the rest of a key, ms. */
int64_t input_key_limit(const struct input *input);

#endif
