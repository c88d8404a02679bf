/* SPDX-License-Identifier: ISC
 * Asking one block list about one address or domain (RFC 5782), and whether its
 * answer can be believed. For check_blocklist.c. */
#ifndef WB_BLOCKLIST_ASK_H
#define WB_BLOCKLIST_ASK_H

#include "engine/checks/blocklists.h"
#include "engine/checks/checking.h"

/* What a list says about one subject. */
enum verdict {
	VERDICT_WAITING,
	VERDICT_CLEAR,
	VERDICT_LISTED,
	VERDICT_REFUSED,      /* 127.255.255.x: "we do not answer you" */
	VERDICT_EVERYTHING,   /* it lists what no list may list */
	VERDICT_NO_TEST,      /* its own test entry is not on it */
	VERDICT_FAILED        /* no answer, or none that makes sense */
};

/* The three questions to one list, and what comes of them. */
struct inquiry {
	const struct blocklist *list;
	const char *subject;     /* the address or domain */
	const struct fact *listed, *clear;   /* the test entries */
	const struct fact *answer;
	const char *server;      /* the list's own, where the resolver got no
	                            answer that counts; else NULL */
	enum verdict verdict;
};

/* Ask LIST about SUBJECT (an address, or a domain for a list of domains):
 * through the resolver, and where that tells nothing, the list's own name
 * servers. */
struct inquiry blocklist_ask(struct checking *c, const struct blocklist *list,
    const char *subject);

/* A further question to whoever answered Q. */
const struct fact *inquiry_ask(struct checking *c, const struct inquiry *q,
    const char *name, enum dns_type type);

/* Does one of FACT's values say "we do not answer you"? */
bool inquiry_refused(const struct inquiry *q, const struct fact *fact);

#endif
