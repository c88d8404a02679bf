/* SPDX-License-Identifier: ISC
 * Phrases of mail systems' own bounces, in the languages they use. Private to
 * engine/bounce. */
#ifndef WB_BOUNCE_PHRASES_H
#define WB_BOUNCE_PHRASES_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/bounce/bounce.h"
#include "engine/bounce/lines.h"
#include "engine/bounce/needles.h"

/* What a phrase tells. A set of bits. */
enum phrase {
	PHRASE_INTRO = 1 << 0,       /* a mail was not delivered */
	PHRASE_DELAY = 1 << 1,       /* it is only late */
	PHRASE_SUCCESS = 1 << 2,     /* it was delivered */
	PHRASE_RETURNED = 1 << 3,    /* the returned message follows */
	PHRASE_EXPIRED = 1 << 4,     /* the queue lifetime was over */
	PHRASE_RECIPIENT = 1 << 5,   /* a recipient follows */
	PHRASE_REPORTER = 1 << 6,    /* the name of who reports follows */
	PHRASE_COMMAND = 1 << 7,     /* the refused SMTP command follows */
	PHRASE_STAGE = 1 << 8,       /* the stage, in words */
	PHRASE_PEER = 1 << 9,        /* the name of who refused follows */
	PHRASE_TAIL = 1 << 10,       /* what the reply said is over */
	PHRASE_SAID = 1 << 11,       /* a reply follows */
	PHRASE_POSTFIX = 1 << 12,    /* the name of a Postfix follows */
	PHRASE_WARNING = 1 << 13     /* Postfix says that it is only late */
};

/* What line I tells: a set of enum phrase. Searched for once, then known. */
unsigned int line_tells(const struct lines *lines, size_t i);

/* The phrases in a text of several lines. */
struct told {
	struct span text;
	struct seen seen;
	unsigned int tells;
};
void phrases_read(struct span text, struct told *out);

/* "delivering your mail to <a@b>" on line I (and the next one). */
struct span phrase_recipient(const struct lines *lines, size_t i);

/* "This is the qmail-send program at example.com." on line I. */
const char *phrase_reporter(struct arena *arena, const struct lines *lines,
    size_t i);

/* The stage that is told in words, and who refused. */
enum stage phrase_stage(const struct told *told);
void phrase_peer(struct arena *arena, const struct told *told,
    struct bounce *bounce);

/* S, which is (a part of) the text of TOLD, without what mail systems say
 * behind a reply. */
struct span phrase_cut_tail(const struct told *told, struct span s);

#endif
