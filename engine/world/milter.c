/* SPDX-License-Identifier: ISC
 * Knows how main.cf names milters, where a chrooted Postfix looks for their
 * sockets, and the first message of their protocol. */
#include "config.h"

#include "engine/world/milter.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "engine/base/clock.h"
#include "engine/base/text.h"
#include "engine/world/rights.h"

static const char *const names[] = {
	[MILTER_UNTRIED] = "untried", [MILTER_ANSWERS] = "answers",
	[MILTER_ABSENT] = "absent", [MILTER_REFUSES] = "refuses",
	[MILTER_HANGS] = "hangs", [MILTER_HIDDEN] = "hidden",
	[MILTER_DENIED] = "denied",
};

const char *
milter_state_name(enum milter_state state)
{
	return names[state];
}

/* ---- how they are named ---- */

size_t
milters_split(struct arena *arena, const char *value,
    const char *out[MILTERS_MAX])
{
	size_t n = 0;

	while (n < MILTERS_MAX) {
		bool group;
		size_t len;

		value += strspn(value, ", \t\r\n");
		group = *value == '{';
		if (group)
			value += 1 + strspn(value + 1, ", \t\r\n");
		len = strcspn(value, group ? ", \t\r\n}" : ", \t\r\n");
		if (len == 0 && *value == '\0')
			break;
		if (len != 0)
			out[n++] = arena_strndup(arena, value, len);
		value += len;
		if (group) {
			value += strcspn(value, "}");
			value += *value == '}';
		}
	}
	return n;
}

/* smtpd asks for mail that comes by SMTP, cleanup for the rest. */
static bool
is_chrooted(const struct postfix *postfix)
{
	const struct postfix_service *list;
	size_t n = postfix_services(postfix, &list);

	for (size_t i = 0; i < n; i++)
		if ((strcmp(list[i].command, "smtpd") == 0 ||
		    strcmp(list[i].command, "cleanup") == 0) &&
		    postfix_is_chrooted(postfix, &list[i]))
			return true;
	return false;
}

/* ---- do they answer ---- */

static bool
is_ready(int fd, short events, long long deadline)
{
	struct pollfd p = { .fd = fd, .events = events };
	long long left;

	do {
		left = deadline - clock_ms();
		if (left <= 0)
			return false;
	} while (poll(&p, 1, (int)left) < 0 && errno == EINTR);
	return p.revents != 0;
}

/* SMFIC_OPTNEG as Postfix says it: protocol version 6, all actions, all
 * steps (libmilter's mfdef.h). Every milter answers that at once; then
 * SMFIC_QUIT. */
static enum milter_state
says_hello(int fd, long long deadline)
{
	static const unsigned char hello[] = { 0, 0, 0, 13, 'O',
		0, 0, 0, 6, 0, 0, 0x01, 0xff, 0, 0x1f, 0xff, 0xff };
	static const unsigned char quit[] = { 0, 0, 0, 1, 'Q' };
	unsigned char reply[5];

	if (send(fd, hello, sizeof hello, MSG_NOSIGNAL) !=
	    (ssize_t)sizeof hello)
		return MILTER_REFUSES;
	if (!is_ready(fd, POLLIN, deadline))
		return MILTER_HANGS;
	if (recv(fd, reply, sizeof reply, 0) <= 0)
		return MILTER_REFUSES;
	(void)send(fd, quit, sizeof quit, MSG_NOSIGNAL);
	return MILTER_ANSWERS;
}

static enum milter_state
state_of(int fault)
{
	switch (fault) {
	case ENOENT:
	case ENOTDIR:
		return MILTER_ABSENT;
	case EACCES:
	case EPERM:
		return MILTER_HIDDEN;
	case EAGAIN:              /* a local socket whose queue is full */
		return MILTER_HANGS;
	default:
		return MILTER_REFUSES;
	}
}

static enum milter_state
try_address(const struct sockaddr *address, socklen_t len, int limit_ms)
{
	long long deadline = clock_ms() + limit_ms;
	int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC |
	    SOCK_NONBLOCK, 0);
	enum milter_state state;
	int fault = 0;
	socklen_t size = sizeof fault;

	if (fd < 0)
		return MILTER_UNTRIED;
	if (connect(fd, address, len) != 0) {
		fault = errno;
		if (fault == EINPROGRESS) {
			if (!is_ready(fd, POLLOUT, deadline))
				fault = EAGAIN;
			else if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &fault,
			    &size) != 0)
				fault = errno;
		}
	}
	state = fault != 0 ? state_of(fault) : says_hello(fd, deadline);
	close(fd);
	return state;
}

/* smtpd and cleanup are Postfix's own user when they ask. */
static void
look_at_rights(struct arena *arena, const struct postfix *postfix,
    struct milter *m)
{
	struct rights_user user;

	if (m->state != MILTER_ANSWERS ||
	    !rights_find(postfix_get(postfix, "mail_owner"), &user))
		return;
	m->culprit = rights_stop(arena, &user, m->place, 2);
	if (m->culprit != NULL)
		m->state = MILTER_DENIED;
}

