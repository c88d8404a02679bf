/* SPDX-License-Identifier: ISC
 * Which of its addresses this system sends from. Hides how the routes are
 * asked. */
#include "config.h"

#include "engine/world/outgoing.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/world/facts.h"

/* Somewhere on the Internet: a.root-servers.net. connect(2) on a datagram
 * socket only looks up the route; no packet leaves. */
#define SOMEWHERE4 "198.41.0.4"
#define SOMEWHERE6 "2001:503:ba3e::2:30"
#define PORT 53

union endpoint {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static socklen_t
somewhere(union endpoint *to, bool v6)
{
	memset(to, 0, sizeof *to);
	if (v6) {
		to->v6.sin6_family = AF_INET6;
		to->v6.sin6_port = htons(PORT);
		inet_pton(AF_INET6, SOMEWHERE6, &to->v6.sin6_addr);
		return sizeof to->v6;
	}
	to->v4.sin_family = AF_INET;
	to->v4.sin_port = htons(PORT);
	inet_pton(AF_INET, SOMEWHERE4, &to->v4.sin_addr);
	return sizeof to->v4;
}

const char *
outgoing_address(struct arena *arena, bool v6)
{
	union endpoint end;
	socklen_t len = somewhere(&end, v6);
	char text[INET6_ADDRSTRLEN] = "";
	int fd = socket(end.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return NULL;
	if (connect(fd, &end.any, len) == 0 &&
	    getsockname(fd, &end.any, &len) == 0)
		inet_ntop(end.any.sa_family, v6 ?
		    (const void *)&end.v6.sin6_addr :
		    (const void *)&end.v4.sin_addr, text, sizeof text);
	close(fd);
	return ip_canonical(arena, text);
}
