/* SPDX-License-Identifier: ISC
 * This host: its name, its addresses, its signer. Hides how the system is asked. */
#include "config.h"

#include "engine/world/host.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <limits.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "engine/base/text.h"
#include "engine/world/facts.h"
#include "engine/world/file.h"
#include "engine/world/host_parts.h"
#include "engine/world/outgoing.h"
#include "engine/world/signer.h"

#define HOSTS_MAX ((size_t)1 << 20)

struct host *
host_unknown(struct arena *arena)
{
	return arena_alloc(arena, sizeof(struct host));
}

/* ---- the host's name, without asking DNS for it ---- */

size_t
host_next_word(const char **at, const char *between, const char **word)
{
	size_t len;

	*at += strspn(*at, between);
	*word = *at;
	len = strcspn(*at, between);
	*at += len;
	return len;
}

/* The first name with a dot in one line of a hosts file that has NAME among
 * its names, or NULL. */
static const char *
name_in_line(struct arena *arena, const char *line, const char *name)
{
	const char *word, *full = NULL;
	bool ours = false;
	size_t len, full_len = 0;

	host_next_word(&line, " \t\r", &word);          /* the address */
	while ((len = host_next_word(&line, " \t\r", &word)) > 0) {
		if (full == NULL && memchr(word, '.', len) != NULL) {
			full = word;
			full_len = len;
		}
		if (len == strlen(name) && text_same_n(word, name, len))
			ours = true;
	}
	return ours && full != NULL ? text_domain(arena, full, full_len) : NULL;
}

/* hosts(5): where a short host name gets its domain from. */
static const char *
name_in_hosts(struct arena *arena, const char *path, const char *name)
{
	struct str text;
	const char *found = NULL;
	char *at;

	str_init(&text, HOSTS_MAX);
	if (file_read(path, &text) == 0) {
		at = text.text;
		while (*at != '\0' && found == NULL) {
			size_t len = strcspn(at, "\n");
			char *line = arena_strndup(arena, at, len);

			line[strcspn(line, "#")] = '\0';
			found = name_in_line(arena, line, name);
			at += len + (at[len] == '\n');
		}
	}
	str_free(&text);
	return found;
}

static const char *
read_name(struct arena *arena, const char *etc)
{
	char name[HOST_NAME_MAX + 1] = "";
	const char *full;

	if (gethostname(name, sizeof name - 1) < 0 || name[0] == '\0')
		return NULL;
	if (strchr(name, '.') != NULL)
		return text_domain(arena, name, strlen(name));
	full = name_in_hosts(arena, arena_printf(arena, "%s/hosts", etc), name);
	return full != NULL ? full : text_domain(arena, name, strlen(name));
}

/* ---- its addresses ---- */

static bool
is_local_v6(const struct in6_addr *address)
{
	return IN6_IS_ADDR_LINKLOCAL(address) || IN6_IS_ADDR_LOOPBACK(address);
}

/* 169.254.0.0/16 and 127.0.0.0/8 say nothing about how mail leaves
 * (RFC 3927 2.7, RFC 1122 3.2.1.3). */
static bool
is_local_v4(const struct in_addr *address)
{
	uint32_t a = ntohl(address->s_addr);

	return a >> 24 == 127 || a >> 16 == 0xa9fe;
}

/* RFC 4291 2.4 and the IANA registry: all global unicast given out so far lies
 * in 2000::/3. */
static bool
is_global_v6(const struct in6_addr *address)
{
	return (address->s6_addr[0] & 0xe0) == 0x20;
}

void
host_add_address(struct arena *arena, struct host *host, const char *ip,
    const char *interface)
{
	struct host_address *list;
	const char *canonical = ip_canonical(arena, ip);

	if (canonical == NULL || host->n_addresses >= HOST_ADDRESSES_MAX)
		return;
	for (size_t i = 0; i < host->n_addresses; i++) {
		if (strcmp(host->addresses[i].ip, canonical) == 0)
			return;
	}
	list = arena_alloc(arena, (host->n_addresses + 1) * sizeof *list);
	if (host->n_addresses > 0)
		memcpy(list, host->addresses,
		    host->n_addresses * sizeof *list);
	list[host->n_addresses++] = (struct host_address){
		.ip = canonical, .interface = arena_strdup(arena, interface)
	};
	host->addresses = list;
}

static void
take_interface(struct arena *arena, struct host *host,
    const struct ifaddrs *interface)
{
	char text[INET6_ADDRSTRLEN];
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	if (interface->ifa_addr == NULL ||
	    (interface->ifa_flags & IFF_LOOPBACK) != 0 ||
	    (interface->ifa_flags & IFF_UP) == 0)
		return;
	if (interface->ifa_addr->sa_family == AF_INET) {
		memcpy(&v4, interface->ifa_addr, sizeof v4);
		if (is_local_v4(&v4.sin_addr) || inet_ntop(AF_INET,
			&v4.sin_addr, text, sizeof text) == NULL)
			return;
		host_add_address(arena, host, text, interface->ifa_name);
	} else if (interface->ifa_addr->sa_family == AF_INET6) {
		memcpy(&v6, interface->ifa_addr, sizeof v6);
		if (is_local_v6(&v6.sin6_addr) || inet_ntop(AF_INET6,
			&v6.sin6_addr, text, sizeof text) == NULL)
			return;
		if (is_global_v6(&v6.sin6_addr))
			host->has_ipv6_route = true;
		host_add_address(arena, host, text, interface->ifa_name);
	}
}

static void
read_addresses(struct arena *arena, struct host *host)
{
	struct ifaddrs *all = NULL;

	if (getifaddrs(&all) < 0)
		return;
	for (struct ifaddrs *i = all; i != NULL; i = i->ifa_next)
		take_interface(arena, host, i);
	freeifaddrs(all);
}

/* A new selector is named by it. */
static const char *
this_month(struct arena *arena)
{
	time_t now = time(NULL);
	struct tm tm;
	char text[16];

	return gmtime_r(&now, &tm) != NULL &&
	    strftime(text, sizeof text, "%Y%m", &tm) != 0 ?
	    arena_strdup(arena, text) : NULL;
}

struct host *
host_read(struct arena *arena, const char *etc)
{
	struct host *host = host_unknown(arena);
	const char *path;

	host->known = true;
	host->month = this_month(arena);
	host->name = read_name(arena, etc);
	read_addresses(arena, host);
	host->outgoing4 = outgoing_address(arena, false);
	host->outgoing6 = outgoing_address(arena, true);
	/* Debian and upstream keep it in /etc, Fedora's older builds too */
	path = arena_printf(arena, "%s/opendkim.conf", etc);
	host_read_opendkim(arena, host, path);
	host->rspamd = access(arena_printf(arena, "%s/rspamd/local.d", etc),
	    F_OK) == 0;
	path = arena_printf(arena, "%s/rspamd/local.d/dkim_signing.conf", etc);
	host_read_rspamd(arena, host, path);
	host_read_amavis(arena, host, etc);
	host_find_spares(arena, host);
	host_read_programs(arena, host, etc);
	return host;
}

bool
host_has_address(const struct host *host, const char *ip,
    const char **interface)
{
	struct arena *arena = arena_new();
	const char *canonical = ip_canonical(arena, ip);
	bool found = false;

	for (size_t i = 0; canonical != NULL && i < host->n_addresses; i++) {
		if (strcmp(host->addresses[i].ip, canonical) != 0)
			continue;
		found = true;
		if (interface != NULL)
			*interface = host->addresses[i].interface;
		break;
	}
	arena_free(&arena);
	return found;
}
