/* SPDX-License-Identifier: ISC
 * A message that arrived, or only its headers: what the receiver wrote into
 * them about SPF, DKIM and DMARC. It is the proof that closes a case. */
#ifndef WB_RECEIVED_H
#define WB_RECEIVED_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/base/arena.h"
#include "engine/bounce/bounce.h"
#include "engine/bounce/raw_message.h"

/* One method of an Authentication-Results field (RFC 8601 2.2), or a
 * Received-SPF field (RFC 7208 9.1) as method "spf". */
struct received_method {
	const char *method;      /* "spf", "dkim", "dmarc", … lower case */
	const char *result;      /* "pass", "fail", "none" …, lower case */
	const char *domain;      /* that was judged, or NULL */
	const char *address;     /* the whole envelope sender, or NULL */
	const char *selector;    /* DKIM's, or NULL */
	const char *ip;          /* SPF: the address that connected, or NULL */
	const char *words;       /* the receiver's own, in one line */
	const char *writer;      /* who judged, as it calls itself, or NULL */
	bool arc;                /* from ARC-Authentication-Results */
	bool field;              /* from Received-SPF */
	bool table;              /* from what Gmail shows above the source */
	bool helo;               /* SPF of the HELO name, not of the sender */
	bool foreign;            /* written before the message came to its last
	                            receiver, perhaps by its sender: no proof */
	size_t depth;            /* how many Received fields stand above */
};

/* Strings are UTF-8, arena-owned, foreign, and NULL when not given. */
struct received {
	const char *receiver;    /* who judged: "mx.google.com" */
	const char *return_path; /* envelope sender; "" is the null sender */
	const char *from;        /* address in From */
	const char *to, *message_id;
	const char *client_ip;   /* what connected to the receiver */
	const char *helo;        /* with which name */
	struct received_method *methods;
	size_t n_methods;
	const char *other_writer;   /* of a judgement that is no proof */
	const char *dkim_domain, *dkim_selector;   /* of the first signature */
	size_t n_signatures;
	bool list_mail;
	bool has_body;
	const struct raw_message *message;   /* all of it as octets; NULL: only
	                            headers, or something else around it */
};

/* Read LEN octets of anything. False: these are not the headers of a message
 * that a receiver has judged. Looks at no more than the first 2,000 lines. */
bool received_read(struct arena *arena, const char *text, size_t len,
    struct received *out);

/* The judgement that counts for METHOD: of the receiver itself before that of
 * an ARC set, and for DKIM one that passed before others, the author's domain
 * before others'. NULL: there is none. */
const struct received_method *received_method(const struct received *received,
    const char *method);

/* What it says in the shape in which the stages after reading know a message:
 * delivered, with the addresses and domains that were judged. */
struct bounce *received_as_bounce(struct arena *arena, const char *file,
    const struct received *received);

#endif
