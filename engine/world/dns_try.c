/* SPDX-License-Identifier: ISC
 * One question over one socket. Hides UDP and TCP, and that both may take or
 * give less than asked for. */
#include "config.h"

#include "engine/world/dns_try.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/base/arena.h"

#define LENGTH_OCTETS 2          /* RFC 1035 4.2.2 */

void
dns_try_init(struct dns_try *t)
{
	*t = (struct dns_try){ .fd = -1 };
}

void
dns_try_close(struct dns_try *t)
{
	if (t->fd >= 0)
		close(t->fd);
	t->fd = -1;
	free(t->in);
	t->in = NULL;
	t->in_len = 0;
}

static bool
connect_to(struct dns_try *t, const struct resolver *server)
{
	int type = t->tcp ? SOCK_STREAM : SOCK_DGRAM;

	t->fd = socket(server->address.ss_family,
		type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	return t->fd >= 0 &&
		(connect(t->fd, (const struct sockaddr *)&server->address,
		server->len) == 0 || errno == EINPROGRESS);
}

bool
dns_try_open(struct dns_try *t, const struct resolver *server,
    const uint8_t *question, size_t len, bool tcp)
{
	size_t skip = tcp ? LENGTH_OCTETS : 0;

	dns_try_close(t);
	if (len == 0 || len + skip > sizeof t->out)
		return false;
	t->tcp = tcp;
	t->ignored = 0;
	t->out[0] = (uint8_t)(len >> 8);
	t->out[1] = (uint8_t)len;
	memcpy(t->out + skip, question, len);
	t->out_len = len + skip;
	t->out_sent = 0;
	t->events = tcp ? POLLOUT : POLLIN;
	if (connect_to(t, server) &&
	    (tcp || send(t->fd, t->out, t->out_len, 0) ==
	    (ssize_t)t->out_len))
		return true;
	dns_try_close(t);
	return false;
}

static bool
is_passing(int error)
{
	return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

static enum dns_try_state
send_more(struct dns_try *t)
{
	int error = 0;
	socklen_t size = sizeof error;
	ssize_t n;

	if (getsockopt(t->fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0 ||
	    error != 0)
		return DNS_TRY_FAILED;
	n = send(t->fd, t->out + t->out_sent, t->out_len - t->out_sent,
		MSG_NOSIGNAL);
	if (n < 0)
		return is_passing(errno) ? DNS_TRY_WAIT : DNS_TRY_FAILED;
	t->out_sent += (size_t)n;
	if (t->out_sent == t->out_len)
		t->events = POLLIN;
	return DNS_TRY_WAIT;
}

/* How many octets of length and reply are to come in all. */
static size_t
stream_goal(const struct dns_try *t)
{
	if (t->in_len < LENGTH_OCTETS)
		return LENGTH_OCTETS;
	return LENGTH_OCTETS + ((size_t)t->in[0] << 8 | t->in[1]);
}

static enum dns_try_state
read_stream(struct dns_try *t, const uint8_t **message, size_t *len)
{
	size_t goal;

	if (t->in == NULL)
		t->in = mem_alloc(LENGTH_OCTETS + UINT16_MAX);
	if (t->in_len != 0 && t->in_len == stream_goal(t))
		t->in_len = 0;       /* the message handed out before */
	for (;;) {
		ssize_t n;

		goal = stream_goal(t);
		if (t->in_len == goal && goal >= LENGTH_OCTETS)
			break;
		n = recv(t->fd, t->in + t->in_len, goal - t->in_len, 0);
		if (n < 0 && is_passing(errno))
			return DNS_TRY_WAIT;
		if (n <= 0)
			return DNS_TRY_FAILED;
		t->in_len += (size_t)n;
	}
	*message = t->in + LENGTH_OCTETS;
	*len = goal - LENGTH_OCTETS;
	return DNS_TRY_MESSAGE;
}

static enum dns_try_state
read_datagram(struct dns_try *t, uint8_t *buffer, size_t size,
    const uint8_t **message, size_t *len)
{
	ssize_t n = recv(t->fd, buffer, size, 0);

	if (n < 0)
		return is_passing(errno) ? DNS_TRY_WAIT : DNS_TRY_FAILED;
	*message = buffer;
	*len = (size_t)n;
	return DNS_TRY_MESSAGE;
}

enum dns_try_state
dns_try_go(struct dns_try *t, uint8_t *buffer, size_t size,
    const uint8_t **message, size_t *len)
{
	if (!t->tcp)
		return read_datagram(t, buffer, size, message, len);
	if (t->events == POLLOUT)
		return send_more(t);
	return read_stream(t, message, len);
}
