/* SPDX-License-Identifier: ISC
 * Which name servers to ask: resolv.conf(5), or --resolver ADDR[@PORT]. */
#ifndef WB_RESOLVCONF_H
#define WB_RESOLVCONF_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#include "engine/base/str.h"

#define RESOLV_MAX_SERVERS 8

struct resolver {
	struct sockaddr_storage address;
	socklen_t len;
	char text[INET6_ADDRSTRLEN + 32];  /* "192.0.2.53@53" */
};

struct resolvconf {
	struct resolver servers[RESOLV_MAX_SERVERS];
	size_t n;
	int timeout_ms;    /* for one try */
	int attempts;      /* rounds over all servers */
	bool rotate, use_tcp;
};

/* No servers, and the defaults of whybounce (1.5 s, 2 rounds: libraries.md
 * 2.5), which "options timeout:/attempts:" of the file override. */
void resolvconf_init(struct resolvconf *conf);

/* Add "ADDR", "ADDR@PORT" or "[v6]:PORT"; a scope (%eth0) is kept. False: ERR
 * says what is wrong. */
bool resolvconf_add(struct resolvconf *conf, const char *text,
    struct str *err) __attribute__((warn_unused_result));

/* Read PATH as the C library does: a bad line is passed over, no usable
 * nameserver line (or no file) means 127.0.0.1 and ::1. False only when the
 * file exists and cannot be read. */
bool resolvconf_read(struct resolvconf *conf, const char *path,
    struct str *err) __attribute__((warn_unused_result));

#endif
