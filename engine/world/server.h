/* SPDX-License-Identifier: ISC
 * Further servers that send with the same domain, as "whybounce facts" tells
 * about them; and which addresses a server's mail leaves from. */
#ifndef WB_SERVER_H
#define WB_SERVER_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/base/arena.h"
#include "engine/base/str.h"
#include "engine/world/host.h"
#include "engine/world/postfix.h"

struct server {
	const char *name;        /* its own, else main.cf's, else an address */
	const char *helo;        /* the name that it greets with, or NULL */
	const char *relayhost;   /* then its own addresses are not seen, or NULL */
	const char *const *ips;  /* public ones that its mail may leave from */
	size_t n_ips;
	const struct host *host;
	const struct postfix *postfix;
};

/* At most so many are read. */
#define SERVERS_MAX 64

/* Servers while they are read: begin, then for each one next() and its lines,
 * then finish(), which frees what begin() took. */
struct server_reader {
	struct arena *arena;
	struct server *list;
	struct host *host;       /* of the server in hand */
	size_t n;
	bool open;               /* the last one is not complete yet */
	struct str postfix;
};
void server_begin(struct server_reader *reader, struct arena *arena);
/* False: there are SERVERS_MAX already; ERR says so. */
bool server_next(struct server_reader *reader, struct str *err)
	__attribute__((warn_unused_result));
/* A line of [host]; false: ERR says what is wrong with it. */
bool server_host_line(struct server_reader *reader, const char *line,
    struct str *err) __attribute__((warn_unused_result));
/* A line of main.cf, without its line end. */
void server_postfix_line(struct server_reader *reader, const char *line,
    size_t len);
/* The list belongs to the arena. */
struct server *server_finish(struct server_reader *reader, size_t *n);

/* Read facts text of one or more servers, one after another (replay.h):
 * [host] begins a server, [postfix] holds its settings, other sections are
 * passed over; so are the lines with which Ansible parts the output of
 * hosts ("web1 | CHANGED | rc=0 >>"). Appends to the *N of *LIST; what is said
 * of a host name later takes the place of what was said earlier. False: ERR
 * says "file:line: reason". Takes any bytes. */
bool server_read(struct arena *arena, const char *file, const char *text,
    size_t len, struct server **list, size_t *n, struct str *err)
	__attribute__((warn_unused_result));

/* The lines of SERVER, as [server] and [server-postfix] of a recording. */
void server_print(const struct server *server, struct str *out);

/* The one of the N servers that has the address IP, or NULL. */
const struct server *server_find(const struct server *list, size_t n,
    const char *ip);

/* Does main.cf let mail leave over this family (inet_protocols)? And the one
 * address of it that main.cf binds the SMTP client to: smtp_bind_address, or
 * the only one in inet_interfaces (postconf(5)); NULL: the system chooses.
 * Without a main.cf: true and NULL. */
bool server_speaks(const struct postfix *postfix, bool v6);
const char *server_bound_to(struct arena *arena,
    const struct postfix *postfix, bool v6);

/* The public addresses that mail of HOST with the settings POSTFIX may leave
 * from: for each family the bound one, or the one that the system chooses, or
 * where that is not known all of its interfaces. */
const char *const *server_addresses(struct arena *arena,
    const struct host *host, const struct postfix *postfix, size_t *n);

#endif
