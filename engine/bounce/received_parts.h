/* SPDX-License-Identifier: ISC
 * What the readers of a received message's fields share. For received*.c
 * only. */
#ifndef WB_RECEIVED_PARTS_H
#define WB_RECEIVED_PARTS_H

#include "engine/bounce/received.h"
#include "engine/bounce/scan.h"

/* A Received field: "from HELO (NAME [IP]) by BY". NULL: not given. */
struct received_hop {
	const char *helo, *name, *ip, *by;
};

struct reading {
	struct arena *arena;
	struct received *out;
	bool judged;                 /* a field of a receiver's judgement */
	struct received_hop *hops;   /* topmost first */
	size_t n_hops;
	/* the topmost Authentication-Results, who wrote it (NULL: it does not
	 * say), and how many hops stand above */
	bool results;
	const char *writer;
	size_t depth;
	size_t n_arc;                /* ARC sets seen */
};

/* received_results.c: the VALUE of Authentication-Results, Received-SPF, and
 * of a row "SPF: PASS with IP …" that Gmail shows above the source. */
void received_results(struct reading *r, struct span value, bool arc);
void received_spf(struct reading *r, struct span value);
void received_row(struct reading *r, const char *method, struct span value);

/* received_words.c. The next word of S, which is moved past it: a comment with
 * its brackets, or what stands up to a blank. Empty at the end. */
struct span received_word(struct span *s);
/* The length of what stands at S up to one of ENDS, outside of comments and
 * quoted strings (RFC 5322 3.2.2, 3.2.4). */
size_t received_length(struct span s, const char *ends);
/* S without quotation marks or angle brackets around it. */
struct span received_unquoted(struct span s);
const char *received_lower(struct arena *arena, struct span s);
/* "<a@Example.Net>" is example.net; NULL when there is none. */
const char *received_domain(struct arena *arena, struct span s);
/* The first IP address anywhere in S, or NULL. */
const char *received_ip(struct arena *arena, struct span s);

/* received_writer.c: which judgements are the receiver's own, and what the
 * headers say only in one of several places. When all is read. */
void received_settle(struct reading *r);

#endif
