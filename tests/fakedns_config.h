/* SPDX-License-Identifier: ISC
 * The test name server's configuration (see fakedns.c). Knows no sockets. */
#ifndef WB_FAKEDNS_CONFIG_H
#define WB_FAKEDNS_CONFIG_H

#include <stdio.h>
#include <sys/socket.h>

#include "tests/fakedns_answer.h"

#define FAKE_MAX_SERVERS 16
#define FAKE_MAX_RULES 128

struct server {
	struct sockaddr_storage address;
	socklen_t address_len;
	int udp, tcp;
	unsigned int flags;
	int delay;
	struct world *world;
};

struct rule {
	char name[256], type[32];
	unsigned int flags;
	int delay;               /* -1: the server's */
	int drop_first;
};

struct fake_config {
	struct server servers[FAKE_MAX_SERVERS];
	size_t n_servers;
	struct rule rules[FAKE_MAX_RULES];
	size_t n_rules;
	FILE *log;
	char folder[1024];       /* files are relative to it */
};

/* Read the file; says what is wrong with it and exits. */
void fake_read_config(struct fake_config *config, const char *path);

/* What the rules add to a server's FLAGS and *DELAY for this question. */
unsigned int fake_rules(struct fake_config *config,
    const struct question *question, unsigned int flags, int *delay);

void fake_die(const char *what, const char *why) __attribute__((noreturn));

#endif
