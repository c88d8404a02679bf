/* SPDX-License-Identifier: ISC
 * This host: its name, its addresses, its signer; and the [host] lines of a
 * recording. Hides how the system is asked. */
#include "config.h"

#include "engine/world/host.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <limits.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/world/dns_name.h"
#include "engine/world/facts.h"
#include "engine/world/file.h"
#include "engine/world/outgoing.h"
#include "engine/world/signer.h"

#define HOSTS_MAX ((size_t)1 << 20)
#define ADDRESSES_MAX 1000
#define WORDS_MAX 40
#define SPARES_MAX 100
#define TXT_LIMIT_MAX 65535

struct host *
host_unknown(struct arena *arena)
{
	return arena_alloc(arena, sizeof(struct host));
}

/* ---- the host's name, without asking DNS for it ---- */

static size_t
next_word(const char **at, const char *between, const char **word)
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

	next_word(&line, " \t\r", &word);          /* the address */
	while ((len = next_word(&line, " \t\r", &word)) > 0) {
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

static void
add_address(struct arena *arena, struct host *host, const char *ip,
    const char *interface)
{
	struct host_address *list;
	const char *canonical = ip_canonical(arena, ip);

	if (canonical == NULL || host->n_addresses >= ADDRESSES_MAX)
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
		add_address(arena, host, text, interface->ifa_name);
	} else if (interface->ifa_addr->sa_family == AF_INET6) {
		memcpy(&v6, interface->ifa_addr, sizeof v6);
		if (is_local_v6(&v6.sin6_addr) || inet_ntop(AF_INET6,
			&v6.sin6_addr, text, sizeof text) == NULL)
			return;
		if (is_global_v6(&v6.sin6_addr))
			host->has_ipv6_route = true;
		add_address(arena, host, text, interface->ifa_name);
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

/* ---- the [host] lines of a recording ---- */

static bool
parse_address(struct arena *arena, struct host *host, const char *const *words,
    size_t n, struct str *err)
{
	if (n < 1 || n > 2 || ip_canonical(arena, words[0]) == NULL) {
		str_addf(err, "'%s' is not an address", n > 0 ?
			text_safe(arena, words[0]) : "");
		return false;
	}
	if (host->n_addresses >= ADDRESSES_MAX) {
		str_addf(err, "more than %d addresses", ADDRESSES_MAX);
		return false;
	}
	add_address(arena, host, words[0], n > 1 ? words[1] : NULL);
	return true;
}

static bool
parse_outgoing(struct arena *arena, struct host *host, const char *const *words,
    size_t n, struct str *err)
{
	const char *ip = n == 1 ? ip_canonical(arena, words[0]) : NULL;

	if (ip == NULL) {
		str_adds(err, "'outgoing' is one address");
		return false;
	}
	if (ip_is_v6(ip))
		host->outgoing6 = ip;
	else
		host->outgoing4 = ip;
	return true;
}

static bool
parse_signer(struct arena *arena, struct host *host, const char *const *words,
    size_t n, struct str *err)
{
	struct host_signer signer;

	if (n < 3 || n > 4) {
		str_adds(err, "a signer is PROGRAM DOMAIN SELECTOR [KEYFILE]");
		return false;
	}
	signer = (struct host_signer){
		.program = words[0],
		.domain = words[1],
		.selector = words[2],
		.key_file = n > 3 ? words[3] : NULL,
	};
	signer_add(arena, host, &signer);
	return true;
}

static bool
parse_spare(struct arena *arena, struct host *host, const char *const *words,
    size_t n, struct str *err)
{
	struct host_spare *list = arena_array(arena, host->n_spares + 1,
	    sizeof *list);
	char *end = NULL;
	long days = n == 6 ? strtol(words[5], &end, 10) : -1;

	if (n != 6 || *end != '\0' || days < 0 || days > INT_MAX ||
	    host->n_spares >= SPARES_MAX) {
		str_adds(err, "a spare key is PROGRAM DOMAIN SELECTOR KEYFILE "
		    "newer|older DAYS");
		return false;
	}
	if (host->n_spares != 0)
		memcpy(list, host->spares, host->n_spares * sizeof *list);
	list[host->n_spares++] = (struct host_spare){
		.program = words[0], .domain = words[1], .selector = words[2],
		.key_file = words[3], .newer = text_same(words[4], "newer"),
		.days = (int)days,
	};
	host->spares = list;
	return true;
}

static bool
parse_route(struct arena *arena, struct host *host, const char *const *words,
    size_t n, struct str *err)
{
	(void)arena;
	host->has_ipv6_route = n == 1 && text_same(words[0], "yes");
	if (n == 1 && (host->has_ipv6_route || text_same(words[0], "no")))
		return true;
	str_adds(err, "'ipv6-route' is 'yes' or 'no'");
	return false;
}

static bool
parse_limit(struct arena *arena, struct host *host, const char *const *words,
    size_t n, struct str *err)
{
	char *end = NULL;
	long limit = n == 1 ? strtol(words[0], &end, 10) : -1;

	(void)arena;
	if (end == NULL || *end != '\0' || end == words[0] || limit < 0 ||
	    limit > TXT_LIMIT_MAX) {
		str_addf(err, "'txt-limit' is a number up to %d",
		    TXT_LIMIT_MAX);
		return false;
	}
	host->txt_limit = (int)limit;
	return true;
}

static bool
parse_name(struct arena *arena, struct host *host, const char *const *words,
    size_t n, struct str *err)
{
	char normal[DNS_NAME_SIZE];

	if (n != 1 || !dns_name_normal(words[0], strlen(words[0]), normal)) {
		str_adds(err, "'name' is one host name");
		return false;
	}
	host->name = arena_strdup(arena, normal);
	return true;
}

static bool
parse_month(struct arena *arena, struct host *host, const char *const *words,
    size_t n, struct str *err)
{
	(void)arena;
	if (n != 1 || strlen(words[0]) != 6 ||
	    strspn(words[0], "0123456789") != 6) {
		str_adds(err, "'month' is a year and a month, as in 202611");
		return false;
	}
	host->month = words[0];
	return true;
}

static bool
parse_yes(const char *const *words, size_t n, const char *name, bool *value,
    struct str *err)
{
	if (n != 1 || (strcmp(words[0], "yes") != 0 &&
	    strcmp(words[0], "no") != 0)) {
		str_addf(err, "'%s' is 'yes' or 'no'", name);
		return false;
	}
	*value = strcmp(words[0], "yes") == 0;
	return true;
}

static bool
parse_rspamd(struct arena *arena, struct host *host, const char *const *words,
    size_t n, struct str *err)
{
	(void)arena;
	return parse_yes(words, n, "rspamd", &host->rspamd, err);
}

static bool
parse_amavis(struct arena *arena, struct host *host, const char *const *words,
    size_t n, struct str *err)
{
	(void)arena;
	return parse_yes(words, n, "amavis", &host->amavis, err);
}

static bool
parse_milter(struct arena *arena, struct host *host, const char *const *words,
    size_t n, struct str *err)
{
	struct milter *list;

	list = arena_array(arena, host->n_milters + 1, sizeof *list);
	if (host->n_milters != 0)
		memcpy(list, host->milters, host->n_milters * sizeof *list);
	if (host->n_milters >= MILTERS_MAX ||
	    !milter_parse(words, n, &list[host->n_milters])) {
		str_adds(err, "a milter is ADDRESS STATE PLACE [chroot]");
		return false;
	}
	host->milters = list;
	host->n_milters++;
	return true;
}

/* "opendkim…" lines belong together. */
static bool
parse_opendkim(struct arena *arena, struct host *host, const char *name,
    const char *const *words, size_t n, struct str *err)
{
	struct opendkim *o = arena_alloc(arena, sizeof *o);

	if (host->opendkim != NULL)
		*o = *host->opendkim;
	host->opendkim = o;
	if (opendkim_parse(arena, o, name, words, n))
		return true;
	str_addf(err, "'%s' cannot be read", text_safe(arena, name));
	return false;
}

static const struct {
	const char *name;
	bool (*parse)(struct arena *arena, struct host *host,
	    const char *const *words, size_t n, struct str *err);
} lines[] = {
	{ "name", parse_name },
	{ "address", parse_address },
	{ "outgoing", parse_outgoing },
	{ "ipv6-route", parse_route },
	{ "signer", parse_signer },
	{ "spare", parse_spare },
	{ "txt-limit", parse_limit },
	{ "setting", host_parse_setting },
	{ "month", parse_month },
	{ "rspamd", parse_rspamd },
	{ "amavis", parse_amavis },
	{ "milter", parse_milter },
};

bool
host_parse_line(struct arena *arena, struct host *host, const char *line,
    struct str *err)
{
	const char *words[WORDS_MAX], *equals = strchr(line, '=');
	const char *name, *at = line, *word;
	size_t n = 0, len = next_word(&at, " \t\r=", &name);

	if (equals == NULL || len == 0 || name > equals ||
	    at + strspn(at, " \t") != equals) {
		str_adds(err, "not a \"name = value\" line");
		return false;
	}
	at = equals + 1;
	while (n < WORDS_MAX && (len = next_word(&at, " \t\r\n", &word)) > 0)
		words[n++] = arena_strndup(arena, word, len);
	name = arena_strndup(arena, name, strcspn(name, " \t\r="));
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		if (strcmp(lines[i].name, name) != 0)
			continue;
		host->known = true;
		return lines[i].parse(arena, host, words, n, err);
	}
	if (strncmp(name, "opendkim", strlen("opendkim")) == 0) {
		host->known = true;
		return parse_opendkim(arena, host, name, words, n, err);
	}
	str_addf(err, "unknown name '%s'", text_safe(arena, name));
	return false;
}

/* One word of a line: nothing that would end it. */
static void
print_word(const char *word, struct str *out)
{
	str_addc(out, ' ');
	for (; *word != '\0'; word++)
		str_addc(out, *word > ' ' && *word != 0x7f ? *word : '_');
}

static void
print_spare(const struct host_spare *spare, struct str *out)
{
	str_adds(out, "spare =");
	print_word(spare->program, out);
	print_word(spare->domain, out);
	print_word(spare->selector, out);
	print_word(spare->key_file, out);
	str_addf(out, " %s %d\n", spare->newer ? "newer" : "older",
	    spare->days);
}

void
host_print(const struct host *host, struct str *out)
{
	if (!host->known)
		return;
	if (host->name != NULL && host->name[0] != '\0') {
		str_adds(out, "name =");
		print_word(host->name, out);
		str_addc(out, '\n');
	}
	for (size_t i = 0; i < host->n_addresses; i++) {
		str_adds(out, "address =");
		print_word(host->addresses[i].ip, out);
		if (host->addresses[i].interface != NULL)
			print_word(host->addresses[i].interface, out);
		str_addc(out, '\n');
	}
	if (host->outgoing4 != NULL)
		str_addf(out, "outgoing = %s\n", host->outgoing4);
	if (host->outgoing6 != NULL)
		str_addf(out, "outgoing = %s\n", host->outgoing6);
	str_addf(out, "ipv6-route = %s\n", host->has_ipv6_route ? "yes" : "no");
	for (size_t i = 0; i < host->n_signers; i++) {
		const struct host_signer *signer = &host->signers[i];

		str_adds(out, "signer =");
		print_word(signer->program, out);
		print_word(signer->domain, out);
		print_word(signer->selector, out);
		if (signer->key_file != NULL)
			print_word(signer->key_file, out);
		str_addc(out, '\n');
	}
	for (size_t i = 0; i < host->n_spares; i++)
		print_spare(&host->spares[i], out);
	host_print_settings(host, out);
	if (host->txt_limit > 0)
		str_addf(out, "txt-limit = %d\n", host->txt_limit);
	if (host->month != NULL)
		str_addf(out, "month = %s\n", host->month);
	if (host->rspamd)
		str_adds(out, "rspamd = yes\n");
	if (host->amavis)
		str_adds(out, "amavis = yes\n");
	if (host->opendkim != NULL)
		opendkim_print(host->opendkim, out);
	for (size_t i = 0; i < host->n_milters; i++)
		milter_print(&host->milters[i], out);
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
