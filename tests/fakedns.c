/* SPDX-License-Identifier: ISC
 * fakedns: a name server for tests on loopback addresses, which misbehaves as
 * told. Knows sockets and time.
 *
 * usage: fakedns [-e] CONFIG        (-e: end when standard input ends)
 *
 * CONFIG, one thing a line, '#' begins a comment; files are relative to it:
 *   server ADDR PORT [FLAG...] [delay=MS] zone=FILE
 *   rule NAME TYPE [FLAG...] [delay=MS] [dropfirst=N]     (NAME, TYPE: or '*')
 *   log=FILE                          (each question as "NAME TYPE")
 * FLAG: rec drop servfail refuse tc badid badsrc noedns notcp nxdomain formerr
 *   garbage cut loop lie badidfirst drip droptcp hangup lame refer rewrite
 * Port 0 takes a free one. Prints "port N" for each server, then "ready". */
#include "config.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tests/fakedns_answer.h"
#include "tests/fakedns_config.h"

#define MAX_CONNECTIONS 128
#define MESSAGE_SIZE 65537

struct connection {
	int fd;                  /* -1: free */
	unsigned int serial;
	const struct server *server;
	uint8_t *in;
	size_t in_len;
};

/* Something to be sent later. */
struct pending {
	struct pending *next;
	long long due;
	int fd;
	int connection;          /* -1: UDP */
	unsigned int serial;
	struct sockaddr_storage to;
	socklen_t to_len;
	size_t len;
	uint8_t *data;           /* NULL: close the connection */
};

static struct {
	struct fake_config config;
	struct connection connections[MAX_CONNECTIONS];
	struct pending *pending;
	int stranger;            /* the address that "badsrc" sends from */
} fake;

static long long
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- sockets ---- */

static unsigned short *
port_of(struct server *server)
{
	if (server->address.ss_family == AF_INET6)
		return &((struct sockaddr_in6 *)(void *)
			&server->address)->sin6_port;
	return &((struct sockaddr_in *)(void *)&server->address)->sin_port;
}

