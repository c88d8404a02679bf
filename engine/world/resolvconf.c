/* SPDX-License-Identifier: ISC
 * resolv.conf(5) and --resolver. Hides the ways to write an address with a
 * port. */
#include "config.h"

#include "engine/world/resolvconf.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/i18n.h"

#define DEFAULT_PORT "53"
/* resolv.conf(5): greater values are silently taken for these */
#define MAX_TIMEOUT_S 30
#define MAX_ATTEMPTS 5
#define MAX_LINE 1024

void
resolvconf_init(struct resolvconf *conf)
{
	*conf = (struct resolvconf){ .timeout_ms = 1500, .attempts = 2 };
}

/* Cut "ADDR@PORT", "[v6]:PORT" or "v4:PORT" in two, in place. False: there is
 * a bracket too many or too few. */
static bool
split_port(char *text, char **host, const char **port)
{
	char *at = strchr(text, '@'), *end = strchr(text, ']');
	char *colon = strchr(text, ':');

	*host = text;
	*port = DEFAULT_PORT;
	if (text[0] == '[') {
		if (end == NULL || (end[1] != '\0' && end[1] != ':' &&
		    end[1] != '@'))
			return false;
		*host = text + 1;
		if (end[1] != '\0')
			*port = end + 2;
		*end = '\0';
		return true;
	}
	/* one colon cannot be IPv6 */
	if (at == NULL && colon != NULL && strchr(colon + 1, ':') == NULL)
		at = colon;
	if (at != NULL) {
		*at = '\0';
		*port = at + 1;
	}
	return end == NULL;
}

static bool
is_port(const char *text)
{
	size_t len = strspn(text, "0123456789");
	unsigned long port = strtoul(text, NULL, 10);

	return len != 0 && len <= 5 && text[len] == '\0' && port >= 1 &&
		port <= UINT16_MAX;
}

/* getaddrinfo(3) also takes "127.1" and the like; a name server written that
 * way is more likely a slip. */
static bool
is_dotted_quad(const char *host)
{
	struct in_addr octets;

	return inet_pton(AF_INET, host, &octets) == 1;
}

static bool
resolve(struct resolver *out, const char *host, const char *port)
{
	struct addrinfo hints = {
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
		.ai_socktype = SOCK_DGRAM,
	};
	struct addrinfo *found;
	char shown[INET6_ADDRSTRLEN + 16];
	bool good;

	if (getaddrinfo(host, port, &hints, &found) != 0)
		return false;
	good = (found->ai_family == AF_INET6 || is_dotted_quad(host)) &&
		found->ai_addrlen <= sizeof out->address &&
		getnameinfo(found->ai_addr, found->ai_addrlen, shown,
		    sizeof shown, NULL, 0, NI_NUMERICHOST) == 0;
	if (good) {
		memset(out, 0, sizeof *out);
		memcpy(&out->address, found->ai_addr, found->ai_addrlen);
		out->len = found->ai_addrlen;
		snprintf(out->text, sizeof out->text, "%s@%s", shown, port);
	}
	freeaddrinfo(found);
	return good;
}

bool
resolvconf_add(struct resolvconf *conf, const char *text, struct str *err)
{
	char copy[128], *host;
	const char *port;

	if (conf->n == RESOLV_MAX_SERVERS) {
		str_addf(err, _("more than %d name servers"),
		    RESOLV_MAX_SERVERS);
		return false;
	}
	snprintf(copy, sizeof copy, "%s", text);
	if (strlen(text) >= sizeof copy || !split_port(copy, &host, &port)) {
		str_addf(err, _("'%.80s' is not an IP address with or without "
			"a port (ADDR@PORT)"), text);
		return false;
	}
	if (!is_port(port)) {
		str_addf(err, _("'%.80s': the port is not a number from 1 to "
			"65535"), text);
		return false;
	}
	if (!resolve(&conf->servers[conf->n], host, port)) {
		str_addf(err, _("'%.80s' is not an IP address"), text);
		return false;
	}
	conf->n++;
	return true;
}

/* ---- the file ---- */

static const char *
skip_blanks(const char *text)
{
	return text + strspn(text, " \t");
}

/* The number behind PREFIX, limited; false when TEXT is another option. */
static bool
option_number(const char *text, const char *prefix, int max, int *number)
{
	size_t len = strlen(prefix);
	long n;

	if (strncmp(text, prefix, len) != 0)
		return false;
	n = strtol(text + len, NULL, 10);
	if (n > max)
		n = max;
	if (n >= 1)
		*number = (int)n;
	return true;
}

static bool
option_is(const char *text, const char *name)
{
	size_t len = strlen(name);

	return strncmp(text, name, len) == 0 &&
		strcspn(text, " \t\r\n") == len;
}

static void
read_options(struct resolvconf *conf, const char *text)
{
	int seconds = 0;

	for (text = skip_blanks(text); *text != '\0' && *text != '\n';
	    text = skip_blanks(text + strcspn(text, " \t\r\n"))) {
		if (option_number(text, "timeout:", MAX_TIMEOUT_S, &seconds))
			continue;
		if (option_number(text, "attempts:", MAX_ATTEMPTS,
			&conf->attempts))
			continue;
		conf->rotate |= option_is(text, "rotate");
		conf->use_tcp |= option_is(text, "use-vc");
		if (*text == '\r')
			break;
	}
	if (seconds != 0)
		conf->timeout_ms = seconds * 1000;
}

static void
read_server(struct resolvconf *conf, const char *text)
{
	struct resolver *next = &conf->servers[conf->n];
	char address[128];
	size_t len;

	text = skip_blanks(text);
	len = strcspn(text, " \t\r\n");
	if (conf->n == RESOLV_MAX_SERVERS || len >= sizeof address)
		return;
	memcpy(address, text, len);
	address[len] = '\0';
	if (resolve(next, address, DEFAULT_PORT))
		conf->n++;
}

/* What follows the keyword, or NULL when the line is about something else.
 * Like the C library: at the line's very beginning. */
static const char *
after_keyword(const char *line, const char *keyword)
{
	size_t len = strlen(keyword);

	if (strncmp(line, keyword, len) != 0 ||
	    (line[len] != ' ' && line[len] != '\t'))
		return NULL;
	return line + len;
}

static void
read_lines(struct resolvconf *conf, FILE *file)
{
	char line[MAX_LINE];
	bool begin = true;

	while (fgets(line, sizeof line, file) != NULL) {
		const char *server = after_keyword(line, "nameserver");
		const char *options = after_keyword(line, "options");

		/* the rest of an overlong line begins no line */
		if (begin && server != NULL)
			read_server(conf, server);
		if (begin && options != NULL)
			read_options(conf, options);
		begin = strchr(line, '\n') != NULL;
	}
}

bool
resolvconf_read(struct resolvconf *conf, const char *path, struct str *err)
{
	FILE *file = fopen(path, "re");
	bool good = true;

	if (file != NULL) {
		read_lines(conf, file);
		good = ferror(file) == 0;
	} else {
		good = errno == ENOENT || errno == ENOTDIR;
	}
	if (!good)
		str_addf(err, "%s: %s", path, strerror(errno));
	if (file != NULL)
		fclose(file);
	if (good && conf->n == 0) {
		good = resolve(&conf->servers[0], "127.0.0.1", DEFAULT_PORT) &&
			resolve(&conf->servers[1], "::1", DEFAULT_PORT);
		conf->n = good ? 2 : 0;
	}
	return good;
}
