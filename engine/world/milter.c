/* SPDX-License-Identifier: ISC
 * Knows how main.cf names milters, where a chrooted Postfix looks for their
 * sockets, and the first message of their protocol. */
#include "config.h"

#include "engine/world/milter.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
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

/* A milter that is being asked. */
struct trial {
	int fd;                  /* -1: it is not, or not any more */
	bool said;               /* hello; before that we connect */
	bool rights;             /* of its path matter */
};

struct milters {
	struct arena *arena;
	const struct postfix *postfix;
	long long deadline;
	struct milter list[MILTERS_MAX];
	struct trial trials[MILTERS_MAX];
	size_t n;
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

/* It is known what is with number I. */
static void
end(struct milters *all, size_t i, enum milter_state state)
{
	struct trial *trial = &all->trials[i];

	close(trial->fd);
	trial->fd = -1;
	all->list[i].state = state;
	if (trial->rights)
		look_at_rights(all->arena, all->postfix, &all->list[i]);
}

/* SMFIC_OPTNEG as Postfix says it: protocol version 6, all actions, all
 * steps (libmilter's mfdef.h). Every milter answers that at once. */
static void
say_hello(struct milters *all, size_t i)
{
	static const unsigned char hello[] = { 0, 0, 0, 13, 'O',
		0, 0, 0, 6, 0, 0, 0x01, 0xff, 0, 0x1f, 0xff, 0xff };

	all->trials[i].said = true;
	if (send(all->trials[i].fd, hello, sizeof hello, MSG_NOSIGNAL) !=
	    (ssize_t)sizeof hello)
		end(all, i, MILTER_REFUSES);
}

static void
connected(struct milters *all, size_t i)
{
	int fault = 0;
	socklen_t size = sizeof fault;

	if (getsockopt(all->trials[i].fd, SOL_SOCKET, SO_ERROR, &fault,
	    &size) != 0)
		fault = errno;
	if (fault != 0)
		end(all, i, state_of(fault));
	else
		say_hello(all, i);
}

/* Whatever it says is an answer; then SMFIC_QUIT. */
static void
hear(struct milters *all, size_t i)
{
	static const unsigned char quit[] = { 0, 0, 0, 1, 'Q' };
	unsigned char reply[5];

	if (recv(all->trials[i].fd, reply, sizeof reply, 0) <= 0) {
		end(all, i, MILTER_REFUSES);
		return;
	}
	(void)send(all->trials[i].fd, quit, sizeof quit, MSG_NOSIGNAL);
	end(all, i, MILTER_ANSWERS);
}

static void
try_address(struct milters *all, size_t i, const struct sockaddr *address,
    socklen_t len)
{
	struct trial *trial = &all->trials[i];

	trial->fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC |
	    SOCK_NONBLOCK, 0);
	if (trial->fd < 0)
		return;
	if (connect(trial->fd, address, len) == 0)
		say_hello(all, i);
	else if (errno != EINPROGRESS)
		end(all, i, state_of(errno));
}

static void
look_at_socket(struct milters *all, size_t i, const char *path)
{
	struct milter *m = &all->list[i];
	const char *queue = postfix_get(all->postfix, "queue_directory");
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	m->chroot = path[0] == '/' && is_chrooted(all->postfix);
	m->place = path[0] != '/' ?
	    arena_printf(all->arena, "%s/%s", queue, path) :
	    m->chroot ? arena_printf(all->arena, "%s%s", queue, path) : path;
	if (strlen(m->place) >= sizeof address.sun_path)
		return;
	memcpy(address.sun_path, m->place, strlen(m->place));
	all->trials[i].rights = true;
	try_address(all, i, (const struct sockaddr *)&address, sizeof address);
}

/* HOST:PORT; only a loopback address is tried. */
static void
look_at_port(struct milters *all, size_t i, const char *text)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	const char *colon = strrchr(text, ':');
	const char *host;
	char *end_of_port;
	long port;

	all->list[i].place = text;
	if (colon == NULL)
		return;
	port = strtol(colon + 1, &end_of_port, 10);
	if (end_of_port == colon + 1 || *end_of_port != '\0' || port < 1 ||
	    port > 65535)
		return;
	host = arena_strndup(all->arena, text, (size_t)(colon - text));
	if (*host == '[')
		host = arena_strndup(all->arena, host + 1,
		    strcspn(host + 1, "]"));
	if (text_same(host, "localhost"))
		host = "127.0.0.1";
	v4.sin_port = v6.sin6_port = htons((uint16_t)port);
	if (inet_pton(AF_INET, host, &v4.sin_addr) == 1 &&
	    ntohl(v4.sin_addr.s_addr) >> 24 == 127)
		try_address(all, i, (const struct sockaddr *)&v4, sizeof v4);
	else if (inet_pton(AF_INET6, host, &v6.sin6_addr) == 1 &&
	    IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr))
		try_address(all, i, (const struct sockaddr *)&v6, sizeof v6);
}