static void
look_at_socket(struct arena *arena, const struct postfix *postfix,
    const char *path, int limit_ms, struct milter *m)
{
	const char *queue = postfix_get(postfix, "queue_directory");
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	m->chroot = path[0] == '/' && is_chrooted(postfix);
	m->place = path[0] != '/' ?
	    arena_printf(arena, "%s/%s", queue, path) :
	    m->chroot ? arena_printf(arena, "%s%s", queue, path) : path;
	if (strlen(m->place) >= sizeof address.sun_path)
		return;
	memcpy(address.sun_path, m->place, strlen(m->place));
	m->state = try_address((const struct sockaddr *)&address,
	    sizeof address, limit_ms);
	look_at_rights(arena, postfix, m);
}

/* HOST:PORT; only a loopback address is tried. */
static void
look_at_port(struct arena *arena, const char *text, int limit_ms,
    struct milter *m)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	const char *colon = strrchr(text, ':');
	const char *host;
	char *end;
	long port;

	m->place = text;
	if (colon == NULL)
		return;
	port = strtol(colon + 1, &end, 10);
	if (end == colon + 1 || *end != '\0' || port < 1 || port > 65535)
		return;
	host = arena_strndup(arena, text, (size_t)(colon - text));
	if (*host == '[')
		host = arena_strndup(arena, host + 1, strcspn(host + 1, "]"));
	if (text_same(host, "localhost"))
		host = "127.0.0.1";
	v4.sin_port = v6.sin6_port = htons((uint16_t)port);
	if (inet_pton(AF_INET, host, &v4.sin_addr) == 1 &&
	    ntohl(v4.sin_addr.s_addr) >> 24 == 127)
		m->state = try_address((const struct sockaddr *)&v4, sizeof v4,
		    limit_ms);
	else if (inet_pton(AF_INET6, host, &v6.sin6_addr) == 1 &&
	    IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr))
		m->state = try_address((const struct sockaddr *)&v6, sizeof v6,
		    limit_ms);
}

static void
look(struct arena *arena, const struct postfix *postfix, int limit_ms,
    struct milter *m)
{
	const char *rest = strchr(m->address, ':');

	m->state = MILTER_UNTRIED;
	m->place = m->address;
	if (rest == NULL)
		return;
	rest++;
	if (text_starts(m->address, "unix:") ||
	    text_starts(m->address, "local:"))
		look_at_socket(arena, postfix, rest, limit_ms, m);
	else if (text_starts(m->address, "inet:"))
		look_at_port(arena, rest, limit_ms, m);
}

/* The addresses in VALUE that are not in LIST yet. */
static size_t
look_at_all(struct arena *arena, const struct postfix *postfix,
    const char *value, int limit_ms, struct milter *list, size_t n)
{
	const char *found[MILTERS_MAX];
	size_t n_found = milters_split(arena, value, found);

	for (size_t i = 0; i < n_found && n < MILTERS_MAX; i++) {
		size_t k = 0;

		while (k < n && strcmp(list[k].address, found[i]) != 0)
			k++;
		if (k < n)
			continue;
		list[n].address = found[i];
		look(arena, postfix, limit_ms, &list[n++]);
	}
	return n;
}

const struct milter *
milters_look(struct arena *arena, const struct postfix *postfix, int limit_ms,
    size_t *n)
{
	struct milter *list = arena_array(arena, MILTERS_MAX, sizeof *list);
	const struct postfix_service *services;
	size_t n_services = postfix_services(postfix, &services);

	*n = look_at_all(arena, postfix, postfix_get(postfix,
	    "smtpd_milters"), limit_ms, list, 0);
	*n = look_at_all(arena, postfix, postfix_get(postfix,
	    "non_smtpd_milters"), limit_ms, list, *n);
	for (size_t i = 0; i < n_services; i++)
		for (size_t k = 0; k < services[i].n_overrides; k++)
			if (strcmp(services[i].overrides[k].name,
			    "smtpd_milters") == 0)
				*n = look_at_all(arena, postfix,
				    services[i].overrides[k].value, limit_ms,
				    list, *n);
	return list;
}

/* ---- recording ---- */

static void
put(const char *text, struct str *out)
{
	str_addc(out, ' ');
	for (; *text != '\0'; text++)
		str_addc(out, *text > ' ' && *text != 0x7f ? *text : '_');
}

void
milter_print(const struct milter *milter, struct str *out)
{
	str_adds(out, "milter =");
	put(milter->address, out);
	put(names[milter->state], out);
	put(milter->place, out);
	str_adds(out, milter->chroot ? " chroot\n" : "\n");
}

bool
milter_parse(const char *const *words, size_t n, struct milter *out)
{
	if (n < 3 || n > 4)
		return false;
	*out = (struct milter){ .address = words[0], .place = words[2],
		.chroot = n == 4 };
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(names[i], words[1]) == 0) {
			out->state = (enum milter_state)i;
			return true;
		}
	return false;
}
