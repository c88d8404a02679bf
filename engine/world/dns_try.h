/* SPDX-License-Identifier: ISC
 * One question sent to one server over one socket, and what comes back. Knows
 * sockets, not what the messages mean. */
#ifndef WB_DNS_TRY_H
#define WB_DNS_TRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/world/resolvconf.h"

struct dns_try {
	int fd;                  /* -1: closed */
	bool tcp;
	short events;            /* for poll() */
	uint8_t out[514];        /* TCP: length and question, until sent */
	size_t out_len, out_sent;
	uint8_t *in;             /* TCP: the reply with its length */
	size_t in_len;
	unsigned int ignored;    /* messages the owner had no use for */
};

/* A closed one. */
void dns_try_init(struct dns_try *t);

/* Ask SERVER the LEN octets of QUESTION (at most 512). The socket is fresh,
 * so its port is random, and connected, so that the system drops datagrams of
 * others and reports a closed port at once. False: it cannot be sent. */
bool dns_try_open(struct dns_try *t, const struct resolver *server,
    const uint8_t *question, size_t len, bool tcp)
	__attribute__((warn_unused_result));
void dns_try_close(struct dns_try *t);

enum dns_try_state {
	DNS_TRY_WAIT,            /* nothing (more) yet */
	DNS_TRY_MESSAGE,
	DNS_TRY_FAILED           /* unreachable, refused, hung up */
};

/* Go on after poll() has reported an event. With DNS_TRY_MESSAGE a message of
 * *LEN octets stands at *MESSAGE until the next call; call again for more.
 * BUFFER of SIZE octets may be used meanwhile. */
enum dns_try_state dns_try_go(struct dns_try *t, uint8_t *buffer, size_t size,
    const uint8_t **message, size_t *len);

#endif