static void
begin(struct milters *all, const char *address)
{
	size_t i = all->n++;
	const char *rest = strchr(address, ':');

	all->list[i] = (struct milter){ .address = address,
		.state = MILTER_UNTRIED, .place = address };
	all->trials[i] = (struct trial){ .fd = -1 };
	if (rest == NULL)
		return;
	rest++;
	if (text_starts(address, "unix:") || text_starts(address, "local:"))
		look_at_socket(all, i, rest);
	else if (text_starts(address, "inet:"))
		look_at_port(all, i, rest);
}

/* The addresses in VALUE that are not in the list yet. */
static void
begin_all(struct milters *all, const char *value)
{
	const char *found[MILTERS_MAX];
	size_t n = milters_split(all->arena, value, found);

	for (size_t i = 0; i < n && all->n < MILTERS_MAX; i++) {
		size_t k = 0;

		while (k < all->n && strcmp(all->list[k].address,
		    found[i]) != 0)
			k++;
		if (k == all->n)
			begin(all, found[i]);
	}
}

struct milters *
milters_begin(struct arena *arena, const struct postfix *postfix, int limit_ms)
{
	struct milters *all = arena_alloc(arena, sizeof *all);
	const struct postfix_service *services;
	size_t n = postfix_services(postfix, &services);

	all->arena = arena;
	all->postfix = postfix;
	all->deadline = clock_ms() + limit_ms;
	begin_all(all, postfix_get(postfix, "smtpd_milters"));
	begin_all(all, postfix_get(postfix, "non_smtpd_milters"));
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < services[i].n_overrides; k++)
			if (strcmp(services[i].overrides[k].name,
			    "smtpd_milters") == 0)
				begin_all(all, services[i].overrides[k].value);
	return all;
}

size_t
milters_poll(const struct milters *all, struct pollfd fds[MILTERS_FDS],
    int *timeout)
{
	long long left = all->deadline - clock_ms();
	size_t n = 0;

	for (size_t i = 0; i < all->n; i++)
		if (all->trials[i].fd >= 0)
			fds[n++] = (struct pollfd){ .fd = all->trials[i].fd,
				.events = all->trials[i].said ? POLLIN :
				POLLOUT };
	if (left < 0)
		left = 0;
	if (n != 0 && (*timeout < 0 || left < *timeout))
		*timeout = (int)left;
	return n;
}

bool
milters_io(struct milters *all)
{
	bool late = clock_ms() >= all->deadline, going = false;

	for (size_t i = 0; i < all->n; i++) {
		const struct trial *trial = &all->trials[i];
		struct pollfd p = { .fd = trial->fd,
			.events = trial->said ? POLLIN : POLLOUT };

		if (trial->fd < 0)
			continue;
		if (poll(&p, 1, 0) > 0) {
			if (trial->said)
				hear(all, i);
			else
				connected(all, i);
		} else if (late) {
			end(all, i, MILTER_HANGS);
		}
		going = going || trial->fd >= 0;
	}
	return !going;
}

void
milters_stop(struct milters *all)
{
	for (size_t i = 0; i < all->n; i++)
		if (all->trials[i].fd >= 0)
			end(all, i, MILTER_UNTRIED);
}

const struct milter *
milters_list(const struct milters *all, size_t *n)
{
	*n = all->n;
	return all->list;
}

const struct milter *
milters_look(struct arena *arena, const struct postfix *postfix, int limit_ms,
    size_t *n)
{
	struct milters *all = milters_begin(arena, postfix, limit_ms);
	struct pollfd fds[MILTERS_FDS];

	while (!milters_io(all)) {
		int timeout = -1;
		size_t n_fds = milters_poll(all, fds, &timeout);

		(void)poll(fds, (nfds_t)n_fds, timeout);
	}
	return milters_list(all, n);
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
