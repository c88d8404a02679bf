/* SPDX-License-Identifier: ISC
 * Phrases of mail systems' own bounces, in the languages they use. Private to
 * engine/bounce. */
#ifndef WB_BOUNCE_PHRASES_H
#define WB_BOUNCE_PHRASES_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/bounce/bounce.h"
#include "engine/bounce/lines.h"

/* Does the line say that a mail was not delivered? */
bool phrase_intro(struct span s);

/* Does it say that this is only a delay? That it was delivered? */
bool phrase_delay(struct span s);
bool phrase_success(struct span s);

/* Does the returned message follow this line? */
bool phrase_returned(struct span s);

/* Was the queue lifetime over? */
bool phrase_expired(struct span s);

/* "delivering your mail to <a@b>" on line I (and the next one). */
struct span phrase_recipient(const struct lines *lines, size_t i);

/* "This is the qmail-send program at example.com." */
const char *phrase_reporter(struct arena *arena, struct span s);

/* The stage that is told in words, and who refused. */
enum stage phrase_stage(struct span s);
void phrase_peer(struct arena *arena, struct span s, struct bounce *bounce);

#endif