static int
bind_socket(struct server *server, int type)
{
	int one = 1, big = 1 << 20;
	int fd = socket(server->address.ss_family,
		type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		fake_die("socket", strerror(errno));
	if (type == SOCK_STREAM)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	else
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &big, sizeof big);
	if (bind(fd, (struct sockaddr *)&server->address,
		server->address_len) != 0 ||
	    (type == SOCK_STREAM && listen(fd, 64) != 0)) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Both sockets on one port; a free port for UDP may be taken for TCP. */
static void
open_server(struct server *server)
{
	bool any = *port_of(server) == 0;

	server->udp = server->tcp = -1;
	for (int i = 0; i < 100; i++) {
		socklen_t len = sizeof server->address;

		server->udp = bind_socket(server, SOCK_DGRAM);
		if (server->udp < 0)
			break;
		getsockname(server->udp, (struct sockaddr *)&server->address,
		    &len);
		if ((server->flags & NOTCP) == 0)
			server->tcp = bind_socket(server, SOCK_STREAM);
		if (server->tcp >= 0 || (server->flags & NOTCP) != 0)
			break;
		close(server->udp);
		server->udp = -1;
		if (!any)
			break;
		*port_of(server) = 0;
	}
	if (server->udp < 0)
		fake_die("bind", strerror(errno));
	printf("port %u\n", ntohs(*port_of(server)));
}

static void
open_stranger(void)
{
	struct server other = { .address_len = sizeof(struct sockaddr_in) };
	struct sockaddr_in *in = (struct sockaddr_in *)(void *)&other.address;

	in->sin_family = AF_INET;
	in->sin_addr.s_addr = htonl(INADDR_LOOPBACK + 252);
	fake.stranger = bind_socket(&other, SOCK_DGRAM);
}

/* ---- answering ---- */

struct origin {
	const struct server *server;
	int connection;          /* -1: UDP */
	const struct sockaddr_storage *from;
	socklen_t from_len;
};

static void
send_later(const struct origin *origin, int fd, int delay,
    const uint8_t *data, size_t len)
{
	struct pending *p = calloc(1, sizeof *p);

	if (p == NULL)
		fake_die("memory", "none left");
	p->due = now_ms() + delay;
	p->fd = fd;
	p->connection = origin->connection;
	if (origin->connection >= 0)
		p->serial = fake.connections[origin->connection].serial;
	if (origin->from != NULL)
		p->to = *origin->from;
	p->to_len = origin->from_len;
	p->len = len;
	if (data != NULL) {
		p->data = malloc(len + 1);
		if (p->data == NULL)
			fake_die("memory", "none left");
		memcpy(p->data, data, len);
	}
	p->next = fake.pending;
	fake.pending = p;
}

static void
send_stream(const struct origin *origin, int fd, int delay,
    const uint8_t *reply, size_t len, bool drip)
{
	static uint8_t framed[MESSAGE_SIZE];
	size_t piece = drip ? 700 : len + 2;

	framed[0] = (uint8_t)(len >> 8);
	framed[1] = (uint8_t)len;
	memcpy(framed + 2, reply, len);
	if (drip) {
		send_later(origin, fd, delay, framed, 1);
		send_later(origin, fd, delay + 4, framed + 1, 4);
	}
	for (size_t at = drip ? 5 : 0; at < len + 2; at += piece) {
		delay += drip ? 8 : 0;
		send_later(origin, fd, delay, framed + at,
		    len + 2 - at < piece ? len + 2 - at : piece);
	}
}

static void
send_reply(const struct origin *origin, int fd, int delay, uint8_t *reply,
    size_t len, unsigned int flags)
{
	bool tcp = origin->connection >= 0;

	if ((flags & BADIDFIRST) != 0) {
		reply[1] ^= 1;
		if (tcp)
			send_stream(origin, fd, delay, reply, len, false);
		else
			send_later(origin, fd, delay, reply, len);
		reply[1] ^= 1;
		/* two messages in one stream come together, two datagrams do
		 * not */
		delay += tcp ? 0 : 5;
	}
	if ((flags & BADID) != 0)
		reply[1] ^= 1;
	if (tcp)
		send_stream(origin, fd, delay, reply, len,
		    (flags & DRIP) != 0);
	else
		send_later(origin, (flags & BADSRC) != 0 ? fake.stranger : fd,
		    delay, reply, len);
}

static void
take_question(const struct origin *origin, int fd, const uint8_t *wire,
    size_t len)
{
	unsigned int flags = origin->server->flags;
	int delay = origin->server->delay;
	bool tcp = origin->connection >= 0;
	struct question question;
	uint8_t *reply;
	size_t reply_len = 0;

	if (!read_question(wire, len, &question))
		return;
	if (fake.config.log != NULL) {
		fprintf(fake.config.log, "%s %s\n", question.name,
		    question.type);
		fflush(fake.config.log);
	}
	flags = fake_rules(&fake.config, &question, flags, &delay);
	if ((flags & DROP) != 0 || (tcp && (flags & DROPTCP) != 0))
		return;
	if (tcp && (flags & HANGUP) != 0) {
		send_later(origin, fd, delay, NULL, 0);
		return;
	}
	reply = world_answer(origin->server->world, wire, len, tcp, flags,
		&reply_len);
	if (reply != NULL)
		send_reply(origin, fd, delay, reply, reply_len, flags);
	free(reply);
}

/* ---- the loop ---- */

static void
read_datagrams(const struct server *server)
{
	static uint8_t wire[MESSAGE_SIZE];
	struct sockaddr_storage from;

	for (;;) {
		struct origin origin = {
			.server = server, .connection = -1, .from = &from,
			.from_len = sizeof from,
		};
		ssize_t n = recvfrom(server->udp, wire, sizeof wire, 0,
			(struct sockaddr *)&from, &origin.from_len);

		if (n < 0)
			return;
		take_question(&origin, server->udp, wire, (size_t)n);
	}
}

static void
accept_connection(const struct server *server)
{
	int fd = accept4(server->tcp, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	for (size_t i = 0; fd >= 0 && i < MAX_CONNECTIONS; i++) {
		struct connection *c = &fake.connections[i];

		if (c->fd >= 0)
			continue;
		c->fd = fd;
		c->serial++;
		c->server = server;
		c->in_len = 0;
		if (c->in == NULL)
			c->in = malloc(MESSAGE_SIZE);
		return;
	}
	if (fd >= 0)
		close(fd);
}

static void
close_connection(struct connection *c)
{
	close(c->fd);
	c->fd = -1;
}

static void
read_connection(struct connection *c)
{
	struct origin origin = {
		.server = c->server,
		.connection = (int)(c - fake.connections),
	};
	ssize_t n = recv(c->fd, c->in + c->in_len, MESSAGE_SIZE - c->in_len, 0);
	size_t len;

	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0) {
		close_connection(c);
		return;
	}
	c->in_len += (size_t)n;
	while (c->in_len >= 2) {
		len = (size_t)c->in[0] << 8 | c->in[1];
		if (c->in_len < len + 2)
			return;
		take_question(&origin, c->fd, c->in + 2, len);
		c->in_len -= len + 2;
		memmove(c->in, c->in + len + 2, c->in_len);
	}
}

static void
send_now(const struct pending *p)
{
	struct connection *c;

	if (p->connection < 0) {
		sendto(p->fd, p->data, p->len, 0,
		    (const struct sockaddr *)&p->to, p->to_len);
		return;
	}
	c = &fake.connections[p->connection];
	if (c->fd != p->fd || c->serial != p->serial)
		return;          /* closed meanwhile */
	if (p->data == NULL || send(c->fd, p->data, p->len, MSG_NOSIGNAL) !=
	    (ssize_t)p->len)
		close_connection(c);
}

static struct pending **
earliest(void)
{
	struct pending **best = NULL;

	/* of equal ones the last in the list, which was put there first */
	for (struct pending **p = &fake.pending; *p != NULL; p = &(*p)->next) {
		if (best == NULL || (*p)->due <= (*best)->due)
			best = p;
	}
	return best;
}

static void
send_due(void)
{
	for (;;) {
		struct pending **first = earliest(), *p;

		if (first == NULL || (*first)->due > now_ms())
			return;
		p = *first;
		*first = p->next;
		send_now(p);
		free(p->data);
		free(p);
	}
}

static int
wait_ms(void)
{
	struct pending **first = earliest();
	long long left;

	if (first == NULL)
		return -1;
	left = (*first)->due - now_ms();
	return left > 0 ? (int)left : 0;
}

/* One turn; false at the end of standard input. */
static bool
turn(bool watch_stdin)
{
	struct pollfd fds[1 + 2 * FAKE_MAX_SERVERS + MAX_CONNECTIONS];
	size_t n = 0;
	size_t first_connection = 1 + 2 * fake.config.n_servers;
	char c;

	fds[n++] = (struct pollfd){ watch_stdin ? 0 : -1, POLLIN, 0 };
	for (size_t i = 0; i < fake.config.n_servers; i++) {
		const struct server *server = &fake.config.servers[i];

		fds[n++] = (struct pollfd){ server->udp, POLLIN, 0 };
		fds[n++] = (struct pollfd){ server->tcp, POLLIN, 0 };
	}
	for (size_t i = 0; i < MAX_CONNECTIONS; i++)
		fds[n++] = (struct pollfd){ fake.connections[i].fd, POLLIN, 0 };
	if (poll(fds, n, wait_ms()) < 0)
		return errno == EINTR;
	if (fds[0].revents != 0 && read(0, &c, 1) <= 0)
		return false;
	for (size_t i = 0; i < MAX_CONNECTIONS; i++) {
		if (fds[first_connection + i].revents != 0)
			read_connection(&fake.connections[i]);
	}
	for (size_t i = 0; i < fake.config.n_servers; i++) {
		if (fds[1 + 2 * i].revents != 0)
			read_datagrams(&fake.config.servers[i]);
		if (fds[2 + 2 * i].revents != 0)
			accept_connection(&fake.config.servers[i]);
	}
	send_due();
	return true;
}

static void
release(void)
{
	for (size_t i = 0; i < fake.config.n_servers; i++)
		world_free(fake.config.servers[i].world);
	for (size_t i = 0; i < MAX_CONNECTIONS; i++)
		free(fake.connections[i].in);
	while (fake.pending != NULL) {
		struct pending *p = fake.pending;

		fake.pending = p->next;
		free(p->data);
		free(p);
	}
	if (fake.config.log != NULL)
		fclose(fake.config.log);
}

int
main(int argc, char **argv)
{
	bool watch_stdin = argc == 3 && strcmp(argv[1], "-e") == 0;

	if (argc != 2 && !watch_stdin)
		fake_die("usage", "fakedns [-e] CONFIG");
	signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; i < MAX_CONNECTIONS; i++)
		fake.connections[i].fd = -1;
	fake_read_config(&fake.config, argv[argc - 1]);
	for (size_t i = 0; i < fake.config.n_servers; i++)
		open_server(&fake.config.servers[i]);
	open_stranger();
	puts("ready");
	fflush(stdout);
	while (turn(watch_stdin))
		;
	release();
	return 0;
}
