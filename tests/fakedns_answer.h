/* SPDX-License-Identifier: ISC
 * What the test name server says: a world from zone-file lines, and the ways
 * to misbehave. Knows no sockets. */
#ifndef WB_FAKEDNS_ANSWER_H
#define WB_FAKEDNS_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A server's or a rule's behaviour: any of these at once. */
enum {
	REC = 1 << 0,            /* recursive: RA set, CNAMEs followed */
	DROP = 1 << 1,           /* never answer */
	SERVFAIL = 1 << 2,
	REFUSE = 1 << 3,
	TC = 1 << 4,             /* over UDP: cut off, nothing in it */
	BADID = 1 << 5,          /* answer with another id */
	BADSRC = 1 << 6,         /* answer from another address */
	NOEDNS = 1 << 7,         /* FORMERR to questions with EDNS */
	NOTCP = 1 << 8,          /* do not listen on TCP */
	NXDOMAIN = 1 << 9,
	FORMERR = 1 << 10,
	GARBAGE = 1 << 11,       /* rubbish behind a good header */
	CUT = 1 << 12,           /* the message ends within a record */
	LOOP = 1 << 13,          /* two CNAMEs that point at each other */
	LIE = 1 << 14,           /* answer another question */
	BADIDFIRST = 1 << 15,    /* another id, then the right one */
	DRIP = 1 << 16,          /* over TCP: in small pieces */
	DROPTCP = 1 << 17,       /* over TCP: take the question, say nothing */
	HANGUP = 1 << 18,        /* over TCP: close instead of answering */
	LAME = 1 << 19,          /* answer without the AA bit */
	REFER = 1 << 20,         /* only name the name servers of the zone */
	REWRITE = 1 << 21        /* 192.0.2.80 for every name that is not there */
};

struct world;

/* Read a zone file; all names in it are one closed world under the root. Says
 * what is wrong on standard error and exits. */
struct world *world_load(const char *path);
void world_free(struct world *world);

struct question {
	char name[1100];         /* as a zone file has it, with the last dot */
	char type[32];
	uint16_t number;         /* of the type */
};

/* The question of a message; false when it is not one. */
bool read_question(const uint8_t *wire, size_t len, struct question *out);

/* The reply to the message, malloc()ed; NULL when there is to be none. */
uint8_t *world_answer(const struct world *world, const uint8_t *wire,
    size_t len, bool tcp, unsigned int flags, size_t *reply_len);

#endif
